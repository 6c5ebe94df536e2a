"""An image config document from what an engine says of an image.

The engine's API (`/images/NAME/json`, `/images/NAME/history`) tells all of the config but which
history entries made no layer: that is worked out from their sizes, and exact once the image was
exported.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from hardening.image.created_by import told
from hardening.image.engine import iso_time, names

_RUN_KEYS = (
    "User", "ExposedPorts", "Env", "Entrypoint", "Cmd", "Volumes", "WorkingDir", "Labels",
    "StopSignal", "Healthcheck", "OnBuild", "Shell", "ArgsEscaped",
)  # fmt: skip
_BUILDKIT = "buildkit."
_LIKELY = {"COPY": 4, "ADD": 4, "WORKDIR": 2}


def config_document(
    inspected: Mapping[str, Any], history: Sequence[Mapping[str, Any]], diff_ids: Sequence[str]
) -> dict[str, Any]:
    """The config as the image specification writes it; `history` is the engine's, newest first."""
    run = inspected.get("Config")
    run = run if isinstance(run, dict) else {}
    return {
        "architecture": inspected.get("Architecture") or "",
        "os": inspected.get("Os") or "linux",
        "variant": inspected.get("Variant") or "",
        "created": inspected.get("Created") or "",
        "author": inspected.get("Author") or "",
        "config": {key: run[key] for key in _RUN_KEYS if run.get(key)},
        "rootfs": {"type": "layers", "diff_ids": list(diff_ids)},
        "history": _history(history, len(diff_ids)),
    }


def _history(newest_first: Sequence[Mapping[str, Any]], layers: int) -> list[dict[str, Any]]:
    entries = list(reversed(newest_first))
    filled = _filled(entries, layers)
    found = []
    for number, entry in enumerate(entries):
        created = entry.get("Created")
        one: dict[str, Any] = {
            "created_by": entry.get("CreatedBy") or "",
            "created": iso_time(created) if isinstance(created, int) else "",
        }
        if comment := entry.get("Comment"):
            one["comment"] = comment
        if number not in filled:
            one["empty_layer"] = True
        found.append(one)
    return found


def _filled(entries: Sequence[Mapping[str, Any]], layers: int) -> frozenset[int]:
    """Which entries made a layer: those with a size, then those of size zero that most likely
    did, the lowest first."""
    sized = [number for number, entry in enumerate(entries) if entry.get("Size")]
    rest = sorted(
        (number for number, entry in enumerate(entries) if not entry.get("Size")),
        key=lambda number: (-_likely(entries[number]), number),
    )
    return frozenset([*sized, *rest[: max(0, layers - len(sized))]])


def _likely(entry: Mapping[str, Any]) -> int:
    """BuildKit makes a layer of a RUN that changed nothing, the legacy builder does not; both make
    one of a WORKDIR that was not there."""
    keyword = told(str(entry.get("CreatedBy") or "")).keyword
    if keyword == "RUN":
        return 3 if str(entry.get("Comment") or "").startswith(_BUILDKIT) else 1
    return _LIKELY.get(keyword, 0)


def repo_tags(inspected: Mapping[str, Any]) -> tuple[str, ...]:
    """The names that the image has in the engine."""
    return names(inspected.get("RepoTags"))


def repo_digests(inspected: Mapping[str, Any]) -> tuple[str, ...]:
    """`name@sha256:...` under which it was pulled."""
    return names(inspected.get("RepoDigests"))
