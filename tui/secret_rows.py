"""Rows of the secrets pane and the life of a secret in words."""

from __future__ import annotations

from hardening.secrets.model import Secret
from tui.rows import Cells, crop, severity_cells, where_short
from tui.text import clean, fit, fit_tail, width

KIND_ALONE = 28
"""Cells below which a row of the secrets pane has room for the kind only."""


def secret_cells(secret: Secret, cells_wide: int, revealed: str | None) -> Cells:
    """`● HIGH GitHub token  app/.env  added in 4, deleted in 6 · recoverable  ghp_…a1`"""
    quiet = bool(secret.demoted)
    tone = "muted" if quiet else "plain"
    cells: Cells = severity_cells(secret.severity, word=cells_wide >= 40)
    cells.append((" ", "plain"))
    value = clean(revealed if revealed is not None else secret.masked, 400)
    room = cells_wide - sum(width(text) for text, _ in cells)
    if cells_wide < 60 and revealed is not None:
        return crop([*cells, (value, "bad")], cells_wide)
    if cells_wide < KIND_ALONE:
        return crop([*cells, (clean(secret.title, 80), tone)], cells_wide)
    if cells_wide < 60:
        title = min(room, max(12, room // 2))
        cells.append((fit(clean(secret.title, 80), title), tone))
        cells.append((" ", "plain"))
        cells.append((fit_tail(where_short(secret.places), room - title - 1), "muted"))
        return crop(cells, cells_wide)
    title, story, shown = _secret_columns(room)
    cells.append((fit(clean(secret.title, 80), title), tone))
    cells.append((" ", "plain"))
    place = room - title - shown - story - 3
    cells.append((fit_tail(where_short(secret.places), place), tone))
    cells.append((" ", "plain"))
    life = life_words(secret) if story > LIFE_WORDS_FROM else life_short(secret)
    cells.append((fit(life, story), "warn" if recoverable(secret) else "muted"))
    cells.append((" ", "plain"))
    cells.append((fit(value, shown), "bad" if revealed is not None else "muted"))
    return crop(cells, cells_wide)


LIFE_WORDS_FROM = 20


def _secret_columns(room: int) -> tuple[int, int, int]:
    """Widths of the title, the life and the value; the place takes the rest."""
    if room < 84:
        return max(16, room * 3 // 10), 13, 10
    return 26, max(24, room // 4), max(14, room // 5)


def life_short(secret: Secret) -> str:
    """The life of a secret in a dozen characters."""
    life = secret.life
    if life.added is not None:
        return f"in {life.added}" + (f", gone {life.removed}" if life.removed is not None else "")
    if life.in_config:
        return "in config"
    return "in history" if life.in_history else "in a file"


def secret_header(cells_wide: int) -> list[tuple[str, str]]:
    head = [(fit("Sev", 6) if cells_wide >= 40 else "S", "severity"), (" ", "")]
    room = cells_wide - sum(len(text) for text, _ in head)
    if cells_wide < KIND_ALONE:
        return [*head, (fit("Kind", room), "kind")]
    if cells_wide < 60:
        title = min(room, max(12, room // 2))
        return [*head, (fit("Kind", title), "kind"), (" ", ""),
                (fit("Where", room - title - 1), "layer")]  # fmt: skip
    title, story, shown = _secret_columns(room)
    place = room - title - shown - story - 3
    return [
        *head,
        (fit("Kind", title), "kind"),
        (" ", ""),
        (fit("Where", place), "layer"),
        (" ", ""),
        (fit("Life", story), "layer"),
        (" ", ""),
        (fit("Value", shown), ""),
    ]


def recoverable(secret: Secret) -> bool:
    """True when it was removed and can still be dug out."""
    return secret.life.removed is not None and bool(secret.life.recoverable_from)


def life_words(secret: Secret) -> str:
    """The life of a secret in a few words."""
    life = secret.life
    words: list[str] = []
    if life.added is not None:
        words.append(f"added in {life.added}")
    if life.removed is not None:
        words.append(f"gone in {life.removed}")
        if life.recoverable_from:
            words.append("recoverable")
    if life.in_history:
        words.append("in history")
    if life.in_config:
        words.append("in config")
    if secret.demoted:
        words.append("probably none")
    return ", ".join(words) or "in the Dockerfile"


def life_story(secret: Secret) -> str:
    """The life of a secret as sentences."""
    life = secret.life
    told: list[str] = []
    if life.added is not None:
        told.append(f"Added in layer {life.added}.")
    if life.removed is not None:
        told.append(f"Overwritten or deleted in layer {life.removed}.")
    if life.recoverable_from:
        layers = ", ".join(str(layer) for layer in life.recoverable_from)
        still = "Still recoverable" if life.removed is not None else "Readable"
        told.append(f"{still} from layer {layers}.")
    if life.in_history:
        told.append("The image history shows it to whoever pulls the image.")
    if life.in_config:
        told.append("The image configuration holds it.")
    return " ".join(told) or "It is written in a file of the project."
