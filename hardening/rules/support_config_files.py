"""Settings that a RUN or COPY writes into a configuration file."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import NamedTuple

from hardening.dockerfile.edits import replace_span
from hardening.dockerfile.shell_model import Command
from hardening.model import Edit, Finding, Fix, Precondition, Span, unknown
from hardening.rules.frame import Rule
from hardening.rules.support import Facts, Placed, Run, facts
from hardening.rules.support_fixes import literal
from hardening.subject import Subject

_WRITERS = ("echo", "printf", "cat", "tee")
_SUBSTITUTION = re.compile(r"s([/|#,@!])(?:[^\\]|\\.)*?\1((?:[^\\]|\\.)*?)\1")


class Written(NamedTuple):
    """`span` is the first group of the pattern that matched; `command` None for a COPY."""

    placed: Placed
    command: Command | None
    span: Span


def written(known: Facts, where: re.Pattern[str], setting: re.Pattern[str]) -> Iterator[Written]:
    """Every place where a file that `where` finds by its path is given a setting."""
    text = known.dockerfile.text
    if setting.search(text) is None or where.search(text) is None:
        return
    for placed in known.all("COPY", "ADD"):
        words = placed.instruction.words
        if words and where.search(words[-1].value):
            for heredoc in placed.instruction.heredocs:
                for found in setting.finditer(text, heredoc.body.start, heredoc.body.end):
                    yield Written(placed, None, Span(*found.span(found.lastindex or 0)))
    for run in known.runs:
        comments = [one.span for one in run.instruction.comments]
        for command, span in _regions(run, where, text):
            for found in setting.finditer(text, span.start, span.end):
                if not any(one.start <= found.start() < one.end for one in comments):
                    yield Written(run.placed, command, Span(*found.span(found.lastindex or 0)))


def _regions(run: Run, where: re.Pattern[str], text: str) -> Iterator[tuple[Command, Span]]:
    """Where the text stands that a command writes into such a file."""
    for command in run.script.commands:
        if command.name == "sed" and any(where.search(one.text) for one in command.arguments):
            for word in command.arguments:
                for found in _SUBSTITUTION.finditer(text, word.span.start, word.span.end):
                    yield command, Span(*found.span(2))
        elif command.name in _WRITERS and _target(run, command, where):
            yield command, command.span
            if any(one.operator.startswith("<<") for one in command.redirections):
                yield from ((command, one.body) for one in run.instruction.heredocs)


def _target(run: Run, command: Command, where: re.Pattern[str]) -> bool:
    names = [
        one.target.text
        for one in command.redirections
        if ">" in one.operator and one.target is not None
    ]
    for other in run.script.pipeline_of(command):
        if other.name == "tee":
            names += [word.text for word in other.arguments]
    return any(where.search(name) for name in names)


def written_findings(
    subject: Subject,
    rule: Rule,
    found: Iterator[Written],
    *,
    message: str,
    value: str | None,
    condition: Precondition,
    tip: str,
) -> Iterator[Finding]:
    """Findings for such settings; `value` is what to write instead, None where a person decides."""
    dockerfile = facts(subject).dockerfile
    for one in found:
        fixes: tuple[Fix, ...] = ()
        if value is not None:
            edit: Edit = replace_span(dockerfile, one.span, value)
            conditions = (condition,) if one.command is None else (literal(one.command), condition)
            title = f"Write {value} instead of {one.span.slice(dockerfile.text)}"
            fixes = (Fix("keep-check", title, (edit,), conditions, "The check is on again."),)
        yield rule.finding(
            subject,
            message,
            at=one.span if one.command is None else one.command.span,
            about=f"written {one.span.slice(dockerfile.text)}",
            fixes=fixes,
            tip=tip,
        )


def options_off(
    subject: Subject,
    rule: Rule,
    managers: tuple[str, ...],
    is_off: Callable[[str], bool],
    *,
    message: Callable[[str], str],
    tip: str,
) -> Iterator[Finding]:
    """Findings for `-o NAME=value` and `--setopt=NAME=value` of package managers."""
    from hardening.rules.support_packages import about, option_values

    for _, call in facts(subject).calls(*managers):
        for text in option_values(call, "-o", "--option", "--setopt"):
            text = text.lstrip("=").strip("\"'")
            if is_off(text):
                yield rule.finding(
                    subject, message(text), at=call.command.span, about=about(call), tip=tip
                )


SIGNED = unknown(
    "The package is signed by a key that the image trusts", "The signature is not checked now"
)
