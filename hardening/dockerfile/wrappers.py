"""Commands that run another command: `sudo`, `env`, `exec`, `time`, `nice`, `sh -c '...'`."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from hardening.dockerfile.shell_model import Command, ShellWord
from hardening.model import Span

SHELLS = frozenset({"sh", "bash", "ash", "dash", "ksh", "mksh", "zsh", "rbash"})
"""Programs that run shell scripts; their `-c` string is read as a script."""


@dataclass(frozen=True, slots=True)
class _Wrapper:
    """How a wrapper's own words end: flags with a separate value, then so many operands."""

    valued: frozenset[str] = frozenset()
    operands: int = 0
    assignments: bool = False
    numeric: bool = False
    """`nice -10 cmd`: a number is a flag."""
    asks: frozenset[str] = frozenset()
    """First flags with which it runs nothing: `command -v`."""


def _flags(text: str) -> frozenset[str]:
    return frozenset(text.split())


_WRAPPERS: dict[str, _Wrapper] = {
    "sudo": _Wrapper(
        _flags(
            "-u --user -g --group -p --prompt -C -D --chdir -h --host -r --role -t --type -T -U "
            "-R --chroot"
        ),
        assignments=True,
    ),
    "doas": _Wrapper(_flags("-u -C")),
    "env": _Wrapper(_flags("-u --unset -C --chdir -S"), assignments=True),
    "exec": _Wrapper(_flags("-a")),
    "time": _Wrapper(_flags("-f --format -o --output")),
    "nice": _Wrapper(_flags("-n --adjustment"), numeric=True),
    "ionice": _Wrapper(_flags("-c --class -n --classdata")),
    "nohup": _Wrapper(),
    "command": _Wrapper(asks=_flags("-v -V -pv -pV")),
    "builtin": _Wrapper(),
    "eatmydata": _Wrapper(),
    "fakeroot": _Wrapper(_flags("-l --lib -f --faked -s -i -b")),
    "setsid": _Wrapper(),
    "stdbuf": _Wrapper(_flags("-i --input -o --output -e --error")),
    "timeout": _Wrapper(_flags("-s --signal -k --kill-after"), operands=1),
    "flock": _Wrapper(_flags("-w --wait --timeout -E --conflict-exit-code"), operands=1),
    "gosu": _Wrapper(operands=1),
    "su-exec": _Wrapper(operands=1),
    "setpriv": _Wrapper(
        _flags("--reuid --regid --groups --inh-caps --bounding-set --ambient-caps")
    ),
    "chroot": _Wrapper(operands=1),
    "linux32": _Wrapper(),
    "linux64": _Wrapper(),
    "setarch": _Wrapper(operands=1),
    "tini": _Wrapper(_flags("-p -e")),
    "dumb-init": _Wrapper(_flags("-r --rewrite")),
    "xvfb-run": _Wrapper(_flags("-s --server-args -e --error-file -f -n --server-num -p -w")),
    "busybox": _Wrapper(),
    "xargs": _Wrapper(
        _flags(
            "-I -n -P -L -d -a -E -s --max-args --max-procs --max-lines --delimiter --arg-file "
            "--replace --max-chars"
        )
    ),
}
_RUNNERS: dict[tuple[str, str], _Wrapper] = {
    **dict.fromkeys(
        (("conda", "run"), ("mamba", "run"), ("micromamba", "run")),
        _Wrapper(_flags("-n --name -p --prefix --cwd -r --root-prefix")),
    ),
    ("poetry", "run"): _Wrapper(),
    ("pipenv", "run"): _Wrapper(),
    ("bundle", "exec"): _Wrapper(),
    ("runuser", "-u"): _Wrapper(operands=1),
}
"""Programs that run another command behind a verb."""
_SWITCH_USER = frozenset({"su", "runuser"})
_RUNNER_NAMES = frozenset(name for name, _ in _RUNNERS)
PROJECT_RUNNERS = _RUNNER_NAMES - _SWITCH_USER
"""Programs that run a command inside the environment of a project: `bundle exec`, `conda run`."""
_ALL = frozenset(_WRAPPERS) | SHELLS | _SWITCH_USER | {"eval", "trap"}


@dataclass(frozen=True, slots=True)
class Outer:
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
    """Base name of a command's first word; None for an expansion or no word at all."""
    if not words or not words[0].value:
        return None
    return words[0].value.rpartition("/")[2] or None


def is_wrapper(name: str | None) -> bool:
    return name in _ALL or name in _RUNNER_NAMES


def unwrap(command: Command) -> tuple[Command, int | None]:
    """The command without its wrappers, and the index among the original words of the string
    that a shell runs, if it does."""
    words = command.words
    names: list[str] = []
    assigned = list(command.assignments)
    first = 0
    while (name := name_of(words[first:])) is not None:
        wrapper, skipped = _wrapper_of(name, words[first + 1 : first + 2])
        following = None if wrapper is None else _wrapped_at(words, first + skipped, wrapper)
        if wrapper is None or following is None:
            break
        if wrapper.assignments:
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


def _wrapper_of(name: str, verb: Sequence[ShellWord]) -> tuple[_Wrapper | None, int]:
    """The wrapper of that name, and how many words its verb takes."""
    if verb and (name, verb[0].text) in _RUNNERS:
        return _RUNNERS[name, verb[0].text], 1
    return _WRAPPERS.get(name), 0


def run_by_find(command: Command) -> Iterator[Command]:
    """What a `find` runs on what it finds: the words after `-exec` up to `;` or `+`."""
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
                position=0,
                pipeline_length=1,
                conditional=True,
            )
            yield unwrap(run)[0]


def _assigned(words: Sequence[ShellWord]) -> Iterator[tuple[str, ShellWord]]:
    """The `NAME=value` words of `env` and `sudo`, each value as a word of its own."""
    for word in words:
        name, equals, text = word.text.partition("=")
        if equals and name.isidentifier():
            value = None if word.value is None else word.value.partition("=")[2]
            start = word.span.start + len(name) + 1
            yield name, ShellWord(text, value, Span(start, max(start, word.span.end)))


def _wrapped_at(words: Sequence[ShellWord], first: int, wrapper: _Wrapper) -> int | None:
    if wrapper.asks and any(one.text in wrapper.asks for one in words[first + 1 : first + 2]):
        return None
    index = first + 1
    operands = wrapper.operands
    while index < len(words):
        text = words[index].text
        if text == "--":
            index += 1
        elif text.startswith("-") and len(text) > 1:
            index += 2 if text in wrapper.valued else 1
        elif wrapper.assignments and "=" in text:
            index += 1
        elif operands:
            operands -= 1
            index += 1
        else:
            return index
    return None


def _script_index(command: Command) -> int | None:
    """Index of the word that holds the script of `sh -c`, `su -c`, `eval` or `trap`."""
    words = command.words
    if command.name == "eval":
        return 1 if len(words) == 2 else None
    if command.name == "trap":
        at_exit = len(words) == 3 and words[2].text.upper() in ("EXIT", "SIGEXIT", "0")
        return 1 if at_exit else None
    if command.name not in SHELLS and command.name not in _SWITCH_USER:
        return None
    takes_value = False
    for index, word in enumerate(words[1:], 1):
        text = word.text
        if takes_value:
            takes_value = False
            continue
        if not text.startswith(("-", "+")):
            if command.name in _SWITCH_USER:
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


def reads_script(command: Command) -> bool:
    """A shell whose script comes from standard input: no operand but flags (`sh -e -s`)."""
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
