"""The packages of a subject's image and what is known to be wrong with them: read once, after the
image's files."""

from __future__ import annotations

from dataclasses import replace

from hardening.progress import SILENT, Progress
from hardening.subject import Subject


def take_inventory(subject: Subject, *, progress: Progress = SILENT) -> Subject:
    """The subject with the packages of its image; as it was when it has none. Raises ImageError,
    Cancelled."""
    if subject.image is None:
        return subject
    from hardening.inventory.catalog import catalog

    return replace(subject, inventory=catalog(subject.image, progress=progress), assessment=None)


def assess_packages(subject: Subject) -> Subject:
    """The subject with its packages looked up in the user's advisory store; as it was when they
    were not read. Raises InputError."""
    if subject.inventory is None:
        return subject
    from hardening.advisories.assessment import assess

    return replace(subject, assessment=assess(subject.inventory))
