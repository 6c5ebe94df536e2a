"""COPY of several sources to a name that is no directory."""

from __future__ import annotations

from collections.abc import Iterator

from hardening.dockerfile.edits import insert_at
from hardening.dockerfile.model import Form, Word
from hardening.model import Finding, Fix, Severity, holds
from hardening.rules.frame import Example, Rule
from hardening.rules.support import facts
from hardening.rules.support_copy import Transfer, transfers
from hardening.subject import Subject

rule = Rule(
    title="End the destination of several sources with a slash",
    severity=Severity.MEDIUM,
    why="With more than one source the destination must be a directory and end with a slash; "
    "otherwise the build stops, or one builder accepts what another refuses.",
    references=("https://docs.docker.com/reference/dockerfile/#destination-1",),
    aliases=(
        "hadolint:DL3021",
        "trivy:DS-0011",
        "kics:copy_with_more_than_two_arguments_not_ending_with_slash",
    ),
    bad=(
        Example(
            "FROM alpine:3.22\nCOPY a.py b.py /srv\n",
            "FROM alpine:3.22\nCOPY a.py b.py /srv/\n",
        ),
        Example(
            'FROM alpine:3.22\nCOPY ["a.py", "b.py", "/srv"]\n',
            'FROM alpine:3.22\nCOPY ["a.py", "b.py", "/srv/"]\n',
        ),
    ),
    good=(
        Example("FROM alpine:3.22\nCOPY a.py /srv\n"),
        Example("FROM alpine:3.22\nCOPY a.py b.py /srv/\n"),
        Example("FROM alpine:3.22\nCOPY a.py b.py .\n"),
        Example("FROM alpine:3.22\nCOPY a.py b.py ${TARGET}\n", note="the variable may end with /"),
    ),
)


def _is_directory(word: Word) -> bool:
    value = word.value
    return (
        value.endswith(("/", "\\"))
        or value in (".", "..")
        or value.rpartition("/")[2] in (".", "..")
        or value.startswith("$")
    )


@rule.check
def find(subject: Subject) -> Iterator[Finding]:
    for one in transfers(subject, "COPY"):
        if len(one.sources) < 2 or _is_directory(one.destination):
            continue
        yield rule.finding(
            subject,
            f"{len(one.sources)} sources are copied to {one.destination.value}, which does not end "
            "with a slash",
            at=one.instruction,
            about=one.destination.value,
            fixes=(_fix(subject, one),),
        )


def _fix(subject: Subject, one: Transfer) -> Fix:
    word = one.destination
    quoted = one.instruction.form is Form.EXEC or word.text[-1:] in "\"'"
    offset = word.span.end - 1 if quoted and word.text[-1:] in "\"'" else word.span.end
    return Fix(
        "add-slash",
        "End the destination with /",
        (insert_at(facts(subject).dockerfile, offset, "/"),),
        (holds("Several sources need a directory as destination", "BuildKit refuses a file"),),
        "The sources are copied into the directory.",
    )
