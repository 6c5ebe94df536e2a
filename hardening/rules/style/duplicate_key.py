"""One key twice in ENV or LABEL."""

from __future__ import annotations

from collections.abc import Iterator

from hardening.dockerfile.edits import replace_span
from hardening.dockerfile.model import Dockerfile, KeyValue
from hardening.model import Edit, Finding, Fix, Profile, Severity, Span, holds
from hardening.rules.frame import Example, Rule
from hardening.rules.support import facts
from hardening.rules.support_fixes import remove_after
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
            edit = (
                remove_after(known.dockerfile, pairs[number - 1].span, pair.span)
                if number
                else _first_removal(known.dockerfile, pairs)
            )
            fixes = () if edit is None else (_fix(edit, pair.key),)
            yield rule.finding(
                subject,
                f"{pair.key} is set twice in one {placed.instruction.keyword}",
                at=pair.span,
                about=f"{pair.key} {number}",
                fixes=fixes,
                tip="Keep the value that is meant",
            )


def _fix(edit: Edit, key: str) -> Fix:
    return Fix(
        "delete",
        f"Delete the first {key}",
        (edit,),
        (holds("It never takes effect", f"A later {key} of the same instruction wins"),),
        "Nothing changes.",
    )


def _first_removal(dockerfile: Dockerfile, pairs: tuple[KeyValue, ...]) -> Edit | None:
    """The first pair goes up to where the next one begins, continuation included."""
    gone = Span(pairs[0].span.start, pairs[1].span.start)
    between = dockerfile.text[pairs[0].span.end : gone.end]
    return None if "#" in between else replace_span(dockerfile, gone, "")
