"""WORKDIR in a directory of the system."""

from __future__ import annotations

from collections.abc import Iterator

from hardening.model import Finding, Severity
from hardening.rules.frame import Example, Rule
from hardening.rules.support import facts
from hardening.subject import Subject

SYSTEM = frozenset({"/bin", "/boot", "/dev", "/etc", "/lib", "/lib64", "/proc", "/sbin", "/sys"})
SYSTEM |= {"/usr/bin", "/usr/sbin", "/usr/lib", "/usr/local/bin", "/run", "/var/run"}

rule = Rule(
    title="Work outside the system's directories",
    severity=Severity.LOW,
    why="Files copied next to the system's own can replace programs or settings without notice, "
    "and whoever may write to the application may then write to the system.",
    references=("https://docs.docker.com/reference/dockerfile/#workdir",),
    aliases=("trivy:DS-0030",),
    bad=(
        Example("FROM debian:13\nWORKDIR /etc\nCOPY . .\n"),
        Example("FROM debian:13\nWORKDIR /usr/bin/\n"),
    ),
    good=(
        Example("FROM debian:13\nWORKDIR /app\n"),
        Example("FROM debian:13\nWORKDIR /etc/nginx/conf.d\n", note="a directory of one program"),
        Example("FROM debian:13\nWORKDIR /usr/src/app\n"),
        Example(
            "FROM debian:13 AS tools\nWORKDIR /bin\nFROM debian:13\nWORKDIR /app\n",
            note="only in a build stage",
        ),
    ),
)


@rule.check
def find(subject: Subject) -> Iterator[Finding]:
    for placed in facts(subject).all("WORKDIR"):
        path = placed.instruction.value.strip("\"'").rstrip("/")
        if placed.shipped and path in SYSTEM:
            yield rule.finding(
                subject,
                f"WORKDIR {path} is a directory of the system",
                at=placed.instruction,
                about=path,
                tip="Choose a directory of your own, such as /app",
            )
