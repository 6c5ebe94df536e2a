"""RUNs that could be one layer."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise

from hardening.dockerfile.edits import replace_span
from hardening.model import Finding, Fix, Severity, Span, fails, holds, unknown
from hardening.rules.frame import Example, Profile, Rule
from hardening.rules.support import Run, facts
from hardening.rules.support_fixes import command_end, literal
from hardening.subject import Subject

rule = Rule(
    title="Join RUNs that follow each other",
    severity=Severity.INFO,
    profile=Profile.ALL,
    why="Each RUN is a layer of its own: what a later one deletes or overwrites stays in the "
    "image, and every layer costs time when the image is pulled.",
    references=("https://docs.docker.com/build/building/best-practices/#run",),
    aliases=(
        "hadolint:DL3059",
        "kics:multiple_run_add_copy_instructions_listed",
        "slim:ID.20019",
        "parfum:MoreThanOneInstall",
    ),
    bad=(
        Example(
            "FROM debian:13\nRUN make\nRUN make install\n",
            "FROM debian:13\nRUN make && \\\n    make install\n",
        ),
        Example(
            "FROM debian:13\nRUN make\n# then\nRUN make install\n", note="a comment between: no fix"
        ),
    ),
    good=(
        Example("FROM debian:13\nRUN make\nWORKDIR /x\nRUN make install\n"),
        Example(
            "FROM debian:13\nRUN --mount=type=secret,id=a make\nRUN make install\n",
            note="other mounts",
        ),
        Example("FROM debian:13\nRUN a && b\nRUN c\n", note="already joined what belongs together"),
        Example("FROM debian:13 AS a\nRUN make\nFROM debian:13\nRUN make\n"),
        Example("FROM debian:13\nRUN <<EOF\nmake\nEOF\nRUN make install\n"),
    ),
)


def _flags(run: Run) -> list[tuple[str, str | None]]:
    return [(flag.name, flag.value) for flag in run.instruction.flags]


def _simple(run: Run) -> bool:
    pipelines = {one.pipeline for one in run.script.commands if "find" not in one.wrappers}
    return len(pipelines) == 1 and not run.instruction.heredocs


def _fixes(subject: Subject, first: Run, second: Run) -> Iterator[Fix]:
    dockerfile = facts(subject).dockerfile
    between = dockerfile.text[first.instruction.span.end : second.instruction.span.start]
    end = max(command_end(one) for one in first.script.commands)
    rest = dockerfile.text[end : first.instruction.span.end]
    if between.strip() or rest.strip() or first.placed.deferred or second.placed.deferred:
        return
    changes = any(
        one.name in ("cd", "export", "set", "exit", "exec") for one in first.script.commands
    )
    statement = "The first command leaves nothing behind in its shell"
    joined = f" && {dockerfile.escape}\n    "
    yield Fix(
        "join",
        "Join them with &&",
        (replace_span(dockerfile, Span(end, second.instruction.arguments.start), joined),),
        (
            literal(first.script.commands[0]),
            fails(statement, "It changes the state of its shell") if changes else holds(statement),
            unknown(
                "The first layer need not be cached on its own",
                "Only you know how often it changes",
            ),
        ),
        "One layer instead of two; a change of the second command repeats the first.",
    )


@rule.check
def find(subject: Subject) -> Iterator[Finding]:
    runs = facts(subject).runs
    for first, second in pairwise(runs):
        follows = second.instruction.index == first.instruction.index + 1
        if not follows or first.placed.deferred != second.placed.deferred:
            continue
        if first.instruction.stage != second.instruction.stage or _flags(first) != _flags(second):
            continue
        if not first.script.commands or not _simple(first) or not _simple(second):
            continue
        yield rule.finding(
            subject,
            f"This RUN follows another on line {first.instruction.start_line}: one layer would do",
            at=second.instruction,
            about=" | ".join(one.name or "" for one in second.script.commands),
            fixes=tuple(_fixes(subject, first, second)),
            tip="Join them with && in one RUN",
        )
