"""Leaves out the findings that a comment or the settings ask to leave out, and says which.

A pragma that cannot be honoured (no reason, an unknown rule) or whose date is past is a finding
of its own, `bad-pragma`; the findings that it was about stay.
"""

from __future__ import annotations

import fnmatch
from collections.abc import Iterable
from datetime import date
from os.path import relpath

from hardening.model import (
    Confidence,
    ConfigPlace,
    FilePlace,
    Finding,
    Ignored,
    ImagePathPlace,
    LayerPlace,
    Severity,
)
from hardening.pragmas.allowed_secrets import by_allowed_secret
from hardening.pragmas.readers import (
    EVERYTHING,
    OURS,
    Pragma,
    read_line_pragmas,
    read_pragmas,
    trivy_id,
)
from hardening.settings import Ignore
from hardening.subject import Subject

BAD_PRAGMA = "bad-pragma"


def apply(
    subject: Subject, findings: Iterable[Finding], today: date
) -> tuple[tuple[Finding, ...], tuple[Ignored, ...], tuple[Finding, ...]]:
    """Findings that stay, findings left out, and findings about bad pragmas and expired ignores."""
    pragmas = _all_pragmas(subject)
    honoured = [one for one in pragmas if not one.problem and not _past(one.until, today)]
    ignores = subject.settings.ignores if subject.settings is not None else ()
    in_force = [one for one in ignores if not _past(one.expires, today)]
    secrets = subject.settings.allowed_secrets if subject.settings is not None else ()
    allowed = [one for one in secrets if not _past(one.expires, today)]
    kept: list[Finding] = []
    ignored: list[Ignored] = []
    for finding in findings:
        reason = (
            _by_pragma(subject, finding, honoured)
            or _by_settings(subject, finding, in_force)
            or by_allowed_secret(subject, finding, allowed)
        )
        if reason is None:
            kept.append(finding)
        else:
            ignored.append(reason)
    about = [
        *(_bad(subject, one, today) for one in pragmas if one not in honoured),
        *(_expired(one.where, one.rule, one.expires) for one in ignores if one not in in_force),
        *(_expired(one.where, "a secret", one.expires) for one in secrets if one not in allowed),
    ]
    return tuple(kept), tuple(ignored), tuple(one for one in about if one is not None)


def _all_pragmas(subject: Subject) -> tuple[Pragma, ...]:
    dockerfile = subject.dockerfile
    found = list(read_pragmas(dockerfile)) if dockerfile is not None else []
    for path, text in subject.texts.items():
        if dockerfile is None or path != dockerfile.path:
            found.extend(read_line_pragmas(path, text))
    return tuple(found)


def _past(until: date | None, today: date) -> bool:
    return until is not None and until < today


def _by_pragma(subject: Subject, finding: Finding, pragmas: list[Pragma]) -> Ignored | None:
    if not pragmas:
        return None
    index = _instruction_of(subject, finding)
    for pragma in pragmas:
        if pragma.path is not None:
            if not _on_line(finding, pragma):
                continue
        elif pragma.instruction is not None and pragma.instruction != index:
            continue
        if any(_names(pragma.tool, name, finding) for name in pragma.names):
            source = f"{pragma.tool} comment on line {pragma.line}"
            return Ignored(finding, source, pragma.reason, pragma.until)
    return None


def _on_line(finding: Finding, pragma: Pragma) -> bool:
    return any(
        isinstance(place, FilePlace)
        and place.path == pragma.path
        and place.start_line in (pragma.line, pragma.line + 1)
        for place in finding.places
    )


def _by_settings(subject: Subject, finding: Finding, ignores: list[Ignore]) -> Ignored | None:
    for one in ignores:
        if not _names(OURS, one.rule, finding):
            continue
        if one.path is not None and not _path_matches(subject, finding, one.path):
            continue
        if one.stage is not None and not _in_stage(subject, finding, one.stage):
            continue
        return Ignored(finding, one.where, one.reason, one.expires)
    return None


def _names(tool: str, name: str, finding: Finding) -> bool:
    """Whether a name of that tool means the finding's rule."""
    if name == EVERYTHING:
        return any(alias.startswith(f"{tool}:") for alias in finding.aliases)
    wanted = name.lower()
    if tool == OURS:
        if wanted == finding.rule:
            return True
        bare = ":" not in wanted
        return any(
            wanted == (alias.partition(":")[2] if bare else alias).lower()
            for alias in finding.aliases
        )
    for alias in finding.aliases:
        owner, _, identity = alias.partition(":")
        if (
            owner == tool
            and (trivy_id(identity).lower() if tool == "trivy" else identity.lower())
            == wanted.lower()
        ):
            return True
    return False


def _instruction_of(subject: Subject, finding: Finding) -> int | None:
    """Index of the instruction that the finding stands on; a layer's is the one that made it."""
    dockerfile = subject.dockerfile
    if dockerfile is None:
        return None
    for place in finding.places:
        if isinstance(place, FilePlace) and place.path == dockerfile.path:
            instruction = dockerfile.instruction_at(place.span.start)
            return None if instruction is None else instruction.index
        if isinstance(place, LayerPlace | ImagePathPlace) and subject.image is not None:
            layers = subject.image.layers
            if place.layer < len(layers):
                return layers[place.layer].attribution.instruction
    return None


def _path_matches(subject: Subject, finding: Finding, pattern: str) -> bool:
    """File places by their path from the settings file's folder, image places by their path."""
    for place in finding.places:
        if isinstance(place, FilePlace):
            if fnmatch.fnmatchcase(_from_settings_folder(subject, place.path), pattern):
                return True
        elif isinstance(place, ImagePathPlace) and fnmatch.fnmatchcase(
            place.path, pattern.lstrip("/")
        ):
            return True
    return False


def _from_settings_folder(subject: Subject, path: str) -> str:
    settings = subject.settings
    if settings is None or settings.file is None:
        return path
    return relpath((subject.root / path).absolute(), settings.file.parent.absolute())


def _in_stage(subject: Subject, finding: Finding, stage: str) -> bool:
    index = _instruction_of(subject, finding)
    dockerfile = subject.dockerfile
    if index is None or dockerfile is None:
        return False
    found = dockerfile.stage_of(dockerfile.instructions[index])
    return found is not None and stage.lower() in (found.name or "", str(found.index))


def _bad(subject: Subject, pragma: Pragma, today: date) -> Finding | None:
    if pragma.problem:
        message = f"This pragma {pragma.problem}; it is not honoured"
    elif _past(pragma.until, today):
        message = f"This pragma ran out on {pragma.until}; what it left out is back"
    else:
        return None
    return Finding(
        rule=BAD_PRAGMA,
        severity=Severity.LOW,
        confidence=Confidence.HIGH,
        message=message,
        places=(_place_of(subject, pragma),),
        subject=f"{pragma.tool} {','.join(pragma.names)}",
        tip='Write # drydock: ignore=RULE reason="..." until=YYYY-MM-DD, or take the comment out.'
        if pragma.tool == OURS
        else "Mend what it was about, or give it a new date.",
    )


def _place_of(subject: Subject, pragma: Pragma) -> FilePlace:
    path = pragma.path
    if path is None and subject.dockerfile is not None:
        path = subject.dockerfile.path
    return FilePlace(path or "", pragma.span, pragma.line, pragma.line)


def _expired(where: str, about: str, expires: date | None) -> Finding:
    return Finding(
        rule=BAD_PRAGMA,
        severity=Severity.LOW,
        confidence=Confidence.HIGH,
        message=f"{where} for {about} ran out on {expires}; what it left out is back",
        places=(ConfigPlace(where),),
        subject=about,
        tip="Mend what it was about, or give it a new date with a reason.",
    )
