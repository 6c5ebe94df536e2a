"""Secrets of texts and images.

`scan_text` reads one file of the workspace. `scan_image` reads the configuration, the history and
every layer on its own, base layers and files deleted later included: what a layer's blob holds
can be taken out of it by whoever has the image.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from hardening.image.model import Entry, Image
from hardening.model import ConfigPlace, ImagePathPlace, Place
from hardening.progress import SILENT, Progress
from hardening.secrets.engine import Hit, prepare
from hardening.secrets.grouping import Seen, grouped, line_of
from hardening.secrets.judge import reason_to_demote
from hardening.secrets.model import Secret
from hardening.secrets.names import can_be_secret, is_secret_name
from hardening.secrets.occurrences import hits_in_command, hits_in_setting
from hardening.secrets.packaged import Packaged
from hardening.secrets.pipeline import PHASE, search
from hardening.secrets.texts import scan_text

__all__ = ["scan_configuration", "scan_image", "scan_text"]

MAX_COMMAND: Final = 64 << 10
"""Characters of one history entry that are looked at."""
MAX_FILE: Final = 5 << 20
"""Bytes read of one file; what lies beyond is not searched."""
_PAIR = re.compile(r"(?:^|\s)([A-Za-z_]\w*)=(.*?)(?=\s[A-Za-z_]\w*=|$)", re.S)
_BUILD_ARGS = re.compile(r"^\|(\d{1,3}) ")


def scan_image(image: Image, *, progress: Progress = SILENT) -> tuple[Secret, ...]:
    """Every secret of the image, the worst first, demoted ones last. At most `MAX_FILE` bytes of
    each file are searched. Raises ImageError and Cancelled."""
    seen = [*_of_config(image), *_of_history(image)]
    if image.files_read:
        size = sum(layer.size for layer in image.layers)
        prepare(size)
        progress.start(PHASE, size or None)
        packaged = Packaged(image, progress)
        for layer in image.layers:
            seen.extend(_of_layer(image, layer.index, packaged, progress))
        progress.finish(PHASE)
    return grouped(seen, image if image.files_read else None)


def scan_configuration(image: Image) -> tuple[Secret, ...]:
    """Secrets of the environment, the labels and the history alone: no file is read."""
    return grouped([*_of_config(image), *_of_history(image)], None)


def _of_config(image: Image) -> Iterator[Seen]:
    for name, value in image.config.env:
        yield from _of_setting(name, value, ConfigPlace(f"Env.{name}"))
    for name, value in image.config.labels.items():
        yield from _of_setting(name, value, ConfigPlace(f"Labels.{name}"))


def _of_setting(name: str, value: str, place: Place) -> Iterator[Seen]:
    hits = hits_in_setting(name, value)
    for hit in hits:
        yield Seen(hit, place, reason_to_demote(hit, ""))
    if not hits and is_secret_name(name) and can_be_secret(value):
        hit = named_hit(name, value)
        yield Seen(hit, place, reason_to_demote(hit, ""))


def named_hit(name: str, value: str) -> Hit:
    """A setting that only its name makes a secret, as a hit of the format `secret-setting`."""
    from hardening.secrets.formats import format_by_id

    kind = format_by_id("secret-setting")
    if kind is None:
        raise LookupError("secret-setting")
    raw = value.encode("utf-8", "surrogateescape")
    start = len(name.encode("utf-8", "surrogateescape")) + 1
    return Hit(kind, raw, start, start + len(raw), f"{name}=")


def _of_history(image: Image) -> Iterator[Seen]:
    for number, entry in enumerate(image.history):
        place = ConfigPlace(f"history[{number}]")
        arguments, command = split_build_args(entry.created_by[:MAX_COMMAND])
        for name, value in arguments:
            yield from _of_setting(name, value, place)
        if command.lstrip().startswith(("ENV ", "/bin/sh -c #(nop) ")):
            for name, value in _env_pairs(command):
                yield from _of_setting(name, value, place)
        for hit in hits_in_command(command):
            yield Seen(hit, place, reason_to_demote(hit, ""))


def _env_pairs(created_by: str) -> Iterator[tuple[str, str]]:
    """The pairs of an ENV entry. Their quotes are lost: a value ends where the next begins."""
    _, keyword, text = created_by.partition("ENV ")
    if keyword:
        for match in _PAIR.finditer(text.removesuffix("# buildkit").strip()):
            yield match[1], match[2].strip()


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


def _of_layer(image: Image, layer: int, packaged: Packaged, progress: Progress) -> Iterator[Seen]:
    for one in search(_contents(image, layer, progress), progress):
        whole = one.item.size == len(one.data)
        package = packaged.package_of(one.path, one.data) if whole else None
        place = ImagePathPlace(layer, one.path)
        for hit in one.hits:
            reason = f"unchanged file of package {package}" if package else ""
            reason = reason or reason_to_demote(hit, one.path)
            yield Seen(hit, place, reason, line_of(hit, one.data))


def _contents(image: Image, layer: int, progress: Progress) -> Iterator[tuple[Entry, str, bytes]]:
    for entry, data in image.contents(layer, limit=MAX_FILE):
        progress.advance(PHASE, entry.size)
        yield entry, entry.path, data
