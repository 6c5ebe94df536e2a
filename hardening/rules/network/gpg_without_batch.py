"""gpg that may ask a question."""

from __future__ import annotations

from collections.abc import Iterator

from hardening.dockerfile.shell_model import Command
from hardening.model import Finding, Fix, Severity, holds
from hardening.rules.frame import Example, Profile, Rule
from hardening.rules.support import facts
from hardening.rules.support_fixes import insert_after, literal
from hardening.subject import Subject

_ACTIONS = (
    "--recv-keys",
    "--recv-key",
    "--recv",
    "--receive-keys",
    "--verify",
    "--import",
    "--decrypt",
    "--keyserver",
    "--export",
    "--search-keys",
    "--refresh-keys",
    "-d",
)

rule = Rule(
    title="Run gpg in batch mode",
    severity=Severity.LOW,
    why="Without --batch gpg may wait for an answer or change how it prints with the terminal; a "
    "check that stops half-way is easily taken for one that passed.",
    references=("https://www.gnupg.org/documentation/manuals/gnupg/Unattended-Usage-of-GPG.html",),
    aliases=("parfum:gpgUseBatchFlag",),
    profile=Profile.ALL,
    bad=(
        Example(
            "FROM debian:13\nRUN gpg --verify a.asc a && rm a.asc\n",
            "FROM debian:13\nRUN gpg --batch --verify a.asc a && rm a.asc\n",
        ),
    ),
    good=(
        Example("FROM debian:13\nRUN gpg --batch --verify a.asc a && rm a.asc\n"),
        Example("FROM debian:13\nRUN gpg --version\n"),
    ),
)


@rule.check
def find(subject: Subject) -> Iterator[Finding]:
    known = facts(subject)
    for _, command in known.commands("gpg", "gpg2"):
        if command.has_flag("--batch") or not _acts(command):
            continue
        fix = Fix(
            "batch",
            "Add --batch",
            (insert_after(known.dockerfile, command.words[0].span, " --batch"),),
            (literal(command), holds("Nobody answers during a build", "There is no terminal")),
            "gpg fails instead of asking.",
        )
        yield rule.finding(
            subject,
            "gpg may ask a question that nobody answers",
            at=command.span,
            about=" ".join(word.text for word in command.arguments)[:200],
            fixes=(fix,),
        )


def _acts(command: Command) -> bool:
    return any(word.text.partition("=")[0] in _ACTIONS for word in command.arguments)
