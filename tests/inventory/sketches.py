"""Images of one layer or two for the tests of the inventory."""

from __future__ import annotations

from collections.abc import Mapping

from hardening.image.synthetic import FileSketch, ImageSketch, LayerSketch, make_image
from hardening.inventory.catalog import catalog
from hardening.inventory.model import Inventory, Package

Files = Mapping[str, str | bytes | FileSketch | None]
DEBIAN = 'ID=debian\nVERSION_ID="12"\nPRETTY_NAME="Debian 12"\n'


def inventory_of(
    *layers: Files, base_layers: int | None = None, env: Mapping[str, str] | None = None
) -> Inventory:
    """The inventory of an image of these layers, lowest first."""
    made = ImageSketch(
        tuple(LayerSketch(files) for files in layers), base_layers=base_layers, env=env or {}
    )
    return catalog(make_image(made))


def packages_of(*layers: Files, base_layers: int | None = None) -> tuple[Package, ...]:
    """The packages of such an image; everything must have been readable."""
    found = inventory_of(*layers, base_layers=base_layers)
    assert found.not_assessed == ()
    return found.packages


def rows(packages: tuple[Package, ...]) -> list[tuple[str, str, str]]:
    return [(one.type, one.name, one.version) for one in packages]
