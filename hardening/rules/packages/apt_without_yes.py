"""apt-get that waits for an answer."""

from __future__ import annotations

from collections.abc import Iterator

from hardening.dockerfile.package_tables import MANAGERS
from hardening.dockerfile.packages import letters
from hardening.dockerfile.shell_model import PackageCall
from hardening.model import Finding, Severity
from hardening.rules.frame import Example, Rule
from hardening.rules.support import Facts, Run, facts
from hardening.rules.support_configured import APT_YES, configured, is_fed, told
from hardening.rules.support_packages import APT, has_flag, prompts
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
        Example(
            "FROM debian:13\nRUN echo curl | xargs apt-get install -tsid-backports\n",
            "FROM debian:13\nRUN echo curl | xargs apt-get install -y -tsid-backports\n",
            note="what xargs runs cannot read an answer, and a value has no flags in it",
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


def _answered(known: Facts, run: Run, call: PackageCall) -> bool:
    if has_flag(call, *YES) or is_fed(call) or _quiet(call) >= 2:
        return True
    said = told(call, "APT::Get::Assume-Yes")
    if said is None:
        said = configured(known, run, call.command, APT_YES)
    return said is True


def _quiet(call: PackageCall) -> int:
    """How quiet the flags make it: at 2 apt assumes yes."""
    quiet = 0
    for word in call.flags:
        if word.text in ("-q=2", "--quiet=2"):
            return 2
        if word.text == "--quiet":
            quiet += 1
        elif not word.text.startswith("--"):
            quiet += letters(word.text, MANAGERS[call.manager].valued).count("q")
    return quiet


@rule.check
def find(subject: Subject) -> Iterator[Finding]:
    known = facts(subject)
    yield from prompts(
        subject,
        rule,
        managers=APT,
        verbs=VERBS,
        answered=lambda run, call: _answered(known, run, call),
        flag="-y",
    )
