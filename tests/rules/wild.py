"""What every proposed fix must keep to on a file from the wild; `python -m tests.rules.wild`
prints what breaks it over all the wild files, most frequent first."""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

from hardening.analyse import analyse
from hardening.dockerfile.source import decode, encode
from hardening.errors import DrydockError
from hardening.model import Profile, Safety
from hardening.opening import memory_subject
from hardening.plan import Plan, fix_key
from hardening.replay import Replayed, all_fixes, replay
from hardening.settings import Settings
from hardening.subject import Subject
from hardening.workspace import prepare_edits, splice

TODAY = date(2026, 11, 1)


@dataclass(frozen=True, slots=True)
class Complaint:
    """One thing that went wrong: `kind` and `rule` for counting, the rest for reading."""

    kind: str
    rule: str
    file: str
    detail: str


def subject_of(path: Path) -> Subject:
    """The file alone, without build context, under every rule."""
    text = decode(path.read_bytes())
    return replace(memory_subject(text, settings=Settings(profile=Profile.ALL)), today=TODAY)


def buildkit_accepts(text: str) -> bool:
    """True where BuildKit's own parser reads the text, or where its wheel is missing."""
    try:
        import dockerfile
    except ImportError:
        return True
    try:
        dockerfile.parse_string(encode(text).decode("utf-8", "replace"))
    except (dockerfile.GoParseError, ValueError):
        return False
    return True


def complaints(path: Path) -> tuple[Complaint, ...]:
    """Everything that is wrong with what drydock says and proposes about one file."""
    name = path.name
    try:
        subject = subject_of(path)
        report = analyse(subject, today=TODAY)
    except DrydockError as error:
        text = decode(path.read_bytes())
        refused = buildkit_accepts(text)
        return (Complaint("refused", "", name, str(error)),) if refused else ()
    if report.failures:
        return tuple(Complaint("crash", one.rule, name, one.traceback) for one in report.failures)
    return (*_alone(subject, name), *_together(subject, name, Safety.REVIEW))


def _alone(subject: Subject, name: str) -> Iterator[Complaint]:
    for finding in analyse(subject, today=TODAY).findings:
        for fix in finding.fixes:
            if fix.safety is Safety.MANUAL:
                continue
            key = fix_key(finding, fix)
            done = replay(subject, Plan((key,)))
            for drop in done.dropped:
                yield Complaint("not applied", finding.rule, name, f"{key}: {drop.reason}")
            if not done.dropped:
                yield from _judge(subject, done, name)
            texts = dict(subject.texts)
            for changed in {edit.path for edit in fix.edits}:
                edits = [edit for edit in fix.edits if edit.path == changed]
                old = texts.get(changed, "")
                texts[changed] = splice(old, prepare_edits(old, edits))
            if not done.dropped and texts != dict(done.subject.texts):
                yield Complaint("outside its spans", finding.rule, name, key)


def _together(subject: Subject, name: str, safety: Safety) -> Iterator[Complaint]:
    done = all_fixes(subject, safety)
    for conflict in done.conflicts:
        yield Complaint("conflict", conflict.fix.partition(":")[0], name, str(conflict))
    for drop in done.dropped:
        yield Complaint("dropped", drop.key.partition(":")[0], name, f"{drop.key}: {drop.reason}")
    yield from _judge(subject, done, name, together=" together")
    again = all_fixes(done.subject, safety)
    for one in again.applied:
        yield Complaint("not stable", one.finding.rule, name, again.workspace.diff())


def _judge(
    before: Subject, done: Replayed, name: str, *, together: str = ""
) -> Iterator[Complaint]:
    for failure in done.report.failures:
        yield Complaint("crash after fix", failure.rule, name, failure.traceback)
    rules = "+".join(sorted({one.finding.rule for one in done.applied})) if not together else ""
    old, new = before.dockerfile, done.subject.dockerfile
    assert old is not None and new is not None
    if len(new.unparsed) > len(old.unparsed):
        yield Complaint(f"unparsed{together}", rules, name, done.workspace.diff())
    if buildkit_accepts(old.text) and not buildkit_accepts(new.text):
        yield Complaint(f"BuildKit refuses{together}", rules, name, done.workspace.diff())
    for one in done.applied:
        detail = f"{one.key}\n{done.workspace.diff()}"
        if not one.silenced:
            yield Complaint(f"not silenced{together}", one.finding.rule, name, detail)
        if one.introduced and not together:
            brought = ", ".join(sorted({key.partition(":")[0] for key in one.introduced}))
            yield Complaint("brings", f"{one.finding.rule} -> {brought}", name, detail)


def main(paths: list[Path]) -> int:
    counts: Counter[tuple[str, str]] = Counter()
    with ProcessPoolExecutor(2) as pool:
        for found in pool.map(complaints, paths, chunksize=4):
            for one in found:
                counts[one.kind, one.rule] += 1
                print(f"== {one.kind}: {one.rule}: {one.file}\n{one.detail}", flush=True)
    for (kind, rule), count in counts.most_common():
        print(f"{count:6} {kind}: {rule}")
    return 1 if counts else 0


if __name__ == "__main__":
    sys.exit(main([Path(name) for name in sys.argv[1:]]))
