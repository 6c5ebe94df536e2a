"""Scripts that a RUN calls: what stands in them decides whether an earlier layer may be cleaned."""

from __future__ import annotations

import re
from typing import NamedTuple

from hardening.context import BuildContext
from hardening.dockerfile.model import Instruction
from hardening.dockerfile.shell_model import Command
from hardening.rules.support import Run, facts, subject_memo
from hardening.rules.support_cache import remembered
from hardening.rules.support_ignore import listed
from hardening.runtime.start import start_of
from hardening.subject import Subject

MAX_SCRIPT = 1 << 18
_SHELLS = frozenset({"sh", "bash", "ash", "dash", "zsh", "python", "python3", "perl", "ruby"})
_SYSTEM = ("/bin/", "/sbin/", "/usr/bin/", "/usr/sbin/", "/usr/lib/", "/usr/share/")


class Called(NamedTuple):
    """A script as the RUN names it; `text` is None where it could not be read."""

    name: str
    text: str | None


def scripts_called(subject: Subject, run: Run) -> tuple[Called, ...]:
    """Scripts of the project that a RUN runs by path or gives to an interpreter."""
    memo = subject_memo(subject)
    key = f"scripts called {run.instruction.span.start}"
    if key not in memo:
        names = dict.fromkeys(filter(None, map(_script, run.script.commands)))
        memo[key] = tuple(Called(name, _text(subject, name)) for name in names)
    found: tuple[Called, ...] = memo[key]
    return found


def script_readers(subject: Subject, name: str) -> tuple[Instruction, ...]:
    """RUNs that call a script in which a variable's name stands."""
    word = re.compile(rf"\b{re.escape(name)}\b")
    return tuple(
        run.instruction
        for run in facts(subject).runs
        if not run.placed.deferred
        and any(word.search(one.text or "") for one in scripts_called(subject, run))
    )


def _script(command: Command) -> str | None:
    if not command.words:
        return None
    if command.name in _SHELLS:
        first = next((word for word in command.arguments if not word.is_flag), None)
        options = [word.text for word in command.arguments if word.is_flag]
        if first is None or any(one in ("-c", "-m", "-e") for one in options):
            return None
        return first.value or first.text
    path = command.words[0].value or command.words[0].text
    if "/" not in path or path.startswith(_SYSTEM):
        return None
    return path


def _text(subject: Subject, path: str) -> str | None:
    name = path.rpartition("/")[2]
    data: bytes | None = None
    if subject.context is not None:
        for candidate in _by_name(subject.context).get(name, ()):
            data = subject.context.read(candidate, MAX_SCRIPT)
    image = subject.image
    if data is None and image is not None and image.files_read and "$" not in path:
        inside = start_of(subject).absolute(path).lstrip("/")
        entry = image.tree.resolve(inside)
        if entry is not None and entry.is_file:
            data = image.read(inside, limit=MAX_SCRIPT)
    if data is None:
        return None
    return "" if data.startswith(b"\x7fELF") else data.decode("utf-8", "replace")


@remembered
def _by_name(context: BuildContext) -> dict[str, tuple[str, ...]]:
    found: dict[str, tuple[str, ...]] = {}
    for path in listed(context):
        name = path.rpartition("/")[2]
        found[name] = (*found.get(name, ()), path)
    return found
