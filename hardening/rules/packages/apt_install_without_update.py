"""apt-get install from the index of an earlier RUN."""

from __future__ import annotations

from collections.abc import Iterator

from hardening.dockerfile.edits import insert_at
from hardening.dockerfile.shell_model import Command, PackageCall
from hardening.model import Finding, Fix, Severity, holds
from hardening.rules.frame import Example, Rule
from hardening.rules.support import Facts, Run, facts
from hardening.rules.support_fixes import append_command, literal, unconditional
from hardening.rules.support_packages import APT, APT_LISTS, about, removes, shown, with_sudo
from hardening.subject import Subject

rule = Rule(
    title="Update the index in the RUN that installs",
    severity=Severity.MEDIUM,
    why="The layer with the index is cached: a package added later comes from an index of months "
    "ago, so fixed versions are missed or the download fails.",
    references=("https://docs.docker.com/build/building/best-practices/#apt-get",),
    aliases=("parfum:aptGetUpdatePrecedesInstall",),
    bad=(
        Example(
            "FROM debian:13\nRUN apt-get update && apt-get install -y --no-install-recommends a\n"
            "RUN apt-get install -y --no-install-recommends b\n",
            "FROM debian:13\nRUN apt-get update && apt-get install -y --no-install-recommends a\n"
            "RUN apt-get update && apt-get install -y --no-install-recommends b "
            "&& rm -rf /var/lib/apt/lists/*\n",
        ),
    ),
    good=(
        Example("FROM debian:13\nRUN apt-get update && apt-get install -y b\n"),
        Example("FROM debian:13\nRUN apt-get install -y b\n", note="the base may bring an index"),
        Example(
            "FROM debian:13\nRUN apt-get update && apt-get install -y a\n"
            "RUN apt-get install -y ./b.deb\n",
            note="a file",
        ),
        Example(
            "FROM debian:13\nRUN --mount=type=cache,target=/var/lib/apt/lists apt-get install -y "
            "b\n"
        ),
        Example(
            "FROM debian:13\nRUN apt-get update\nRUN apt-get install -y b\n",
            note="another rule's finding",
        ),
    ),
)


def _updates(run: Run) -> bool:
    return any(one.manager in APT and one.verb == "update" for one in run.calls)


def _cleans(command: Command) -> bool:
    return removes(command, APT_LISTS)


def _fixes(known: Facts, run: Run, call: PackageCall) -> Iterator[Fix]:
    text = with_sudo(call.command, f"rm -rf {APT_LISTS}/*")
    edit = append_command(known.dockerfile, run.instruction, run.script, text)
    head = run.script.pipeline_of(call.command)[0]
    first = head.wrapper_span or head.words[0].span
    if edit is None or call.command.wrappers not in ((), ("sudo",)) or call.command.assignments:
        return
    if head.joined_by == "||" or head.assignments:
        return
    update = with_sudo(call.command, "apt-get update && ")
    cleaned = run.happens_after(call.command, "clean apt lists", _cleans)
    edits = (insert_at(known.dockerfile, first.start, update),)
    yield Fix(
        "update-first",
        "Update in the same RUN",
        edits if cleaned else (*edits, edit),
        (
            literal(call.command),
            unconditional(call.command),
            holds("The archives are reachable", "An earlier RUN updates from them"),
        ),
        "The packages come from the index of the day of the build.",
    )


def _inherits(known: Facts, run: Run, earlier: dict[int, bool]) -> bool:
    """What is known of the nearest stage below that has a RUN."""
    parent = run.stage.parent if run.stage is not None else None
    while parent is not None and parent not in earlier:
        parent = known.dockerfile.stages[parent].parent
    return parent is not None and earlier[parent]


@rule.check
def find(subject: Subject) -> Iterator[Finding]:
    known = facts(subject)
    earlier: dict[int, bool] = {}
    for run in known.runs:
        stage = run.instruction.stage
        calls = [one for one in run.calls if one.manager in APT]
        updates = _updates(run)
        if stage not in earlier:
            earlier[stage] = _inherits(known, run, earlier)
        stale = earlier[stage]
        for call in calls:
            local = all("/" in one.text or one.text.endswith(".deb") for one in call.packages)
            if call.verb != "install" or updates or not stale or local:
                continue
            if run.is_volatile(APT_LISTS):
                continue
            yield rule.finding(
                subject,
                f"{shown(call)} uses the index that an earlier RUN fetched",
                at=call.command.span,
                about=about(call),
                fixes=tuple(_fixes(known, run, call)),
                tip="Write apt-get update && before it",
            )
            break
        if updates and any(one.verb == "install" for one in calls):
            earlier[stage] = True
