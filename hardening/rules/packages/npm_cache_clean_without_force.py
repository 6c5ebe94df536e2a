"""npm cache clean that refuses to clean."""

from __future__ import annotations

from collections.abc import Iterator

from hardening.dockerfile.edits import insert_at
from hardening.model import Finding, Fix, Severity, holds
from hardening.rules.frame import Example, Rule
from hardening.rules.support import facts
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
        Example("FROM node:26-slim\nRUN yarn cache clean\n"),
    ),
)


@rule.check
def find(subject: Subject) -> Iterator[Finding]:
    known = facts(subject)
    for _run, call in known.calls("npm"):
        if call.verb != "clean" or call.verb_span is None or has_flag(call, "--force", "-f"):
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
