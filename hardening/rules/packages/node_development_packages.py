"""npm, yarn or pnpm that install development packages into the image that ships."""

from __future__ import annotations

import json
from collections.abc import Iterator

from hardening.dockerfile.shell_model import PackageCall
from hardening.model import Finding, Fix, Precondition, Severity, fails, holds, unknown
from hardening.rules.frame import Example, Rule
from hardening.rules.support import Facts, Run, facts
from hardening.rules.support_fixes import insert_flag, literal
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

rule = Rule(
    title="Install Node packages without the development ones",
    severity=Severity.MEDIUM,
    why="Compilers, test runners and their hundreds of packages ship with the service: each "
    "is code "
    "that an intruder can use and a hole that somebody has to patch.",
    references=("https://docs.npmjs.com/cli/v11/commands/npm-ci#omit",),
    aliases=(),
    bad=(
        Example(
            "FROM node:26-slim\nCOPY package*.json ./\nRUN npm ci && npm cache clean --force\n",
            "FROM node:26-slim\nCOPY package*.json ./\n"
            "RUN npm ci --omit=dev && npm cache clean --force\n",
            files={
                "package.json": '{"devDependencies": {"jest": "30"}}',
                "package-lock.json": "{}",
            },
        ),
        Example(
            "FROM node:26-slim\nCOPY package.json .\nRUN npm ci\nRUN npm run build\n",
            files={"package.json": '{"devDependencies": {"typescript": "5"}}'},
            note="a later step may need them: no fix",
        ),
    ),
    good=(
        Example("FROM node:26-slim\nRUN npm ci --omit=dev\n"),
        Example("FROM node:26-slim\nENV NODE_ENV=production\nRUN npm ci\n"),
        Example("FROM node:26-slim\nRUN npm ci && npm run build && npm prune --omit=dev\n"),
        Example("FROM node:26-slim\nRUN npm install -g pnpm\n", note="a named package"),
        Example(
            "FROM node:26-slim\nRUN npm ci\n",
            files={"package.json": '{"dependencies": {}}'},
            note="there are none",
        ),
        Example(
            "FROM node:26 AS build\nRUN npm ci\n"
            "FROM nginx:1.30\nCOPY --from=build /app /usr/share\n",
            note="does not ship",
        ),
        Example("FROM node:26-slim\nRUN yarn install --production\n"),
        Example("FROM node:26-slim\nRUN npm ci\n", note="without the context nobody can tell"),
    ),
)


def _has_development(subject: Subject) -> bool:
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


def _is_chosen(known: Facts, run: Run, call: PackageCall) -> bool:
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


def _pruned(known: Facts, call: PackageCall) -> bool:
    for run, other in known.calls(call.manager):
        later = other.command.span.start > call.command.span.start
        if run.shipped and later and (other.verb == "prune" or has_flag(other, *CHOSEN[:5])):
            return True
    return False


def _later_steps(known: Facts, call: PackageCall) -> Precondition:
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


@rule.check
def find(subject: Subject) -> Iterator[Finding]:
    known = facts(subject)
    calls = known.calls(*FLAG)
    if not calls or not _has_development(subject):
        return
    for run, call in calls:
        if call.verb not in ("install", "ci") or call.packages or not run.shipped:
            continue
        if _is_chosen(known, run, call) or _pruned(known, call):
            continue
        flag = FLAG[call.manager]
        fix = Fix(
            "omit-dev",
            f"Add {flag}",
            (insert_flag(known.dockerfile, call, flag),),
            (
                literal(call.command),
                _later_steps(known, call),
                unknown("The program needs none of them when it runs", "Only a run can show it"),
            ),
            "Packages of devDependencies are not in the image.",
        )
        yield rule.finding(
            subject,
            f"{call.manager} {call.verb} also installs what is for development only",
            at=call.command.span,
            about=f"{call.manager} {call.verb}",
            fixes=(fix,),
            tip="Build in an earlier stage and install with " + flag + " in the last one",
        )
