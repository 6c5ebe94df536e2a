"""Vulnerable packages that the image adds itself, put together by what mends them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from hardening.advisories.assessment import Row
from hardening.image.model import Origin
from hardening.inventory.model import Package
from hardening.model import Fix, Verdict
from hardening.rewrites.python_dependents import accepted
from hardening.rewrites.raise_pin import by_hand, raise_fix
from hardening.rewrites.renewals import go_get, renewals
from hardening.rewrites.version_pins import PLAIN_VERSION, Pin, folded, pins
from hardening.rules.support_vulnerabilities import (
    SYSTEM,
    counted,
    highest,
    names_of,
    packages_in,
    raised,
)
from hardening.rules.support_vulnerable_base import newer_go, upgrades
from hardening.subject import Subject

_PROGRAMS = {"golang": "Go", "cargo": "Rust"}
_SHOWN = 3


@dataclass(frozen=True, slots=True)
class Group:
    """Rows that one action mends; never empty. `about` names them stably, `pinned` are the places
    that hold the package at its version."""

    about: str
    rows: tuple[Row, ...]
    pinned: tuple[Pin, ...] = ()

    @property
    def package(self) -> Package:
        return self.rows[0].packages[0]

    @property
    def fixed(self) -> str | None:
        """The version that mends all rows of one package, None when they cannot be compared."""
        ecosystem = self.rows[0].vulnerability.ecosystem
        return highest(ecosystem, {row.vulnerability.fixed for row in self.rows})


def groups(subject: Subject, rows: Sequence[Row]) -> Iterator[Group]:
    """What is pinned by itself; system packages by the layer that brought them; npm packages by
    their folder; Go and Rust modules by their program; every other package alone."""
    known = defaultdict[tuple[str, str], list[Pin]](list)
    for pin in pins(subject.texts, subject.dockerfile):
        known[pin.type, pin.name].append(pin)
    found = defaultdict[str, list[Row]](list)
    holding: dict[str, tuple[Pin, ...]] = {}
    for row in rows:
        package = row.packages[0]
        held = tuple(
            one
            for one in known.get((package.type, folded(package.type, package.name)), ())
            if _holds(one, row)
        )
        about = f"{package.type} {package.name}" if held else _about(package)
        found[about].append(row)
        holding[about] = held
    for about, members in found.items():
        yield Group(about, tuple(members), holding[about])


def _holds(pin: Pin, row: Row) -> bool:
    """Whether raising the pin changes what is installed, and the advisory speaks of the pin's own
    kind of version."""
    package = row.packages[0]
    if package.source_version != package.version and package.type in SYSTEM:
        return False
    if package.tooling:
        return False
    ecosystem = row.vulnerability.ecosystem
    if not pin.version:
        return True
    both = (package.version, pin.version)
    if pin.exact:
        return both[0] == both[1] or (
            highest(ecosystem, both) == both[0] and highest(ecosystem, both[::-1]) == both[1]
        )
    if pin.type == "npm" and pin.version.split(".")[:1] != package.version.split(".")[:1]:
        return False
    return highest(ecosystem, both) == package.version


def _about(package: Package) -> str:
    if package.type in SYSTEM:
        return f"{package.type} packages of layer {package.layer}"
    if _is_go_release(package):
        return f"Go release of {package.path}"
    if package.type in _PROGRAMS:
        return f"{_PROGRAMS[package.type]} program {package.path}"
    if package.type == "npm":
        folder = "npm itself" if package.tooling else _root_of(package.path)
        return f"npm packages of {folder}"
    return f"{package.type} {package.name}"


def _is_go_release(package: Package) -> bool:
    return package.type == "golang" and package.name == "stdlib"


def _root_of(path: str) -> str:
    """The folder with the outermost `node_modules` of a path."""
    head, found, _ = f"/{path}".partition("/node_modules/")
    return (head or "/") if found else (path.rpartition("/")[0] or "/")


def message(group: Group) -> str:
    package, said = group.package, counted(group.rows)
    if group.about == f"{package.type} {package.name}":
        fixed = group.fixed
        mends = f": {fixed} mends {'it' if len(group.rows) == 1 else 'them'}" if fixed else ""
        return f"{package.name} {package.version} has {said}{mends}"
    who = names_of(group.rows)
    count = len(packages_in(group.rows))
    if package.type in SYSTEM:
        noun = "system package" if count == 1 else "system packages"
        return f"{count} {noun} with newer versions have {said}: {who}"
    if _is_go_release(package):
        mends = f": {group.fixed} mends them" if group.fixed else ""
        return f"/{package.path} is built with Go {package.version}, which has {said}{mends}"
    if package.type in _PROGRAMS:
        return f"/{package.path} is built from {_PROGRAMS[package.type]} code with {said}: {who}"
    return f"{group.about} have {said} that newer versions mend: {who}"


def fixes(subject: Subject, group: Group) -> Iterator[Fix]:
    """The raise of its pins; for system packages of nobody knows which layer, an upgrade."""
    fixed, row = group.fixed, group.rows[0]
    if group.pinned and fixed and PLAIN_VERSION.match(fixed):
        yield raise_fix(
            subject,
            group.pinned,
            fixed,
            package=group.package,
            advisory=row.vulnerability.advisory or row.vulnerability.id,
            raised=[name for kind, name in raised(subject) if kind == "pypi"],
        )
    elif _is_go_release(group.package) and fixed:
        yield from newer_go(subject, fixed)
    elif group.package.type in SYSTEM and group.package.base is Origin.UNKNOWN:
        yield from upgrades(subject, group.rows)


def tip(subject: Subject, group: Group, tried: Sequence[Fix]) -> str:
    """What to do where no text of the subject can be changed; `tried` are the group's fixes."""
    package, fixed = group.package, group.fixed
    if package.type in SYSTEM:
        return "Build again with --no-cache: what is installed without a version comes in newer"
    if _is_go_release(package):
        return f"Build the program again with Go {fixed}, or take a newer release of it"
    if package.tooling:
        return "Leave npm out of the image that ships, or take a newer Node base"
    if group.pinned and fixed and tried:
        said = by_hand(subject, group.pinned, tried[0], fixed)
        if said:
            return said
    wanted = _wanted(group)
    command = renewals(package.type, wanted[:_SHOWN], subject.context)
    more = f" and {len(wanted) - _SHOWN} more" if len(wanted) > _SHOWN else ""
    if command:
        return f"Run `{command}`, then build again{more and f': the same for{more[4:]}'}"
    listed = ", ".join(f"{name} {version}" for name, version in wanted[:_SHOWN]) + more
    if package.type == "golang":
        again = f"build it again after `{go_get(wanted[:_SHOWN])}`{more}"
        return f"Take a newer release of the program, or {again}"
    if package.type == "cargo":
        return f"Take a newer release of the program, or build it again with {listed}"
    held = _held(subject, package, fixed) if package.type == "pypi" and fixed else ""
    return held or f"Ask for {listed} in the manifest, renew its lock file, build again"


def _held(subject: Subject, package: Package, fixed: str) -> str:
    """Of a Python package that no text pins: what keeps it at its version."""
    if subject.image is None or subject.inventory is None:
        return ""
    found = accepted(package, fixed, subject.image, subject.inventory)
    if found.verdict is Verdict.FAILS:
        return f"{found.evidence}: raise that first"
    floor = f"{package.name}>={fixed}"
    return f"No package in the image keeps it below {fixed}: build anew, or ask for {floor}"


def _wanted(group: Group) -> list[tuple[str, str]]:
    """The packages with the versions that mend them."""
    versions = defaultdict[str, set[str]](set)
    for row in group.rows:
        versions[row.vulnerability.package].add(row.vulnerability.fixed)
    ecosystem = group.rows[0].vulnerability.ecosystem
    return [(name, highest(ecosystem, given) or max(given)) for name, given in versions.items()]
