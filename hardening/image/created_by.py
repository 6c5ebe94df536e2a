"""What one history entry of an image says, whichever builder wrote it.

Forms, as seen in images of these builders (`created_by` has no specification):

    BuildKit          RUN |1 MODE=prod /bin/sh -c make # buildkit
                      COPY --chown=1000:1000 a.txt sub/ # buildkit
                      EXPOSE map[8000/tcp:{}]
    legacy builder    |1 MODE=prod /bin/sh -c make
                      /bin/sh -c #(nop) COPY file:7a37... in ./v
                      /bin/sh -c #(nop) COPY --chown=1000:1000file:beb4... in ./v
    buildah           /bin/sh -c #(nop) COPY dir:d05d... in /app
    kaniko            RUN make
"""

from __future__ import annotations

import re
from dataclasses import dataclass

MAX_TEXT = 64 << 10
"""Characters of one entry that are looked at."""

KEYWORDS = frozenset(
    {
        "ADD",
        "ARG",
        "CMD",
        "COPY",
        "ENTRYPOINT",
        "ENV",
        "EXPOSE",
        "HEALTHCHECK",
        "LABEL",
        "MAINTAINER",
        "ONBUILD",
        "RUN",
        "SHELL",
        "STOPSIGNAL",
        "USER",
        "VOLUME",
        "WORKDIR",
    }
)
LAYER_MAKERS = frozenset({"RUN", "COPY", "ADD"})
"""Instructions that always make a layer; BuildKit's WORKDIR makes one now and then."""

_NOP = "#(nop)"
_BUILDKIT = "# buildkit"
_HIDDEN_SOURCES = re.compile(r"(?:file|dir|multi):[0-9a-f]{8,}(?: | in )")
_SHELL = re.compile(r"(?:^|\s)(?:-\w*c|-Command|/[cC])\s")


@dataclass(frozen=True, slots=True)
class Told:
    """One history entry. `keyword` is "" when the entry is empty. `text` has single spaces; of a
    RUN it still holds the build arguments and the shell in front. `squashed` marks the layer that
    `docker build --squash` made of all own layers."""

    keyword: str
    text: str
    squashed: bool = False


def told(created_by: str, comment: str = "") -> Told:
    """The meaning of one history entry; never raises."""
    text = " ".join(created_by[:MAX_TEXT].split())
    squashed = comment.startswith("merge sha256:")
    text = text.removesuffix(_BUILDKIT).rstrip()
    if _NOP in text:
        keyword, _, rest = text.partition(_NOP)[2].strip().partition(" ")
        return Told(keyword.upper(), rest.strip(), squashed)
    keyword, _, rest = text.partition(" ")
    if keyword in KEYWORDS:
        return Told(keyword, rest.strip(), squashed)
    return Told("RUN" if text else "", text, squashed)


def run_command(text: str) -> str:
    """The command of a RUN entry without build arguments and shell, as far as they can be told."""
    if not text.startswith(("|", "/", "cmd", "powershell", "sh ", "bash ")):
        return text
    found = _SHELL.search(text)
    if found is not None:
        return text[found.end() :]
    return _without_build_arguments(text)


def run_matches(text: str, command: str) -> bool:
    """True when the RUN entry `text` runs exactly `command` (single spaces), with or without build
    arguments and a shell in front."""
    if text == command:
        return True
    if not command or not text.endswith(" " + command):
        return False
    front = text[: -len(command)].rstrip()
    last = front.rpartition(" ")[2]
    return last.startswith("-") or last.upper() == "/C" or front.startswith("|")


def copy_destination(text: str) -> str:
    """Where a COPY or ADD entry copies to, as the entry has it."""
    if _HIDDEN_SOURCES.search(text) and " in " in text:
        return text.rpartition(" in ")[2].strip()
    return text.rpartition(" ")[2]


def copy_sources(text: str) -> tuple[str, ...] | None:
    """What it copies; None when the builder recorded a checksum instead."""
    if _HIDDEN_SOURCES.search(text):
        return None
    parts = [part for part in text.split() if not part.startswith("--")]
    return tuple(parts[:-1])


def readable(created_by: str) -> str:
    """A history entry in the words of a Dockerfile, for people: `RUN make`, `COPY a.txt sub/`."""
    entry = told(created_by)
    if not entry.keyword:
        return ""
    if entry.keyword == "RUN":
        return f"RUN {run_command(entry.text)}"
    return f"{entry.keyword} {entry.text}".rstrip()


def _without_build_arguments(text: str) -> str:
    """`|2 A=b C=d command` → `command`; values with spaces cannot be told apart."""
    if not text.startswith("|"):
        return text
    count, _, rest = text[1:].partition(" ")
    if not (count.isascii() and count.isdigit() and len(count) < 4):
        return text
    parts = rest.split(" ")
    return " ".join(parts[int(count) :])
