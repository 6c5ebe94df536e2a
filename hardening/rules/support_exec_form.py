"""Shell-form commands that could be a JSON array."""

from __future__ import annotations

from hardening.dockerfile.shell_model import Script
from hardening.model import Precondition, holds, unknown
from hardening.rules.support import Facts, Placed, facts, image_has
from hardening.subject import Subject

SPECIAL = frozenset("$`*?[]{}~<>|&;()!#")
# fmt: off
BUILTINS = frozenset({
    ":", ".", "source", "cd", "exec", "export", "set", "trap", "ulimit", "umask", "exit", "return",
    "eval", "wait", "type", "command", "read", "alias", "test", "[", "[[", "if",
})
# fmt: on
OWN_SIGNALS = frozenset({"node", "npm", "yarn", "npx", "pnpm"})


def plain_words(script: Script) -> list[str] | None:
    """The words when it is one simple command that needs no shell, None otherwise."""
    if len(script.commands) != 1 or script.errors:
        return None
    command = script.commands[0]
    if command.assignments or command.redirections or not command.editable:
        return None
    if set(command.wrappers) - {"exec"} or command.name in BUILTINS:
        return None
    words: list[str] = []
    for word in command.words:
        if word.value is None or (word.text[:1] not in "\"'" and SPECIAL & set(word.text)):
            return None
        words.append(word.value)
    return words or None


def program_found(subject: Subject, words: list[str]) -> Precondition:
    statement = "The program is found without a shell"
    name = words[0]
    places = (
        (name.lstrip("/"),)
        if "/" in name
        else tuple(
            f"{folder}/{name}"
            for folder in ("usr/local/sbin", "usr/local/bin", "usr/sbin", "usr/bin", "sbin", "bin")
        )
    )
    answer = image_has(subject, *places)
    if answer is None:
        return unknown(statement, "The files of the image are not known")
    if answer:
        return holds(statement, f"{name} is in the image")
    return unknown(statement, f"{name} was not found in the usual directories of the image")


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
    return holds(statement, "sh -c with one command hands process 1 over to it already")


def deserves_exec_form(known: Facts, placed: Placed, script: Script) -> bool:
    plain = plain_words(script) is not None
    if placed.instruction.keyword == "HEALTHCHECK":
        return plain
    shell = chosen_shell(known, placed)
    if plain:
        return shell is None or "pipefail" in shell
    commands = script.commands
    if commands and ("exec" in commands[-1].wrappers or commands[-1].name == "exec"):
        return False
    return shell is None


def chosen_shell(known: Facts, placed: Placed) -> str | None:
    """What SHELL says in the stage or those it is built on, None when nothing does."""
    for link in reversed(known.dockerfile.chain(placed.stage) if placed.stage else ()):
        for one in reversed(link.all("SHELL")):
            if one.span.start < placed.instruction.span.start:
                return one.value
    return None
