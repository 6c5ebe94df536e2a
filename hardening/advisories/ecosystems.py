"""Which advisories speak of a package: its OSV ecosystem, and the name and version they use.

Debian, Ubuntu and Alpine match by SOURCE package and source version; for RPM see `rpm_names`. Names
of language packages are normalised as their registries do.
"""

from __future__ import annotations

from typing import Protocol

from hardening.advisories.model import Target
from hardening.advisories.names import normal_name
from hardening.advisories.rpm_names import Epochs, Rpm, epochs_of, rpm_release, rpm_targets
from hardening.advisories.versions import scheme_of
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
    "cran": "CRAN",
}
_ROLLING = {"wolfi": "Wolfi", "chainguard": "Chainguard", "minimos": "MinimOS"}
_BY_PACKAGE = frozenset(_ROLLING.values())
"""Their records name the package, by the schema, or its origin."""


class Installed(Rpm, Protocol):
    """What matching asks of a package of the inventory."""

    @property
    def type(self) -> str: ...


def targets_of(
    package: Installed, release: OsRelease | None, epochs: Epochs | None = None
) -> tuple[Target, ...]:
    """Everything to look up for a package: where records may name it or its source, both. `epochs`
    are those of the source packages of the whole inventory."""
    if package.type == "rpm":
        ecosystem = distribution(release)
        if ecosystem is None:
            return ()
        known = epochs_of((package,)) if epochs is None else epochs
        return rpm_targets(package, ecosystem, known, getattr(package, "purl", ""))
    first = _target(package, release)
    if first is None:
        return ()
    if package.type == "apk" and first.ecosystem in _BY_PACKAGE:
        own = Target(first.ecosystem, package.name, package.version)
        return (first,) if own == first else (first, own)
    return (first,)


def target_of(package: Installed, release: OsRelease | None) -> Target | None:
    """The first of what to look up; None when no advisory ecosystem covers its kind."""
    return next(iter(targets_of(package, release)), None)


def _target(package: Installed, release: OsRelease | None) -> Target | None:
    if package.type in ("deb", "apk"):
        ecosystem = distribution(release)
        if ecosystem is None:
            return None
        name = package.source_name or package.name
        return Target(ecosystem, name, package.source_version or package.version)
    ecosystem = _LANGUAGES.get(package.type)
    if ecosystem is None or (package.type == "maven" and ":" not in package.name):
        return None
    name = normal_name(scheme_of(ecosystem), package.name)
    return Target(ecosystem, name, package.version)


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
        return f"Ubuntu:{version}{lts}" if version else None
    if release.id == "alpine":
        return _alpine(version)
    return _ROLLING.get(release.id) or rpm_release(release)


def _debian_number(codename: str) -> str:
    """`testing` images name no number; `sid` has none."""
    found = next((one for one in releases("debian") if codename and one.codename == codename), None)
    return "" if found is None else found.cycle


def _alpine(version: str) -> str | None:
    if "_alpha" in version or version == "edge":
        return "Alpine:edge"
    numbers = version.split(".")
    return f"Alpine:v{numbers[0]}.{numbers[1]}" if len(numbers) > 1 else None
