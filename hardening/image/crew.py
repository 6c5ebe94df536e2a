"""Starting a process that reads layers: a copy of this one where that is safe, else a new one.

A copy is at work in a millisecond, a new interpreter in fifty. A copy has only the thread that made
it, so a lock that another thread held would stay locked for ever: it is made only while there is no
other thread. On macOS the system's own libraries do not allow it.
"""

from __future__ import annotations

import json
import os
import signal
import sys
import threading
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, BinaryIO

from hardening.image import worker

if TYPE_CHECKING:
    import subprocess

_CODE = (
    "import json,sys; sys.path[:] = json.loads(sys.argv[1]);"
    "from hardening.image.worker import main; main()"
)


@dataclass(slots=True)
class Worker:
    """A process that serves as `hardening.image.worker` says, by its two pipes. Closing `ask` lets
    it end; `end` waits for that, `kill` does not ask."""

    ask: BinaryIO
    answers: BinaryIO
    pid: int
    process: subprocess.Popen[bytes] | None = None

    def kill(self) -> None:
        if self.process is not None:
            self.process.kill()
            return
        with suppress(ProcessLookupError):
            os.kill(self.pid, signal.SIGKILL)

    def end(self) -> None:
        with suppress(OSError):
            self.ask.close()
        self.answers.close()
        if self.process is not None:
            self.process.wait()
            return
        with suppress(ChildProcessError):
            os.waitpid(self.pid, 0)


def start(descriptors: Iterable[int]) -> Worker | None:
    """A worker that may read these open files, None where the system gives no process."""
    with suppress(OSError):
        if may_copy():
            return _copy()
        return _new(descriptors)
    return None


def may_copy() -> bool:
    """Whether a copy of this process is safe now."""
    return sys.platform == "linux" and threading.active_count() == 1


@contextmanager
def copy_at_work(work: Callable[[BinaryIO], None]) -> Iterator[BinaryIO]:
    """What a copy of this process writes while it does some work, nothing where the system gives
    no process. It ends with the block, whether it is done or not; where it fails it writes less."""
    answers, answer = os.pipe()

    def answering() -> None:
        os.close(answers)
        with os.fdopen(answer, "wb", buffering=0) as out:
            work(out)

    pid = -1
    with suppress(OSError):
        pid = _fork(answering)
    os.close(answer)
    try:
        with os.fdopen(answers, "rb", buffering=0) as found:
            yield found
    finally:
        if pid > 0:
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
            with suppress(ChildProcessError):
                os.waitpid(pid, 0)


def _fork(work: Callable[[], None]) -> int:
    """The process id of a copy that does some work and ends. Raises OSError."""
    pid = os.fork()
    if pid == 0:
        try:
            work()
        finally:
            os._exit(0)  # Nothing of the first process is flushed or closed a second time.
    return pid


def _copy() -> Worker:
    asked, ask = os.pipe()
    answers, answer = os.pipe()

    def serving() -> None:
        os.close(ask)
        os.close(answers)
        with os.fdopen(asked, "rb") as jobs, os.fdopen(answer, "wb") as out:
            worker.serve(jobs, out)

    pid = _fork(serving)
    os.close(asked)
    os.close(answer)
    return Worker(os.fdopen(ask, "wb"), os.fdopen(answers, "rb"), pid)


def _new(descriptors: Iterable[int]) -> Worker:
    import subprocess

    process = subprocess.Popen(
        [sys.executable, "-I", "-S", "-c", _CODE, json.dumps(sys.path)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        pass_fds=tuple(descriptors),
    )
    assert process.stdin is not None and process.stdout is not None
    return Worker(process.stdin, process.stdout, process.pid, process)  # type: ignore[arg-type]
