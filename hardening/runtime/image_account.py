"""The unprivileged account that an image carries for its program."""

from __future__ import annotations

from hardening.runtime.base_facts import NONROOT, Account, known_account
from hardening.runtime.start import Start
from hardening.runtime.writable import servers_of

NOBODY = (65534, 99)
WWW_DATA = Account("www-data", 33, 33, "/var/www")
_OWN_IDS = range(1000, 65_000)


def runs_apache(start: Start) -> bool:
    return any(server in ("apache2", "httpd") for server, _ in servers_of(start))


def image_account(start: Start) -> Account | None:
    """An ordinary account of the image's passwd: the one that the base is known for, or the first
    with a uid of its own."""
    if start.accounts is None:
        return None
    known = known_account(start.base) if start.base else None
    users = [
        user for user in start.accounts.users
        if (user.uid not in (0, *NOBODY) and user.gid != 0) or (known and user.name == known.name)
    ]  # fmt: skip
    if known is None and runs_apache(start):
        known = WWW_DATA
        users = list(start.accounts.users)
    chosen = next((user for user in users if known and user.name == known.name), None)
    chosen = chosen or next((user for user in users if user.name == NONROOT.name), None)
    chosen = chosen or next(
        (user for user in users if user.uid in _OWN_IDS and user.name not in ("ubuntu", "debian")),
        None,
    )
    if chosen is None:
        return None
    return Account(chosen.name, chosen.uid, chosen.gid, chosen.home)
