"""Calls of package managers in a script: which one, which verb, which packages and flags."""

from __future__ import annotations

import re

from hardening.dockerfile.package_tables import MANAGERS, Manager
from hardening.dockerfile.shell_model import Command, PackageCall, Script, ShellWord
from hardening.model import Span

_PIP = re.compile(r"pip(\d+(\.\d+)*)?")
_PYTHON = re.compile(r"(python|pypy)(\d+(\.\d+)*)?")
_QUESTIONS = frozenset({"--version", "-v", "-V", "--help", "-h"})
_FILE_VALUED_BY_VERB = frozenset({"create", "install", "update"})
_VERSION = {
    "apt-get": re.compile(r"([^=/]+)=(.+)"),
    "apk": re.compile(r"([^=<>~@]+)(?:~=|[=~])=?(.+)"),
    "yum": re.compile(r"([A-Za-z0-9_.+-]*?[A-Za-z_+])-(\d[^/]*)"),
    "zypper": re.compile(r"([^=<>]+)={1,2}(.+)"),
    "pip": re.compile(r"([A-Za-z0-9._-]+(?:\[[^\]]*\])?)\s*(?:===?)\s*([^,;\s]+)"),
    "npm": re.compile(r"(@?[^@]+)@(.+)"),
    "gem": re.compile(r"([^:]+):(.+)"),
    "composer": re.compile(r"([^:=]+)[:=](.+)"),
    "conda": re.compile(r"([^=<>]+)={1,2}(.+)"),
}
_VERSION_LIKE = {
    "apt": "apt-get", "aptitude": "apt-get", "dnf": "yum", "microdnf": "yum", "tdnf": "yum",
    "yarn": "npm", "pnpm": "npm", "go": "npm", "cargo": "npm",
}  # fmt: skip


def package_calls(script: Script) -> tuple[PackageCall, ...]:
    """Every call of a package manager, in order; a script remembers them."""
    calls: tuple[PackageCall, ...] | None = script.__dict__.get("_package_calls")
    if calls is None:
        found = (package_call(command) for command in script.commands)
        calls = script.__dict__["_package_calls"] = tuple(call for call in found if call)
    return calls


def package_call(command: Command) -> PackageCall | None:
    """The command as a package manager's call, None when it is none."""
    found = _manager_of(command)
    if found is None:
        return None
    manager, first = found
    return _Reader(manager, command).read(first)


def name_and_version(call: PackageCall, word: ShellWord) -> tuple[str, str | None]:
    """A package word taken apart: `nginx=1.2` gives `("nginx", "1.2")`, without a fixed version
    `(name, None)`. A range (`>=`) is no fixed version."""
    text = word.value if word.value is not None else word.text.strip("\"'")
    pattern = _VERSION.get(_VERSION_LIKE.get(call.manager, call.manager))
    match = pattern.fullmatch(text) if pattern else None
    if match:
        return match[1], match[2]
    return text, None


def call_has_flag(call: PackageCall, *names: str) -> bool:
    """True when the call has one of the flags: bundled (`-qy`) or with a value (`--x=...`) too.
    Letters of a value (`-tsid`, `-oDebug::x`) are no flags."""
    valued = MANAGERS[call.manager].valued
    for word in call.flags:
        text = word.value or word.text
        if text.partition("=")[0] in names:
            return True
        if not text.startswith("--") and any(f"-{one}" in names for one in letters(text, valued)):
            return True
    return False


def letters(flag: str, valued: frozenset[str] = frozenset()) -> str:
    """The letters of a bundle (`-qy`), without the value that the last one may bring."""
    bundle = flag[1:].partition("=")[0]
    end = next((at for at, one in enumerate(bundle, 1) if f"-{one}" in valued), len(bundle))
    return bundle[:end]


def _manager_of(command: Command) -> tuple[Manager, int] | None:
    """The manager and the index of the first word after its name."""
    name = command.name
    if name is None:
        return None
    manager = MANAGERS.get(name)
    if manager is not None:
        return manager, 1
    if _PIP.fullmatch(name):
        return MANAGERS["pip"], 1
    texts = [word.value for word in command.words]
    if name == "uv" and "pip" in texts[1:4]:
        return MANAGERS["pip"], texts.index("pip") + 1
    if _PYTHON.fullmatch(name) and "-m" in texts:
        module = texts.index("-m") + 1
        if texts[module : module + 1] == ["pip"]:
            return MANAGERS["pip"], module + 1
    return None


class _Reader:
    """Reads one call's words."""

    def __init__(self, manager: Manager, command: Command) -> None:
        self.manager = manager
        self.command = command
        self.flags: list[ShellWord] = []
        self.verb_words: list[ShellWord] = []
        self.packages: list[ShellWord] = []

    def read(self, first: int) -> PackageCall:
        words = self.command.words
        index = first
        only_operands = False
        while index < len(words):
            word = words[index]
            index += 1
            if only_operands or not word.is_flag:
                self._operand(word)
            elif word.text == "--":
                only_operands = True
            else:
                self.flags.append(word)
                index += self._takes_value(word.text)
        return self._call()

    def _operand(self, word: ShellWord) -> None:
        text = word.value or word.text
        if not self.verb_words and self.manager.name == "cargo" and text.startswith("+"):
            return
        wanted = 1
        if self.verb_words and (self.verb_words[0].value or "") in self.manager.groups:
            wanted = 2
        if len(self.verb_words) < wanted:
            self.verb_words.append(word)
        else:
            self.packages.append(word)

    def _takes_value(self, text: str) -> bool:
        """Whether the next word is this flag's value."""
        valued = self.manager.valued
        if text.startswith("--") or self.manager.single_dash_long:
            return text in valued
        for position, letter in enumerate(text[1:], 1):
            flag = "-" + letter
            if flag == "-f" and self.manager.name == "conda":
                verb = " ".join(word.text for word in self.verb_words[-1:])
                if verb in _FILE_VALUED_BY_VERB and len(text) == 2:
                    return True
            if flag in valued:
                return position == len(text) - 1
        return False

    def _call(self) -> PackageCall:
        typed = " ".join(word.value or word.text for word in self.verb_words)
        verb = self.manager.verbs.get(typed, typed)
        if not verb and not any(word.text in _QUESTIONS for word in self.flags):
            verb = self.manager.alone
        span = None
        if self.verb_words:
            first, last = self.verb_words[0].span, self.verb_words[-1].span
            span = Span(first.start, max(first.end, last.end))
        return PackageCall(
            manager=self.manager.name,
            verb=verb,
            packages=tuple(self.packages),
            flags=tuple(self.flags),
            command=self.command,
            verb_span=span,
        )
