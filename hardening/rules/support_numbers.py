"""The numbers of an account: as the Dockerfile creates it, or as the image has it."""

from __future__ import annotations

from hardening.dockerfile.shell_model import Command
from hardening.rules.support import Facts
from hardening.subject import Subject

CREATORS = ("useradd", "adduser", "addgroup", "groupadd")


def _option(command: Command, *flags: str) -> str | None:
    for word, value in zip(command.words, command.words[1:], strict=False):
        if word.text in flags:
            return value.value
        for flag in flags:
            if flag.startswith("--") and word.text.startswith(flag + "="):
                return word.text.partition("=")[2]
    last = command.words[-1].text
    return next((last.partition("=")[2] for flag in flags if last.startswith(flag + "=")), None)


def numbers_in_dockerfile(known: Facts, name: str) -> tuple[str, str] | None:
    """(uid:gid, evidence) when RUNs create the account with numbers."""
    uid, gid, line = "", "", 0
    groups: dict[str, str] = {}
    for run, command in sorted(known.commands(*CREATORS), key=lambda one: one[1].span.start):
        if not run.shipped:
            continue
        given = command.words[-1].value or ""
        if command.name in ("addgroup", "groupadd"):
            number = _option(command, "-g", "--gid")
            if number and number.isdigit():
                groups[given] = number
        elif given == name:
            number = _option(command, "-u", "--uid")
            flags = ("-g", "--gid") if command.name == "useradd" else ("-G", "--ingroup", "--gid")
            group = _option(command, *flags) or name
            gid = group if group.isdigit() else groups.get(group, "")
            uid = number if number and number.isdigit() else ""
            line = known.dockerfile.line_at(command.span.start)
    return (
        (f"{uid}:{gid}", f"Line {line} creates {name} with these numbers") if uid and gid else None
    )


def group_number(subject: Subject, known: Facts, name: str) -> str | None:
    """gid of a group by name: as a RUN makes it, or as the image has it."""
    for run, command in known.commands("groupadd", "addgroup"):
        number = _option(command, "-g", "--gid")
        if run.shipped and command.words[-1].value == name and number and number.isdigit():
            return number
    image = subject.image
    if image is None or not image.files_read:
        return None
    from hardening.image.accounts import accounts

    group = accounts(image).group(name)
    return str(group.gid) if group is not None else None


def joins_groups(subject: Subject, known: Facts, name: str) -> bool:
    """True when the account is in groups beside its own, or a RUN may put it into some."""
    image = subject.image
    if image is not None and image.files_read:
        from hardening.image.accounts import accounts

        if any(name in group.members for group in accounts(image).groups):
            return True
    if any(one.has_flag("-G", "--groups") for _, one in known.commands("useradd")):
        return True
    return bool(known.commands("usermod", "gpasswd", "adduser"))


def numbers_in_image(subject: Subject, name: str) -> tuple[str, str] | None:
    image = subject.image
    if image is None or not image.files_read:
        return None
    from hardening.image.accounts import accounts

    user = accounts(image).user(name)
    if user is None:
        return None
    return f"{user.uid}:{user.gid}", f"/etc/passwd of the image gives {name} {user.uid}:{user.gid}"
