"""npm, yarn or pnpm that install development packages into the image that ships."""

from __future__ import annotations

from collections.abc import Iterator

from hardening.model import Finding, Fix, Severity, unknown
from hardening.rules.frame import Example, Rule
from hardening.rules.support import facts
from hardening.rules.support_fixes import insert_flag, literal
from hardening.rules.support_node import (
    FLAG,
    has_development,
    is_chosen,
    is_pruned,
    no_later_step,
)
from hardening.subject import Subject

rule = Rule(
    title="Install Node packages without the development ones",
    severity=Severity.MEDIUM,
    why="Compilers, test runners and their hundreds of packages ship with the service: each is "
    "code that an intruder can use and a hole that somebody has to patch.",
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


@rule.check
def find(subject: Subject) -> Iterator[Finding]:
    known = facts(subject)
    calls = known.calls(*FLAG)
    if not calls or not has_development(subject):
        return
    for run, call in calls:
        if call.verb not in ("install", "ci") or call.packages or not run.shipped:
            continue
        if is_chosen(known, run, call) or is_pruned(known, call):
            continue
        flag = FLAG[call.manager]
        fix = Fix(
            "omit-dev",
            f"Add {flag}",
            (insert_flag(known.dockerfile, call, flag),),
            (
                literal(call.command),
                no_later_step(known, call),
                unknown("The program needs none of them when it runs", "Only a run can show it"),
            ),
            "Packages of devDependencies are not in the image.",
        )
        yield rule.finding(
            subject,
            f"{call.written} also installs what is for development only",
            at=call.command.span,
            about=f"{call.manager} {call.verb}",
            fixes=(fix,),
            tip="Build in an earlier stage and install with " + flag + " in the last one",
        )
