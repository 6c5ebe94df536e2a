"""Package databases that no cataloger reads: told, so that an image of theirs is no empty one."""

from __future__ import annotations

from collections.abc import Iterator

from hardening.image.model import Image
from hardening.skipped import Skipped

_FOLDERS = {
    "var/lib/pacman/local": "packages of pacman (Arch Linux)",
    "var/db/pkg": "packages of Portage (Gentoo)",
    "nix/store": "packages of Nix",
}


def unread(image: Image) -> Iterator[Skipped]:
    """Databases of this image that are not looked at."""
    for folder, what in _FOLDERS.items():
        if image.tree.children(folder):
            yield Skipped(f"/{folder}", f"{what} are not read")
