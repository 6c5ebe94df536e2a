"""What the rules about files that a RUN leaves behind share."""

from __future__ import annotations

from collections.abc import Iterator

from hardening.dockerfile.edits import insert_at
from hardening.dockerfile.shell_model import Command
from hardening.model import Fix, Precondition, fails, holds
from hardening.rules.support import Run, facts
from hardening.rules.support_fixes import command_end, literal, unconditional
from hardening.rules.support_packages import with_sudo
from hardening.subject import Subject


def bare(text: str) -> str:
    return text.strip("\"'")


def is_removed(run: Run, after: Command, name: str) -> bool:
    """True when a later command of the RUN deletes or moves the file, by name, by pattern or with
    its directory."""
    base = bare(name).rpartition("/")[2]
    suffix = base.rpartition(".")[2]
    for command in run.script.after(after):
        if command.name not in ("rm", "mv", "unlink", "shred", "find"):
            continue
        for word in command.arguments:
            text = bare(word.text)
            last = text.rstrip("/").rpartition("/")[2]
            if base and (base == last or f"*.{suffix}" in last or last in ("*", base + "*")):
                return True
            if bare(name).startswith(text.rstrip("/*") + "/") and text.startswith("/"):
                return True
            if last.endswith("*") and base.startswith(last[:-1]) and len(last) > 2:
                return True
    return False


def remove_after(
    subject: Subject, run: Run, command: Command, name: str, *, title: str
) -> Iterator[Fix]:
    """The fix that deletes a file right after the command that used it."""
    dockerfile = facts(subject).dockerfile
    if command.pipeline_length > 1 or run.placed.deferred:
        return
    text = with_sudo(command, f"rm {name}")
    yield Fix(
        "remove-file",
        title,
        (insert_at(dockerfile, command_end(command), f" && {text}"),),
        (literal(command), unconditional(command), _not_used_later(run, command, name)),
        "The file does not stay in the layer.",
    )


def _not_used_later(run: Run, after: Command, name: str) -> Precondition:
    statement = f"No later command of the RUN reads {bare(name)}"
    base = bare(name).rpartition("/")[2]
    for command in run.script.after(after):
        if any(base in word.text for word in command.words):
            return fails(statement, f"{command.name} names it")
    return holds(statement, "Read from the RUN")
