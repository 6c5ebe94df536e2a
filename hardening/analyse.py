"""Runs the rules over a subject. A rule that crashes becomes a RuleFailure; the rest go on."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

from hardening import pragmas
from hardening.analysis_cache import Remembered, key_of
from hardening.keys import Anchors, with_keys
from hardening.model import FilePlace, Finding, Report, RuleFailure
from hardening.origins import Origins
from hardening.rules import Need, Profile, Rule, all_rules
from hardening.rules.support_unread import unread
from hardening.score import score
from hardening.skipped import Skipped
from hardening.subject import Subject

_NEEDS = {
    Need.DOCKERFILE: ("no Dockerfile was given", "give the path of the Dockerfile"),
    Need.IMAGE: ("no image was read", "give one with --image"),
    Need.CONTEXT: ("no build context was given", "give the folder with --context"),
    Need.SECRETS: ("the image was not scanned for secrets", "give an image with --image"),
    Need.PACKAGES: ("the packages of the image were not read", "give an image with --image"),
    Need.ADVISORIES: ("its packages were not looked up", "run `drydock db update`"),
}


@dataclass(frozen=True, slots=True)
class _Raw:
    """What the rules said, before pragmas and keys."""

    findings: tuple[Finding, ...]
    skipped: tuple[Skipped, ...]
    failures: tuple[RuleFailure, ...]


_answers: Remembered[_Raw] = Remembered()


def analyse(
    subject: Subject,
    *,
    rules: Sequence[Rule] | None = None,
    today: date | None = None,
    anchors: Anchors | None = None,
    origins: Mapping[str, Origins] | None = None,
) -> Report:
    """Every finding of the subject, keyed and sorted: severest first, then by place.

    `anchors` and `origins` are given when the subject's texts are changed ones, so that findings
    keep the keys they had in the original. Results are cached by text.
    """
    chosen = tuple(all_rules() if rules is None else rules)
    raw = _cached(subject, chosen)
    if subject.imported:
        raw = _with_imported(raw, subject, chosen, anchors, origins)
    kept, ignored, about_pragmas = pragmas.apply(subject, raw.findings, today or date.today())
    ordered = sorted((*kept, *about_pragmas), key=sort_key)
    findings = with_keys(ordered, anchors or Anchors(subject), origins)
    nothing = subject.dockerfile is None and subject.image is None
    return Report(
        findings=findings,
        ignored=tuple(ignored),
        skipped=(*subject.missing, *raw.skipped, *_packages_skipped(subject)),
        failures=raw.failures,
        unparsed=_unparsed(subject),
        score=None if nothing else score(findings),
    )


def _with_imported(
    raw: _Raw,
    subject: Subject,
    rules: tuple[Rule, ...],
    anchors: Anchors | None,
    origins: Mapping[str, Origins] | None,
) -> _Raw:
    from hardening.imports.merge import about_others, merge

    original = anchors.original if anchors is not None else subject
    findings = merge(
        raw.findings,
        subject.imported,
        subject,
        original=original,
        originals=_cached(original, rules).findings,
        origins=origins,
    )
    skipped = tuple(
        Skipped(f"{count} imported results", f"they are about {path}", "Check that file with it.")
        for path, count in about_others(subject.imported, original).items()
    )
    return replace(raw, findings=findings, skipped=(*raw.skipped, *skipped))


def sort_key(finding: Finding) -> tuple[int, str, int, str, str]:
    """Severest first, then file places by path and line, then the rest."""
    place = finding.places[0]
    if isinstance(place, FilePlace):
        return (-finding.severity, place.path, place.span.start, finding.rule, finding.subject)
    return (-finding.severity, "\uffff", 0, finding.rule, f"{finding.subject}{place}")


def _unparsed(subject: Subject) -> tuple[FilePlace, ...]:
    dockerfile = subject.dockerfile
    if dockerfile is None:
        return ()
    return tuple(dockerfile.place(one.span) for one in dockerfile.unparsed)


def _cached(subject: Subject, rules: tuple[Rule, ...]) -> _Raw:
    return _answers.get(key_of(subject, rules), lambda: _run(subject, rules))


def forget() -> None:
    """Drop all remembered answers: for whoever measures the rules."""
    _answers.clear()


def _run(subject: Subject, rules: Iterable[Rule]) -> _Raw:
    findings: list[Finding] = []
    failures: list[RuleFailure] = []
    unmet: dict[Need, list[str]] = {}
    have = _available(subject)
    from_history = subject.dockerfile is None and subject.image is not None
    if from_history:
        from hardening.history_rules import applies, findings_of_history, unread_history
    for rule in rules:
        if not _in_profile(rule, subject):
            continue
        by_history = from_history and applies(rule)
        lacking = next((need for need in Need if need in rule.needs and need not in have), None)
        if lacking is not None and not by_history:
            unmet.setdefault(lacking, []).append(rule.id)
            continue
        try:
            found = findings_of_history(subject, (rule,)) if by_history else rule.run(subject)
        except Exception as error:  # a rule is a plug-in: its crash must not take the rest along
            import traceback

            text = "".join(traceback.format_exception(error))
            failures.append(RuleFailure(rule.id, f"{type(error).__name__}: {error}", text))
            continue
        findings.extend(_with_severity(finding, subject) for finding in found)
    skipped = tuple(
        Skipped("rules " + ", ".join(names), *_NEEDS[need]) for need, names in unmet.items()
    )
    told = unread_history(subject) if from_history else ()
    return _Raw(tuple(findings), (*skipped, *unread(subject), *told), tuple(failures))


def _packages_skipped(subject: Subject) -> tuple[Skipped, ...]:
    """Packages that were not read, and those that no advisory was looked up for."""
    if subject.assessment is not None:
        from hardening.rules.support_vulnerabilities import pending

        return (*subject.assessment.not_assessed, *pending(subject))
    return subject.inventory.not_assessed if subject.inventory is not None else ()


def _available(subject: Subject) -> frozenset[Need]:
    have = set()
    if subject.dockerfile is not None:
        have.add(Need.DOCKERFILE)
    if subject.image is not None and subject.image.files_read:
        have.add(Need.IMAGE)
    if subject.context is not None:
        have.add(Need.CONTEXT)
    if subject.secrets is not None:
        have.add(Need.SECRETS)
    if subject.inventory is not None:
        have.add(Need.PACKAGES)
    if subject.assessment is not None:
        have.add(Need.ADVISORIES)
    return frozenset(have)


def _in_profile(rule: Rule, subject: Subject) -> bool:
    if rule.profile is Profile.HARDENING:
        return True
    return subject.settings is not None and subject.settings.profile is Profile.ALL


def _with_severity(finding: Finding, subject: Subject) -> Finding:
    if subject.settings is None:
        return finding
    severity = subject.settings.severities.get(finding.rule)
    return finding if severity is None else replace(finding, severity=severity)
