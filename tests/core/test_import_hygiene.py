"""The engine is free of the screen, and what a command does not need is not loaded."""

from __future__ import annotations

import json
import pkgutil
import subprocess
import sys

import pytest

import hardening

SCREEN = {"textual", "rich", "tui"}
HEAVY = {"docker", "httpx", "requests", "re2", "ruamel", "textual", "rich", "tree_sitter", "isal"}


def loaded_after(code: str) -> set[str]:
    """Top-level names in sys.modules after running `code` in a fresh interpreter."""
    names = "sorted({n.split('.')[0] for n in sys.modules})"
    program = f"import sys, json\n{code}\nprint(json.dumps({names}))"
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    return set(json.loads(done.stdout.splitlines()[-1]))


def modules() -> list[str]:
    return sorted(
        info.name
        for info in pkgutil.walk_packages(hardening.__path__, "hardening.")
        if not info.name.endswith("__main__")
    )


def test_no_engine_module_loads_the_screen() -> None:
    names = modules()
    assert len(names) > 40
    loaded = loaded_after(
        "import importlib\nfor n in " + repr(names) + ": importlib.import_module(n)"
    )
    assert not loaded & SCREEN


@pytest.mark.parametrize(
    "code",
    [
        "import hardening",
        "import tui.__main__",
        "from hardening.dockerfile import parse; parse('FROM scratch')",
        "from hardening.rules import all_rules; all_rules()",
    ],
)
def test_start_up_is_light(code: str) -> None:
    assert not loaded_after(code) & HEAVY


def test_checking_a_dockerfile_needs_no_engine(tmp_path: object) -> None:
    code = (
        "from hardening.opening import memory_subject\n"
        "from hardening.analyse import analyse\n"
        "analyse(memory_subject('FROM debian:12\\nRUN apt-get update\\n'))"
    )
    assert not loaded_after(code) & {"docker", "requests", "httpx", "textual", "ruamel"}
