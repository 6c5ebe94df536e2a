"""A component of somebody's document as a package. Format of package URLs: package-url/purl-spec;
the `upstream` qualifier (a source package, maybe with its version) is syft's."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import NamedTuple

from hardening.image.model import Origin
from hardening.image.release import OsRelease, release_named
from hardening.inventory.catalogers.rpm import source_of
from hardening.inventory.model import Package

MAX_URL = 2_000
_OTHER_NAMES = {
    "redhat": "rhel",
    "alma": "almalinux",
    "amazon": "amzn",
    "oracle": "ol",
    "suse linux enterprise server": "sles",
    "opensuse.leap": "opensuse-leap",
    "cbl-mariner": "mariner",
    "azure": "azurelinux",
}
"""How other makers of such documents call a distribution, and its own id."""
_SYSTEM = ("deb", "apk", "rpm")
_JOINED = {"maven": ":", "npm": "/", "golang": "/", "composer": "/"}


@dataclass(frozen=True, slots=True)
class Listed:
    """What a document says of one component; "" for what it does not. `release` is set for the
    component that is the operating system."""

    name: str
    version: str
    purl: str
    source_name: str = ""
    source_version: str = ""
    path: str = ""
    layer: str = ""
    base: str = ""
    owned_by: str = ""
    tooling: bool = False
    type: str = ""
    release: OsRelease | None = None


class Parsed(NamedTuple):
    """The parts of a package URL; `name` is written as its ecosystem does."""

    type: str
    namespace: str
    name: str
    version: str
    qualifiers: Mapping[str, str]


def parsed(purl: str) -> Parsed | None:
    """The parts of a package URL, None for a text that is none."""
    if not purl.startswith("pkg:") or len(purl) > MAX_URL:
        return None
    from packageurl import PackageURL

    try:
        found = PackageURL.from_string(purl)
    except ValueError:
        return None
    qualifiers = found.qualifiers if isinstance(found.qualifiers, dict) else {}
    space, name = found.namespace or "", found.name
    if space and found.type in _JOINED:
        name = f"{space}{_JOINED[found.type]}{name}"
    return Parsed(found.type, space, name, found.version or "", qualifiers)


def system(name: str, version: str) -> OsRelease:
    """The distribution of this name, whoever wrote it."""
    name = name.strip().lower()
    return release_named(_OTHER_NAMES.get(name, name), version)


def package_of(one: Listed) -> Package | None:
    """The package, None when no package URL with a version says what it is."""
    url = parsed(one.purl)
    if url is None:
        return None
    version = _version(url) or one.version
    if not version or not url.name:
        return None
    name, source_version = _upstream(url)
    return Package(
        type=url.type,
        name=_name(one.name, url),
        version=version,
        source_name=one.source_name or name or url.name,
        source_version=one.source_version or source_version or version,
        purl=one.purl,
        path=one.path.lstrip("/"),
        layer=int(one.layer) if one.layer.isdecimal() and len(one.layer) < 6 else None,
        base=Origin(one.base) if one.base in ("base", "own") else Origin.UNKNOWN,
        owned_by=one.owned_by or None,
        arch=url.qualifiers.get("arch", ""),
        tooling=one.tooling,
    )


def _name(stated: str, url: Parsed) -> str:
    """npm's older names have capitals, which package URLs lose; the component's own name keeps
    them."""
    return stated if url.type == "npm" and stated.lower() == url.name else url.name


def _version(url: Parsed) -> str:
    """RPM's epoch stands in a qualifier."""
    epoch = url.qualifiers.get("epoch", "")
    if url.type == "rpm" and epoch.isdecimal() and epoch != "0" and ":" not in url.version:
        return f"{epoch}:{url.version}"
    return url.version


def _upstream(url: Parsed) -> tuple[str, str]:
    text = url.qualifiers.get("upstream", "")
    if url.type == "rpm":
        return source_of(text)
    name, _, version = text.partition("@")
    return (name, version) if url.type in _SYSTEM else ("", "")


def distribution_of(purl: str) -> OsRelease | None:
    """What the `distro` qualifier says (`debian-12`, `alpine-3.19.1`, `bookworm`)."""
    url = parsed(purl)
    if url is None or url.type not in _SYSTEM:
        return None
    name, dash, version = url.qualifiers.get("distro", "").rpartition("-")
    if dash and version[:1].isdecimal():
        return system(name, version)
    codename = url.qualifiers.get("distro", "").removeprefix(f"{url.namespace}-")
    return system(url.namespace, codename) if codename and url.namespace else None
