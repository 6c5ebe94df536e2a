"""`drydock check`: codes, text, JSON by its schema, many paths, hostile files."""

from __future__ import annotations

import io
import json
import sys
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from hardening.cli import check as check_module
from hardening.cli import main
from tests.cli.conftest import DOCKERFILE, Run

CLEAN = "FROM scratch\nCOPY app /app\nUSER 10001:10001\n"
SCHEMA = json.loads((Path(__file__).parents[2] / "docs" / "report.schema.json").read_text())


def _reports(text: str) -> list[dict[str, Any]]:
    """The reports of a document that the schema accepts."""
    document = json.loads(text)
    jsonschema.Draft202012Validator(SCHEMA).validate(document)
    reports: list[dict[str, Any]] = document["reports"]
    return reports


def test_findings_give_code_one_and_lines_to_click_on(run: Run, project: Path) -> None:
    result = run("check", "Dockerfile")
    assert result.code == 1
    assert result.err == ""
    lines = result.out.splitlines()
    assert any(
        line.startswith("Dockerfile:3 low add-instead-of-copy ") and line.endswith("[safe fix]")
        for line in lines
    )
    summary = next(line for line in lines if line.startswith("Dockerfile: "))
    assert "findings (" in summary and "score " in summary and "/100" in summary
    assert any(line.startswith("  not assessed: image: none was given") for line in lines)
    assert "\x1b" not in result.out


def test_the_folder_is_the_default(run: Run, project: Path) -> None:
    assert run("check").out.splitlines()[0].startswith("Dockerfile:")


@pytest.mark.parametrize(
    ("threshold", "code"), [("critical", 0), ("never", 0), ("low", 1), ("info", 1)]
)
def test_the_threshold_decides(run: Run, project: Path, threshold: str, code: int) -> None:
    assert run("check", "Dockerfile", "--fail-on", threshold).code == code


def test_the_settings_threshold_counts_unless_another_is_given(run: Run, project: Path) -> None:
    (project / "drydock.toml").write_text('fail-on = "critical"\n')
    assert run("check", "Dockerfile").code == 0
    assert run("check", "Dockerfile", "--fail-on", "low").code == 1


def test_json_follows_the_schema_exactly(run: Run, project: Path) -> None:
    result = run("check", "Dockerfile", "--format", "json")
    assert result.code == 1
    (report,) = _reports(result.out)
    assert report["path"] == "Dockerfile" and report["image"] is None
    finding = next(one for one in report["findings"] if one["rule"] == "add-instead-of-copy")
    assert (finding["path"], finding["start_line"], finding["end_line"]) == ("Dockerfile", 3, 3)
    assert finding["severity"] == "low" and finding["layer"] is None and finding["file"] is None
    assert "hadolint:DL3020" in finding["aliases"]
    (fix,) = finding["fixes"]
    assert fix["safety"] == "safe"
    assert "-ADD app /app\n+COPY app /app\n" in fix["diff"]
    assert all(one["verdict"] == "holds" for one in fix["preconditions"])


def test_the_schema_allows_nothing_else() -> None:
    jsonschema.Draft202012Validator.check_schema(SCHEMA)
    objects = [SCHEMA, *SCHEMA["$defs"].values()]
    for one in objects:
        if one.get("type") == "object":
            assert one["additionalProperties"] is False
            assert sorted(one["required"]) == sorted(one["properties"])


def test_keys_are_the_same_in_the_next_run(run: Run, project: Path) -> None:
    first = run("check", "Dockerfile", "--format", "json").out
    (project / "Dockerfile").write_text("# a new first line\n\n" + DOCKERFILE)
    second = run("check", "Dockerfile", "--format", "json").out
    keys = [{one["key"] for one in _reports(text)[0]["findings"]} for text in (first, second)]
    assert keys[0] == keys[1] and len(keys[0]) > 3


def test_ignored_findings_are_listed_and_do_not_count(run: Run, project: Path) -> None:
    text = DOCKERFILE.replace("ADD", "# hadolint ignore=DL3020 # a reason\nADD")
    (project / "Dockerfile").write_text(text)
    (project / "drydock.toml").write_text(
        '[[ignore]]\nrule = "maintainer-deprecated"\nreason = "soon"\nexpires = 2999-01-01\n'
    )
    (report,) = _reports(run("check", "Dockerfile", "--format", "json").out)
    rules = {one["rule"] for one in report["findings"]}
    assert not rules & {"add-instead-of-copy", "maintainer-deprecated"}
    ignored = {one["finding"]["rule"]: one for one in report["ignored"]}
    assert ignored["add-instead-of-copy"]["source"] == "hadolint comment on line 3"
    assert ignored["add-instead-of-copy"]["reason"] == "a reason"
    assert ignored["maintainer-deprecated"]["expires"] == "2999-01-01"
    shown = run("check", "Dockerfile").out
    assert "ignored: Dockerfile:4 add-instead-of-copy by hadolint comment on line 3" in shown


def test_an_expired_pragma_brings_its_finding_back(run: Run, project: Path) -> None:
    text = DOCKERFILE.replace(
        "ADD", '# drydock: ignore=add-instead-of-copy reason="x" until=2020-01-01\nADD'
    )
    (project / "Dockerfile").write_text(text)
    (report,) = _reports(run("check", "Dockerfile", "--format", "json").out)
    rules = [one["rule"] for one in report["findings"]]
    assert "add-instead-of-copy" in rules and "bad-pragma" in rules


def test_the_profile_adds_style(run: Run, project: Path) -> None:
    few = _reports(run("check", "Dockerfile", "--format", "json").out)[0]["findings"]
    more = _reports(run("check", "Dockerfile", "--format", "json", "--profile", "all").out)
    assert len(more[0]["findings"]) > len(few)


def test_severities_of_the_settings_count(run: Run, project: Path) -> None:
    (project / "drydock.toml").write_text('[severity]\nadd-instead-of-copy = "critical"\n')
    assert run("check", "Dockerfile", "--fail-on", "critical").code == 1


def test_what_cannot_be_parsed_is_named(run: Run, project: Path) -> None:
    (project / "Dockerfile").write_text("FROM debian\nNONSENSE here\n")
    result = run("check", "Dockerfile")
    assert "Dockerfile:2 not parsed: " in result.out
    (report,) = _reports(run("check", "Dockerfile", "--format", "json").out)
    assert [(one["start_line"], one["end_line"]) for one in report["unparsed"]] == [(2, 2)]


def test_one_report_for_each_path_in_order(run: Run, project: Path) -> None:
    (project / "clean").mkdir()
    (project / "clean" / "Dockerfile").write_text(CLEAN)
    paths = ["clean", "Dockerfile", "missing", "clean/Dockerfile"]
    result = run("check", *paths, "--format", "json")
    assert result.code == 2
    reports = _reports(result.out)
    assert [one["path"] for one in reports] == paths
    assert reports[2]["score"] is None
    assert reports[2]["skipped"][0]["reason"] == "missing does not exist"
    assert result.err.startswith("drydock: missing does not exist\n  next: ")


@pytest.mark.parametrize("jobs", ["1", "2"])
def test_many_paths_keep_their_order(
    run: Run, project: Path, monkeypatch: pytest.MonkeyPatch, jobs: str
) -> None:
    monkeypatch.setattr(check_module, "PARALLEL_FROM", 4)
    names = []
    for number in range(30):
        name = f"Dockerfile.{number}"
        text = CLEAN if number % 3 else DOCKERFILE
        (project / name).write_text(text + f"LABEL number={number}\n")
        names.append(name)
    (project / "Dockerfile.13").write_bytes(b"\0")
    result = run("check", *names, "--format", "json", "--jobs", jobs)
    assert result.code == 2
    reports = _reports(result.out)
    assert [one["path"] for one in reports] == names
    counts = [len(one["findings"]) for one in reports]
    assert all((count > 3) == (number % 3 == 0) for number, count in enumerate(counts))
    assert result.err.count("is a binary file") == 1


def test_standard_input(run: Run, project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(DOCKERFILE.encode())))
    result = run("check", "-", "--format", "json")
    (report,) = _reports(result.out)
    assert report["path"] == "-" and len(report["findings"]) > 3
    assert "build context" in [one["what"] for one in report["skipped"]]


@pytest.mark.parametrize(
    ("name", "content", "says"),
    [
        ("Dockerfile", b"FROM a\0\n", "binary file"),
        ("Dockerfile", b"\x1f\x8b\x08\0", "is an archive"),
        ("compose.yaml", b"a: &a [*a]\nservices: " + b"[" * 9000, "compose.yaml"),
        ("compose.yaml", b"\xff\xfe\xfd", "compose.yaml"),
        ("compose.yaml", b"services: {}\n", "has no services"),
        ("drydock.toml", b"x = 1", "unknown key x"),
    ],
    ids=["nul", "gzip", "yaml bomb", "no yaml", "no services", "settings"],
)
def test_input_errors_say_what_and_give_code_two(
    run: Run, project: Path, name: str, content: bytes, says: str
) -> None:
    (project / name).write_bytes(content)
    result = run("check", "Dockerfile" if name == "drydock.toml" else name)
    assert result.code == 2
    assert result.out == ""
    assert says in result.err and result.err.startswith("drydock: ")
    assert "Traceback" not in result.err


@pytest.mark.parametrize(
    "text",
    [
        b"",
        b"\n\n\n",
        b"FROM " + b"a" * 1_000_000,
        b"FROM a\nRUN " + b"x && " * 20_000 + b"y",
        b"FROM a\nRUN " + b"(" * 5_000,
        b"FROM a\nRUN " + b"$(" * 2_000 + b")" * 2_000,
        b"FROM a\n" + b"RUN x \\\n" * 5_000,
        b"FROM a\nRUN <<EOF\n" + b"x\n" * 5_000,
        b"FROM ${" + b"a:-${" * 2_000,
        b"FROM a\nENV " + b"a=1 " * 5_000,
        b"\xff\xfe\xfa\n\r\r\n\xe2\x80\xa8FROM a\r\nRUN \xf0\x9f\x98\x80\n",
        b"FROM a AS b\nFROM b AS a\nFROM a AS b\n" * 50,
        b"FROM a\nCOPY " + b"../" * 5_000 + b" /x\n",
        b"FROM a\nCOPY [" + b"[" * 3_000,
        b"FROM a\n# drydock: " + b"ignore=" * 5_000 + b"\nRUN x\n",
        b"FROM a\n#trivy:ignore:" + b"a" * 50_000 + b"\nRUN x\n",
        b"# check=" + b"skip=" * 10_000 + b"\nFROM a\n",
    ],
    ids=lambda value: str(value[:18]),
)
def test_hostile_dockerfiles_end_in_a_report(run: Run, project: Path, text: bytes) -> None:
    (project / "Dockerfile").write_bytes(text)
    result = run("check", "Dockerfile", "--format", "json", "--profile", "all")
    (report,) = _reports(result.out)
    assert report["failures"] == []
    assert result.code in (0, 1)


def test_escapes_never_reach_the_terminal(run: Run, project: Path) -> None:
    (project / "Dockerfile").write_text(
        "FROM a:1\nADD evil\x1b]0;owned\x07\u202etxt /x\nWORKDIR \x1b[31mred\n"
    )
    result = run("check", "Dockerfile", "--profile", "all")
    assert "\x1b" not in result.out and "\x07" not in result.out and "\u202e" not in result.out
    assert "\\x1b" in result.out


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["--nonsense"], "unrecognized arguments: --nonsense"),
        (["--fail-on", "bad"], "invalid choice"),
        (["--format", "xml"], "invalid choice"),
        (["a", "b", "--image", "x"], "--image goes with one PATH"),
        (["a", "b", "--service", "x"], "--service goes with one PATH"),
        (["-", "-"], "can be read once"),
        (["a", "--jobs", "0"], "--jobs is at least 1"),
        (["Dockerfile", "--context", "missing"], "missing"),
    ],
)
def test_usage_errors(run: Run, project: Path, arguments: list[str], says: str) -> None:
    result = run("check", *arguments)
    assert result.code == 2 and result.out == ""
    assert says in result.err


def test_a_crashing_rule_is_said_and_gives_code_three(
    run: Run, project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from hardening.rules import rule_by_id

    rule = rule_by_id("add-instead-of-copy")
    assert rule is not None

    def crash(subject: object) -> tuple[()]:
        raise RuntimeError("boom")

    monkeypatch.setattr(rule, "run", crash)
    (project / "Dockerfile").write_text(DOCKERFILE + "# only here\n")
    result = run("check", "Dockerfile")
    assert result.code == 3
    assert "rule add-instead-of-copy crashed and said nothing: RuntimeError: boom" in result.out


def test_a_bug_gives_code_three_without_a_traceback(
    run: Run, project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def crash(options: object) -> int:
        raise RuntimeError("boom")

    monkeypatch.setattr(check_module, "check", crash)
    result = run("check", "Dockerfile")
    assert result.code == 3 and result.out == ""
    assert "this is a bug in drydock: RuntimeError: boom" in result.err
    assert "Traceback" not in result.err
    monkeypatch.setenv("DRYDOCK_TRACEBACK", "1")
    assert "Traceback" in run("check", "Dockerfile").err


def test_an_interrupt_is_clean(run: Run, project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupt(options: object) -> int:
        raise KeyboardInterrupt

    monkeypatch.setattr(check_module, "check", interrupt)
    result = run("check", "Dockerfile")
    assert (result.code, result.out, result.err) == (130, "", "drydock: Interrupted\n")


def test_main_reads_the_arguments_of_the_process(
    project: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sys, "argv", ["drydock", "check", "Dockerfile", "--fail-on", "never"])
    assert main() == 0
    assert "Dockerfile: " in capsys.readouterr().out
