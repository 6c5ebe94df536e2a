"""Users and groups of an image, from `/etc/passwd` and `/etc/group` of the merged tree.

Formats: passwd(5) and group(5). Damaged lines are left out; a file without a readable line gives
no users, which is not the same as "there is no file": see `Accounts.passwd_found`.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from hardening.image.model import Image

MAX_BYTES = 1 << 20
MAX_LINES = 20_000
MAX_ID = 2**32 - 2

_NO_LOGIN = frozenset({"nologin", "false"})


@dataclass(frozen=True, slots=True)
class User:
    """One line of passwd. `home` and `shell` are as written, with their leading slash."""

    name: str
    uid: int
    gid: int
    home: str = ""
    shell: str = ""

    @property
    def may_log_in(self) -> bool:
        """False when the shell is `nologin` or `false`; an empty shell means `/bin/sh`."""
        return self.shell.rpartition("/")[2] not in _NO_LOGIN


@dataclass(frozen=True, slots=True)
class Group:
    """One line of group; `members` are the users listed in it, not those of which it is primary."""

    name: str
    gid: int
    members: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Accounts:
    """The accounts of an image; `passwd_found` is false when there is no `/etc/passwd` at all, as
    in an image made from scratch."""

    users: tuple[User, ...] = ()
    groups: tuple[Group, ...] = ()
    passwd_found: bool = False

    def user(self, name_or_uid: str | int) -> User | None:
        """The first user of this name, else of this uid; a `:group` behind it is left out."""
        wanted = str(name_or_uid).partition(":")[0]
        named = next((user for user in self.users if user.name == wanted), None)
        number = _number(wanted)
        if named is not None or number is None:
            return named
        return next((user for user in self.users if user.uid == number), None)

    def group(self, name_or_gid: str | int) -> Group | None:
        """The first group of this name, else of this gid."""
        wanted = str(name_or_gid)
        named = next((group for group in self.groups if group.name == wanted), None)
        number = _number(wanted)
        if named is not None or number is None:
            return named
        return next((group for group in self.groups if group.gid == number), None)

    def ids(self, spec: str) -> tuple[int, int] | None:
        """uid and gid that a `USER` value (`app`, `app:web`, `1000:1000`, "") runs as, the way the
        engine resolves it; None when a name is unknown and the container would not start."""
        user_part, _, group_part = spec.partition(":")
        user = self.user(user_part or "0")
        uid = user.uid if user is not None else _number(user_part or "0")
        if uid is None:
            return None
        if not group_part:
            return uid, user.gid if user is not None else 0
        group = self.group(group_part)
        gid = group.gid if group is not None else _number(group_part)
        return None if gid is None else (uid, gid)

    def free_id(self, start: int = 10_001) -> int:
        """The lowest number from `start` that is neither a uid nor a gid yet."""
        taken = {user.uid for user in self.users} | {group.gid for group in self.groups}
        return next(
            number for number in range(start, start + len(taken) + 1) if number not in taken
        )


def accounts(image: Image) -> Accounts:
    """Users and groups of the image. Raises ImageError when the image cannot be read."""
    passwd = image.read("etc/passwd", limit=MAX_BYTES)
    group = image.read("etc/group", limit=MAX_BYTES)
    return parse_accounts(passwd, group)


def parse_accounts(passwd: bytes | None, group: bytes | None) -> Accounts:
    """The accounts that these two files describe; None stands for a file that is not there."""
    users = tuple(user for fields in _rows(passwd) if (user := _user(fields)) is not None)
    groups = tuple(one for fields in _rows(group) if (one := _group(fields)) is not None)
    return Accounts(users, groups, passwd is not None)


def _rows(data: bytes | None) -> Iterator[list[str]]:
    text = (data or b"")[:MAX_BYTES].decode("utf-8", "replace")
    for line in text.split("\n")[:MAX_LINES]:
        line = line.strip()
        if line and not line.startswith("#"):
            yield line.split(":")


def _user(fields: list[str]) -> User | None:
    if len(fields) < 4 or not fields[0]:
        return None
    uid, gid = _number(fields[2]), _number(fields[3])
    if uid is None or gid is None:
        return None
    home, shell = [*fields[5:7], "", ""][:2]
    return User(fields[0], uid, gid, home, shell)


def _group(fields: list[str]) -> Group | None:
    gid = _number(fields[2]) if len(fields) >= 3 else None
    if gid is None or not fields[0]:
        return None
    members = fields[3].split(",") if len(fields) > 3 else []
    return Group(fields[0], gid, tuple(name.strip() for name in members if name.strip()))


def _number(text: str) -> int | None:
    if not (text.isascii() and text.isdigit() and len(text) <= 10):
        return None
    value = int(text)
    return value if value <= MAX_ID else None
