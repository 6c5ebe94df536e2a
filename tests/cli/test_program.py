"""The installed entry point in a process of its own: streams, signals, and what it imports."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.cli.conftest import DOCKERFILE

ROOT = Path(__file__).parents[2]


def _environment(**more: str) -> dict[str, str]:
    return {**os.environ, "PYTHONPATH": str(ROOT), **more}


def _drydock(*arguments: str, cwd: Path, **more: str) -> subprocess.CompletedProcess[bytes]:
    return subprocess.run(
        [sys.executable, "-m", "tui", *arguments],
        cwd=cwd, env=_environment(**more), capture_output=True, timeout=60, check=False,
    )  # fmt: skip


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / ".git").mkdir()
    (tmp_path / "Dockerfile").write_text(DOCKERFILE)
    return tmp_path


def test_check_from_the_shell(folder: Path) -> None:
    done = _drydock("check", "Dockerfile", cwd=folder)
    assert done.returncode == 1
    assert done.stdout.startswith(b"Dockerfile:") and done.stderr == b""
    assert b"\x1b" not in done.stdout


def test_a_foreign_encoding_is_no_error(folder: Path) -> None:
    (folder / "Dockerfile").write_bytes("FROM a\nADD café‮ /x\nWORKDIR ü\n".encode() + b"# \xff\n")
    done = _drydock(
        "check", "Dockerfile", "--profile", "all", cwd=folder, PYTHONIOENCODING="ascii",
        PYTHONUTF8="0",
    )  # fmt: skip
    assert done.returncode == 1 and done.stderr == b""


@pytest.mark.parametrize(
    ("redirection", "code"), [(">&-", 1), ("2>&-", 1), (">&- 2>&-", 1), (">/dev/full", 2)]
)
def test_closed_and_full_streams_are_no_bug(folder: Path, redirection: str, code: int) -> None:
    if "full" in redirection and not Path("/dev/full").exists():
        pytest.skip("this system has no /dev/full")
    command = f"{sys.executable} -m tui check Dockerfile {redirection}"
    done = subprocess.run(
        ["bash", "-c", command],
        cwd=folder, env=_environment(), capture_output=True, timeout=60, check=False,
    )  # fmt: skip
    assert done.returncode == code, done.stderr
    assert b"bug in drydock" not in done.stderr


def test_a_reader_that_leaves_is_no_error(folder: Path) -> None:
    text = "FROM a\n" + "ADD x /x\nRUN cd /x\n" * 3000
    (folder / "Dockerfile").write_text(text)
    command = f"{sys.executable} -m tui check Dockerfile | head -1; echo ${{PIPESTATUS[0]}}"
    done = subprocess.run(
        ["bash", "-c", command],
        cwd=folder, env=_environment(), capture_output=True, timeout=120, check=False,
    )  # fmt: skip
    assert done.stderr == b""
    assert done.stdout.splitlines()[-1] in (b"0", b"1")


def test_an_interrupt_ends_cleanly(folder: Path) -> None:
    process = subprocess.Popen(
        [sys.executable, "-m", "tui", "check", "-"],
        cwd=folder, env=_environment(),
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
    )  # fmt: skip
    assert process.stdin is not None
    process.stdin.write(b"FROM a\n")
    process.stdin.flush()
    for _ in range(200):
        if _is_waiting(process.pid):
            break
        time.sleep(0.05)
    process.send_signal(signal.SIGINT)
    out, err = process.communicate(timeout=30)
    assert (process.returncode, out, err) == (130, b"", b"drydock: Interrupted\n")


def _is_waiting(pid: int) -> bool:
    """True once the process sleeps in a read of its standard input."""
    try:
        return Path(f"/proc/{pid}/wchan").read_text().strip("0") in ("pipe_read", "anon_pipe_read")
    except OSError:
        return False


HEAVY = ("textual", "rich", "docker", "requests", "ruamel", "platformdirs", "multiprocessing")


def _imported(folder: Path, *arguments: str) -> set[str]:
    """Top-level modules that a command imports."""
    code = (
        "import sys\nfrom hardening.cli import main\n"
        f"main({list(arguments)!r})\n"
        "print(*{name.partition('.')[0] for name in sys.modules}, file=sys.stderr)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code],
        cwd=folder, env=_environment(), capture_output=True, timeout=60, check=True, text=True,
    )  # fmt: skip
    return set(done.stderr.split())


def test_checking_a_dockerfile_imports_nothing_heavy(folder: Path) -> None:
    assert not _imported(folder, "check", "Dockerfile") & set(HEAVY)


def test_help_imports_nothing_of_the_engine(folder: Path) -> None:
    code = (
        "import sys\nfrom hardening.cli import main\nmain(['--version'])\n"
        "print(*sorted(name for name in sys.modules if name.startswith('hardening')))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code],
        cwd=folder, env=_environment(), capture_output=True, timeout=60, check=True, text=True,
    )  # fmt: skip
    assert "hardening.rules" not in done.stdout and "hardening.dockerfile" not in done.stdout


def test_a_command_does_not_import_the_screen(folder: Path) -> None:
    code = (
        "import sys\nsys.argv = ['drydock', 'check', 'Dockerfile', '--fail-on', 'never']\n"
        "from tui.__main__ import main\nassert main() == 0\n"
        "assert 'textual' not in sys.modules and 'tui.app' not in sys.modules"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=folder, env=_environment(), timeout=60, check=False,
        capture_output=True,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr.decode()


def test_the_screen_needs_a_terminal(folder: Path) -> None:
    done = _drydock(cwd=folder)
    assert done.returncode == 2 and done.stdout == b""
    assert b"needs a terminal" in done.stderr and b"drydock check" in done.stderr
