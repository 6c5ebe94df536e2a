"""Looks for all formats at once in bytes.

One automaton of all triggers (Vectorscan where it is installed and ready, else `re2.Set`; both run
in time linear in the data and release the interpreter lock) says which formats occur; only those
are then matched exactly, by RE2. Without RE2 the same triggers and patterns run one by one in `re`,
behind a search for their keywords: the same findings, slower.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any, Final, Protocol

from hardening.secrets.formats import TOKEN_CHARACTERS, Format, all_formats

SMALL: Final = 32 << 10
AUTOMATON_MEMORY: Final = 64 << 20
MAX_HITS_PER_FORMAT: Final = 200
"""Per file: a file that holds more of one kind is data, and its first hits say so."""
_ALPHANUMERIC: Final = TOKEN_CHARACTERS - frozenset(b"_-")


@dataclass(frozen=True, slots=True)
class Hit:
    """A format's match. `start` and `end` are byte offsets of the value."""

    format: Format
    value: bytes
    start: int
    end: int
    name: str = ""
    """What stands before the value: the setting's name and its separator."""
    doubt: str = ""
    """Why what stands around it says that it is none."""


class Matcher(Protocol):
    """Which formats may occur in the data, and where one of them matches exactly."""

    def candidates(self, data: bytes) -> Iterable[Format]: ...
    def matches(self, one: Format, data: bytes) -> Iterator[re.Match[bytes]]: ...


class PlainMatcher:
    """The fallback: `re`, behind a keyword search. What never occurs is never compiled."""

    def __init__(self, formats: Sequence[Format]) -> None:
        self._formats = tuple(formats)
        self._by_word: dict[bytes, list[int]] = {}
        for number, one in enumerate(self._formats):
            for word in one.keywords:
                self._by_word.setdefault(word, []).append(number)

    def candidates(self, data: bytes) -> Iterable[Format]:
        folded = data.lower()
        named = [numbers for word, numbers in self._by_word.items() if word in folded]
        for number in sorted({one for numbers in named for one in numbers}):
            one = self._formats[number]
            if _compiled(one.trigger).search(data):
                yield one

    def matches(self, one: Format, data: bytes) -> Iterator[re.Match[bytes]]:
        return _compiled(one.pattern).finditer(data)


@cache
def _compiled(pattern: bytes) -> re.Pattern[bytes]:
    return re.compile(pattern)


class AutomatonMatcher:
    """RE2; its automaton is built at the first text. Raises ImportError where it is missing."""

    def __init__(self, formats: Sequence[Format]) -> None:
        import re2

        options = re2.Options()
        options.encoding = re2.Options.Encoding.LATIN1
        options.max_mem = AUTOMATON_MEMORY
        options.log_errors = False
        self._formats = tuple(formats)
        self._set: Any = None
        self._options = options
        self._re2: Any = re2
        self._patterns: dict[str, Any] = {}

    def build(self) -> None:
        """Build the automaton; later calls do nothing."""
        if self._set is not None:
            return
        made = self._re2.Set.SearchSet(self._options)
        for one in self._formats:
            made.Add(one.trigger)
        made.Compile()
        self._set = made

    def candidates(self, data: bytes) -> Iterable[Format]:
        self.build()
        return [self._formats[index] for index in sorted(self._set.Match(data) or ())]

    def matches(self, one: Format, data: bytes) -> Iterator[re.Match[bytes]]:
        compiled = self._patterns.get(one.id)
        if compiled is None:
            compiled = self._patterns[one.id] = self._re2.compile(one.pattern, self._options)
        found: Iterator[re.Match[bytes]] = compiled.finditer(data)
        return found


@cache
def matcher() -> Matcher:
    """The fastest matcher of this machine that is ready, with every format."""
    from hardening.secrets.vectorscan import kept_matcher

    return kept_matcher(all_formats(), _exact()) or _exact()


@cache
def _exact() -> Matcher:
    try:
        return AutomatonMatcher(all_formats())
    except ImportError:
        return PlainMatcher(all_formats())


def prepare(size: int) -> None:
    """Make ready for that many bytes. Vectorscan compiles all formats once for each version of
    them: that pays for much data only."""
    from hardening.secrets.vectorscan import WORTH_COMPILING, VectorMatcher, compiled_matcher

    if size < WORTH_COMPILING or isinstance(matcher(), VectorMatcher):
        return
    if compiled_matcher(all_formats(), _exact()) is not None:
        matcher.cache_clear()


@cache
def _plain() -> Matcher:
    return PlainMatcher(all_formats())


def matcher_for(size: int) -> Matcher:
    """The matcher for data of that many bytes: building the automaton costs more than a short text
    is worth, as long as nobody has built it."""
    return _plain() if size < SMALL and not matcher.cache_info().currsize else matcher()


def find(data: bytes, *, chosen: Matcher | None = None) -> tuple[Hit, ...]:
    """Every hit, in order of place; of overlapping hits the more specific one stays."""
    engine = chosen or matcher_for(len(data))
    return confirm(engine, engine.candidates(data), data)


def confirm(engine: Matcher, kinds: Iterable[Format], data: bytes) -> tuple[Hit, ...]:
    """The hits of formats that may occur in the data."""
    return without_overlaps(hit for one in kinds for hit in _hits_of(engine, one, data))


def _hits_of(engine: Matcher, one: Format, data: bytes) -> Iterator[Hit]:
    count = 0
    for match in engine.matches(one, data):
        group = match.lastindex or 0
        start, end = match.span(group)
        if not _bounded(one, data, match.start(), end, keyed=bool(group)):
            continue
        name = data[match.start() : start].decode("latin-1") if group else ""
        yield Hit(one, data[start:end], start, end, name)
        count += 1
        if count == MAX_HITS_PER_FORMAT:
            return


def _bounded(one: Format, data: bytes, start: int, end: int, *, keyed: bool) -> bool:
    """A token stands alone. Before a keyed value stands the name, which may be part of a longer."""
    if not one.bounded:
        return True
    if end < len(data) and data[end] in TOKEN_CHARACTERS:
        return False
    if one.keyed:
        return _begins_word(data, start)
    at_left = start > 0 and data[start] in _ALPHANUMERIC and data[start - 1] in _ALPHANUMERIC
    return keyed or not at_left


def _begins_word(data: bytes, start: int) -> bool:
    """The provider's name begins there: `myEtsyKey`, `MY_ETSY_KEY`, not `setSysctl`."""
    if start == 0 or not data[start - 1 : start].isalpha():
        return True
    return data[start : start + 1].isupper() and data[start - 1 : start].islower()


def without_overlaps(hits: Iterable[Hit]) -> tuple[Hit, ...]:
    """One hit for each place: a format with a mark of its own beats a setting's name, then the
    longer value wins."""
    order = sorted(
        hits,
        key=lambda hit: (
            hit.format.generic,
            not hit.format.specific,
            hit.start - hit.end,
            hit.start,
        ),
    )
    kept: list[Hit] = []
    for hit in order:
        place = bisect_left(kept, hit.start, key=lambda one: one.start)
        free_left = place == 0 or kept[place - 1].end <= hit.start
        free_right = place == len(kept) or hit.end <= kept[place].start
        if free_left and free_right:
            kept.insert(place, hit)
    return tuple(kept)
