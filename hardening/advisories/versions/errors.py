"""What the version schemes raise."""

from __future__ import annotations


class InvalidVersion(ValueError):
    """The text is no version of its scheme."""
