"""What no rule could look into is said, with its line and the reason."""

from __future__ import annotations

import pytest

from hardening.analyse import analyse
from hardening.dockerfile.shell_walk import NOT_FOLLOWED, TOO_DEEP, TOO_LONG
from hardening.model import RunConfiguration
from hardening.opening import memory_subject
from hardening.skipped import Skipped

STEPS = " && \\\n".join(f"echo {number} {'x' * 400}" for number in range(3000))


def said(text: str, files: dict[str, str] | None = None) -> list[tuple[str, str]]:
    report = analyse(memory_subject(text, files=files or {}), rules=())
    return [(one.what, one.reason) for one in report.skipped if _is_about_text(one)]


def _is_about_text(one: Skipped) -> bool:
    return one.what.startswith(("shell commands", "values of", "files of the build context"))


@pytest.mark.parametrize(
    ("text", "what", "reason"),
    [
        (f"FROM debian:13\nRUN {STEPS}\n", "line 2", TOO_LONG),
        (f"FROM debian:13\nRUN <<EOF\n{STEPS.replace(' && ' + chr(92), '')}\nEOF\n", "line 3",
         TOO_LONG),
        ("FROM debian:13\nRUN " + "(" * 200 + "a" + ")" * 200 + "\n", "line 2", TOO_DEEP),
        ("FROM debian:13\nRUN a \\\n && b; )c\n", "line 3", NOT_FOLLOWED),
        ('FROM debian:13\nRUN ["sh", "-c", "a; )c"]\n', "line 2", NOT_FOLLOWED),
        ('FROM debian:13\nSHELL ["pwsh", "-c"]\nRUN a\nRUN b\n\nRUN c\n', "lines 3-4, 6",
         "a script for pwsh"),
        ("FROM x/nanoserver:1\nRUN dir\n", "line 2", "a script for cmd"),
        ('FROM x/nanoserver:1\nRUN ["cmd", "/c", "dir"]\n', "line 2", "a script for Windows"),
        ("FROM debian:13\nRUN <<EOF\n#!/usr/bin/env python3\nimport os\nEOF\n", "line 2",
         "a script for python3"),
        ("FROM debian:13\nCMD a; )c\n", "line 2", NOT_FOLLOWED),
        ("FROM debian:13\nONBUILD RUN a; )c\n", "line 2", NOT_FOLLOWED),
    ],
)  # fmt: skip
def test_commands_that_are_not_read_are_named(text: str, what: str, reason: str) -> None:
    assert said(text) == [(f"shell commands on {what}", reason)]


def test_what_the_grammar_merely_misses_hides_no_command() -> None:
    assert not said("FROM debian:13\nRUN case x in a) b ;; esac; c\nRUN a && b\n")


@pytest.mark.parametrize(
    "text",
    [
        'FROM debian:13\nRUN ["apt-get", "update"]\n',
        "FROM debian:13\nRUN sh -c 'a | b'\n",
        "",
        "X\n",
    ],
)
def test_nothing_is_said_where_all_was_read(text: str) -> None:
    assert not said(text)


def test_variables_beyond_the_bound_are_named() -> None:
    lines = "\n".join(f"ENV A{number}=1" for number in range(1200))
    text = f"FROM debian:13\n{lines}\nRUN $A1 x\n"
    ((what, reason),) = said(text)
    assert what.startswith("values of variables from line ")
    assert reason == "ENV and ARG set more than 500,000 in all"


def test_files_beyond_the_bound_are_named() -> None:
    files = {f"f{number}": "" for number in range(20_001)}
    subject = memory_subject("FROM debian:13\nCOPY . .\n", files=files)
    skipped = [one.what for one in analyse(subject).skipped]
    assert "files of the build context after the first 20,000" in skipped
    few = memory_subject("FROM debian:13\nCOPY . .\n", files={"a": ""})
    assert "files of the build context after" not in str(analyse(few).skipped)


def test_settings_from_elsewhere_are_named() -> None:
    run = RunConfiguration("compose.yaml#web", not_read=("extends", "env_file"))
    skipped = [one.what for one in analyse(memory_subject("FROM debian:13\n", run=run)).skipped]
    assert "extends, env_file of compose.yaml#web" in skipped
