"""Which advisories speak of a package: its OSV ecosystem, and the name and version they use.

Distributions match by SOURCE package and source version (Debian, Ubuntu, Alpine's origin) or by
binary package (RPM). Names of language packages are normalised as their registries do.
"""

from __future__ import annotations

import re
from typing import Protocol

from hardening.advisories.model import Target
from hardening.image.release import OsRelease

_LANGUAGES = {
    "pypi": "PyPI",
    "npm": "npm",
    "golang": "Go",
    "maven": "Maven",
    "gem": "RubyGems",
    "composer": "Packagist",
    "nuget": "NuGet",
    "cargo": "crates" + ".io",
}
_EPOCH_FAMILIES = ("Red Hat", "AlmaLinux", "Rocky Linux")
_RPM_NAMES = {
    "rhel": "Red Hat",
    "almalinux": "AlmaLinux",
    "rocky": "Rocky Linux",
    "sles": "SUSE",
    "opensuse-leap": "openSUSE",
    "azurelinux": "Azure Linux",
    "mariner": "Azure Linux",
    "photon": "Photon OS",
}


class Installed(Protocol):
    """What matching asks of a package of the inventory."""

    @property
    def type(self) -> str: ...
    @property
    def name(self) -> str: ...
    @property
    def version(self) -> str: ...
    @property
    def source_name(self) -> str: ...
    @property
    def source_version(self) -> str: ...


def target_of(package: Installed, release: OsRelease | None) -> Target | None:
    """What to look up for a package; None when no advisory ecosystem covers its kind."""
    if package.type in ("deb", "apk", "rpm"):
        ecosystem = distribution(release)
        if ecosystem is None:
            return None
        if package.type == "rpm":
            return Target(ecosystem, package.name, _rpm_version(ecosystem, package.version))
        name = package.source_name or package.name
        return Target(ecosystem, name, package.source_version or package.version)
    ecosystem = _LANGUAGES.get(package.type)
    if ecosystem is None:
        return None
    return Target(ecosystem, normal_name(package.type, package.name), package.version)


def normal_name(kind: str, name: str) -> str:
    """The name as advisories write it."""
    if kind == "pypi":
        return re.sub(r"[-_.]+", "-", name).lower()
    return name.lower() if kind in ("nuget", "composer") else name


def distribution(release: OsRelease | None) -> str | None:
    """OSV's name of a release (`Debian:12`, `Alpine:v3.19`), None for one without advisories."""
    if release is None:
        return None
    version = release.version_id
    if release.id == "debian":
        return f"Debian:{version}" if version else None
    if release.id == "ubuntu":
        year, _, month = version.partition(".")
        lts = ":LTS" if month == "04" and year.isdigit() and int(year) % 2 == 0 else ""
        return f"Ubuntu:{version}{lts}"
    if release.id == "alpine":
        numbers = version.split(".")
        return f"Alpine:v{numbers[0]}.{numbers[1]}" if len(numbers) > 1 else None
    if release.id in ("wolfi", "chainguard"):
        return release.id.capitalize()
    name = _RPM_NAMES.get(release.id)
    if name is None:
        return None
    if name in ("AlmaLinux", "Rocky Linux"):
        return f"{name}:{version.partition('.')[0]}"
    return f"{name}:{version}"


def _rpm_version(ecosystem: str, version: str) -> str:
    """Records of these families carry the epoch, others do not."""
    epoch, colon, rest = version.partition(":")
    if not colon:
        return version
    keeps = ecosystem.startswith(_EPOCH_FAMILIES) and epoch != "0"
    return version if keeps else rest
