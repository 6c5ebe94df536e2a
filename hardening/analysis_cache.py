"""Answers of the rules, remembered by what they depend on: replaying a plan asks for the same texts
again and again."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Generic, TypeVar

from hardening.rules.frame import Rule
from hardening.same import Same
from hardening.subject import Subject

SIZE = 64
_T = TypeVar("_T")


@dataclass(frozen=True, slots=True)
class Key:
    """Everything that the rules look at."""

    rules: tuple[Rule, ...]
    root: Path
    texts: tuple[tuple[str, str], ...]
    base_digests: tuple[tuple[str, str], ...]
    build_args: tuple[tuple[str, str], ...]
    today: date | None
    run: str
    facts: tuple[Same[object], ...]


def key_of(subject: Subject, rules: tuple[Rule, ...]) -> Key:
    """What was written over the context's files is among the texts."""
    return Key(
        rules=rules,
        root=subject.root,
        texts=tuple(sorted(subject.texts.items())),
        base_digests=tuple(sorted(subject.base_digests.items())),
        build_args=tuple(sorted(subject.build_args.items())),
        today=subject.today,
        run=repr(subject.run_configuration),
        facts=tuple(
            Same(one)
            for one in (
                subject.image,
                subject.secrets,
                subject.settings,
                subject.inventory,
                subject.assessment,
                subject.built_from,
                getattr(subject.context, "opened", subject.context),
            )
        ),
    )


class Remembered(Generic[_T]):
    """The last answers, the least used one forgotten first."""

    def __init__(self) -> None:
        self._kept: OrderedDict[Key, _T] = OrderedDict()

    def get(self, key: Key, work_out: Callable[[], _T]) -> _T:
        """The answer under this key, worked out when it is not known."""
        if key in self._kept:
            self._kept.move_to_end(key)
            return self._kept[key]
        found = self._kept[key] = work_out()
        while len(self._kept) > SIZE:
            self._kept.popitem(last=False)
        return found

    def clear(self) -> None:
        """Forget everything."""
        self._kept.clear()
