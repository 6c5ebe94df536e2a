"""What could be opened in a folder: Dockerfiles, Containerfiles, the services of Compose files."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

COMPOSE_NAMES = ("compose.yaml", "compose.yml", "docker-compose.yaml", "docker-compose.yml")
"""In the order in which Compose prefers them."""

MAX_DEPTH = 3
MAX_ENTRIES = 20_000
_LEFT_OUT = frozenset({"node_modules", "vendor", "venv", "__pycache__", "target", "dist"})
_NOT_DOCKERFILES = (".dockerignore", ".bak", ".orig", ".rej", ".swp", "~", ".md", ".py", ".txt")


@dataclass(frozen=True, slots=True)
class Candidate:
    """Something to open. `kind` is `"dockerfile"`, `"compose"` (a whole file) or `"service"`."""

    path: Path
    kind: str
    label: str
    service: str | None = None
    detail: str = ""


def find_candidates(folder: Path) -> tuple[Candidate, ...]:
    """The folder and `MAX_DEPTH` levels below, hidden and vendored folders left out; the most
    likely first. A Compose file is offered service by service; one that cannot be read is offered
    whole, with the reason in `detail`."""
    found: list[Candidate] = []
    for candidate in _walk(folder):
        if candidate.kind == "compose":
            found.extend(_services_of(candidate))
        else:
            found.append(candidate)
    return tuple(sorted(found, key=lambda one: _order(folder, one)))


def candidates_in(folder: Path) -> tuple[Candidate, ...]:
    """Dockerfiles and Compose files that stand right in the folder, likeliest first."""
    try:
        with os.scandir(folder) as entries:
            names = [entry.name for entry in entries if entry.is_file()]
    except OSError:
        return ()
    found = (_candidate(folder, folder / name) for name in names)
    return tuple(sorted((one for one in found if one), key=lambda one: _order(folder, one)))


def is_compose_name(name: str) -> bool:
    """`compose.yaml`, `docker-compose.prod.yml` and the like."""
    lowered = name.lower()
    return lowered.endswith((".yaml", ".yml"))


def is_dockerfile_name(name: str) -> bool:
    """`Dockerfile`, `Dockerfile.dev`, `dev.Dockerfile`, `Containerfile` and the like."""
    lowered = name.lower()
    if lowered.endswith(_NOT_DOCKERFILES):
        return False
    words = ("dockerfile", "containerfile")
    return any(
        lowered == word
        or lowered.startswith((f"{word}.", f"{word}-"))
        or lowered.endswith(f".{word}")
        for word in words
    )


def _walk(folder: Path) -> list[Candidate]:
    found: list[Candidate] = []
    waiting = [(folder, 0)]
    seen = 0
    while waiting and seen < MAX_ENTRIES:
        current, depth = waiting.pop(0)
        try:
            with os.scandir(current) as entries:
                listing = sorted(entries, key=lambda one: one.name)
        except OSError:
            continue
        for entry in listing:
            seen += 1
            try:
                folder_below = entry.is_dir(follow_symlinks=False)
            except OSError:
                continue
            if folder_below:
                hidden = entry.name.startswith(".") or entry.name in _LEFT_OUT
                if depth < MAX_DEPTH and not hidden:
                    waiting.append((current / entry.name, depth + 1))
            elif candidate := _candidate(folder, current / entry.name):
                found.append(candidate)
    return found


def _candidate(folder: Path, path: Path) -> Candidate | None:
    label = os.path.relpath(path, folder)
    if is_dockerfile_name(path.name):
        return Candidate(path, "dockerfile", label)
    lowered = path.name.lower()
    if is_compose_name(lowered) and ("compose" in lowered):
        return Candidate(path, "compose", label)
    return None


def _services_of(candidate: Candidate) -> list[Candidate]:
    from hardening.compose_file import services
    from hardening.errors import InputError
    from hardening.opening.text_files import read_text

    try:
        found = services(read_text(candidate.path), candidate.path.name)
    except InputError as error:
        return [Candidate(candidate.path, "compose", candidate.label, detail=error.what)]
    return [
        Candidate(
            candidate.path,
            "service",
            f"{candidate.label}#{one.name}",
            service=one.name,
            detail="builds" if one.build is not None else f"image {one.image or 'not named'}",
        )
        for one in found
    ]


def _order(folder: Path, candidate: Candidate) -> tuple[int, int, int, str]:
    depth = len(candidate.path.relative_to(folder).parts)
    kind = 0 if candidate.kind == "dockerfile" else 1
    name = candidate.path.name
    if kind:
        exact = COMPOSE_NAMES.index(name) if name in COMPOSE_NAMES else len(COMPOSE_NAMES)
    else:
        exact = {"Dockerfile": 0, "Containerfile": 1}.get(name, 2)
    return (depth, kind, exact, candidate.label)
