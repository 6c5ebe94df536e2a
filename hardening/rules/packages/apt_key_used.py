"""A key that is trusted for every archive."""

from __future__ import annotations

from collections.abc import Iterator

from hardening.model import Finding, Severity
from hardening.rules.frame import Example, Rule
from hardening.rules.support import facts
from hardening.subject import Subject

rule = Rule(
    title="Trust a key for its own archive only",
    severity=Severity.MEDIUM,
    why="apt-key makes a key good for every archive: whoever has it can replace any package of the"
    " system. Debian 13 and Ubuntu 24.10 have dropped the program.",
    references=("https://manpages.debian.org/bookworm/apt/apt-key.8.en.html",),
    aliases=("cis-docker:4.11",),
    bad=(
        Example("FROM debian:12\nRUN curl -fsSL https://example.com/key.asc | apt-key add -\n"),
        Example("FROM debian:12\nRUN apt-key adv --keyserver keys.example --recv-keys ABCD\n"),
    ),
    good=(
        Example(
            "FROM debian:13\nRUN curl -fsSLo /etc/apt/keyrings/a.asc https://example.com/key.asc\n"
        ),
        Example("FROM debian:12\nRUN apt-key list\n"),
    ),
)


@rule.check
def find(subject: Subject) -> Iterator[Finding]:
    for _run, command in facts(subject).commands("apt-key"):
        words = [word.text for word in command.positionals()]
        if words[:1] in (["add"], ["adv"]) or command.has_flag("--recv-keys", "--recv"):
            yield rule.finding(
                subject,
                "apt-key trusts the key for every archive",
                at=command.span,
                about=f"apt-key {command.words[-1].text}",
                tip="Store the key in /etc/apt/keyrings and name it with signed-by= in the source",
            )
