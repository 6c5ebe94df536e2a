"""What OSV calls the releases of RPM distributions, and by which names it knows their packages.

The OSV schema's list of ecosystems says of each whether `name` is a source package (SUSE, openSUSE,
Azure Linux, Rocky Linux), a binary one (Photon), or either (Red Hat); AlmaLinux's records name
binaries whatever the schema says. SUSE names a release as PRETTY_NAME in os-release does, Red Hat
by the end of its CPE, which has the minor release since 10.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Protocol
from urllib.parse import unquote

from hardening.advisories.model import Target
from hardening.image.release import OsRelease

_NAMES = {
    "rhel": "Red Hat",
    "almalinux": "AlmaLinux",
    "rocky": "Rocky Linux",
    "sles": "SUSE",
    "sled": "SUSE",
    "sle_hpc": "SUSE",
    "sle-micro": "SUSE",
    "sl-micro": "SUSE",
    "opensuse-leap": "openSUSE",
    "opensuse-tumbleweed": "openSUSE",
    "azurelinux": "Azure Linux",
    "mariner": "Azure Linux",
    "photon": "Photon OS",
    "mageia": "Mageia",
}
_WITH_EPOCH = ("Red Hat", "AlmaLinux", "Rocky Linux")
"""Their records carry the epoch, those of others do not."""
_BY_SOURCE = ("SUSE", "openSUSE", "Azure Linux", "Mageia")
_BY_BOTH = ("Red Hat", "Rocky Linux")
_PRETTY = re.compile(r"(openSUSE|SUSE) (.*\d.*)")
_STREAM = re.compile(r"[?&]rpmmod=([^&#]+)")
_FIRST_WITH_MINOR = 10
_FIRST_WITHOUT_PACKS = 16
Epochs = Mapping[tuple[str, str], str]
"""The epoch of a source package, by its name and its version without epoch."""


class Rpm(Protocol):
    """What is asked of a package."""

    @property
    def name(self) -> str: ...
    @property
    def version(self) -> str: ...
    @property
    def source_name(self) -> str: ...
    @property
    def source_version(self) -> str: ...


def rpm_release(release: OsRelease) -> str | None:
    """OSV's name of the release, None for one without advisories."""
    name, version = _NAMES.get(release.id), release.version_id
    if name is None or not version:
        return None
    major, _, minor = version.partition(".")
    if name == "Red Hat":
        numbers = major.isdecimal() and int(major) >= _FIRST_WITH_MINOR
        return f"Red Hat:enterprise_linux:{version if numbers else major}"
    if name in ("SUSE", "openSUSE"):
        return _suse(release, name, major, minor)
    by_major = name in ("AlmaLinux", "Rocky Linux", "Azure Linux", "Mageia")
    return f"{name}:{major if by_major else version}"


def _suse(release: OsRelease, name: str, major: str, minor: str) -> str:
    if release.id == "opensuse-tumbleweed":
        return "openSUSE:Tumbleweed"
    pretty = _PRETTY.fullmatch(release.pretty_name)
    if pretty is not None and pretty[1] == name:
        return f"{name}:{pretty[2]}"
    if name == "openSUSE":
        return f"openSUSE:Leap {release.version_id}"
    if release.id in ("sle-micro", "sl-micro"):
        word = "Enterprise Micro" if int(major) < 6 else "Micro"
        return f"SUSE:Linux {word} {release.version_id}"
    packs = major.isdecimal() and int(major) < _FIRST_WITHOUT_PACKS
    number = (f"{major} SP{minor}" if minor else major) if packs else release.version_id
    return f"SUSE:Linux Enterprise Server {number}"


def epochs_of(packages: Iterable[Rpm]) -> dict[tuple[str, str], str]:
    """The epochs of source packages: they are those of the binaries that share their version, and
    RPM does not tell them otherwise."""
    found: dict[tuple[str, str], str] = {}
    for one in packages:
        epoch, rest = _split(one.version)
        if not one.source_version or _split(one.source_version)[1] == rest:
            found.setdefault((one.source_name or one.name, rest), epoch)
    return found


def rpm_targets(package: Rpm, ecosystem: str, epochs: Epochs, purl: str = "") -> tuple[Target, ...]:
    """What to look up for a package: by the names that the ecosystem's records use."""
    family = ecosystem.partition(":")[0]
    epoch, rest = _split(package.version)
    name = package.source_name or package.name
    stated, version = _split(package.source_version or rest)
    stream = _stream(purl)
    own = Target(ecosystem, package.name, _with(family, epoch, rest), stream)
    source_epoch = stated or epochs.get((name, version), epoch)
    source = Target(ecosystem, name, _with(family, source_epoch, version), stream)
    if family in _BY_SOURCE:
        return (source,)
    return (own,) if family not in _BY_BOTH or own == source else (own, source)


def _split(version: str) -> tuple[str, str]:
    epoch, colon, rest = version.partition(":")
    return (epoch, rest) if colon else ("", version)


def _with(family: str, epoch: str, version: str) -> str:
    keeps = family in _WITH_EPOCH and epoch not in ("", "0")
    return f"{epoch}:{version}" if keeps else version


def _stream(purl: str) -> str:
    """`nodejs:18`, of `nodejs:18:9020020230903083119:rhel9`; "" for what no module built."""
    found = _STREAM.search(purl)
    parts = unquote(found[1]).split(":") if found is not None else []
    return ":".join(parts[:2]) if len(parts) > 1 else ""
