"""A checksum line with one blank, which sha256sum -c does not take."""

from __future__ import annotations

import re
from collections.abc import Iterator

from hardening.dockerfile.edits import insert_at
from hardening.model import Finding, Fix, Severity, holds
from hardening.rules.frame import Example, Rule
from hardening.rules.support import Run, facts
from hardening.rules.support_fixes import literal
from hardening.runtime.base_facts import Family, family_by_name
from hardening.subject import Subject

_SUMS = ("sha256sum", "sha512sum", "sha1sum", "sha384sum", "sha224sum", "md5sum", "b2sum", "shasum")
_ONE_BLANK = re.compile(r"^([\"'])(\S+) ([^\s*]\S*)\1$")

rule = Rule(
    title="Write two blanks between a checksum and its file",
    severity=Severity.MEDIUM,
    why="The line must have the hash, a blank, a blank or star, and the name; with one blank some "
    "versions refuse the line and the check is dropped to make the build work.",
    references=("https://www.gnu.org/software/coreutils/manual/html_node/cksum-output-modes.html",),
    aliases=("parfum:sha256sumEchoOneSpaces",),
    bad=(
        Example(
            'FROM alpine:3.22\nRUN echo "$HASH a.tgz" | sha256sum -c -\n',
            'FROM alpine:3.22\nRUN echo "$HASH  a.tgz" | sha256sum -c -\n',
        ),
    ),
    good=(
        Example('FROM alpine:3.22\nRUN echo "$HASH  a.tgz" | sha256sum -c -\n'),
        Example('FROM alpine:3.22\nRUN echo "$HASH *a.tgz" | sha256sum -c -\n'),
        Example('FROM alpine:3.22\nRUN echo "hello world" | sha256sum\n'),
    ),
)


@rule.check
def find(subject: Subject) -> Iterator[Finding]:
    known = facts(subject)
    for run, check in known.commands(*_SUMS):
        if check.position == 0 or not check.has_flag("-c", "--check"):
            continue
        for echo in run.script.pipeline_of(check):
            words = echo.arguments
            if echo.name != "echo" or echo.position != check.position - 1 or len(words) != 1:
                continue
            found = _ONE_BLANK.match(words[0].text)
            if found is None:
                continue
            fix = Fix(
                "two-blanks",
                "Write a second blank",
                (insert_at(known.dockerfile, words[0].span.start + found.end(2) + 1, " "),),
                (literal(echo), holds("The line has one blank", words[0].text)),
                f"{check.name} reads the line everywhere.",
            )
            strict = check.name == "shasum" or _has_busybox(subject, run)
            yield rule.finding(
                subject,
                f"The line for {check.name} -c has one blank between hash and name"
                + ("" if strict else ": GNU's version takes it, others do not"),
                severity=None if strict else Severity.LOW,
                at=echo.span,
                about=f"{found[2]} {found[3]}",
                fixes=(fix,),
            )


def _has_busybox(subject: Subject, run: Run) -> bool:
    """True unless the base is known to bring GNU's tools, which take the line."""
    if run.stage is None:
        return True
    root = facts(subject).dockerfile.chain(run.stage)[0]
    family = family_by_name(root.base_expanded or root.base.value)
    return family not in (Family.DEBIAN, Family.RHEL, Family.SUSE, Family.ARCH)
