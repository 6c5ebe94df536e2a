"""The three panes: layers, findings, secrets. Data in by `show`, messages out."""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from typing import ClassVar

from hardening.image.model import Image
from hardening.secrets.model import Secret
from tui.findings import FindingRow
from tui.masking import Masks
from tui.ordering import Sorting
from tui.rows import Cells, finding_cells, finding_header, layer_cells, layer_header
from tui.secret_rows import secret_cells, secret_header
from tui.widgets.lines import Lines


class PaneLines(Lines):
    """A pane's list: a title in its top border, a sort mark, and words for when it is empty."""

    has_header = True
    TITLE: ClassVar[str] = ""

    def __init__(self, *, id: str) -> None:
        super().__init__(id=id, classes="pane")
        self.sorting: Sorting | None = None

    def sorted_column(self) -> tuple[str, bool]:
        return ("", False) if self.sorting is None else (self.sorting.column, self.sorting.reverse)

    def unseen_sorting(self) -> str:
        """How the rows are sorted, where the title of that column has no room."""
        shown = [name for _, name in self.header(max(1, self._cells_wide()))]
        hidden = self.sorting is not None and self.sorting.column not in shown
        return f"by {self.sorting.column}" if self.sorting is not None and hidden else ""

    def keys(self) -> Sequence[Hashable]:
        """What each row is about, whatever its place."""
        return ()

    def _rows_changed(self, before: Sequence[Hashable]) -> None:
        """Keep the cursor on what it was on, when that is still there."""
        if self.cursor < len(before):
            now = self.keys()
            if before[self.cursor] in now:
                self.set_reactive(Lines.cursor, now.index(before[self.cursor]))
        self.update_rows()


class LayersPane(PaneLines):
    """The image's layers with size bars."""

    HELP = "The layers of the image, lowest first: size, what is wasted, and the command."

    def __init__(self, *, id: str = "layers") -> None:
        super().__init__(id=id)
        self.image: Image | None = None
        self.order: tuple[int, ...] = ()
        self._largest = 0
        self._masks = Masks()

    def show(
        self,
        image: Image | None,
        order: tuple[int, ...],
        sorting: Sorting | None,
        masks: Masks,
    ) -> None:
        """Show these layers in this order, with secrets masked in their commands."""
        before = self.keys()
        self.image = image
        self._masks = masks
        self.order = order
        self.sorting = sorting
        self._largest = max((one.size for one in image.layers), default=0) if image else 0
        self._rows_changed(before)

    def keys(self) -> Sequence[Hashable]:
        return self.order

    @property
    def count(self) -> int:
        return len(self.order)

    def cells(self, row: int, width: int) -> Cells:
        if self.image is None:
            return []
        layer = self.image.layers[self.order[row]]
        return layer_cells(layer, self._largest, width, self._masks.hide)

    def header(self, width: int) -> list[tuple[str, str]]:
        return layer_header(width)


class FindingsPane(PaneLines):
    """The findings, severest first, with what became of each."""

    HELP = "What the rules saw. Space accepts the best fix of a finding, or takes it back."

    def __init__(self, *, id: str = "findings") -> None:
        super().__init__(id=id)
        self.rows: tuple[FindingRow, ...] = ()
        self.places: dict[str, int] = {}
        """Finding keys → their rows."""

    def show(self, rows: tuple[FindingRow, ...], sorting: Sorting | None) -> None:
        """Show these rows."""
        before = self.keys()
        self.rows = rows
        self.places = {row.key: n for n, row in enumerate(rows)}
        self.sorting = sorting
        self._rows_changed(before)

    def keys(self) -> Sequence[Hashable]:
        return list(self.places)

    @property
    def count(self) -> int:
        return len(self.rows)

    def cells(self, row: int, width: int) -> Cells:
        return finding_cells(self.rows[row], width)

    def header(self, width: int) -> list[tuple[str, str]]:
        return finding_header(width)


class SecretsPane(PaneLines):
    """The secrets, masked, with their life in the image."""

    HELP = "Secrets in the Dockerfile, the configuration and every layer. M shows one unmasked."

    def __init__(self, *, id: str = "secrets") -> None:
        super().__init__(id=id)
        self.secrets: tuple[Secret, ...] = ()
        self.order: tuple[int, ...] = ()
        self.revealed: int | None = None

    def show(
        self,
        secrets: tuple[Secret, ...],
        order: tuple[int, ...],
        sorting: Sorting | None,
        revealed: int | None,
    ) -> None:
        """Show these secrets in this order; `revealed` is the one that is shown unmasked."""
        before = self.keys()
        self.secrets = secrets
        self.order = order
        self.sorting = sorting
        self.revealed = revealed
        self._rows_changed(before)

    def keys(self) -> Sequence[Hashable]:
        return [(one.rule, one.sha256) for one in (self.secrets[n] for n in self.order)]

    @property
    def count(self) -> int:
        return len(self.order)

    def cells(self, row: int, width: int) -> Cells:
        number = self.order[row]
        secret = self.secrets[number]
        return secret_cells(secret, width, secret.reveal() if number == self.revealed else None)

    def row_text(self, row: int) -> str:
        """Selections copy the masked value, whatever is shown."""
        return "".join(text for text, _ in secret_cells(self.secrets[self.order[row]], 120, None))

    def header(self, width: int) -> list[tuple[str, str]]:
        return secret_header(width)
