"""Programs that a test runs in an interpreter of their own."""

from __future__ import annotations

import json
import subprocess
import sys
from typing import Any

SAID_FIRST = "buffered, and told once"


def answer_of(script: str, *arguments: object) -> Any:
    """The JSON in the last line of a script. Before it stands what was buffered when processes were
    started, exactly once, and nothing is told on standard error."""
    done = subprocess.run(
        [sys.executable, "-c", script, *map(str, arguments)],
        capture_output=True,
        text=True,
        timeout=120,
        check=True,
    )
    assert done.stderr == ""
    first, answer = done.stdout.splitlines()
    assert first == SAID_FIRST
    return json.loads(answer)
