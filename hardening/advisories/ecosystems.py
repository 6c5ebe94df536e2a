"""Which advisories speak of a package: its OSV ecosystem, and the name and version they use.

Distributions match by SOURCE package and source version (Debian, Ubuntu, Alpine's origin) or by
binary package (RPM). Names of language packages are normalised as their registries do.
"""

from __future__ import annotations

import re
from typing import Protocol

from hardening.advisories.model import Target
from hardening.facts.eol import releases
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


def targets_of(package: Installed, release: OsRelease | None) -> tuple[Target, ...]:
    """Everything to look up for a package: Wolfi's and Chainguard's records name the package or
    its origin."""
    first = target_of(package, release)
    if first is None:
        return ()
    if package.type == "apk" and first.ecosystem in ("Wolfi", "Chainguard"):
        own = Target(first.ecosystem, package.name, package.version)
        return (first,) if own == first else (first, own)
    return (first,)


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
    if ecosystem is None or (package.type == "maven" and ":" not in package.name):
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
        version = version or _debian_number(release.codename)
        return f"Debian:{version}" if version else None
    if release.id == "ubuntu":
        year, _, month = version.partition(".")
        lts = ":LTS" if month == "04" and year.isdecimal() and int(year) % 2 == 0 else ""
        return f"Ubuntu:{version}{lts}"
    if release.id == "alpine":
        return _alpine(version)
    if release.id in ("wolfi", "chainguard"):
        return release.id.capitalize()
    return _rpm_release(release)


def _debian_number(codename: str) -> str:
    """`testing` images name no number; `sid` has none."""
    found = next((one for one in releases("debian") if codename and one.codename == codename), None)
    return "" if found is None else found.cycle


def _alpine(version: str) -> str | None:
    if "_alpha" in version or version == "edge":
        return "Alpine:edge"
    numbers = version.split(".")
    return f"Alpine:v{numbers[0]}.{numbers[1]}" if len(numbers) > 1 else None


def _rpm_release(release: OsRelease) -> str | None:
    name, version = _RPM_NAMES.get(release.id), release.version_id
    if name is None or not version:
        return None
    major = version.partition(".")[0]
    if name == "Red Hat":
        return f"Red Hat:enterprise_linux:{major}"
    if name == "openSUSE":
        return f"openSUSE:Leap {version}"
    if name == "SUSE":
        _, dot, pack = version.partition(".")
        return f"SUSE:Linux Enterprise Server {major}" + (f" SP{pack}" if dot else "")
    return f"{name}:{major if name in ('AlmaLinux', 'Rocky Linux') else version}"


def _rpm_version(ecosystem: str, version: str) -> str:
    """Records of these families carry the epoch, others do not."""
    epoch, colon, rest = version.partition(":")
    if not colon:
        return version
    keeps = ecosystem.startswith(_EPOCH_FAMILIES) and epoch != "0"
    return version if keeps else rest
