"""Environment settings and command flags that rules look for, and the edits that take them out."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Final, NamedTuple

from hardening.dockerfile.edits import delete_instruction, replace_span
from hardening.dockerfile.model import Dockerfile, Instruction, KeyValue
from hardening.dockerfile.shell_model import CURL_VALUED, Command, ShellWord
from hardening.model import Edit, Finding, Fix, Precondition, Span, unknown
from hardening.rules.frame import Rule
from hardening.rules.support import Placed, Run, facts
from hardening.rules.support_fixes import literal, remove_words
from hardening.subject import Subject

OFF: Final = frozenset({"0", "false", "no", "off", "n", "f"})
ON: Final = frozenset({"1", "true", "yes", "on", "y", "t"})


class Setting(NamedTuple):
    """An environment variable that an ENV, an ARG, an assignment or `export` sets. `edits` take
    it out; empty where that cannot be done word by word."""

    name: str
    value: str
    placed: Placed
    span: Span
    edits: tuple[Edit, ...]


def remove_pair(dockerfile: Dockerfile, instruction: Instruction, pair: KeyValue) -> Edit:
    """Takes one pair out of an ENV, ARG or LABEL, or the whole instruction when it is the only."""
    if len(instruction.pairs) == 1:
        return delete_instruction(dockerfile, instruction)
    return replace_span(dockerfile, with_blanks(dockerfile, instruction, pair.span), "")


def with_blanks(dockerfile: Dockerfile, instruction: Instruction, span: Span) -> Span:
    """The span with the blanks and continuation that part it from its neighbour."""
    text = dockerfile.text
    blank = " \t\r\n" + dockerfile.escape
    end = span.end
    while end < instruction.span.end and text[end] in blank:
        end += 1
    if end < instruction.span.end:
        return Span(span.start, end)
    start = span.start
    while text[start - 1] in blank:
        start -= 1
    return Span(start, span.end)


def settings(subject: Subject, *names: str) -> Iterator[Setting]:
    """Every place that sets one of the variables (upper or lower case as given)."""
    known = facts(subject)
    dockerfile = known.dockerfile
    for placed in known.all("ENV", "ARG"):
        for pair in placed.instruction.pairs:
            if pair.key in names and pair.value is not None:
                edit = remove_pair(dockerfile, placed.instruction, pair)
                edits = () if placed.deferred else (edit,)
                yield Setting(pair.key, pair.value.value, placed, pair.span, edits)
    for run in known.runs:
        for command in run.script.commands:
            yield from _of_command(dockerfile, run, command, names)


def _of_command(
    dockerfile: Dockerfile, run: Run, command: Command, names: tuple[str, ...]
) -> Iterator[Setting]:
    for name, word in command.assignments:
        if name in names and word is not None:
            span = Span(word.span.start - len(name) - 1, word.span.end)
            literally = span.slice(dockerfile.text) == f"{name}={word.text}"
            end = span.end
            while end < len(dockerfile.text) and dockerfile.text[end] in " \t":
                end += 1
            removable = literally and command.editable and command.name not in (None, "export")
            edits = (replace_span(dockerfile, Span(span.start, end), ""),) if removable else ()
            yield Setting(name, word.value or word.text, run.placed, span, edits)
    if command.name in ("export", "env"):
        assigned = {name for name, _ in command.assignments}
        for word in command.arguments:
            name, equals, value = word.text.partition("=")
            if equals and name in names and name not in assigned:
                yield Setting(name, value.strip("\"'"), run.placed, word.span, ())


class FlagUse(NamedTuple):
    """A flag in a call; `edits` take it out."""

    run: Run
    command: Command
    word: ShellWord
    edits: tuple[Edit, ...]


def flag_uses(
    subject: Subject,
    programs: tuple[str, ...],
    flags: tuple[str, ...],
    *,
    takes_value: bool = False,
) -> Iterator[FlagUse]:
    """Every use of a flag: `--x`, `--x=v`, `--x v` when it takes a value, `-k` alone or in a
    bundle of curl's."""
    known = facts(subject)
    for run, command in known.commands(*programs):
        words = command.arguments
        for position, word in enumerate(words):
            if not word.text.startswith("-"):
                continue
            name, equals, _ = word.text.partition("=")
            if name in flags:
                gone = [word]
                if takes_value and not equals and position + 1 < len(words):
                    gone.append(words[position + 1])
                yield FlagUse(
                    run, command, word, remove_words(known.dockerfile, command, tuple(gone))
                )
                continue
            short = next((flag[1] for flag in flags if len(flag) == 2), "")
            if short and _in_bundle(word.text, short):
                text = word.text.replace(short, "", 1)
                yield FlagUse(
                    run, command, word, (replace_span(known.dockerfile, word.span, text),)
                )


def _in_bundle(text: str, letter: str) -> bool:
    if text.startswith("--") or len(text) < 3:
        return False
    for one in text[1:]:
        if one == letter:
            return True
        if one in CURL_VALUED or not one.isalpha():
            return False
    return False


def switched_off(
    subject: Subject,
    rule: Rule,
    uses: Iterator[FlagUse],
    *,
    message: Callable[[FlagUse], str],
    statement: str,
    reason: str,
    title: str = "",
) -> Iterator[Finding]:
    """Findings for flags that switch a check off, with the fix that takes the flag out."""
    for use in uses:
        fix = Fix(
            "keep-check",
            title or f"Take out {use.word.text}",
            use.edits,
            (literal(use.command), unknown(statement, reason)),
            "The build stops when the check fails, instead of going on with what it got.",
        )
        yield rule.finding(
            subject,
            message(use),
            at=use.command.span,
            about=_about(use),
            fixes=(fix,),
        )


def _about(use: FlagUse) -> str:
    """The call without its flags: two calls in one RUN are two findings."""
    operands = " ".join(word.text for word in use.command.positionals())
    return f"{use.command.name} {use.word.text.partition('=')[0]} {operands}"[:300]


def setting_findings(
    subject: Subject,
    rule: Rule,
    found: Iterator[Setting],
    *,
    message: Callable[[Setting], str],
    condition: Precondition,
) -> Iterator[Finding]:
    """Findings for variables that switch a check off, with the fix that takes them out."""
    for one in found:
        fix = Fix(
            "remove-setting",
            f"Take out {one.name}",
            one.edits,
            (condition,),
            "The check is on again, in the build and in the container.",
        )
        yield rule.finding(
            subject,
            message(one),
            at=one.span,
            about=one.name,
            fixes=(fix,) if one.edits else (),
            tip=f"Take out {one.name}={one.value}; trust the right certificate instead",
        )
