"""What the rules about vulnerabilities share: which rows are whose, words for many of them, and
which of them the changed files will mend once they are built."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

from hardening.advisories.assessment import Assessment, Row
from hardening.advisories.model import Vulnerability
from hardening.advisories.risk import order
from hardening.advisories.versions import InvalidVersion, key_of, scheme_of
from hardening.image.model import Origin
from hardening.inventory.model import Package
from hardening.model import Evidence, FilePlace, LayerPlace, PackagePlace, Place, Severity
from hardening.rewrites.package_upgrade import ALL, upgraded
from hardening.rewrites.version_pins import Pin, folded, pins
from hardening.rules.support_better_base import runtime_base
from hardening.rules.support_images import Reference, external_bases
from hardening.rules.support_layers import lines_of
from hardening.same import Same
from hardening.skipped import Skipped
from hardening.subject import Subject

SYSTEM = ("deb", "apk", "rpm")
MALICIOUS = "MAL-"
MAX_EVIDENCE = 200
MAX_PLACES = 50


@dataclass(frozen=True, slots=True)
class Shares:
    """The rows that count, by who can mend them. A row whose packages are partly the base's and
    partly the image's own stands in both with its packages split."""

    base: tuple[Row, ...]
    own: tuple[Row, ...]


def shares(subject: Subject) -> Shares:
    """Rows that the default view shows, the most urgent first, without malicious packages and
    without what the changed files have in hand already. The last answers are kept: most changes of
    a file change nothing here."""
    state = _State(
        Same(subject.assessment),
        newly_upgraded(subject),
        frozenset(raised(subject).items()),
        base_changed(subject),
    )
    return _shares(state)


@dataclass(frozen=True, slots=True)
class _State:
    """All that decides which rows are whose."""

    assessment: Same[Assessment | None]
    """Comparing thousands of rows is not worth it."""
    upgraded: frozenset[str]
    raised: frozenset[tuple[tuple[str, str], str]]
    base_changed: bool


@lru_cache(maxsize=8)
def _shares(state: _State) -> Shares:
    base, own = list[Row](), list[Row]()
    new, higher = state.upgraded, dict(state.raised)
    assessment = state.assessment.value
    for row in sorted(visible(assessment), key=_order) if assessment is not None else ():
        if _is_raised(row, higher):
            continue
        left = row.packages
        if new:
            left = tuple(one for one in left if not _is_upgraded(row, one, new))
        theirs = tuple(one for one in left if one.base is Origin.BASE)
        mine = tuple(one for one in left if one.base is not Origin.BASE)
        if theirs and not state.base_changed:
            base.append(_with_packages(row, theirs))
        if mine:
            own.append(_with_packages(row, mine))
    return Shares(tuple(base), tuple(own))


def _order(row: Row) -> tuple[bool, bool, float, float, str, str]:
    return order(row.vulnerability)


def _with_packages(row: Row, packages: tuple[Package, ...]) -> Row:
    return row if len(packages) == len(row.packages) else replace(row, packages=packages)


def visible(assessment: Assessment) -> Iterator[Row]:
    for row in assessment.rows:
        if not row.vulnerability.hidden and not is_malicious(row.vulnerability):
            yield row


def is_malicious(one: Vulnerability) -> bool:
    """The package is malware itself: no version mends it."""
    return one.id.startswith(MALICIOUS) or one.advisory.startswith(MALICIOUS)


def newly_upgraded(subject: Subject) -> frozenset[str]:
    """System packages that the text upgrades and that of which the image was built did not."""
    before = subject.built_from
    if before is None or before.dockerfile is subject.dockerfile:
        return frozenset()
    return upgraded(subject.dockerfile) - upgraded(before.dockerfile)


def _is_upgraded(row: Row, package: Package, names: frozenset[str]) -> bool:
    if not row.vulnerability.fixed or package.type not in SYSTEM:
        return False
    return ALL in names or package.name in names


def raised(subject: Subject) -> Mapping[tuple[str, str], str]:
    """Packages that the changed files ask for at another version than before, or for the first
    time at one: type and name to the new version."""
    before = subject.built_from
    if before is None or before.texts == subject.texts:
        return {}
    old = {_identity(one) for one in pins(before.texts, before.dockerfile)}
    found = {
        (one.type, one.name): one.version
        for one in pins(subject.texts, subject.dockerfile)
        if one.version and _identity(one) not in old
    }
    release = _go_release(subject)
    if release and release != _go_release(before):
        found["golang", "stdlib"] = release
    return found


def _go_release(subject: Subject) -> str:
    """The Go release that all build stages name, "" for none, several, or one that floats."""
    if subject.dockerfile is None:
        return ""
    tags = {one.tag for _, one in external_bases(subject) if one.official == "golang"}
    version = tags.pop().partition("-")[0] if len(tags) == 1 else ""
    return version if version.count(".") == 2 else ""


def _identity(one: Pin) -> tuple[str, str, str, str]:
    return one.type, one.name, one.place.path, one.version


def _is_raised(row: Row, higher: Mapping[tuple[str, str], str]) -> bool:
    one = row.vulnerability
    if not one.fixed or not higher:
        return False
    package = row.packages[0]
    version = higher.get((package.type, folded(package.type, package.name)))
    return version is not None and highest(one.ecosystem, (version, one.fixed)) == version


def highest(ecosystem: str, versions: Iterable[str]) -> str | None:
    """The highest of some versions, None when they cannot be compared."""
    scheme = scheme_of(ecosystem)
    if scheme is None:
        return None
    try:
        return max(versions, key=lambda one: key_of(scheme, one))
    except InvalidVersion:
        return None


def base_changed(subject: Subject) -> bool:
    """Whether the text begins with another base than the image at hand."""
    before = subject.built_from
    if before is None or before.dockerfile is None or subject.dockerfile is None:
        return False
    if before.dockerfile is subject.dockerfile:
        return False
    return _base_name(before) != _base_name(subject)


def _base_name(subject: Subject) -> Reference | None:
    found = runtime_base(subject)
    return None if found is None else found[1]


def pending(subject: Subject) -> tuple[Skipped, ...]:
    """What the assessment cannot say because the files have changed since the image was built."""
    if subject.assessment is None or not subject.assessment.rows or not base_changed(subject):
        return ()
    reason = "the image at hand was built on another one"
    return (Skipped("vulnerabilities of the new base", reason, "Build the image and look again."),)


def worst(rows: Sequence[Row]) -> Severity:
    """The worst rating; what is known to be exploited is critical, what nobody rated medium."""
    if any(row.vulnerability.kev for row in rows):
        return Severity.CRITICAL
    rated = (row.vulnerability.rating.severity for row in rows)
    return max(Severity.MEDIUM if one is None else one for one in rated)


def counted(rows: Sequence[Row]) -> str:
    """`1 critical vulnerability`, `3 vulnerabilities (2 high, 1 unrated; 1 known to be
    exploited)`."""
    found = Counter(row.vulnerability.rating.severity for row in rows)
    parts = [f"{found[one]} {one.label}" for one in sorted(Severity, reverse=True) if found[one]]
    parts += [f"{found[None]} unrated"] if found[None] else []
    exploited = sum(row.vulnerability.kev for row in rows)
    known = f"; {exploited} known to be exploited" if exploited else ""
    if len(rows) == 1:
        return f"{parts[0]} vulnerability{' that is known to be exploited' if exploited else ''}"
    return f"{len(rows)} vulnerabilities ({', '.join(parts)}{known})"


def names_of(rows: Iterable[Row], limit: int = 3) -> str:
    """`openssl, curl, zlib and 4 more`, in the order of the rows."""
    names = list(dict.fromkeys(row.vulnerability.package for row in rows))
    listed = ", ".join(names[:limit])
    return listed if len(names) <= limit else f"{listed} and {len(names) - limit} more"


def evidence(rows: Sequence[Row]) -> tuple[Evidence, ...]:
    """One line for each vulnerability, in the order of the rows."""
    told = rows[:MAX_EVIDENCE]
    lines = [Evidence(_line(row.vulnerability), place_of(row.packages[0])) for row in told]
    rest = len(rows) - len(told)
    more = (Evidence(f"{rest} more: `drydock vulns` lists them"),) if rest else ()
    return (*lines, *more)


def _line(one: Vulnerability) -> str:
    rating = one.rating.severity.label if one.rating.severity is not None else "unrated"
    marks = ["known to be exploited"] if one.kev else []
    marks += [f"EPSS {one.epss:.3f}"] if one.epss is not None else []
    without = f"{one.installed}, {one.note or 'no fix'}"
    step = f"{one.installed} → {one.fixed}" if one.fixed else without
    more = f" ({', '.join(marks)})" if marks else ""
    return f"{one.id} {rating} {one.package} {step}{more}"


def place_of(package: Package) -> PackagePlace:
    return PackagePlace(package.type, package.name, package.version, package.layer)


def packages_in(rows: Iterable[Row]) -> tuple[Package, ...]:
    """Each once, in the order of the rows."""
    return tuple(dict.fromkeys(package for row in rows for package in row.packages))


def base_line(subject: Subject) -> FilePlace | None:
    """Where the Dockerfile names the base that ships."""
    found = runtime_base(subject) if subject.dockerfile is not None else None
    if found is None or subject.dockerfile is None:
        return None
    return subject.dockerfile.place(found[0].base.span)


def places(subject: Subject, rows: Sequence[Row], first: FilePlace | None) -> tuple[Place, ...]:
    """`first` or the instruction that brought the packages, then packages and layers."""
    packages = packages_in(rows)
    layers = sorted({one.layer for one in packages if one.layer is not None})
    lines = lines_of(subject, layers) if first is None else (first,)
    found: list[Place] = [*lines, *(place_of(one) for one in packages[:MAX_PLACES])]
    found += [LayerPlace(layer) for layer in layers]
    return tuple(dict.fromkeys(found))
