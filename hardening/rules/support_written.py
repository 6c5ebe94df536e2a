"""Which files an instruction writes, as far as the Dockerfile says."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from hardening.dockerfile.model import Instruction
from hardening.rules.support import facts
from hardening.rules.support_copy import Transfer, transfers
from hardening.rules.support_downloads import fetched
from hardening.rules.support_stages import last_of_stage
from hardening.subject import Subject


class Written(NamedTuple):
    """A file by its absolute path and the instruction that puts it there."""

    path: str
    by: Instruction


def written_files(subject: Subject) -> Iterator[Written]:
    """Files that a COPY, an ADD or a download of the image that ships writes, by absolute path."""
    for one in transfers(subject):
        if one.placed.shipped and not one.placed.deferred:
            for path in _copied(subject, one):
                yield Written(path, one.instruction)
    for download in fetched(subject):
        output = download.download.output
        if output is None or not output.startswith("/") or "$" in output:
            continue
        if download.run.shipped and not download.run.is_volatile(output):
            yield Written(output, download.run.instruction)


def _copied(subject: Subject, one: Transfer) -> Iterator[str]:
    destination = absolute(subject, one.instruction, one.destination.value)
    if destination is None:
        return
    into = one.destination.value.endswith(("/", "/.")) or one.destination.value == "."
    for word in one.sources:
        base = word.value.rstrip("/").rpartition("/")[2]
        if word.has_variable or not base or set(base) & set("*?[") or base == ".":
            continue
        context = subject.context
        folder = context is not None and context.is_directory(word.value)
        yield f"{destination}/{base}" if into and not folder else destination


def absolute(subject: Subject, at: Instruction, path: str | None) -> str | None:
    """The path in the image, None where it holds a variable or WORKDIR is not known."""
    if path is None or "$" in path:
        return None
    if not path.startswith("/"):
        folder = _workdir(subject, at)
        if folder is None:
            return None
        path = f"{folder}/{path}"
    parts = [part for part in path.split("/") if part not in ("", ".")]
    return None if ".." in parts or not parts else "/" + "/".join(parts)


def _workdir(subject: Subject, at: Instruction) -> str | None:
    known = facts(subject)
    stage = known.dockerfile.stage_of(at)
    found = None if stage is None else last_of_stage(known, stage, "WORKDIR", at.span.start)
    if found is None or not found.value.startswith("/") or "$" in found.value:
        return None
    return found.value
