"""Which file of the build context stands behind a path of the container."""

from __future__ import annotations

from posixpath import basename, join, normpath

from hardening.dockerfile.model import Instruction
from hardening.runtime.start import Start


def copied_files(start: Start) -> tuple[tuple[Instruction, tuple[str, ...], str], ...]:
    """Every COPY and ADD of the chain that reads the context: instruction, its sources, and the
    absolute destination with a trailing slash where it is a folder. Those with variables that have
    no value are left out."""
    found = []
    for instruction in start.all("COPY", "ADD"):
        if instruction.flag("from") is not None or len(instruction.words) < 2:
            continue
        words = [start.expanded(instruction, word.value) for word in instruction.words]
        if any(word is None for word in words):
            continue
        *sources, target = [word or "" for word in words]
        destination = start.absolute(target, instruction)
        folder = target.endswith(("/", "/.")) or target == "." or len(sources) > 1
        found.append((instruction, tuple(sources), destination + "/" * folder))
    return tuple(found)


def context_path(start: Start, path: str) -> str | None:
    """The context path of the file that ends up at the absolute `path`; None when none does or
    the context is not known. The last COPY wins."""
    context = start.subject.context
    if context is None:
        return None
    for _, sources, destination in reversed(copied_files(start)):
        for source in sources:
            for match in context.glob(source.lstrip("/") or "."):
                candidate = _behind(start, match, destination, path)
                if candidate is not None and context.exists(candidate):
                    return candidate
    return None


def _behind(start: Start, source: str, destination: str, path: str) -> str | None:
    context = start.subject.context
    if context is None:
        return None
    folder = destination.rstrip("/") or "/"
    if source in ("", ".") or context.is_directory(source):
        inside = path.removeprefix(folder.rstrip("/") + "/")
        return normpath(join(source, inside)) if inside != path else None
    target = join(folder, basename(source)) if destination.endswith("/") else folder
    return source if target == path else None
