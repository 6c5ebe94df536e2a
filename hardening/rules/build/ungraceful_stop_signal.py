"""STOPSIGNAL that gives the program no chance to stop."""

from __future__ import annotations

from collections.abc import Iterator

from hardening.dockerfile.edits import delete_instruction
from hardening.model import Finding, Fix, Severity, unknown
from hardening.rules.frame import Example, Rule
from hardening.rules.support import facts
from hardening.subject import Subject

BRUTAL = frozenset({"SIGKILL", "KILL", "9", "SIGSTOP", "STOP", "19"})

rule = Rule(
    title="Stop with a signal that the program can handle",
    severity=Severity.MEDIUM,
    why="SIGKILL and SIGSTOP cannot be handled: files are cut off in the middle of a write, "
    "requests are lost, and locks stay behind.",
    references=("https://docs.docker.com/reference/dockerfile/#stopsignal",),
    aliases=("tally:no-ungraceful-stopsignal",),
    bad=(Example("FROM debian:13\nSTOPSIGNAL SIGKILL\nUSER 1\n", "FROM debian:13\nUSER 1\n"),),
    good=(
        Example("FROM debian:13\nSTOPSIGNAL SIGQUIT\n"),
        Example("FROM debian:13\nSTOPSIGNAL SIGRTMIN+3\n"),
        Example("FROM debian:13\nSTOPSIGNAL $SIGNAL\n"),
        Example("FROM debian:13 AS a\nSTOPSIGNAL 9\nFROM debian:13\n"),
    ),
)


@rule.check
def find(subject: Subject) -> Iterator[Finding]:
    known = facts(subject)
    for placed in known.all("STOPSIGNAL"):
        name = placed.instruction.value.strip("\"'")
        if not placed.shipped or name.upper() not in BRUTAL:
            continue
        fix = Fix(
            "delete",
            "Delete STOPSIGNAL",
            (delete_instruction(known.dockerfile, placed.instruction),),
            (unknown("The program stops on SIGTERM", "Only a run can show it"),),
            "The engine sends SIGTERM first and kills only after its time limit.",
        )
        yield rule.finding(
            subject,
            f"STOPSIGNAL {name} kills the program at once",
            at=placed.instruction,
            about=name,
            fixes=() if placed.deferred else (fix,),
            tip="Delete it, or name the signal that the program handles",
        )
