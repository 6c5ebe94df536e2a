"""USER with a group, which drops the other groups."""

from __future__ import annotations

from collections.abc import Iterator

from hardening.dockerfile.edits import replace_span
from hardening.model import Finding, Fix, Severity, unknown
from hardening.rules.frame import Example, Rule
from hardening.rules.support import facts
from hardening.subject import Subject

rule = Rule(
    title="Leave out the group where an account needs its other groups",
    severity=Severity.LOW,
    why="With an explicit group the process has that one only: access that the Dockerfile grants "
    "through another group is missing, and the usual repair is to run as root.",
    references=("https://docs.docker.com/reference/dockerfile/#user",),
    aliases=("tally:user-explicit-group-drops-supplementary-groups",),
    bad=(
        Example(
            "FROM debian:13\nRUN useradd app && usermod -aG audio app\nUSER app:app\n",
            "FROM debian:13\nRUN useradd app && usermod -aG audio app\nUSER app\n",
        ),
    ),
    good=(
        Example("FROM debian:13\nRUN useradd app && usermod -aG audio app\nUSER app\n"),
        Example("FROM debian:13\nRUN useradd app\nUSER app:app\n"),
        Example("FROM debian:13\nRUN useradd app && usermod -aG audio other\nUSER app:app\n"),
        Example("FROM debian:13\nRUN usermod -u 5 app\nUSER app:app\n"),
    ),
)


@rule.check
def find(subject: Subject) -> Iterator[Finding]:
    known = facts(subject)
    granted: dict[str, str] = {}
    for run, command in known.commands("usermod", "adduser", "addgroup", "gpasswd", "useradd"):
        operands = [word.value or "" for word in command.positionals()]
        groups = command.name == "usermod" and command.has_flag("-a", "--append", "-G", "--groups")
        groups = groups or (command.name == "useradd" and command.has_flag("-G", "--groups"))
        if groups and operands and run.shipped:
            granted[operands[-1]] = operands[0]
        elif (
            command.name in ("adduser", "addgroup")
            and len(operands) == 2
            and not command.has_flag("-G", "-S", "-D", "-u", "-g")
        ):
            granted[operands[0]] = operands[1]
    for placed in known.all("USER"):
        name, colon, _group = placed.instruction.value.partition(":")
        if not colon or not placed.shipped or name not in granted:
            continue
        fix = Fix(
            "drop-group",
            f"Write USER {name}",
            (replace_span(known.dockerfile, placed.instruction.arguments, name),),
            (
                unknown(
                    "The account needs its other groups", f"The Dockerfile puts {name} into one"
                ),
            ),
            "The process has all groups of the account.",
        )
        yield rule.finding(
            subject,
            f"USER {placed.instruction.value} drops the other groups of {name}",
            at=placed.instruction,
            about=name,
            fixes=(fix,),
        )
