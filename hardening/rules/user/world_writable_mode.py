"""Files that everybody may write."""

from __future__ import annotations

from collections.abc import Iterator

from hardening.dockerfile.edits import replace_span
from hardening.dockerfile.shell_model import Command
from hardening.model import Finding, Fix, Severity, Span, unknown
from hardening.rules.frame import Example, Rule
from hardening.rules.support import Run, facts
from hardening.rules.support_fixes import literal
from hardening.rules.support_modes import lets_everybody_write, mode_word, without_others
from hardening.rules.support_variables import value_of
from hardening.subject import Subject

rule = Rule(
    title="Let only the owner write",
    severity=Severity.MEDIUM,
    why="Whoever gets any foot into the container may replace a program or setting that everybody "
    "may write, and the next process to run it does the intruder's work.",
    references=("https://cwe.mitre.org/data/definitions/732.html",),
    aliases=("tally:world-writable-state-path-workaround",),
    bad=(
        Example(
            "FROM debian:13\nRUN chmod -R 777 /app\n", "FROM debian:13\nRUN chmod -R 755 /app\n"
        ),
        Example(
            "FROM debian:13\nRUN chmod 0666 /etc/app.conf\n",
            "FROM debian:13\nRUN chmod 0644 /etc/app.conf\n",
        ),
        Example(
            "FROM debian:13\nRUN chmod a+rwx /app\n", "FROM debian:13\nRUN chmod a+rx,u+w /app\n"
        ),
        Example("FROM debian:13\nRUN chmod o+w /app\n", "FROM debian:13\nRUN chmod u+w /app\n"),
        Example(
            "FROM debian:13\nCOPY --chmod=777 run.sh /\n",
            "FROM debian:13\nCOPY --chmod=755 run.sh /\n",
            files={"run.sh": "true\n"},
        ),
    ),
    good=(
        Example("FROM debian:13\nRUN chmod 755 /app && chmod u+x /run.sh\n"),
        Example("FROM debian:13\nRUN chmod 1777 /tmp\n", note="sticky, as /tmp must be"),
        Example("FROM debian:13\nRUN chmod ug+rwx /data && chmod o=r /x\n"),
        Example(
            "FROM debian:13 AS build\nRUN chmod 777 /src\nFROM debian:13\n", note="does not ship"
        ),
    ),
)


def _fix(subject: Subject, span: Span, mode: str, command: Command | None) -> Iterator[Fix]:
    narrow = without_others(mode)
    conditions = () if command is None else (literal(command),)
    yield Fix(
        "narrow-mode",
        f"Write {narrow} instead of {mode}",
        (replace_span(facts(subject).dockerfile, span, narrow),),
        (*conditions, unknown("Only the owner writes there", "Only a run can show it")),
        "Processes of other users can read and run these files but not change them.",
    )


def _in_runs(subject: Subject) -> Iterator[Finding]:
    commands: tuple[tuple[Run, Command], ...] = facts(subject).commands("chmod", "mkdir", "install")
    for run, command in commands:
        if not run.shipped:
            continue
        word = mode_word(command)
        mode = word.value if word is not None else None
        if word is None or mode is None or not lets_everybody_write(mode):
            continue
        targets = [one.text for one in command.arguments if one is not word and not one.is_flag]
        yield rule.finding(
            subject,
            f"Mode {mode} lets everybody write to {', '.join(targets[:3]) or 'it'}",
            at=command.span,
            about=" ".join(targets) or mode,
            severity=Severity.LOW if _are_empty_folders(run, command, targets) else None,
            fixes=tuple(_fix(subject, word.span, mode, command)),
            tip="Give the files to the user who needs to write, with mode 755 or 644",
        )


def _are_empty_folders(run: Run, command: Command, targets: list[str]) -> bool:
    """True for folders that the same RUN makes and fills with nothing: any account may put its data
    there, which is how images serve accounts that they do not know. There is no program in them
    that could be replaced yet."""
    if command.name == "mkdir":
        return True
    if command.name != "chmod" or command.has_flag("-R", "--recursive"):
        return False
    key = "folders made"
    if key not in run.memo:
        made = (one for one in run.script.commands if one.name == "mkdir")
        run.memo[key] = {word.text for one in made for word in one.arguments if not word.is_flag}
    return bool(targets) and run.memo[key].issuperset(targets)


@rule.check
def find(subject: Subject) -> Iterator[Finding]:
    yield from _in_runs(subject)
    for placed in facts(subject).all("COPY", "ADD"):
        flag = placed.instruction.flag("chmod")
        if not placed.shipped or flag is None or flag.value is None or flag.value_span is None:
            continue
        mode = value_of(placed.instruction, flag.value)
        if lets_everybody_write(mode):
            fixes = _fix(subject, flag.value_span, mode, None) if mode == flag.value else ()
            yield rule.finding(
                subject,
                f"Mode {mode} lets everybody write to what is copied",
                at=placed.instruction,
                about=" ".join(word.value for word in placed.instruction.words),
                fixes=tuple(fixes),
                tip="Use mode 755 or 644",
            )
