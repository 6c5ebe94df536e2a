"""The ways out of a vulnerable base: a better base, or an upgrade of what it brings."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date

from hardening.advisories.assessment import Row
from hardening.dockerfile.model import Dockerfile
from hardening.facts.official import read
from hardening.model import Fix, Safety, unknown
from hardening.rewrites.base_image import Candidate, Risk, candidates
from hardening.rewrites.package_upgrade import ALL, pip_fix, upgrade_fix, upgraded
from hardening.rules.support_better_base import Known, known_base
from hardening.rules.support_images import Reference, external_bases, local_digest
from hardening.rules.support_vulnerabilities import SYSTEM, highest, packages_in
from hardening.subject import Subject

_NEAR = (Risk.REFRESH, Risk.PATCH)


def ways_out(subject: Subject, rows: Sequence[Row]) -> Iterator[Fix]:
    """Least risk first: the same tag anew, a patch release, an upgrade, then newer releases. What
    people have to do by hand comes last."""
    moves = list(_moves(subject))
    near = [fix for row, fix in moves if row.risk in _NEAR]
    far = [fix for row, fix in moves if row.risk not in _NEAR]
    found = [*near, *upgrades(subject, rows), *_pip_upgrades(subject, rows), *far]
    yield from sorted(found, key=lambda fix: fix.safety is Safety.MANUAL)


def upgrades(subject: Subject, rows: Sequence[Row]) -> Iterator[Fix]:
    """One RUN for each kind of system package that has a fix and is not upgraded already."""
    dockerfile, image, inventory = subject.dockerfile, subject.image, subject.inventory
    if dockerfile is None or image is None or inventory is None:
        return
    done = upgraded(dockerfile)
    for kind in SYSTEM if ALL not in done else ():
        fixed = [row for row in rows if row.vulnerability.fixed]
        names = {one.name for one in packages_in(fixed) if one.type == kind} - done
        fix = upgrade_fix(
            dockerfile,
            image,
            kind,
            names,
            release=inventory.release,
            today=subject.today or date.today(),
            built=_built(subject),
        )
        if fix is not None:
            yield fix


def _built(subject: Subject) -> Dockerfile | None:
    """The text of which the image was built."""
    return subject.built_from.dockerfile if subject.built_from is not None else None


def _pip_upgrades(subject: Subject, rows: Sequence[Row]) -> Iterator[Fix]:
    """For rows that are Python's alone: what the base installed with pip is raised by pip."""
    if subject.dockerfile is None or subject.image is None:
        return
    fixed = defaultdict[str, set[str]](set)
    for row in rows:
        if row.packages[0].type != "pypi" or not row.vulnerability.fixed:
            return
        fixed[row.vulnerability.package].add(row.vulnerability.fixed)
    wanted = {name: highest("PyPI", versions) for name, versions in fixed.items()}
    known = {name: version for name, version in wanted.items() if version is not None}
    paths = [one.path for one in packages_in(rows)]
    fix = pip_fix(subject.dockerfile, subject.image, known, paths, built=_built(subject))
    if fix is not None and len(known) == len(wanted):
        yield fix


def _moves(subject: Subject) -> Iterator[tuple[Candidate, Fix]]:
    known = known_base(subject) if subject.dockerfile is not None else None
    if known is None:
        return
    rows = list(candidates(known.old.image, known.old.text, subject.today or date.today()))
    if _is_behind(subject, known.reference):
        change = (f"the digest that {known.reference.shown} has now",)
        rows.insert(0, Candidate(known.old, Risk.REFRESH, change, ("rebuilt since",)))
    for row in rows:
        fix = known.move(subject, row) if row.risk is not Risk.FLAVOUR else None
        if fix is not None:
            yield row, _with_doubt(fix)


def _is_behind(subject: Subject, reference: Reference) -> bool:
    """Whether the pin is another digest than the one that the local engine pulled for the tag."""
    now = local_digest(subject, replace(reference, digest=""))
    return bool(reference.digest and now and now != reference.digest)


def _with_doubt(fix: Fix) -> Fix:
    doubt = unknown("The newer base has the fixed packages", "Its packages were not read")
    return replace(fix, preconditions=(*fix.preconditions, doubt))


def newer_go(subject: Subject, fixed: str) -> Iterator[Fix]:
    """The Go image of the build stages at a release that has the fix, where all of them start
    from one tag that names an older release."""
    if subject.dockerfile is None:
        return
    found = [one for one in external_bases(subject) if one[1].official == "golang"]
    if len({reference for _, reference in found}) != 1:
        return
    stage, reference = found[0]
    old = read("golang", reference.tag)
    if old is None or old.version.count(".") < 2 or not _reaches(fixed, old.version):
        return
    known = Known(stage, reference, old)
    for row in candidates("golang", old.text, subject.today or date.today()):
        if row.risk in (Risk.PATCH, Risk.MINOR) and _reaches(row.tag.version, fixed):
            fix = known.move(subject, row)
            if fix is not None:
                yield fix


def _reaches(version: str, wanted: str) -> bool:
    return highest("Go", (version, wanted)) == version
