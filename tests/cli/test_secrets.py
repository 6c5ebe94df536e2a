"""`drydock secrets` over files, folders and images; never a value."""

from __future__ import annotations

import json
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest

from hardening.cli import main

SAMPLE = Path(__file__).resolve().parents[2] / "sample_dockerfiles" / "leaky-secrets"


def rows(capsys: pytest.CaptureFixture[str], *arguments: str) -> list[dict[str, Any]]:
    assert main(["secrets", *arguments, "--format", "json"]) in (0, 1)
    document = json.loads(capsys.readouterr().out)
    assert document["schema"] == "drydock.secrets/1"
    found: list[dict[str, Any]] = document["secrets"]
    return found


def test_image_tells_every_place_and_the_life(capsys: pytest.CaptureFixture[str]) -> None:
    found = rows(capsys, str(SAMPLE / "image.tar.gz"))
    netrc = next(one for one in found if one["path"] == "/root/.netrc")
    assert (netrc["layer"], netrc["added"], netrc["removed"]) == (3, 3, 5)
    assert netrc["recoverable_from"] == [3]
    assert any(one["path"] == "Env.DB_PASSWORD" and one["in_config"] for one in found)
    aws = next(one for one in found if one["path"] == "Env.AWS_ACCESS_KEY_ID")
    assert aws["demoted"] == "documented example"


def test_file_has_path_and_line(capsys: pytest.CaptureFixture[str]) -> None:
    path = SAMPLE / "Dockerfile"
    found = rows(capsys, str(path))
    token = next(one for one in found if one["rule"] == "github-token")
    assert (token["path"], token["start_line"], token["layer"]) == (str(path), 4, None)


@pytest.mark.parametrize("form", ["text", "json"])
def test_no_value_is_printed(form: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["secrets", str(SAMPLE), str(SAMPLE / "image.tar.gz"), "--format", form]) == 1
    shown = capsys.readouterr().out
    token = (SAMPLE / "Dockerfile").read_text().split("GITHUB_TOKEN=")[1].split("\n")[0]
    assert token not in shown
    assert "hunter2-Vd93kPq" not in shown


def test_nothing_found_is_clean(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "a.txt").write_text("nothing here\n")
    assert main(["secrets", str(tmp_path)]) == 0
    assert capsys.readouterr().out == "0 to look at, 0 probably none\n"


def test_a_tar_that_is_no_image_is_a_file(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "a.tar").write_bytes(b"not a tar at all")
    assert main(["secrets", str(tmp_path / "a.tar")]) == 0


def _project(folder: Path, extra: str = "") -> str:
    """A folder with a secret that its settings allow; returns its hash."""
    value = "kJ8sQ2mZx7Lp"
    digest = sha256(value.encode()).hexdigest()
    (folder / ".env").write_text(f"DB_PASSWORD={value}\n")
    entry = f'[[allow-secret]]\nsha256 = "{digest}"\nreason = "Only on my desk"\n{extra}'
    (folder / "drydock.toml").write_text(entry)
    return digest


def test_what_the_settings_allow_is_shown_and_counts_no_more(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    digest = _project(tmp_path)
    (row,) = rows(capsys, str(tmp_path))
    assert (row["sha256"], row["allowed"], row["demoted"]) == (digest, "Only on my desk", None)
    assert main(["secrets", str(tmp_path / ".env")]) == 0
    shown = capsys.readouterr().out
    assert "(allowed: Only on my desk)" in shown
    assert shown.endswith("0 to look at, 0 probably none, 1 allowed\n")


def test_an_expired_allowance_is_none(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    _project(tmp_path, "expires = 2020-01-01\n")
    assert main(["secrets", str(tmp_path)]) == 1
    assert "1 to look at" in capsys.readouterr().out


def test_allowed_values_that_do_nothing_are_said(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    digest = _project(tmp_path, "expires = 2020-01-01\n")
    (tmp_path / "drydock.toml").open("a").write(
        f'[[allow-secret]]\nsha256 = "{"0" * 64}"\nreason = "Gone"\n'
    )
    main(["secrets", str(tmp_path), "--format", "json"])
    idle = json.loads(capsys.readouterr().out)["unused_allowed"]
    assert [(one["sha256"], one["why"].partition(":")[0]) for one in idle] == [
        (digest, "it ended on 2020-01-01"),
        ("0" * 64, "its value was not found"),
    ]
    main(["secrets", str(tmp_path)])
    shown = capsys.readouterr().out
    assert "allowed value 000000000000 (Gone)" in shown


def test_each_kind_has_its_checklist(capsys: pytest.CaptureFixture[str]) -> None:
    found = rows(capsys, str(SAMPLE / "Dockerfile"))
    token = next(one for one in found if one["rule"] == "github-token")
    assert "Developer settings" in token["rotation"][0]
    assert main(["secrets", str(SAMPLE / "Dockerfile")]) == 1
    shown = capsys.readouterr().out
    assert "To rotate: GitHub personal access token" in shown
    assert "  1. Settings, Developer settings" in shown


@pytest.mark.parametrize("form", ["text", "json"])
@pytest.mark.parametrize("command", ["layers", "check"])
def test_no_value_stands_in_commands_of_layers_or_in_patches(
    command: str, form: str, capsys: pytest.CaptureFixture[str]
) -> None:
    image = str(SAMPLE / "image.tar.gz")
    arguments = [image] if command == "layers" else [str(SAMPLE), "--image", image]
    assert main([command, *arguments, "--format", form]) in (0, 1)
    shown = capsys.readouterr().out
    token = (SAMPLE / "Dockerfile").read_text().split("GITHUB_TOKEN=")[1].split("\n")[0]
    assert token not in shown and "hunter2-Vd93kPq" not in shown


def test_an_archive_that_is_no_image_is_not_called_searched(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "a.tar.gz").write_bytes(b"\x1f\x8b not really")
    assert main(["secrets", str(tmp_path / "a.tar.gz"), "--format", "json"]) == 0
    (missing,) = json.loads(capsys.readouterr().out)["not_assessed"]
    assert "no image" in missing["reason"] and "Unpack it" in missing["next_step"]
