"""What an image holds, as CycloneDX 1.6 JSON, made by the project's own library.

The same image gives the same document: the serial number is derived from the content, and there
is no time in it unless `SOURCE_DATE_EPOCH` says one.
"""

from __future__ import annotations

import json
import os
from datetime import UTC, datetime
from uuid import NAMESPACE_URL, uuid5

from cyclonedx.model import Property
from cyclonedx.model.bom import Bom
from cyclonedx.model.component import Component, ComponentType
from cyclonedx.model.tool import Tool
from cyclonedx.output.json import JsonV1Dot6
from packageurl import PackageURL

from hardening import __version__
from hardening.image.model import Image
from hardening.inventory.model import Inventory, Package
from hardening.reports.plain import printable


def cyclonedx_text(image: Image, inventory: Inventory) -> str:
    """The document. A package in several places is one component for each, told apart by its
    `bom-ref`."""
    bom = Bom(serial_number=uuid5(NAMESPACE_URL, f"drydock:{image.id}"))
    bom.metadata.component = Component(
        type=ComponentType.CONTAINER,
        name=printable(image.reference),
        version=image.id or None,
        bom_ref="image",
    )
    bom.metadata.tools.tools.add(Tool(name="drydock", version=__version__))
    bom.metadata.timestamp = _moment() or datetime.fromtimestamp(0, UTC)
    for number, package in enumerate(inventory.packages):
        bom.components.add(_component(number, package))
    bom.register_dependency(bom.metadata.component, bom.components)
    document = json.loads(JsonV1Dot6(bom).output_as_string())
    if _moment() is None:
        del document["metadata"]["timestamp"]
    for one in inventory.not_assessed:
        document["metadata"].setdefault("properties", []).append(
            {"name": "drydock:notAssessed", "value": printable(f"{one.what}: {one.reason}")}
        )
    return json.dumps(document, indent=2, sort_keys=True) + "\n"


def _component(number: int, package: Package) -> Component:
    values = {
        "path": printable(f"/{package.path}") if package.path else "",
        "layer": "" if package.layer is None else str(package.layer),
        "base": package.base.value,
        "sourceName": package.source_name,
        "sourceVersion": package.source_version,
        "ownedBy": package.owned_by or "",
    }
    return Component(
        type=ComponentType.LIBRARY,
        name=package.name,
        version=package.version,
        purl=PackageURL.from_string(package.purl),
        bom_ref=f"{number}:{package.purl}",
        properties=[
            Property(name=f"drydock:package:{name}", value=value)
            for name, value in values.items()
            if value
        ],
    )


def _moment() -> datetime | None:
    given = os.environ.get("SOURCE_DATE_EPOCH", "")
    if not given.isdigit():
        return None
    try:
        return datetime.fromtimestamp(int(given), UTC)
    except (OverflowError, OSError, ValueError):
        return None
