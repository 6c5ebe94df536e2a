"""The package index of apt: who deletes it, who still needs it."""

from __future__ import annotations

import re
from bisect import bisect_right
from typing import NamedTuple

from hardening.dockerfile.shell_model import Command
from hardening.model import Precondition, fails, holds, unknown
from hardening.rules.support import Run, facts, subject_memo
from hardening.rules.support_packages import APT, APT_LISTS, removes
from hardening.rules.support_pipes import descends
from hardening.rules.support_scripts import scripts_called
from hardening.subject import Subject

_READING = frozenset({
    "install", "reinstall", "upgrade", "dist-upgrade", "full-upgrade", "build-dep", "source",
    "download", "satisfy", "list", "show", "search", "policy", "showsrc", "changelog",
})  # fmt: skip
_READERS = frozenset({"apt-cache", "apt-rdepends", "apt-show-versions", "tasksel", "apt-move"})
_APT = re.compile(r"\b(?:apt|apt-get|aptitude|apt-cache)\s+(?!update)[a-z-]")
_APT_UPDATE = re.compile(r"\b(?:apt|apt-get|aptitude)\b[^\n;&|]*\supdate\b")


def cleans_lists(command: Command) -> bool:
    if removes(command, APT_LISTS):
        return True
    verbs = (word.text for word in command.positionals()[:1])
    return command.name in APT and any(verb in ("distclean", "dist-clean") for verb in verbs)


class User(NamedTuple):
    """A RUN that reads the lists without fetching them. `sure` is false for a script that could
    not be read."""

    start: int
    text: str
    sure: bool = True


def no_later_install(subject: Subject, run: Run) -> Precondition:
    """Whether a later RUN of the stage, or of one that is built on it, reads the lists."""
    statement = "No later RUN reads these lists"
    users = _list_users(subject, run)
    starts = [one.start for one in users]
    later = users[bisect_right(starts, run.instruction.span.start) :]
    sure = next((one for one in later if one.sure), None)
    if sure is not None:
        return fails(statement, sure.text)
    if later:
        return unknown(statement, later[0].text)
    return holds(statement, "Every later RUN that installs updates first")


def _list_users(subject: Subject, run: Run) -> list[User]:
    """Those of the stage and its children, in order; the same for all RUNs of a stage."""
    known, memo = facts(subject), subject_memo(subject)
    key = f"apt list users {run.instruction.stage}"
    if key not in memo:
        stages = known.dockerfile.stages
        found = (
            _user(subject, one)
            for one in known.runs
            if one.stage is run.stage or descends(stages, one.stage, run.stage)
        )
        memo[key] = [one for one in found if one is not None]
    users: list[User] = memo[key]
    return users


def _user(subject: Subject, run: Run) -> User | None:
    start, line = run.instruction.span.start, run.instruction.start_line
    if any(one.manager in APT and one.verb == "update" for one in run.calls):
        return None
    for call in run.calls:
        local = call.packages and all("/" in one.text for one in call.packages)
        if call.manager in APT and call.verb in _READING and not local:
            return User(start, f"Line {line} installs without an update of its own")
    reader = next((one.name for one in run.script.commands if one.name in _READERS), None)
    if reader is not None:
        return User(start, f"Line {line} asks {reader}, which reads them")
    for script in scripts_called(subject, run):
        if script.text is None:
            return User(start, f"Line {line} runs {script.name}, which could not be read", False)
        if _APT.search(script.text) and not _APT_UPDATE.search(script.text):
            return User(start, f"Line {line} runs {script.name}, which calls apt without an update")
    return None
