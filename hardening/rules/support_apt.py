"""The package index of apt: who deletes it, who still needs it."""

from __future__ import annotations

from bisect import bisect_right

from hardening.dockerfile.shell_model import Command
from hardening.model import Precondition, fails, holds
from hardening.rules.support import Facts, Run
from hardening.rules.support_packages import APT, APT_LISTS, removes


def cleans_lists(command: Command) -> bool:
    if removes(command, APT_LISTS):
        return True
    verbs = (word.text for word in command.positionals()[:1])
    return command.name in APT and any(verb in ("distclean", "dist-clean") for verb in verbs)


def stale_installs(known: Facts) -> tuple[list[int], list[int]]:
    """Offsets and lines of RUNs that ship and install without an update of their own."""
    if "stale apt installs" not in known.memo:
        found = [
            (run.instruction.span.start, run.instruction.start_line)
            for run in known.runs
            if run.shipped
            and any(one.manager in APT and one.verb == "install" for one in run.calls)
            and not any(one.manager in APT and one.verb == "update" for one in run.calls)
        ]
        known.memo["stale apt installs"] = ([one[0] for one in found], [one[1] for one in found])
    starts, lines = known.memo["stale apt installs"]
    return starts, lines


def no_later_install(known: Facts, run: Run) -> Precondition:
    statement = "No later RUN installs from these lists"
    starts, lines = stale_installs(known)
    position = bisect_right(starts, run.instruction.span.start)
    if position < len(starts):
        return fails(statement, f"Line {lines[position]} installs without an update of its own")
    return holds(statement, "Every later RUN that installs updates first")
