"""Reports of other tools on the screen: one finding with its sources, through replays too."""

from __future__ import annotations

import json
import os
import shutil
import sys
from pathlib import Path

import pytest

from hardening.opening import OpenRequest
from tests.engine import refuse
from tests.tui.conftest import Screen, opened, settle
from tui.app import DrydockApp
from tui.loading import Loader
from tui.messages import SubjectReady
from tui.preferences import Preferences

DOCKERFILE = "FROM debian:12\nRUN apt-get update && apt-get install -y curl\nRUN echo $x\n"


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "shop"
    folder.mkdir()
    (folder / "Dockerfile").write_text(DOCKERFILE)
    rows = [
        {"line": 2, "code": "DL3009", "message": "Delete the lists", "column": 1,
         "file": "Dockerfile", "level": "info"},
        {"line": 3, "code": "SC2086", "message": "Double quote", "column": 1,
         "file": "Dockerfile", "level": "info"},
    ]  # fmt: skip
    (folder / "hadolint.json").write_text(json.dumps(rows))
    monkeypatch.chdir(folder)
    return folder


async def test_one_finding_with_its_sources(project: Path) -> None:
    request = OpenRequest(path=Path("Dockerfile"), imports=(Path("hadolint.json"),))
    app = DrydockApp(request, Preferences())
    async with app.run_test(size=(120, 40)) as pilot:
        await opened(pilot)
        screen = Screen(app, pilot)
        report = screen.store.report
        assert report is not None
        found = report.findings
        (lists,) = [one for one in found if one.rule == "apt-lists-left-behind"]
        assert "hadolint" in lists.sources
        assert [one.rule for one in found if one.rule.startswith("hadolint:")] == [
            "hadolint:SC2086"
        ]
        await screen.press("A")
        await settle(screen.pilot)
        report = screen.store.report
        assert report is not None
        rules = [one.rule for one in report.findings]
        assert "hadolint:SC2086" in rules
        assert "apt-lists-left-behind" not in rules
        assert "hadolint:DL3009" not in rules


def test_the_screen_asks_shellcheck_where_the_settings_do(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}")
    if shutil.which("shellcheck") is None:
        refuse("shellcheck is not installed")
    (tmp_path / "Dockerfile").write_text("FROM debian:13\nRUN echo $foo\n")
    (tmp_path / "drydock.toml").write_text("shellcheck = true\n")
    posted: list[object] = []
    Loader(OpenRequest(path=tmp_path), 1, posted.append).run()
    (ready,) = [one for one in posted if isinstance(one, SubjectReady)]
    assert [one.source for one in ready.subject.imported] == ["shellcheck"]
