"""File modes as chmod takes them, octal and symbolic."""

from __future__ import annotations

import re

from hardening.dockerfile.shell_model import Command, ShellWord

CLAUSE = re.compile(r"\A([ugoa]*)([-+=])([rwxXstugo]*)\Z")
OCTAL = re.compile(r"\A[0-7]{3,4}\Z")


def lets_everybody_write(mode: str) -> bool:
    """True for a mode that lets others write and is not sticky."""
    if OCTAL.match(mode):
        return bool(int(mode[-1]) & 2) and not (len(mode) == 4 and int(mode[0]) & 1)
    for clause in mode.split(","):
        match = CLAUSE.match(clause)
        if match and match[2] != "-" and "w" in match[3] and ("o" in match[1] or "a" in match[1]):
            return "t" not in match[3]
    return False


def mode_word(command: Command) -> ShellWord | None:
    """The word of a chmod that gives the mode; of other programs the value of `-m`."""
    if command.name != "chmod":
        pairs = zip(command.words, command.words[1:], strict=False)
        return next((value for word, value in pairs if word.text in ("-m", "--mode")), None)
    for word in command.arguments:
        if not word.text.startswith("--reference") and (not word.is_flag or "w" in word.text):
            return word if not word.text.startswith("--") else None
    return None


def without_others(mode: str) -> str:
    """The mode without write for group and others."""
    if OCTAL.match(mode):
        return mode[:-2] + "".join(str(int(digit) & ~2) for digit in mode[-2:])
    return ",".join(_narrow_clause(clause) for clause in mode.split(","))


def _narrow_clause(clause: str) -> str:
    match = CLAUSE.match(clause)
    if match is None or not lets_everybody_write(clause):
        return clause
    rest = match[3].replace("w", "")
    return f"{match[1]}{match[2]}{rest},u+w" if rest else "u+w"
