"""apt-get that waits for an answer."""

from __future__ import annotations

from collections.abc import Iterator

from hardening.dockerfile.shell_model import PackageCall
from hardening.model import Finding, Severity
from hardening.rules.frame import Example, Rule
from hardening.rules.support import Run, facts
from hardening.rules.support_packages import APT, has_flag, option_values, prompts
from hardening.subject import Subject

VERBS = frozenset(
    {"install", "reinstall", "remove", "purge", "upgrade", "dist-upgrade", "full-upgrade"}
    | {"build-dep", "autoremove", "autopurge"}
)
YES = ("-y", "--yes", "--assume-yes", "--force-yes", "-s", "--simulate", "--dry-run")

rule = Rule(
    title="Answer apt-get's question with -y",
    severity=Severity.MEDIUM,
    why="Without -y apt-get asks before it installs; a build has nobody to answer, so it aborts or"
    " depends on the number of packages that happen to be pulled in.",
    references=("https://manpages.debian.org/bookworm/apt/apt-get.8.en.html",),
    aliases=(
        "hadolint:DL3014",
        "trivy:DS-0021",
        "kics:apt_get_missing_flags_to_avoid_manual_input",
        "parfum:aptGetInstallUseY",
    ),
    bad=(
        Example(
            "FROM debian:13\nRUN apt-get update && apt-get install --no-install-recommends curl "
            "&& rm -rf /var/lib/apt/lists/*\n",
            "FROM debian:13\nRUN apt-get update && apt-get install -y --no-install-recommends curl "
            "&& rm -rf /var/lib/apt/lists/*\n",
        ),
        Example(
            "FROM debian:13\nRUN apt-get update \\\n    && apt-get install -q \\\n       curl \\\n"
            "    && rm -rf /var/lib/apt/lists/*\n",
            "FROM debian:13\nRUN apt-get update \\\n"
            "    && apt-get install -y -q \\\n"
            "       curl \\\n"
            "    && rm -rf /var/lib/apt/lists/*\n",
            note="one -q is not yet an answer",
        ),
    ),
    good=(
        Example("FROM debian:13\nRUN apt-get install -qq curl\n", note="-qq implies -y"),
        Example("FROM debian:13\nRUN apt-get -qy install curl\n", note="bundled, before the verb"),
        Example("FROM debian:13\nRUN apt-get -o APT::Get::Assume-Yes=true install curl\n"),
        Example("FROM debian:13\nRUN apt-get --yes install curl\n"),
        Example(
            "FROM debian:13\nRUN echo 'APT::Get::Assume-Yes \"true\";' > "
            "/etc/apt/apt.conf.d/90yes\n"
            "RUN apt-get install curl\n",
            note="apt is configured to assume yes",
        ),
        Example("FROM debian:13\nRUN yes | apt-get install curl\n"),
        Example("FROM debian:13\nRUN apt-get install -q=2 curl\n"),
    ),
)


def _answered(run: Run, call: PackageCall) -> bool:
    if has_flag(call, *YES) or call.command.position > 0:
        return True
    quiet = 0
    for word in call.flags:
        if word.text in ("-q=2", "--quiet=2"):
            return True
        if word.text == "--quiet":
            quiet += 1
        elif not word.text.startswith("--"):
            quiet += word.text.partition("=")[0].count("q")
    if quiet >= 2:
        return True
    return any("assume-yes" in one.lower() for one in option_values(call, "-o", "--option"))


@rule.check
def find(subject: Subject) -> Iterator[Finding]:
    if "assume-yes" in facts(subject).dockerfile.text.lower().replace("--assume-yes", ""):
        return
    yield from prompts(subject, rule, managers=APT, verbs=VERBS, answered=_answered, flag="-y")
