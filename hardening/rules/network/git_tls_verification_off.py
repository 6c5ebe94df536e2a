"""git told not to verify certificates."""

from __future__ import annotations

from collections.abc import Iterator

from hardening.dockerfile.edits import replace_span
from hardening.dockerfile.shell_model import Command
from hardening.model import Edit, Finding, Fix, Severity, unknown
from hardening.rules.frame import Example, Rule
from hardening.rules.support import facts
from hardening.rules.support_fixes import literal, remove_words
from hardening.rules.support_settings import OFF, setting_findings, settings
from hardening.subject import Subject

_CONDITION = unknown(
    "The image trusts the certificate of the git server",
    "A certificate authority of your own can be named with http.sslCAInfo",
)

rule = Rule(
    title="Let git verify certificates",
    severity=Severity.HIGH,
    why="The source that is built comes from whoever answers; a password in the address goes there "
    "too.",
    references=("https://git-scm.com/docs/git-config#Documentation/git-config.txt-httpsslVerify",),
    aliases=("checkov:CKV2_DOCKER_14",),
    bad=(
        Example(
            "FROM alpine:3.22\nENV GIT_SSL_NO_VERIFY=true\nRUN git clone https://example.com/a\n",
            "FROM alpine:3.22\nRUN git clone https://example.com/a\n",
        ),
        Example(
            "FROM alpine:3.22\nRUN GIT_SSL_NO_VERIFY=1 git clone https://example.com/a\n",
            "FROM alpine:3.22\nRUN git clone https://example.com/a\n",
        ),
        Example(
            "FROM alpine:3.22\nRUN git -c http.sslVerify=false clone https://example.com/a\n",
            "FROM alpine:3.22\nRUN git clone https://example.com/a\n",
        ),
        Example(
            "FROM alpine:3.22\nRUN git config --global http.sslVerify false\n",
            "FROM alpine:3.22\nRUN git config --global http.sslVerify true\n",
        ),
    ),
    good=(
        Example("FROM alpine:3.22\nRUN git clone https://example.com/a\n"),
        Example("FROM alpine:3.22\nRUN git config --global http.sslVerify true\n"),
    ),
)


@rule.check
def find(subject: Subject) -> Iterator[Finding]:
    found = (
        one for one in settings(subject, "GIT_SSL_NO_VERIFY") if one.value.lower() not in ("", *OFF)
    )
    yield from setting_findings(
        subject,
        rule,
        found,
        message=lambda one: f"{one.name} lets git accept every certificate",
        condition=_CONDITION,
    )
    for _, command in facts(subject).commands("git"):
        edits = _edits(subject, command)
        if edits is None:
            continue
        fix = Fix(
            "keep-check",
            "Keep http.sslVerify on",
            edits,
            (literal(command), _CONDITION),
            "git refuses a server whose certificate it cannot verify.",
        )
        yield rule.finding(
            subject,
            "http.sslVerify=false lets git accept every certificate",
            at=command.span,
            about=" ".join(word.text for word in command.positionals() if "ssl" not in word.text)[
                :300
            ],
            fixes=(fix,),
        )


def _edits(subject: Subject, command: Command) -> tuple[Edit, ...] | None:
    dockerfile = facts(subject).dockerfile
    words = command.arguments
    for position, word in enumerate(words):
        text = word.text.strip("\"'").lower()
        previous = words[position - 1] if position else None
        key, _, value = text.partition("=")
        if (
            key == "http.sslverify"
            and value in OFF
            and previous is not None
            and previous.text == "-c"
        ):
            return remove_words(dockerfile, command, (previous, word))
        if text in OFF and previous is not None and previous.text.lower() == "http.sslverify":
            return (replace_span(dockerfile, word.span, "true"),)
    return None
