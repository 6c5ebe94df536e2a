"""How bad it is that a container starts as root: what it does with it."""

from __future__ import annotations

import re
from typing import Final, NamedTuple

from hardening.model import Confidence, Severity
from hardening.runtime.base_facts import Family, drops_privileges_by_name, split_reference
from hardening.runtime.capabilities import SWITCHERS
from hardening.runtime.programs import start_programs
from hardening.runtime.purpose import only_a_base
from hardening.runtime.start import Start

_DROPPERS: Final = frozenset(SWITCHERS) - {"su", "sudo"}
_MASTERS: Final = {
    "nginx": "nginx",
    "httpd": "httpd",
    "httpd-foreground": "httpd",
    "apache2": "apache2",
    "apache2ctl": "apache2",
    "apachectl": "httpd",
    "apache2-foreground": "apache2",
    "php-fpm": "php-fpm",
}
"""Servers whose first process stays root while those that answer requests do not."""

_ON_PHP: Final = ("php", "wordpress", "drupal", "joomla", "nextcloud", "matomo")


class RootJudgement(NamedTuple):
    message: str
    severity: Severity = Severity.HIGH
    confidence: Confidence = Confidence.HIGH


def judge_root(start: Start) -> RootJudgement:
    """What to say of a start that is known to be root's."""
    dropping = _leaves_root(start)
    if dropping is not None:
        return RootJudgement(
            f"The container starts as root and leaves it later: {dropping}", Severity.LOW
        )
    purpose = only_a_base(start)
    if purpose is not None:
        message = f"Whatever is started in it or built on it begins as root: {purpose}"
        return RootJudgement(message, Severity.LOW, Confidence.MEDIUM)
    tool = _tool_for_leaving(start)
    if tool is not None:
        message = f"The container starts as root and seems to leave it later: {tool}"
        return RootJudgement(message, Severity.LOW, Confidence.MEDIUM)
    name = _master(start)
    if name is not None:
        message = f"The first process of {name} stays root, only its workers leave it"
        return RootJudgement(message, Severity.MEDIUM)
    if start.family[0] is Family.UNKNOWN and start.user.instruction is None:
        message = f"Nothing sets a user: unless {start.base} does, the container runs as root"
        return RootJudgement(message, confidence=Confidence.MEDIUM)
    return RootJudgement(f"The container runs as root: {start.user.evidence}")


def is_left_to_derivers(start: Start) -> bool:
    """True for an image that starts a prompt, names no user and carries no file of its own: the
    user is for those to set who build on it, and an account here would be in their way."""
    if start.user.instruction is not None or (start.command is None and start.entrypoint is None):
        return False
    if any(one.flag("from") is None for one in start.all("COPY", "ADD")):
        return False
    return only_a_base(start) is not None


def _leaves_root(start: Start) -> str | None:
    """Why the process does not stay root, None when nothing says so."""
    for program in start_programs(start).commands:
        if program.name in _DROPPERS:
            return f"{program.where} uses {program.name}"
    if start.base is not None and start.entrypoint is None and start.user.instruction is None:
        known = drops_privileges_by_name(start.base)
        if known is not None:
            tool, account = known
            return f"the entrypoint of {start.base} becomes {account} by {tool}"
    return None


def _master(start: Start) -> str | None:
    """The server whose workers leave root, named by what is written or by the base."""
    found = start_programs(start).named(*_MASTERS)
    if found is not None:
        return _MASTERS[found.name]
    if start.base is None or start.entrypoint is not None or start.command is not None:
        return None
    reference = split_reference(start.base)
    if reference.name in ("nginx", "httpd"):
        return reference.name
    if reference.name in _ON_PHP and re.search(r"(?:^|-)(?:apache|fpm)(?:-|$)", reference.tag):
        return "php-fpm" if "fpm" in reference.tag else "apache2"
    return None


def _tool_for_leaving(start: Start) -> str | None:
    """The tool that a RUN installs for an entrypoint which could not be read."""
    unread = start_programs(start).unread
    if not unread:
        return None
    for instruction in start.all("RUN"):
        script = instruction.shell
        for command in script.commands if script is not None else ():
            for word in command.words:
                name = (word.value or word.text).strip("\"'").rpartition("/")[2].partition("=")[0]
                if name in _DROPPERS and name != "setpriv":
                    return f"line {instruction.start_line} brings {name}, {unread[0]} was not read"
    return None
