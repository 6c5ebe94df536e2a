"""ENV that uses a variable that it sets itself."""

from __future__ import annotations

import re
from collections.abc import Iterator

from hardening.dockerfile.edits import replace_span
from hardening.dockerfile.model import Instruction
from hardening.model import Finding, Fix, Severity, Span, unknown
from hardening.rules.frame import Example, Rule
from hardening.rules.support import facts
from hardening.subject import Subject

VARIABLE = re.compile(r"(?<!\\)\$(?:\{(\w+)|(\w+))")

rule = Rule(
    title="Set a variable before the ENV that uses it",
    severity=Severity.LOW,
    why="All values of one ENV are expanded before any is set: the variable is empty or old there,"
    " and a path such as $HOME/bin silently becomes /bin.",
    references=("https://docs.docker.com/reference/dockerfile/#environment-replacement",),
    aliases=("hadolint:DL3044",),
    bad=(
        Example(
            "FROM debian:13\nENV HOME_DIR=/app BIN=$HOME_DIR/bin\n",
            "FROM debian:13\nENV HOME_DIR=/app\nENV BIN=$HOME_DIR/bin\n",
        ),
        Example(
            'FROM debian:13\nENV A="x" \\\n    B="${A}/y" \\\n    C=1\n',
            'FROM debian:13\nENV A="x"\nENV B="${A}/y" \\\n    C=1\n',
        ),
        Example("FROM debian:13\nENV B=$A A=x\n", note="the order is the other way round: no fix"),
    ),
    good=(
        Example("FROM debian:13\nENV A=x\nENV B=$A/y\n"),
        Example("FROM debian:13\nENV PATH=/app/bin:$PATH\n", note="its own former value"),
        Example("FROM debian:13\nENV A=x B=$AB\n", note="another name"),
        Example("FROM debian:13\nENV A=x\nENV A=$A B=$A\n", note="it had that value before"),
        Example("FROM debian:13\nARG A\nENV A=$A B=$A\n", note="the argument is meant"),
        Example("FROM debian:13\nENV A=x B=\\$A\n", note="escaped"),
    ),
)


def _positions(instruction: Instruction) -> dict[str, int]:
    """Where each key stands first."""
    found: dict[str, int] = {}
    for number, pair in enumerate(instruction.pairs):
        found.setdefault(pair.key, number)
    return found


def _uses(instruction: Instruction, keys: dict[str, int]) -> Iterator[tuple[str, str]]:
    """(user, used) for every pair whose value names another pair's key."""
    for pair in instruction.pairs:
        if pair.value is None or pair.value.text.startswith("'"):
            continue
        for match in VARIABLE.finditer(pair.value.text):
            name = match[1] or match[2]
            if name in keys and name != pair.key:
                yield pair.key, name


def _fixes(
    subject: Subject, instruction: Instruction, keys: dict[str, int], user: str, used: str
) -> Iterator[Fix]:
    """Split the ENV before the pair that uses the other, when the other stands before it."""
    dockerfile = facts(subject).dockerfile
    number = keys[user]
    if keys[used] >= number or instruction.comments:
        return
    before, after = instruction.pairs[number - 1], instruction.pairs[number]
    keyword = instruction.keyword_span.slice(dockerfile.text)
    gap = Span(before.span.end, after.span.start)
    yield Fix(
        "split",
        f"Set {user} in an ENV of its own",
        (replace_span(dockerfile, gap, f"\n{keyword} "),),
        (unknown(f"The new value of {used} is meant", "The old one was used until now"),),
        f"{user} gets the value that stands before it.",
    )


@rule.check
def find(subject: Subject) -> Iterator[Finding]:
    known = facts(subject)
    for placed in known.all("ENV"):
        instruction = placed.instruction
        if len(instruction.pairs) < 2:
            continue
        keys = _positions(instruction)
        for user, used in dict.fromkeys(_uses(instruction, keys)):
            if used == "PATH" or _declared(subject, instruction, used):
                continue
            yield rule.finding(
                subject,
                f"{user} uses {used}, which this ENV sets only afterwards",
                at=instruction,
                about=f"{user} {used}",
                fixes=tuple(_fixes(subject, instruction, keys, user, used)),
                tip=f"Set {used} in an ENV of its own before this one",
            )


def _declared(subject: Subject, instruction: Instruction, name: str) -> bool:
    return facts(subject).declares(instruction, name)
