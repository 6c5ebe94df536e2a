"""npm that leaves its cache in the layer."""

from __future__ import annotations

from collections.abc import Iterator

from hardening.dockerfile.shell_model import Command
from hardening.model import Finding, Severity
from hardening.rules.frame import Example, Rule
from hardening.rules.support import facts
from hardening.rules.support_configured import Elsewhere, cache_elsewhere
from hardening.rules.support_package_caches import Cache, caches_left
from hardening.subject import Subject

rule = Rule(
    title="End the RUN with npm cache clean --force",
    severity=Severity.LOW,
    why="npm keeps a copy of every package it downloaded; in a layer nothing reads it again and "
    "scanners report its contents a second time.",
    references=("https://docs.npmjs.com/cli/v11/commands/npm-cache",),
    aliases=("parfum:npmCacheCleanAfterInstall",),
    bad=(
        Example(
            "FROM node:26-slim\nRUN npm ci --omit=dev\n",
            "FROM node:26-slim\nRUN npm ci --omit=dev && npm cache clean --force\n",
        ),
    ),
    good=(
        Example("FROM node:26-slim\nRUN npm ci && npm cache clean --force\n"),
        Example("FROM node:26-slim\nRUN npm install && rm -rf ~/.npm\n"),
        Example("FROM node:26-slim\nRUN --mount=type=cache,target=/root/.npm npm ci\n"),
        Example(
            "FROM node:26 AS build\nRUN npm ci\n"
            "FROM nginx:1.30\nCOPY --from=build /app/dist /usr/share/nginx/html\n"
        ),
        Example("FROM node:26-slim\nRUN npm run build\n"),
        Example(
            "FROM node:26-slim\nRUN npm ci --cache /tmp/npm && rm -rf /tmp/npm\n",
            note="the cache is somewhere else",
        ),
    ),
)


def _cleans(command: Command) -> bool:
    return command.name == "npm" and [one.text for one in command.positionals()[:2]] in (
        ["cache", "clean"],
        ["cache", "clear"],
    )


WHERE = Elsewhere(("--cache",), ("npm_config_cache", "NPM_CONFIG_CACHE"))
CACHE = Cache(
    ("~/.npm", "/root/.npm"),
    "npm cache clean --force",
    frozenset({"install", "ci", "update", "install-test"}),
    _cleans,
)


@rule.check
def find(subject: Subject) -> Iterator[Finding]:
    known = facts(subject)
    yield from caches_left(
        subject,
        rule,
        managers=("npm",),
        cache=CACHE,
        silent=lambda run, call: cache_elsewhere(known, run, call, WHERE),
    )
