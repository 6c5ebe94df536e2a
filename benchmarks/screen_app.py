"""The apps that `benchmarks.screen` times: `empty`, or `full` with a large subject loaded."""

from __future__ import annotations

import os
import sys
import tempfile
from collections.abc import Iterator

FILES = 100_000
FINDINGS = 5_000
LINES = 2_000


def empty() -> None:
    """The smallest app that draws something on a key press."""
    from textual.app import App, ComposeResult
    from textual.widgets import Static

    class Empty(App[None]):
        BINDINGS = [("j", "say", "say")]
        presses = 0

        def compose(self) -> ComposeResult:
            yield Static("drydock-bench", id="said")

        def action_say(self) -> None:
            self.presses += 1
            self.query_one("#said", Static).update(f"drydock-bench {self.presses}")

    Empty().run()


def full() -> None:
    """The main screen with 100,000 files, 5,000 findings and a 2,000-line Dockerfile."""
    folder = tempfile.mkdtemp(prefix="drydock-bench-")
    os.environ["DRYDOCK_STATE_DIR"] = os.environ["DRYDOCK_CONFIG_DIR"] = folder
    import importlib
    from functools import partial

    from hardening.image.synthetic import ImageSketch, LayerSketch
    from hardening.model import Finding, Severity
    from hardening.opening import OpenRequest, memory_subject
    from hardening.rules.frame import Example, Rule
    from hardening.subject import Subject
    from tui.app import DrydockApp
    from tui.state import Store

    rule = Rule(title="t", severity=Severity.LOW, why="w", references=("r",),
                bad=(Example("a"),), good=(Example("b"),))  # fmt: skip
    rule.id, rule.theme = "bench", "bench"

    @rule.check
    def find(subject: Subject) -> Iterator[Finding]:
        assert subject.dockerfile is not None
        ran = subject.dockerfile.instructions
        for number in range(FINDINGS):
            at = ran[number % len(ran)]
            severity = Severity(number % 5)
            yield rule.finding(subject, f"finding {number} of this line", at=at,
                               about=str(number), severity=severity)  # fmt: skip

    replaying = importlib.import_module("hardening.replay")
    replaying.replay = partial(replaying.replay, rules=(rule,))  # type: ignore[attr-defined]
    layers = tuple(
        LayerSketch(
            files={f"srv/d{layer}/{n // 100}/f{n}": "x" for n in range(FILES // 20)},
            command=f"RUN step {layer}",
        )
        for layer in range(20)
    )
    text = "FROM scratch\n" + "".join(f"RUN step {n} && other-step\n" for n in range(LINES - 1))
    store = Store()
    store.open(memory_subject(text, image=ImageSketch(layers=layers)))
    DrydockApp(OpenRequest(), store=store).run()


if __name__ == "__main__":
    {"empty": empty, "full": full}[sys.argv[1]]()
