"""The layers of an image as text and as plain values."""

from __future__ import annotations

from typing import Any

from hardening.image.model import Image, Layer
from hardening.reports.plain import plural, printable
from hardening.reports.sheet import BOLD, DIM, PLAIN, YELLOW, Cell, Look, cut, table, wrapped
from hardening.secrets.hiding import Masks

SCHEMA = "drydock.layers/1"
NOTABLE_WASTE = 1_000_000
"""Bytes of one layer that are worth a colour."""
WIDEST_COMMAND = 100
"""Characters of a command where no terminal says how many fit."""


def layers_text(image: Image, masks: Masks, *, look: Look = PLAIN) -> str:
    """A table, lowest layer first, then the sums."""
    heads = ("layer", "size", "wasted", "files")
    rows = [
        (*(Cell(one, DIM, right=True) for one in heads), Cell("from", DIM), Cell("command", DIM))
    ]
    rows += [_row(layer, masks, look) for layer in image.layers]
    lines = table(rows, look, wrap=False)
    count = plural(len(image.layers), "layer")
    last = f"{image.reference}: {count}, {human_size(image.size)}"
    efficiency = image.efficiency
    if efficiency is not None:
        last += f", {human_size(efficiency.removable)} removable, efficiency {efficiency.score:.1%}"
    lines += wrapped(last, look, code=BOLD)
    return "\n".join(lines) + "\n"


def layers_values(image: Image, masks: Masks) -> dict[str, Any]:
    """The same as plain values; sizes in bytes."""
    efficiency = image.efficiency
    return {
        "schema": SCHEMA,
        "reference": image.reference,
        "source": image.source,
        "id": image.id,
        "platform": image.platform,
        "size": image.size,
        "efficiency": None if efficiency is None else efficiency.score,
        "removable": None if efficiency is None else efficiency.removable,
        "layers": [
            {
                "index": layer.index,
                "diff_id": layer.diff_id,
                "size": layer.size,
                "wasted": layer.wasted,
                "entries": len(layer),
                "whiteouts": len(layer.whiteouts),
                "origin": layer.attribution.origin.value,
                "created": layer.created,
                "command": masks.hide(layer.command),
            }
            for layer in image.layers
        ],
    }


def human_size(count: int) -> str:
    """Bytes in decimal units, as `docker images` counts them."""
    size = float(count)
    for unit in ("B", "kB", "MB", "GB"):
        if size < 1000:
            return f"{size:.0f} {unit}" if unit == "B" else f"{size:.1f} {unit}"
        size /= 1000
    return f"{size:.1f} TB"


def _row(layer: Layer, masks: Masks, look: Look) -> tuple[Cell, ...]:
    command = printable(" ".join(masks.hide(layer.command).split()))
    return (
        Cell(str(layer.index), right=True),
        Cell(human_size(layer.size), right=True),
        Cell(human_size(layer.wasted), YELLOW if layer.wasted >= NOTABLE_WASTE else "", right=True),
        Cell(f"{len(layer):,}", right=True),
        Cell(layer.attribution.origin.value),
        Cell(command if look.width is not None else cut(command, WIDEST_COMMAND)),
    )
