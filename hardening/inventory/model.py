"""Packages of an image, with what says so and what brought them."""

from __future__ import annotations

from dataclasses import dataclass

from hardening.image.model import Origin
from hardening.image.release import OsRelease
from hardening.skipped import Skipped


@dataclass(frozen=True, slots=True)
class Package:
    """One installed package.

    `type` is the type of its package URL (`deb`, `apk`, `rpm`, `pypi`, `npm`, `golang`, ...);
    `name` is as written, a Maven name is `group:artifact`. `path` is the file that says so, without
    leading slash; it is "" where the image's configuration says so. `layer` is the first layer that
    held this very version (None: configuration), `instruction` the index of the Dockerfile
    instruction that made it. `owned_by` names the system package whose file list holds `path`.
    `tooling` is true for what only a package manager itself uses (npm's own modules). `vendor` is
    who made a system package as its database says (dpkg's Maintainer, RPM's Vendor).
    """

    type: str
    name: str
    version: str
    source_name: str
    source_version: str
    purl: str
    path: str
    layer: int | None
    base: Origin
    instruction: int | None = None
    owned_by: str | None = None
    arch: str = ""
    tooling: bool = False
    vendor: str = ""


@dataclass(frozen=True, slots=True)
class Inventory:
    """What an image holds, sorted by type, name, version and path. `not_assessed` tells which
    databases could not be read and why: their packages are missing from the list."""

    packages: tuple[Package, ...]
    release: OsRelease | None
    not_assessed: tuple[Skipped, ...] = ()
