"""Development packages of Node projects."""

from __future__ import annotations

import json

from hardening.dockerfile.shell_model import PackageCall
from hardening.model import Precondition, fails, holds
from hardening.rules.support import Facts, Run
from hardening.rules.support_packages import has_flag
from hardening.subject import Subject

FLAG = {"npm": "--omit=dev", "yarn": "--production", "pnpm": "--prod"}
CHOSEN: tuple[str, ...] = (
    "--omit",
    "--production",
    "--only",
    "--prod",
    "-P",
    "--dev",
    "-D",
    "--include",
    "--filter",
)
CHOSEN += ("-g", "--global", "--location", "--immutable", "--package-lock-only")
VARIABLES = ("NPM_CONFIG_OMIT", "npm_config_omit", "NPM_CONFIG_PRODUCTION", "NPM_CONFIG_ONLY")
BUILDERS = frozenset(
    {"tsc", "vite", "webpack", "ng", "next", "nest", "rollup", "esbuild", "npx", "nx"}
)


def has_development(subject: Subject) -> bool:
    """True when a package.json of the context names development packages."""
    context = subject.context
    data = context.read("package.json") if context is not None else None
    if data is None:
        return False
    try:
        found = json.loads(data)
    except (ValueError, RecursionError):
        return False
    return isinstance(found, dict) and bool(found.get("devDependencies"))


def is_chosen(known: Facts, run: Run, call: PackageCall) -> bool:
    if has_flag(call, *CHOSEN) or any(known.is_set(run, call.command, one) for one in VARIABLES):
        return True
    mode = known.variable(run.instruction, "NODE_ENV") or ""
    for one in run.script.commands:
        for key, word in one.assignments:
            if key == "NODE_ENV" and word is not None:
                mode = word.value or mode
        for word in one.arguments if one.name == "export" else ():
            if word.text.startswith("NODE_ENV="):
                mode = word.text.partition("=")[2]
    return mode == "production"


def is_pruned(known: Facts, call: PackageCall) -> bool:
    for run, other in known.calls(call.manager):
        later = other.command.span.start > call.command.span.start
        if run.shipped and later and (other.verb == "prune" or has_flag(other, *CHOSEN[:5])):
            return True
    return False


def no_later_step(known: Facts, call: PackageCall) -> Precondition:
    statement = "No later step of the stage needs a development package"
    for run in known.runs:
        if not run.shipped:
            continue
        for command in run.script.commands:
            if command.span.start <= call.command.span.start:
                continue
            words = [word.text for word in command.arguments[:2]]
            runs = command.name in FLAG and words[:1] in (["run"], ["exec"], ["test"], ["build"])
            if runs or command.name in BUILDERS:
                text = " ".join([command.name or "", *words])
                return fails(
                    statement, f"Line {known.dockerfile.line_at(command.span.start)} calls {text}"
                )
    return holds(statement, "No later RUN calls a build tool")
