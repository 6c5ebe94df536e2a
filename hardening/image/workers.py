"""Reading layers with more than one processor.

Compressed layers are uncompressed and walked in processes of their own (the walk is Python, and
threads would take turns at it). Uncompressed ones cost little: they are walked here, with one
process to help when there are gigabytes, and their digests are computed beside that, in threads:
hashing lets go of the interpreter.
"""

from __future__ import annotations

import json
import os
import queue
import sys
import threading
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, BinaryIO

from hardening.errors import ImageError
from hardening.image.codec import decode, unframe
from hardening.image.compression import MAX_RATIO, compression_of
from hardening.image.crew import Worker, start
from hardening.image.files import FileBlob
from hardening.image.walking import Tell, Walked, sha256_of, walk_layer
from hardening.image.worker import HEAD
from hardening.progress import Progress

if TYPE_CHECKING:
    from concurrent.futures import Future

PROCESSES = 2
WORTH_A_PROCESS = 24 << 20
"""Stored bytes below which starting processes costs more than it saves."""

WORTH_HELP = 1 << 30
"""The same for uncompressed layers, of which only the headers are read."""

MAX_UNPACKED = 32 << 30
"""Bytes that all compressed layers of an image may unpack to, or `MAX_RATIO` times their size."""

MAX_ENTRIES = 5_000_000
"""Entries of all layers of one image."""

PHASE = "reading layers"
Named = Callable[[int], str]


def walk_all(
    blobs: Mapping[int, FileBlob], name: Named, *, verify: bool, progress: Progress
) -> dict[int, Walked]:
    """Read the entries of many layers. `name` gives a layer's name for errors. Raises ImageError
    naming the layer, Cancelled."""
    if not blobs:
        return {}
    first: dict[str, int] = {}
    for number, blob in blobs.items():
        first.setdefault(blob.identity, number)
    distinct = {number: blobs[number] for number in first.values()}
    progress.start(PHASE, sum(blob.size for blob in distinct.values()))
    packed = {
        number: blob
        for number, blob in distinct.items()
        if compression_of(blob.read(0, 8)) is not None
    }
    plain = {number: blob for number, blob in distinct.items() if number not in packed}
    try:
        found = _walk_plain(plain, name, verify=verify, progress=progress)
        found.update(_walk_packed(packed, name, verify=verify, progress=progress))
    finally:
        progress.finish(PHASE)
    return {number: found[first[blob.identity]] for number, blob in blobs.items()}


class Bound:
    """What all layers of one image may come to. Raises ImageError beyond it."""

    def __init__(self, blobs: Mapping[int, FileBlob]) -> None:
        self._left = max(MAX_UNPACKED, MAX_RATIO * sum(blob.size for blob in blobs.values()))
        self._entries = MAX_ENTRIES

    def take(self, walked: Walked) -> Walked:
        self._left -= walked.columns.tar_size
        self._entries -= len(walked.columns) + len(walked.columns.whiteouts)
        if self._left < 0:
            raise ImageError("The layers unpack to far more than they are", "it is a bomb")
        if self._entries < 0:
            raise ImageError(f"The layers hold more than {MAX_ENTRIES:,} entries", "drydock stops")
        return walked


def _teller(progress: Progress) -> Tell:
    def tell(amount: int) -> None:
        progress.check()
        progress.advance(PHASE, amount)

    return tell


def _here(
    blobs: Mapping[int, FileBlob],
    name: Named,
    *,
    verify: bool,
    progress: Progress,
) -> dict[int, Walked]:
    tell = _teller(progress)
    bound = Bound(blobs)
    found = {}
    for number, blob in blobs.items():
        progress.check()
        try:
            found[number] = bound.take(walk_layer(blob, tell, verify=verify))
        except ImageError as error:
            raise named(error, name(number)) from None
    return found


def named(error: ImageError, name: str) -> ImageError:
    """The error with the layer's name in front."""
    why = f"{error.what}; {error.why}" if error.why else error.what
    return ImageError(f"{name} cannot be read", why[:1].lower() + why[1:], error.next_step)


def _walk_plain(
    blobs: Mapping[int, FileBlob], name: Named, *, verify: bool, progress: Progress
) -> dict[int, Walked]:
    if not verify:
        if sum(blob.size for blob in blobs.values()) < WORTH_HELP or _processes(blobs) < 2:
            return _here(blobs, name, verify=False, progress=progress)
        return _Crew(blobs, name, verify=False, progress=progress).run(1, here=True)
    tell = _teller(progress)
    stop = threading.Event()

    def tell_or_stop(amount: int) -> None:
        if stop.is_set():
            raise ImageError("Reading was stopped")
        tell(amount)

    from concurrent.futures import ThreadPoolExecutor

    largest = sorted(blobs, key=lambda number: -blobs[number].size)
    with ThreadPoolExecutor(PROCESSES, "digest") as pool:
        digests: dict[int, Future[str]] = {
            number: pool.submit(sha256_of, blobs[number], tell_or_stop) for number in largest
        }
        try:
            quiet = _Quiet(progress)
            found = _here(blobs, name, verify=False, progress=quiet)
            return {
                number: Walked(walked.columns, digests[number].result(), digests[number].result())
                for number, walked in found.items()
            }
        except BaseException:
            stop.set()
            raise


class _Quiet:
    """Progress that can be cancelled but counts nothing: the digests count the same bytes."""

    def __init__(self, progress: Progress) -> None:
        self.check = progress.check

    def start(self, phase: str, total: int | None = None, unit: str = "bytes") -> None:
        return None

    def advance(self, phase: str, amount: int) -> None:
        return None

    def finish(self, phase: str) -> None:
        return None


def _walk_packed(
    blobs: Mapping[int, FileBlob], name: Named, *, verify: bool, progress: Progress
) -> dict[int, Walked]:
    total = sum(blob.size for blob in blobs.values())
    count = _processes(blobs)
    if count < 2 or total < WORTH_A_PROCESS:
        return _here(blobs, name, verify=verify, progress=progress)
    return _Crew(blobs, name, verify=verify, progress=progress).run(count)


def _processes(blobs: Mapping[int, FileBlob]) -> int:
    """How many processes can work at once; 0 where none can be started."""
    return min(PROCESSES, len(blobs), os.cpu_count() or 1) if sys.executable else 0


class _Crew:
    """Worker processes, each with a thread here that gives it one layer after another."""

    def __init__(
        self,
        blobs: Mapping[int, FileBlob],
        name: Named,
        *,
        verify: bool,
        progress: Progress,
    ) -> None:
        self.blobs = blobs
        self.waiting: queue.SimpleQueue[int] = queue.SimpleQueue()
        for number in sorted(blobs, key=lambda number: -blobs[number].size):
            self.waiting.put(number)
        self.name = name
        self.verify = verify
        self.progress = progress
        self.tell = _teller(progress)
        self.bound = Bound(blobs)
        self.found: dict[int, Walked] = {}
        self.failed = threading.Event()
        self.error: BaseException | None = None

    def run(self, count: int, *, here: bool = False) -> dict[int, Walked]:
        """Read all layers with `count` processes, and in this one too when `here`; what is left
        because a process did not start or was killed is read here in any case."""
        started = [one for _ in range(count) if (one := start(self._descriptors())) is not None]
        threads = [
            threading.Thread(target=self._drive, args=(one,), name="layers") for one in started
        ]
        for thread in threads:
            thread.start()
        if here:
            self._work_here()
        for thread in threads:
            thread.join()
        self._work_here()
        if self.error is not None:
            raise self.error
        return self.found

    def _work_here(self) -> None:
        try:
            while (number := self._next()) is not None:
                self.found[number] = self._read_here(number)
        except BaseException as error:
            self.error = self.error or error
            self.failed.set()

    def _read_here(self, number: int) -> Walked:
        self.progress.check()
        try:
            walked = walk_layer(self.blobs[number], self.tell, verify=self.verify)
            return self.bound.take(walked)
        except ImageError as error:
            raise named(error, self.name(number)) from None

    def _next(self) -> int | None:
        """The next layer to read, None when there is none or another one failed."""
        if self.failed.is_set():
            return None
        try:
            return self.waiting.get_nowait()
        except queue.Empty:
            return None

    def _descriptors(self) -> set[int]:
        return {blob.file.descriptor for blob in self.blobs.values()}

    def _drive(self, worker: Worker) -> None:
        try:
            self._serve(worker)
        except BaseException as error:
            self.error = self.error or error
            self.failed.set()
            worker.kill()
        finally:
            worker.end()

    def _serve(self, worker: Worker) -> None:
        while (number := self._next()) is not None:
            blob = self.blobs[number]
            job = {
                "descriptor": blob.file.descriptor,
                "start": blob.start,
                "size": blob.size,
                "verify": self.verify,
            }
            try:
                worker.ask.write(json.dumps(job).encode() + b"\n")
                worker.ask.flush()
                self.found[number] = self.bound.take(self._answer(worker.answers))
            except ImageError as error:
                raise named(error, self.name(number)) from None
            except (OSError, EOFError):
                self.waiting.put(number)
                break

    def _answer(self, out: BinaryIO) -> Walked:
        while True:
            head = out.read(HEAD.size)
            if len(head) < HEAD.size:
                raise EOFError("the process ended")
            kind, length = HEAD.unpack(head)
            body = out.read(length)
            if kind == b"P":
                if self.failed.is_set():
                    raise ImageError("Reading was stopped")
                self.tell(int(body))
            elif kind == b"E":
                raise ImageError(*json.loads(body))
            else:
                digests, columns = unframe(body)
                return Walked(decode(columns), *json.loads(digests))
