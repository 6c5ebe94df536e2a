"""pnpm that leaves its store in the layer."""

from __future__ import annotations

from collections.abc import Iterator

from hardening.dockerfile.shell_model import Command
from hardening.model import Finding, Severity
from hardening.rules.frame import Example, Rule
from hardening.rules.support_package_caches import Cache, caches_left
from hardening.subject import Subject

rule = Rule(
    title="End the RUN with pnpm store prune",
    severity=Severity.LOW,
    why="pnpm keeps a store of every package it downloaded; in a layer what nothing links to is "
    "never read again.",
    references=("https://pnpm.io/docker",),
    aliases=(),
    bad=(
        Example(
            "FROM node:26-slim\nRUN pnpm install --frozen-lockfile\n",
            "FROM node:26-slim\nRUN pnpm install --frozen-lockfile && pnpm store prune\n",
        ),
    ),
    good=(
        Example("FROM node:26-slim\nRUN pnpm install && pnpm store prune\n"),
        Example("FROM node:26-slim\nRUN --mount=type=cache,target=/pnpm/store pnpm install\n"),
        Example("FROM node:26-slim\nRUN pnpm build\n"),
        Example("FROM node:26-slim AS build\nRUN pnpm install\nFROM nginx:1.30\n"),
    ),
)


def _cleans(command: Command) -> bool:
    return command.name == "pnpm" and "prune" in [one.text for one in command.arguments]


CACHE = Cache(
    ("~/.local/share/pnpm/store", "/pnpm/store", "/root/.local/share/pnpm/store"),
    "pnpm store prune",
    frozenset({"install", "add"}),
    _cleans,
)


@rule.check
def find(subject: Subject) -> Iterator[Finding]:
    yield from caches_left(subject, rule, managers=("pnpm",), cache=CACHE)
