"""Commands that run another command: `sudo`, `env`, `exec`, `time`, `nice`, `sh -c '...'`."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import NamedTuple

from hardening.dockerfile.shell_model import Command, ShellWord
from hardening.dockerfile.wrapper_table import (
    ALL,
    RUNNER_NAMES,
    RUNNERS,
    SHELLS,
    SWITCH_USER,
    TAKES_STRING,
    WRAPPERS,
    Wrapper,
)
from hardening.model import Span

_IN_FOLDER = re.compile(r"/([A-Za-z0-9._+-]+)[\"']?\Z")
_PLAIN = re.compile(r"[A-Za-z0-9_@%+=:,./${}~-]+")


class Outer(NamedTuple):
    """What stands around a script that is a string or a here-document of another command."""

    names: tuple[str, ...] = ()
    options: tuple[str, ...] = ()
    editable: bool = True

    def inside(self, command: Command, *, editable: bool) -> Outer:
        name = command.name or ""
        return Outer(
            (*command.wrappers, name),
            shell_options(command) if name in SHELLS else self.options,
            self.editable and command.editable and editable,
        )


OUTERMOST = Outer()


def name_of(words: Sequence[ShellWord]) -> str | None:
    """Base name of a command's first word; None for no word at all and for an expansion, unless
    only the folder is one (`$VENV/bin/pip`)."""
    if not words:
        return None
    if words[0].value is None:
        found = _IN_FOLDER.search(words[0].text)
        return found[1] if found else None
    return words[0].value.rpartition("/")[2] or None


def is_wrapper(name: str | None) -> bool:
    return name in ALL or name in RUNNER_NAMES


def unwrap(command: Command) -> tuple[Command, int | None]:
    """The command without its wrappers, and the index among the original words of the string
    that a shell runs, if it does."""
    words = command.words
    names: list[str] = []
    assigned = list(command.assignments)
    first = 0
    while (name := name_of(words[first:])) is not None:
        if name in TAKES_STRING and _string_index([word.text for word in words[first:]]):
            break
        wrapper, skipped = _wrapper_of(name, words[first + 1 : first + 2])
        following = None if wrapper is None else _wrapped_at(words, first + skipped, wrapper)
        if name == "eval" and first + 2 < len(words):
            following = first + 1 if all(map(_is_plain, words[first + 1 :])) else None
        if following is None:
            break
        if wrapper is not None and wrapper.assignments:
            assigned += _assigned(words[first + 1 : following])
        names.append(name)
        first = following
    if names:
        cut = Span(words[0].span.start, words[first].span.start)
        command = replace(
            command,
            name=name_of(words[first:]),
            words=words[first:],
            assignments=tuple(assigned),
            wrappers=(*command.wrappers, *names),
            wrapper_span=cut,
            wrapper_words=words[:first],
        )
    index = _script_index(command)
    return command, None if index is None else first + index


def _is_plain(word: ShellWord) -> bool:
    """A word that is the same when a shell reads it a second time."""
    return _PLAIN.fullmatch(word.text) is not None


def _wrapper_of(name: str, verb: Sequence[ShellWord]) -> tuple[Wrapper | None, int]:
    """The wrapper of that name, and how many words its verb takes."""
    wrapper = RUNNERS.get((name, verb[0].text)) if verb else None
    if wrapper is not None:
        return wrapper, 0 if wrapper.verb_is_command else 1
    return WRAPPERS.get(name), 0


def run_by_find(command: Command) -> Iterator[tuple[Command, int | None]]:
    """What a `find` runs on what it finds: the words after `-exec` up to `;` or `+`; with the index
    among the words of the `find` of the string that a shell runs, if it does."""
    words = command.words
    for index, word in enumerate(words):
        if word.text not in ("-exec", "-execdir", "-ok", "-okdir"):
            continue
        inner = []
        for one in words[index + 1 :]:
            if one.value in (";", "+"):
                break
            inner.append(one)
        if inner:
            run = replace(
                command,
                name=name_of(inner),
                words=tuple(inner),
                span=Span(inner[0].span.start, max(one.span.end for one in inner)),
                assignments=(),
                redirections=(),
                wrappers=(*command.wrappers, "find"),
                wrapper_span=None,
                wrapper_words=(),
                position=0,
                pipeline_length=1,
                conditional=True,
            )
            run, script = unwrap(run)
            yield run, None if script is None else index + 1 + script


def _assigned(words: Sequence[ShellWord]) -> Iterator[tuple[str, ShellWord]]:
    """The `NAME=value` words of `env` and `sudo`, each value as a word of its own."""
    for word in words:
        name, equals, text = word.text.partition("=")
        if equals and name.isidentifier():
            value = None if word.value is None else word.value.partition("=")[2]
            start = word.span.start + len(name) + 1
            yield name, ShellWord(text, value, Span(start, max(start, word.span.end)))


def _wrapped_at(words: Sequence[ShellWord], first: int, wrapper: Wrapper) -> int | None:
    if wrapper.asks and any(one.text in wrapper.asks for one in words[first + 1 : first + 2]):
        return None
    if wrapper.verb_is_command:
        return first + 1
    index = first + 1
    if wrapper.behind_dashes:
        texts = [word.text for word in words]
        index = texts.index("--", first) + 1 if "--" in texts[first:] else len(words)
        return index if index < len(words) else None
    operands = wrapper.operands
    while index < len(words):
        text = words[index].text
        if text == "--":
            index += 1
        elif text.startswith("-") and len(text) > 1:
            index += 2 if _takes_next(text, wrapper.valued) else 1
        elif wrapper.assignments and "=" in text:
            index += 1
        elif operands:
            operands -= 1
            index += 1
        else:
            return index
    return None


def _takes_next(flag: str, valued: frozenset[str]) -> bool:
    """Whether the next word is a flag's value: `-u`, and `-iu` where the last of a bundle takes
    one."""
    if flag in valued or flag.startswith("--"):
        return flag in valued
    takes = [f"-{letter}" in valued for letter in flag[1:]]
    return takes[-1] and not any(takes[:-1])


def _script_index(command: Command) -> int | None:
    """Index of the word that holds the script of `sh -c`, `su -c`, `eval` or `trap`."""
    words = command.words
    if command.name == "eval":
        return 1 if len(words) == 2 else None
    if command.name == "trap":
        at_exit = len(words) == 3 and words[2].text.upper() in ("EXIT", "SIGEXIT", "0")
        return 1 if at_exit else None
    if command.name in TAKES_STRING:
        return _string_index([word.text for word in words])
    if command.name not in SHELLS and command.name not in SWITCH_USER:
        return None
    takes_value = False
    for index, word in enumerate(words[1:], 1):
        text = word.text
        if takes_value:
            takes_value = False
            continue
        if not text.startswith(("-", "+")):
            if command.name in SWITCH_USER:
                continue
            return None
        short = not text.startswith("--")
        if (short and "c" in text[1:]) or text == "--command":
            after = index + 1
            if command.name in SHELLS and text.endswith("o"):
                after += 1
            return after if after < len(words) else None
        takes_value = text in ("-o", "+o", "-O", "+O", "-s", "-g", "-G", "--rcfile", "--init-file")
        takes_value = takes_value or (short and command.name in SHELLS and text.endswith("o"))
    return None


def _string_index(words: Sequence[str]) -> int | None:
    """Index of what `flock FILE -c`, `script -qc` and `scl enable COLLECTION` run in a shell."""
    if words[0].endswith("scl"):
        plain = len(words) > 3 and words[1] == "enable" and "--" not in words
        return len(words) - 1 if plain else None
    for index, text in enumerate(words[1:-1], 1):
        if text == "--command" or re.fullmatch(r"-[a-z]*c", text):
            return index + 1
    return None


def reads_script(command: Command) -> bool:
    """A shell whose script comes from standard input: no operand but flags (`sh -e -s`), or
    `sudo -s`, `su - user`."""
    if command.name == "sudo":
        return any(
            re.fullmatch(r"-[A-Za-z]*[si][A-Za-z]*|--shell|--login", w.text) for w in command.words
        )
    if command.name == "su":
        return _script_index(command) is None
    if command.name not in SHELLS or _script_index(command) is not None:
        return False
    words = [word.text for word in command.words[1:]]
    operands = [
        word
        for before, word in zip(["", *words], words, strict=False)
        if not word.startswith("-") and not before.endswith("o")
    ]
    return not operands or "-s" in words


def shell_options(command: Command) -> tuple[str, ...]:
    """The options of a shell's or `set`'s words, bundles taken apart: `-eo pipefail -c x` gives
    `-e`, `-o`, `pipefail`. What follows `-c` is left out."""
    return split_options([word.value or word.text for word in command.words[1:]])


def split_options(words: Sequence[str]) -> tuple[str, ...]:
    options: list[str] = []
    queue = iter(words)
    for word in queue:
        if len(word) < 2 or word[0] not in "-+" or word == "--":
            break
        if word.startswith("--"):
            options.append(word)
            continue
        for letter in word[1:]:
            if letter != "c":
                options.append(word[0] + letter)
            if letter in "oO" and (value := next(queue, None)) is not None:
                options.append(value)
        if "c" in word[1:]:
            break
    return tuple(options)
