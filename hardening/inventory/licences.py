"""The licences that packages declare for themselves, read only for documents that name them.

Read again from the files that named the packages: Python core metadata, npm, Composer, conda and R
fields, gem specifications, apk's `L:`, RPM's License tag. Debian's copyright files are prose and
are not read. What a package declares is text of its maker: an SPDX expression, or not.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping

from hardening.image.model import Image
from hardening.inventory.catalogers import rpm
from hardening.inventory.catalogers.dpkg import stanzas
from hardening.inventory.frame import MIB, Unreadable, is_plain, lines_of, text_of
from hardening.inventory.json_reading import json_of
from hardening.inventory.model import Inventory

Key = tuple[str, str, str]
"""Path of the file, name and version; name and version are "" where the file has one package."""

MAX_LICENCE = 200
_LIMIT = 256 * MIB
_GEM = re.compile(rb"\.licenses?\s*=\s*(\[[^\]\n]*\]|[\"'][^\"'\n]*[\"'])")
_QUOTED = re.compile(rb"[\"']([^\"'\n]+)[\"']")


def licences_of(image: Image, inventory: Inventory) -> dict[Key, str]:
    """What the packages declare, "" for none left out. Files that cannot be read again are left
    out: the inventory told of them. Raises ImageError."""
    rows = image.tree.rows()
    wanted: list[dict[str, int]] = [{} for _ in image.layers]
    readers: dict[str, _Reader] = {}
    for package in inventory.packages:
        reader = _READERS.get(package.type)
        if reader is not None and package.path in rows:
            readers[package.path] = reader
            wanted[image.tree.layer_at(rows[package.path])][package.path] = _LIMIT
    found: dict[Key, str] = {}
    for number, want in enumerate(wanted):
        for entry, blob in image.blobs(number, want, limit=_LIMIT) if want else ():
            if blob.size > _LIMIT:
                continue
            try:
                for name, version, text in readers[entry.path](
                    image, entry.path, blob.read(0, blob.size)
                ):
                    text = " ".join(text.split())
                    if text and len(text) <= MAX_LICENCE and is_plain(text):
                        found.setdefault((entry.path, name, version), text)
            except Unreadable:
                continue
    return found


def licence(found: Mapping[Key, str], path: str, name: str, version: str) -> str:
    """What one package declares, "" for nothing."""
    return found.get((path, name, version)) or found.get((path, "", ""), "")


_Declared = Iterator[tuple[str, str, str]]
_Reader = Callable[[Image, str, bytes], _Declared]


def _python(image: Image, path: str, data: bytes) -> _Declared:
    """The expression of PEP 639, else the free field, else the classifiers."""
    fields: dict[str, str] = {}
    classes: list[str] = []
    for line in lines_of(data):
        if not line.strip():
            break
        key, _, value = line.partition(":")
        key, value = key.lower(), value.strip()
        if key == "classifier" and value.startswith("License :: "):
            classes.append(value.rpartition(" :: ")[2])
        elif key in ("license", "license-expression"):
            fields.setdefault(key, value)
    free = fields.get("license", "")
    known = free if free not in ("", "UNKNOWN") and len(free) <= MAX_LICENCE else ""
    yield "", "", fields.get("license-expression") or known or ", ".join(classes)


def _json(image: Image, path: str, data: bytes) -> _Declared:
    """npm's and conda's `license`; npm once had an object, and a list `licenses`."""
    values = json_of(data)
    if isinstance(values, dict):
        several = values.get("licenses")
        rows = several if isinstance(several, list) else [values.get("license")]
        texts = [one.get("type") if isinstance(one, dict) else one for one in rows]
        yield "", "", _either([one for one in texts if isinstance(one, str)])


def _composer(image: Image, path: str, data: bytes) -> _Declared:
    values = json_of(data)
    packages = values.get("packages") if isinstance(values, dict) else values
    for one in packages if isinstance(packages, list) else ():
        if isinstance(one, dict) and isinstance(one.get("license"), list):
            name, version = str(one.get("name", "")), str(one.get("version", ""))
            texts = [text for text in one["license"] if isinstance(text, str)]
            number = version[1:] if version[:1] in "vV" and version[1:2].isdigit() else version
            yield name, number, _either(texts)


def _gem(image: Image, path: str, data: bytes) -> _Declared:
    matched = _GEM.search(data)
    if matched is not None:
        yield "", "", _either([text_of(one) for one in _QUOTED.findall(matched[1])])


def _r(image: Image, path: str, data: bytes) -> _Declared:
    yield "", "", next(stanzas(data, frozenset({"License"})), {}).get("License", "")


def _apk(image: Image, path: str, data: bytes) -> _Declared:
    fields: dict[str, str] = {}
    for line in lines_of(data):
        if line[:2] in ("P:", "V:", "L:"):
            fields[line[0]] = line[2:].strip()
        elif not line.strip():
            yield fields.get("P", ""), fields.get("V", ""), fields.get("L", "")
            fields = {}
    yield fields.get("P", ""), fields.get("V", ""), fields.get("L", "")


def _rpm(image: Image, path: str, data: bytes) -> _Declared:
    if not rpm.is_database(path):
        return
    layer = image.tree.layer_at(image.tree.rows()[path])
    log = image.read(f"{path}-wal", layer=layer, limit=_LIMIT) or b""
    for blob in rpm.headers_of(path, data, {"-wal": log}):
        found = rpm.package_of(blob)
        if found is not None:
            yield found.name, found.version, rpm.licence_of(blob)


def _either(texts: list[str]) -> str:
    return texts[0] if len(texts) == 1 else " OR ".join(f"({t})" if " " in t else t for t in texts)


_READERS: dict[str, _Reader] = {
    "pypi": _python,
    "npm": _json,
    "conda": _json,
    "composer": _composer,
    "gem": _gem,
    "cran": _r,
    "apk": _apk,
    "rpm": _rpm,
}
