"""Puts the results of other tools beside our findings: one finding where both mean the same."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from pathlib import PurePosixPath

from hardening.dockerfile.model import Dockerfile
from hardening.image.model import Image
from hardening.imports.known_packages import KnownPackages
from hardening.imports.known_secrets import KnownSecrets
from hardening.imports.model import Imported, Result
from hardening.model import (
    Confidence,
    ConfigPlace,
    FilePlace,
    Finding,
    ImagePathPlace,
    PackagePlace,
    Place,
    Span,
)
from hardening.origins import Origins
from hardening.subject import Subject


@dataclass(frozen=True, slots=True)
class _Lines:
    """Original one-based lines of the current instructions; reports name original lines."""

    original: Dockerfile | None
    current: Dockerfile | None
    origins: Mapping[str, Origins] | None

    def original_line(self, offset: int) -> int | None:
        if self.original is None or self.current is None:
            return None
        if self.origins is None or self.current.path not in self.origins:
            return self.original.line_at(offset)
        found = self.origins[self.current.path].original(offset)
        return None if found is None else self.original.line_at(found)

    def of_span(self, span: Span) -> tuple[int, int] | None:
        first = self.original_line(span.start)
        last = self.original_line(max(span.start, span.end - 1))
        if first is None or last is None:
            return None
        return first, max(first, last)

    def instruction_at(self, line: int) -> Span | None:
        """The current instruction that stood on an original line."""
        for one in self.current.instructions if self.current is not None else ():
            lines = self.of_span(one.span)
            if lines is not None and lines[0] <= line <= lines[1]:
                return one.span
        return None


def merge(
    findings: Iterable[Finding],
    imported: Iterable[Imported],
    subject: Subject,
    *,
    original: Subject | None = None,
    originals: Iterable[Finding] = (),
    origins: Mapping[str, Origins] | None = None,
) -> tuple[Finding, ...]:
    """The findings with `sources` extended, and those that only other tools have.

    A result joins a finding when its id is an alias of the rule and both stand on the same
    instruction, or when the result names no line; one about a package when our own assessment has
    it. For a changed text, `original`, its findings and the origins are given: what joined a
    finding there goes with it when it is mended.
    """
    first = original or subject
    merging = _Merging(findings, subject, _Lines(first.dockerfile, subject.dockerfile, origins))
    before = _Lines(first.dockerfile, first.dockerfile, None)
    earlier = tuple(originals)
    for result in (one for report in imported for one in report.results):
        if not _is_about(result, first) or merging.joined(result):
            continue
        if not any(_means(result, one, before) for one in earlier):
            merging.add(result)
    return tuple(merging.merged)


class _Merging:
    """The findings so far; ours come first."""

    def __init__(self, findings: Iterable[Finding], subject: Subject, lines: _Lines) -> None:
        self.merged = list(findings)
        self._ours = len(self.merged)
        self._lines = lines
        self._image = subject.image
        self._packages = KnownPackages(subject, self.merged)
        self._secrets = KnownSecrets(subject, self.merged)
        self._theirs: dict[tuple[object, ...], int] = {}
        """What only other tools have, by every name that it goes by."""

    def joined(self, result: Result) -> bool:
        """Adds the tool to the sources of ours that mean the same; whether that settles it."""
        told = self._packages.joins(result)
        if told is None:
            told = self._secrets.joins(result)
        same = told or tuple(
            number
            for number in range(self._ours)
            if told is None and _means(result, self.merged[number], self._lines)
        )
        for number in same:
            self._source(number, result)
        return bool(same) or told is not None

    def add(self, result: Result) -> None:
        """A finding of its own, once for all tools that have it."""
        place = _place(result, self._lines, self._image)
        if place is None:
            return
        keys = _identities(result, place)
        number = next((self._theirs[key] for key in keys if key in self._theirs), None)
        if number is None:
            number = len(self.merged)
            self.merged.append(_finding(result, place))
        for key in keys:
            self._theirs.setdefault(key, number)
        self._source(number, result)

    def _source(self, number: int, result: Result) -> None:
        one = self.merged[number]
        if result.tool in one.sources:
            return
        one = replace(one, sources=(*one.sources, result.tool))
        if number >= self._ours and result.name not in one.aliases:
            worst = max(one.severity, result.severity)
            one = replace(one, aliases=(*one.aliases, result.name), severity=worst)
        self.merged[number] = one


def _identities(result: Result, place: Place) -> list[tuple[object, ...]]:
    """A vulnerability of a package is the same for every tool; anything else is the tool's own."""
    if result.package is None:
        return [(result.name, place, result.message)]
    _, name, version = result.package
    return [(one, name.lower(), version) for one in (result.id, *result.aliases)]


def about_others(imported: Iterable[Imported], subject: Subject) -> dict[str, int]:
    """Paths of the reports that are not the Dockerfile, with the number of their results."""
    counts: dict[str, int] = {}
    for result in (one for report in imported for one in report.results):
        if not _is_about(result, subject):
            counts[result.path] = counts.get(result.path, 0) + 1
    return counts


def only_about(imported: Iterable[Imported], subject: Subject) -> tuple[Imported, ...]:
    """The reports without what they say of other files."""
    return tuple(
        replace(report, results=tuple(one for one in report.results if _is_about(one, subject)))
        for report in imported
    )


def _is_about(result: Result, subject: Subject) -> bool:
    """The tool may have run elsewhere: one path may be the end of the other."""
    no_file = result.path in ("", "-", "/dev/stdin")
    if no_file or result.package is not None or result.image_path:
        return True
    path = subject.dockerfile.path if subject.dockerfile is not None else "Dockerfile"
    names = PurePosixPath((subject.root / path).as_posix()).parts
    parts = PurePosixPath(result.path.removeprefix("file://")).parts
    kept = tuple(part for part in parts if part not in ("/", "..", "."))
    return bool(kept) and (names[-len(kept) :] == kept or kept[-len(names) :] == names)


def _place(result: Result, lines: _Lines, image: Image | None) -> Place | None:
    """None for an instruction that is gone."""
    if result.package is not None:
        return PackagePlace(*result.package)
    if result.image_path:
        entry = image.tree.resolve(result.image_path) if image and image.files_read else None
        return ConfigPlace("image") if entry is None else ImagePathPlace(entry.layer, entry.path)
    current = lines.current
    if current is None or not result.path:
        return ConfigPlace("image")
    if result.start_line is None:
        return current.place(Span(0, 0))
    span = lines.instruction_at(result.start_line)
    if span is not None:
        return current.place(span)
    return current.place(Span(0, 0)) if lines.origins is None else None


def _means(result: Result, finding: Finding, lines: _Lines) -> bool:
    if result.name not in finding.aliases:
        return False
    if result.start_line is None or lines.current is None:
        return True
    for place in finding.places:
        if not isinstance(place, FilePlace) or place.path != lines.current.path:
            continue
        found = _instruction_lines(place, lines)
        last = result.end_line or result.start_line
        if found is not None and found[0] <= last and result.start_line <= found[1]:
            return True
    return False


def _instruction_lines(place: FilePlace, lines: _Lines) -> tuple[int, int] | None:
    """The lines of the instruction that a place lies in: tools name its first line."""
    for one in lines.current.instructions if lines.current is not None else ():
        if one.span.start <= place.span.start < max(one.span.end, one.span.start + 1):
            return lines.of_span(one.span)
    return lines.of_span(place.span)


def _finding(result: Result, place: Place) -> Finding:
    return Finding(
        rule=result.name,
        severity=result.severity,
        confidence=Confidence.MEDIUM,
        message=result.message or result.name,
        places=(place,),
        subject=result.message,
        aliases=(result.name,),
    )
