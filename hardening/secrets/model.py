"""A secret that was found, and its life in the image."""

from __future__ import annotations

from dataclasses import dataclass

from hardening.model import Place, Severity


@dataclass(frozen=True, slots=True)
class Life:
    """Where an image secret lived: added in `added`, overwritten or deleted in `removed`.

    `recoverable_from` lists layers whose blob still holds it; never empty for a layer secret.
    """

    added: int | None = None
    removed: int | None = None
    recoverable_from: tuple[int, ...] = ()
    in_history: bool = False
    in_config: bool = False


@dataclass(frozen=True, slots=True)
class Secret:
    """One secret. `rule` is the format id (`github-token`). `masked` shows at most the public
    prefix and the last two characters; `sha256` identifies the value. `demoted` gives the reason
    why it is probably none ("documented example"), "" otherwise: demoted secrets are shown, last.

    `value` is there only in memory, for the one key that reveals it: never print, log, cache or
    export it (it is left out of `repr`).
    """

    rule: str
    title: str
    severity: Severity
    places: tuple[Place, ...]
    masked: str
    sha256: str
    life: Life
    demoted: str = ""
    rotate: str = ""
    lines: tuple[int, ...] = ()
    """One-based line of each place in its file, 0 where it has none."""
    reasons: tuple[str, ...] = ()
    """Why each place is probably none: the same value may lie in files of several packages."""
    _value: str = ""

    def reveal(self) -> str:
        """The unmasked value, for an explicit request of the person at the screen."""
        return self._value

    def __repr__(self) -> str:
        return f"Secret({self.rule}, {self.masked}, {self.places})"
