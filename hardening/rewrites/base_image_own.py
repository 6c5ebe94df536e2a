"""What the own layers of an image hold that a base must be able to run: programs and scripts."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from itertools import islice

from hardening.errors import ImageError
from hardening.image.model import Entry, EntryType, Image, Origin

MAX_PROGRAM = 8 << 20
MAX_PROGRAMS = 1000
MAX_SCRIPT = 1 << 16
_COPYING = ("COPY", "ADD")


@dataclass(frozen=True, slots=True)
class Own:
    """`needed` are libraries that programs load and that no own file provides. `libcs` has an
    example path for each C library (`glibc`, `musl`), `copied_libcs` of what COPY or ADD put
    there, `interpreters` one for each program after `#!`. `why` says why nothing is known."""

    programs: int = 0
    needed: frozenset[str] = frozenset()
    libcs: Mapping[str, str] = field(default_factory=dict)
    copied_libcs: Mapping[str, str] = field(default_factory=dict)
    interpreters: Mapping[str, str] = field(default_factory=dict)
    why: str = ""


_last: list[tuple[Image, Own]] = []


def own_programs(image: Image | None) -> Own:
    """Reads every executable and library of the own layers, once for each image."""
    if image is None or not image.files_read:
        return Own(why="No image was read")
    for known, found in _last:
        if known is image:
            return found
    found = _read(image)
    _last[:] = [(image, found), *_last[:1]]
    return found


def own_script(image: Image | None, path: str) -> str | None:
    """The text of an own file that begins with `#!`, None when it is no script or not known."""
    if image is None or not image.files_read:
        return None
    wanted = path.lstrip("/")
    names = [wanted] if "/" in path else [f"{one}/{wanted}" for one in ("usr/local/bin", "usr/bin")]
    for name in names:
        entry = image.tree.resolve(name)
        if entry is None or entry.type is not EntryType.FILE:
            continue
        data = image.read(name, limit=MAX_SCRIPT)
        return data.decode("utf-8", "replace") if data and data.startswith(b"#!") else None
    return None


def _read(image: Image) -> Own:
    from hardening.image.elf import elf_facts

    if any(one.attribution.origin is Origin.UNKNOWN for one in image.layers):
        return Own(why="It is not known which layers are the base's")
    programs = list(islice(_executables(image), MAX_PROGRAMS + 1))
    if len(programs) > MAX_PROGRAMS or any(one.size > MAX_PROGRAM for one in programs):
        return Own(why="There are too many programs, or too large ones")
    needed, own = set[str](), {one.path.rpartition("/")[2] for one in programs}
    libcs, copied, interpreters = dict[str, str](), dict[str, str](), dict[str, str]()
    for layer in sorted({one.layer for one in programs}):
        want = {one.path: one.size for one in programs if one.layer == layer}
        by_hand = _is_copied(image, layer)
        try:
            for entry, data in image.contents(layer, want, limit=MAX_PROGRAM):
                if data.startswith(b"#!"):
                    interpreters.setdefault(interpreter(data), f"/{entry.path}")
                found = elf_facts(data)
                if found is None:
                    continue
                needed |= set(found.needed)
                own |= {found.soname} if found.soname else set()
                if found.libc:
                    libcs.setdefault(found.libc, f"/{entry.path}")
                    if by_hand:
                        copied.setdefault(found.libc, f"/{entry.path}")
        except ImageError as error:
            return Own(why=error.what)
    return Own(len(programs), frozenset(needed - own), libcs, copied, interpreters)


def _is_copied(image: Image, layer: int) -> bool:
    """Whether what lies in the layer came from outside; what a RUN made is made anew."""
    command = image.layers[layer].command.lstrip()
    return command.startswith(_COPYING) or "#(nop) " in command


def interpreter(data: bytes) -> str:
    """`/bin/bash` of `#!/bin/bash -e` and of `#!/usr/bin/env bash`, without its folder."""
    words = data[2:256].partition(b"\n")[0].decode("utf-8", "replace").split()
    name = words[0].rpartition("/")[2] if words else ""
    following = [one for one in words[1:] if not one.startswith("-") and "=" not in one]
    return following[0].rpartition("/")[2] if name == "env" and following else name


def _executables(image: Image) -> Iterator[Entry]:
    for layer in image.layers:
        if layer.attribution.origin is Origin.OWN:
            for entry in layer.entries():
                name = entry.path.rpartition("/")[2]
                if entry.type is EntryType.FILE and (entry.mode & 0o111 or ".so" in name):
                    yield entry
