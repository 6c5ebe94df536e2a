"""wget that fills the build log with its progress bar."""

from __future__ import annotations

from collections.abc import Iterator

from hardening.dockerfile.shell_model import Command
from hardening.model import Finding, Fix, Precondition, Severity, fails, holds, unknown
from hardening.rules.frame import Example, Profile, Rule
from hardening.rules.support import Facts, Run, facts
from hardening.rules.support_fixes import insert_after, literal
from hardening.rules.support_pipes import root_base
from hardening.subject import Subject

_QUIET = (
    "-q",
    "--quiet",
    "-nv",
    "--no-verbose",
    "--progress",
    "-o",
    "--output-file",
    "-a",
    "--append-output",
)

rule = Rule(
    title="Keep wget's progress bar out of the log",
    severity=Severity.INFO,
    why="Thousands of lines of dots hide the warnings that somebody should read.",
    references=("https://www.gnu.org/software/wget/manual/html_node/Download-Options.html",),
    aliases=("hadolint:DL3047",),
    profile=Profile.ALL,
    bad=(
        Example(
            "FROM debian:13\nRUN wget https://example.com/a\n",
            "FROM debian:13\nRUN wget --progress=dot:giga https://example.com/a\n",
        ),
        Example(
            "FROM alpine:3.22\nRUN wget https://example.com/a\n",
            note="busybox's wget has no --progress: -q is for the author to choose",
        ),
        Example(
            "FROM alpine:3.22\nRUN apk add --no-cache wget && wget https://example.com/a\n",
            "FROM alpine:3.22\nRUN apk add --no-cache wget && wget --progress=dot:giga "
            "https://example.com/a\n",
        ),
    ),
    good=(
        Example("FROM debian:13\nRUN wget https://example.com/a 2>/dev/null\n"),
        Example("FROM debian:13\nRUN wget -q https://example.com/a\n"),
        Example("FROM debian:13\nRUN wget --no-verbose https://example.com/a\n"),
        Example("FROM debian:13\nRUN wget -qO- https://example.com/a\n"),
    ),
)


@rule.check
def find(subject: Subject) -> Iterator[Finding]:
    known = facts(subject)
    for run, command in known.commands("wget"):
        if command.has_flag(*_QUIET) or any(word.text == "-nv" for word in command.arguments):
            continue
        if not command.positionals() or _hides_errors(command):
            continue
        fix = Fix(
            "dots",
            "Add --progress=dot:giga",
            (insert_after(known.dockerfile, command.words[0].span, " --progress=dot:giga"),),
            (literal(command), _is_gnu(subject, run)),
            "One line for every 32 MB instead of a bar.",
        )
        yield rule.finding(
            subject,
            "wget writes its progress bar into the build log",
            at=command.span,
            about=" ".join(word.text for word in command.positionals())[:200],
            fixes=(fix,),
            tip="Add -q, or --progress=dot:giga with GNU wget",
        )


def _hides_errors(command: Command) -> bool:
    """The bar goes to standard error."""
    return any(one.operator.startswith(("2>", "&>")) for one in command.redirections)


def _is_gnu(subject: Subject, run: Run) -> Precondition:
    statement = "wget is GNU wget"
    base = root_base(subject, run)
    if "alpine" in base or "busybox" in base:
        bringing = _wget_of_apk(facts(subject), run)
        if bringing:
            return holds(statement, f"Line {bringing} installs it")
        return fails(statement, "The base image brings busybox")
    if any(name in base for name in ("debian", "ubuntu", "fedora", "rocky", "alma", "ubi")):
        return holds(statement, f"{base} has no busybox wget")
    return unknown(statement, "The base image is not known")


def _wget_of_apk(known: Facts, run: Run) -> int:
    """The first line of the stage that installs GNU wget on Alpine and is not below the RUN."""
    key = f"wget of apk {run.instruction.stage}"
    if key not in known.memo:
        lines = (
            one.instruction.start_line
            for one, call in known.calls("apk")
            if call.verb == "install"
            and one.instruction.stage == run.instruction.stage
            and any(word.value == "wget" for word in call.packages)
        )
        known.memo[key] = min(lines, default=0)
    line: int = known.memo[key]
    return line if line <= run.instruction.start_line else 0
