"""apt-get --force-yes: every question and every warning is answered with yes."""

from __future__ import annotations

from collections.abc import Iterator

from hardening.dockerfile.edits import replace_span
from hardening.model import Finding, Fix, Severity, unknown
from hardening.rules.frame import Example, Rule
from hardening.rules.support import facts
from hardening.rules.support_fixes import literal
from hardening.rules.support_settings import flag_uses
from hardening.subject import Subject

rule = Rule(
    title="Use -y instead of --force-yes",
    severity=Severity.HIGH,
    why="--force-yes also agrees to packages without a signature and to removing essential ones; "
    "an attacker on the way to the mirror can have anything installed.",
    references=("https://manpages.debian.org/bookworm/apt/apt-get.8.en.html",),
    aliases=("checkov:CKV2_DOCKER_11",),
    bad=(
        Example(
            "FROM debian:13\nRUN apt-get install --force-yes tool\n",
            "FROM debian:13\nRUN apt-get install -y tool\n",
        ),
        Example(
            "FROM debian:13\nRUN apt-get install -y --force-yes tool\n",
            "FROM debian:13\nRUN apt-get install -y tool\n",
        ),
    ),
    good=(Example("FROM debian:13\nRUN apt-get install -y tool\n"),),
)


@rule.check
def find(subject: Subject) -> Iterator[Finding]:
    dockerfile = facts(subject).dockerfile
    for use in flag_uses(subject, ("apt-get", "apt", "aptitude"), ("--force-yes",)):
        answered = use.command.has_flag("-y", "--yes", "--assume-yes", "-qq")
        edits = use.edits if answered else (replace_span(dockerfile, use.word.span, "-y"),)
        fix = Fix(
            "answer-yes",
            "Answer only the question",
            edits,
            (
                literal(use.command),
                unknown(
                    "Every package is signed by a key that the image trusts",
                    "The signatures are not checked now",
                ),
            ),
            "apt-get stops at packages without a signature.",
        )
        yield rule.finding(
            subject,
            f"{use.command.name} --force-yes installs packages that nobody signed",
            at=use.command.span,
            about=" ".join(word.text for word in use.command.positionals())[:300],
            fixes=(fix,),
        )
