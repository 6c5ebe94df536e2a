"""What a report of another tool says, in one shape."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from hardening.model import Severity

MAX_TEXT = 4000
_SEVERITIES = {
    "critical": Severity.CRITICAL,
    "fatal": Severity.HIGH,
    "high": Severity.HIGH,
    "error": Severity.HIGH,
    "warn": Severity.MEDIUM,
    "warning": Severity.MEDIUM,
    "medium": Severity.MEDIUM,
    "low": Severity.LOW,
    "note": Severity.LOW,
    "info": Severity.LOW,
    "style": Severity.INFO,
    "none": Severity.INFO,
    "negligible": Severity.INFO,
}


@dataclass(frozen=True, slots=True)
class Result:
    """One result. `tool` and `id` make the name `trivy:DS-0002`; `path` is the file as the tool
    names it, "" when the result is about the image; lines are one-based and inclusive, None when
    the tool named none. `package` is `(ecosystem, name, version)`."""

    tool: str
    id: str
    message: str
    severity: Severity
    path: str = ""
    start_line: int | None = None
    end_line: int | None = None
    package: tuple[str, str, str] | None = None
    aliases: tuple[str, ...] = ()
    """Other ids of the same vulnerability, without the tool's name."""
    secret: bool = False
    """It is about a secret; `id` says of which kind."""
    image_path: str = ""
    """The file of the image that it is about, without a leading slash."""

    @property
    def name(self) -> str:
        return f"{self.tool}:{self.id}"


@dataclass(frozen=True, slots=True)
class Imported:
    """The results of one report file, whose format is `source`."""

    source: str
    results: tuple[Result, ...]


def severity_of(word: object) -> Severity:
    """A tool's word as our severity; MEDIUM for a word nobody knows."""
    return _SEVERITIES.get(text_of(word).lower(), Severity.MEDIUM)


def text_of(value: object) -> str:
    """A text of at most MAX_TEXT characters that can be written anywhere; "" for no text."""
    if not isinstance(value, str):
        return ""
    return value[:MAX_TEXT].encode("utf-8", "replace").decode("utf-8")


def line_of(value: object) -> int | None:
    """A one-based line; None for anything else, such as the 0 of results without a place."""
    return value if type(value) is int and 0 < value < 10_000_000 else None


def mapping_of(value: object) -> Mapping[str, Any]:
    return value if isinstance(value, dict) else {}


def rows_of(value: object) -> list[Mapping[str, Any]]:
    """The objects of a list; what is no object is left out."""
    return [one for one in value if isinstance(one, dict)] if isinstance(value, list) else []
