"""Accounts that RUN lines of the Dockerfile make, with a number or without."""

from __future__ import annotations

from hardening.dockerfile.edits import insert_at
from hardening.dockerfile.shell_model import Command
from hardening.model import Edit, holds
from hardening.rewrites.account_choice import FIRST_ID, STATEMENT, Choice
from hardening.runtime.base_facts import Account, Family
from hardening.runtime.start import Start


def accounts_made(start: Start) -> dict[str, Account]:
    """Accounts with a literal number that RUN lines of the shipped stages make, by name."""
    groups: dict[str, int] = {}
    users: dict[str, Account] = {}
    for instruction in start.all("RUN"):
        script = instruction.shell
        for command in script.commands if script is not None else ():
            words = [word.value or "" for word in command.arguments]
            if command.name in ("groupadd", "addgroup"):
                gid = _option(words, "-g", "--gid")
                if gid is not None and gid.isdigit() and words:
                    groups[words[-1]] = int(gid)
            elif command.name in ("useradd", "adduser"):
                uid = _option(words, "-u", "--uid")
                if uid is None or not uid.isdigit() or not words:
                    continue
                name = _user_name(command.name, words)
                if not name:
                    continue
                group = _option(words, *(("-g", "--gid") if command.name == "useradd" else
                                         ("-G", "--ingroup", "--gid")))  # fmt: skip
                gid_number = int(group) if group and group.isdigit() else groups.get(group or name)
                home = _option(words, "-d", "--home-dir", "-h", "--home") or f"/home/{name}"
                known = gid_number if gid_number is not None else int(uid)
                users[name] = Account(name, int(uid), known, home)
    return users


_VALUE_OPTIONS = frozenset(
    "-u --uid -g --gid -G --ingroup --groups -d --home-dir -h --home -s --shell -c --comment "  # noqa: SIM905
    "--gecos -k --skel -K --key -b --base-dir -e -f -p --password".split()
)


def _user_name(program: str, words: list[str]) -> str:
    """The operand of useradd or adduser (adduser of Debian and busybox may name a group after)."""
    operands, skip = [], False
    for word in words:
        if skip:
            skip = False
        elif word in _VALUE_OPTIONS:
            skip = True
        elif not word.startswith("-"):
            operands.append(word)
    if not operands:  # `useradd -D` shows the defaults and makes nobody
        return ""
    return operands[-1] if program == "useradd" else operands[0]


def _option(words: list[str], *names: str) -> str | None:
    for index, word in enumerate(words):
        for name in names:
            if word == name and index + 1 < len(words):
                return words[index + 1]
            if name.startswith("--") and word.startswith(name + "="):
                return word.partition("=")[2]
    return None


def _commands_named(start: Start, *names: str) -> list[Command]:
    scripts = (instruction.shell for instruction in start.all("RUN"))
    return [one for script in scripts if script is not None for one in script.named(*names)]


def numbered_account(start: Start) -> Choice | None:
    """The account that the Dockerfile makes without saying its number: the number is put in, so
    that USER can name it."""
    if start.dockerfile is None:
        return None
    short = start.family[0] in (Family.ALPINE, Family.BUSYBOX, Family.WOLFI)
    for command in _commands_named(start, "useradd", "adduser"):
        words = [word.value or "" for word in command.arguments]
        name = _user_name(command.name or "", words) if words else ""
        if not name.replace("-", "").replace("_", "").isalnum() or not command.editable:
            continue
        if _option(words, "-u", "--uid") is not None or command.has_flag("-u"):
            continue
        if command.joined_by == "||":  # only where the account is not there yet
            continue
        group = _option(
            words, *(("-g", "--gid") if command.name == "useradd" else ("-G", "--ingroup"))
        )
        if group is None and _is_system(command, words):
            numbered = _numbered_system(start, command, name, short)
            if numbered is not None:
                return numbered
            continue
        edits = [insert_at(start.dockerfile, command.words[0].span.end,
                           f" {'-u' if short else '--uid'} {FIRST_ID}")]  # fmt: skip
        gid = _group_number(start, group or name, short, edits) if group else FIRST_ID
        if gid is not None:
            home = _option(words, "-d", "--home-dir", "-h", "--home") or f"/home/{name}"
            evidence = f"The Dockerfile creates {name}; its number is set to {FIRST_ID}"
            account = Account(name, FIRST_ID, gid, home)
            return Choice(account, (), holds(STATEMENT, evidence), tuple(edits))
    return None


def _is_system(command: Command, words: list[str]) -> bool:
    if command.name == "useradd":
        return command.has_flag("-r", "--system")
    return command.has_flag("-S", "--system") and "--group" not in words


def _numbered_system(start: Start, command: Command, name: str, short: bool) -> Choice | None:
    """A system account without a group gets one of the tool's own choice (or nogroup): a group
    with our number is made before it."""
    if command.wrappers or command.conditional or start.dockerfile is None:
        return None
    if command.name == "useradd":
        group = f"groupadd --gid {FIRST_ID} {name} && "
        numbers = f" --uid {FIRST_ID} --gid {FIRST_ID}"
    elif short:
        group = f"addgroup -g {FIRST_ID} {name} && "
        numbers = f" -u {FIRST_ID} -G {name}"
    else:
        group = f"addgroup --gid {FIRST_ID} {name} && "
        numbers = f" --uid {FIRST_ID} --ingroup {name}"
    edits = (
        insert_at(start.dockerfile, command.span.start, group),
        insert_at(start.dockerfile, command.words[0].span.end, numbers),
    )
    evidence = f"The Dockerfile creates {name}; its number is set to {FIRST_ID}"
    account = Account(name, FIRST_ID, FIRST_ID, f"/home/{name}")
    return Choice(account, (), holds(STATEMENT, evidence), edits)


def _group_number(start: Start, group: str, short: bool, edits: list[Edit]) -> int | None:
    """gid of a group that the Dockerfile makes; numbered by an edit where it says none."""
    if group.isdigit():
        return int(group)
    for command in _commands_named(start, "groupadd", "addgroup"):
        words = [word.value or "" for word in command.arguments]
        if not words or words[-1] != group:
            continue
        given = _option(words, "-g", "--gid")
        if given is not None:
            return int(given) if given.isdigit() else None
        if not command.editable or start.dockerfile is None:
            return None
        flag = f" {'-g' if short else '--gid'} {FIRST_ID}"
        edits.append(insert_at(start.dockerfile, command.words[0].span.end, flag))
        return FIRST_ID
    return None
