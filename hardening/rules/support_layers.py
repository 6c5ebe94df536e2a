"""What the rules about the built image share."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

from hardening.image.model import Entry, Image, Origin
from hardening.image.tree import MergedTree
from hardening.model import Evidence, FilePlace, ImagePathPlace, Severity
from hardening.subject import Subject


def is_base(image: Image, layer: int) -> bool:
    """True when the layer is known to have come with the base image."""
    return image.layers[layer].attribution.origin is Origin.BASE


def shipped(image: Image, wanted: Callable[[Entry], bool]) -> Iterator[Entry]:
    """Entries of the merged tree that the predicate takes; nothing while files are not read."""
    if not image.files_read:
        return
    tree = image.tree
    if isinstance(tree, MergedTree):
        yield from tree.select(wanted)
        return
    for path in tree:
        entry = tree.get(path)
        if entry is not None and wanted(entry):
            yield entry


def places(entries: Iterable[Entry], limit: int = 50) -> tuple[ImagePathPlace, ...]:
    found = [ImagePathPlace(one.layer, one.path) for one in entries]
    return tuple(found[:limit])


def lines_of(subject: Subject, layers: Iterable[int]) -> tuple[FilePlace, ...]:
    """The instructions of the Dockerfile that made these layers, as far as that is known: they
    join a finding about the image to its line."""
    dockerfile, image = subject.dockerfile, subject.image
    if dockerfile is None or image is None:
        return ()
    found: dict[int, FilePlace] = {}
    for layer in layers:
        index = image.layers[layer].attribution.instruction
        if index is not None and index < len(dockerfile.instructions):
            found[index] = dockerfile.place(dockerfile.instructions[index].span)
    return tuple(found[index] for index in sorted(found))


def listing(image: Image, entries: Iterable[Entry], limit: int = 20) -> tuple[Evidence, ...]:
    """The first paths with the layer that they come from."""
    rows = []
    for one in list(entries)[:limit]:
        origin = "base image" if is_base(image, one.layer) else f"layer {one.layer}"
        rows.append(Evidence(f"/{one.path} ({origin})", ImagePathPlace(one.layer, one.path)))
    return tuple(rows)


def severity_by_origin(image: Image, entries: Iterable[Entry], level: Severity) -> Severity:
    """One step less when all of them came with the base image."""
    if all(is_base(image, one.layer) for one in entries):
        return Severity(max(level - 1, Severity.LOW))
    return level


def size_text(count: int) -> str:
    """Bytes in words: `12.3 MB`, powers of 1000."""
    if count < 1000:
        return f"{count} bytes"
    value = float(count)
    for unit in ("kB", "MB", "GB"):
        value /= 1000
        if value < 1000:
            return f"{value:.1f} {unit}"
    return f"{value:.1f} GB"
