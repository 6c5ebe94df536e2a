"""One key twice in ENV or LABEL."""

from __future__ import annotations

from collections.abc import Iterator

from hardening.dockerfile.edits import replace_span
from hardening.dockerfile.model import Dockerfile, KeyValue
from hardening.model import Edit, Finding, Fix, Profile, Severity, Span, holds
from hardening.rules.frame import Example, Rule
from hardening.rules.support import facts
from hardening.rules.support_fixes import remove_span
from hardening.subject import Subject

rule = Rule(
    title="Set a key once",
    severity=Severity.INFO,
    profile=Profile.ALL,
    why="Only the last value counts; whoever reads the first one, a user or a switch that "
    "protects, is misled.",
    references=("https://docs.docker.com/reference/dockerfile/#env",),
    aliases=("tally:no-duplicate-keys",),
    bad=(
        Example("FROM debian:13\nENV A=1 B=2 A=3\n", "FROM debian:13\nENV B=2 A=3\n"),
        Example(
            'FROM debian:13\nLABEL b="0" \\\n      a="1" \\\n      a="2"\n',
            'FROM debian:13\nLABEL b="0" \\\n      a="2"\n',
        ),
    ),
    good=(
        Example("FROM debian:13\nENV A=1 B=2\n"),
        Example("FROM debian:13\nENV A=1\nENV A=2\n", note="a change on purpose"),
        Example("FROM debian:13\nENV A=1 a=2\n"),
    ),
)


@rule.check
def find(subject: Subject) -> Iterator[Finding]:
    known = facts(subject)
    for placed in known.all("ENV", "LABEL"):
        pairs = placed.instruction.pairs
        last = {pair.key: pair for pair in pairs}
        for number, pair in enumerate(pairs):
            if last[pair.key] is pair:
                continue
            first_line = number == 0 and pair.span.start == placed.instruction.arguments.start
            fix = Fix(
                "delete",
                f"Delete the first {pair.key}",
                (_removal(known.dockerfile, pairs, number),)
                if first_line
                else (remove_span(known.dockerfile, pair.span),),
                (
                    holds(
                        "It never takes effect", f"A later {pair.key} of the same instruction wins"
                    ),
                ),
                "Nothing changes.",
            )
            yield rule.finding(
                subject,
                f"{pair.key} is set twice in one {placed.instruction.keyword}",
                at=pair.span,
                about=f"{pair.key} {number}",
                fixes=(fix,),
            )


def _removal(dockerfile: Dockerfile, pairs: tuple[KeyValue, ...], number: int) -> Edit:
    """The first pair goes up to where the next one begins, continuation included."""
    return replace_span(
        dockerfile, Span(pairs[number].span.start, pairs[number + 1].span.start), ""
    )
