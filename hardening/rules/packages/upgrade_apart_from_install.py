"""An upgrade in a RUN of its own before the RUN that installs."""

from __future__ import annotations

from collections.abc import Iterator

from hardening.model import Finding, Severity
from hardening.rules.frame import Example, Rule
from hardening.rules.support import Facts, Run, facts
from hardening.rules.support_indexes import RPM, merge_with_install
from hardening.subject import Subject

rule = Rule(
    title="Upgrade in the RUN that installs",
    severity=Severity.LOW,
    why="The builder caches the upgrade on its own: when the install changes, the next build adds "
    "new packages to a system that was upgraded days or months ago.",
    references=("https://docs.docker.com/build/cache/invalidation/#run-instructions",),
    aliases=("trivy:DS-0017", "checkov:CKV_DOCKER_5", "kics:update_instruction_alone"),
    bad=(
        Example(
            "FROM rockylinux:9\nRUN yum update -y\nRUN yum install -y httpd && yum clean all\n",
            "FROM rockylinux:9\nRUN yum update -y && \\\n"
            "    yum install -y httpd && yum clean all\n",
        ),
        Example(
            "FROM fedora:44\nRUN dnf -y upgrade\n"
            "WORKDIR /a\nRUN dnf install -y a && dnf clean all\n",
            note="something stands between: no fix",
        ),
    ),
    good=(
        Example(
            "FROM fedora:44\nRUN dnf -y upgrade && dnf clean all\n", note="nothing is installed"
        ),
        Example("FROM fedora:44\nRUN dnf -y upgrade && dnf -y install httpd && dnf clean all\n"),
        Example(
            "FROM fedora:44\nRUN dnf -y upgrade openssl\nRUN dnf -y install a\n", note="by name"
        ),
        Example("FROM fedora:44 AS a\nRUN dnf -y upgrade\nFROM fedora:44\nRUN dnf -y install a\n"),
    ),
)


def _installs(run: Run) -> bool:
    return any(one.manager in RPM and one.verb == "install" for one in run.calls)


def _installs_later(known: Facts, run: Run) -> bool:
    start = run.instruction.span.start
    return any(
        one.stage is run.stage and one.instruction.span.start > start and _installs(one)
        for one in known.runs
    )


@rule.check
def find(subject: Subject) -> Iterator[Finding]:
    known = facts(subject)
    for run, call in known.calls(*RPM):
        if call.verb != "upgrade" or call.packages or _installs(run):
            continue
        if not _installs_later(known, run):
            continue
        yield rule.finding(
            subject,
            f"{call.written} stands in a RUN of its own and is cached apart from the install",
            at=call.command.span,
            about=f"{call.manager} {call.verb}",
            fixes=tuple(merge_with_install(known, run, call)),
            tip="Join it with the install by && in one RUN",
        )
