"""yarn that leaves its cache in the layer."""

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
    title="End the RUN with yarn cache clean",
    severity=Severity.LOW,
    why="yarn keeps a copy of every package it downloaded; in a layer nothing reads it again and "
    "scanners report its contents a second time.",
    references=("https://classic.yarnpkg.com/lang/en/docs/cli/cache/",),
    aliases=(
        "hadolint:DL3060",
        "parfum:yarnCacheClean",
    ),
    bad=(
        Example(
            "FROM node:26-slim\nRUN yarn install --frozen-lockfile\n",
            "FROM node:26-slim\nRUN yarn install --frozen-lockfile && yarn cache clean\n",
        ),
    ),
    good=(
        Example("FROM node:26-slim\nRUN yarn install && yarn cache clean\n"),
        Example(
            "FROM node:26-slim\nRUN --mount=type=cache,target=/root/.cache/yarn yarn install\n"
        ),
        Example("FROM node:26-slim\nRUN yarn build\n"),
        Example("FROM node:26-slim\nRUN yarn --version\n", note="a question installs nothing"),
        Example(
            "FROM node:26-slim\nENV YARN_CACHE_FOLDER=/cache\n"
            "RUN --mount=type=cache,target=/cache yarn\n",
            note="the cache is somewhere else",
        ),
        Example(
            "FROM node:26 AS build\nRUN yarn install\n"
            "FROM nginx:1.30\nCOPY --from=build /app/dist /usr/share/nginx/html\n"
        ),
    ),
)


def _cleans(command: Command) -> bool:
    return command.name == "yarn" and [one.text for one in command.positionals()[:2]] == [
        "cache",
        "clean",
    ]


WHERE = Elsewhere(("--cache-folder",), ("YARN_CACHE_FOLDER", "yarn_cache_folder"))
CACHE = Cache(
    ("~/.cache/yarn", "/usr/local/share/.cache", "/root/.cache/yarn", "~/.yarn/berry/cache"),
    "yarn cache clean",
    frozenset({"install", "add", "upgrade", "global add"}),
    _cleans,
)


@rule.check
def find(subject: Subject) -> Iterator[Finding]:
    known = facts(subject)
    yield from caches_left(
        subject,
        rule,
        managers=("yarn",),
        cache=CACHE,
        silent=lambda run, call: cache_elsewhere(known, run, call, WHERE),
    )
