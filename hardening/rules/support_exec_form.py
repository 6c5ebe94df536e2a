"""Shell-form commands that could be a JSON array."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from hardening.dockerfile.model import Dockerfile, Instruction
from hardening.dockerfile.shell_model import Script
from hardening.dockerfile.wrapper_table import PROJECT_RUNNERS
from hardening.model import Precondition, fails, holds, unknown
from hardening.rules.support import Facts, Placed, facts
from hardening.rules.support_cache import remembered
from hardening.rules.support_stages import last_before
from hardening.runtime.start import start_of
from hardening.subject import Subject

if TYPE_CHECKING:
    from hardening.image.model import Image

SPECIAL = frozenset("$`*?[]{}~<>|&;()!#")
# fmt: off
BUILTINS = frozenset({
    ":", ".", "source", "cd", "exec", "export", "set", "trap", "ulimit", "umask", "exit", "return",
    "eval", "wait", "type", "command", "read", "alias", "test", "[", "[[", "if",
})
# fmt: on
SHELL_OWN = frozenset({"echo", "printf", "kill", "pwd"})
"""Commands that a shell has built in and the image as programs, which differ in details."""
FOLDERS = ("/usr/local/sbin", "/usr/local/bin", "/usr/sbin", "/usr/bin", "/sbin", "/bin")
OWN_SIGNALS = frozenset({"node", "npm", "yarn", "npx", "pnpm"})


def plain_words(script: Script) -> list[str] | None:
    """The words when it is one simple command that needs no shell, None otherwise."""
    if len(script.commands) != 1 or script.errors:
        return None
    command = script.commands[0]
    if command.assignments or command.redirections or not command.editable:
        return None
    if set(command.wrappers) - {"exec"} - PROJECT_RUNNERS or command.name in BUILTINS:
        return None
    lead = command.wrapper_words if PROJECT_RUNNERS & set(command.wrappers) else ()
    if lead and lead[0].value == "exec":
        lead = lead[1:]
    words: list[str] = []
    for word in (*lead, *command.words):
        if word.value is None or (word.text[:1] not in "\"'" and SPECIAL & set(word.text)):
            return None
        words.append(word.value)
    return words or None


def stands_alone(
    dockerfile: Dockerfile, instruction: Instruction, script: Script, start: int
) -> bool:
    """True when nothing but the command is written: no `!` before it and no `&` behind it."""
    blanks = f" \t\r\n{dockerfile.escape}"
    before = dockerfile.text[instruction.keyword_span.end : start].strip(blanks)
    if instruction.keyword == "HEALTHCHECK":
        before = "" if before[-3:].upper() == "CMD" else before
    after = dockerfile.text[script.commands[0].span.end : instruction.span.end].strip(blanks)
    return not before and after in ("", ";")


def program_found(subject: Subject, words: list[str]) -> Precondition:
    """Whether the kernel can start the program: a file that a shell would find, and no script
    that only a shell can read."""
    statement = "The program starts without a shell"
    name = words[0]
    image = subject.image
    if image is None or not image.files_read:
        return unknown(statement, "The files of the image are not known")
    if name in SHELL_OWN and any("\\" in one or one.startswith("-") for one in words[1:]):
        return unknown(statement, f"The shell's own {name} may differ from /bin/{name}")
    start = start_of(subject)
    folders = (*start.environment.get("PATH", "").split(":"), *FOLDERS)
    places = (start.absolute(name),) if "/" in name else (f"{one}/{name}" for one in folders)
    for place in places:
        entry = image.tree.resolve(place.lstrip("/"))
        if entry is not None:
            return _executable(statement, name, _head(image, entry.path))
    return unknown(statement, f"{name} was not found where the image looks for programs")


def _executable(statement: str, name: str, head: bytes) -> Precondition:
    if head.startswith((b"#!", b"\x7fELF")):
        return holds(statement, f"{name} is in the image")
    if not head:
        return unknown(statement, f"{name} could not be read from the image")
    return fails(statement, f"{name} is a script without a #! line, which only a shell can start")


@remembered
def _head(image: Image, path: str) -> bytes:
    """The first bytes of a file; an image is its own key, since it does not change."""
    return image.read(path, limit=4) or b""


def arguments_clear(subject: Subject, placed: Placed) -> Precondition:
    """Whether ENTRYPOINT and CMD of the image stay what they are to each other."""
    statement = "No other instruction's words are added to it, or already were"
    keyword = placed.instruction.keyword
    if keyword == "HEALTHCHECK" or placed.stage is None:
        return holds(statement, "A health check stands alone")
    other = "CMD" if keyword == "ENTRYPOINT" else "ENTRYPOINT"
    for link in facts(subject).dockerfile.chain(placed.stage):
        found = link.last(other)
        if found is not None:
            return unknown(statement, f"Line {found.start_line} has {other}")
    if keyword == "ENTRYPOINT":
        return holds(statement, "The stage has no CMD, and ENTRYPOINT resets that of the base")
    if subject.image is None:
        return unknown(statement, "The ENTRYPOINT of the base image is not known")
    if subject.image.config.entrypoint:
        return unknown(statement, f"The base starts {subject.image.config.entrypoint[0]}")
    return holds(statement, "The image has no ENTRYPOINT")


def signals_handled(words: list[str]) -> Precondition:
    statement = "The program copes with being process 1"
    if words[0].rpartition("/")[2] in OWN_SIGNALS:
        return unknown(statement, f"{words[0]} does not reap children; run with --init")
    return holds(statement, "A signal that it does not handle was lost on the shell before")


def deserves_exec_form(known: Facts, placed: Placed, script: Script) -> bool:
    plain = plain_words(script) is not None
    if placed.instruction.keyword == "HEALTHCHECK":
        return plain
    shell = chosen_shell(known, placed)
    if plain:
        return shell is None or ("pipefail" in shell and not _sets_up(known, placed, shell))
    commands = script.commands
    if commands and ("exec" in commands[-1].wrappers or commands[-1].name == "exec"):
        return False
    return shell is None


def _sets_up(known: Facts, placed: Placed, shell: str) -> bool:
    """True when the chosen shell reads files first: a login shell, or bash with BASH_ENV."""
    options = [word for word in re.findall(r"[\w-]+", shell) if word.startswith("-")]
    login = any(word == "--login" or re.match(r"-[a-z]*[li]", word) for word in options)
    return login or known.declares(placed.instruction, "BASH_ENV")


def chosen_shell(known: Facts, placed: Placed) -> str | None:
    """What SHELL says in the stage or those it is built on, None when nothing does."""
    found = last_before(known, placed, "SHELL")
    return None if found is None else found.value
