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


def _groups(copies: list[Instruction]) -> Iterator[list[Instruction]]:
    """Runs of COPYs that could be one."""
    group: list[Instruction] = []
    for one in copies:
        if group and not _joins(group[-1], one):
            if len(group) > 1:
                yield group
            group = []
        group.append(one)
    if len(group) > 1:
        yield group


def _fixes(subject: Subject, group: list[Instruction]) -> Iterator[Fix]:
    dockerfile = facts(subject).dockerfile
    text = dockerfile.text
    first, rest = group[0], group[1:]
    edits: list[Edit] = []
    sources = [word for one in group for word in one.words[:-1]]
    for before, one in pairwise(group):
        between = text[before.span.end : one.span.start]
        if between.strip() or before.comments or one.comments or one.leading_comments:
            return
        edits.append(Edit(dockerfile.path, Span(before.span.end, one.span.end), ""))
    moved = " ".join(word.text for one in rest for word in one.words[:-1])
    if "\n" in moved:
        return
    names = [word.value.rstrip("/").rpartition("/")[2] for word in sources]
    statement = "No two sources have one name"
    unique = len(set(names)) == len(names)
    yield Fix(
        "join",
        "Join them in one COPY",
        (insert_at(dockerfile, first.words[-2].span.end, f" {moved}"), *edits),
        (
            (holds if unique else unknown)(statement, ", ".join(names)),
            unknown(
                "The first layer need not be cached on its own",
                "Only you know how often it changes",
            ),
        ),
        f"One layer instead of {len(group)}.",
    )


@rule.check
def find(subject: Subject) -> Iterator[Finding]:
    copies = [one.instruction for one in facts(subject).all("COPY") if not one.deferred]
    for group in _groups(copies):
        yield rule.finding(
            subject,
            f"{len(group)} COPYs in a row go to {group[0].words[-1].value}: one layer would do",
            at=group[1],
            about=group[0].words[-1].value,
            also=tuple(facts(subject).dockerfile.place(one.span) for one in group[2:]),
            fixes=tuple(_fixes(subject, group)),
            tip="Name all sources in one COPY",
        )
