"""Where a finding is, in the terms of a report: a file with lines, a layer, a path in the image."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

from hardening.model import (
    ConfigPlace,
    FilePlace,
    Finding,
    ImagePathPlace,
    LayerPlace,
    PackagePlace,
    Place,
)


@dataclass(frozen=True, slots=True)
class Where:
    """The first file, layer and image path among the places of a finding. `path` is as the person
    can open it from where they are; lines are one-based and inclusive."""

    path: str | None = None
    start_line: int | None = None
    end_line: int | None = None
    layer: int | None = None
    file: str | None = None


def where(root: Path, places: tuple[Place, ...]) -> Where:
    file = next((one for one in places if isinstance(one, FilePlace)), None)
    layer = next((one for one in places if isinstance(one, LayerPlace | ImagePathPlace)), None)
    package = next((one for one in places if isinstance(one, PackagePlace)), None)
    number = layer.layer if layer is not None else package.layer if package is not None else None
    inside = layer.path if isinstance(layer, ImagePathPlace) else None
    if file is None:
        return Where(layer=number, file=inside)
    return Where(shown_path(root, file.path), file.start_line, file.end_line, number, inside)


def shown_path(root: Path, path: str) -> str:
    """A workspace path as the person can open it: from the current folder where the root was
    given like that."""
    return os.path.normpath(root / path)


def headline(root: Path, finding: Finding, image: str) -> str:
    """`Dockerfile:3`, `app:1 layer 4: etc/shadow`, `app:1 Env.TOKEN`: the primary place."""
    place = finding.places[0]
    if isinstance(place, FilePlace):
        return f"{shown_path(root, place.path)}:{place.start_line}"
    return f"{image.rpartition('/')[2] or image}:{describe(place)}"


def describe(place: Place) -> str:
    """A place in a few words."""
    if isinstance(place, FilePlace):
        return f"{place.path}:{place.start_line}"
    if isinstance(place, LayerPlace):
        return f"layer {place.layer}"
    if isinstance(place, ImagePathPlace):
        return f"layer {place.layer}:/{place.path}"
    if isinstance(place, PackagePlace):
        return f"{place.ecosystem} {place.name} {place.version}"
    assert isinstance(place, ConfigPlace)
    return place.key
