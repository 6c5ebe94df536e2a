"""A blank line inside of an instruction."""

from __future__ import annotations

from collections.abc import Iterator

from hardening.dockerfile.model import Dockerfile, Instruction
from hardening.model import Edit, Finding, Fix, Severity, Span, holds
from hardening.rules.frame import Example, Rule
from hardening.rules.support import facts
from hardening.subject import Subject

rule = Rule(
    title="Leave no blank line in an instruction",
    severity=Severity.LOW,
    why="The builder only tolerates it and has announced an error; a reader takes what follows for"
    " an instruction of its own and may delete or move half of a command.",
    references=("https://docs.docker.com/reference/build-checks/no-empty-continuation/",),
    aliases=("buildkit:NoEmptyContinuation",),
    bad=(
        Example(
            "FROM debian:13\nRUN make \\\n\n    install\n",
            "FROM debian:13\nRUN make \\\n    install\n",
        ),
        Example(
            "FROM debian:13\r\nRUN a && \\\r\n  \r\n\r\n  b\r\n",
            "FROM debian:13\r\nRUN a && \\\r\n  b\r\n",
            note="CRLF",
        ),
    ),
    good=(
        Example("FROM debian:13\nRUN make \\\n    install\n\nRUN true\n"),
        Example("FROM debian:13\nRUN <<EOF\n\nmake\nEOF\n", note="a heredoc may have blank lines"),
        Example("FROM debian:13\nRUN make \\\n# why\n    install\n", note="a comment"),
    ),
)


def _blank_lines(dockerfile: Dockerfile, instruction: Instruction) -> list[Span]:
    end_line = instruction.end_line
    if instruction.heredocs:
        end_line = dockerfile.line_at(instruction.heredocs[0].opener.start)
    found = []
    for line in range(instruction.start_line + 1, end_line + 1):
        start = dockerfile.line_start(line)
        end = dockerfile.text.find("\n", start) + 1 or len(dockerfile.text)
        if not dockerfile.text[start:end].strip():
            found.append(Span(start, end))
    return found


@rule.check
def find(subject: Subject) -> Iterator[Finding]:
    dockerfile = facts(subject).dockerfile
    for instruction in dockerfile.instructions:
        if instruction.end_line == instruction.start_line:
            continue
        lines = _blank_lines(dockerfile, instruction)
        if not lines:
            continue
        fix = Fix(
            "delete-blank-lines",
            "Delete the blank lines",
            tuple(Edit(dockerfile.path, span, "") for span in lines),
            (holds("The builder skips them", "They are inside a continued instruction"),),
            "Nothing changes.",
        )
        yield rule.finding(
            subject,
            f"{instruction.keyword} has a blank line inside",
            at=instruction,
            about=f"{instruction.keyword} {instruction.value[:60]}",
            fixes=(fix,),
        )
