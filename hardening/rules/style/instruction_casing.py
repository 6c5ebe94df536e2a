"""Instructions in mixed case."""

from __future__ import annotations

from collections.abc import Iterator

from hardening.dockerfile.edits import replace_span
from hardening.model import Finding, Fix, Profile, Severity, holds
from hardening.rules.frame import Example, Rule
from hardening.rules.support import facts
from hardening.subject import Subject

rule = Rule(
    title="Write all instructions in the same case",
    severity=Severity.INFO,
    profile=Profile.ALL,
    why="A reviewer finds instructions by their looks: one in another case is easily overlooked "
    "between the lines of a long RUN.",
    references=("https://docs.docker.com/reference/build-checks/consistent-instruction-casing/",),
    aliases=("buildkit:ConsistentInstructionCasing",),
    bad=(
        Example('FROM debian:13\nrun true\nCMD ["a"]\n', 'FROM debian:13\nRUN true\nCMD ["a"]\n'),
        Example("From debian:13\nRUN true\n", "FROM debian:13\nRUN true\n"),
        Example("from debian:13\nrun true\nUSER 1\n", "from debian:13\nrun true\nuser 1\n"),
    ),
    good=(
        Example("FROM debian:13\nRUN true\n"),
        Example("from debian:13\nrun true\n"),
    ),
)


@rule.check
def find(subject: Subject) -> Iterator[Finding]:
    dockerfile = facts(subject).dockerfile
    words = [(one, one.keyword_span.slice(dockerfile.text)) for one in dockerfile.instructions]
    lower = sum(word.islower() for _, word in words)
    upper = sum(word.isupper() for _, word in words)
    use_lower = lower > upper
    for instruction, word in words:
        wanted = word.lower() if use_lower else word.upper()
        if word == wanted:
            continue
        fix = Fix(
            "same-case",
            f"Write {wanted}",
            (replace_span(dockerfile, instruction.keyword_span, wanted),),
            (holds("Keywords ignore case", "Dockerfile reference"),),
            "Nothing changes.",
        )
        yield rule.finding(
            subject,
            f"{word} is not in the case of the other instructions",
            at=instruction.keyword_span,
            about=f"{wanted} {instruction.value[:40]}",
            fixes=(fix,),
        )
