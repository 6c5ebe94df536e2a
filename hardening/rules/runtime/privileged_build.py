"""A build step that has the whole host in its hands."""

from __future__ import annotations

from collections.abc import Iterator

from hardening.model import Finding, RunConfiguration, Severity
from hardening.rules.frame import Example, Need, Rule
from hardening.rules.support import facts
from hardening.rules.support_run import key_place
from hardening.subject import Subject

_NEEDS: frozenset[Need] = frozenset()
_TEXT = 'FROM debian:12-slim\nUSER 1000:1000\nENTRYPOINT ["/app"]\n'

rule = Rule(
    title="Build without privileges over the host",
    severity=Severity.HIGH,
    why="Such a step runs without seccomp and with every capability: whatever it downloads, or a "
    "package that was tampered with, is root on the machine that builds, where the credentials of "
    "the registry and the images of everybody are.",
    references=(
        "https://docs.docker.com/reference/dockerfile/#run---security",
        "https://docs.docker.com/reference/compose-file/build/#privileged",
    ),
    needs=_NEEDS,
    bad=(
        Example(
            "# syntax=docker/dockerfile:1-labs\nFROM debian:13\nRUN --security=insecure make\n"
        ),
        Example(
            _TEXT,
            files={
                "compose.yaml": "services:\n  web:\n    build:\n      context: .\n"
                "      privileged: true\n"
            },
            run=RunConfiguration("compose.yaml#web", "compose.yaml", "web", privileged_build=True),
            findings=1,
        ),
    ),
    good=(
        Example("FROM debian:13\nRUN --security=sandbox make\n"),
        Example("FROM debian:13\nRUN --network=none make\n"),
        Example(_TEXT, run=RunConfiguration("x", privileged=True), note="another rule's finding"),
    ),
)


@rule.check
def find(subject: Subject) -> Iterator[Finding]:
    run = subject.run_configuration
    if run is not None and run.privileged_build:
        yield rule.finding(
            subject,
            f"The image of {run.source or 'the container'} is built with privileges over the host",
            at=key_place(subject, "build", "HostConfig.Privileged"),
            about=run.service or "build",
            tip="Take privileged, or security.insecure, out of build; do what needs it at run time",
        )
    if subject.dockerfile is None:
        return
    for placed in facts(subject).all("RUN"):
        flag = placed.instruction.flag("security")
        if flag is not None and flag.value == "insecure":
            yield rule.finding(
                subject,
                "This RUN is built with privileges over the host",
                at=flag.span,
                about="--security=insecure",
                tip="Take --security=insecure out; do what needs it at run time",
            )
