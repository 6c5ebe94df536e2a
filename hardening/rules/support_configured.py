"""Package managers that a configuration file or variable tells what their flags would say."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterator
from functools import partial
from typing import NamedTuple

from hardening.dockerfile.shell_model import Command, PackageCall
from hardening.rules.support import Facts, Run
from hardening.rules.support_packages import has_flag, option_values, removes

OFF = frozenset({"0", "no", "false", "off", "without", "disable"})


class Setting(NamedTuple):
    """`where` finds the configuration file (or the command that writes it) in an instruction's
    text, `value` the setting: its first group is what it is set to."""

    where: re.Pattern[str]
    value: re.Pattern[str]


def _apt(option: str) -> Setting:
    return Setting(
        re.compile(r"/apt\.conf"),
        re.compile(rf"""(?i)\bAPT::{option}['"\\]*[\s=]+['"\\]*(\w+)"""),
    )


APT_YES = _apt("Get::Assume-Yes")
APT_RECOMMENDS = _apt("Install-Recommends")
RPM_YES = Setting(
    re.compile(r"/(?:yum|dnf)\.conf|/libdnf"), re.compile(r"(?i)\bassumeyes\s*=\s*(\w+)")
)
PIP_NO_CACHE = Setting(
    re.compile(r"\bpip[\d.]*\s+config\b|/pip\.conf"),
    re.compile(r"(?<!-)\bno-cache-dir['\"]?\s*=?\s*['\"]?(\w+)"),
)


def configured(known: Facts, run: Run, command: Command, setting: Setting) -> bool | None:
    """What a file that was written before the command runs says, in its stage or one that the
    stage is built on; None when nobody wrote one."""
    key = f"configured {setting.value.pattern}"
    if key not in known.memo:
        found = sorted(_written(known, setting))
        known.memo[key] = ([offset for offset, _, _ in found], found)
    offsets, written = known.memo[key]
    if not written:
        return None
    chain = known.dockerfile.chain(run.stage) if run.stage is not None else ()
    stages = {link.index for link in chain}
    for number in range(bisect_left(offsets, command.span.start) - 1, -1, -1):
        _, stage, value = written[number]
        if stage in stages:
            return value.lower() not in OFF
    return None


def _written(known: Facts, setting: Setting) -> Iterator[tuple[int, int, str]]:
    """Offset, stage and value of each."""
    text = known.dockerfile.text
    if setting.where.search(text) is None:
        return
    for placed in known.all("RUN", "COPY", "ADD"):
        span = placed.instruction.span
        if placed.deferred or not setting.where.search(text, span.start, span.end):
            continue
        comments = [one.span for one in placed.instruction.comments]
        for match in setting.value.finditer(text, span.start, span.end):
            if not any(one.start <= match.start() < one.end for one in comments):
                yield match.start(), placed.instruction.stage, match[1]


class Elsewhere(NamedTuple):
    """Flags and variables that say where a package manager keeps its cache."""

    flags: tuple[str, ...] = ()
    variables: tuple[str, ...] = ()


def cache_elsewhere(known: Facts, run: Run, call: PackageCall, where: Elsewhere) -> bool:
    """True when the cache was moved to a directory that a mount covers or that the RUN deletes."""
    paths = list(option_values(call, *where.flags))
    for name in where.variables:
        value = known.value_of(run, call.command, name)
        if value:
            paths.append(value.strip("\"'"))
    for path in (one.rstrip("/") for one in paths if one.startswith("/")):
        if run.is_volatile(path):
            return True
        if run.happens_after(call.command, f"delete {path}", partial(_deletes, path)):
            return True
    return False


def _deletes(path: str, command: Command) -> bool:
    return removes(command, path)


def told(call: PackageCall, name: str) -> bool | None:
    """What `-o NAME=value` or `--setopt=NAME=value` says; None when the call does not."""
    answer = None
    for text in option_values(call, "-o", "--option", "--setopt"):
        key, _, value = text.lstrip("=").partition("=")
        if key.strip("\"'").lower() == name.lower():
            answer = value.strip("\"'").lower() not in OFF
    return answer


def is_fed(call: PackageCall) -> bool:
    """Something is piped into the call, as `yes |` and `<<< y` are; what xargs runs reads
    nothing."""
    command = call.command
    texts = any(one.operator.startswith("<<") for one in command.redirections)
    return (command.position > 0 or texts) and "xargs" not in command.wrappers


def rpm_answered(known: Facts, run: Run, call: PackageCall) -> bool:
    """Whether nothing would ask: a flag, an option, the configuration, or a pipe answers."""
    if has_flag(call, "-y", "--assumeyes", "--assumeno") or is_fed(call):
        return True
    said = told(call, "assumeyes")
    return (configured(known, run, call.command, RPM_YES) if said is None else said) is True
