"""What the rules could not look into: said in the report, never passed over in silence."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from hardening.context import MAX_PATHS
from hardening.dockerfile.expansion import MAX_TRACKED, unknown_from
from hardening.dockerfile.model import Dockerfile, Form, Instruction
from hardening.dockerfile.shell import foreign_shell, in_windows_stage
from hardening.dockerfile.shell_walk import NOT_FOLLOWED
from hardening.rules.support import facts
from hardening.rules.support_ignore import MAX_LISTED
from hardening.skipped import Skipped
from hardening.subject import Subject

_SCRIPTS = ("RUN", "CMD", "ENTRYPOINT", "HEALTHCHECK")
_SPLIT = "Move the commands into several RUN instructions or a file of their own"
_CHECK = "Look for quotes and brackets that do not match"
_RESOLVED = "Open what `docker compose config` prints instead"
_IGNORE = "Leave out with .dockerignore what the build does not need"


def unread(subject: Subject) -> Iterator[Skipped]:
    """One entry for every reason why commands, variables or files were not looked at."""
    if subject.dockerfile is not None:
        yield from _commands(subject, subject.dockerfile)
        yield from _variables(subject.dockerfile)
    run = subject.run_configuration
    if run is not None and run.not_read:
        what = f"{', '.join(run.not_read)} of {run.source or 'the container'}"
        yield Skipped(what, "what they bring in is not read", _RESOLVED)
    listed = getattr(subject.context, "listed_so_far", 0)
    if getattr(subject.context, "truncated", False):
        what = f"files of the build context after the first {MAX_PATHS:,}"
        yield Skipped(what, "they are not listed", _IGNORE)
    elif listed >= MAX_LISTED:
        what = f"files of the build context after the first {MAX_LISTED:,}"
        yield Skipped(what, "the rules look at no more", _IGNORE)


def _commands(subject: Subject, dockerfile: Dockerfile) -> Iterator[Skipped]:
    lines: dict[str, set[int]] = {}
    for run in facts(subject).runs:
        for one in run.script.unread:
            lines.setdefault(one.reason, set()).add(dockerfile.line_at(one.span.start))
    read = {run.instruction.span for run in facts(subject).runs}
    for placed in facts(subject).all(*_SCRIPTS):
        instruction = placed.instruction
        reason = None if instruction.span in read else _why_not(instruction)
        if reason is not None:
            lines.setdefault(reason, set()).add(instruction.start_line)
    for reason, numbers in lines.items():
        step = "" if reason.startswith("a script for") else _SPLIT
        step = _CHECK if reason == NOT_FOLLOWED else step
        yield Skipped(f"shell commands on {_lines(numbers)}", reason, step)


def _why_not(instruction: Instruction) -> str | None:
    """Why an instruction has no script that the rules read; None where there is nothing to read,
    as in the exec form of one program."""
    if instruction.form is Form.EXEC:
        windows = instruction.keyword == "RUN" and in_windows_stage(instruction)
        return "a script for Windows" if windows else None
    program = foreign_shell(instruction)
    if program is not None:
        return f"a script for {program}"
    script = instruction.shell
    return script.unread[0].reason if script is not None and script.unread else None


def _variables(dockerfile: Dockerfile) -> Iterator[Skipped]:
    cut = unknown_from(dockerfile)
    if cut is not None:
        what = f"values of variables from line {cut.start_line} on"
        yield Skipped(what, f"ENV and ARG set more than {MAX_TRACKED:,} in all", "Set fewer")


def _lines(numbers: Iterable[int]) -> str:
    """`line 3`, `lines 3, 7-9`."""
    ranges: list[list[int]] = []
    for number in sorted(numbers):
        if ranges and number == ranges[-1][1] + 1:
            ranges[-1][1] = number
        else:
            ranges.append([number, number])
    texts = [f"{first}" if first == last else f"{first}-{last}" for first, last in ranges]
    more = f" and {len(texts) - 20} more places" if len(texts) > 20 else ""
    single = len(ranges) == 1 and ranges[0][0] == ranges[0][1]
    return f"{'line' if single else 'lines'} {', '.join(texts[:20])}{more}"
