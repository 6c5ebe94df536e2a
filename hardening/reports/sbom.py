"""What an image holds, as drydock's own JSON document."""

from __future__ import annotations

import json
from typing import Any

from hardening.image.model import Image
from hardening.inventory.model import Inventory, Package
from hardening.reports.plain import printable

SCHEMA = "drydock.sbom/1"


def sbom_values(image: Image, inventory: Inventory) -> dict[str, Any]:
    """The JSON document: the same image gives the same document, byte for byte."""
    release = inventory.release
    return {
        "schema": SCHEMA,
        "image": {
            "reference": printable(image.reference),
            "id": image.id,
            "platform": image.platform,
            "distribution": None if release is None else release.id,
            "distribution_version": None if release is None else release.version_id,
        },
        "packages": [_row(package) for package in inventory.packages],
        "not_assessed": [
            {"what": printable(one.what), "reason": one.reason, "next_step": one.next_step}
            for one in inventory.not_assessed
        ],
    }


def sbom_json(image: Image, inventory: Inventory) -> str:
    """The document as text, one package a line: thousands of them compare and search better so."""
    values = sbom_values(image, inventory)
    rows = ",\n    ".join(map(json.JSONEncoder().encode, values["packages"]))
    frame = json.dumps({**values, "packages": []}, indent=2)
    if rows:
        frame = frame.replace('"packages": []', f'"packages": [\n    {rows}\n  ]', 1)
    return frame + "\n"


def _row(package: Package) -> dict[str, Any]:
    return {
        "type": package.type,
        "name": package.name,
        "version": package.version,
        "source_name": package.source_name,
        "source_version": package.source_version,
        "purl": package.purl,
        "path": printable(f"/{package.path}") if package.path else None,
        "layer": package.layer,
        "base": package.base.value,
        "owned_by": package.owned_by,
        "arch": package.arch or None,
        "tooling": package.tooling,
    }
