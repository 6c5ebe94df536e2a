"""Rows of the panes as cells: text with a tone. No Textual: widgets give tones their colours."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence

from hardening.image.model import Image, Layer, Origin
from hardening.model import (
    ConfigPlace,
    FilePlace,
    ImagePathPlace,
    LayerPlace,
    PackagePlace,
    Place,
    Safety,
    Severity,
)
from tui.findings import FindingRow, Mark
from tui.text import clean, fit, fit_right, human_size, width

_BUILD_ARGS = re.compile(r"^(RUN )?\|\d+ .{0,20000}? /bin/sh -c ", re.DOTALL)
"""How both builders write the build arguments of a RUN into the history."""

Cell = tuple[str, str]
Cells = list[Cell]

TONES = (
    "plain", "muted", "strong", "critical", "high", "medium", "low", "info", "good", "bad",
    "warn", "accent", "bar", "bar-base", "waste", "struck", "header", "key", "added", "removed",
    "hunk", "number", "safe", "review", "manual", "added-word", "removed-word", "row-added",
    "row-removed", "row-file", "comment", "keyword", "string", "variable", "number-literal",
    "operator", "name",
)  # fmt: skip
"""Every tone a cell may have; each is a component class `lines--TONE`."""

SEVERITY_WORDS = {
    Severity.CRITICAL: "CRIT",
    Severity.HIGH: "HIGH",
    Severity.MEDIUM: "MED ",
    Severity.LOW: "LOW ",
    Severity.INFO: "INFO",
}
SEVERITY_GLYPHS = {
    Severity.CRITICAL: "◆",
    Severity.HIGH: "▲",
    Severity.MEDIUM: "●",
    Severity.LOW: "○",
    Severity.INFO: "·",
}
MARK_CELLS: dict[Mark, Cell] = {
    Mark.OPEN: (" ", "muted"),
    Mark.ACCEPTED: ("✓", "good"),
    Mark.PENDING: ("…", "good"),
    Mark.DROPPED: ("✗", "bad"),
    Mark.NEW: ("+", "warn"),
    Mark.STUBBORN: ("!", "warn"),
}
SAFETY_WORDS = {Safety.SAFE: "safe", Safety.REVIEW: "review", Safety.MANUAL: "manual"}


def crop(cells: Iterable[Cell], cells_wide: int) -> Cells:
    """The cells in exactly that width: cut, or padded with a plain cell."""
    fitted: Cells = []
    left = cells_wide
    for text, tone in cells:
        if left <= 0:
            break
        used = width(text)
        if used > left:
            text, used = fit(text, left), left
        fitted.append((text, tone))
        left -= used
    if left > 0:
        fitted.append((" " * left, "plain"))
    return fitted


def severity_cells(severity: Severity, *, word: bool = True) -> Cells:
    tone = severity.label
    cells: Cells = [(SEVERITY_GLYPHS[severity], tone)]
    if word:
        cells.append((" " + SEVERITY_WORDS[severity], tone))
    return cells


def finding_cells(row: FindingRow, cells_wide: int) -> Cells:
    """`✓ ● HIGH  12 Message                    root-user safe`; columns go as it gets narrow."""
    done = row.mark in (Mark.ACCEPTED, Mark.PENDING)
    cells: Cells = [MARK_CELLS[row.mark], (" ", "plain")]
    cells += severity_cells(row.finding.severity, word=cells_wide >= 44)
    if cells_wide >= 28:
        line = "" if row.line is None else str(row.line)
        cells.append((fit_right(line, 5), "number"))
    cells.append((" ", "plain"))
    tail = finding_tail(row, cells_wide)
    room = cells_wide - sum(width(text) for text, _ in cells) - sum(width(t) for t, _ in tail)
    message = clean(row.finding.message, 400)
    cells.append((fit(message, room), "struck" if done else "plain"))
    return cells + tail


def finding_tail(row: FindingRow, cells_wide: int) -> Cells:
    tail: Cells = []
    if cells_wide >= 96:
        tail += [(" ", "plain"), (fit(clean(row.finding.rule, 80), 24), "muted")]
    if cells_wide >= 48:
        word = "" if row.fix is None else SAFETY_WORDS[row.fix.safety]
        if not word and row.finding.fixes:
            word = "manual"
        tail += [(" ", "plain"), (fit(word, 6), word or "muted")]
    return tail


def finding_header(cells_wide: int) -> list[tuple[str, str]]:
    """Column titles as `(text, sort column)`, widths as in `finding_cells`."""
    head: list[tuple[str, str]] = [("  ", "")]
    head.append((fit("Sev", 6) if cells_wide >= 44 else "S", "severity"))
    if cells_wide >= 28:
        head.append((fit_right("Line", 5), "line"))
    tail: list[tuple[str, str]] = []
    if cells_wide >= 96:
        tail += [(" ", ""), (fit("Rule", 24), "rule")]
    if cells_wide >= 48:
        tail += [(" ", ""), (fit("Fix", 6), "fix")]
    head.append((" ", ""))
    room = cells_wide - sum(len(t) for t, _ in head) - sum(len(t) for t, _ in tail)
    return [*head, (fit("Finding", room), "severity"), *tail]


def size_bar(size: int, wasted: int, largest: int, cells_wide: int) -> Cells:
    """A bar of eighths; the part of the layer that is wasted has its own tone."""
    if largest <= 0 or size <= 0:
        return [(" " * cells_wide, "plain")]
    full = max(1, round(size / largest * cells_wide * 8))
    lost = min(full, round(wasted / largest * cells_wide * 8))
    if wasted > 0 and lost < 8 <= full and wasted * 50 > size:
        lost = 8
    kept_cells = (full - lost) // 8
    text = "█" * kept_cells
    rest = (full - lost) % 8
    if rest and kept_cells < cells_wide:
        text += " ▏▎▍▌▋▊▉"[rest]
    lost_cells = min(cells_wide - len(text), max(1, lost // 8)) if lost else 0
    padding = cells_wide - len(text) - lost_cells
    return [(text, "bar"), ("▒" * lost_cells, "waste"), (" " * padding, "plain")]


def layer_cells(
    layer: Layer, largest: int, cells_wide: int, hide: Callable[[str], str] = str
) -> Cells:
    """` 3 own  ████▒▒  12.3 MB  RUN apt-get ...`; a base layer is quieter. `hide` masks secrets."""
    base = layer.attribution.origin is Origin.BASE
    number = fit_right(str(layer.index), 3 if cells_wide >= 24 else 2)
    cells: Cells = [(number, "number")]
    if cells_wide >= 24:
        word = origin_word(layer) if cells_wide >= 42 else origin_word(layer)[:1]
        cells.append((" " + word, "muted" if base else "accent"))
    bar = _bar_width(cells_wide)
    cells.append((" ", "plain"))
    cells += _base_bar(size_bar(layer.size, layer.wasted, largest, bar), base)
    size = human_size(layer.size) if layer.size or layer.files_read else "…"
    cells.append((fit_right(size, 8), "plain"))
    if cells_wide >= 58:
        wasted = human_size(layer.wasted) if layer.wasted else ""
        cells.append((fit_right(wasted, 8), "waste"))
    room = cells_wide - sum(width(text) for text, _ in cells)
    if room > 8:
        command = hide(short_command(layer.command))
        tone = "muted" if base or not command else "plain"
        cells.append(("  " + fit(command or "no command recorded", room - 2), tone))
    return crop(cells, cells_wide)


def _bar_width(cells_wide: int) -> int:
    """Cells of the size bar; where no command fits, it gets the room."""
    return max(4, cells_wide - 11) if cells_wide < 24 else min(12, cells_wide // 6)


def _base_bar(cells: Cells, base: bool) -> Cells:
    return [(text, "bar-base" if base and tone == "bar" else tone) for text, tone in cells]


def origin_word(layer: Layer) -> str:
    """`base`, `own ` or `?   `; an estimate carries a tilde."""
    word = {Origin.BASE: "base", Origin.OWN: "own", Origin.UNKNOWN: "?"}[layer.attribution.origin]
    return fit(word + ("~" if layer.attribution.estimated else ""), 5)


def layer_header(cells_wide: int) -> list[tuple[str, str]]:
    head = [(fit_right("#", 3 if cells_wide >= 24 else 2), "order")]
    if cells_wide >= 24:
        head.append((" From " if cells_wide >= 42 else "  ", ""))
    bar = _bar_width(cells_wide)
    head.append((fit_right("Size", bar + 9), "size"))
    if cells_wide >= 58:
        head.append((fit_right("Wasted", 8), "wasted"))
    room = cells_wide - sum(len(text) for text, _ in head)
    if room > 8:
        head.append(("  " + fit("Command", room - 2), ""))
    return head


def short_command(command: str) -> str:
    """A history command without the builder's wrapping."""
    text = _BUILD_ARGS.sub("RUN ", command.strip(), count=1)
    for prefix in ("/bin/sh -c #(nop) ", "/bin/sh -c #(nop)"):
        if text.startswith(prefix):
            return clean(text.removeprefix(prefix).strip(), 400)
    if text.startswith("/bin/sh -c "):
        text = "RUN " + text.removeprefix("/bin/sh -c ")
    if text.startswith("RUN /bin/sh -c "):
        text = "RUN " + text.removeprefix("RUN /bin/sh -c ")
    return clean(" ".join(text.removesuffix("# buildkit").split()), 400)


def where(places: Sequence[Place]) -> str:
    """The first place in a few words."""
    return place_words(places[0]) if places else ""


def where_short(places: Sequence[Place]) -> str:
    """The first place without the layer, which has a column of its own."""
    if places and isinstance(places[0], ImagePathPlace):
        return f"/{clean(places[0].path, 400)}"
    if places and isinstance(places[0], ConfigPlace):
        return clean(places[0].key, 200)
    return where(places)


def place_words(place: Place) -> str:
    match place:
        case FilePlace(path=path, start_line=first, end_line=last):
            lines = str(first) if first == last else f"{first}-{last}"
            return f"{clean(path, 400)}:{lines}"
        case ImagePathPlace(layer=layer, path=path):
            return f"/{clean(path, 400)} (layer {layer})"
        case LayerPlace(layer=layer):
            return f"layer {layer}"
        case PackagePlace(name=name, version=version):
            return f"{clean(name, 200)} {clean(version, 100)}"
        case ConfigPlace(key=key):
            return f"config {clean(key, 200)}"


def image_name(image: Image) -> str:
    """What people call the image: the reference they gave; for a file, its tag or its name."""
    if not image.source.startswith(("archive", "layout")):
        return clean(image.reference, 200)
    name = image.repo_tags[0] if image.repo_tags else image.reference.rpartition("/")[2]
    return clean(name, 200)
