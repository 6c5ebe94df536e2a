"""Known secrets are masked on every screen, and joined into one row for each value."""

from __future__ import annotations

from dataclasses import replace

from hardening.secrets.hiding import MIN_LENGTH, Masks, text_secrets
from hardening.secrets.model import Secret

__all__ = ["MIN_LENGTH", "Masks", "joined_secrets", "text_secrets"]


def joined_secrets(
    of_files: tuple[Secret, ...], of_image: tuple[Secret, ...] | None
) -> tuple[Secret, ...]:
    """One row for each value: places in files first, then those in the image with its life."""
    by_value = {secret.sha256: secret for secret in of_files}
    joined: list[Secret] = []
    for secret in of_image or ():
        own = by_value.pop(secret.sha256, None)
        joined.append(
            secret if own is None else replace(secret, places=(*own.places, *secret.places))
        )
    return (*joined, *by_value.values())
