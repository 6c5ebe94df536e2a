"""pip install that stores wheels in the layer."""

from __future__ import annotations

from collections.abc import Iterator

from hardening.dockerfile.packages import package_call
from hardening.dockerfile.shell_model import Command, PackageCall
from hardening.model import Finding, Fix, Severity
from hardening.rules.frame import Example, Rule
from hardening.rules.support import Run, facts
from hardening.rules.support_configured import Elsewhere, cache_elsewhere
from hardening.rules.support_fixes import insert_flag, literal, no_volatile
from hardening.rules.support_packages import about, has_flag, removes, shown
from hardening.rules.support_pip import keeps_nothing, reads_as_kept
from hardening.subject import Subject

WHERE = Elsewhere(("--cache-dir",), ("PIP_CACHE_DIR", "XDG_CACHE_HOME"))
PATHS = ("~/.cache/pip", "/root/.cache/pip")

rule = Rule(
    title="Install with pip --no-cache-dir",
    severity=Severity.LOW,
    why="pip keeps what it downloaded and built; in a layer nothing ever reads it again, and the "
    "copies show up as packages to patch.",
    references=("https://pip.pypa.io/en/stable/topics/caching/",),
    aliases=(
        "hadolint:DL3042",
        "kics:pip_install_keeping_cached_packages",
        "parfum:pipUseNoCacheDir",
    ),
    bad=(
        Example(
            "FROM python:3.14-slim\nRUN pip install -r requirements.txt\n",
            "FROM python:3.14-slim\nRUN pip install --no-cache-dir -r requirements.txt\n",
        ),
        Example(
            "FROM python:3.14-slim\nRUN python3 -m pip install flask==3.1.0 \\\n    && pip check\n",
            "FROM python:3.14-slim\nRUN python3 -m pip install --no-cache-dir flask==3.1.0 "
            "\\\n    && pip check\n",
        ),
        Example(
            "FROM python:3.14-slim\nENV PIP_NO_CACHE_DIR=\nRUN pip install flask\n",
            "FROM python:3.14-slim\nENV PIP_NO_CACHE_DIR=\nRUN pip install --no-cache-dir flask\n",
            note="pip does not look at an empty variable",
        ),
    ),
    good=(
        Example(
            "FROM python:3.14-slim\nENV PIP_NO_CACHE_DIR=off\nRUN pip install flask\n",
            note="pip switches the cache off for every value that this variable may have",
        ),
        Example(
            "FROM python:3.14-slim\nRUN pip config set global.no-cache-dir true\n"
            "RUN pip install flask\n",
            note="configured",
        ),
        Example(
            "FROM python:3.14-slim\nENV PIP_CACHE_DIR=/cache\n"
            "RUN --mount=type=cache,target=/cache pip install flask\n",
            note="the cache is somewhere else",
        ),
        Example("FROM python:3.14-slim\nRUN export PIP_NO_CACHE_DIR=on && pip install flask\n"),
        Example(
            "FROM python:3.14-slim\nRUN --mount=type=cache,target=/root/.cache/pip pip install "
            "flask\n"
        ),
        Example("FROM python:3.14-slim\nRUN pip install flask && rm -rf ~/.cache/pip\n"),
        Example("FROM python:3.14-slim\nRUN pipx install tox\n", note="another program"),
        Example(
            "FROM python:3.14 AS build\nENV PIP_NO_CACHE_DIR=1\n"
            "FROM build\nRUN pip install flask\n",
            note="inherited",
        ),
        Example(
            "FROM python:3.14 AS build\nRUN pip install --target /deps flask\n"
            "FROM python:3.14-slim\nCOPY --from=build /deps /deps\n",
            note="a build stage does not ship",
        ),
    ),
)


def _cleans(command: Command) -> bool:
    if removes(command, *PATHS):
        return True
    if command.name == "rm" and any("pip cache dir" in word.text for word in command.words):
        return True
    call = package_call(command)
    return call is not None and call.manager == "pip" and call.verb == "clean"


def _fix(subject: Subject, run: Run, call: PackageCall) -> Fix:
    return Fix(
        "no-cache-dir",
        "Add --no-cache-dir",
        (insert_flag(facts(subject).dockerfile, call, "--no-cache-dir"),),
        (literal(call.command), no_volatile(run, *PATHS)),
        "The same packages are installed; the downloads are not kept.",
    )


@rule.check
def find(subject: Subject) -> Iterator[Finding]:
    known = facts(subject)
    for run, call in known.calls("pip"):
        if call.verb != "install" or not run.shipped or call.command.name == "uv":
            continue
        misleading = reads_as_kept(call.command)
        if misleading is not None and not has_flag(call, "--no-cache-dir"):
            yield rule.finding(
                subject,
                f"PIP_NO_CACHE_DIR={misleading} looks like a cache that stays: pip has it off",
                at=call.command.span,
                about=about(call),
                severity=Severity.INFO,
                fixes=(_fix(subject, run, call),),
            )
            continue
        if keeps_nothing(known, run, call) or run.is_volatile(*PATHS):
            continue
        if cache_elsewhere(known, run, call, WHERE):
            continue
        if run.happens_after(call.command, "clean pip", _cleans):
            continue
        yield rule.finding(
            subject,
            f"{shown(call)} keeps its downloads in the layer",
            at=call.command.span,
            about=about(call),
            fixes=(_fix(subject, run, call),),
        )
