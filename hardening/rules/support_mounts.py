"""Mounts of a RUN whose content does not reach the image."""

from __future__ import annotations

from collections.abc import Iterator

from hardening.dockerfile.expansion import expand, scope_at
from hardening.dockerfile.model import Instruction


def volatile_targets(instruction: Instruction) -> tuple[str, ...]:
    """Targets of the cache and tmpfs mounts, variables replaced; "" for one that is not known."""
    kinds = (*instruction.mounts("cache"), *instruction.mounts("tmpfs"))
    found = (one.get("target") or one.get("dst") or one.get("destination") for one in kinds)
    targets = ((target or "").strip("\"'").rstrip("/") for target in found)
    return tuple(_expanded(instruction, target) for target in targets)


def _expanded(instruction: Instruction, target: str) -> str:
    if "$" not in target or instruction.owner is None:
        return target
    scope = scope_at(instruction.owner, instruction, {})
    return (expand(target, scope, instruction.owner.escape) or "").rstrip("/")


def covers(target: str, path: str) -> bool:
    """Whether a path lies under a mount; one that starts with `~/` in whatever home."""
    if not target:
        return False
    if path.startswith("~/"):
        tail = path[1:]
        return any(target.endswith(tail[: end or None]) for end in _ends(tail))
    return path == target or path.startswith(target + "/")


def _ends(tail: str) -> Iterator[int]:
    """Where the prefixes of `/.cache/pip` end: whole, then `/.cache`."""
    yield len(tail)
    position = tail.rfind("/")
    while position > 0:
        yield position
        position = tail.rfind("/", 0, position)
