"""Commands that put a secret into a file: which secret, and where it stays."""

from __future__ import annotations

import re

from hardening.dockerfile.shell_model import Command, ShellWord
from hardening.rules.support import Run
from hardening.rules.support_leftovers import is_removed
from hardening.secrets.names import is_secret_name

_VARIABLE = re.compile(r"\$\{?([A-Za-z_]\w*)")
_MOUNTED = re.compile(r"/run/secrets/([\w.-]+)")
_TOO_SHORT = frozenset({"key", "keys", "auth", "pass"})
"""Alone these are the key of a repository, a loop's variable, a counter."""
_STORING = {
    "npm": ("config", "set"),
    "yarn": ("config", "set"),
    "pnpm": ("config", "set"),
    "pip": ("config", "set"),
    "pip3": ("config", "set"),
    "git": ("config",),
    "aws": ("configure", "set"),
    "composer": ("config",),
    "poetry": ("config",),
    "bundle": ("config",),
    "docker": ("login",),
    "gh": ("auth", "login"),
    "helm": ("registry", "login"),
    "dotnet": ("nuget", "add"),
}


def secret_of(command: Command) -> str | None:
    """The variable with a secret's name, or the mounted file, that the command's words expand."""
    if command.name in ("gpg", "gpg2", "apt-key"):
        return None
    for word in command.words:
        text = _expanded_part(word)
        for found in _VARIABLE.finditer(text):
            if is_secret_name(found[1]) and found[1].lower() not in _TOO_SHORT:
                return f"${found[1]}"
        mounted = _MOUNTED.search(text) if "$(" in text or "`" in text else None
        if mounted is not None:
            return mounted[0]
    return None


def _expanded_part(word: ShellWord) -> str:
    """The word without what stands in single quotes."""
    return re.sub(r"'[^']*'", "", word.text) if not word.text.startswith('"') else word.text


def where_written(run: Run, command: Command) -> str | None:
    """Where the command writes what it was given; None where nothing of it stays."""
    for redirection in command.redirections:
        target = redirection.target
        if redirection.operator in (">", ">>", ">|") and target is not None:
            return _staying(run, command, target.text.strip("\"'"))
    for other in run.script.pipeline_of(command):
        if other.name == "tee" and other.position > command.position:
            files = [word.text.strip("\"'") for word in other.positionals()]
            return _staying(run, other, files[0]) if files else None
    verbs = _STORING.get(command.name or "")
    texts = [word.text for word in command.arguments]
    if verbs is not None and all(verb in texts for verb in verbs):
        return f"the configuration of {command.name}"
    return None


def _staying(run: Run, command: Command, target: str) -> str | None:
    if target.startswith(("/dev/", "&")) or run.is_volatile(target):
        return None
    return None if is_removed(run, command, target) else target
