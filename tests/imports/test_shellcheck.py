"""ShellCheck's answer about RUN scripts, on the lines of the Dockerfile."""

from __future__ import annotations

import json
import os
import shutil
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from hardening.analyse import analyse
from hardening.cli import main
from hardening.dockerfile.parser import parse
from hardening.errors import InputError
from hardening.imports.shellcheck import shellcheck
from hardening.opening import memory_subject, open_files, with_imports, with_shellcheck
from tests.engine import refuse


@pytest.fixture
def program(monkeypatch: pytest.MonkeyPatch) -> None:
    """The wheel's program beside the interpreter, or the one on the PATH."""
    monkeypatch.setenv("PATH", f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}")
    if shutil.which("shellcheck") is None:
        refuse("shellcheck is not installed")


def found(text: str) -> list[tuple[str, int | None]]:
    return [(one.id, one.start_line) for one in shellcheck(parse(text)).results]


def test_results_stand_on_their_line(program: None) -> None:
    text = "FROM debian:13\n# note\nRUN true && \\\n    # comment\n    echo $foo\nRUN cd /x; ls\n"
    assert ("SC2086", 5) in found(text)
    assert ("SC2164", 6) in found(text)


def test_variables_of_the_dockerfile_are_known(program: None) -> None:
    text = 'FROM debian:13\nARG FOO=1\nENV BAR=2\nRUN echo "$FOO" "$BAR" "$UNKNOWN"\n'
    ids = [one for one, _ in found(text)]
    assert ids.count("SC2154") <= 1


def test_heredoc_lines_are_their_own(program: None) -> None:
    assert ("SC2086", 4) in found("FROM debian:13\nRUN <<EOF\nset -e\necho $x\nEOF\n")


def test_other_shells_and_exec_form_are_left_alone(program: None) -> None:
    text = (
        'FROM mcr.example/windows/servercore:1\nRUN echo $x\nFROM debian:13\nRUN ["echo", "$x"]\n'
    )
    assert found(text) == []


def test_merged_into_the_report(program: None) -> None:
    subject = memory_subject("FROM debian:13\nRUN echo $foo\n")
    assert subject.dockerfile is not None
    report = analyse(replace(subject, imported=(shellcheck(subject.dockerfile),)))
    (finding,) = [one for one in report.findings if one.rule == "shellcheck:SC2086"]
    assert finding.sources == ("shellcheck",)


def test_from_the_command_line(
    program: None, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "Dockerfile"
    path.write_text("FROM debian:13\nRUN echo $foo\n")
    main(["check", str(path), "--shellcheck", "--format", "json"])
    rules = {one["rule"] for one in json.loads(capsys.readouterr().out)["reports"][0]["findings"]}
    assert "shellcheck:SC2086" in rules


def test_missing_program_is_told(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(InputError) as caught:
        shellcheck(parse("FROM debian:13\nRUN echo $foo\n"))
    assert "not installed" in caught.value.what


@pytest.mark.parametrize(
    "answer", ["", "nonsense", "[]", '{"comments": [{"file": "9", "line": 1}]}']
)
def test_odd_answers_end_in_words_or_nothing(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, answer: str
) -> None:
    fake = tmp_path / "shellcheck"
    fake.write_text(f"#!/bin/sh\nprintf '%s' '{answer}'\n")
    fake.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}{os.pathsep}{os.environ['PATH']}")
    try:
        assert shellcheck(parse("FROM debian:13\nRUN echo $foo\n")).results == ()
    except InputError as error:
        assert "ShellCheck" in error.what


def project(tmp_path: Path, settings: str) -> Path:
    path = tmp_path / "Dockerfile"
    path.write_text("FROM debian:13\nRUN echo $foo\n")
    (tmp_path / "drydock.toml").write_text(settings)
    return path


def test_asked_for_in_the_settings(program: None, tmp_path: Path) -> None:
    asked = with_imports(open_files(project(tmp_path, "shellcheck = true\n")), ())
    assert any(one.rule == "shellcheck:SC2086" for one in analyse(asked).findings)
    assert with_imports(open_files(project(tmp_path, "shellcheck = false\n")), ()).imported == ()


def test_asked_for_twice_is_asked_once(program: None, tmp_path: Path) -> None:
    subject = with_shellcheck(open_files(project(tmp_path, "shellcheck = true\n")))
    assert len(with_imports(subject, ()).imported) == 1


def test_settings_without_a_program_leave_the_rest(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    path = project(tmp_path, "shellcheck = true\n")
    monkeypatch.setenv("PATH", str(tmp_path))
    subject = with_imports(open_files(path), ())
    (told,) = [one for one in analyse(subject).skipped if one.what == "ShellCheck"]
    assert "not installed" in told.reason and "drydock.toml" in told.next_step
