"""`drydock.toml`: what a project decided about its findings.

    profile = "hardening"                  # or "all", which adds style rules
    fail-on = "high"                       # when --fail-on is not given
    allowed-registries = ["docker.io", "registry.example/team"]

    strict-labels = false                  # other labels than these are findings
    shellcheck = true                      # ask the shellcheck on the PATH about every RUN

    [labels]                               # what every image must have
    "org.opencontainers.image.source" = "url"

    [severity]
    root-user = "critical"

    [[ignore]]
    rule = "unpinned-base"                 # an id, or another tool's: "hadolint:DL3006"
    reason = "The base is rebuilt nightly"
    path = "legacy/*"                      # optional; * also matches /
    stage = "build"                        # optional
    expires = 2026-12-31                   # optional; the finding is back the day after

    [[allow-secret]]
    sha256 = "..."                         # of the value, as the report shows it
    reason = "Documented test key"

The file is looked for in the folder and its parents, up to the one that holds `.git`.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import cache
from pathlib import Path

from hardening.model import Profile, Severity

FILE_NAME = "drydock.toml"
LABEL_KINDS = ("text", "url", "rfc3339", "spdx", "hash", "semver", "email")


@dataclass(frozen=True, slots=True)
class Ignore:
    """Findings of one rule to leave out. `where` names the entry for messages."""

    rule: str
    reason: str
    path: str | None = None
    stage: str | None = None
    expires: date | None = None
    where: str = FILE_NAME


@dataclass(frozen=True, slots=True)
class AllowedSecret:
    """A secret value that is known and may stay, by the SHA-256 of the value."""

    sha256: str
    reason: str
    expires: date | None = None
    where: str = FILE_NAME


@dataclass(frozen=True)
class Settings:
    """What a project decided; the defaults when it has no file. `file` is where it was read."""

    profile: Profile = Profile.HARDENING
    severities: Mapping[str, Severity] = field(default_factory=dict)
    ignores: tuple[Ignore, ...] = ()
    allowed_registries: tuple[str, ...] = ()
    """Empty: every registry is allowed."""
    allowed_secrets: tuple[AllowedSecret, ...] = ()
    fail_on: Severity | None = None
    file: Path | None = None
    labels: Mapping[str, str] = field(default_factory=dict)
    """Labels that every image must have, and of which kind their values are (LABEL_KINDS)."""
    strict_labels: bool = False
    """Labels that `labels` does not name are findings too."""
    shellcheck: bool = False
    """Ask a ShellCheck program about every RUN, where there is one."""

    def allows_registry(self, reference: str) -> bool:
        """Whether an image reference comes from an allowed registry (or folder of one).

        A reference without a registry is `docker.io`'s, without a folder its `library`'s.
        """
        if not self.allowed_registries:
            return True
        full = _with_registry(reference)
        return any(
            full == allowed or full.startswith((allowed + "/", allowed + ":", allowed + "@"))
            for allowed in (one.rstrip("/") for one in self.allowed_registries)
        )

    def allowed_secret(self, sha256: str) -> AllowedSecret | None:
        return next((one for one in self.allowed_secrets if one.sha256 == sha256.lower()), None)


def load_settings(root: Path) -> Settings:
    """The settings in force for a folder. Raises UsageError for a mistake in the file, with its
    name and the key, InputError when it cannot be read."""
    file = _find(root)
    if file is None:
        return Settings()
    from hardening.settings.file import read_settings

    return read_settings(file)


@cache
def known_rules() -> frozenset[str]:
    """Ids of all rules, from their file names: no rule is imported."""
    folder = Path(__file__).parent.parent / "rules"
    return frozenset(
        file.stem.replace("_", "-")
        for file in folder.glob("*/*.py")
        if not file.stem.startswith("_")
    )


def is_known_rule(name: str) -> bool:
    """False for what looks like one of our ids and is none; other tools' ids pass."""
    return not re.fullmatch(r"[a-z0-9]+(?:-[a-z0-9]+)*", name) or name in known_rules()


def closest_rule(name: str) -> str:
    """`Did you mean root-user?`, or "" when nothing is close."""
    import difflib

    found = difflib.get_close_matches(name, known_rules(), n=1)
    return f"Did you mean {found[0]}?" if found else ""


def _find(root: Path) -> Path | None:
    start = root.absolute()
    for folder in (start, *start.parents):
        file = folder / FILE_NAME
        if file.is_file():
            return file
        if (folder / ".git").exists():
            return None
    return None


def _with_registry(reference: str) -> str:
    first, slash, _ = reference.partition("/")
    if slash and ("." in first or ":" in first or first == "localhost"):
        return reference
    return f"docker.io/{reference}" if slash else f"docker.io/library/{reference}"
