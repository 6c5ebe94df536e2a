"""The installed program in a real pseudo-terminal, from the demo to the files on the disk."""

from __future__ import annotations

import os
import sys
import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import pexpect
import pyte
import pytest

from hardening.model import Finding, Safety
from hardening.plan import Plan, fix_key
from hardening.replay import replay
from hardening.sample import open_sample, sample

COLUMNS, ROWS = 120, 40
PATIENCE = 90.0
SAMPLE = "python-flask"
WALK = (
    ("6", "Why it matters"),
    ("7", "layer "),
    ("8", "docker run"),
    ("9", "Debian packages"),
    ("0", "there is no advisory data"),
    ("5", "No changes"),
    ("4", "FROM python"),
    ("1", "━1 Layers"),
    ("3", "━3 Secrets"),
)
"""Every pane and tab, and what stands in it once it is there."""


class Terminal:
    """A program in a pseudo-terminal, and what a person would see of it."""

    def __init__(self, command: list[str], environment: dict[str, str], folder: Path) -> None:
        self.screen = pyte.Screen(COLUMNS, ROWS)
        self.stream = pyte.ByteStream(self.screen)
        self.child: pexpect.spawn[bytes] = pexpect.spawn(
            command[0], command[1:], env=environment, cwd=str(folder), dimensions=(ROWS, COLUMNS),
            timeout=PATIENCE,
        )  # fmt: skip

    def read(self) -> None:
        try:
            data = self.child.read_nonblocking(1 << 16, timeout=0.1)
        except (pexpect.TIMEOUT, pexpect.EOF):
            return
        # pyte 0.8 takes private sequences such as "\x1b[>25u" for text
        data = data.replace(b"\x1b[>25u", b"").replace(b"\x1b[<u", b"")
        self.stream.feed(data)

    def lines(self) -> list[str]:
        return list(self.screen.display)

    def wait(self, what: str, seen: Callable[[list[str]], bool]) -> None:
        """Until the screen shows it; fails with the screen when it never does."""
        end = time.monotonic() + PATIENCE
        while time.monotonic() < end:
            self.read()
            if seen(self.lines()):
                return
        pytest.fail(f"never seen: {what}\n" + "\n".join(self.lines()))

    def wait_for(self, text: str) -> None:
        self.wait(text, lambda lines: any(text in line for line in lines))

    def press(self, keys: str) -> None:
        self.child.send(keys.encode())


@pytest.fixture
def program() -> list[str]:
    installed = Path(sys.executable).with_name("drydock")
    return [str(installed)] if installed.exists() else [sys.executable, "-m", "tui"]


def three_safe_findings() -> tuple[list[Finding], str, str]:
    """Three findings of the sample that can be told apart by their rule, the text with the first
    and the last of their fixes, and the text as it was."""
    subject = open_sample(SAMPLE)
    report = replay(subject, Plan()).report
    rules = Counter(one.rule for one in report.findings)
    safe = [one for one in report.findings if rules[one.rule] == 1 and one.best_fix is not None
            and one.best_fix.safety is Safety.SAFE]  # fmt: skip
    chosen = safe[:3]
    assert len(chosen) == 3
    plan = Plan()
    for finding in (chosen[0], chosen[2]):
        assert finding.best_fix is not None
        plan = plan.accept(fix_key(finding, finding.best_fix))
    assert subject.dockerfile is not None
    after = replay(subject, plan).subject.dockerfile
    assert after is not None
    return chosen, after.text, subject.dockerfile.text


def test_demo_from_the_first_paint_to_the_files(tmp_path: Path, program: list[str]) -> None:
    chosen, expected, original = three_safe_findings()
    temporary = tmp_path / "tmp"
    temporary.mkdir()
    environment = {
        **os.environ,
        "TERM": "xterm-256color",
        "LANG": "C.UTF-8",
        "TMPDIR": str(temporary),
        "DRYDOCK_CONFIG_DIR": str(tmp_path / "config"),
        "DRYDOCK_STATE_DIR": str(tmp_path / "state"),
        "DRYDOCK_CACHE_DIR": str(tmp_path / "cache"),
        "DRYDOCK_DATA_DIR": str(tmp_path / "data"),
        "PYTHONPATH": str(Path(__file__).parents[2]),
    }
    for name in ("NO_COLOR", "VISUAL", "EDITOR", "TMUX", "CI", "COLUMNS", "LINES"):
        environment.pop(name, None)
    terminal = Terminal([*program, "demo", SAMPLE], environment, tmp_path)
    layers = len(open_sample(SAMPLE).image.layers)  # type: ignore[union-attr]
    terminal.wait_for(f"1 Layers {layers}")
    terminal.wait("secrets", lambda lines: any("3 Secrets " in one for one in lines))
    terminal.wait("findings", lambda lines: any("MAINTAINER" in one for one in lines))

    for key, seen in WALK:
        terminal.press(key)
        terminal.wait_for(seen)

    for number, finding in enumerate(chosen, 1):
        find(terminal, finding)
        terminal.press(" ")
        terminal.wait_for(f"{number} fix{'es' if number > 1 else ''} not written")
    find(terminal, chosen[1])
    terminal.press("r")
    terminal.wait_for("2 fixes not written")

    terminal.press("w")
    terminal.wait_for("Write 2 fixes")
    dockerfile = next(temporary.glob(f"drydock-*/{SAMPLE}/Dockerfile"))
    assert dockerfile.read_text() == original
    terminal.press("w")
    terminal.wait("the summary without unsaved fixes",
                  lambda lines: not any("not written" in one for one in lines))  # fmt: skip
    terminal.press("q")
    terminal.child.expect(pexpect.EOF)
    terminal.child.close()

    assert terminal.child.exitstatus == 0
    assert dockerfile.read_text() == expected
    assert dockerfile.with_name("Dockerfile.bak").read_text() == original
    untouched = {path.name for path in sample(SAMPLE).folder.iterdir()}
    written = {path.name for path in dockerfile.parent.iterdir()}
    assert written - untouched == {"Dockerfile.bak"}


def find(terminal: Terminal, finding: Finding) -> None:
    """Put the cursor on a finding by filtering for its rule."""
    terminal.press("2")
    terminal.wait("the findings pane", lambda lines: "━2 Findings" in lines[1])
    terminal.press("/")
    terminal.wait_for("enter keep")
    terminal.press("\x15")
    terminal.wait_for("Filter the findings")
    terminal.press(finding.rule)
    terminal.wait_for(f"/{finding.rule}")
    terminal.press("\r")
    terminal.wait("the pane again", lambda lines: any("q quit" in one for one in lines))
