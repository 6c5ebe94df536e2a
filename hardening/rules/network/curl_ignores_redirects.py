"""curl that does not follow redirects."""

from __future__ import annotations

from collections.abc import Iterator

from hardening.model import Finding, Fix, Severity, holds, unknown
from hardening.rules.frame import Example, Profile, Rule
from hardening.rules.support import facts
from hardening.rules.support_downloads import fetched, only_asks
from hardening.rules.support_fixes import insert_after, literal, unconditional
from hardening.subject import Subject

_SPEAKS = (
    "-d",
    "--data",
    "-X",
    "--request",
    "-u",
    "--user",
    "-H",
    "--header",
    "-F",
    "--form",
    "-T",
)

rule = Rule(
    title="Let curl follow redirects",
    severity=Severity.LOW,
    why="When the server moves the file, curl saves the short page that says so and reports "
    "success.",
    references=("https://curl.se/docs/manpage.html#-L",),
    aliases=("parfum:curlUseFlagL", "tally:curl-should-follow-redirects"),
    profile=Profile.ALL,
    bad=(
        Example(
            "FROM debian:13\nRUN curl -fsS https://example.com/a -o /a\n",
            "FROM debian:13\nRUN curl -L -fsS https://example.com/a -o /a\n",
        ),
    ),
    good=(
        Example("FROM debian:13\nRUN curl -fsSL https://example.com/a -o /a\n"),
        Example("FROM debian:13\nRUN curl -fsS --location https://example.com/a -o /a\n"),
        Example("FROM debian:13\nRUN curl -fsI https://example.com/a\n"),
        Example(
            "FROM debian:13\nRUN curl -so /dev/null -w '%{http_code}' https://example.com/a\n",
            note="asks for the status",
        ),
    ),
)


@rule.check
def find(subject: Subject) -> Iterator[Finding]:
    dockerfile = facts(subject).dockerfile
    seen: set[int] = set()
    for one in fetched(subject):
        command = one.download.command
        if command.name != "curl" or command.span.start in seen:
            continue
        if command.has_flag("-L", "--location", "--location-trusted") or only_asks(one):
            continue
        seen.add(command.span.start)
        statement = "The request sends nothing that another server should not get"
        fix = Fix(
            "follow-redirects",
            "Add -L",
            (insert_after(dockerfile, command.words[0].span, " -L"),),
            (
                literal(command),
                unconditional(command),
                unknown(statement, "It sends data, a header or a password")
                if command.has_flag(*_SPEAKS)
                else holds(statement, "A plain download"),
            ),
            "A moved file is fetched from its new place.",
        )
        yield rule.finding(
            subject,
            f"curl does not follow a redirect of {one.address}",
            at=command.span,
            about=one.address.rpartition("://")[2],
            fixes=(fix,),
        )
