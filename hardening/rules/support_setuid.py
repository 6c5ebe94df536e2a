"""Programs that run with the rights of their owner, and how to take the bits away."""

from __future__ import annotations

import re
from collections.abc import Iterator

from hardening.dockerfile.edits import insert_line_after, insert_line_before
from hardening.dockerfile.model import Instruction
from hardening.image.model import Entry
from hardening.model import Fix, Precondition, fails, holds, unknown
from hardening.rules.support import facts, image_has
from hardening.rules.support_layers import shipped
from hardening.rules.support_scripts import scripts_called
from hardening.runtime.base_facts import non_root_by_name
from hardening.runtime.capabilities import SWITCHERS
from hardening.runtime.programs import start_programs
from hardening.runtime.start import start_of
from hardening.subject import Subject

SPECIAL = 0o6000
STRIP = "RUN find / -xdev -perm /6000 -type f -exec chmod a-s {} +"
USED = frozenset({"sudo", "su", "ping", "mount", "umount", "newuidmap", "newgidmap", "passwd",
                  "doas"})  # fmt: skip
_USED_WORD = re.compile(r"\b(?:" + "|".join(sorted(USED)) + r")\b")
LOGIN = frozenset({
    "su", "mount", "umount", "passwd", "chsh", "chfn", "chage", "expiry", "gpasswd", "newgrp",
    "unix_chkpwd", "pam_timestamp_check", "pam_extrausers_chkpwd", "wall", "write", "bsd-write",
    "ssh-keysign", "ssh-agent", "dotlockfile", "newuidmap", "newgidmap",
})  # fmt: skip
"""Programs for people who log in: a distribution brings them unasked."""
ROOT_BASES = frozenset({"debian", "ubuntu", "alpine", "fedora", "centos", "rockylinux", "almalinux",
                        "python", "golang", "node", "ruby", "php", "rust", "openjdk", "busybox",
                        "nginx", "httpd", "redis", "postgres", "mysql", "mariadb"})  # fmt: skip


def special_files(subject: Subject) -> tuple[Entry, ...]:
    """Those of the image; none where the text has since left its base for one without a shell."""
    image = start_of(subject).image
    if image is None:
        return ()
    return tuple(shipped(image, _is_special))


def _is_special(entry: Entry) -> bool:
    return entry.is_file and bool(entry.mode & SPECIAL)


def strips_bits(subject: Subject) -> bool:
    if subject.dockerfile is None:
        return False
    for run, command in facts(subject).commands("find"):
        texts = [word.text for word in command.words]
        if run.shipped and any("6000" in one or "u+s" in one or "4000" in one for one in texts):
            return True
    return False


def not_used(subject: Subject, entries: tuple[Entry, ...]) -> Precondition:
    """Whether the container would miss the bits. Root needs none of them."""
    statement = "Nothing that starts needs these programs"
    start = start_of(subject)
    programs = start_programs(start)
    names = {entry.path.rpartition("/")[2] for entry in entries}
    if start.user.root and programs.named(*SWITCHERS) is None:
        return holds(statement, "It starts as root, which needs no such bit")
    used = programs.named(*sorted(names))
    if used is not None:
        return fails(statement, f"{used.where} runs {used.name}")
    if programs.unread:
        return unknown(statement, f"{programs.unread[0]} could not be read")
    if not programs.known:
        return unknown(statement, "Neither the Dockerfile nor the image says what runs")
    meant = sorted(names - LOGIN)
    if meant:
        return unknown(statement, f"{meant[0]} may be there for the program to call")
    return holds(statement, "The start command names none of them")


def _not_built_with(subject: Subject, place: Instruction | None) -> Precondition:
    """Whether a RUN behind the place where the bits go relies on them."""
    statement = "No later RUN needs these programs"
    final = facts(subject).dockerfile.final_stage
    for run in facts(subject).runs:
        after = place is not None and run.instruction.span.start > place.span.start
        if not after or final is None or run.instruction.stage != final.index:
            continue
        line = run.instruction.start_line
        for command in run.script.commands:
            named = next((one for one in (*command.wrappers, command.name) if one in USED), None)
            if named is not None:
                return fails(statement, f"Line {line} runs {named}")
        for script in scripts_called(subject, run):
            if script.text is None or _USED_WORD.search(script.text):
                return unknown(statement, f"Line {line} runs {script.name}, which may")
    return holds(statement, "Read from the Dockerfile")


def _last_as_root(subject: Subject) -> tuple[Instruction | None, bool] | None:
    """The USER line that leaves root for the last time (None: root to the end), and whether it is
    sure that root is in force there. None when the stage never is root."""
    start = start_of(subject)
    stage = start.final
    if stage is None:
        return None
    earlier = [one for one in start.all("USER") if one.stage != stage.index]
    own = stage.all("USER")
    root: bool | None
    if earlier:
        root = _means_root(earlier[-1].value)
    elif not own:
        root = start.user.root
    else:
        root = False if start.base and non_root_by_name(start.base) else None
    found: tuple[Instruction | None, bool] | None = None
    for instruction in own:
        following = _means_root(instruction.value)
        if root is not False and following is not True:
            found = (instruction, root is True or _root_by_name(start.base))
        root = following
    return (None, root is True) if root is not False else found


def _means_root(value: str) -> bool | None:
    name = value.strip("\"'").partition(":")[0]
    return None if "$" in name else name in ("root", "0")


def _root_by_name(base: str | None) -> bool:
    name = (base or "").partition("@")[0].partition(":")[0]
    return name in ROOT_BASES


def strip_fixes(subject: Subject, entries: tuple[Entry, ...]) -> Iterator[Fix]:
    dockerfile = subject.dockerfile
    stage = dockerfile.final_stage if dockerfile is not None else None
    if dockerfile is None or stage is None or not image_has(subject, "bin/sh"):
        return
    found = _last_as_root(subject)
    if found is None:
        return
    place, sure = found
    tools = image_has(subject, "usr/bin/find", "bin/find", "bin/busybox")
    if place is not None:
        edit = insert_line_before(dockerfile, place, STRIP)
    else:
        last = [one for one in stage.instructions if one.keyword not in ("CMD", "ENTRYPOINT")]
        edit = insert_line_after(dockerfile, last[-1] if last else stage.origin, STRIP)
    statement = "find and chmod are in the image"
    root = "The build is root there"
    yield Fix(
        "strip-setuid",
        "Strip the bits before the user is switched",
        (edit,),
        (
            holds(statement) if tools else unknown(statement, "find was not found"),
            holds(root) if sure else unknown(root, "The user of the base is not known"),
            _not_built_with(subject, place),
            not_used(subject, entries),
        ),
        "The programs stay but run with the caller's rights only.",
    )
