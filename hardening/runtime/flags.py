"""The flags under which a container of the subject should run, each with its reason and proof.

Numbers are those of the CIS Docker Benchmark 1.6 (the same in 1.8); a flag without one is ours.
"""

from __future__ import annotations

import shlex

from hardening.runtime.capability_flags import capability_flag, new_privileges_flag
from hardening.runtime.flag_model import HardenedRun, RunFlag
from hardening.runtime.limit_flags import init_flag, memory_flag, pids_flag, publish_flag
from hardening.runtime.read_only_flag import read_only_flag
from hardening.runtime.start import start_of
from hardening.runtime.user_flag import user_flag
from hardening.subject import Subject

__all__ = ["HardenedRun", "RunFlag", "docker_run_text", "hardened"]

_HARDENED = "_runtime_hardened"


def hardened(subject: Subject) -> HardenedRun:
    """Every flag that makes sense for the subject, worked out once."""
    cached = subject.__dict__.get(_HARDENED)
    if cached is None:
        start = start_of(subject)
        flags = (
            user_flag(start),
            capability_flag(start),
            read_only_flag(start),
            new_privileges_flag(start),
            pids_flag(start),
            memory_flag(start),
            init_flag(start),
            publish_flag(start),
        )
        cached = HardenedRun(tuple(flag for flag in flags if flag is not None))
        subject.__dict__[_HARDENED] = cached
    return cached


def docker_run_text(run: HardenedRun, image_reference: str) -> str:
    """`docker run` with every usable flag, one a line, ready for a POSIX shell."""
    lines = ["docker run --rm"]
    for flag in run.usable:
        words = list(flag.words)
        while words:
            take = 2 if len(words) > 1 and not words[1].startswith("-") else 1
            lines.append("  " + " ".join(shlex.quote(word) for word in words[:take]))
            words = words[take:]
    lines.append("  " + shlex.quote(image_reference))
    return " \\\n".join(lines) + "\n"
