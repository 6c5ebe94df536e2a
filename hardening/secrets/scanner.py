"""Secrets of texts and images.

`scan_text` reads one file of the workspace. `scan_image` reads the configuration, the history and
every layer on its own, base layers and files deleted later included: what a layer's blob holds
can be taken out of it by whoever has the image.
"""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

from hardening.image.model import Entry, Image
from hardening.model import ConfigPlace, FilePlace, ImagePathPlace, Place, Severity, Span
from hardening.progress import SILENT, Progress
from hardening.secrets.engine import Hit
from hardening.secrets.judge import reason_to_demote
from hardening.secrets.lives import Lives
from hardening.secrets.mask import identity, masked
from hardening.secrets.model import Life, Secret
from hardening.secrets.names import can_be_secret, is_secret_name
from hardening.secrets.occurrences import hits_in, hits_in_command, hits_in_setting
from hardening.secrets.packaged import Packaged

if TYPE_CHECKING:
    from concurrent.futures import Future

MAX_FILE: Final = 5 << 20
"""Bytes read of one file; what lies beyond is not searched."""
BATCH: Final = 1 << 20
MAX_PENDING: Final = 4
"""Batches of about `BATCH` bytes that wait for the searching thread."""
MAX_SECRETS: Final = 5000
PHASE: Final = "searching for secrets"
_BUILD_ARGS = re.compile(r"^\|(\d{1,3}) ")


@dataclass(frozen=True, slots=True)
class _Seen:
    """One hit and where it was."""

    hit: Hit
    place: Place
    demoted: str


def scan_text(text: str, path: str) -> tuple[Secret, ...]:
    """Secrets of one text; places are spans of the file `path`."""
    data = text.encode("utf-8", "surrogateescape")
    seen = []
    offset = characters = 0
    line = 1
    for hit in sorted(hits_in_command(text), key=lambda one: one.start):
        before = data[offset : hit.start].decode("utf-8", "surrogateescape")
        characters += len(before)
        line += before.count("\n")
        offset = hit.start
        length = len(hit.value.decode("utf-8", "surrogateescape"))
        lines = hit.value.rstrip(b"\n").count(b"\n")
        place = FilePlace(path, Span(characters, characters + length), line, line + lines)
        seen.append(_Seen(hit, place, reason_to_demote(hit, path)))
    return _grouped(seen, None)


def scan_image(image: Image, *, progress: Progress = SILENT) -> tuple[Secret, ...]:
    """Every secret of the image, the worst first, demoted ones last. At most `MAX_FILE` bytes of
    each file are searched. Raises ImageError and Cancelled."""
    seen = [*_of_config(image), *_of_history(image)]
    if image.files_read:
        progress.start(PHASE, sum(layer.size for layer in image.layers) or None)
        packaged = Packaged(image, progress)
        for layer in image.layers:
            seen.extend(_of_layer(image, layer.index, packaged, progress))
        progress.finish(PHASE)
    return _grouped(seen, image if image.files_read else None)


def _of_config(image: Image) -> Iterator[_Seen]:
    for name, value in image.config.env:
        yield from _of_setting(name, value, ConfigPlace(f"Env.{name}"))
    for name, value in image.config.labels.items():
        yield from _of_setting(name, value, ConfigPlace(f"Labels.{name}"))


def _of_setting(name: str, value: str, place: Place) -> Iterator[_Seen]:
    hits = hits_in_setting(name, value)
    for hit in hits:
        yield _Seen(hit, place, reason_to_demote(hit, ""))
    if not hits and is_secret_name(name) and can_be_secret(value):
        hit = named_hit(name, value)
        yield _Seen(hit, place, reason_to_demote(hit, ""))


def named_hit(name: str, value: str) -> Hit:
    """A setting that only its name makes a secret, as a hit of the format `secret-setting`."""
    from hardening.secrets.formats import format_by_id

    kind = format_by_id("secret-setting")
    if kind is None:
        raise LookupError("secret-setting")
    raw = value.encode("utf-8", "surrogateescape")
    start = len(name.encode("utf-8", "surrogateescape")) + 1
    return Hit(kind, raw, start, start + len(raw), f"{name}=")


def _of_history(image: Image) -> Iterator[_Seen]:
    for number, entry in enumerate(image.history):
        place = ConfigPlace(f"history[{number}]")
        arguments, command = split_build_args(entry.created_by)
        for name, value in arguments:
            yield from _of_setting(name, value, place)
        for hit in hits_in_command(command):
            yield _Seen(hit, place, reason_to_demote(hit, ""))


def split_build_args(created_by: str) -> tuple[tuple[tuple[str, str], ...], str]:
    """The build arguments of a history entry and its command: `|2 A=1 B=2 /bin/sh -c ...`, the
    form of both builders. A value with blanks cannot be told apart from the next argument: it
    ends at the first word that looks like one."""
    found = _BUILD_ARGS.match(created_by.removeprefix("RUN "))
    if found is None:
        return (), created_by
    rest = created_by.removeprefix("RUN ")[found.end() :]
    pairs: list[tuple[str, str]] = []
    for _ in range(int(found[1])):
        match = re.match(r"([A-Za-z_]\w*)=(.*?)(?= [A-Za-z_]\w*=| /| \S+ -c |$)\s?", rest, re.S)
        if match is None:
            break
        pairs.append((match[1], match[2]))
        rest = rest[match.end() :]
    return tuple(pairs), rest


def _of_layer(image: Image, layer: int, packaged: Packaged, progress: Progress) -> Iterator[_Seen]:
    for entry, data, hits in _searched(image, layer, progress):
        whole = entry.size == len(data)
        package = packaged.package_of(entry.path, data) if whole else None
        place = ImagePathPlace(layer, entry.path)
        for hit in hits:
            reason = f"unchanged file of package {package}" if package else ""
            yield _Seen(hit, place, reason or reason_to_demote(hit, entry.path))


def _searched(
    image: Image, layer: int, progress: Progress
) -> Iterator[tuple[Entry, bytes, tuple[Hit, ...]]]:
    """Files with hits. One thread reads the layer while another searches what was read: both
    leave the interpreter lock to each other for most of their work."""
    from concurrent.futures import ThreadPoolExecutor

    pending: deque[tuple[list[tuple[Entry, bytes]], Future[list[tuple[Hit, ...]]]]] = deque()
    with ThreadPoolExecutor(1) as pool:
        for batch in _batches(image.contents(layer, limit=MAX_FILE), progress):
            pending.append((batch, pool.submit(_search, batch)))
            while len(pending) > MAX_PENDING:
                yield from _done(*pending.popleft())
        while pending:
            yield from _done(*pending.popleft())


def _batches(
    files: Iterator[tuple[Entry, bytes]], progress: Progress
) -> Iterator[list[tuple[Entry, bytes]]]:
    batch: list[tuple[Entry, bytes]] = []
    size = 0
    for entry, data in files:
        progress.check()
        progress.advance(PHASE, entry.size)
        if not data:
            continue
        batch.append((entry, data))
        size += len(data)
        if size >= BATCH:
            yield batch
            batch, size = [], 0
    if batch:
        yield batch


def _search(batch: list[tuple[Entry, bytes]]) -> list[tuple[Hit, ...]]:
    return [hits_in(data, entry.path) for entry, data in batch]


def _done(
    batch: list[tuple[Entry, bytes]], future: Future[list[tuple[Hit, ...]]]
) -> Iterator[tuple[Entry, bytes, tuple[Hit, ...]]]:
    for (entry, data), hits in zip(batch, future.result(), strict=True):
        if hits:
            yield entry, data, hits


def _grouped(seen: list[_Seen], image: Image | None) -> tuple[Secret, ...]:
    """One secret for each value, whatever the number of places."""
    groups: dict[str, list[_Seen]] = {}
    for one in seen:
        groups.setdefault(identity(one.hit.value), []).append(one)
    lives = Lives(image) if image is not None else None
    secrets = [_secret(digest, group, lives) for digest, group in groups.items()]
    secrets.sort(key=lambda one: (bool(one.demoted), -one.severity))
    return tuple(secrets[:MAX_SECRETS])


def _secret(digest: str, group: list[_Seen], lives: Lives | None) -> Secret:
    best = min(group, key=lambda one: (bool(one.demoted), one.hit.format.generic,
                                       not one.hit.format.specific, -one.hit.format.severity))
    kind = best.hit.format
    demoted = best.demoted
    places = tuple(dict.fromkeys(one.place for one in group))
    return Secret(
        rule=kind.id,
        title=kind.title,
        severity=Severity.INFO if demoted else kind.severity,
        places=places,
        masked=masked(best.hit),
        sha256=digest,
        life=_life(places, lives),
        demoted=demoted,
        rotate=kind.rotate,
        _value=best.hit.value.decode("utf-8", "surrogateescape"),
    )


def _life(places: tuple[Place, ...], lives: Lives | None) -> Life:
    keys = [place.key for place in places if isinstance(place, ConfigPlace)]
    life = Life(
        in_history=any(key.startswith("history[") for key in keys),
        in_config=any(not key.startswith("history[") for key in keys),
    )
    held = [place for place in places if isinstance(place, ImagePathPlace)]
    if not held or lives is None:
        return life
    ends = [lives.removed_in(place.path, place.layer) for place in held]
    gone = [end for end in ends if end is not None]
    return replace(
        life,
        added=min(place.layer for place in held),
        removed=max(gone) if len(gone) == len(ends) else None,
        recoverable_from=tuple(sorted({place.layer for place in held})),
    )
