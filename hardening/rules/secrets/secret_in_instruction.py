"""A secret in a label, a command, a heredoc of COPY, a comment."""

from __future__ import annotations

from collections.abc import Iterator

from hardening.dockerfile.edits import replace_span
from hardening.dockerfile.model import Dockerfile
from hardening.model import Evidence, Finding, Fix, Severity, Span, holds
from hardening.rules.frame import Example, Rule
from hardening.rules.support import Placed, facts
from hardening.rules.support_secrets import lowered, secrets_of_text
from hardening.secrets.command_lines import passwords_in
from hardening.secrets.judge import PUBLIC, TEMPLATE
from hardening.secrets.mask import identity
from hardening.subject import Subject

rule = Rule(
    title="Keep secrets out of the Dockerfile",
    severity=Severity.HIGH,
    why="Labels and commands are in the image's configuration, the rest is in the repository: "
    "whoever has either has the secret.",
    references=("https://docs.docker.com/build/building/secrets/",),
    aliases=("tally:secrets-in-code", "cis-docker:4.10"),
    bad=(
        Example("FROM alpine:3.22\nLABEL contact=https://bob:s3cretpw9@git.example/\n"),
        Example('FROM alpine:3.22\nCMD ["app", "--db", "postgres://app:s3cretpw9@db/app"]\n'),
        Example(
            'FROM alpine:3.22\n# was: https://bob:s3cretpw9@git.example/\nCMD ["app"]\n',
            'FROM alpine:3.22\nCMD ["app"]\n',
            note="a comment does nothing: it goes",
        ),
        Example('FROM redis:8\nCMD ["redis-server", "--requirepass", "s3cretpw9"]\n'),
        Example("FROM mysql:9\nHEALTHCHECK CMD mysqladmin ping -uroot -ps3cretpw9\n"),
    ),
    good=(
        Example("FROM alpine:3.22\nLABEL contact=https://git.example/bob\n"),
        Example('FROM alpine:3.22\nCMD ["app", "--db", "postgres://app@db/app"]\n'),
        Example("FROM mysql:9\nHEALTHCHECK CMD mysqladmin ping -p$MYSQL_ROOT_PASSWORD\n"),
    ),
)

_ELSEWHERE = frozenset({"ENV", "ARG", "RUN"})
_COMMANDS = ("CMD", "ENTRYPOINT", "HEALTHCHECK")
_TIP = "Take it out, change it where it is checked, and pass it when the container starts"


def _fixes(dockerfile: Dockerfile, span: Span) -> Iterator[Fix]:
    """Takes out the comment line; a parser directive is none."""
    comment = next((one for one in dockerfile.comments if one.span.contains(span)), None)
    if comment is None:
        return
    start = dockerfile.line_start(comment.line)
    end = dockerfile.text.find("\n", comment.span.end)
    gone = Span(start, len(dockerfile.text) if end < 0 else end + 1)
    if dockerfile.text[start : comment.span.start].strip():
        return
    yield Fix(
        "remove-comment",
        "Take out the comment",
        (replace_span(dockerfile, gone, ""),),
        (holds("The line is a comment", "The builder does not read it"),),
        "The secret is gone from this version of the file; history still has it.",
    )


@rule.check
def find(subject: Subject) -> Iterator[Finding]:
    known = facts(subject)
    dockerfile = known.dockerfile
    taken: list[Span] = []
    for secret, span in secrets_of_text(dockerfile):
        if secret.demoted in (TEMPLATE, PUBLIC) or "$" in span.slice(dockerfile.text):
            continue
        owner = known.placed_around(span)
        if owner is not None and owner.instruction.keyword in _ELSEWHERE:
            continue
        taken.append(span)
        where = owner.instruction.keyword if owner is not None else "a comment"
        level = Severity.LOW if secret.demoted else max(secret.severity, Severity.MEDIUM)
        quiet = owner is None or not owner.shipped
        yield rule.finding(
            subject,
            f"{secret.title} stands in {where}",
            at=span,
            about=secret.sha256[:12],
            evidence=(Evidence(f"{secret.title}: {secret.masked}"),),
            fixes=tuple(_fixes(dockerfile, span)) if owner is None else (),
            severity=lowered(level) if quiet else level,
            tip=_TIP,
        )
    for keyword in _COMMANDS:
        for placed in known.all(keyword):
            yield from _of_command_line(subject, placed, taken)


def _of_command_line(subject: Subject, placed: Placed, taken: list[Span]) -> Iterator[Finding]:
    text = facts(subject).dockerfile.text
    for password in passwords_in(placed.instruction):
        span = password.span
        if any(one.start < span.end and span.start < one.end for one in taken):
            continue
        value = span.slice(text).encode("utf-8", "surrogateescape")
        level = Severity.LOW if password.demoted else rule.severity
        doubt = f", probably none: {password.demoted}" if password.demoted else ""
        yield rule.finding(
            subject,
            f"A password after {password.option} stands in {placed.instruction.keyword}",
            at=span,
            about=identity(value)[:12],
            evidence=(Evidence(f"{password.option} ••••{doubt}"),),
            severity=level if placed.shipped else lowered(level),
            tip=_TIP,
        )
