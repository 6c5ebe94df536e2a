"""An SSH server in the image."""

from __future__ import annotations

import re
from collections.abc import Iterator

from hardening.model import Finding, Severity
from hardening.rules.frame import Example, Rule
from hardening.rules.support import facts
from hardening.rules.support_tools import package_names
from hardening.subject import Subject

_PACKAGES = frozenset(
    {"openssh-server", "openssh", "dropbear", "openssh-sftp-server", "ssh", "tinysshd"}
)
_PROGRAM = re.compile(r"(?:^|[/\s])(?:sshd|dropbear)(?:$|\s)")

rule = Rule(
    title="Leave the SSH server out",
    severity=Severity.MEDIUM,
    why="It listens for logins with keys and passwords of its own, runs as root, and every hole in "
    "it is a way into the container; docker exec needs none of it.",
    references=("https://docs.docker.com/reference/cli/docker/container/exec/",),
    aliases=("cis-docker:5.7",),
    bad=(
        Example(
            'FROM debian:13\nRUN apt-get install -y openssh-server\nCMD ["/usr/sbin/sshd", "-D"]\n',
            findings=2,
        ),
        Example("FROM alpine:3.22\nRUN apk add --no-cache dropbear\n"),
    ),
    good=(
        Example("FROM debian:13\nRUN apt-get install -y openssh-client\n"),
        Example(
            "FROM debian:13 AS build\nRUN apt-get install -y openssh-server\nFROM debian:13\n",
            note="not in what ships",
        ),
    ),
)


@rule.check
def find(subject: Subject) -> Iterator[Finding]:
    known = facts(subject)
    for run in known.runs:
        for call in run.calls:
            if call.verb != "install" or not run.shipped:
                continue
            for name, word in package_names(run, call):
                client_too = name == "openssh" and call.manager not in ("apk", "zypper")
                if name in _PACKAGES and not client_too:
                    yield rule.finding(
                        subject,
                        f"{name} installs an SSH server",
                        at=word.span,
                        about=name,
                        tip="Take it out and use docker exec; for builds openssh-client is enough",
                    )
    for placed in known.all("CMD", "ENTRYPOINT"):
        if placed.shipped and _PROGRAM.search(placed.instruction.value):
            yield rule.finding(
                subject,
                f"{placed.instruction.keyword} starts an SSH server",
                at=placed.instruction,
                about=placed.instruction.keyword,
                tip="Start the program itself and use docker exec for a shell",
            )
