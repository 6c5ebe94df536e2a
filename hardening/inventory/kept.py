"""What was found in the layers of an image, kept for the next run.

Kept by the bytes of all layers and by the code that read them, so that neither another image nor
another version of a cataloger is ever answered with it. What the layers are attributed to and what
the configuration says are worked out anew. JSON with every value checked: what is damaged or
strange counts as absent.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import Any

from hardening.image.cache import get_derived, put_derived
from hardening.image.release import OsRelease
from hardening.inventory.frame import Found
from hardening.skipped import Skipped
from hardening.version import VERSION

_KIND = "inventory"


@dataclass(frozen=True, slots=True)
class Row:
    """A package as found: the file that says so, the first layer that held this version, and the
    system package that owns the file. `found.files` is empty: it has served."""

    found: Found
    path: str
    layer: int
    owned_by: str | None = None


@dataclass(frozen=True, slots=True)
class Taken:
    """Everything that one reading of the layers gave."""

    rows: tuple[Row, ...]
    release: OsRelease | None
    skipped: tuple[Skipped, ...]


def kept(content_key: str, layers: int) -> Taken | None:
    """What an earlier run kept for these layers, `layers` in number; None when there is nothing
    whole. `content_key` stands for their bytes, "" for unknown."""
    if not content_key:
        return None
    data = get_derived(_KIND, _key(content_key))
    if data is None:
        return None
    try:
        return _decoded(json.loads(data), layers)
    except (ValueError, TypeError, KeyError, RecursionError):
        return None


def keep(content_key: str, taken: Taken) -> None:
    """Keep it for later runs; nothing when the layers have no key."""
    if content_key:
        put_derived(_KIND, _key(content_key), json.dumps(_encoded(taken)).encode())


def without_files(found: Found) -> Found:
    return replace(found, files=()) if found.files else found


def _key(content_key: str) -> str:
    return f"{_code()}\n{content_key}"


@cache
def _code() -> str:
    """Digest of this package's source, so that a changed cataloger is asked again."""
    digest = hashlib.sha256(VERSION.encode())
    for path in sorted(Path(__file__).parent.rglob("*.py")):
        digest.update(path.read_bytes())
    return digest.hexdigest()


def _encoded(taken: Taken) -> dict[str, Any]:
    release = taken.release
    return {
        "rows": [
            [
                *(row.found.type, row.found.name, row.found.version),
                *(row.found.source_name, row.found.source_version, row.found.arch),
                *(row.found.vendor, row.found.tooling, row.found.qualifiers),
                *(row.path, row.layer, row.owned_by),
            ]
            for row in taken.rows
        ],
        "release": None
        if release is None
        else [
            *(release.id, release.version_id, release.codename),
            *(release.pretty_name, release.family, release.path, release.id_like),
        ],
        "skipped": [[one.what, one.reason, one.next_step] for one in taken.skipped],
    }


def _decoded(values: Any, layers: int) -> Taken:
    """Raises ValueError, TypeError or KeyError for anything unexpected."""
    return Taken(
        tuple(_row(row, layers) for row in values["rows"]),
        _release(values["release"]),
        tuple(Skipped(*_texts(one, 3)) for one in values["skipped"]),
    )


def _row(values: Sequence[Any], layers: int) -> Row:
    texts = _texts(values[:7], 7)
    tooling, qualifiers, path, layer, owner = values[7:]
    if not isinstance(tooling, bool) or not isinstance(layer, int) or not 0 <= layer < layers:
        raise ValueError("no row")
    pairs = tuple((key, value) for key, value in (_texts(pair, 2) for pair in qualifiers))
    kind, name, version, source_name, source_version, arch, vendor = texts
    found = Found(
        kind, name, version, source_name, source_version, arch, tooling, pairs, vendor=vendor
    )
    return Row(found, _text(path), layer, None if owner is None else _text(owner))


def _release(values: Sequence[Any] | None) -> OsRelease | None:
    if values is None:
        return None
    *texts, like = values
    name, version, codename, pretty, family, path = _texts(texts, 6)
    return OsRelease(name, version, codename, pretty, family, path, tuple(_texts(like, len(like))))


def _text(value: Any) -> str:
    return _texts([value], 1)[0]


def _texts(values: Sequence[Any], count: int) -> list[str]:
    if len(values) != count or not all(isinstance(one, str) for one in values):
        raise ValueError("no text")
    return list(values)
