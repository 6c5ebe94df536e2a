"""What an image holds, as SPDX 2.3 JSON (spdx.github.io/spdx-spec/v2.3).

The format demands a time of creation; it is `SOURCE_DATE_EPOCH`'s, else the image's own, so that
the same image gives the same document.
"""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any
from uuid import NAMESPACE_URL, uuid5

from cyclonedx.spdx import fixup_id, is_expression

from hardening import __version__
from hardening.image.model import Image
from hardening.image.release import OsRelease
from hardening.inventory.licences import Key, licence
from hardening.inventory.model import Inventory, Package
from hardening.reports.plain import printable
from hardening.reports.sbom_image import image_name

_ROOT = "SPDXRef-Image"
_UNKNOWN = "NOASSERTION"
_FORM = "%Y-%m-%dT%H:%M:%SZ"


def spdx_text(image: Image, inventory: Inventory, licences: Mapping[Key, str] | None = None) -> str:
    """The document; every package is contained in the image. `licences` are those that the
    packages declare."""
    declared = licences or {}
    rows = [
        _package(number, one, licence(declared, one.path, one.name, one.version))
        for number, one in enumerate(inventory.packages)
    ]
    if inventory.release is not None:
        rows.insert(0, _system(inventory.release))
    described = {
        "spdxElementId": "SPDXRef-DOCUMENT",
        "relationshipType": "DESCRIBES",
        "relatedSpdxElement": _ROOT,
    }
    contains = [
        {
            "spdxElementId": _ROOT,
            "relationshipType": "CONTAINS",
            "relatedSpdxElement": row["SPDXID"],
        }
        for row in rows
    ]
    document: dict[str, Any] = {
        "spdxVersion": "SPDX-2.3",
        "dataLicense": "CC0-1.0",
        "SPDXID": "SPDXRef-DOCUMENT",
        "name": image_name(image),
        "documentNamespace": f"urn:uuid:{uuid5(NAMESPACE_URL, f'drydock:spdx:{image.id}')}",
        "creationInfo": {
            "created": _created(image),
            "creators": [f"Tool: drydock-{__version__}"],
        },
        "packages": [_root(image), *rows],
        "relationships": [described, *contains],
    }
    if inventory.not_assessed:
        missing = (f"Not assessed: {one.what}: {one.reason}" for one in inventory.not_assessed)
        document["comment"] = printable("; ".join(missing))
    return json.dumps(document, indent=2, sort_keys=True) + "\n"


def _root(image: Image) -> dict[str, Any]:
    return {
        "SPDXID": _ROOT,
        "name": image_name(image),
        "versionInfo": image.id,
        "downloadLocation": _UNKNOWN,
        "filesAnalyzed": False,
        "primaryPackagePurpose": "CONTAINER",
    }


def _system(release: OsRelease) -> dict[str, Any]:
    return {
        "SPDXID": "SPDXRef-Distribution",
        "name": printable(release.id),
        "versionInfo": printable(release.version_id or release.codename),
        "summary": printable(release.pretty_name),
        "downloadLocation": _UNKNOWN,
        "filesAnalyzed": False,
        "primaryPackagePurpose": "OPERATING-SYSTEM",
    }


def _declared(text: str) -> dict[str, str]:
    """An expression of listed licences; anything else as a comment."""
    if not text:
        return {"licenseDeclared": _UNKNOWN}
    known = fixup_id(text)
    if known is None and is_expression(text):
        known = text
    if known is not None:
        return {"licenseDeclared": known}
    return {"licenseDeclared": _UNKNOWN, "licenseComments": printable(f"Declared as: {text}")}


def _package(number: int, package: Package, declared: str) -> dict[str, Any]:
    place = f"/{package.path}" if package.path else "the image's environment"
    layer = "" if package.layer is None else f", layer {package.layer} ({package.base.value})"
    return {
        "SPDXID": f"SPDXRef-Package-{number}",
        "name": printable(package.name),
        "versionInfo": printable(package.version),
        "downloadLocation": _UNKNOWN,
        "filesAnalyzed": False,
        "licenseConcluded": _UNKNOWN,
        **_declared(declared),
        "copyrightText": _UNKNOWN,
        "sourceInfo": printable(
            f"from {place}{layer}; built from {package.source_name} {package.source_version}"
        ),
        "externalRefs": [
            {
                "referenceCategory": "PACKAGE-MANAGER",
                "referenceType": "purl",
                "referenceLocator": package.purl,
            }
        ],
    }


def _created(image: Image) -> str:
    given = os.environ.get("SOURCE_DATE_EPOCH", "")
    try:
        if given.isdigit():
            return datetime.fromtimestamp(int(given), UTC).strftime(_FORM)
        made = datetime.fromisoformat(image.config.created)
    except (OverflowError, OSError, ValueError):
        return "1970-01-01T00:00:00Z"
    return (made.astimezone(UTC) if made.tzinfo else made).strftime(_FORM)
