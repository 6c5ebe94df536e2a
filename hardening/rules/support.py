"""What many rules ask of one Dockerfile, worked out once per parsed text.

`facts(subject)` answers from a cache kept on the `Dockerfile` itself, so a hundred rules pay for
one walk. Everything here grows linearly with the length of the file.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Any, NamedTuple

from hardening.dockerfile.known_script import known_script
from hardening.dockerfile.model import Dockerfile, Form, Instruction, Stage
from hardening.dockerfile.packages import package_calls
from hardening.dockerfile.shell_model import Command, PackageCall, Script
from hardening.model import Span
from hardening.rules.support_mounts import covers, volatile_targets
from hardening.subject import Subject

WINDOWS_BASES = ("windowsservercore", "nanoserver", "windows/server", "servercore", "windows:")
_FACTS = "_rule_facts"
_SUBJECT_MEMO = "_rule_memo"


class Placed(NamedTuple):
    """An instruction with its stage; for ONBUILD the deferred instruction, `deferred` true.
    `shipped` says that what it leaves behind is in the image that the last stage makes."""

    instruction: Instruction
    stage: Stage | None
    shipped: bool
    deferred: bool = False


@dataclass(frozen=True, eq=False)
class Run:
    """A RUN whose shell could be read."""

    placed: Placed
    script: Script

    @property
    def instruction(self) -> Instruction:
        return self.placed.instruction

    @property
    def stage(self) -> Stage | None:
        return self.placed.stage

    @property
    def shipped(self) -> bool:
        return self.placed.shipped

    @cached_property
    def calls(self) -> tuple[PackageCall, ...]:
        return package_calls(self.script)

    @cached_property
    def memo(self) -> dict[str, Any]:
        """For rules: what is the same for all commands of this RUN."""
        return {}

    def happens_after(self, command: Command, key: str, test: Callable[[Command], bool]) -> bool:
        """True when a later command of the RUN passes a test. `key` names the test."""
        if key not in self.memo:
            starts = (self.script.runs_at(one) for one in self.script.commands if test(one))
            self.memo[key] = max(starts, default=-1)
        return bool(self.memo[key] > self.script.runs_at(command))

    @cached_property
    def volatile(self) -> tuple[str, ...]:
        """Targets of its cache and tmpfs mounts: what is written there does not reach the image."""
        return volatile_targets(self.instruction)

    def is_volatile(self, *paths: str) -> bool:
        """True when one of the paths lies under a cache or tmpfs mount. A path that starts with
        `~/` matches in every home."""
        return any(covers(target, path) for target in self.volatile for path in paths)


class Facts:
    """One Dockerfile, indexed. Get it from `facts`."""

    def __init__(self, dockerfile: Dockerfile) -> None:
        self.dockerfile = dockerfile
        final = dockerfile.final_stage
        chain = dockerfile.chain(final) if final is not None else ()
        self.shipped_stages = frozenset(stage.index for stage in chain)
        self.memo: dict[str, Any] = {}
        """For rules: what is the same for many findings of one file."""

    @cached_property
    def placed(self) -> tuple[Placed, ...]:
        """Every instruction but FROM and ONBUILD themselves, triggers in their place."""
        return tuple(self._placed())

    def _placed(self) -> Iterator[Placed]:
        stages = self.dockerfile.stages
        for instruction in self.dockerfile.instructions:
            stage = stages[instruction.stage] if instruction.stage >= 0 else None
            shipped = not stages or instruction.stage in self.shipped_stages
            if instruction.keyword == "ONBUILD":
                if instruction.trigger is not None:
                    yield Placed(instruction.trigger, stage, shipped, deferred=True)
            elif instruction.keyword != "FROM":
                yield Placed(instruction, stage, shipped)

    @cached_property
    def _placed_starts(self) -> list[int]:
        return [one.instruction.span.start for one in self.placed]

    def placed_around(self, span: Span) -> Placed | None:
        """The instruction that a span lies in."""
        number = bisect_right(self._placed_starts, span.start) - 1
        found = self.placed[number] if number >= 0 else None
        return found if found is not None and found.instruction.span.contains(span) else None

    @cached_property
    def _by_keyword(self) -> dict[str, list[Placed]]:
        index: dict[str, list[Placed]] = defaultdict(list)
        for placed in self.placed:
            index[placed.instruction.keyword].append(placed)
        return index

    def all(self, *keywords: str) -> tuple[Placed, ...]:
        """Instructions of these keywords, ONBUILD triggers included; in order per keyword."""
        return tuple(one for keyword in keywords for one in self._by_keyword.get(keyword, ()))

    @cached_property
    def runs(self) -> tuple[Run, ...]:
        found = []
        for placed in self.all("RUN"):
            script = known_script(placed.instruction)
            if script is not None:
                found.append(Run(placed, script))
        return tuple(found)

    @cached_property
    def _commands(self) -> dict[str, list[tuple[Run, Command]]]:
        index: dict[str, list[tuple[Run, Command]]] = defaultdict(list)
        for run in self.runs:
            for command in run.script.commands:
                if command.name is not None:
                    index[command.name].append((run, command))
        return index

    def commands(self, *names: str) -> tuple[tuple[Run, Command], ...]:
        """Every call of these programs in a RUN."""
        return tuple(one for name in names for one in self._commands.get(name, ()))

    @cached_property
    def _calls(self) -> dict[str, list[tuple[Run, PackageCall]]]:
        index: dict[str, list[tuple[Run, PackageCall]]] = defaultdict(list)
        for run in self.runs:
            for call in run.calls:
                index[call.manager].append((run, call))
        return index

    def calls(self, *managers: str) -> tuple[tuple[Run, PackageCall], ...]:
        """Every call of these package managers in a RUN."""
        return tuple(one for name in managers for one in self._calls.get(name, ()))

    @cached_property
    def _variables(self) -> dict[tuple[int, str], tuple[list[int], list[str | None]]]:
        """(stage, name) → offsets where ENV or ARG gives it a value, and the values."""
        table: dict[tuple[int, str], tuple[list[int], list[str | None]]] = {}
        for placed in self.placed:
            instruction = placed.instruction
            if placed.deferred or instruction.keyword not in ("ENV", "ARG"):
                continue
            for pair in instruction.pairs:
                offsets, values = table.setdefault((instruction.stage, pair.key), ([], []))
                offsets.append(instruction.span.start)
                values.append(pair.value.value if pair.value is not None else None)
        return table

    def variable(self, at: Instruction, name: str) -> str | None:
        """Value that ENV or ARG gives `name` before an instruction, parent stages included; None
        when nobody does. Variables inside the value stay as written."""
        stage_index: int | None = at.stage
        while stage_index is not None:
            entry = self._variables.get((stage_index, name))
            if entry is not None:
                position = bisect_left(entry[0], at.span.start) - 1
                if position >= 0 and entry[1][position] is not None:
                    return entry[1][position]
            if stage_index < 0:
                return None
            stage_index = self.dockerfile.stages[stage_index].parent
        return None

    def declares(self, at: Instruction, name: str) -> bool:
        """True when ENV or ARG names a variable before an instruction, with or without a value."""
        stage_index: int | None = at.stage
        while stage_index is not None:
            entry = self._variables.get((stage_index, name))
            if entry is not None and entry[0][0] < at.span.start:
                return True
            if stage_index < 0:
                return False
            stage_index = self.dockerfile.stages[stage_index].parent
        return False

    @cached_property
    def global_arguments(self) -> frozenset[str]:
        """Names that ARG declares above the first FROM."""
        return frozenset(key for stage, key in self._variables if stage < 0)

    @cached_property
    def _own_names(self) -> dict[int, frozenset[str]]:
        found: dict[int, set[str]] = defaultdict(set)
        for stage, key in self._variables:
            found[stage].add(key)
        return {stage: frozenset(keys) for stage, keys in found.items()}

    def names(self, stage: Stage) -> frozenset[str]:
        """Names that ENV or ARG declares anywhere in a stage or those it is built on."""
        links = self.dockerfile.chain(stage)
        return frozenset().union(*(self._own_names.get(link.index, ()) for link in links))

    def is_set(self, run: Run, command: Command, name: str) -> bool:
        """True when an environment variable is set to something true for a command."""
        value = self.value_of(run, command, name)
        return value is not None and value.lower() not in ("", "0", "off", "no", "false", "n", "f")

    def value_of(self, run: Run, command: Command, name: str) -> str | None:
        """What an environment variable is set to for a command: by ENV, ARG, an assignment before
        it, `export` earlier in the same RUN, or `env NAME=value`; None when nobody sets it."""
        value = self.variable(run.instruction, name)
        key = f"set {name}"
        if key not in run.memo:
            run.memo[key] = list(_settings(run.script, name))
        for start, owner, text in run.memo[key]:
            if start > command.span.start:
                break
            if owner is None or owner is command:
                value = text
        return value

    @cached_property
    def windows_stages(self) -> frozenset[int]:
        """Stages that build on Windows: rules about POSIX shells and paths stay silent there."""
        found: set[int] = set()
        for stage in self.dockerfile.stages:
            if stage.parent is not None:
                if stage.parent in found:
                    found.add(stage.index)
                continue
            base = (stage.base_expanded or stage.base.value).lower()
            platform = (stage.platform or "").lower()
            if platform.startswith("windows") or any(one in base for one in WINDOWS_BASES):
                found.add(stage.index)
        return frozenset(found)

    def is_windows(self, placed: Placed) -> bool:
        return placed.stage is not None and placed.stage.index in self.windows_stages


def _settings(script: Script, name: str) -> Iterator[tuple[int, Command | None, str]]:
    """(offset, command, value) wherever a script sets a variable; the command is given when the
    assignment is for that one only."""
    for command in script.commands:
        alone = command.name in ("export", None, "")
        for key, word in command.assignments:
            if key == name:
                given = word.value if word is not None and word.value is not None else "1"
                yield command.span.start, None if alone else command, given
        for word in command.arguments if command.name == "export" else ():
            key, equals, text = word.text.partition("=")
            if key == name and equals:
                yield command.span.start, None, text.strip("\"'")


def facts(subject: Subject) -> Facts:
    """The facts of the subject's Dockerfile. Raises ValueError without one."""
    dockerfile = subject.dockerfile
    if dockerfile is None:
        raise ValueError("this rule needs a Dockerfile")
    cached: Facts | None = dockerfile.__dict__.get(_FACTS)
    if cached is None:
        cached = dockerfile.__dict__[_FACTS] = Facts(dockerfile)
    return cached


def subject_memo(subject: Subject) -> dict[str, Any]:
    """For rules: what depends on the context or the image too, which `Facts.memo` must not hold:
    it is shared by all subjects of one text."""
    found: dict[str, Any] = subject.__dict__.setdefault(_SUBJECT_MEMO, {})
    return found


def is_exec(instruction: Instruction) -> bool:
    return instruction.form is Form.EXEC


def image_has(subject: Subject, *paths: str) -> bool | None:
    """Whether the built image has one of the paths; None when its files are not known, or when the
    text now builds on something of quite another kind."""
    from hardening.runtime.start import start_of

    image = start_of(subject).image
    if image is None or not image.files_read:
        return None
    return any(image.tree.resolve(path) is not None for path in paths)
