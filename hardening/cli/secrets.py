"""`drydock secrets`: what lies in files, folders and images."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Iterator
from datetime import date
from pathlib import Path

from hardening.cli import codes
from hardening.errors import ImageError
from hardening.secrets.model import Secret

_ARCHIVES = (".tar", ".tar.gz", ".tgz", ".tar.xz", ".txz", ".tar.zst", ".tzst")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "targets",
        nargs="+",
        metavar="PATH|IMAGE",
        help="files, folders, image archives, OCI layouts, or images of the engine",
    )
    parser.add_argument("--platform", metavar="OS/ARCH", help="which of a multi-platform image")
    parser.add_argument("--format", choices=("text", "json"), default="text")


def secrets(options: argparse.Namespace) -> int:
    """Print the secrets; 1 when one is neither explained away nor allowed by the settings of its
    folder (of the current one, for an image). Raises InputError, UsageError."""
    from hardening.reports.secrets import Reported, secrets_text, secrets_values

    found = []
    for target in options.targets:
        allowed = _allowed(Path(target))
        found += [
            Reported(target, secret, allowed.get(secret.sha256, ""))
            for secret in scan(target, platform=options.platform)
        ]
    if options.format == "json":
        sys.stdout.write(json.dumps(secrets_values(found), indent=2) + "\n")
    else:
        sys.stdout.write(secrets_text(found))
    return codes.FINDINGS if any(one.counts for one in found) else codes.CLEAN


def _allowed(target: Path) -> dict[str, str]:
    """SHA-256 of the values that may stay, each with its reason; expired entries are left out."""
    from hardening.settings import load_settings

    root = Path.cwd()
    if target.exists() and not is_image(target):
        root = target if target.is_dir() else target.parent
    today = date.today()
    return {
        one.sha256: one.reason
        for one in load_settings(root).allowed_secrets
        if one.expires is None or one.expires >= today
    }


def scan(target: str, *, platform: str | None = None) -> Iterator[Secret]:
    """Secrets of one target: what exists on disk is a file or folder unless it is an image."""
    path = Path(target)
    if path.exists() and not is_image(path):
        from hardening.secrets.folders import scan_paths

        yield from scan_paths((path,))
        return
    from hardening.image.loading import load_files, open_image
    from hardening.secrets.scanner import scan_image

    yield from scan_image(load_files(open_image(target, platform=platform)))


def is_image(path: Path) -> bool:
    """Whether a path on disk is an OCI layout or a saved image."""
    if path.is_dir():
        return (path / "oci-layout").is_file()
    if not path.name.endswith(_ARCHIVES):
        return False
    from hardening.image.loading import open_image

    try:
        open_image(str(path))
    except ImageError:
        return False
    return True
