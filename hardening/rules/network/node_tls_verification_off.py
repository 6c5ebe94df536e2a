"""Node told not to verify certificates."""

from __future__ import annotations

from collections.abc import Iterator

from hardening.model import Finding, Severity, unknown
from hardening.rules.frame import Example, Rule
from hardening.rules.support_settings import OFF, setting_findings, settings
from hardening.subject import Subject

rule = Rule(
    title="Let Node verify certificates",
    severity=Severity.HIGH,
    why="Every TLS connection of the program accepts every certificate: passwords and data go to "
    "whoever stands in between.",
    references=("https://nodejs.org/api/cli.html#node_tls_reject_unauthorizedvalue",),
    aliases=("checkov:CKV2_DOCKER_6",),
    bad=(
        Example(
            "FROM node:24\nENV NODE_TLS_REJECT_UNAUTHORIZED=0\nRUN npm ci\n",
            "FROM node:24\nRUN npm ci\n",
        ),
        Example(
            "FROM node:24\nENV LANG=C NODE_TLS_REJECT_UNAUTHORIZED=0\n",
            "FROM node:24\nENV LANG=C\n",
            note="next to another variable",
        ),
        Example("FROM node:24\nRUN export NODE_TLS_REJECT_UNAUTHORIZED=0 && npm ci\n"),
        Example(
            "FROM node:24\nRUN NODE_TLS_REJECT_UNAUTHORIZED=0 npm ci\n",
            "FROM node:24\nRUN npm ci\n",
        ),
    ),
    good=(
        Example("FROM node:24\nENV NODE_TLS_REJECT_UNAUTHORIZED=1\n"),
        Example("FROM node:24\nRUN npm ci\n"),
    ),
)


@rule.check
def find(subject: Subject) -> Iterator[Finding]:
    found = (
        one for one in settings(subject, "NODE_TLS_REJECT_UNAUTHORIZED") if one.value.lower() in OFF
    )
    yield from setting_findings(
        subject,
        rule,
        found,
        message=lambda one: "NODE_TLS_REJECT_UNAUTHORIZED=0 lets Node accept every certificate",
        condition=unknown(
            "The image trusts the certificates of the servers",
            "A certificate authority of your own may have to be added to the image first",
        ),
    )
