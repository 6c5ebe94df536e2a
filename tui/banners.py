"""What the banner says: something that a person should know of, and what still works."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from hardening.errors import Cancelled, DrydockError
from hardening.skipped import Skipped
from tui.rows import Cells
from tui.text import clean

_MORE = ("  i says more", "key")


def given_up_cells(failed: Sequence[Skipped]) -> Cells:
    """Steps of reading an image that failed while the others went on."""
    names = clean(", ".join(one.what for one in failed), 200)
    reason = clean(failed[-1].reason, 200).rstrip(".")
    return [("▲ ", "warn"), (f"Not assessed: {names}.", "strong"), (f" {reason}.", "plain"), _MORE]


def cut_short_cells(error: DrydockError, *, works: bool) -> Cells:
    """The image could not be had, or a person stopped it; `works` when there is a Dockerfile."""
    if isinstance(error, Cancelled):
        told = "Stopped. What was read so far is shown; f5 reads again."
        return [("■ ", "warn"), (told, "plain")]
    still = " The Dockerfile works without it." if works else ""
    return [("▲ ", "warn"), (f"{clean(error.what, 200)}.", "strong"), (still, "plain"), _MORE]


def changed_cells(names: Iterable[str]) -> Cells:
    """Somebody else changed opened files."""
    told = ", ".join(clean(name, 100) for name in list(names)[:3])
    return [("▲ ", "warn"), (f"{told} changed on the disk.", "strong"),
            (" Accepted fixes are kept.", "plain"), ("  f5 reads it again", "key")]  # fmt: skip
