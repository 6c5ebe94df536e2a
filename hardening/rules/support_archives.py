"""Archives that a RUN downloads: what unpacks, deletes or still needs them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator

from hardening.dockerfile.edits import delete_instruction
from hardening.dockerfile.model import Instruction
from hardening.dockerfile.shell_model import Command
from hardening.model import Edit, Precondition, fails, holds, unknown
from hardening.rules.support import Facts, Run, facts, subject_memo
from hardening.rules.support_leftovers import name_parts
from hardening.rules.support_scripts import Called, scripts_called
from hardening.subject import Subject

# fmt: off
ARCHIVES = (
    ".tar", ".tgz", ".gz", ".xz", ".bz2", ".zip", ".txz", ".tbz2", ".zst", ".7z", ".deb", ".rpm",
)
# fmt: on
UNPACKERS = ("tar", "unzip", "bsdtar", "7z", "dpkg", "rpm", "gunzip", "unxz")


def base_name(text: str) -> str:
    return text.strip("\"'").rpartition("/")[2]


def unpackers(run: Run) -> dict[str, list[Command]]:
    """Base name of an operand → the commands that unpack it."""
    found: dict[str, list[Command]] = defaultdict(list)
    for command in run.script.named(*UNPACKERS):
        for word in command.arguments:
            found[base_name(word.value or word.text)].append(command)
    return found


def removed(run: Run) -> tuple[frozenset[str], tuple[str, ...], bool]:
    """What the RUN deletes or moves: base names, folders, and whether anything is unclear."""
    names: set[str] = set()
    folders: set[str] = set()
    unclear = False
    for command in run.script.named("rm", "mv", "find", "gunzip", "unxz", "shred"):
        for word in command.arguments:
            text = word.text.strip("\"'")
            names.add(base_name(text).removesuffix("*"))
            folders.add(text.rstrip("/*") + "/")
            unclear = (
                unclear or "*" in base_name(text).removesuffix("*") or "$" in text or text == "*"
            )
    return frozenset(names), tuple(folders - {"/"}), unclear


def later_uses(known: Facts, run: Run, name: str) -> Iterator[Run]:
    """RUNs further down, of any stage, that speak of the file."""
    for one in _mentions(known).get(name.rpartition("/")[2], ()):
        if one.instruction.index > run.instruction.index:
            yield one


def _mentions(known: Facts) -> dict[str, list[Run]]:
    """The RUNs that name a file, by every part of their words that could be a name."""
    if "runs by name" not in known.memo:
        index: dict[str, list[Run]] = defaultdict(list)
        for run in known.runs:
            words = (word.text for command in run.script.commands for word in command.words)
            for part in dict.fromkeys(part for text in words for part in name_parts(text)):
                index[part].append(run)
        known.memo["runs by name"] = index
    found: dict[str, list[Run]] = known.memo["runs by name"]
    return found


def only_deletes(run: Run, name: str) -> bool:
    commands = run.script.commands
    if len(commands) != 1 or commands[0].name != "rm" or run.script.errors:
        return False
    return [word.value for word in commands[0].positionals()] == [name]


def take_out(known: Facts, run: Run) -> Edit:
    return delete_instruction(known.dockerfile, run.instruction)


def safe_deletions(subject: Subject, run: Run, name: str) -> tuple[tuple[Edit, ...], Precondition]:
    """Edits that take out later RUNs which only delete the file, and whether another needs it."""
    known = facts(subject)
    later = tuple(later_uses(known, run, name))
    gone = tuple(one for one in later if only_deletes(one, name))
    edits = tuple(take_out(known, one) for one in gone)
    return edits, _not_needed(subject, run, name, [one for one in later if one not in gone])


def _not_needed(subject: Subject, run: Run, name: str, users: list[Run]) -> Precondition:
    statement = "No later instruction needs the archive"
    if users:
        return fails(statement, f"line {users[0].instruction.start_line} speaks of it")
    known, base = facts(subject), name.rpartition("/")[2]
    last = _last_copies(known).get(base)
    if last is not None and last.index > run.instruction.index:
        return fails(statement, f"line {last.start_line} speaks of it")
    for one, script in _scripts(subject):
        if one.index <= run.instruction.index:
            continue
        line = one.start_line
        if script.text is None:
            return unknown(statement, f"line {line} runs {script.name}, which was not read")
        if base in script.text:
            return fails(statement, f"line {line} runs {script.name}, which speaks of it")
    return holds(statement, "Nothing further down names it")


def _last_copies(known: Facts) -> dict[str, Instruction]:
    """The last COPY, ADD, CMD or ENTRYPOINT that names a file, by every part that could be one."""
    if "copies by name" not in known.memo:
        text = known.dockerfile.text
        placed = known.all("COPY", "ADD", "CMD", "ENTRYPOINT")
        ordered = sorted((one.instruction for one in placed), key=lambda one: one.index)
        known.memo["copies by name"] = {
            part: one for one in ordered for part in name_parts(one.arguments.slice(text))
        }
    found: dict[str, Instruction] = known.memo["copies by name"]
    return found


def _scripts(subject: Subject) -> list[tuple[Instruction, Called]]:
    """Every script that a RUN calls, with the RUN, in order."""
    memo = subject_memo(subject)
    if "scripts in order" not in memo:
        memo["scripts in order"] = [
            (run.instruction, script)
            for run in facts(subject).runs
            for script in scripts_called(subject, run)
        ]
    found: list[tuple[Instruction, Called]] = memo["scripts in order"]
    return found
