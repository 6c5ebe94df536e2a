"""What an image holds, as CycloneDX 1.6 JSON, made by the project's own library.

The same image gives the same document: the serial number is derived from the content, and there
is no time in it unless `SOURCE_DATE_EPOCH` says one.
"""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from datetime import UTC, datetime
from uuid import NAMESPACE_URL, uuid5

from cyclonedx.contrib.license.factories import LicenseFactory
from cyclonedx.model import Property
from cyclonedx.model.bom import Bom
from cyclonedx.model.component import Component, ComponentType
from cyclonedx.model.tool import Tool
from cyclonedx.output.json import JsonV1Dot6
from packageurl import PackageURL

from hardening import __version__
from hardening.image.model import Image
from hardening.image.release import OsRelease
from hardening.inventory.licences import Key, licence
from hardening.inventory.model import Inventory, Package
from hardening.reports.plain import printable
from hardening.reports.sbom_image import image_name


def cyclonedx_text(
    image: Image, inventory: Inventory, licences: Mapping[Key, str] | None = None
) -> str:
    """The document. A package in several places is one component for each, told apart by its
    `bom-ref`. `licences` are those that the packages declare."""
    bom = Bom(serial_number=uuid5(NAMESPACE_URL, f"drydock:{image.id}"))
    bom.metadata.component = Component(
        type=ComponentType.CONTAINER,
        name=image_name(image),
        version=image.id or None,
        bom_ref="image",
        properties=[
            Property(name="drydock:image:platform", value=image.platform),
            *(
                Property(name=f"drydock:image:layer:{layer.index}:diffId", value=layer.diff_id)
                for layer in image.layers
            ),
        ],
    )
    if inventory.release is not None:
        bom.components.add(_system(inventory.release))
    bom.metadata.tools.tools.add(Tool(name="drydock", version=__version__))
    bom.metadata.timestamp = _moment() or datetime.fromtimestamp(0, UTC)
    for number, package in enumerate(inventory.packages):
        declared = licence(licences or {}, package.path, package.name, package.version)
        bom.components.add(_component(image, number, package, declared))
    bom.register_dependency(bom.metadata.component, bom.components)
    document = json.loads(JsonV1Dot6(bom).output_as_string())
    if _moment() is None:
        del document["metadata"]["timestamp"]
    for one in inventory.not_assessed:
        document["metadata"].setdefault("properties", []).append(
            {"name": "drydock:notAssessed", "value": printable(f"{one.what}: {one.reason}")}
        )
    return json.dumps(document, indent=2, sort_keys=True) + "\n"


def _system(release: OsRelease) -> Component:
    """The distribution, as scanners of such documents look for it."""
    return Component(
        type=ComponentType.OPERATING_SYSTEM,
        name=release.id,
        version=release.version_id or release.codename or None,
        description=printable(release.pretty_name) or None,
        bom_ref="distribution",
    )


def _component(image: Image, number: int, package: Package, declared: str) -> Component:
    values = {
        "path": printable(f"/{package.path}") if package.path else "",
        "layer": "" if package.layer is None else str(package.layer),
        "layerDiffId": "" if package.layer is None else image.layers[package.layer].diff_id,
        "base": package.base.value,
        "sourceName": package.source_name,
        "sourceVersion": package.source_version,
        "ownedBy": package.owned_by or "",
        "tooling": "true" if package.tooling else "",
    }
    group, name = _grouped(package)
    return Component(
        type=ComponentType.LIBRARY,
        group=group or None,
        name=name,
        version=package.version,
        licenses=[LicenseFactory().make_from_string(declared)] if declared else [],
        purl=PackageURL.from_string(package.purl),
        bom_ref=f"{number}:{package.purl}",
        properties=[
            Property(name=f"drydock:package:{name}", value=value)
            for name, value in values.items()
            if value
        ],
    )


def _grouped(package: Package) -> tuple[str, str]:
    """A Maven artifact's group stands apart in such a document."""
    group, colon, name = package.name.partition(":")
    return (group, name) if package.type == "maven" and colon and name else ("", package.name)


def _moment() -> datetime | None:
    given = os.environ.get("SOURCE_DATE_EPOCH", "")
    if not given.isdigit():
        return None
    try:
        return datetime.fromtimestamp(int(given), UTC)
    except (OverflowError, OSError, ValueError):
        return None
