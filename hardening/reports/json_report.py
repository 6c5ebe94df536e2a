"""The JSON report, `drydock.report/1`; `docs/report.schema.json` describes every field."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from typing import Any

from hardening.model import (
    ConfigPlace,
    Evidence,
    Finding,
    Fix,
    Ignored,
    PackagePlace,
    Report,
    Safety,
)
from hardening.reports.places import describe, shown_path, where
from hardening.secrets.hiding import Masks, text_secrets
from hardening.subject import Subject
from hardening.workspace import EditError, Workspace, prepare_edits, splice

SCHEMA = "drydock.report/1"

Json = dict[str, Any]


def document(reports: Iterable[Mapping[str, Any]]) -> str:
    """The whole document as text, with a final newline; only ASCII, so that any reader reads it."""
    return json.dumps({"schema": SCHEMA, "reports": list(reports)}, indent=2) + "\n"


def report_of(path: str, image: str | None, subject: Subject, report: Report) -> Json:
    """One report as plain values; `path` as the person gave it."""
    masks = _masks(subject, report)
    return {
        "path": _text(path),
        "image": image,
        "score": report.score,
        "findings": [finding_of(subject, one, masks) for one in report.findings],
        "ignored": [_ignored(subject, one, masks) for one in report.ignored],
        "skipped": [
            {"what": one.what, "reason": one.reason, "next_step": one.next_step}
            for one in report.skipped
        ],
        "failures": [{"rule": one.rule, "error": _text(one.error)} for one in report.failures],
        "unparsed": _unparsed(subject, report),
    }


def failed_report(path: str, image: str | None, reason: str, next_step: str) -> Json:
    """The report of something that could not be opened: nothing was assessed."""
    return {
        "path": _text(path),
        "image": image,
        "score": None,
        "findings": [],
        "ignored": [],
        "skipped": [{"what": "everything", "reason": _text(reason), "next_step": next_step}],
        "failures": [],
        "unparsed": [],
    }


def _masks(subject: Subject, report: Report) -> Masks:
    """The secrets of the image and of the files that the patches change: neither a patch nor the
    evidence (commands of layers) shows one."""
    findings = (*report.findings, *(one.finding for one in report.ignored))
    paths = {
        edit.path for finding in findings for fix in finding.fixes for edit in fix.edits
    } & subject.texts.keys()
    of_files = text_secrets({path: subject.texts[path] for path in sorted(paths)})
    return Masks((*of_files, *(subject.secrets or ())))


def finding_of(subject: Subject, finding: Finding, masks: Masks) -> Json:
    place = where(subject.root, finding.places)
    return {
        "rule": finding.rule,
        "severity": finding.severity.label,
        "confidence": finding.confidence.label,
        "message": _text(masks.hide(finding.message)),
        "path": None if place.path is None else _text(place.path),
        "start_line": place.start_line,
        "end_line": place.end_line,
        "layer": place.layer,
        "file": None if place.file is None else _text(place.file),
        "packages": [_package(one) for one in finding.places if isinstance(one, PackagePlace)],
        "aliases": list(finding.aliases),
        "sources": [_text(one) for one in finding.sources],
        "evidence": [
            *_config_evidence(finding),
            *(_evidence(one, masks) for one in finding.evidence),
        ],
        "key": finding.key,
        "fixes": [_fix(subject, one, masks) for one in finding.fixes],
    }


def _package(place: PackagePlace) -> Json:
    return {
        "type": place.ecosystem,
        "name": _text(place.name),
        "version": _text(place.version),
        "layer": place.layer,
    }


def fix_diff(subject: Subject, fix: Fix) -> str:
    """What one fix alone changes, as a unified diff; "" for a manual one."""
    if fix.safety is Safety.MANUAL:
        return ""
    after = dict(subject.texts)
    for path in {edit.path for edit in fix.edits}:
        text = subject.texts.get(path, "")
        try:
            prepared = prepare_edits(text, [edit for edit in fix.edits if edit.path == path])
        except EditError:
            return ""
        after[path] = splice(text, prepared)
    return Workspace(subject.root, subject.texts, after).diff()


def _fix(subject: Subject, fix: Fix, masks: Masks) -> Json:
    return {
        "title": _text(fix.title),
        "safety": fix.safety.label,
        "preconditions": [
            {
                "statement": _text(one.statement),
                "verdict": one.verdict.value,
                "evidence": _text(one.evidence),
            }
            for one in fix.preconditions
        ],
        "diff": _text(masks.hide(fix_diff(subject, fix))),
    }


def _ignored(subject: Subject, ignored: Ignored, masks: Masks) -> Json:
    return {
        "finding": finding_of(subject, ignored.finding, masks),
        "source": ignored.source,
        "reason": _text(ignored.reason),
        "expires": None if ignored.expires is None else ignored.expires.isoformat(),
    }


def _evidence(evidence: Evidence, masks: Masks) -> Json:
    place = None if evidence.place is None else _text(describe(evidence.place))
    return {"text": _text(masks.hide(evidence.text)), "place": place}


def _config_evidence(finding: Finding) -> list[Json]:
    """A configuration key has no field of its own: it stands as the first evidence."""
    keys = (one.key for one in finding.places if isinstance(one, ConfigPlace))
    return [{"text": "Image configuration", "place": _text(key)} for key in keys]


def _unparsed(subject: Subject, report: Report) -> list[Json]:
    parts = subject.dockerfile.unparsed if subject.dockerfile is not None else ()
    reasons = {(one.start_line, one.end_line): one.reason for one in parts}
    return [
        {
            "path": _text(shown_path(subject.root, one.path)),
            "start_line": one.start_line,
            "end_line": one.end_line,
            "reason": _text(reasons.get((one.start_line, one.end_line), "not understood")),
        }
        for one in report.unparsed
    ]


def _text(text: str) -> str:
    """Bytes that are no UTF-8 become replacement characters: JSON has no lone surrogates."""
    return text.encode("utf-8", "surrogateescape").decode("utf-8", "replace")
