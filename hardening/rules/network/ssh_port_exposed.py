"""EXPOSE 22."""

from __future__ import annotations

import re
from collections.abc import Iterator

from hardening.dockerfile.edits import delete_instruction, replace_span
from hardening.dockerfile.model import Instruction, Word
from hardening.model import Edit, Finding, Fix, Precondition, Severity, fails, holds, unknown
from hardening.rules.frame import Example, Rule
from hardening.rules.support import facts, image_has
from hardening.rules.support_settings import with_blanks
from hardening.rules.support_variables import value_of
from hardening.subject import Subject

_SSH = re.compile(r"^(?:[\d.]*:)?(\d{1,5})(?:-(\d{1,5}))?(?:/tcp)?$", re.I)
SSHD = ("usr/sbin/sshd", "usr/local/sbin/sshd", "usr/sbin/dropbear", "usr/bin/dropbear")

rule = Rule(
    title="Do not expose the SSH port",
    severity=Severity.MEDIUM,
    why="A login service in a container is one more way in, with its own keys and passwords; "
    "docker "
    "exec gives a shell without it.",
    references=("https://docs.docker.com/reference/cli/docker/container/exec/",),
    aliases=(
        "trivy:DS-0004",
        "checkov:CKV_DOCKER_1",
        "kics:exposing_port_22",
        "cis-docker:5.7",
    ),
    bad=(
        Example("FROM nginx:1.29\nEXPOSE 22\n", "FROM nginx:1.29\n"),
        Example(
            "FROM nginx:1.29\nEXPOSE 8080 22/tcp 8443\n",
            "FROM nginx:1.29\nEXPOSE 8080 8443\n",
            note="the other ports stay",
        ),
        Example(
            "FROM nginx:1.29\nARG PORT=22\nEXPOSE $PORT\n",
            "FROM nginx:1.29\nARG PORT=22\n",
            note="in a variable",
        ),
        Example(
            "FROM debian:13\nRUN apt-get install -y openssh-server\nEXPOSE 22\n"
            'CMD ["/usr/sbin/sshd", "-D"]\n',
            note="the container is an SSH server: it must go as a whole",
        ),
    ),
    good=(
        Example("FROM nginx:1.29\nEXPOSE 8080\n"),
        Example("FROM nginx:1.29\nEXPOSE 2222 8022/tcp\n"),
    ),
)


@rule.check
def find(subject: Subject) -> Iterator[Finding]:
    for placed in facts(subject).all("EXPOSE"):
        words = [word for word in placed.instruction.words if _is_ssh(placed.instruction, word)]
        for word in words[:1]:
            fix = Fix(
                "remove-port",
                "Take port 22 out of EXPOSE",
                _edits(subject, placed.instruction, words),
                (_no_server(subject),),
                "The image no longer announces a port that nothing needs.",
            )
            yield rule.finding(
                subject,
                "Port 22 is exposed",
                at=placed.instruction,
                about=word.value,
                fixes=() if placed.deferred else (fix,),
                severity=None if placed.shipped else Severity.LOW,
                tip="Remove the SSH server and use docker exec",
            )


def _is_ssh(instruction: Instruction, word: Word) -> bool:
    """Whether it is port 22, or a range with it, variables replaced."""
    found = _SSH.match(value_of(instruction, word.raw or word.text).strip("\"'"))
    if found is None:
        return False
    return int(found[1]) <= 22 <= int(found[2] or found[1])


def _edits(subject: Subject, instruction: Instruction, words: list[Word]) -> tuple[Edit, ...]:
    dockerfile = facts(subject).dockerfile
    if len(words) == len(instruction.words):
        return (delete_instruction(dockerfile, instruction),)
    return tuple(
        replace_span(dockerfile, with_blanks(dockerfile, instruction, word.span), "")
        for word in words
    )


def _no_server(subject: Subject) -> Precondition:
    statement = "No SSH server runs in the image"
    text = facts(subject).dockerfile.text
    if re.search(r"sshd|openssh-server|dropbear", text):
        return fails(statement, "The Dockerfile installs or starts one")
    there = image_has(subject, *SSHD)
    if there is None:
        return unknown(statement, "The files of the image are not known")
    return fails(statement, "The image has one") if there else holds(statement, "No server in it")
