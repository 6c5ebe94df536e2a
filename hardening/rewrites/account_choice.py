"""An account that a rewrite settled on."""

from __future__ import annotations

from dataclasses import dataclass

from hardening.model import Edit, Precondition
from hardening.runtime.base_facts import Account

FIRST_ID = 10_001
"""uid and gid of accounts that a rewrite makes: above those of distributions and of people."""
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
