"""Programs that run with the rights of their owner, and how to take the bits away."""

from __future__ import annotations

from collections.abc import Iterator

from hardening.dockerfile.edits import insert_line_after, insert_line_before
from hardening.image.model import Entry
from hardening.model import Fix, Precondition, fails, holds, unknown
from hardening.rules.support import facts, image_has
from hardening.rules.support_layers import shipped
from hardening.subject import Subject

SPECIAL = 0o6000
STRIP = "RUN find / -xdev -perm /6000 -type f -exec chmod a-s {} +"
USED = frozenset(
    {"sudo", "su", "ping", "mount", "umount", "newuidmap", "newgidmap", "passwd", "doas"}
)


def special_files(subject: Subject) -> tuple[Entry, ...]:
    image = subject.image
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
    statement = "Nothing that runs later needs these programs"
    image = subject.image
    words = " ".join((*image.config.entrypoint, *image.config.cmd)) if image is not None else ""
    names = {entry.path.rpartition("/")[2] for entry in entries}
    used = sorted(names & USED & set(words.replace("/", " ").split()))
    if used:
        return fails(statement, f"The start command calls {', '.join(used)}")
    if (
        image is not None
        and image.config.entrypoint[:1]
        and image.config.entrypoint[0].endswith(".sh")
    ):
        return unknown(statement, "The entrypoint is a script")
    return holds(statement, "The start command names none of them")


def strip_fixes(subject: Subject, entries: tuple[Entry, ...]) -> Iterator[Fix]:
    dockerfile = subject.dockerfile
    stage = dockerfile.final_stage if dockerfile is not None else None
    if dockerfile is None or stage is None or not image_has(subject, "bin/sh"):
        return
    statement = "find and chmod are in the image"
    tools = image_has(subject, "usr/bin/find", "bin/find", "bin/busybox")
    users = stage.all("USER")
    if users:
        edit = insert_line_before(dockerfile, users[0], STRIP)
    else:
        last = [one for one in stage.instructions if one.keyword not in ("CMD", "ENTRYPOINT")]
        edit = insert_line_after(dockerfile, last[-1] if last else stage.origin, STRIP)
    yield Fix(
        "strip-setuid",
        "Strip the bits before the user is switched",
        (edit,),
        (
            holds(statement) if tools else unknown(statement, "find was not found"),
            not_used(subject, entries),
        ),
        "The programs stay but run with the caller's rights only.",
    )
