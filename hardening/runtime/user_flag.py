"""`--user` for an image that starts as root although it carries an account of its own."""

from __future__ import annotations

from hardening.model import holds, unknown
from hardening.runtime.flag_model import RunFlag
from hardening.runtime.image_account import image_account
from hardening.runtime.leaving_root import entrypoint_precondition
from hardening.runtime.start import Start


def user_flag(start: Start) -> RunFlag | None:
    """None when it does not start as root, or when the image is not seen to have an account: then
    the Dockerfile has to make one."""
    run = start.subject.run_configuration
    configured = (run.user or "") if run is not None else ""
    account = image_account(start) if start.user.root else None
    if account is None:
        return None
    ids = f"{account.uid}:{account.gid}"
    seen = f"/etc/passwd of the image has {account.name} with uid {account.uid}"
    return RunFlag(
        "user",
        f"Run as {ids}",
        ("--user", ids),
        (("user", ids),),
        "Root in the container is one bug away from root on the host; a USER line is better still.",
        (
            holds("The image has an unprivileged account", seen),
            entrypoint_precondition(start),
            unknown("What it writes belongs to that account", "Only a run can show it"),
        ),
        cis="4.1",
        present=configured.partition(":")[0] not in ("", "0", "root"),
    )
