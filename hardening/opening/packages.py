"""The packages of a subject's image and what is known to be wrong with them: read once, after the
image's files."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import TYPE_CHECKING

from hardening.errors import InputError
from hardening.progress import SILENT, Progress
from hardening.skipped import Skipped
from hardening.subject import Subject

if TYPE_CHECKING:
    from hardening.advisories.assessment import Assessment
    from hardening.advisories.model import Vulnerability
    from hardening.inventory.model import Inventory


def take_inventory(subject: Subject, *, progress: Progress = SILENT) -> Subject:
    """The subject with the packages of its image; as it was when it has none. Raises ImageError,
    Cancelled."""
    if subject.image is None:
        return subject
    from hardening.inventory.catalog import catalog

    return replace(subject, inventory=catalog(subject.image, progress=progress), assessment=None)


def assess_packages(subject: Subject) -> Subject:
    """The subject with its packages looked up in the user's advisory store, and with the manifests
    of its context that pin a vulnerable one; as it was when they were not read. Raises
    InputError."""
    if subject.inventory is None:
        return subject
    from hardening.advisories.assessment import assess

    return with_assessment(subject, assess(subject.inventory))


def assess_or_say(subject: Subject) -> Subject:
    """The same, where a store that cannot be read is told as not assessed."""
    from hardening.advisories.assessment import Assessment

    try:
        return assess_packages(subject)
    except InputError as error:
        said = Skipped("vulnerabilities", f"{error.what}: {error.why}", error.next_step)
        return replace(subject, assessment=Assessment(not_assessed=(said,)))


def with_assessment(subject: Subject, found: Assessment | Iterable[Vulnerability]) -> Subject:
    """The subject with an assessment, or with vulnerabilities that are joined to the packages of
    its inventory; and with the manifests that pin a vulnerable package."""
    from hardening.advisories.assessment import Assessment
    from hardening.opening.manifests import with_manifests

    if subject.inventory is None:
        return subject
    if not isinstance(found, Assessment):
        found = _joined(subject.inventory, found)
    return with_manifests(replace(subject, assessment=found))


def _joined(inventory: Inventory, found: Iterable[Vulnerability]) -> Assessment:
    from hardening.advisories.assessment import Assessment, Row
    from hardening.advisories.ecosystems import target_of

    rows = []
    for one in found:
        having = (
            package
            for package in inventory.packages
            if package.owned_by is None and target_of(package, inventory.release) == one.target
        )
        if packages := tuple(having):
            rows.append(Row(one, packages))
    return Assessment(tuple(rows), assessed=len(inventory.packages))
