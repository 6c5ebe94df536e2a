"""A credential file mounted for the RUNs that read it, instead of copied into the image.

Source: BuildKit's reference of RUN --mount: a file is mounted 0400 for uid 0 unless `uid` is set;
`required` defaults to false.
"""

from __future__ import annotations

import re
from typing import Final

from hardening.dockerfile.edits import delete_instruction, insert_at, replace_span
from hardening.dockerfile.model import Dockerfile, Instruction, Word
from hardening.model import Edit, Fix, Precondition, Span, fails, holds, unknown
from hardening.rewrites.frontend import require_frontend
from hardening.rewrites.secret_mount import commands, flags_end, usable_frontend
from hardening.subject import Subject

FILE_FRONTEND: Final = (1, 2)

_READERS_OF_FILES: Final = (
    (re.compile(r"(?:^|/)\.npmrc$"), ("npm", "npx", "yarn", "pnpm", "bun"), "npmrc"),
    (re.compile(r"(?:^|/)pip\.conf$"), ("pip", "pip3", "python", "python3", "poetry"), "pip"),
    (re.compile(r"(?:^|/)[._]netrc$"), ("pip", "pip3", "uv", "curl", "git", "go", "wget"), "netrc"),
    (re.compile(r"(?:^|/)\.pypirc$"), ("twine", "python", "python3"), "pypirc"),
    (re.compile(r"(?:^|/)\.git-credentials$"), ("git", "go", "pip", "npm"), "git-credentials"),
    (re.compile(r"(?:^|/)\.aws/credentials$"), ("aws", "terraform"), "aws"),
    (
        re.compile(r"(?:^|/)id_(?:rsa|dsa|ecdsa|ed25519)$"),
        ("git", "ssh", "go", "npm", "pip"),
        "ssh-key",
    ),
)


def mount_instead_of_copy(
    subject: Subject, copied: Instruction, sources: tuple[Word, ...]
) -> Fix | None:
    """The fix that mounts a credential file for the RUNs whose programs read it, instead of copying
    it. None when no such RUN follows, or it cannot be said where the file would be."""
    dockerfile = subject.dockerfile
    if dockerfile is None:
        return None
    for word in sources:
        kind = next((row for row in _READERS_OF_FILES if row[0].search("/" + word.value)), None)
        if kind is None or copied.owner is None:
            continue
        target = _target(dockerfile, copied, word.value.rstrip("/").rpartition("/")[2])
        runs = _later_runs(dockerfile, copied, kind[1])
        if target is None or not runs:
            return None
        option = f" --mount=type=secret,id={kind[2]},target={target},required=true"
        edits = [_without_source(dockerfile, copied, word.span)]
        edits += [
            insert_at(dockerfile, flags_end(run), option + _owner_option(dockerfile, run))
            for run in runs
        ]
        removals = _removals(dockerfile, copied, target)
        edits += [delete_instruction(dockerfile, run) for run in removals]
        syntax = require_frontend(dockerfile, *FILE_FRONTEND)
        edits += [syntax] if syntax is not None else []
        command = f"docker build --secret id={kind[2]},src={word.value} ."
        return Fix(
            "secret-mount",
            f"Mount {word.value} for the RUN that needs it",
            tuple(edits),
            (
                _not_removed(dockerfile, copied, target, removals),
                unknown("The program does not read the file at run time", "It was in the image"),
                usable_frontend(dockerfile, FILE_FRONTEND, "secret mounts"),
                unknown("Whoever builds passes the secret", command),
            ),
            f"The file no longer reaches a layer; build with: {command}",
        )
    return None


def _target(dockerfile: Dockerfile, copied: Instruction, base: str) -> str | None:
    destination = copied.words[-1].value
    if "$" in destination:
        return None
    folder = _workdir_at(dockerfile, copied)
    if not destination.startswith("/"):
        if folder is None:
            return None
        destination = f"{folder.rstrip('/')}/{destination}"
    is_file = destination.rpartition("/")[2] == base
    path = destination if is_file else f"{destination.rstrip('/')}/{base}"
    parts = [part for part in path.split("/") if part not in ("", ".")]
    return None if ".." in parts else "/" + "/".join(parts)


def _workdir_at(dockerfile: Dockerfile, instruction: Instruction) -> str | None:
    """The absolute working directory in force, None when it cannot be said."""
    stage = dockerfile.stage_of(instruction)
    folder: str | None = None
    for link in dockerfile.chain(stage) if stage is not None else ():
        for one in link.all("WORKDIR"):
            if link is stage and one.span.start > instruction.span.start:
                break
            if "$" in one.value:
                folder = None
            elif one.value.startswith("/"):
                folder = one.value
            elif folder is not None:
                folder = f"{folder.rstrip('/')}/{one.value}"
    return folder


def _later_runs(
    dockerfile: Dockerfile, instruction: Instruction, programs: tuple[str, ...]
) -> tuple[Instruction, ...]:
    found: dict[int, Instruction] = {}
    for one, _ in commands(dockerfile, *programs):
        if one.stage == instruction.stage and one.span.start > instruction.span.start:
            found[one.index] = one
    return tuple(found[index] for index in sorted(found))


def _owner_option(dockerfile: Dockerfile, run: Instruction) -> str:
    """`,uid=N` for a RUN under a numeric user that is not root: it could not read the file."""
    user = _user_at(dockerfile, run)
    found = re.match(r"(\d+)(?::(\d+))?$", user or "")
    return f",uid={found[1]}" if found and found[1] != "0" else ""


def _user_at(dockerfile: Dockerfile, run: Instruction) -> str | None:
    stage = dockerfile.stage_of(run)
    user: str | None = None
    for link in dockerfile.chain(stage) if stage is not None else ():
        for one in link.all("USER"):
            if link is not stage or one.span.start < run.span.start:
                user = one.value
    return user


def _without_source(dockerfile: Dockerfile, copied: Instruction, span: Span) -> Edit:
    if len(copied.words) == 2:
        return delete_instruction(dockerfile, copied)
    end = span.end
    while dockerfile.text[end] in " \t":
        end += 1
    return replace_span(dockerfile, Span(span.start, end), "")


def _removals(dockerfile: Dockerfile, copied: Instruction, target: str) -> tuple[Instruction, ...]:
    """Later RUNs that do nothing but delete the file: they go with it."""
    found = []
    for run, command in commands(dockerfile, "rm"):
        operands = [word.value for word in command.positionals()]
        alone = run.shell is not None and len(run.shell.commands) == 1 and not run.shell.errors
        if run.stage == copied.stage and run.span.start > copied.span.start and alone:
            folder = (_workdir_at(dockerfile, run) or "").rstrip("/")
            if operands in ([target], [target.removeprefix(f"{folder}/")]):
                found.append(run)
    return tuple(found)


def _not_removed(
    dockerfile: Dockerfile, copied: Instruction, target: str, removals: tuple[Instruction, ...]
) -> Precondition:
    statement = "No other command deletes or changes the file"
    base = target.rpartition("/")[2]
    for run, command in commands(dockerfile, "rm", "mv", "chmod", "chown", "sed", "shred"):
        later = run.span.start > copied.span.start and run not in removals
        if later and any(word.text.strip("\"'").endswith(base) for word in command.arguments):
            return fails(statement, f"{command.name} in line {run.start_line} does")
    return holds(statement, "Read from the RUNs that follow")
