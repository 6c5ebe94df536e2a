"""Caches of package managers that a RUN leaves in its layer."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import NamedTuple

from hardening.dockerfile.shell_model import Command, PackageCall
from hardening.model import Finding, Fix, Precondition, fails, holds, unknown
from hardening.rules.frame import Rule
from hardening.rules.support import Run, facts
from hardening.rules.support_fixes import (
    append_command,
    literal,
    no_volatile,
    status_kept,
    unconditional,
)
from hardening.rules.support_packages import about, option_values, removes, shown, with_sudo
from hardening.subject import Subject

REMOVING = frozenset({"remove", "purge", "autoremove", "del", "erase"})
BRINGS = {
    "npm": frozenset({"npm", "nodejs", "nodejs-current"}),
    "yarn": frozenset({"yarn", "nodejs", "nodejs-current", "npm"}),
    "pnpm": frozenset({"pnpm", "nodejs", "nodejs-current", "npm"}),
    "gem": frozenset({"ruby", "ruby-full"}),
    "composer": frozenset({"composer", "php", "php-cli"}),
}
"""Packages that a manager comes with or cannot run without."""


class Cache(NamedTuple):
    """A package manager's cache: where it lies, and the command that empties it."""

    paths: tuple[str, ...]
    clean: str
    verbs: frozenset[str]
    cleaners: Callable[[Command], bool]

    def empties(self, command: Command) -> bool:
        return self.cleaners(command) or removes(command, *self.paths)


def caches_left(
    subject: Subject,
    rule: Rule,
    *,
    managers: tuple[str, ...],
    cache: Cache,
    silent: Callable[[Run, PackageCall], bool] = lambda run, call: False,
) -> Iterator[Finding]:
    """One finding for each RUN of a shipped stage that fills a cache and leaves it."""
    seen: set[int] = set()
    for run, call in facts(subject).calls(*managers):
        if not run.shipped or call.verb not in cache.verbs or id(run) in seen:
            continue
        if run.is_volatile(*cache.paths) or silent(run, call):
            continue
        if run.happens_after(call.command, f"clean {cache.clean}", cache.empties):
            continue
        seen.add(id(run))
        calls = [one for one in run.calls if one.manager in managers and one.verb in cache.verbs]
        last = calls[-1]
        yield rule.finding(
            subject,
            f"{shown(call)} leaves its cache ({cache.paths[0]}) in the layer",
            at=call.command.span,
            about=about(call),
            fixes=tuple(_clean_fix(subject, run, last, cache)),
            tip=f"End the same RUN with: {cache.clean}",
        )


def _clean_fix(subject: Subject, run: Run, last: PackageCall, cache: Cache) -> Iterator[Fix]:
    dockerfile = facts(subject).dockerfile
    edit = append_command(
        dockerfile, run.instruction, run.script, with_sudo(last.command, cache.clean)
    )
    if edit is None:
        return
    yield Fix(
        "clean-cache",
        f"End the RUN with {cache.clean}",
        (edit,),
        (
            literal(last.command),
            unconditional(last.command),
            no_volatile(run, *cache.paths),
            _still_there(run, last),
            _no_offline_later(subject, run, last),
            status_kept(),
        ),
        "The cache is gone before the layer is closed; the image gets smaller.",
    )


def _still_there(run: Run, last: PackageCall) -> Precondition:
    """Whether the manager is still installed at the end of a RUN that removes packages."""
    statement = f"{last.manager} is still there at the end of the RUN"
    removals = [
        one for one in run.calls
        if one.verb in REMOVING and one.command.span.start > last.command.span.start
    ]  # fmt: skip
    if not removals:
        return holds(statement, "The RUN removes no package after it")
    gone = {word.text for one in removals for word in one.packages}
    for one in run.calls:
        if one.manager == "apk" and gone & set(option_values(one, "-t", "--virtual")):
            gone |= {word.text for word in one.packages}
    if gone & BRINGS.get(last.manager, {last.manager}):
        return fails(statement, "A later command removes it")
    hidden = next((word for word in sorted(gone) if "$" in word), None)
    if hidden is not None or any(one.verb == "autoremove" for one in removals):
        return unknown(statement, f"{hidden or 'autoremove'} may take it away")
    return holds(statement, "It is not among the packages that are removed")


def _no_offline_later(subject: Subject, run: Run, last: PackageCall) -> Precondition:
    statement = "No later RUN installs from the cache"
    known, key = facts(subject), f"offline {last.manager}"
    if key not in known.memo:
        known.memo[key] = max(
            (
                one.instruction.start_line
                for one, call in known.calls(last.manager)
                if call.command.has_flag("--offline", "--prefer-offline", "--cacheonly")
            ),
            default=0,
        )
    line: int = known.memo[key]
    if line > run.instruction.start_line:
        return fails(statement, f"Line {line} does, without the network")
    return holds(statement, "None is told to work offline")
