"""npm, yarn or pnpm told not to verify certificates."""

from __future__ import annotations

import re
from collections.abc import Iterator

from hardening.dockerfile.edits import replace_span
from hardening.model import Finding, Fix, Severity, unknown
from hardening.rules.frame import Example, Rule
from hardening.rules.support import facts
from hardening.rules.support_config_files import written, written_findings
from hardening.rules.support_fixes import literal
from hardening.rules.support_settings import (
    OFF,
    flag_uses,
    setting_findings,
    settings,
    switched_off,
)
from hardening.subject import Subject

_CONDITION = "The image trusts the registry's certificate"
_REASON = "A certificate authority of your own can be named with cafile"
_FILES = re.compile(r"npmrc\b|\.yarnrc\b")
_SETTING = re.compile(r"(?im)(?:\b|(?<=\\n))strict-ssl(?:\s*=\s*|\s+)\"?(false|0)\b")
_PROGRAMS = ("npm", "yarn", "pnpm", "npx")

rule = Rule(
    title="Let npm verify certificates",
    severity=Severity.HIGH,
    why="Packages run code when they are installed; without strict-ssl whoever stands between the "
    "build and the registry chooses that code.",
    references=("https://docs.npmjs.com/cli/v11/using-npm/config#strict-ssl",),
    aliases=("checkov:CKV2_DOCKER_12", "checkov:CKV2_DOCKER_13"),
    bad=(
        Example(
            "FROM node:24\nENV NPM_CONFIG_STRICT_SSL=false\nRUN npm ci\n",
            "FROM node:24\nRUN npm ci\n",
        ),
        Example(
            "FROM node:24\nRUN npm config set strict-ssl false && npm ci\n",
            "FROM node:24\nRUN npm config set strict-ssl true && npm ci\n",
        ),
        Example(
            "FROM node:24\nRUN npm ci --strict-ssl=false\n",
            "FROM node:24\nRUN npm ci\n",
        ),
        Example(
            "FROM node:24\nCOPY <<EOF /root/.npmrc\nstrict-ssl=false\nEOF\n",
            "FROM node:24\nCOPY <<EOF /root/.npmrc\nstrict-ssl=true\nEOF\n",
            note="in the configuration",
        ),
    ),
    good=(
        Example("FROM node:24\nRUN npm config set strict-ssl true && npm ci\n"),
        Example("FROM node:24\nENV NPM_CONFIG_STRICT_SSL=true\n"),
    ),
)


@rule.check
def find(subject: Subject) -> Iterator[Finding]:
    found = settings(subject, "NPM_CONFIG_STRICT_SSL", "npm_config_strict_ssl", "YARN_STRICT_SSL")
    yield from setting_findings(
        subject,
        rule,
        (one for one in found if one.value.lower() in OFF),
        message=lambda one: f"{one.name}={one.value} lets npm accept every certificate",
        condition=unknown(_CONDITION, _REASON),
    )
    uses = flag_uses(subject, _PROGRAMS, ("--strict-ssl", "--no-strict-ssl"))
    yield from switched_off(
        subject,
        rule,
        (use for use in uses if use.word.text in ("--strict-ssl=false", "--no-strict-ssl")),
        message=lambda use: f"{use.word.text} lets {use.command.name} accept every certificate",
        statement=_CONDITION,
        reason=_REASON,
    )
    yield from _config(subject)
    yield from written_findings(
        subject,
        rule,
        written(facts(subject), _FILES, _SETTING),
        message="strict-ssl is set to false: packages may come from anybody",
        value="true",
        condition=unknown(_CONDITION, _REASON),
        tip=_REASON,
    )


def _config(subject: Subject) -> Iterator[Finding]:
    known = facts(subject)
    for _, command in known.commands(*_PROGRAMS):
        texts = [word.text.strip("\"'").lower() for word in command.arguments]
        if "config" not in texts and "set" not in texts and "c" not in texts[:1]:
            continue
        for position, text in enumerate(texts):
            word = command.arguments[position]
            if text == "strict-ssl=false":
                target, new = word, "strict-ssl=true"
            elif text in OFF and position and texts[position - 1] in ("strict-ssl", "--strict-ssl"):
                target, new = word, "true"
            else:
                continue
            fix = Fix(
                "keep-check",
                "Keep strict-ssl on",
                (replace_span(known.dockerfile, target.span, new),),
                (literal(command), unknown(_CONDITION, _REASON)),
                "npm refuses a registry whose certificate it cannot verify.",
            )
            yield rule.finding(
                subject,
                "strict-ssl is set to false: packages may come from anybody",
                at=command.span,
                about="strict-ssl",
                fixes=(fix,),
            )
