"""curl that saves an error page and reports success."""

from __future__ import annotations

from collections.abc import Iterator

from hardening.dockerfile.shell_model import Command
from hardening.model import Finding, Fix, Severity
from hardening.rules.frame import Example, Rule
from hardening.rules.support import facts
from hardening.rules.support_downloads import fetched, is_verified, only_asks
from hardening.rules.support_fixes import insert_after, literal, unconditional
from hardening.subject import Subject

_ENOUGH = ("-f", "--fail", "--fail-with-body", "--fail-early", "-I", "--head", "-w", "--write-out")

rule = Rule(
    title="Let curl fail on an HTTP error",
    severity=Severity.LOW,
    why="Without -f an error page is saved as if it were the file and the build goes on: what was "
    "to be installed is missing, or a stranger's page is unpacked or run.",
    references=("https://curl.se/docs/manpage.html#-f",),
    aliases=("parfum:curlUseFlagF",),
    bad=(
        Example(
            "FROM debian:13\nRUN curl -sSL https://example.com/a -o /a\n",
            "FROM debian:13\nRUN curl -f -sSL https://example.com/a -o /a\n",
        ),
    ),
    good=(
        Example(
            "FROM debian:13\nRUN curl -sSLO https://example.com/a && curl -sSLO "
            "https://example.com/a.asc && gpg --batch --verify a.asc a\n",
            note="the check that follows takes no error page",
        ),
        Example("FROM debian:13\nRUN curl -fsSL https://example.com/a -o /a\n"),
        Example("FROM debian:13\nRUN curl --fail -sS https://example.com/a -o /a\n"),
        Example("FROM debian:13\nHEALTHCHECK CMD curl -s http://localhost/\n"),
        Example(
            "FROM debian:13\nRUN start && until curl -s localhost:9200; do sleep 1; done\n",
            note="waits for a server of its own, which may well answer 404",
        ),
    ),
)


@rule.check
def find(subject: Subject) -> Iterator[Finding]:
    dockerfile = facts(subject).dockerfile
    seen: set[int] = set()
    for one in fetched(subject):
        command = one.download.command
        if command.name != "curl" or command.span.start in seen or _fails(command):
            continue
        if only_asks(one):
            continue
        if is_verified(one):
            continue
        seen.add(command.span.start)
        fix = Fix(
            "fail-on-error",
            "Add -f",
            (insert_after(dockerfile, command.words[0].span, " -f"),),
            (literal(command), unconditional(command)),
            "The build stops when the server answers with an error.",
        )
        yield rule.finding(
            subject,
            f"curl takes an error page of {one.address} for the file",
            at=command.span,
            about=one.address.rpartition("://")[2],
            fixes=(fix,),
        )


def _fails(command: Command) -> bool:
    return command.has_flag(*_ENOUGH)
