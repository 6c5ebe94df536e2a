"""Opens what was asked for, step by step, and tells each step: files, image, its files, its
packages, advisories, secrets.

Runs in a worker thread; knows nothing of widgets, only of a function that takes messages.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable
from dataclasses import replace
from threading import Event
from typing import TYPE_CHECKING

from textual.message import Message

from hardening.errors import Cancelled, DrydockError
from hardening.skipped import Skipped
from tui.masking import Masks, text_secrets
from tui.messages import OpeningEnded, PhaseChanged, SubjectReady
from tui.phases import FILES, IMAGE, PACKAGES, SECRETS, VULNERABILITIES, WAITING
from tui.source import plain_lines

if TYPE_CHECKING:
    from hardening.opening import OpenRequest
    from hardening.subject import Subject

Post = Callable[[Message], object]
_INTERVAL = 0.05
OPENING = "opening the image"
LOOKING_UP = "looking up advisories"


class ScreenProgress:
    """Turns progress into messages, at most twenty a second for each phase."""

    def __init__(self, opening: int, post: Post, stop: Event) -> None:
        self._opening = opening
        self._post = post
        self._stop = stop
        self._done: dict[str, int] = {}
        self._totals: dict[str, tuple[int | None, str]] = {}
        self._told: dict[str, float] = {}

    def start(self, phase: str, total: int | None = None, unit: str = "bytes") -> None:
        self._done[phase] = 0
        self._totals[phase] = (total, unit)
        self._tell(phase, 0)

    def advance(self, phase: str, amount: int) -> None:
        done = self._done[phase] = self._done.get(phase, 0) + amount
        if time.monotonic() - self._told.get(phase, 0.0) >= _INTERVAL:
            self._tell(phase, done)

    def finish(self, phase: str) -> None:
        self._tell(phase, None)

    def check(self) -> None:
        if self._stop.is_set():
            raise Cancelled("Stopped", "you asked for it")

    def _tell(self, phase: str, done: int | None) -> None:
        self._told[phase] = time.monotonic()
        total, unit = self._totals.get(phase, (None, "bytes"))
        self._post(PhaseChanged(self._opening, phase, done, total, unit))


class Loader:
    """One opening. `stop` may be called from any thread."""

    def __init__(self, request: OpenRequest, opening: int, post: Post) -> None:
        self.request = request
        self.opening = opening
        self._post = post
        self._stop = Event()
        self._latest: Subject | None = None
        self._progress = ScreenProgress(opening, post, self._stop)

    def stop(self) -> None:
        self._stop.set()

    @property
    def stopped(self) -> bool:
        return self._stop.is_set()

    def run(self) -> None:
        """Everything, in order. Errors end in one OpeningEnded message, never in an exception."""
        try:
            self._run()
        except DrydockError as error:
            self._post(OpeningEnded(self.opening, error))
        except Exception as error:
            self._post(OpeningEnded(self.opening, _fault(error)))
        else:
            self._post(OpeningEnded(self.opening))

    def _run(self) -> None:
        subject = self._files()
        reference = self.request.image
        if subject.image is not None or reference is None:
            self._post(_first(subject, self.opening))
            return
        self._latest = subject
        self._post(_first(_with_waiting(subject), self.opening))
        try:
            self._image(subject, reference)
        except Exception as error:
            told = error if isinstance(error, DrydockError) else _fault(error)
            self._post(SubjectReady(_cut_short(self._latest, told), self.opening))
            raise told from error

    def _files(self) -> Subject:
        request = self.request
        if request.sample is not None:
            request = self.request = self._copied(request)
        from hardening import opening

        if request.path is None and request.image is not None:
            return opening.with_imports(opening.open_image_only(request.image), request.imports)
        subject = opening.open_files(
            request.path or ".", context=request.context, service=request.service
        )
        if request.image is None:
            subject = replace(subject, missing=(*subject.missing, opening.NO_IMAGE))
        return opening.with_imports(subject, request.imports)

    def _copied(self, request: OpenRequest) -> OpenRequest:
        """A sample is opened like any project, from a copy that may be written to."""
        from hardening.sample import copy_sample

        copied = copy_sample(request.sample or None)
        image = None if copied.image is None else str(copied.image)
        return replace(request, sample=None, path=copied.folder, image=image)

    def _image(self, subject: Subject, reference: str) -> None:
        from hardening.image.loading import load_files, open_image
        from hardening.opening import attach_image

        self._progress.start(OPENING)
        image = open_image(reference, platform=self.request.platform, progress=self._progress)
        self._progress.finish(OPENING)
        self._progress.check()
        self._tell(attach_image(subject, image))
        if not image.files_read:
            image = load_files(image, progress=self._progress)
            self._tell(attach_image(subject, image))
        for step in (self._packages, self._vulnerabilities, self._secrets):
            self._progress.check()
            step()

    def _tell(self, subject: Subject) -> None:
        """Show what is there now, and say what is still to come."""
        self._latest = subject
        self._post(SubjectReady(_with_waiting(subject), self.opening))

    # Each step works on the latest subject. What one cannot do is told, and the next goes on.

    def _packages(self) -> None:
        from hardening.opening.packages import take_inventory

        self._step(
            (PACKAGES, VULNERABILITIES),
            lambda subject: take_inventory(subject, progress=self._progress),
        )

    def _vulnerabilities(self) -> None:
        from hardening.opening.packages import assess_or_say

        if self._latest is None or self._latest.inventory is None:
            return
        self._progress.start(LOOKING_UP, None, "packages")
        self._step((VULNERABILITIES,), assess_or_say)
        self._progress.finish(LOOKING_UP)

    def _secrets(self) -> None:
        from hardening.opening import scan_secrets

        self._step((SECRETS,), lambda subject: scan_secrets(subject, progress=self._progress))

    def _step(self, what: tuple[str, ...], work: Callable[[Subject], Subject]) -> None:
        """Do one step, or say that these were not assessed, and why."""
        subject = self._latest
        assert subject is not None
        try:
            done = work(subject)
        except Cancelled:
            raise
        except Exception as error:
            told = error if isinstance(error, DrydockError) else _fault(error)
            done = _without(subject, what, told)
        self._tell(done)


def _first(subject: Subject, opening: int) -> SubjectReady:
    """The files alone, with the Dockerfile's lines to be shown at once."""
    if subject.dockerfile is None:
        return SubjectReady(subject, opening, first=True)
    masks = Masks(text_secrets({subject.dockerfile.path: subject.dockerfile.text}))
    lines = plain_lines(masks.hide(subject.dockerfile.text))
    return SubjectReady(subject, opening, first=True, lines=lines)


def _lacking(subject: Subject) -> list[str]:
    """What was not read yet and was not given up either, in the order in which it comes."""
    given_up = {one.what for one in subject.missing}
    image = subject.image
    if image is None:
        lacking = [IMAGE, PACKAGES, VULNERABILITIES, SECRETS]
    else:
        facts = ((FILES, image.files_read or None), (PACKAGES, subject.inventory),
                 (VULNERABILITIES, subject.assessment), (SECRETS, subject.secrets))  # fmt: skip
        lacking = [what for what, fact in facts if fact is None]
    return [what for what in lacking if what not in given_up]


def _with_waiting(subject: Subject) -> Subject:
    """The subject that says what is still being read."""
    waiting = tuple(Skipped(what, WAITING) for what in _lacking(subject))
    return replace(subject, missing=(*subject.missing, *waiting))


def _without(subject: Subject, what: Iterable[str], error: DrydockError) -> Subject:
    """The subject that says what could not be read, and why."""
    reason = error.what + (f": {error.why}" if error.why else "")
    told = tuple(Skipped(one, reason, error.next_step) for one in what)
    return replace(subject, missing=(*subject.missing, *told))


def _cut_short(subject: Subject | None, error: DrydockError) -> Subject:
    """What was read before it stopped, with what is missing now."""
    assert subject is not None
    if subject.image is None:
        return _without(subject, (IMAGE,), error)
    return _without(subject, _lacking(subject), error)


def _fault(error: Exception) -> DrydockError:
    return DrydockError(
        "drydock failed while opening this",
        f"{type(error).__name__}: {error}",
        "This is a fault of drydock: please report it",
    )
