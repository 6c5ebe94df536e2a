"""An archive that is copied, unpacked by a RUN and stays in its layer."""

from __future__ import annotations

import re
from collections.abc import Iterator

from hardening.dockerfile.shell_model import Command
from hardening.model import Finding, Severity
from hardening.rules.frame import Example, Profile, Rule
from hardening.rules.support import facts
from hardening.rules.support_copy import Transfer, transfers
from hardening.subject import Subject

_ARCHIVE = re.compile(
    r"(?i)\.(?:tar|tgz|tbz2?|tb2|txz|tlz|taz|tz|tar\.\w+)$|\.(?:gz|bz2|xz|lzma|Z)$"
)
_UNPACKERS = ("tar", "unzip", "gunzip", "bunzip2", "unxz", "xz", "gzip", "bsdtar", "unlzma")

rule = Rule(
    title="Unpack an archive where it is copied",
    severity=Severity.LOW,
    why="The packed file stays in the layer of the COPY for good, next to its content; ADD of a "
    "local archive unpacks it without keeping it.",
    references=("https://docs.docker.com/reference/dockerfile/#add",),
    aliases=("hadolint:DL3010",),
    profile=Profile.ALL,
    bad=(
        Example(
            "FROM alpine:3.22\nCOPY dist/app.tar.gz /tmp/app.tar.gz\n"
            "RUN tar -xzf /tmp/app.tar.gz -C /opt\n"
        ),
        Example("FROM alpine:3.22\nCOPY app.tar /opt/\nRUN cd /opt && tar -xf app.tar\n"),
    ),
    good=(
        Example("FROM alpine:3.22\nADD app.tar.gz /opt/\n"),
        Example("FROM alpine:3.22\nCOPY app.tar.gz /opt/\nRUN ls /opt\n"),
        Example(
            "FROM alpine:3.22 AS unpack\nCOPY app.tar /a.tar\nFROM alpine:3.22\nRUN tar -xf "
            "/a.tar\n",
            note="another stage's file system",
        ),
    ),
)


@rule.check
def find(subject: Subject) -> Iterator[Finding]:
    for one in transfers(subject, "COPY"):
        if one.origin is not None:
            continue
        names = [name for name in _names(one) if _ARCHIVE.search(name)]
        if names and any(_is_unpacked(subject, one, name) for name in names):
            yield rule.finding(
                subject,
                f"{names[0]} is copied, then unpacked: the packed file stays in the layer",
                at=one.instruction,
                about=names[0],
                tip="Use ADD, which unpacks a local archive, or mount it: "
                "RUN --mount=type=bind,source=...",
            )


def _names(one: Transfer) -> Iterator[str]:
    """Base names that the archives have in the image."""
    target = _base(one.destination.text)
    if _ARCHIVE.search(target):
        yield target
        if len(one.sources) == 1:
            return
    for word in one.sources:
        yield _base(word.text)


def _base(path: str) -> str:
    return path.strip("\"'").replace("\\", "/").rstrip("/").rpartition("/")[2]


def _is_unpacked(subject: Subject, one: Transfer, name: str) -> bool:
    for run, command in facts(subject).commands(*_UNPACKERS):
        same = run.instruction.stage == one.instruction.stage
        after = run.instruction.span.start > one.instruction.span.start
        if same and after and _unpacks(command, name):
            return True
    return False


def _unpacks(command: Command, name: str) -> bool:
    words = [word.text.strip("\"'") for word in command.arguments]
    if command.name == "tar":
        first = words[0] if words else ""
        extracts = command.has_flag("-x", "--extract", "--get") or (
            not first.startswith("-") and "x" in first
        )
        if not extracts:
            return False
    return any(_base(word.rpartition("=")[2]) == name for word in words)
