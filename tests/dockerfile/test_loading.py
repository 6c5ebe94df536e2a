"""What is loaded when, and what the messages give away."""

from __future__ import annotations

import subprocess
import sys

import pytest

from hardening.dockerfile import parse


def test_the_shell_grammar_is_loaded_with_the_first_script() -> None:
    program = (
        "import sys\n"
        "from hardening.dockerfile import parse\n"
        "one = parse('FROM a:${V:-1}\\nENV a=b\\nRUN c\\n').instructions[2]\n"
        "heavy = {'tree_sitter', 'tree_sitter_bash', 're2'}\n"
        "assert not heavy & set(sys.modules)\n"
        "assert one.shell.commands[0].name == 'c'\n"
        "assert 'tree_sitter_bash' in sys.modules\n"
    )
    subprocess.run([sys.executable, "-c", program], check=True)


@pytest.mark.parametrize(
    "line", ["ENV TOKEN= hunter2", "ENV TOKEN=a hunter2", "LABEL a=b hunter2", 'CMD ["hunter2", 1]']
)
def test_a_refusal_does_not_repeat_the_value(line: str) -> None:
    (refused,) = parse(f"FROM a\n{line}\n").unparsed
    assert "hunter2" not in refused.reason
