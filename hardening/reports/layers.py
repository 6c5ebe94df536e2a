"""The layers of an image as text and as plain values."""

from __future__ import annotations

from typing import Any

from hardening.image.model import Image, Layer
from hardening.reports.plain import plural, printable

SCHEMA = "drydock.layers/1"


def layers_text(image: Image) -> str:
    """A table, lowest layer first, then the sums."""
    lines = [f"{'layer':>5}  {'size':>9}  {'wasted':>9}  {'files':>8}  {'from':<7}  command"]
    lines.extend(_row(layer) for layer in image.layers)
    efficiency = image.efficiency
    if efficiency is not None:
        lines.append(
            f"{printable(image.reference)}: {plural(len(image.layers), 'layer')}, "
            f"{human_size(image.size)}, {human_size(efficiency.removable)} removable, "
            f"efficiency {efficiency.score:.1%}"
        )
    else:
        count = plural(len(image.layers), "layer")
        lines.append(f"{printable(image.reference)}: {count}, {human_size(image.size)}")
    return "\n".join(lines) + "\n"


def layers_values(image: Image) -> dict[str, Any]:
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
                "command": layer.command,
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


def _row(layer: Layer) -> str:
    command = printable(" ".join(layer.command.split()))
    shown = command if len(command) <= 100 else command[:99] + "…"
    return (
        f"{layer.index:>5}  {human_size(layer.size):>9}  {human_size(layer.wasted):>9}  "
        f"{len(layer):>8,}  {layer.attribution.origin.value:<7}  {shown}"
    )
