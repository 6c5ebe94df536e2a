"""`--user` for an image that starts as root although it carries an account of its own."""

from __future__ import annotations

from hardening.model import Verdict, unknown
from hardening.rewrites.accounts import choose_account
from hardening.rewrites.non_root_user import entrypoint_precondition
from hardening.runtime.flag_model import RunFlag
from hardening.runtime.start import Start


def user_flag(start: Start) -> RunFlag | None:
    """None when it does not start as root, or when the image is not seen to have an account: then
    the Dockerfile has to make one."""
    run = start.subject.run_configuration
    configured = (run.user or "") if run is not None else ""
    if start.user.root is not True or start.image is None:
        return None
    choice = choose_account(start)
    if choice is None or choice.commands or choice.edits:
        return None
    if choice.precondition.verdict is not Verdict.HOLDS:
        return None
    owned = unknown("What it writes belongs to that account", "Only a run can show it")
    return RunFlag(
        "user",
        f"Run as {choice.ids}",
        ("--user", choice.ids),
        (("user", choice.ids),),
        "Root in the container is one bug away from root on the host; a USER line is better still.",
        (choice.precondition, entrypoint_precondition(start), owned),
        cis="4.1",
        present=configured.partition(":")[0] not in ("", "0", "root"),
    )
