"""What workers and widgets tell the screen; plain values."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from textual.message import Message

if TYPE_CHECKING:
    from hardening.candidates import Candidate
    from hardening.errors import DrydockError
    from hardening.image.model import Image
    from hardening.model import Report
    from hardening.replay import Replayed
    from hardening.runtime.flags import HardenedRun
    from hardening.secrets.model import Secret
    from hardening.subject import Subject
    from hardening.workspace import Workspace
    from tui.bases import Bases
    from tui.files import FileTree
    from tui.rows import Cells


@dataclass
class SubjectReady(Message):
    """A subject, or the same one with more facts. `opening` numbers the run of the loader; an
    answer to an older run is stale. `first` is set for the files, before any image; `lines` are
    those of the Dockerfile then, with secrets masked."""

    subject: Subject
    opening: int
    first: bool = False
    lines: list[Cells] | None = None


@dataclass
class OpeningEnded(Message):
    """The loader has nothing more to bring; `error` says why it stopped early."""

    opening: int
    error: DrydockError | None = None


@dataclass
class PhaseChanged(Message):
    """Where a phase of long work stands; `done` None ends it."""

    opening: int
    phase: str
    done: int | None
    total: int | None
    unit: str

    def can_replace(self, message: Message) -> bool:
        return isinstance(message, PhaseChanged) and message.phase == self.phase


@dataclass
class ReplayReady(Message):
    """The answer to one replay: `lines` are the highlighted files and `shown` the workspace for
    the eye, both with secrets masked. `all_safe` marks the answer to "accept all that is safe"."""

    generation: int
    replayed: Replayed
    baseline: Report | None
    lines: dict[str, list[Cells]]
    shown: Workspace
    file_secrets: tuple[Secret, ...]
    all_safe: bool = False


@dataclass
class ReplayEnded(Message):
    """A replay is over, whatever came of it."""


@dataclass
class TreeReady(Message):
    """The file tree of one layer, None for the whole image."""

    image: Image
    layer: int | None
    tree: FileTree


@dataclass
class RunReady(Message):
    """The hardened run flags of the text of one generation."""

    generation: int
    run: HardenedRun


@dataclass
class BasesReady(Message):
    """Other bases for the opened text, as far as they were read."""

    subject: Subject
    bases: Bases


@dataclass
class CandidatesReady(Message):
    """What could be opened here. `engine_error` says why local images are missing."""

    candidates: tuple[Candidate, ...]
    images: tuple[str, ...]
    engine_error: DrydockError | None


@dataclass
class WorkFailed(Message):
    """Background work went wrong; the screen goes on."""

    title: str
    error: BaseException
