"""The public face does the main job in a few lines."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

import hardening
from hardening.analyse import analyse
from hardening.replay import replay

SAMPLE = Path(__file__).resolve().parents[2] / "sample_dockerfiles" / "python-worker"


def test_open_analyse_plan_replay_write(tmp_path: Path) -> None:
    folder = tmp_path / "worker"
    shutil.copytree(SAMPLE, folder)
    subject = hardening.open_subject(folder)
    report = analyse(subject)
    finding = next(one for one in report.findings if one.rule == "add-instead-of-copy")
    plan = hardening.Plan().accept(hardening.fix_key(finding, finding.fixes[0]))
    done = replay(subject, plan)
    hardening.write(done.workspace)
    text = (folder / "Dockerfile").read_text()
    assert "COPY worker.py /srv/worker.py" in text
    assert (folder / "Dockerfile.bak").exists()


def test_every_name_of_the_face_is_there() -> None:
    for name in hardening.__all__:
        assert getattr(hardening, name) is not None
    with pytest.raises(AttributeError):
        _ = hardening.nonsense
