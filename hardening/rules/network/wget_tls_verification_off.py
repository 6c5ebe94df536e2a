"""wget told not to verify certificates."""

from __future__ import annotations

from collections.abc import Iterator

from hardening.model import Finding, Severity
from hardening.rules.frame import Example, Rule
from hardening.rules.support_settings import flag_uses, switched_off
from hardening.subject import Subject

rule = Rule(
    title="Let wget verify certificates",
    severity=Severity.HIGH,
    why="Anybody between the builder and the server can hand out another file, and the image "
    "ships it.",
    references=(
        "https://www.gnu.org/software/wget/manual/html_node/HTTPS-_0028SSL_002fTLS_0029-Options.html",
    ),
    aliases=("checkov:CKV2_DOCKER_3", "cis-docker:4.11"),
    bad=(
        Example(
            "FROM alpine:3.22\nRUN wget --no-check-certificate -q https://example.com/a\n",
            "FROM alpine:3.22\nRUN wget -q https://example.com/a\n",
        ),
        Example(
            "FROM debian:13\nRUN wget --check-certificate=off -q https://example.com/a\n",
            "FROM debian:13\nRUN wget -q https://example.com/a\n",
        ),
    ),
    good=(Example("FROM alpine:3.22\nRUN wget -q https://example.com/a\n"),),
)


@rule.check
def find(subject: Subject) -> Iterator[Finding]:
    flags = ("--no-check-certificate", "--check-certificate")
    found = flag_uses(subject, ("wget",), flags)
    off = ("--no-check-certificate", "--check-certificate=off", "--check-certificate=quiet")
    uses = (use for use in found if use.word.text in off)
    yield from switched_off(
        subject,
        rule,
        uses,
        message=lambda use: f"{use.command.name} {use.word.text} does not verify who answers",
        statement="The image trusts the certificate of the server",
        reason="Its certificate authority may have to be added to the image first",
    )
