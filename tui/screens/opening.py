"""What to open: Dockerfiles, Compose services and the images of this machine."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar

from textual import events, on
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Input

from hardening.errors import DrydockError
from tui.actions import bindings_for
from tui.messages import CandidatesReady
from tui.preferences import load_preferences
from tui.rows import Cells
from tui.text import clean, fit, matches, width
from tui.widgets.bars import Bar, KeyBar, KeyHint
from tui.widgets.lines import Lines
from tui.widgets.prose import Prose

if TYPE_CHECKING:
    from hardening.candidates import Candidate
    from hardening.opening import OpenRequest

MAX_IMAGES = 500


@dataclass(frozen=True, slots=True)
class Choice:
    """One thing to open."""

    kind: str
    label: str
    detail: str
    candidate: Candidate | None = None
    image: str | None = None
    sample: str | None = None

    def request(self, before: OpenRequest) -> OpenRequest:
        """The request for it. An image joins the Dockerfile that is open, and the other way."""
        if self.sample is not None:
            return replace(before, sample=self.sample, path=None, image=None, service=None)
        if self.image is not None:
            return replace(before, image=self.image, sample=None)
        if self.candidate is None:
            return before
        return replace(
            before, path=self.candidate.path, service=self.candidate.service, sample=None
        )


class ChoiceList(Lines):
    """The choices, grouped by kind; typing above narrows them."""

    def __init__(self) -> None:
        super().__init__(id="choices-list")
        self._all: list[Choice] = []
        self.shown: list[Choice] = []
        self._needle = ""
        self._words: list[Cells] = [[], [("  Looking …", "muted")]]

    def show(self, choices: list[Choice], words: list[Cells]) -> None:
        self._all = choices
        self._words = words
        self.narrow(self._needle)

    def narrow(self, needle: str) -> None:
        self._needle = needle
        self.shown = [one for one in self._all if matches(needle, one.kind, one.label, one.detail)]
        self.update_rows()

    @property
    def count(self) -> int:
        return len(self.shown)

    def empty(self) -> list[Cells]:
        if self._needle and self._all:
            return [[], [("  Nothing matches.", "muted")]]
        return self._words

    def cells(self, row: int, wide: int) -> Cells:
        one = self.shown[row]
        first = row == 0 or self.shown[row - 1].kind != one.kind
        cells: Cells = [(" " + fit(one.kind if first else "", 12), "header"),
                        (clean(one.label, 300), "plain")]  # fmt: skip
        room = wide - sum(width(text) for text, _ in cells)
        detail = clean(one.detail, 300)
        if detail and room > width(detail) + 2:
            cells.append((" " * (room - width(detail) - 1) + detail, "muted"))
        return cells


class OpeningScreen(ModalScreen[Choice | None]):
    """Asks what to open."""

    CSS_PATH = "opening.tcss"
    BINDINGS: ClassVar[list[BindingType]] = bindings_for("dialog", "dialog-close")
    HELP = "Type to narrow the list; enter opens."

    def __init__(self, request: OpenRequest, error: DrydockError | None = None) -> None:
        super().__init__()
        self._request = request
        self._error = error

    def compose(self) -> ComposeResult:
        with Vertical(id="opening") as frame:
            frame.border_title = Content("Open")
            entry = Input(placeholder="Type to narrow, or a path or image name", compact=True)
            entry.cursor_blink = False
            yield entry
            yield ChoiceList()
            yield Prose(id="opening-note")
            yield KeyBar(id="opening-keys")

    @property
    def choices(self) -> ChoiceList:
        return self.query_one(ChoiceList)

    def on_mount(self) -> None:
        self.query_one(Input).focus()
        self.query_one("#opening-note").display = False
        self.query_one("#opening-keys", KeyBar).show((
            KeyHint("enter", "open", "accept", 1), KeyHint("↑ ↓", "move", "down", 2),
            KeyHint("esc", "close", "close", 3),
        ))  # fmt: skip
        self.run_worker(self._look, thread=True, group="candidates", exclusive=True)

    def folder(self) -> Path:
        path = self._request.path
        if path is None:
            return Path.cwd()
        return path if path.is_dir() else path.parent

    def _look(self) -> None:
        """Files first, then what the engine has; an engine that is missing is told."""
        from hardening.candidates import find_candidates

        try:
            found = find_candidates(self.folder())
        except OSError:
            found = ()
        self.post_message(CandidatesReady(found, (), None))
        try:
            images = local_images()
        except DrydockError as error:
            self.post_message(CandidatesReady(found, (), error))
        except Exception as error:
            told = DrydockError("The engine cannot be asked", f"{type(error).__name__}: {error}")
            self.post_message(CandidatesReady(found, (), told))
        else:
            self.post_message(CandidatesReady(found, images, None))

    @on(CandidatesReady)
    def _ready(self, event: CandidatesReady) -> None:
        kinds = {"dockerfile": "Dockerfile", "compose": "Compose", "service": "Service"}
        named = self._request.path
        candidates = sorted(event.candidates, key=lambda one: one.path != named)
        choices = [Choice(kinds[one.kind], one.label, one.detail, candidate=one)
                   for one in candidates]  # fmt: skip
        choices += [Choice("Image", one, "local image", image=one) for one in event.images]
        choices += [*_recent(), *_samples()]
        words: list[Cells] = [
            [],
            [("  No Dockerfile here, and no local image.", "muted")],
            [("  Type a path or an image name and press enter.", "muted")],
        ]
        self.choices.show(choices, words)
        self._tell(event.engine_error)

    def _tell(self, engine_error: DrydockError | None) -> None:
        """Why the screen asks, and why no image is listed."""
        told: list[tuple[str, str]] = []
        if self._error is not None:
            told.append((f"{self._error.what}: {self._error.why}", ""))
        if engine_error is not None:
            told.append((f"No image of this machine is listed: {engine_error.what}. ",
                         engine_error.next_step))  # fmt: skip
        note = self.query_one("#opening-note", Prose)
        note.show([("▲ ", "warn"), (clean(what, 300), "plain"), (clean(step, 300), "muted")]
                  for what, step in told)  # fmt: skip
        note.display = bool(told)

    @on(Input.Changed)
    def _narrow(self, event: Input.Changed) -> None:
        self.choices.narrow(event.value)

    @on(Input.Submitted)
    def _entered(self) -> None:
        self.action_accept()

    def on_key(self, event: events.Key) -> None:
        moves = {"down": 1, "up": -1, "pagedown": 10, "pageup": -10}
        if event.key in moves and isinstance(self.focused, Input):
            self.choices.put_cursor(self.choices.cursor + moves[event.key])
            event.stop()

    @on(Lines.Opened)
    def _opened(self, event: Lines.Opened) -> None:
        self._choose(event.row)

    @on(Bar.Pressed)
    def _pressed(self, event: Bar.Pressed) -> None:
        if event.name == "accept":
            self.action_accept()
        elif event.name == "close":
            self.action_close()

    def action_accept(self) -> None:
        if self.choices.count:
            self._choose(self.choices.cursor)
            return
        typed = self.query_one(Input).value.strip()
        if typed:
            self.dismiss(self._typed(typed))

    def _typed(self, text: str) -> Choice:
        """A path that exists is a file to open, anything else an image: a name or an archive."""
        from hardening.candidates import Candidate

        path = Path(text).expanduser()
        if path.exists() and not _holds_image(path):
            return Choice("Dockerfile", text, "", candidate=Candidate(path, "dockerfile", text))
        return Choice("Image", text, "", image=text)

    def _choose(self, row: int) -> None:
        self.dismiss(self.choices.shown[row])

    def action_close(self) -> None:
        self.dismiss(None)


def _holds_image(path: Path) -> bool:
    """True for what looks like a saved image or an OCI layout."""
    if path.is_dir():
        return (path / "index.json").is_file()
    return path.suffix in (".tar", ".tgz", ".gz", ".zst", ".xz")


def _recent() -> list[Choice]:
    """Dockerfiles that were opened before and are still there."""
    from hardening.candidates import Candidate

    paths = [Path(one) for one in load_preferences().recent]
    return [Choice("Recent", str(path), "", candidate=Candidate(path, "dockerfile", str(path)))
            for path in paths if path.is_file()]  # fmt: skip


def _samples() -> list[Choice]:
    from hardening.sample import samples

    return [Choice("Sample", one.name, one.title, sample=one.name) for one in samples()]


def local_images() -> tuple[str, ...]:
    """Names of the engine's images. Raises EngineError when it does not answer."""
    from hardening.image.engine import list_images

    return tuple(list_images())[:MAX_IMAGES]
