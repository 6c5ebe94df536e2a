"""apt-get that pulls in recommended packages."""

from __future__ import annotations

from collections.abc import Iterator

from hardening.dockerfile.shell_model import PackageCall
from hardening.model import Finding, Fix, Precondition, Severity, holds, unknown
from hardening.rules.frame import Example, Rule
from hardening.rules.support import Facts, Run, facts
from hardening.rules.support_configured import APT_RECOMMENDS, configured, told
from hardening.rules.support_fixes import insert_after, insert_flag, literal
from hardening.rules.support_packages import APT, about, has_flag, names
from hardening.subject import Subject

FLAG = "--no-install-recommends"
MISSED = ("curl", "wget", "git", "openssh-client", "python3-pip", "build-essential")
"""Packages whose recommended ones (ca-certificates, compilers) are often relied on."""

CERTIFICATES = "ca-certificates"
CLIENTS = ("curl", "wget", "git")

rule = Rule(
    title="Install without recommended packages",
    severity=Severity.LOW,
    why="Recommended packages are extra code in the image: more to patch and more tools for "
    "whoever breaks in, and nobody chose them.",
    references=("https://manpages.debian.org/bookworm/apt/apt-get.8.en.html",),
    aliases=(
        "hadolint:DL3015",
        "trivy:DS-0029",
        "kics:apt_get_not_avoiding_additional_packages",
        "parfum:aptGetInstallUseNoRec",
    ),
    bad=(
        Example(
            "FROM debian:13\nRUN apt-get update && apt-get install -y nginx "
            "&& rm -rf /var/lib/apt/lists/*\n",
            "FROM debian:13\nRUN apt-get update && apt-get install --no-install-recommends -y "
            "nginx "
            "&& rm -rf /var/lib/apt/lists/*\n",
        ),
        Example(
            "FROM debian:13\nRUN apt-get install -y curl git\n",
            "FROM debian:13\nRUN apt-get install --no-install-recommends -y curl git "
            "ca-certificates\n",
            note="curl only recommends what https needs",
        ),
        Example(
            "# APT::Install-Recommends is left on\nFROM debian:13\nRUN apt-get install -y nginx\n",
            "# APT::Install-Recommends is left on\nFROM debian:13\n"
            "RUN apt-get install --no-install-recommends -y nginx\n",
            note="a comment configures nothing",
        ),
    ),
    good=(
        Example("FROM debian:13\nRUN apt-get install -y --no-install-recommends nginx\n"),
        Example("FROM debian:13\nRUN apt-get install -o APT::Install-Recommends=false -y nginx\n"),
        Example("FROM debian:13\nRUN apt-get -o=APT::Install-Recommends=0 -y install nginx\n"),
        Example(
            "FROM debian:13\nRUN echo 'APT::Install-Recommends \"0\";' > "
            "/etc/apt/apt.conf.d/01lean\n"
            "RUN apt-get install -y nginx\n",
            note="apt is configured that way",
        ),
        Example(
            "FROM debian:13\nRUN apt-get install -y --install-recommends nginx\n",
            note="somebody asked for them",
        ),
        Example("FROM debian:13\nRUN apt-get upgrade -y\n", note="nothing is installed by name"),
    ),
)


def _chosen(call: PackageCall) -> bool:
    if has_flag(call, FLAG, "--install-recommends", "--without-recommends", "-R"):
        return True
    return told(call, "APT::Install-Recommends") is not None


def _smoke(call: PackageCall) -> Precondition:
    statement = "Nothing relies on a recommended package"
    risky = [word.text for word in call.packages if word.text in MISSED]
    if risky:
        return unknown(
            statement, f"{', '.join(risky)} is often used together with what it recommends"
        )
    return unknown(statement, "Only a build and a run can show it")


def _fix(run: Run, call: PackageCall, subject: Subject) -> Fix:
    known = facts(subject)
    edits = [insert_flag(known.dockerfile, call, FLAG)]
    title = f"Add {FLAG}"
    if _loses_certificates(known, run, call):
        edits.append(insert_after(known.dockerfile, call.packages[-1].span, f" {CERTIFICATES}"))
        title += f" and name {CERTIFICATES}"
    return Fix(
        "no-recommends",
        title,
        tuple(edits),
        (literal(call.command), _smoke(call), holds("apt knows the flag", "Since apt 0.6.46")),
        "Only the named packages and what they depend on are installed.",
    )


def _loses_certificates(known: Facts, run: Run, call: PackageCall) -> bool:
    """True for a client that would be left without anything to check a server against."""
    if not any(word.text.partition("=")[0] in CLIENTS for word in call.packages):
        return False
    if CERTIFICATES not in known.memo:
        calls = ((one, word) for one, two in known.calls(*APT) for word in two.packages)
        stages = (one.instruction.stage for one, word in calls if word.text == CERTIFICATES)
        known.memo[CERTIFICATES] = frozenset(stages)
    return run.instruction.stage not in known.memo[CERTIFICATES]


@rule.check
def find(subject: Subject) -> Iterator[Finding]:
    known = facts(subject)
    for run, call in known.calls(*APT):
        if call.verb not in ("install", "reinstall") or not call.packages or _chosen(call):
            continue
        if configured(known, run, call.command, APT_RECOMMENDS) is False:
            continue
        yield rule.finding(
            subject,
            f"{call.manager} install of {names(call.packages)} also installs what they recommend",
            at=call.command.span,
            about=about(call),
            fixes=(_fix(run, call, subject),),
        )
