"""A unified diff for a terminal."""

from __future__ import annotations

from hardening.reports.plain import printable
from hardening.reports.sheet import BOLD, CYAN, GREEN, RED, Look, painted

_CODES = {"---": BOLD, "+++": BOLD, "@": CYAN, "-": RED, "+": GREEN}


def coloured(diff: str, look: Look) -> str:
    """Each line in the colour of what it says; control characters of outside text are escaped."""
    lines = diff.split("\n")
    return "\n".join(painted(_tabbed(one), _code(one), look) for one in lines)


def _tabbed(line: str) -> str:
    return "\t".join(printable(part) for part in line.split("\t"))


def _code(line: str) -> str:
    return next((code for start, code in _CODES.items() if line.startswith(start)), "")
