"""What came with the base image and what is one's own: a filter over every pane."""

from __future__ import annotations

from collections.abc import Iterable
from enum import StrEnum

from hardening.image.model import Image, Origin
from hardening.model import ImagePathPlace, LayerPlace, PackagePlace, Place


class Side(StrEnum):
    """Which of the two is shown. What nobody can attribute counts as one's own."""

    ALL = "all"
    OWN = "own"
    BASE = "base"

    @property
    def next(self) -> Side:
        sides = tuple(Side)
        return sides[(sides.index(self) + 1) % len(sides)]

    @property
    def words(self) -> str:
        """For a title; "" when everything is shown."""
        return "" if self is Side.ALL else f"{self.value} only"

    def keeps(self, *, base: bool) -> bool:
        """True when what is (or is not) the base's is shown."""
        return self is Side.ALL or base is (self is Side.BASE)


def places_in_base(places: Iterable[Place], image: Image | None) -> bool:
    """True when the places in the image are all in layers of its base. Where there are none, a
    line of a file or a setting is meant: a person wrote it."""
    layers: set[int] = set()
    for place in places:
        match place:
            case ImagePathPlace(layer=layer) | LayerPlace(layer=layer):
                layers.add(layer)
            case PackagePlace(layer=layer) if layer is not None:
                layers.add(layer)
    if image is None or not layers:
        return False
    known = [image.layers[one] for one in layers if 0 <= one < len(image.layers)]
    return bool(known) and all(one.attribution.origin is Origin.BASE for one in known)
