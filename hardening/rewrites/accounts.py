"""Which unprivileged account a container should run as, and how to make it where there is none."""

from __future__ import annotations

from dataclasses import dataclass

from hardening.dockerfile.edits import insert_at
from hardening.dockerfile.shell_model import Command
from hardening.image.model import Image
from hardening.model import Edit, Precondition, holds, unknown
from hardening.runtime.base_facts import NONROOT, Account, Family, known_account, split_reference
from hardening.runtime.start import Start

FIRST_ID = 10_001
NAME = "app"
NOBODY = (65534, 99)
_NO_SHADOW = ("ubi-minimal", "ubi8-minimal", "ubi9-minimal", "ubi-micro", "amazonlinux", "photon",
              "minideb", "bci-minimal", "bci-micro")  # fmt: skip
_OWN_IDS = range(1000, 65_000)
STATEMENT = "An unprivileged account exists or can be created"


@dataclass(frozen=True, slots=True)
class Choice:
    """The account, the shell commands that make it (none when it exists), and how sure that is."""

    account: Account
    commands: tuple[str, ...]
    precondition: Precondition
    edits: tuple[Edit, ...] = ()
    """Numbers put into the commands of the Dockerfile that make the account."""

    @property
    def ids(self) -> str:
        return f"{self.account.uid}:{self.account.gid}"


def choose_account(start: Start) -> Choice | None:
    """An account that is there before a new one; None where neither can be had."""
    return (
        _earlier_user(start)
        or _created_in_dockerfile(start)
        or _numbered(start)
        or _in_image(start)
        or _known_by_name(start)
        or _new_account(start)
    )


def _earlier_user(start: Start) -> Choice | None:
    """The user that an earlier USER line of the shipped stages switched to."""
    for instruction in reversed(start.all("USER")):
        value = start.expanded(instruction, instruction.words[0].value if instruction.words else "")
        account = named_account(start, value or "")
        if account is not None and account.uid != 0:
            evidence = f"Line {instruction.start_line} already switches to {value}"
            return Choice(account, (), holds(STATEMENT, evidence))
    return None


def named_account(start: Start, value: str) -> Account | None:
    """uid and gid of a USER value; None when a name has no number here."""
    if start.accounts is not None:
        ids = start.accounts.ids(value)
        if ids is not None:
            user = start.accounts.user(value)
            return Account(user.name if user else "", *ids, user.home if user else "")
    user_part, _, group_part = value.partition(":")
    if user_part.isdigit():
        gid = int(group_part) if group_part.isdigit() else int(user_part)
        return Account("", int(user_part), gid)
    created = _accounts_made(start).get(user_part)
    if created is not None:
        return created
    known = known_account(start.base) if start.base else None
    return known if known is not None and known.name == user_part else None


def _accounts_made(start: Start) -> dict[str, Account]:
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
    if not operands:
        return words[-1]
    return operands[-1] if program == "useradd" else operands[0]


def _option(words: list[str], *names: str) -> str | None:
    for index, word in enumerate(words):
        for name in names:
            if word == name and index + 1 < len(words):
                return words[index + 1]
            if name.startswith("--") and word.startswith(name + "="):
                return word.partition("=")[2]
    return None


def _created_in_dockerfile(start: Start) -> Choice | None:
    for account in _accounts_made(start).values():
        if account.uid != 0:
            evidence = f"The Dockerfile creates {account.name} with uid {account.uid}"
            return Choice(account, (), holds(STATEMENT, evidence))
    return None


def _commands_named(start: Start, *names: str) -> list[Command]:
    scripts = (instruction.shell for instruction in start.all("RUN"))
    return [one for script in scripts if script is not None for one in script.named(*names)]


def _numbered(start: Start) -> Choice | None:
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
        if _option(words, "-u", "--uid") is not None:
            continue
        edits = [insert_at(start.dockerfile, command.words[0].span.end,
                           f" {'-u' if short else '--uid'} {FIRST_ID}")]  # fmt: skip
        group = _option(words, *(("-g", "--gid") if command.name == "useradd" else
                                 ("-G", "--ingroup")))  # fmt: skip
        gid = _group_number(start, group or name, short, edits) if group else FIRST_ID
        if gid is not None:
            home = _option(words, "-d", "--home-dir", "-h", "--home") or f"/home/{name}"
            evidence = f"The Dockerfile creates {name}; its number is set to {FIRST_ID}"
            account = Account(name, FIRST_ID, gid, home)
            return Choice(account, (), holds(STATEMENT, evidence), tuple(edits))
    return None


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


def _in_image(start: Start) -> Choice | None:
    """An ordinary account of the image's passwd: the one that the base is known for, or the first
    with a uid of its own."""
    if start.accounts is None:
        return None
    known = known_account(start.base) if start.base else None
    users = [
        user for user in start.accounts.users
        if (user.uid not in (0, *NOBODY) and user.gid != 0) or (known and user.name == known.name)
    ]  # fmt: skip
    chosen = next((user for user in users if known and user.name == known.name), None)
    chosen = chosen or next((user for user in users if user.name == NONROOT.name), None)
    chosen = chosen or next(
        (user for user in users if user.uid in _OWN_IDS and user.name not in ("ubuntu", "debian")),
        None,
    )
    if chosen is None:
        return None
    account = Account(chosen.name, chosen.uid, chosen.gid, chosen.home)
    evidence = f"/etc/passwd of the image has {chosen.name} with uid {chosen.uid}"
    return Choice(account, (), holds(STATEMENT, evidence))


def _known_by_name(start: Start) -> Choice | None:
    account = known_account(start.base) if start.base else None
    family = start.family[0]
    if account is None and family in (Family.SCRATCH, Family.DISTROLESS):
        account = NONROOT
    if account is None:
        return None
    if family is Family.SCRATCH:
        evidence = "An image from scratch has no accounts; a number needs none"
        return Choice(Account("", account.uid, account.gid), (), holds(STATEMENT, evidence))
    name = account.name or str(account.uid)
    known = f"{start.base} is known to have {name} with uid {account.uid}"
    evidence = f"{known}; the image was not read"
    return Choice(account, (), unknown(STATEMENT, evidence))


def _new_account(start: Start) -> Choice | None:
    family, evidence, certain = start.family
    number, name = FIRST_ID, NAME
    if start.accounts is not None:
        number = start.accounts.free_id(FIRST_ID)
        taken = {one.name for one in start.accounts.users} | {
            one.name for one in start.accounts.groups
        }
        name = next(one for one in (NAME, "appuser", "drydock", f"u{number}") if one not in taken)
    account = Account(name, number, number, f"/home/{name}")
    made = _commands(start, family, account)
    if made is None:
        return None
    commands, tool, seen = made
    if seen:
        precondition = holds(STATEMENT, f"The image has {tool}")
    elif certain and family is not Family.UNKNOWN:
        precondition = unknown(STATEMENT, f"{tool} was not found; {evidence}")
    else:
        precondition = unknown(STATEMENT, f"{tool} is expected: {evidence}; the image was not read")
    return Choice(account, commands, precondition)


def _commands(
    start: Start, family: Family, account: Account
) -> tuple[tuple[str, ...], str, bool] | None:
    """Shell commands, the tool they rest on, and whether the image was seen to have it."""
    image = start.image if start.image is not None and start.image.files_read else None
    if image is not None:
        if _has(image, "useradd") and _has(image, "groupadd"):
            return _shadow(account, _nologin(image)), "useradd", True
        if _has(image, "adduser") and _has(image, "busybox"):
            return _busybox(account), "busybox adduser", True
        if _has(image, "sh"):
            return _lines(account), "a shell", True
        return None
    if family in (Family.SCRATCH, Family.DISTROLESS, Family.WINDOWS):
        return None
    base = split_reference(start.base) if start.base else None
    if family is Family.UNKNOWN or (base is not None and base.name in _NO_SHADOW):
        return _lines(account), "a shell", False
    if family in (Family.ALPINE, Family.BUSYBOX, Family.WOLFI):
        return _busybox(account), "busybox adduser", False
    nologin = "/usr/sbin/nologin" if family is Family.DEBIAN else "/sbin/nologin"
    return _shadow(account, nologin), "useradd", False


def _has(image: Image, program: str) -> bool:
    folders = ("bin", "sbin", "usr/bin", "usr/sbin", "usr/local/bin")
    return any(image.tree.resolve(f"{folder}/{program}") is not None for folder in folders)


def _nologin(image: Image) -> str:
    for path in ("usr/sbin/nologin", "sbin/nologin", "bin/false"):
        if image.tree.resolve(path) is not None:
            return f"/{path}"
    return "/bin/false"


def _shadow(account: Account, nologin: str) -> tuple[str, ...]:
    """groupadd(8) and useradd(8) of the shadow suite (Debian, Ubuntu, RHEL, SUSE, Arch)."""
    return (
        f"groupadd --gid {account.gid} {account.name}",
        f"useradd --uid {account.uid} --gid {account.gid} --no-log-init --create-home "
        f"--shell {nologin} {account.name}",
    )


def _busybox(account: Account) -> tuple[str, ...]:
    """The applets of busybox (Alpine, Wolfi); they know short options only."""
    return (
        f"addgroup -g {account.gid} {account.name}",
        f"adduser -D -u {account.uid} -G {account.name} -s /sbin/nologin {account.name}",
    )


def _lines(account: Account) -> tuple[str, ...]:
    """Works wherever a shell and coreutils are: the lines are written by hand."""
    name, uid, gid = account.name, account.uid, account.gid
    return (
        f"echo '{name}:x:{gid}:' >> /etc/group",
        f"echo '{name}:x:{uid}:{gid}::{account.home}:/sbin/nologin' >> /etc/passwd",
        f"mkdir -p {account.home}",
        f"chown {uid}:{gid} {account.home}",
    )
