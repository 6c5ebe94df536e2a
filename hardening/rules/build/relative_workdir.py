"""WORKDIR that depends on what the base image set."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator

from hardening.dockerfile.edits import replace_span
from hardening.dockerfile.model import Instruction, Stage
from hardening.model import Finding, Fix, Precondition, Severity, holds, unknown
from hardening.rules.frame import Example, Rule
from hardening.rules.support import Facts, facts
from hardening.rules.support_variables import value_of
from hardening.subject import Subject

WINDOWS_PATH = re.compile(r"\A\"?[A-Za-z]:(?:[\\/]|\Z)")

rule = Rule(
    title="Give WORKDIR an absolute path",
    severity=Severity.LOW,
    why="A relative WORKDIR continues from whatever directory the base image chose; when the base "
    "changes, files land elsewhere and ownership or mounts no longer protect them.",
    references=("https://docs.docker.com/reference/build-checks/workdir-relative-path/",),
    aliases=(
        "hadolint:DL3000",
        "buildkit:WorkdirRelativePath",
        "trivy:DS-0009",
        "checkov:CKV_DOCKER_10",
        "kics:workdir_path_not_absolute",
        "slim:ID.20015",
    ),
    bad=(
        Example(
            'FROM debian:13\nWORKDIR app\nCMD ["true"]\n',
            'FROM debian:13\nWORKDIR /app\nCMD ["true"]\n',
        ),
        Example('FROM debian:13\nWORKDIR "my app"\n', 'FROM debian:13\nWORKDIR "/my app"\n'),
        Example(
            "FROM debian:13\nENV DIR=app\nWORKDIR $DIR/src\n",
            "FROM debian:13\nENV DIR=app\nWORKDIR /$DIR/src\n",
            note="the variable holds no absolute path",
        ),
    ),
    good=(
        Example("FROM debian:13\nWORKDIR /app\n"),
        Example('FROM debian:13\nWORKDIR "/app"\n'),
        Example("FROM debian:13\nARG HOME_DIR=/srv\nWORKDIR $HOME_DIR/app\n", note="a variable"),
        Example("FROM debian:13\nWORKDIR /srv\nWORKDIR app\n", note="an absolute one comes first"),
        Example("FROM mcr.microsoft.com/windows/nanoserver:ltsc2025\nWORKDIR C:\\\\app\n"),
        Example(
            "FROM debian:13 AS base\nWORKDIR /srv\nFROM base\nWORKDIR app\n",
            note="inherited from the parent stage",
        ),
    ),
)


def is_absolute(path: str) -> bool:
    text = path.strip("\"'")
    return text.startswith(("/", "\\", "$", "%", "~")) or bool(WINDOWS_PATH.match(text))


def _value(instruction: Instruction, written: str) -> str:
    """The path with the values of its variables, as written where one has none."""
    raw = " ".join(word.raw or word.text for word in instruction.words)
    value = value_of(instruction, raw)
    return written if value == raw else value


def _known_before(known: Facts, instruction: Instruction, stage: Stage | None) -> bool:
    if stage is None:
        return False
    for link in known.dockerfile.chain(stage):
        for one in link.all("WORKDIR"):
            if one.span.start < instruction.span.start and is_absolute(one.value):
                return True
    return False


def _from_root(subject: Subject, stage: Stage | None) -> Precondition:
    statement = "The base image works in /"
    base = (stage.base.value if stage else "").partition("@")[0].partition(":")[0]
    if base in ("scratch", "debian", "ubuntu", "alpine", "busybox", "fedora"):
        return holds(statement, f"{base} sets no working directory")
    return unknown(statement, f"The working directory of {base or 'the base'} is not known")


@rule.check
def find(subject: Subject) -> Iterator[Finding]:
    known = facts(subject)
    for placed in known.all("WORKDIR"):
        instruction = placed.instruction
        written = instruction.value.strip("\"'")
        path = _value(instruction, written)
        if not path or is_absolute(path) or known.is_windows(placed):
            continue
        if _known_before(known, instruction, placed.stage):
            continue
        absolute = posixpath.normpath("/" + path)
        if path != written:
            absolute = f"/{written}"
        source = instruction.arguments.slice(known.dockerfile.text)
        fixed = f'"{absolute}"' if source[:1] in "\"'" else absolute
        fix = Fix(
            "absolute",
            f"Write WORKDIR {absolute}",
            (replace_span(known.dockerfile, instruction.arguments, fixed),),
            (_from_root(subject, placed.stage),),
            "The directory no longer depends on the base image.",
        )
        yield rule.finding(
            subject,
            f"WORKDIR {path} continues from whatever directory the base image set",
            at=instruction,
            about=path,
            fixes=(fix,),
        )
