"""layers, rules, demo, cache, and opening the screen: what is printed and what is asked for."""

from __future__ import annotations

import json
import tempfile
from pathlib import Path

import pytest

from hardening import __version__
from hardening.cli import main
from hardening.image.synthetic import FileSketch, ImageSketch, LayerSketch, make_image
from hardening.opening import OpenRequest
from hardening.reports.layers import human_size, layers_text, layers_values
from hardening.rules import all_rules
from hardening.sample import copy_sample, open_sample, sample, samples
from hardening.secrets.hiding import Masks
from tests.cli.conftest import Run

ROOT = Path(__file__).parents[2]
ENGINE_COMMANDS = ("check", "fix", "layers", "sbom", "vulns", "secrets", "base")
COMMANDS = (*ENGINE_COMMANDS, "db", "rules", "demo", "cache")
FAILING = ("check", "vulns", "secrets")
"""Commands that end with 1 when they find something."""


def test_rules_are_listed_one_a_line(run: Run) -> None:
    result = run("rules")
    assert result.code == 0
    lines = result.out.splitlines()
    assert [line.split()[0] for line in lines] == [rule.id for rule in all_rules()]


def test_one_rule_by_any_of_its_names(run: Run) -> None:
    page = run("rules", "add-instead-of-copy").out
    assert page.startswith("add-instead-of-copy: ")
    assert "Also known as: " in page and "becomes" in page
    assert run("rules", "hadolint:DL3020").out == page
    assert run("rules", "DL3020").out == page
    wrong = run("rules", "add-instead-of-cop")
    assert wrong.code == 2 and "Did you mean add-instead-of-copy?" in wrong.err


def test_rules_as_json(run: Run) -> None:
    document = json.loads(run("rules", "--format", "json").out)
    assert document["schema"] == "drydock.rules/1"
    assert [one["id"] for one in document["rules"]] == [rule.id for rule in all_rules()]
    assert all(one["why"] and one["references"] for one in document["rules"])


def test_rules_as_markdown(run: Run) -> None:
    page = run("rules", "--format", "markdown").out
    for rule in all_rules():
        assert f"\n### {rule.id}\n" in page
    section = run("rules", "add-instead-of-copy", "--format", "markdown").out
    assert section in page


def _image() -> ImageSketch:
    return ImageSketch(
        layers=(
            LayerSketch({"a": FileSketch(b"x" * 2000), "b": "y"}, "RUN \x1b[31m evil \n  next"),
            LayerSketch({"a": None}, "RUN rm a"),
        ),
        reference="app:1",
    )


def test_layers_as_text() -> None:
    image = make_image(_image())
    lines = layers_text(image, Masks()).splitlines()
    assert lines[1].split()[0] == "0" and "\\x1b" in lines[1] and "\x1b" not in lines[1]
    assert lines[-1].startswith("app:1: 2 layers, ")
    assert "removable" in lines[-1] and "efficiency" in lines[-1]


def test_layers_as_values() -> None:
    values = layers_values(make_image(_image()), Masks())
    assert values["schema"] == "drydock.layers/1"
    assert [one["index"] for one in values["layers"]] == [0, 1]
    assert values["layers"][0]["wasted"] >= 2000
    assert values["layers"][1]["whiteouts"] == 1
    json.dumps(values)


def test_layers_of_an_archive(run: Run) -> None:
    archive = next(one.image for one in samples() if one.image is not None)
    result = run("layers", archive, "--format", "json")
    assert result.code == 0, result.err
    values = json.loads(result.out)
    assert len(values["layers"]) >= 2 and all(one["entries"] for one in values["layers"])
    text = run("layers", archive).out
    assert len(text.splitlines()) == len(values["layers"]) + 2


def test_layers_of_nothing(run: Run, tmp_path: Path) -> None:
    (tmp_path / "x.tar").write_bytes(b"nonsense" * 1000)
    result = run("layers", tmp_path / "x.tar")
    assert result.code == 2 and result.out == "" and result.err.startswith("drydock: ")


@pytest.mark.parametrize(
    ("count", "text"),
    [
        (0, "0 B"),
        (999, "999 B"),
        (1000, "1.0 kB"),
        (2_054_000_000, "2.1 GB"),
        (10**15, "1000.0 TB"),
    ],
)
def test_sizes(count: int, text: str) -> None:
    assert human_size(count) == text


def test_the_samples_are_listed(run: Run) -> None:
    result = run("demo", "--list")
    assert result.code == 0
    listed = [line.split()[0] for line in result.out.splitlines()]
    folders = {one.name for one in (ROOT / "sample_dockerfiles").iterdir() if one.is_dir()}
    assert set(listed) == folders and len(listed) >= 10


@pytest.fixture
def temporary(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where temporary folders are made."""
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    return tmp_path


def test_a_sample_is_opened_from_a_copy(temporary: Path) -> None:
    name = "go-api"
    copied = copy_sample(name)
    original = sample(name)
    assert copied.folder != original.folder
    assert copied.dockerfile.read_bytes() == original.dockerfile.read_bytes()
    copied.dockerfile.write_text("FROM scratch\n")
    assert original.dockerfile.read_bytes() != b"FROM scratch\n"
    assert not (copied.folder / "lesson.toml").exists()


def test_every_sample_opens(temporary: Path) -> None:
    for one in samples():
        assert one.title and one.summary and one.lessons
        subject = open_sample(one.name)
        assert subject.dockerfile is not None and subject.context is not None
        assert (subject.image is not None) == (one.image is not None)
        if subject.image is not None:
            assert subject.secrets is not None
        assert subject.root.is_relative_to(temporary)


def test_the_first_sample_shows_an_image() -> None:
    assert sample().image is not None


def test_check_reads_a_sample_with_its_image(run: Run, tmp_path: Path) -> None:
    one = sample()
    assert one.image is not None
    result = run("check", one.folder, "--image", one.image, "--format", "json")
    assert result.code == 1, result.err
    (report,) = json.loads(result.out)["reports"]
    assert report["image"] == str(one.image)
    layers = [finding["layer"] for finding in report["findings"]]
    assert any(layer is not None for layer in layers)
    alone = json.loads(run("check", "--image", one.image, "--format", "json").out)["reports"][0]
    assert alone["path"] == str(one.image)
    assert all(finding["path"] is None for finding in alone["findings"])
    assert "Dockerfile" in [skipped["what"] for skipped in alone["skipped"]]
    text = run("check", one.folder, "--image", one.image).out
    assert f" with {one.image}: " in text


def test_the_cache_has_a_size_and_can_be_cleared(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DRYDOCK_CACHE_DIR", str(tmp_path))
    assert run("cache", "size").out.startswith("0 layer files, 0 B, in ")
    archive = next(one.image for one in samples() if one.image is not None)
    assert run("layers", archive).code == 0
    assert not run("cache", "size").out.startswith("0 ")
    assert run("cache", "clear").out.startswith("cleared ")
    assert run("cache", "size").out.startswith("0 layer files")
    assert run("cache").code == 2


def _asked(*arguments: str) -> tuple[int, list[OpenRequest]]:
    asked: list[OpenRequest] = []

    def screen(request: OpenRequest) -> int:
        asked.append(request)
        return 0

    return main(list(arguments), screen=screen), asked


def test_the_screen_is_asked_for_with_what_was_named(project: Path) -> None:
    assert _asked() == (0, [OpenRequest()])
    assert _asked("Dockerfile", "--image", "app:1", "--platform", "linux/arm64") == (
        0,
        [OpenRequest(path=Path("Dockerfile"), image="app:1", platform="linux/arm64")],
    )
    assert _asked("--image", "app:1", "--offline") == (
        0,
        [OpenRequest(image="app:1", offline=True)],
    )
    assert _asked(".", "--service", "web", "--context", "..") == (
        0,
        [OpenRequest(path=Path(), service="web", context=Path(".."))],
    )
    assert _asked("demo", "go-api") == (0, [OpenRequest(sample="go-api")])
    assert _asked("demo") == (0, [OpenRequest(sample=sample().name)])
    assert _asked("./check") == (2, [])
    (project / "check").write_text("FROM a\n")
    assert _asked("./check") == (0, [OpenRequest(path=Path("check"))])


def test_the_screen_is_not_asked_for_nonsense(run: Run, project: Path) -> None:
    for arguments in (["chekc"], ["--nonsense"], ["a", "b"], ["demo", "nothing"]):
        code, asked = _asked(*arguments)
        assert (code, asked) == (2, [])
    assert "neither a file nor a command" in run("chekc").err
    assert "The screen is not available here" in run().err


def test_version_and_help(run: Run) -> None:
    assert run("--version").out == f"drydock {__version__}\n"
    overview = run("--help")
    assert overview.code == 0
    for word in ("check", "fix", "layers", "rules", "demo", "cache", "exit codes:"):
        assert word in overview.out
    for command in COMMANDS:
        assert f"drydock {command} " in overview.out
        page = run(command, "--help")
        assert page.code == 0 and f"usage: drydock {command}" in page.out
        codes = page.out.partition("exit codes:")[2]
        assert [line.split()[0] for line in codes.splitlines()[1:] if line[2] != " "] == (
            ["0", "1", "2", "3", "130"] if command in FAILING else ["0", "2", "3", "130"]
        )


@pytest.mark.parametrize("columns", ["60", "80", "200"])
def test_every_help_fits_the_terminal(
    run: Run, monkeypatch: pytest.MonkeyPatch, columns: str
) -> None:
    monkeypatch.setenv("COLUMNS", columns)
    for command in ("", *COMMANDS):
        page = run(*([command] if command else []), "--help").out
        assert max(map(len, page.splitlines())) <= max(int(columns), 80), command


def test_a_mistyped_command_is_told_its_name(run: Run, project: Path) -> None:
    assert "did you mean `drydock check`?" in run("chekc").err
    assert "An image is named with --image." in run("app:1.2").err


def test_a_name_that_several_rules_share_shows_them_all(run: Run) -> None:
    result = run("rules", "DL3003")
    assert result.code == 0
    assert "cd-instead-of-workdir:" in result.out and "cd-without-effect:" in result.out


def test_a_name_of_shellcheck_says_who_checks_it(run: Run) -> None:
    result = run("rules", "SC2086")
    assert result.code == 2 and "--shellcheck" in result.err
