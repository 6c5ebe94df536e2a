"""What a container of the subject is shown to need: capabilities and writable paths."""

from __future__ import annotations

from dataclasses import dataclass

from hardening.runtime.capabilities import (
    FileCapabilities,
    Needed,
    needed_capabilities,
    start_file_capabilities,
)
from hardening.runtime.start import Start, start_of
from hardening.runtime.writable import WritablePath, writable_paths
from hardening.subject import Subject


@dataclass(frozen=True, slots=True)
class Needs:
    """Both with their evidence. A need that nothing showed is not in here."""

    capabilities: tuple[Needed, ...]
    writable: tuple[WritablePath, ...]
    file_capabilities: tuple[FileCapabilities, ...] = ()


def needs_of(subject: Subject) -> Needs:
    start: Start = start_of(subject)
    return Needs(needed_capabilities(start), writable_paths(start), start_file_capabilities(start))
