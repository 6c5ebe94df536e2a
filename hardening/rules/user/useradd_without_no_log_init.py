"""useradd with a high uid."""

from __future__ import annotations

from collections.abc import Iterator

from hardening.dockerfile.edits import insert_at
from hardening.dockerfile.shell_model import Command
from hardening.model import Finding, Fix, Severity, holds
from hardening.rules.frame import Example, Rule
from hardening.rules.support import facts
from hardening.rules.support_fixes import literal
from hardening.subject import Subject

LIMIT = 99_999

rule = Rule(
    title="Create users with a high uid without login records",
    severity=Severity.LOW,
    why="useradd reserves room for every uid up to the new one in /var/log/lastlog and faillog: "
    "the file can grow to gigabytes in the layer and fail the build or fill the host.",
    references=("https://docs.docker.com/build/building/best-practices/#user",),
    aliases=("hadolint:DL3046", "parfum:DL3046"),
    bad=(
        Example(
            "FROM debian:13\nRUN useradd -u 123456 app\n",
            "FROM debian:13\nRUN useradd -l -u 123456 app\n",
        ),
        Example(
            "FROM debian:13\nRUN useradd --uid=1000650000 app\n",
            "FROM debian:13\nRUN useradd -l --uid=1000650000 app\n",
        ),
    ),
    good=(
        Example("FROM debian:13\nRUN useradd -u 10001 app\n"),
        Example("FROM debian:13\nRUN useradd -l -u 123456 app\n"),
        Example("FROM debian:13\nRUN useradd --no-log-init -u 123456 app\n"),
        Example("FROM debian:13\nRUN useradd -rlu 123456 app\n"),
        Example("FROM alpine:3.24\nRUN adduser -D -u 123456 app\n", note="another program"),
        Example("FROM debian:13\nRUN useradd app\n"),
    ),
)


def uid_of(command: Command) -> int | None:
    words = command.words
    for word, value in zip(words, (*words[1:], None), strict=True):
        text = word.text
        number = ""
        if text.startswith("--uid="):
            number = text.partition("=")[2]
        elif text == "--uid" or (text.startswith("-") and text[1:2] != "-" and text.endswith("u")):
            number = (value.value or "") if value is not None else ""
        elif text.startswith("-u") and len(text) > 2:
            number = text[2:]
        number = number.strip("\"'")
        if number.isdigit():
            return int(number)
    return None


@rule.check
def find(subject: Subject) -> Iterator[Finding]:
    known = facts(subject)
    for _run, command in known.commands("useradd"):
        uid = uid_of(command)
        if uid is None or uid <= LIMIT or command.has_flag("-l", "--no-log-init"):
            continue
        fix = Fix(
            "no-log-init",
            "Add -l",
            (insert_at(known.dockerfile, command.words[0].span.end, " -l"),),
            (literal(command), holds("Nobody logs in to record it", "A container has no logins")),
            "The user is the same; no login record is reserved.",
        )
        yield rule.finding(
            subject,
            f"useradd with uid {uid} may write gigabytes to /var/log/lastlog",
            at=command.span,
            about=f"uid {uid}",
            fixes=(fix,),
        )
