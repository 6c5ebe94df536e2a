"""Reads one report file, whichever tool wrote it."""

from __future__ import annotations

import json
from functools import lru_cache
from itertools import islice
from pathlib import Path

from hardening.errors import InputError
from hardening.imports import checkov, dockle, grype, lint, sarif, trivy
from hardening.imports.model import Imported

MAX_BYTES = 64 * 1024 * 1024
MAX_RESULTS = 50_000
FORMATS = {
    "SARIF": sarif,
    "Trivy": trivy,
    "Grype": grype,
    "Dockle": dockle,
    "checkov": checkov,
    "hadolint or ShellCheck": lint,
}


def read_import(path: Path) -> Imported:
    """The results of a report; a file that did not change is read once. Raises InputError for
    what cannot be read or nobody knows."""
    try:
        state = path.stat()
    except (OSError, ValueError) as error:
        raise _unreadable(path, error) from error
    return _read(path, (state.st_mtime_ns, state.st_size, state.st_ino))


def _unreadable(path: Path, error: Exception) -> InputError:
    why = getattr(error, "strerror", None) or str(error)
    return InputError(f"{path} cannot be read", why, "Check the path given to --import.")


@lru_cache(maxsize=32)
def _read(path: Path, _state: tuple[int, int, int]) -> Imported:
    try:
        with path.open("rb") as file:
            data = file.read(MAX_BYTES + 1)
    except OSError as error:
        raise _unreadable(path, error) from error
    if len(data) > MAX_BYTES:
        raise InputError(f"{path} is too large", "a report has at most 64 MiB", "Filter it first.")
    try:
        document = json.loads(data)
    except (ValueError, RecursionError) as error:
        raise InputError(
            f"{path} is not a JSON report", str(error), "Write it with JSON or SARIF as the format."
        ) from error
    for name, reader in FORMATS.items():
        if reader.matches(document):
            found = tuple(islice(reader.results(document), MAX_RESULTS + 1))
            if len(found) > MAX_RESULTS:
                raise InputError(
                    f"{path} has too many results", f"at most {MAX_RESULTS}", "Filter it first."
                )
            return Imported(name, found)
    raise InputError(
        f"{path} is no report that drydock knows",
        "it reads SARIF and the JSON of " + ", ".join(list(FORMATS)[1:]),
        "Write it with one of these formats.",
    )
