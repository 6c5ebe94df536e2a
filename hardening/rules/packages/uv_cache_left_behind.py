"""uv that stores wheels in the layer."""

from __future__ import annotations

from collections.abc import Iterator

from hardening.dockerfile.edits import insert_at
from hardening.dockerfile.shell_model import Command
from hardening.model import Finding, Fix, Severity
from hardening.rules.frame import Example, Rule
from hardening.rules.support import facts
from hardening.rules.support_fixes import literal, no_volatile
from hardening.rules.support_packages import removes
from hardening.subject import Subject

PATHS = ("~/.cache/uv", "/root/.cache/uv")
QUIET = ("--no-cache", "-n", "--no-cache-dir", "--cache-dir", "--dry-run")

rule = Rule(
    title="Install with uv --no-cache",
    severity=Severity.LOW,
    why="uv keeps every wheel it downloaded or built; in a layer nothing reads them again, and the"
    " copies show up as packages to patch.",
    references=("https://docs.astral.sh/uv/guides/integration/docker/#caching",),
    aliases=(),
    bad=(
        Example(
            "FROM python:3.14-slim\nRUN uv sync --frozen\n",
            "FROM python:3.14-slim\nRUN uv --no-cache sync --frozen\n",
        ),
        Example(
            "FROM python:3.14-slim\nRUN uv pip install --system flask==3.1.0\n",
            "FROM python:3.14-slim\nRUN uv --no-cache pip install --system flask==3.1.0\n",
        ),
    ),
    good=(
        Example("FROM python:3.14-slim\nRUN uv sync --no-cache\n"),
        Example("FROM python:3.14-slim\nENV UV_NO_CACHE=1\nRUN uv sync\n"),
        Example("FROM python:3.14-slim\nRUN --mount=type=cache,target=/root/.cache/uv uv sync\n"),
        Example("FROM python:3.14-slim\nRUN uv sync && rm -rf /root/.cache/uv\n"),
        Example("FROM python:3.14-slim\nRUN uv run app.py\n"),
        Example("FROM python:3.14 AS build\nRUN uv sync\nFROM python:3.14-slim\n"),
    ),
)


def _fills(command: Command) -> bool:
    words = [word.text for word in command.positionals()[:2]]
    return words[:1] in (["sync"], ["add"]) or words in (["pip", "install"], ["tool", "install"])


def _cleans(command: Command) -> bool:
    words = [word.text for word in command.positionals()[:2]]
    return (command.name == "uv" and words[:1] == ["cache"]) or removes(command, *PATHS)


@rule.check
def find(subject: Subject) -> Iterator[Finding]:
    known = facts(subject)
    for run, command in known.commands("uv"):
        if not run.shipped or not _fills(command) or command.has_flag(*QUIET):
            continue
        if run.is_volatile(*PATHS) or known.is_set(run, command, "UV_NO_CACHE"):
            continue
        if known.variable(run.instruction, "UV_CACHE_DIR"):
            continue
        if run.happens_after(command, "clean uv", _cleans):
            continue
        fix = Fix(
            "no-cache",
            "Add --no-cache",
            (insert_at(known.dockerfile, command.words[0].span.end, " --no-cache"),),
            (literal(command), no_volatile(run, *PATHS)),
            "The same packages are installed; the downloads are not kept.",
        )
        yield rule.finding(
            subject,
            "uv keeps its downloads in the layer",
            at=command.span,
            about=" ".join(word.text for word in command.positionals()[:3]),
            fixes=(fix,),
        )
