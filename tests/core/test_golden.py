"""Golden pairs: what all fixes together make of a Dockerfile, reviewed by a person.

`tests/golden/NAME.before.Dockerfile` and every sample (with its context and image), each at both
safeties. `DRYDOCK_UPDATE_GOLDEN=1` (make golden) writes the results for review.
"""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from hardening.dockerfile.source import decode, encode
from hardening.model import Safety
from hardening.opening import memory_subject, open_files
from hardening.replay import Replayed, all_fixes
from hardening.subject import Subject

ROOT = Path(__file__).resolve().parents[2]
GOLDEN = ROOT / "tests" / "golden"
SAMPLES = ROOT / "sample_dockerfiles"
UPDATE = os.environ.get("DRYDOCK_UPDATE_GOLDEN") == "1"


@dataclass(frozen=True)
class Case:
    name: str
    path: Path
    safety: Safety

    def subject(self) -> Subject:
        if self.path.is_dir():
            return open_files(self.path)
        return memory_subject(decode(self.path.read_bytes()))

    def expected(self, path: str) -> Path:
        """Where the expected text of a workspace path lies."""
        suffix = f"{self.safety.label}.{path.replace('/', '__')}"
        return GOLDEN / f"{self.name}.after.{suffix}"


def cases() -> Iterator[Case]:
    for safety in (Safety.SAFE, Safety.REVIEW):
        for folder in sorted(SAMPLES.iterdir()):
            if (folder / "Dockerfile").exists():
                yield Case(folder.name, folder, safety)
        for path in sorted(GOLDEN.glob("*.before.Dockerfile")):
            yield Case(path.name.removesuffix(".before.Dockerfile"), path, safety)


CASES = list(cases())
IDS = [f"{case.name}-{case.safety.label}" for case in CASES]


@pytest.mark.parametrize("case", CASES, ids=IDS)
def test_fixes_give_the_golden_text(case: Case) -> None:
    done = all_fixes(case.subject(), case.safety)
    assert not done.report.failures, done.report.failures
    assert not done.conflicts
    changed = {path: done.workspace.after[path] for path in done.workspace.changed}
    if UPDATE:
        update(case, changed)
    known = {path.name for path in GOLDEN.glob(f"{case.name}.after.{case.safety.label}.*")}
    assert known == {case.expected(path).name for path in changed}
    for path, text in changed.items():
        assert text == decode(case.expected(path).read_bytes()), done.workspace.diff(path)


def update(case: Case, changed: dict[str, str]) -> None:
    for old in GOLDEN.glob(f"{case.name}.after.{case.safety.label}.*"):
        old.unlink()
    for path, text in changed.items():
        case.expected(path).write_bytes(encode(text))


@pytest.mark.parametrize("case", CASES, ids=IDS)
def test_result_is_sound_and_stable(case: Case) -> None:
    done = all_fixes(case.subject(), case.safety)
    unsilenced = [one.key for one in done.applied if not one.silenced]
    assert not unsilenced
    dockerfile = done.subject.dockerfile
    assert dockerfile is not None
    assert not dockerfile.unparsed
    again = all_fixes(done.subject, case.safety)
    assert not again.workspace.changed, again.workspace.diff()


@pytest.mark.parametrize("case", CASES, ids=IDS)
def test_score_never_falls(case: Case) -> None:
    subject = case.subject()
    before = all_fixes(subject, Safety.SAFE, only=frozenset()).report.score
    after = all_fixes(subject, case.safety).report.score
    assert before is not None
    assert after is not None
    assert after >= before


@pytest.mark.parametrize("case", CASES, ids=IDS)
@pytest.mark.parametrize(
    "tool", [["git", "apply"], ["patch", "-p1", "-s", "-i"]], ids=["git", "patch"]
)
def test_tools_accept_the_diff(case: Case, tmp_path: Path, tool: list[str]) -> None:
    done = all_fixes(case.subject(), case.safety)
    if done.workspace.changed:
        accept(done, tmp_path, tool)


def accept(done: Replayed, folder: Path, tool: list[str]) -> None:
    for path, text in done.workspace.before.items():
        target = folder / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(encode(text))
    patch = folder / "drydock.patch"
    patch.write_bytes(encode(done.workspace.diff()))
    command = [*tool, patch.name]
    result = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    assert result.returncode == 0, result.stderr + result.stdout
    for path in done.workspace.changed:
        assert (folder / path).read_bytes() == encode(done.workspace.after[path])
