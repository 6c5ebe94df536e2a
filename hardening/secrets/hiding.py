"""Known secrets are masked wherever text is shown, not only where secrets are listed."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

from hardening.secrets.model import Secret

MIN_LENGTH = 6
"""Shorter values would mask half of the screen."""

_REMEMBERED = 2_000
_SHORT = 1_000


class Masks:
    """Replaces the values of secrets by their masked form, line by line."""

    def __init__(self, secrets: Iterable[Secret] = ()) -> None:
        self._masked: dict[str, str] = {}
        for secret in secrets:
            self._add(secret)
        longest_first = sorted(self._masked, key=len, reverse=True)
        joined = "|".join(re.escape(value) for value in longest_first)
        self._pattern = re.compile(joined) if joined else None
        self._known: dict[str, str] = {}

    def _add(self, secret: Secret) -> None:
        value = secret.reveal()
        if len(value) < MIN_LENGTH:
            return
        first = True
        for line in value.split("\n"):
            text = line.strip()
            if len(text) >= MIN_LENGTH:
                self._masked[text] = secret.masked if first else "•" * 8
                first = False

    def hide(self, text: str) -> str:
        """The text with every known value masked; the number of lines stays."""
        if self._pattern is None:
            return text
        known = self._known.get(text)
        if known is None:
            masked = self._masked
            known = self._pattern.sub(lambda match: _one_line(masked[match.group()]), text)
            if len(self._known) < _REMEMBERED and len(text) < _SHORT:
                self._known[text] = known
        return known

    def hide_all(self, texts: Mapping[str, str]) -> dict[str, str]:
        return {path: self.hide(text) for path, text in texts.items()}


def _one_line(text: str) -> str:
    return text.replace("\n", " ")


def text_secrets(texts: Mapping[str, str]) -> tuple[Secret, ...]:
    """Secrets in the files of the workspace; of Dockerfiles also those that only their commands
    give away."""
    from hardening.secrets.texts import scan_file

    return tuple(secret for path, text in texts.items() for secret in scan_file(text, path))
