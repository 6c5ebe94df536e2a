"""What the rules about files that a RUN leaves behind share."""

from __future__ import annotations

import re
from collections.abc import Iterator

from hardening.dockerfile.edits import insert_at
from hardening.dockerfile.shell_model import Command
from hardening.model import Fix, Precondition, fails, holds
from hardening.rules.support import Run, facts
from hardening.rules.support_fixes import command_end, literal, unconditional
from hardening.rules.support_packages import from_folder, with_sudo
from hardening.subject import Subject

_PARTS = re.compile(r"[^\s/=:,;'\"(){}@]+")


def name_parts(text: str) -> list[str]:
    """Every part of a word that could be the name of a file."""
    return _PARTS.findall(text)


def bare(text: str) -> str:
    return text.strip("\"'")


def is_removed(run: Run, after: Command, name: str) -> bool:
    """True when a later command of the RUN deletes or moves the file, by name, by pattern or with
    its directory."""
    path = bare(name)
    base = path.rpartition("/")[2]
    known = _removals(run)
    start = after.span.start
    if base and known.names.get(base, -1) > start:
        return True
    if path.startswith("/") and any(known.folders.get(one, -1) > start for one in _above(path)):
        return True
    suffix = base.rpartition(".")[2]
    return any(
        offset > start and base and _matches(pattern, base, suffix)
        for pattern, offset in known.patterns.items()
    )


def is_folder_removed(run: Run, after: Command, path: str) -> bool:
    """True when a later command of the RUN deletes or moves an absolute folder, one that it lies
    in, or something inside it."""
    known = _removals(run)
    start = after.span.start
    if known.inside.get(path, -1) > start:
        return True
    return any(known.folders.get(one, -1) > start for one in (path, *_above(path)))


def _matches(pattern: str, base: str, suffix: str) -> bool:
    if f"*.{suffix}" in pattern or pattern == "*":
        return True
    return pattern.endswith("*") and base.startswith(pattern[:-1]) and len(pattern) > 2


def _above(path: str) -> Iterator[str]:
    """The folders that a path lies in, innermost first."""
    end = path.rfind("/")
    while end > 0:
        yield path[:end]
        end = path.rfind("/", 0, end)


class _Removals:
    """What the commands of a RUN that delete or move are told, each with its last offset: names,
    patterns for names, absolute paths, and the folders that these lie in."""

    def __init__(self, run: Run) -> None:
        self.names: dict[str, int] = {}
        self.patterns: dict[str, int] = {}
        self.folders: dict[str, int] = {}
        self.inside: dict[str, int] = {}
        for command in run.script.named("rm", "mv", "unlink", "shred", "find"):
            for word in command.arguments:
                text = from_folder(command, bare(word.text))
                last = text.rstrip("/").rpartition("/")[2]
                _note(self.patterns if "*" in last else self.names, last, command)
                if text.startswith("/"):
                    path = text.rstrip("/*")
                    _note(self.folders, path, command)
                    for folder in _above(path):
                        _note(self.inside, folder, command)


def _note(table: dict[str, int], key: str, command: Command) -> None:
    table[key] = max(table.get(key, -1), command.span.start)


def _removals(run: Run) -> _Removals:
    if "removals" not in run.memo:
        run.memo["removals"] = _Removals(run)
    found: _Removals = run.memo["removals"]
    return found


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
        (literal(command), unconditional(command), _not_used_later(subject, run, command, name)),
        "The file does not stay in the layer.",
    )


def _not_used_later(subject: Subject, run: Run, after: Command, name: str) -> Precondition:
    statement = f"No later command reads {bare(name)}"
    base = bare(name).rpartition("/")[2]
    last = _last_mentions(run).get(base)
    if last is not None and last.span.start > after.span.start:
        return fails(statement, f"{last.name} names it")
    dockerfile = facts(subject).dockerfile
    place = dockerfile.text.find(base, run.instruction.span.end)
    if place >= 0:
        return fails(statement, f"Line {dockerfile.line_at(place)} names it")
    return holds(statement, "Read from the Dockerfile")


def _last_mentions(run: Run) -> dict[str, Command]:
    """The last command that names a file, by every part of its words that could be a name."""
    if "last mentions" not in run.memo:
        ordered = sorted(run.script.commands, key=lambda one: one.span.start)
        run.memo["last mentions"] = {
            part: command
            for command in ordered
            for word in command.words
            for part in name_parts(word.text)
        }
    found: dict[str, Command] = run.memo["last mentions"]
    return found
