"""curl told not to verify certificates."""

from __future__ import annotations

from collections.abc import Iterator

from hardening.model import Finding, Severity
from hardening.rules.frame import Example, Rule
from hardening.rules.support_settings import flag_uses, switched_off
from hardening.subject import Subject

rule = Rule(
    title="Let curl verify certificates",
    severity=Severity.HIGH,
    why="Anybody between the builder and the server can hand out another file, and the image "
    "ships it.",
    references=("https://curl.se/docs/sslcerts.html",),
    aliases=("checkov:CKV2_DOCKER_2", "cis-docker:4.11"),
    bad=(
        Example(
            "FROM alpine:3.22\nRUN curl -k -fsSL https://example.com/a -o /a\n",
            "FROM alpine:3.22\nRUN curl -fsSL https://example.com/a -o /a\n",
        ),
        Example(
            "FROM alpine:3.22\nRUN curl -fskSL https://example.com/a -o /a\n",
            "FROM alpine:3.22\nRUN curl -fsSL https://example.com/a -o /a\n",
            note="in a bundle of short flags",
        ),
        Example(
            "FROM alpine:3.22\n"
            "RUN set -eux; \\\n    curl -fsSL --insecure \\\n      https://example.com/a -o /a\n",
            "FROM alpine:3.22\n"
            "RUN set -eux; \\\n    curl -fsSL \\\n      https://example.com/a -o /a\n",
        ),
    ),
    good=(
        Example("FROM alpine:3.22\nRUN curl -fsSL https://example.com/a -o /a\n"),
        Example("FROM alpine:3.22\nRUN curl -fsSL https://example.com/a -okey\n"),
        Example("FROM alpine:3.22\nRUN echo curl -k\n"),
    ),
)


@rule.check
def find(subject: Subject) -> Iterator[Finding]:
    uses = flag_uses(subject, ("curl",), ("-k", "--insecure", "--proxy-insecure"))
    yield from switched_off(
        subject,
        rule,
        uses,
        message=lambda use: f"{use.command.name} {use.word.text} does not verify who answers",
        statement="The image trusts the certificate of the server",
        reason="Its certificate authority may have to be added to the image first",
    )
