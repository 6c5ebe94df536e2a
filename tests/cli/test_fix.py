"""`drydock fix`: the patch, writing it, and writing the patched Dockerfile elsewhere."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from tests.cli.conftest import DOCKERFILE, Run


def test_the_patch_is_printed_and_applies(run: Run, project: Path) -> None:
    result = run("fix", "Dockerfile")
    assert result.code == 0
    assert result.out.startswith("--- a/Dockerfile\n+++ b/Dockerfile\n@@ ")
    assert "-ADD app /app\n" in result.out and "+COPY app /app\n" in result.out
    assert "safe: add-instead-of-copy: " in result.err
    assert (project / "Dockerfile").read_text() == DOCKERFILE, "nothing is written"
    done = subprocess.run(
        ["git", "apply", "-"], input=result.out, text=True, cwd=project, check=False,
        capture_output=True,
    )  # fmt: skip
    assert (done.returncode, done.stderr) == (0, "")
    assert "COPY app /app" in (project / "Dockerfile").read_text()


def test_the_patch_of_a_folder_below_applies_from_here(run: Run, project: Path) -> None:
    below = project / "a" / "b"
    below.mkdir(parents=True)
    (below / "Dockerfile").write_text(DOCKERFILE)
    (below / "app").write_text("")
    result = run("fix", "a/b/Dockerfile")
    assert result.out.startswith("--- a/a/b/Dockerfile\n+++ b/a/b/Dockerfile\n")


def test_review_includes_what_safe_does_not(run: Run, project: Path) -> None:
    safe = run("fix", "Dockerfile").out
    review = run("fix", "Dockerfile", "--safety", "review").out
    assert review != safe and review.count("\n+") > safe.count("\n+")


def test_only_the_named_rules(run: Run, project: Path) -> None:
    for name in ("add-instead-of-copy", "hadolint:DL3020", "DL3020"):
        result = run("fix", "Dockerfile", "--rule", name)
        changed = [line for line in result.out.splitlines() if line[:1] in "+-"][2:]
        assert changed == ["-ADD app /app", "+COPY app /app"]
    both = run("fix", "Dockerfile", "--rule", "DL3020", "--rule", "maintainer-deprecated")
    assert "LABEL org.opencontainers.image.authors" in both.out


def test_writing_keeps_a_backup_and_finishes_the_job(run: Run, project: Path) -> None:
    (project / "Dockerfile").chmod(0o640)
    result = run("fix", "Dockerfile", "--write")
    assert result.code == 0 and result.out == ""
    text = (project / "Dockerfile").read_text()
    assert "COPY app /app" in text
    assert (project / "Dockerfile.bak").read_text() == DOCKERFILE
    assert (project / "Dockerfile").stat().st_mode & 0o777 == 0o640
    assert "kept the old text as" in result.err
    again = run("fix", "Dockerfile", "--write")
    assert "no fix of this safety applies" in again.err
    assert (project / "Dockerfile").read_text() == text


def test_output_goes_elsewhere(run: Run, project: Path) -> None:
    result = run("fix", "Dockerfile", "--output", "patched")
    assert result.code == 0 and result.out == ""
    assert "COPY app /app" in (project / "patched").read_text()
    assert (project / "Dockerfile").read_text() == DOCKERFILE
    shown = run("fix", "Dockerfile", "--output", "-")
    assert shown.out == (project / "patched").read_text()


def test_nothing_to_fix_prints_nothing(run: Run, project: Path) -> None:
    (project / "Dockerfile").write_text("FROM scratch\n")
    result = run("fix", "Dockerfile", "--rule", "add-instead-of-copy")
    assert (result.code, result.out) == (0, "")


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["Dockerfile", "--rule", "add-instead-of-cop"], "Did you mean add-instead-of-copy?"),
        (["Dockerfile", "--write", "--diff"], "not allowed with"),
        (["Dockerfile", "--safety", "manual"], "invalid choice"),
        (["-", "--write"], "cannot be written back"),
        (["missing"], "does not exist"),
        (["Dockerfile", "--output", "no/such/folder"], "Cannot write no/such/folder"),
    ],
)
def test_mistakes(run: Run, project: Path, arguments: list[str], says: str) -> None:
    result = run("fix", *arguments)
    assert result.code == 2 and result.out == ""
    assert says in result.err


def test_crlf_and_a_missing_last_newline_are_kept(run: Run, project: Path) -> None:
    data = DOCKERFILE.replace("\n", "\r\n").rstrip().encode()
    (project / "Dockerfile").write_bytes(data)
    run("fix", "Dockerfile", "--write", "--rule", "add-instead-of-copy")
    assert (project / "Dockerfile").read_bytes() == data.replace(b"ADD app", b"COPY app")
