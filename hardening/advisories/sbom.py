"""Reads a list of packages that somebody else made: CycloneDX JSON, SPDX 2 JSON, drydock's own.

Packages are known by their package URL, the distribution by the component or package that is an
operating system, else by the `distro` qualifier of the URLs. Documents are hostile: bounded in
bytes, components and depth.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from hardening.advisories.documents import DAMAGE, head, opened
from hardening.advisories.sbom_packages import Listed, distribution_of, package_of, system
from hardening.errors import InputError
from hardening.image.release import OsRelease
from hardening.inventory.model import Inventory, Package
from hardening.skipped import Skipped

MAX_BYTES = 256 << 20
MAX_COMPONENTS = 200_000
MAX_DEPTH = 16
_SOURCE = re.compile(r"built (?:package )?from:? (\S+) (\S+)")
_PACKAGES = ("operating-system", "library", "framework")
_NO_PACKAGES = ("CONTAINER", "FILE", "SOURCE")
_SUBJECTS = ("pkg:oci/", "pkg:docker/")
"""What a document is about is no package of it."""
_SYSTEMS = ("pkg:deb/", "pkg:rpm/", "pkg:apk/")
_EXPECTED = "Give CycloneDX or SPDX 2 JSON, or what `drydock sbom` writes."


def is_document(path: Path) -> bool:
    """Whether a file looks like one: JSON that is an object, as no image archive is."""
    if not path.is_file():
        return False
    return head(path, 256).removeprefix(b"\xef\xbb\xbf").lstrip().startswith(b"{")


def read_sbom(path: Path) -> Inventory:
    """The packages of a document. Raises InputError."""
    return inventory_of(_loaded(path), str(path))


def sbom_of(data: bytes, name: str) -> Inventory:
    """The packages of a document in memory, called `name` in errors. Raises InputError."""
    return inventory_of(_decoded(data, name), name)


def inventory_of(document: dict[str, Any], name: str) -> Inventory:
    """The packages of a decoded document, called `name` in errors. Raises InputError."""
    if document.get("bomFormat") == "CycloneDX":
        listed = list(_cyclonedx(document))
    elif str(document.get("spdxVersion", "")).startswith("SPDX-2"):
        listed = list(_spdx(document))
    elif document.get("schema") == "drydock.sbom/1":
        listed = list(_own(document))
    else:
        raise InputError(f"{name} is no list of packages", "its format is unknown", _EXPECTED)
    if len(listed) > MAX_COMPONENTS:
        raise InputError(f"{name} is too large", f"it lists over {MAX_COMPONENTS:,} packages")
    return _inventory(document, listed)


def _loaded(path: Path) -> dict[str, Any]:
    try:
        with opened(path) as stream:
            data = stream.read(MAX_BYTES + 1)
    except DAMAGE as error:
        raise InputError(f"Cannot read {path}", str(error), _EXPECTED) from error
    return _decoded(data, str(path))


def _decoded(data: bytes, name: str) -> dict[str, Any]:
    if len(data) > MAX_BYTES:
        raise InputError(f"{name} is too large", f"it has over {MAX_BYTES:,} bytes")
    try:
        document = json.loads(data.removeprefix(b"\xef\xbb\xbf"))
    except (*DAMAGE, RecursionError) as error:
        why = "it is nested too deeply" if isinstance(error, RecursionError) else str(error)
        raise InputError(f"Cannot read {name}", why, _EXPECTED) from error
    if not isinstance(document, dict):
        raise InputError(f"{name} is no list of packages", "it is no JSON object", _EXPECTED)
    return document


def _inventory(document: dict[str, Any], listed: list[Listed]) -> Inventory:
    made: dict[Package, None] = {}
    systems: Counter[OsRelease] = Counter()
    missing = 0
    release = next((one.release for one in listed if one.release is not None), None)
    for one in listed:
        if one.release is not None:
            continue
        package = package_of(one)
        if package is None:
            missing += 1
            continue
        made.setdefault(package)
        found = distribution_of(one.purl)
        if found is not None:
            systems[found] += 1
    if release is None:
        release = max(systems, key=lambda one: systems[one], default=None)
    release = _own_release(document) or release
    order = sorted(made, key=lambda one: (one.type, one.name, one.version, one.path))
    skipped = [Skipped("the document's own gaps", text) for text in _gaps(document)]
    if missing:
        what = f"{missing:,} {'component' if missing == 1 else 'components'} of the document"
        skipped.append(Skipped(what, "no package URL with a version is given"))
    return Inventory(tuple(order), release, tuple(skipped))


def _text(value: Any) -> str:
    return value[:1_000] if isinstance(value, str) else ""


def _items(value: Any) -> Iterator[dict[str, Any]]:
    if isinstance(value, list):
        for one in value[: MAX_COMPONENTS + 1]:
            if isinstance(one, dict):
                yield one


def _cyclonedx(document: dict[str, Any]) -> Iterator[Listed]:
    waiting = [(document.get("components"), 0)]
    count = 0
    while waiting:
        components, depth = waiting.pop()
        for one in _items(components):
            count += 1
            if count > MAX_COMPONENTS + 1:
                return
            if one.get("purl") or one.get("type") in _PACKAGES:
                yield _component(one)
            if depth < MAX_DEPTH and one.get("components"):
                waiting.append((one["components"], depth + 1))


def _component(one: dict[str, Any]) -> Listed:
    name, version = _text(one.get("name")), _text(one.get("version"))
    if one.get("type") == "operating-system":
        return Listed(name, version, "", release=system(name, version))
    values = {
        _text(item.get("name")).rpartition(":")[2]: _text(item.get("value"))
        for item in _items(one.get("properties"))
    }
    return Listed(
        name,
        version,
        _text(one.get("purl")),
        source_name=values.get("sourceName") or values.get("SrcName", ""),
        source_version=values.get("sourceVersion") or _trivy_version(values),
        path=values.get("path") or values.get("FilePath", ""),
        layer=values.get("layer", ""),
        base=values.get("base", ""),
        owned_by=values.get("ownedBy", ""),
    )


def _trivy_version(values: dict[str, str]) -> str:
    """Trivy writes epoch, version and release of the source package apart."""
    version, release = values.get("SrcVersion", ""), values.get("SrcRelease", "")
    epoch = values.get("SrcEpoch", "")
    if not version:
        return ""
    return (f"{epoch}:" if epoch else "") + version + (f"-{release}" if release else "")


def _spdx(document: dict[str, Any]) -> Iterator[Listed]:
    owners = _owners(document)
    for one in _items(document.get("packages")):
        name, version = _text(one.get("name")), _text(one.get("versionInfo"))
        purpose = _text(one.get("primaryPackagePurpose")).upper().replace("_", "-")
        if purpose == "OPERATING-SYSTEM":
            yield Listed(name, version, "", release=system(name, version))
            continue
        purl = _purl(one)
        if purpose in _NO_PACKAGES and (not purl or purl.startswith(_SUBJECTS)):
            continue
        source = _SOURCE.search(_text(one.get("sourceInfo")))
        names = (source[1], source[2]) if source else ("", "")
        owner = owners.get(_text(one.get("SPDXID")), "")
        yield Listed(
            name, version, purl, source_name=names[0], source_version=names[1], owned_by=owner
        )


def _purl(one: dict[str, Any]) -> str:
    references = _items(one.get("externalRefs"))
    urls = (_text(item.get("referenceLocator")) for item in references
            if item.get("referenceType") == "purl")  # fmt: skip
    return next(urls, "")


def _owners(document: dict[str, Any]) -> dict[str, str]:
    """By the id of a package: the system package that owns its files, as syft tells it."""
    systems = {
        _text(one.get("SPDXID")): _text(one.get("name"))
        for one in _items(document.get("packages"))
        if _purl(one).startswith(_SYSTEMS)
    }
    return {
        _text(one.get("relatedSpdxElement")): systems[owner]
        for one in _items(document.get("relationships"))
        if _text(one.get("comment")).startswith("ownership-by-file-overlap")
        and (owner := _text(one.get("spdxElementId"))) in systems
    }


def _own(document: dict[str, Any]) -> Iterator[Listed]:
    for one in _items(document.get("packages")):
        layer = one.get("layer")
        yield Listed(
            _text(one.get("name")),
            _text(one.get("version")),
            _text(one.get("purl")),
            source_name=_text(one.get("source_name")),
            source_version=_text(one.get("source_version")),
            path=_text(one.get("path")),
            layer=str(layer) if isinstance(layer, int) else "",
            base=_text(one.get("base")),
            owned_by=_text(one.get("owned_by")),
            tooling=one.get("tooling") is True,
            type=_text(one.get("type")),
        )


def _own_release(document: dict[str, Any]) -> OsRelease | None:
    image = document.get("image")
    if document.get("schema") != "drydock.sbom/1" or not isinstance(image, dict):
        return None
    name = _text(image.get("distribution"))
    return system(name, _text(image.get("distribution_version"))) if name else None


def _gaps(document: dict[str, Any]) -> Iterator[str]:
    """What drydock's own document says was not read."""
    if document.get("schema") != "drydock.sbom/1":
        return
    for one in list(_items(document.get("not_assessed")))[:100]:
        yield f"{_text(one.get('what'))}: {_text(one.get('reason'))}"
