"""Platforms as `os/architecture[/variant]`, in the words of OCI and Go."""

from __future__ import annotations

import os

ALIASES = {
    "x86_64": "amd64",
    "x86-64": "amd64",
    "aarch64": "arm64",
    "arm64e": "arm64",
    "armv7l": "arm/v7",
    "armv6l": "arm/v6",
    "armhf": "arm/v7",
    "i386": "386",
    "i686": "386",
}
DEFAULT_VARIANTS = {"arm64": "v8", "arm": "v7"}
SYSTEMS = frozenset({"linux", "windows", "darwin", "freebsd", "wasi"})


def own_platform() -> str:
    """The platform of the containers that this machine runs."""
    return normalise(os.uname().machine.lower())


def normalise(text: str) -> str:
    """One spelling per platform: `aarch64`, `linux/arm64` and `linux/arm64/v8` become
    `linux/arm64`."""
    parts = [part for part in text.strip().lower().split("/") if part]
    if not parts or parts[0] not in SYSTEMS:
        parts.insert(0, "linux")
    if len(parts) > 1:
        parts[1:2] = ALIASES.get(parts[1], parts[1]).split("/")
    if len(parts) == 3 and DEFAULT_VARIANTS.get(parts[1]) == parts[2]:
        parts.pop()
    return "/".join(parts)
