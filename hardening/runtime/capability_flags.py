"""`--cap-drop ALL` with what must be added back, and `no-new-privileges`."""

from __future__ import annotations

import re

from hardening.dockerfile.packages import package_calls
from hardening.model import Precondition, fails, holds, unknown
from hardening.runtime.capabilities import (
    NEVER_PROPOSED,
    needed_capabilities,
    start_file_capabilities,
    start_setuid_file,
)
from hardening.runtime.flag_model import RunFlag
from hardening.runtime.programs import start_programs
from hardening.runtime.start import Start

ADDED = "Every capability that the program needs is added back"
FILES = "No program that starts carries file capabilities"
SETUID = "Nothing that starts relies on a setuid program"
_WANTED = frozenset({"sudo", "doas", "opendoas", "iputils-ping", "iputils", "fuse", "fuse3",
                     "uidmap", "bubblewrap", "policykit-1", "polkitd"})  # fmt: skip
_GIVES_SETUID = re.compile(r"(?:[ugoa]*[+=][rwxX]*s|[2467][0-7]{3}$)")
_SETUID_TOOLS = ("sudo", "su", "ping", "ping6", "newgrp", "passwd", "mount", "umount", "pkexec",
                 "doas", "fusermount", "newuidmap")  # fmt: skip


def capability_flag(start: Start) -> RunFlag:
    """Drops everything; adds what the start is shown to need."""
    needed = needed_capabilities(start)
    offered = [one for one in needed if one.name not in NEVER_PROPOSED]
    run = start.subject.run_configuration
    names = tuple(one.name for one in offered)
    words = ["--cap-drop", "ALL"]
    for name in names:
        words += ["--cap-add", name]
    compose: list[tuple[str, tuple[str, ...]]] = [("cap_drop", ("ALL",))]
    if names:
        compose.append(("cap_add", names))
    shown = "; ".join(f"{one.name}: {one.evidence}" for one in offered)
    present = run is not None and "ALL" in {one.upper() for one in run.cap_drop}
    return RunFlag(
        "cap-drop",
        "Drop all capabilities" + (f" but {', '.join(names)}" if names else ""),
        tuple(words),
        tuple(compose),
        "A process that is taken over can use no privilege of the kernel that it never needed."
        + (f" Needed here: {shown}." if shown else ""),
        _capability_preconditions(start, [one.name for one in needed], shown),
        cis="5.4",
        present=present,
    )


def _capability_preconditions(
    start: Start, needed: list[str], shown: str
) -> tuple[Precondition, ...]:
    strong = [name for name in needed if name in NEVER_PROPOSED]
    if strong:
        evidence = f"{', '.join(strong)} is needed, which is as good as root on the host"
        return (fails(ADDED, evidence),)
    carried = start_file_capabilities(start)
    read = start.image is not None and start.image.files_read
    if carried:
        listed = ", ".join(f"/{one.path}" for one in carried)
        files = holds("File capabilities of what starts are added back", f"Found on {listed}")
    elif read:
        files = holds(FILES, "None of them has a security.capability attribute in the image")
    else:
        files = unknown(FILES, "The image was not read")
    becoming = _setuid_program(start)
    if start.user.root is False and becoming:
        return (unknown(ADDED, f"{becoming}, which may become root for a purpose"), files)
    if start.user.root is False:
        evidence = f"An unprivileged user has none to lose ({start.user.evidence})"
        return (holds(ADDED, evidence), files)
    if start.user.root is None:
        return (unknown(ADDED, start.user.evidence), files)
    evidence = (
        f"It starts as root; shown so far: {shown or 'nothing'}; only a run can show the rest"
    )
    return (unknown(ADDED, evidence), files)


def new_privileges_flag(start: Start) -> RunFlag:
    """The kernel gives no privilege at exec: setuid bits and file capabilities do nothing."""
    run = start.subject.run_configuration
    values = {one.replace("=", ":") for one in run.security_opt} if run is not None else set()
    present = bool(values & {"no-new-privileges", "no-new-privileges:true"})
    return RunFlag(
        "security-opt",
        "Forbid new privileges",
        ("--security-opt", "no-new-privileges"),
        (("security_opt", ("no-new-privileges:true",)),),
        "A setuid program in the image can no longer make root out of an ordinary user.",
        (_no_setuid(start),),
        cis="5.26",
        present=present,
    )


def _setuid_program(start: Start) -> str:
    """Evidence that the start runs a setuid program, "" without any."""
    used = start_programs(start).named(*_SETUID_TOOLS)
    if used is not None:
        return f"{used.where} runs {used.name}"
    path = start_setuid_file(start)
    return f"/{path} has a setuid or setgid bit" if path is not None else ""


def _no_setuid(start: Start) -> Precondition:
    programs = start_programs(start)
    used = _setuid_program(start)
    if used and start.user.root is not True:
        return fails(SETUID, used)
    carried = [one for one in start_file_capabilities(start) if one.permitted]
    if carried and start.user.root is not True:
        return fails(SETUID, f"/{carried[0].path} has file capabilities")
    if start.user.root:
        return holds(SETUID, "It starts as root, which gains nothing from a setuid program")
    if programs.unread:
        return unknown(SETUID, f"{programs.unread[0]} could not be read")
    if not programs.known:
        return unknown(SETUID, "Neither the Dockerfile nor the image says what runs")
    meant = _installed_for_it(start)
    if meant:
        return unknown(SETUID, f"{meant}, which the program may call")
    return holds(SETUID, "Nothing that starts is sudo, su, ping or the like")


def _installed_for_it(start: Start) -> str:
    """Evidence of a setuid program that somebody wanted in the image, "" without any."""
    for instruction in start.all("RUN"):
        script = instruction.shell
        if script is None:
            continue
        for call in package_calls(script):
            wanted = next((word.text for word in call.packages if word.text in _WANTED), None)
            if call.verb == "install" and wanted is not None:
                return f"Line {instruction.start_line} installs {wanted}"
        for command in script.named("chmod"):
            modes = (word.text for word in command.arguments)
            if any(_GIVES_SETUID.match(mode) for mode in modes):
                return f"Line {instruction.start_line} sets a setuid bit"
    return ""
