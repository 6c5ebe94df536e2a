"""What tells pip to keep nothing of what it downloads."""

from __future__ import annotations

from hardening.dockerfile.shell_model import Command, PackageCall
from hardening.rules.support import Facts, Run
from hardening.rules.support_configured import OFF, PIP_NO_CACHE, configured
from hardening.rules.support_packages import has_flag


def keeps_nothing(known: Facts, run: Run, call: PackageCall) -> bool:
    """Whether pip is told to keep nothing: any value of the variable and of the setting does
    that (`_handle_no_cache_dir` of pip's `cmdoptions.py`)."""
    if has_flag(call, "--no-cache-dir", "--no-cache"):
        return True
    if known.value_of(run, call.command, "PIP_NO_CACHE_DIR"):
        return True
    return configured(known, run, call.command, PIP_NO_CACHE) is not None


def reads_as_kept(command: Command) -> str | None:
    """The value by which the command itself means to keep the cache, and does not."""
    for key, word in command.assignments:
        if key == "PIP_NO_CACHE_DIR" and word is not None and (word.value or "").lower() in OFF:
            return word.value or None
    return None
