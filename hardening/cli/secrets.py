"""`drydock secrets`: what lies in files, folders and images."""

from __future__ import annotations

import argparse
import os
from collections.abc import Iterable, Iterator
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

from hardening.cli import codes
from hardening.cli.arguments import add_offline, add_platform
from hardening.cli.opening import STANDARD_INPUT, standard_input
from hardening.cli.output import add_output, look_of, progress_of, put, put_json
from hardening.errors import ImageError, InputError
from hardening.progress import SILENT, Progress
from hardening.secrets.model import Secret
from hardening.skipped import Skipped

if TYPE_CHECKING:
    from hardening.reports.secrets import Reported
    from hardening.settings import AllowedSecret, Settings

_ARCHIVES = (".tar", ".tar.gz", ".tgz", ".tar.xz", ".txz", ".tar.zst", ".tzst")
_MAX_INPUT = 64 << 20
EPILOG = codes.text(
    "none is left to look at",
    "secrets that are neither explained away nor allowed by drydock.toml",
)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "targets",
        nargs="+",
        metavar="PATH|IMAGE",
        help="files, folders, image archives, OCI layouts, images of the engine, or - for text on "
        "standard input",
    )
    add_platform(parser)
    add_offline(parser)
    add_output(parser)


def secrets(options: argparse.Namespace) -> int:
    """Print the secrets; 1 when one is neither explained away nor allowed by the settings of its
    folder (of the current one, for an image). Raises InputError, UsageError."""
    from hardening.reports.secrets import Reported, secrets_text, secrets_values

    found: list[Reported] = []
    unread: list[Skipped] = []
    progress = progress_of(options)
    entries: dict[str, AllowedSecret] = {}
    today = date.today()
    for target in options.targets:
        allowed = {one.sha256: one for one in _settings_of(Path(target)).allowed_secrets}
        entries |= allowed
        for secret in scan(target, unread, platform=options.platform, progress=progress):
            entry = allowed.get(secret.sha256)
            holds = entry is not None and (entry.expires is None or entry.expires >= today)
            found.append(Reported(target, secret, entry.reason if entry and holds else ""))
    idle = _idle(entries, found, today)
    if options.format == "json":
        put_json(secrets_values(found, unread, idle), options)
    else:
        put(secrets_text(found, unread, idle, look=look_of(options)), options)
    return codes.FINDINGS if any(one.counts for one in found) else codes.CLEAN


def _settings_of(target: Path) -> Settings:
    """Those of the folder that is searched; of the current one for an image."""
    from hardening.settings import load_settings

    root = Path.cwd()
    if _is_there(target) and not is_image(target):
        root = target if target.is_dir() else target.parent
    return load_settings(root)


def _is_there(path: Path) -> bool:
    try:
        return path.exists()
    except (OSError, ValueError):
        return False


def _idle(
    entries: dict[str, AllowedSecret], found: Iterable[Reported], today: date
) -> list[tuple[AllowedSecret, str]]:
    """Entries of the settings that did nothing, each with why."""
    seen = {one.secret.sha256 for one in found}
    idle = []
    for digest, entry in entries.items():
        if digest not in seen:
            idle.append((entry, "its value was not found: take the entry out when it is gone"))
        elif entry.expires is not None and entry.expires < today:
            idle.append((entry, f"it ended on {entry.expires}: the value counts again"))
    return idle


def scan(
    target: str,
    unread: list[Skipped],
    *,
    platform: str | None = None,
    progress: Progress = SILENT,
) -> Iterator[Secret]:
    """Secrets of one target: what exists on disk is a file or folder unless it is an image. What
    could not be searched is added to `unread`. Raises InputError, ImageError, EngineError."""
    if target == STANDARD_INPUT:
        from hardening.secrets.scanner import scan_text

        text = standard_input(_MAX_INPUT).decode("utf-8", "surrogateescape")
        yield from scan_text(text, "standard input")
        return
    path = Path(target)
    if _is_there(path) and not is_image(path):
        yield from _scan_files(path, unread, progress)
        return
    from hardening.image.loading import load_files, open_image
    from hardening.secrets.scanner import scan_image

    opened = open_image(target, platform=platform, progress=progress)
    yield from scan_image(load_files(opened, progress=progress), progress=progress)


def _scan_files(path: Path, unread: list[Skipped], progress: Progress) -> Iterator[Secret]:
    from hardening.secrets.folders import scan_paths

    if not path.is_file() and not path.is_dir():
        raise InputError(f"{path} is neither a file nor a folder", "", "Name one, or an image.")
    if not os.access(path, os.R_OK):
        raise InputError(f"{path} cannot be read", "permission denied", "Check its permissions.")
    if path.is_file() and path.name.endswith(_ARCHIVES):
        unread.append(
            Skipped(
                f"what is packed in {path}",
                "it is no image, so it was searched as one file",
                "Unpack it and name the folder; save an image again with `docker save`.",
            )
        )
    yield from scan_paths((path,), progress=progress, unread=unread)


def is_image(path: Path) -> bool:
    """Whether a path on disk is an OCI layout or a saved image. Raises ImageError where there is no
    room to uncompress it: then nobody knows."""
    if path.is_dir():
        return (path / "oci-layout").is_file()
    if not path.is_file() or not path.name.endswith(_ARCHIVES):
        return False
    from hardening.image.loading import open_image

    try:
        open_image(str(path))
    except ImageError as error:
        if "is nearly full" in error.why or "No space" in error.why:
            raise
        return False
    return True
