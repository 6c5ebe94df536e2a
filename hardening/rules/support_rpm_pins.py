"""Whether a word of `dnf install` or `yum install` says which version is meant."""

from __future__ import annotations

import re

from hardening.dockerfile.shell_model import PackageCall, ShellWord
from hardening.rules.support import Run

_VERSION = re.compile(r"-(?:\$|[0-9]|\d+:)")


def is_pinned(run: Run, call: PackageCall, word: ShellWord) -> bool:
    """A version, a file, a module's stream or a group; a variable may hold one."""
    text = word.text.strip("\"'")
    if word.value is None and "-" not in text:
        return True
    if call.verb == "module":
        return call.packages[0].text != "install" or word is call.packages[0] or ":" in text
    if "group" in [one.text for one in call.command.words[:-1]]:
        return True
    return _versioned(text)


def _versioned(text: str) -> bool:
    """`name-1.2`, `name-$VERSION`, a file, a URL, a group or a module stream."""
    if text.endswith(".rpm") or text.startswith(("@", "http:", "https:", "/", "./")):
        return True
    return bool(_VERSION.search(text)) or "=" in text or ":" in text
