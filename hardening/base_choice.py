"""Any other base as a fix like others: a finding that no rule reports, with every row that can be
written down as one of its fixes. A plan names it once a person has chosen."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from hardening.model import Confidence, Finding, Fix, Severity
from hardening.subject import Subject

RULE = "base-choice"
KEY = f"{RULE}:ships:base"
"""Of the one finding: the base of what ships."""


def base_choice(subject: Subject) -> Finding | None:
    """The choice of a base for the image that ships; None where it is none of the official images
    that are known, or no row can be written down."""
    if subject.dockerfile is None:
        return None
    from hardening.rewrites.base_image import candidates
    from hardening.rules.frame import place_of
    from hardening.rules.support_better_base import known_base

    known = known_base(subject)
    if known is None:
        return None
    rows = candidates(known.old.image, known.old.text, subject.today or date.today())
    fixes = tuple(fix for row in rows if (fix := known.move(subject, row)) is not None)
    if not fixes:
        return None
    return Finding(
        rule=RULE,
        severity=Severity.INFO,
        confidence=Confidence.HIGH,
        message=f"Another base than {known.reference.shown}",
        places=(place_of(subject, known.stage.base.span),),
        subject="base",
        fixes=fixes,
        key=KEY,
    )


def is_choice(key: str) -> bool:
    """True for the key of the finding, or of one of its fixes."""
    return key.partition("/")[0] == KEY


def chosen(subject: Subject, key: str) -> tuple[Finding, Fix] | None:
    """What the key of a fix stands for, with the finding named after what was chosen; None where
    that row is none of the choices now."""
    found = base_choice(subject)
    name = key.rpartition("/")[2]
    fixes = found.fixes if found is not None else ()
    fix = next((one for one in fixes if one.name == name), None)
    return None if fix is None or found is None else (replace(found, message=fix.title), fix)
