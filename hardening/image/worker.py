"""A process that reads compressed layers for another one.

It is told of blobs on standard input, one JSON object a line, as stretches of open files that it
inherited; it answers on standard output in frames: a letter, a length (little-endian, 8 bytes), a
body. `P` is progress (stored bytes as text), `R` a result, `E` an error as JSON.
"""

from __future__ import annotations

import json
import os
import sys
from struct import Struct
from typing import BinaryIO

from hardening.errors import ImageError
from hardening.image.codec import encode, frame
from hardening.image.files import FileBlob, OpenFile
from hardening.image.walking import walk_layer

HEAD = Struct("<cQ")
TELL_EVERY = 4 << 20


def main() -> None:
    """Serve until standard input ends."""
    out = os.fdopen(os.dup(1), "wb")
    sys.stdout = sys.stderr
    serve(sys.stdin.buffer, out)


def serve(jobs: BinaryIO, out: BinaryIO) -> None:
    """Answer every job; OSError when nobody listens any more."""
    for line in jobs:
        job = json.loads(line)
        try:
            _answer(job, out)
        except ImageError as error:
            body = json.dumps([error.what, error.why, error.next_step]).encode()
            _send(out, b"E", body)


def _answer(job: dict[str, int], out: BinaryIO) -> None:
    untold = 0

    def tell(amount: int) -> None:
        nonlocal untold
        untold += amount
        if untold >= TELL_EVERY:
            _send(out, b"P", str(untold).encode())
            untold = 0

    file = OpenFile(os.dup(job["descriptor"]), "the image")
    blob = FileBlob(file, job["start"], job["size"])
    walked = walk_layer(blob, tell, verify=bool(job["verify"]))
    _send(out, b"P", str(untold).encode())
    digests = json.dumps([walked.digest, walked.diff_id]).encode()
    _send(out, b"R", frame([digests, encode(walked.columns)]))


def _send(out: BinaryIO, kind: bytes, body: bytes) -> None:
    out.write(HEAD.pack(kind, len(body)))
    out.write(body)
    out.flush()
