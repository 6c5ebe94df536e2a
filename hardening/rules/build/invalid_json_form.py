"""A JSON array that is none."""

from __future__ import annotations

import ast
import json
import re
from collections.abc import Iterator

from hardening.dockerfile.edits import replace_span
from hardening.dockerfile.model import Form
from hardening.model import Finding, Fix, Severity, holds
from hardening.rules.frame import Example, Rule
from hardening.rules.support import Placed, facts
from hardening.subject import Subject

LIST = re.compile(r"\A\[.*\]\Z", re.DOTALL)
KEYWORDS = ("CMD", "ENTRYPOINT", "RUN", "SHELL", "HEALTHCHECK", "VOLUME")
MAX_LENGTH = 4096

rule = Rule(
    title="Write JSON arrays with double quotes",
    severity=Severity.HIGH,
    why="What is no valid JSON is taken as a shell command: the shell looks for a program called ["
    " or ['nginx',, and the container does not start or starts something else.",
    references=("https://docs.docker.com/reference/dockerfile/#exec-form",),
    aliases=("slim:ID.20013", "tally:invalid-json-form"),
    bad=(
        Example(
            "FROM debian:13\nCMD ['nginx', '-g', 'daemon off;']\n",
            'FROM debian:13\nCMD ["nginx", "-g", "daemon off;"]\n',
        ),
        Example(
            'FROM debian:13\nENTRYPOINT ["/app", "run",]\n',
            'FROM debian:13\nENTRYPOINT ["/app", "run"]\n',
            note="a comma too many",
        ),
        Example("FROM debian:13\nCMD [nginx, -g]\n", note="no quotes: no fix"),
    ),
    good=(
        Example('FROM debian:13\nCMD ["nginx"]\n'),
        Example("FROM debian:13\nRUN [ -f /etc/os-release ] && [ -d /tmp ]\n", note="a test"),
        Example("FROM debian:13\nRUN [ -f /etc/os-release ]\n", note="a test"),
        Example('FROM debian:13\nRUN [ "a" = "b" ] || true\n'),
        Example('FROM debian:13\nRUN [[ -n "$A" ]]\n'),
    ),
)


def _text(subject: Subject, placed: Placed) -> str:
    text = placed.instruction.arguments.slice(facts(subject).dockerfile.text).strip()
    if placed.instruction.keyword == "HEALTHCHECK":
        text = re.sub(r"\A(?i:cmd)\s+", "", text)
    return text


def _parse(text: str) -> list[str] | None:
    """The words when the text is a list of plain strings as Python writes it."""
    if len(text) > MAX_LENGTH or "\n" in text or "\\" in text:
        return None
    try:
        value = ast.literal_eval(text)
    except (ValueError, SyntaxError, MemoryError, RecursionError):
        return None
    return value if isinstance(value, list) and all(isinstance(one, str) for one in value) else None


def _looks_meant(text: str, keyword: str) -> bool:
    inner = text[1:-1].strip()
    if not LIST.match(text) or text.startswith("[["):
        return False
    if keyword == "RUN" and (text[1:2] in " \t" or _parse(text) is None):
        return "," in inner and inner[:1] in "\"'"
    return True


@rule.check
def find(subject: Subject) -> Iterator[Finding]:
    known = facts(subject)
    for placed in known.all(*KEYWORDS):
        instruction = placed.instruction
        text = _text(subject, placed)
        if instruction.form is Form.EXEC or not _looks_meant(text, instruction.keyword):
            continue
        words = _parse(text)
        fixes: tuple[Fix, ...] = ()
        if words is not None and not instruction.comments:
            start = instruction.span.end - len(
                instruction.span.slice(known.dockerfile.text).rpartition(text)[2] + text
            )
            span = type(instruction.span)(start, start + len(text))
            edit = replace_span(known.dockerfile, span, json.dumps(words, ensure_ascii=False))
            statement = "The words are clear"
            fixes = (
                Fix(
                    "json",
                    "Write valid JSON",
                    (edit,),
                    (holds(statement, ", ".join(words)),),
                    "The program is started as it was meant.",
                ),
            )
        yield rule.finding(
            subject,
            f"{instruction.keyword} looks like a JSON array but is not one: a shell runs it",
            at=instruction,
            about=text,
            fixes=fixes,
            tip="Use double quotes and no comma after the last word",
        )
