"""Ends an HTTP request that takes too long as a whole.

httpx limits every single read, so a server that sends one byte now and then is never too slow for
it, least of all in its headers. Here a timer shuts the connection down.
"""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from typing import Any

from hardening.errors import InputError

Trace = Callable[[str, dict[str, Any]], None]
_CONNECTED = ("connect_tcp.complete", "start_tls.complete")


class Watch:
    """`seconds` for one request with its answer. For one thread."""

    def __init__(self, seconds: float) -> None:
        self.seconds = seconds
        self._sockets: list[socket.socket] = []
        self._late = False

    @contextmanager
    def running(self, who: str) -> Iterator[Trace]:
        """The value of httpx's `trace` extension for a request that is made in this block. Raises
        InputError when the time is over."""
        self._late = False
        timer = threading.Timer(self.seconds, self._end)
        timer.daemon = True
        timer.start()
        try:
            yield self._note
        except Exception:
            if self._late:
                raise self._too_slow(who) from None
            raise
        finally:
            timer.cancel()
        if self._late:
            raise self._too_slow(who)

    def _too_slow(self, who: str) -> InputError:
        return InputError(
            f"{who} takes more than {self.seconds:.0f} seconds for one answer",
            "the connection was closed",
            "Try again later.",
        )

    def _note(self, event: str, told: dict[str, Any]) -> None:
        if event.endswith(_CONNECTED):
            found = told["return_value"].get_extra_info("socket")
            if isinstance(found, socket.socket):
                self._sockets = [one for one in self._sockets if one.fileno() >= 0]
                self._sockets.append(found)

    def _end(self) -> None:
        self._late = True
        for one in self._sockets:
            with suppress(OSError):
                one.shutdown(socket.SHUT_RDWR)
