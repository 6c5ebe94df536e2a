"""npm cache clean that refuses to clean."""

from __future__ import annotations

import re
from collections.abc import Iterator

from hardening.dockerfile.edits import insert_at
from hardening.model import Finding, Fix, Severity, holds
from hardening.rules.frame import Example, Rule
from hardening.rules.support import Facts, Run, facts
from hardening.rules.support_fixes import literal
from hardening.rules.support_packages import has_flag
from hardening.subject import Subject

rule = Rule(
    title="Clean npm's cache with --force",
    severity=Severity.LOW,
    why="Since npm 5 the command without --force deletes nothing and fails: the build stops, or "
    "the cache stays in the layer where a failure is ignored.",
    references=("https://docs.npmjs.com/cli/v11/commands/npm-cache",),
    aliases=("parfum:npmCacheCleanUseForce",),
    bad=(
        Example(
            "FROM node:26-slim\nRUN npm ci && npm cache clean\n",
            "FROM node:26-slim\nRUN npm ci && npm cache clean --force\n",
        ),
    ),
    good=(
        Example("FROM node:26-slim\nRUN npm ci && npm cache clean --force\n"),
        Example("FROM node:26-slim\nRUN npm ci && npm cache clean -f\n"),
        Example("FROM node:26-slim\nRUN npm cache verify\n"),
        Example("FROM node:6\nRUN npm cache clean\n", note="npm 3 cleans without being forced"),
        Example("FROM node:26-slim\nRUN yarn cache clean\n"),
    ),
)

_OLD_TAG = re.compile(r"(?:^|/)node:(?:0|[1-7])(?:\.|-|$)")
_OLD_NODE = re.compile(r"v?(?:0|[1-7])(?:\.|$)")
_OLD_NPM = re.compile(r"[1-4](?:\.|$)")


def _is_old(known: Facts, run: Run) -> bool:
    """True where npm is known to be older than 5: as the base says, or the official images'
    variables."""
    if run.stage is not None:
        root = known.dockerfile.chain(run.stage)[0]
        if _OLD_TAG.search(root.base_expanded or root.base.value):
            return True
    npm = known.variable(run.instruction, "NPM_VERSION")
    node = known.variable(run.instruction, "NODE_VERSION")
    return bool(npm and _OLD_NPM.match(npm)) or bool(not npm and node and _OLD_NODE.match(node))


@rule.check
def find(subject: Subject) -> Iterator[Finding]:
    known = facts(subject)
    for run, call in known.calls("npm"):
        if call.verb != "clean" or call.verb_span is None or has_flag(call, "--force", "-f"):
            continue
        if _is_old(known, run):
            continue
        fix = Fix(
            "force",
            "Add --force",
            (insert_at(known.dockerfile, call.verb_span.end, " --force"),),
            (literal(call.command), holds("The cache may go", "Nothing reads it after the build")),
            "The cache is really deleted.",
        )
        yield rule.finding(
            subject,
            "npm cache clean deletes nothing without --force",
            at=call.command.span,
            about="npm cache clean",
            fixes=(fix,),
        )
