"""apk that installs packages without a signature."""

from __future__ import annotations

from collections.abc import Iterator

from hardening.model import Finding, Severity
from hardening.rules.frame import Example, Rule
from hardening.rules.support_settings import flag_uses, switched_off
from hardening.subject import Subject

rule = Rule(
    title="Install signed apk packages only",
    severity=Severity.HIGH,
    why="An unsigned package, or one signed by anybody, is installed as root without a word.",
    references=("https://wiki.alpinelinux.org/wiki/Alpine_Package_Keeper",),
    aliases=("checkov:CKV2_DOCKER_7", "cis-docker:4.11"),
    bad=(
        Example(
            "FROM alpine:3.22\nRUN apk add --no-cache --allow-untrusted /tmp/tool.apk\n",
            "FROM alpine:3.22\nRUN apk add --no-cache /tmp/tool.apk\n",
        ),
    ),
    good=(Example("FROM alpine:3.22\nRUN apk add --no-cache curl\n"),),
)


@rule.check
def find(subject: Subject) -> Iterator[Finding]:
    uses = flag_uses(subject, ("apk",), ("--allow-untrusted",))
    yield from switched_off(
        subject,
        rule,
        uses,
        message=lambda use: (
            f"{use.command.name} {use.word.text} installs packages that nobody signed"
        ),
        statement="The package is signed by a key that the image trusts",
        reason="The signature is not checked now",
    )
