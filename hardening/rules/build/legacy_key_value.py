"""ENV and LABEL with a space instead of an equals sign."""

from __future__ import annotations

import re
from collections.abc import Iterator

from hardening.dockerfile.edits import replace_span
from hardening.dockerfile.model import Dockerfile, Instruction
from hardening.model import Finding, Fix, Profile, Severity, Span, holds
from hardening.rules.frame import Example, Rule
from hardening.rules.support import facts
from hardening.subject import Subject

GAP = re.compile(r"\A[^\s=]+(\s+)")
QUOTED = re.compile(r"\A(?:\"[^\"\\]*\"|'[^'\\]*')\Z")

rule = Rule(
    title="Write ENV and LABEL with an equals sign",
    severity=Severity.INFO,
    profile=Profile.ALL,
    why="With a space the whole rest of the line is the value: a second variable on the line "
    "disappears in the first one's value, settings that were meant to protect included.",
    references=("https://docs.docker.com/reference/build-checks/legacy-key-value-format/",),
    aliases=("buildkit:LegacyKeyValueFormat",),
    bad=(
        Example("FROM debian:13\nENV APP_HOME /app\n", "FROM debian:13\nENV APP_HOME=/app\n"),
        Example("FROM debian:13\nLABEL title   my app\n", 'FROM debian:13\nLABEL title="my app"\n'),
        Example('FROM debian:13\nENV A "b c"\n', 'FROM debian:13\nENV A="b c"\n'),
        Example("FROM debian:13\nENV A b \\\n    c\n", note="several lines: no fix"),
    ),
    good=(
        Example("FROM debian:13\nENV APP_HOME=/app\n"),
        Example("FROM debian:13\nENV A=b C=d\n"),
        Example('FROM debian:13\nLABEL a="b c"\n'),
        Example("FROM debian:13\nARG A\n"),
    ),
)


def _fixes(dockerfile: Dockerfile, instruction: Instruction) -> Iterator[Fix]:
    source = instruction.arguments.slice(dockerfile.text)
    match = GAP.match(source)
    if match is None or "\n" in source or any(sign in match[0] for sign in "\"'\\"):
        return
    rest = source[match.end() :].rstrip()
    if any(sign in rest for sign in "\"'\\`") and not QUOTED.match(rest):
        return
    plain = QUOTED.match(rest) or not any(one.isspace() for one in rest)
    value = rest if plain else f'"{rest}"'
    start = instruction.arguments.start + match.start(1)
    yield Fix(
        "equals",
        "Write an equals sign",
        (replace_span(dockerfile, Span(start, start + len(match[1]) + len(rest)), f"={value}"),),
        (holds("The value stays the same", "It stands on one line without escapes"),),
        "Nothing changes.",
    )


@rule.check
def find(subject: Subject) -> Iterator[Finding]:
    dockerfile = facts(subject).dockerfile
    for placed in facts(subject).all("ENV", "LABEL"):
        instruction = placed.instruction
        source = instruction.arguments.slice(dockerfile.text)
        if len(instruction.pairs) != 1 or not _is_legacy(source, instruction.pairs[0].key):
            continue
        key = instruction.pairs[0].key
        yield rule.finding(
            subject,
            f"{instruction.keyword} {key} has a space where an equals sign should be",
            at=instruction,
            about=key,
            fixes=tuple(_fixes(dockerfile, instruction)),
            tip=f"Write {key}=...",
        )


def _is_legacy(source: str, key: str) -> bool:
    after = source[len(key) : len(key) + 1] if source.startswith(key) else ""
    return after.isspace()
