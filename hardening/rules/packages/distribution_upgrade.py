"""A whole distribution upgraded during a build."""

from __future__ import annotations

from collections.abc import Iterator

from hardening.dockerfile.edits import replace_span
from hardening.dockerfile.shell_model import PackageCall
from hardening.model import Finding, Fix, Severity, unknown
from hardening.rules.frame import Example, Rule
from hardening.rules.support import facts
from hardening.rules.support_fixes import literal
from hardening.rules.support_packages import APT, about
from hardening.subject import Subject

VERBS = frozenset({"dist-upgrade", "full-upgrade", "dup", "distro-sync", "system-upgrade"})
MANAGERS = (*APT, "zypper", "dnf", "yum")

rule = Rule(
    title="Move to a newer base instead of upgrading the distribution",
    severity=Severity.MEDIUM,
    why="A distribution upgrade may remove packages and change major versions on the day of the "
    "build, so two builds of one Dockerfile differ and nobody reviewed the result.",
    references=("https://docs.docker.com/build/building/best-practices/#apt-get",),
    aliases=("hadolint:DL3035", "trivy:DS-0024", "dockle:DKL-DI-0003"),
    bad=(
        Example(
            "FROM debian:13\nRUN apt-get update && apt-get dist-upgrade -y && rm -rf "
            "/var/lib/apt/lists/*\n",
            "FROM debian:13\nRUN apt-get update && apt-get upgrade -y && rm -rf "
            "/var/lib/apt/lists/*\n",
        ),
        Example(
            "FROM opensuse/leap:16.0\nRUN zypper --non-interactive dist-upgrade && zypper clean\n"
        ),
    ),
    good=(
        Example("FROM debian:13\nRUN apt-get update && apt-get upgrade -y\n"),
        Example("FROM opensuse/leap:16.0\nRUN zypper -n patch && zypper clean\n"),
        Example("FROM debian:13\nRUN echo apt-get dist-upgrade\n"),
    ),
)


def _fixes(subject: Subject, call: PackageCall) -> Iterator[Fix]:
    if call.manager not in APT or call.verb_span is None or call.verb != "dist-upgrade":
        return
    yield Fix(
        "upgrade-only",
        "Upgrade without removing packages",
        (replace_span(facts(subject).dockerfile, call.verb_span, "upgrade"),),
        (
            literal(call.command),
            unknown("No update needs a package removed", "Only a build can show it"),
        ),
        "Security updates still come in; nothing is removed or replaced.",
    )


@rule.check
def find(subject: Subject) -> Iterator[Finding]:
    for _run, call in facts(subject).calls(*MANAGERS):
        if call.verb in VERBS:
            yield rule.finding(
                subject,
                f"{call.written} changes the whole distribution during the build",
                at=call.command.span,
                about=about(call),
                fixes=tuple(_fixes(subject, call)),
                tip="Take a newer base image, or apply updates only",
            )
