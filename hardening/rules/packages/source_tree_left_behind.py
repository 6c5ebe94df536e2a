"""A source tree that was built and kept."""

from __future__ import annotations

from collections.abc import Iterator

from hardening.dockerfile.shell_model import Command
from hardening.model import Finding, Fix, Severity, unknown
from hardening.rules.frame import Example, Rule
from hardening.rules.support import Run, facts
from hardening.rules.support_fixes import append_command, literal, status_kept
from hardening.rules.support_leftovers import is_folder_removed
from hardening.subject import Subject

PREFIX = "/usr/src/"

rule = Rule(
    title="Delete source trees after the build",
    severity=Severity.LOW,
    why="Sources and object files of a program that is installed already stay in the layer: size, "
    "and material for whoever looks for holes.",
    references=("https://docs.docker.com/build/building/multi-stage/",),
    aliases=("parfum:mkdirUsrSrcThenRemove",),
    bad=(
        Example(
            "FROM debian:13\nRUN mkdir -p /usr/src/app && tar xf /a.tar -C /usr/src/app "
            "&& make -C /usr/src/app install\n",
            "FROM debian:13\nRUN mkdir -p /usr/src/app && tar xf /a.tar -C /usr/src/app "
            "&& make -C /usr/src/app install && rm -rf /usr/src/app\n",
        ),
    ),
    good=(
        Example(
            "FROM debian:13\nRUN mkdir -p /usr/src/a && make -C /usr/src/a install && rm -r "
            "/usr/src/a\n"
        ),
        Example(
            "FROM debian:13\nRUN mkdir -p /usr/src/app\nWORKDIR /usr/src/app\nCOPY . .\n",
            note="the application lives there",
        ),
        Example(
            "FROM debian:13\nRUN mkdir -p /usr/src/app && npm ci\n",
            note="nothing is installed from it",
        ),
        Example(
            "FROM debian:13 AS b\nRUN mkdir -p /usr/src/a && make -C /usr/src/a install\n"
            "FROM debian:13\n"
        ),
    ),
)


def _tree(command: Command) -> str | None:
    for word in command.positionals():
        if word.value is not None and word.value.startswith(PREFIX):
            return word.value.rstrip("/")
    return None


def _installs(run: Run) -> Command | None:
    if "make install" not in run.memo:
        run.memo["make install"] = next(
            (
                command
                for command in run.script.named("make", "ninja", "cmake", "meson")
                if any(word.text in ("install", "--install") for word in command.arguments)
            ),
            None,
        )
    found: Command | None = run.memo["make install"]
    return found


@rule.check
def find(subject: Subject) -> Iterator[Finding]:
    known = facts(subject)
    for run, command in known.commands("mkdir"):
        tree = _tree(command)
        install = _installs(run)
        if tree is None or install is None or not run.shipped or run.is_volatile(tree):
            continue
        if is_folder_removed(run, command, tree):
            continue
        text = f"rm -rf {tree}"
        edit = append_command(known.dockerfile, run.instruction, run.script, text)
        fixes: tuple[Fix, ...] = ()
        if edit is not None:
            needed = unknown("Nothing reads the sources later", "Only a run can show it")
            effect = "The layer holds what was installed only."
            fixes = (
                Fix(
                    "delete",
                    f"End the RUN with {text}",
                    (edit,),
                    (literal(install), needed, status_kept()),
                    effect,
                ),
            )
        yield rule.finding(
            subject,
            f"{tree} stays in the layer after make install",
            at=command.span,
            about=tree,
            fixes=fixes,
            tip="Delete it in the same RUN, or build in an earlier stage",
        )
