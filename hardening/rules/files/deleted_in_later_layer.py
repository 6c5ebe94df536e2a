"""A file that one instruction writes and a later one deletes."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator

from hardening.dockerfile.model import Instruction
from hardening.dockerfile.shell_model import Command
from hardening.model import Finding, Severity
from hardening.rules.frame import Example, Rule
from hardening.rules.support import Run, facts
from hardening.rules.support_written import Written, absolute, written_files
from hardening.subject import Subject

rule = Rule(
    title="Delete a file in the instruction that writes it",
    severity=Severity.LOW,
    why="The deletion only hides the file: it stays in the layer below, makes every pull "
    "larger, and "
    "can be read by whoever has the image.",
    references=("https://github.com/opencontainers/image-spec/blob/main/layer.md#whiteouts",),
    aliases=("slim:ID.20021",),
    bad=(
        Example(
            "FROM debian:13\nCOPY setup.tgz /tmp/\nRUN tar -xzf /tmp/setup.tgz -C /opt\n"
            "RUN rm /tmp/setup.tgz\n"
        ),
        Example(
            "FROM debian:13\nRUN curl -fsSL -o /tmp/a.deb https://example.com/a.deb\n"
            "RUN dpkg -i /tmp/a.deb && rm -rf /tmp/*\n"
        ),
        Example("FROM debian:13\nWORKDIR /srv\nCOPY keys ./keys/\nRUN use keys && rm -r keys\n"),
    ),
    good=(
        Example(
            "FROM debian:13\nRUN curl -fsSL -o /tmp/a.deb https://example.com/a.deb "
            "&& dpkg -i /tmp/a.deb && rm /tmp/a.deb\n"
        ),
        Example(
            "FROM debian:13 AS build\nCOPY setup.tgz /tmp/\nRUN rm /tmp/setup.tgz\nFROM "
            "debian:13\n",
            note="the stage does not ship",
        ),
        Example("FROM debian:13\nCOPY app /srv/\nRUN rm -rf /var/lib/apt/lists/*\n"),
    ),
)


@rule.check
def find(subject: Subject) -> Iterator[Finding]:
    removals = [one for one in facts(subject).commands("rm", "unlink", "shred") if one[0].shipped]
    if not removals:
        return
    written = sorted(written_files(subject), key=lambda one: one.path)
    seen: set[tuple[int, str]] = set()
    for run, command in removals:
        for word in command.positionals():
            target = absolute(subject, run.instruction, word.value)
            if target is None or run.is_volatile(target):
                continue
            for one in _under(written, target):
                key = (one.by.index, one.path)
                before = one.by.span.start < run.instruction.span.start
                if key in seen or not before or not _same_chain(subject, one.by, run):
                    continue
                seen.add(key)
                yield _finding(subject, command, one)


def _finding(subject: Subject, command: Command, one: Written) -> Finding:
    return rule.finding(
        subject,
        f"{one.path} is written by {one.by.keyword} in line {one.by.start_line} and stays in that "
        "layer after rm",
        at=command.span,
        about=one.path,
        also=(facts(subject).dockerfile.place(one.by.span),),
        tip="Give it to the RUN with --mount=type=bind, write and delete it in one RUN, or do the "
        "work in a build stage",
    )


def _under(written: list[Written], target: str) -> Iterator[Written]:
    """What `rm target` deletes of the sorted paths."""
    start = target.rstrip("*").rstrip("/")
    position = bisect_left(written, start, key=lambda one: one.path)
    while position < len(written) and written[position].path.startswith(start):
        if _covers(target, written[position].path):
            yield written[position]
        position += 1


def _covers(target: str, path: str) -> bool:
    """True when `rm target` deletes the path."""
    if target.endswith("/*"):
        return path.startswith(target[:-1])
    if target.endswith("*"):
        return path.startswith(target[:-1]) and "/" not in path[len(target) :]
    return path == target or path.startswith(target + "/")


def _same_chain(subject: Subject, writer: Instruction, run: Run) -> bool:
    if writer.stage == run.instruction.stage:
        return True
    dockerfile = facts(subject).dockerfile
    stage = run.stage
    return stage is not None and any(link.index == writer.stage for link in dockerfile.chain(stage))
