"""COPYs into one directory that could be one layer."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise

from hardening.dockerfile.edits import insert_at
from hardening.dockerfile.model import Form, Instruction
from hardening.model import Edit, Finding, Fix, Profile, Severity, Span, holds, unknown
from hardening.rules.frame import Example, Rule
from hardening.rules.support import facts
from hardening.subject import Subject

rule = Rule(
    title="Join COPYs into one directory",
    severity=Severity.INFO,
    profile=Profile.ALL,
    why="Each COPY is a layer of its own; many small ones slow every pull down and hide in a long "
    "list which one brought a file.",
    references=(
        "https://docs.docker.com/build/building/best-practices/#minimize-the-number-of-layers",
    ),
    aliases=("kics:multiple_run_add_copy_instructions_listed",),
    bad=(
        Example(
            "FROM debian:13\nCOPY a.txt /app/\nCOPY b.txt /app/\n",
            "FROM debian:13\nCOPY a.txt b.txt /app/\n",
            files={"a.txt": "", "b.txt": ""},
        ),
    ),
    good=(
        Example(
            "FROM debian:13\nCOPY a.txt /app/\nCOPY b.txt /etc/\n", files={"a.txt": "", "b.txt": ""}
        ),
        Example(
            "FROM debian:13\nCOPY a.txt /app/\nRUN true\nCOPY b.txt /app/\n",
            files={"a.txt": "", "b.txt": ""},
        ),
        Example(
            "FROM debian:13 AS x\nFROM debian:13\nCOPY --from=x /a /app/\nCOPY b.txt /app/\n",
            files={"b.txt": ""},
        ),
        Example(
            "FROM debian:13\nCOPY a.txt /a\nCOPY b.txt /a\n",
            files={"a.txt": "", "b.txt": ""},
            note="a file, not a directory",
        ),
    ),
)


def _joins(first: Instruction, second: Instruction) -> bool:
    if second.index != first.index + 1 or first.stage != second.stage:
        return False
    if Form.EXEC in (first.form, second.form) or first.heredocs or second.heredocs:
        return False
    if len(first.words) < 2 or len(second.words) < 2:
        return False
    target = first.words[-1].value
    same = [(one.name, one.value) for one in first.flags] == [
        (one.name, one.value) for one in second.flags
    ]
    return same and target == second.words[-1].value and target.endswith(("/", "."))


def _fixes(subject: Subject, first: Instruction, second: Instruction) -> Iterator[Fix]:
    dockerfile = facts(subject).dockerfile
    between = dockerfile.text[first.span.end : second.span.start]
    if between.strip() or first.comments or second.comments or second.leading_comments:
        return
    sources = Span(second.words[0].span.start, second.words[-2].span.end).slice(dockerfile.text)
    if "\n" in sources:
        return
    gone = Edit(dockerfile.path, Span(first.span.end, second.span.end), "")
    joined = insert_at(dockerfile, first.words[-2].span.end, f" {sources}")
    names = [
        word.value.rstrip("/").rpartition("/")[2]
        for word in (*first.words[:-1], *second.words[:-1])
    ]
    unique = len(set(names)) == len(names)
    yield Fix(
        "join",
        "Join them in one COPY",
        (joined, gone),
        (
            holds("No two sources have one name", ", ".join(names))
            if unique
            else unknown("No two sources have one name", ", ".join(names)),
            unknown(
                "The first layer need not be cached on its own",
                "Only you know how often it changes",
            ),
        ),
        "One layer instead of two.",
    )


@rule.check
def find(subject: Subject) -> Iterator[Finding]:
    copies = [one.instruction for one in facts(subject).all("COPY") if not one.deferred]
    for first, second in pairwise(copies):
        if _joins(first, second):
            yield rule.finding(
                subject,
                f"This COPY goes where the one on line {first.start_line} goes: one layer would do",
                at=second,
                about=" ".join(word.value for word in second.words),
                fixes=tuple(_fixes(subject, first, second)),
                tip="Name all sources in one COPY",
            )
