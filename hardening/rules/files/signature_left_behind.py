"""A signature file that stays in the layer after it was checked."""

from __future__ import annotations

from collections.abc import Iterator

from hardening.model import Finding, Severity
from hardening.rules.frame import Example, Profile, Rule
from hardening.rules.support import facts
from hardening.rules.support_leftovers import bare, is_removed, remove_after
from hardening.subject import Subject

rule = Rule(
    title="Remove a signature after it was checked",
    severity=Severity.INFO,
    why="Nothing at run time needs it; a file next to the program that nobody explains invites the "
    "question whether the check was made at all.",
    references=("https://docs.docker.com/build/building/best-practices/#run",),
    aliases=("parfum:gpgVerifyAscRmAsc",),
    profile=Profile.ALL,
    bad=(
        Example(
            "FROM debian:13\nRUN gpg --batch --verify a.asc a\n",
            "FROM debian:13\nRUN gpg --batch --verify a.asc a && rm a.asc\n",
        ),
    ),
    good=(
        Example("FROM debian:13\nRUN gpg --batch --verify a.asc a && rm a.asc\n"),
        Example("FROM debian:13\nRUN gpg --batch --verify /tmp/a.asc a && rm -rf /tmp/*\n"),
    ),
)


@rule.check
def find(subject: Subject) -> Iterator[Finding]:
    for run, command in facts(subject).commands("gpg", "gpg2", "gpgv"):
        for word in command.arguments:
            name = bare(word.text)
            if not name.endswith((".asc", ".sig")) or is_removed(run, command, name):
                continue
            if not (command.has_flag("--verify") or command.name == "gpgv"):
                continue
            yield rule.finding(
                subject,
                f"{name} is checked and stays in the layer",
                at=command.span,
                about=name,
                fixes=tuple(remove_after(subject, run, command, word.text, title=f"Remove {name}")),
                tip=f"Remove {name} in the same RUN",
            )
