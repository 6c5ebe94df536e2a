"""Which unprivileged account a container should run as, and how to make it where there is none."""

from __future__ import annotations

from hardening.model import holds, unknown
from hardening.rewrites.account_choice import FIRST_ID, STATEMENT, Choice
from hardening.rewrites.made_accounts import accounts_made, numbered_account
from hardening.rewrites.new_accounts import creation_commands
from hardening.runtime.base_facts import NONROOT, Account, Family, known_account
from hardening.runtime.image_account import WWW_DATA, image_account, runs_apache
from hardening.runtime.start import Start

__all__ = ["STATEMENT", "Choice", "choose_account", "named_account"]

NAME = "app"


def choose_account(start: Start) -> Choice | None:
    """An account that is there before a new one; None where neither can be had."""
    return (
        _earlier_user(start)
        or _created_in_dockerfile(start)
        or numbered_account(start)
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
    created = accounts_made(start).get(user_part)
    if created is not None:
        return created
    known = known_account(start.base) if start.base else None
    return known if known is not None and known.name == user_part else None


def _created_in_dockerfile(start: Start) -> Choice | None:
    for account in accounts_made(start).values():
        if account.uid != 0:
            evidence = f"The Dockerfile creates {account.name} with uid {account.uid}"
            return Choice(account, (), holds(STATEMENT, evidence))
    return None


def _in_image(start: Start) -> Choice | None:
    account = image_account(start)
    if account is None:
        return None
    evidence = f"/etc/passwd of the image has {account.name} with uid {account.uid}"
    return Choice(account, (), holds(STATEMENT, evidence))


def _known_by_name(start: Start) -> Choice | None:
    account = known_account(start.base) if start.base else None
    family = start.family[0]
    if family is Family.DEBIAN and start.accounts is None and runs_apache(start):
        evidence = "Debian's Apache changes to www-data, which is uid 33 in every Debian image"
        return Choice(WWW_DATA, (), unknown(STATEMENT, f"{evidence}; the image was not read"))
    if account is None and family in (Family.SCRATCH, Family.DISTROLESS):
        account = NONROOT
    if account is None:
        return None
    if family is Family.SCRATCH or (family is Family.DISTROLESS and start.accounts is not None):
        evidence = "The image has no account of its own; a number needs none"
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
    made = creation_commands(start, family, account)
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
