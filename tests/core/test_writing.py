"""Writing is atomic, keeps mode, newline and encoding, backs up, and never clobbers."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import time
from pathlib import Path

import pytest

from hardening.errors import ChangedOnDisk, WriteError
from hardening.workspace import Workspace
from hardening.writing import write, write_patch

OLD = "FROM debian:12\r\n# caf\udce9\r\nRUN x"
NEW = "FROM debian:13\r\n# caf\udce9\r\nRUN x"


def workspace(folder: Path, old: str | None = OLD, new: str = NEW) -> Workspace:
    before = {} if old is None else {"Dockerfile": old}
    return Workspace(folder, before, {"Dockerfile": new})


def put(folder: Path, text: str = OLD) -> Path:
    target = folder / "Dockerfile"
    target.write_bytes(text.encode("utf-8", "surrogateescape"))
    return target


def test_keeps_bytes_mode_and_leaves_a_backup(tmp_path: Path) -> None:
    target = put(tmp_path)
    target.chmod(0o640)
    done = write(workspace(tmp_path))
    assert target.read_bytes() == NEW.encode("utf-8", "surrogateescape")
    assert target.stat().st_mode & 0o777 == 0o640
    assert [one.name for one in done.backups] == ["Dockerfile.bak"]
    assert (tmp_path / "Dockerfile.bak").read_bytes() == OLD.encode("utf-8", "surrogateescape")
    assert sorted(one.name for one in tmp_path.iterdir()) == ["Dockerfile", "Dockerfile.bak"]


def test_an_older_backup_is_kept(tmp_path: Path) -> None:
    put(tmp_path)
    (tmp_path / "Dockerfile.bak").write_text("precious")
    done = write(workspace(tmp_path))
    assert (tmp_path / "Dockerfile.bak").read_text() == "precious"
    assert [one.name for one in done.backups] == ["Dockerfile.bak2"]


def test_no_backup_under_git(tmp_path: Path) -> None:
    target = put(tmp_path)
    subprocess.run(["git", "init", "-q"], cwd=tmp_path, check=True)
    subprocess.run(["git", "add", "Dockerfile"], cwd=tmp_path, check=True)
    assert not write(workspace(tmp_path)).backups
    assert target.read_bytes() == NEW.encode("utf-8", "surrogateescape")


def test_changed_on_disk_is_refused_before_anything_is_touched(tmp_path: Path) -> None:
    target = put(tmp_path, "FROM other\n")
    other = Workspace(
        tmp_path,
        {"Dockerfile": OLD, ".dockerignore": ""},
        {"Dockerfile": NEW, ".dockerignore": ".git\n"},
    )
    (tmp_path / ".dockerignore").write_text("")
    with pytest.raises(ChangedOnDisk) as caught:
        write(other)
    assert "Reload" in caught.value.next_step
    assert target.read_text() == "FROM other\n"
    assert (tmp_path / ".dockerignore").read_text() == ""


def test_deleted_file_and_surprise_file_are_refused(tmp_path: Path) -> None:
    with pytest.raises(ChangedOnDisk):
        write(workspace(tmp_path))
    put(tmp_path, "someone made it meanwhile")
    with pytest.raises(ChangedOnDisk):
        write(workspace(tmp_path, old=None))


def test_link_stays_a_link(tmp_path: Path) -> None:
    real = tmp_path / "real"
    real.write_bytes(OLD.encode("utf-8", "surrogateescape"))
    (tmp_path / "Dockerfile").symlink_to(real)
    write(workspace(tmp_path))
    assert (tmp_path / "Dockerfile").is_symlink()
    assert real.read_bytes() == NEW.encode("utf-8", "surrogateescape")


@pytest.mark.parametrize("path", ["../outside", "/etc/passwd", "a/../../b"])
def test_paths_outside_are_refused(tmp_path: Path, path: str) -> None:
    with pytest.raises(WriteError):
        write(Workspace(tmp_path, {}, {path: "x"}))


def test_full_folder_is_an_error_in_words(tmp_path: Path) -> None:
    with pytest.raises(WriteError) as caught:
        write(Workspace(tmp_path / "missing", {}, {"Dockerfile": "x"}))
    assert "Cannot write Dockerfile" in str(caught.value)


def test_patch_to_a_file(tmp_path: Path) -> None:
    put(tmp_path)
    where = write_patch(workspace(tmp_path), tmp_path / "drydock.patch")
    subprocess.run(["git", "apply", where.name], cwd=tmp_path, check=True)
    assert (tmp_path / "Dockerfile").read_bytes() == NEW.encode("utf-8", "surrogateescape")


def test_killed_at_200_random_moments_the_file_is_whole(tmp_path: Path) -> None:
    """SIGKILL at random moments of a writing loop: always the old or the new text."""
    texts = {b"FROM a\n" + b"A" * 2000000, b"FROM b\n" + b"B" * 2000000}
    first = b"FROM a\n" + b"A" * 2000000
    subprocess.run(["git", "init", "-q"], cwd=tmp_path, check=True)
    target = tmp_path / "Dockerfile"
    target.write_bytes(first)
    subprocess.run(["git", "add", "Dockerfile"], cwd=tmp_path, check=True)
    chance = random.Random(20261124)
    seen = {kill_once(tmp_path, target, first, chance.uniform(0.0, 0.03)) for _ in range(200)}
    for _ in range(100):  # a busy machine may not have let the child write at all
        if len(seen) == 2:
            break
        seen.add(kill_once(tmp_path, target, first, chance.uniform(0.0, 0.5)))
    assert seen <= texts
    assert len(seen) == 2, "the kills never landed after a write"


def kill_once(folder: Path, target: Path, first: bytes, delay: float) -> bytes:
    """Writes in a forked child, kills it after `delay` seconds, returns what is on disk."""
    target.write_bytes(first)
    child = os.fork()
    if child == 0:
        a, b = first.decode(), "FROM b\n" + "B" * 2000000
        try:
            while True:
                write(Workspace(folder, {"Dockerfile": a}, {"Dockerfile": b}))
                write(Workspace(folder, {"Dockerfile": b}, {"Dockerfile": a}))
        finally:
            os._exit(1)
    time.sleep(delay)
    os.kill(child, signal.SIGKILL)
    os.waitpid(child, 0)
    for left in folder.glob(".Dockerfile.*.drydock"):
        left.unlink()
    return target.read_bytes()
