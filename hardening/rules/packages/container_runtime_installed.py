"""A container engine inside of an image."""

from __future__ import annotations

from collections.abc import Iterator

from hardening.model import Finding, Severity
from hardening.rules.frame import Example, Rule
from hardening.rules.support_packages import about
from hardening.rules.support_tools import ENGINES, installs, package_names
from hardening.subject import Subject

rule = Rule(
    title="Install no container engine",
    severity=Severity.MEDIUM,
    why="An engine needs --privileged or the host's socket to work: whoever gets into the "
    "container then owns the host.",
    references=("https://cheatsheetseries.owasp.org/cheatsheets/Docker_Security_Cheat_Sheet.html",),
    aliases=("tally:no-container-runtime-in-image", "cis-docker:4.3"),
    bad=(Example("FROM debian:13\nRUN apt-get update && apt-get install -y docker.io\n"),),
    good=(
        Example(
            "FROM debian:13\nRUN apt-get update && apt-get install -y docker-cli\n",
            note="only the client",
        ),
        Example("FROM docker:29-dind\nRUN apk add --no-cache git\n"),
        Example("FROM debian:13 AS b\nRUN apt-get install -y docker.io\nFROM debian:13\n"),
        Example("FROM python:3.14\nRUN pip install docker==7.1.0\n", note="a library"),
    ),
)


@rule.check
def find(subject: Subject) -> Iterator[Finding]:
    for run, call in installs(subject):
        found = [name for name, _ in package_names(run, call) if name in ENGINES]
        if found:
            yield rule.finding(
                subject,
                f"{', '.join(found)} puts a container engine into the image",
                at=call.command.span,
                about=about(call),
                tip="Build images outside of containers, or with a rootless builder",
            )
