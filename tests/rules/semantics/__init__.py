"""Tables of small Dockerfiles: what the builder and a shell would really do decides whether a rule
fires."""

from __future__ import annotations

import re
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Rows:
    """Texts that a rule must report, must not report, and texts with their exact patch. A text
    without any FROM gets `FROM debian:13` in front."""

    fires: tuple[str, ...] = ()
    silent: tuple[str, ...] = ()
    fixed: tuple[tuple[str, str], ...] = ()


def whole(text: str) -> str:
    """The Dockerfile that a row stands for."""
    complete = re.search(r"(?im)^from ", text) is not None
    return (text if complete else f"FROM debian:13\n{text}") + "\n"
