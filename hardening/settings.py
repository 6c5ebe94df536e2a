"""`drydock.toml`: what a project decided about its findings.

    profile = "hardening"                  # or "all", which adds style rules
    fail-on = "high"                       # when --fail-on is not given
    allowed-registries = ["docker.io", "registry.example/team"]

    strict-labels = false                  # other labels than these are findings

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

import difflib
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import cache
from pathlib import Path
from typing import Any

from hardening.errors import InputError, UsageError
from hardening.model import Profile, Severity

FILE_NAME = "drydock.toml"
MAX_SIZE = 1 << 20

_TOP_KEYS = ("profile", "fail-on", "allowed-registries", "severity", "ignore", "allow-secret")
_TOP_KEYS += ("labels", "strict-labels")
LABEL_KINDS = ("text", "url", "rfc3339", "spdx", "hash", "semver", "email")
_IGNORE_KEYS = ("rule", "reason", "path", "stage", "expires")
_SECRET_KEYS = ("sha256", "reason", "expires")


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
    return Settings() if file is None else read_settings(file)


def read_settings(file: Path) -> Settings:
    """One settings file. Raises as `load_settings` does."""
    import tomllib

    try:
        data = file.read_bytes()
    except OSError as error:
        raise InputError(f"{file} cannot be read", error.strerror or str(error)) from None
    if len(data) > MAX_SIZE:
        raise InputError(f"{file} is too large", f"more than {MAX_SIZE >> 20} MiB")
    try:
        table = tomllib.loads(data.decode("utf-8"))
    except UnicodeDecodeError:
        raise UsageError(f"{file} is not UTF-8 text", "", "Save it as UTF-8.") from None
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        raise UsageError(f"{file} is not valid TOML", str(error), "Correct that line.") from None
    return _Reader(file, table).settings()


@cache
def known_rules() -> frozenset[str]:
    """Ids of all rules, from their file names: no rule is imported."""
    folder = Path(__file__).parent / "rules"
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
    found = difflib.get_close_matches(name, known_rules(), n=1)
    return f"Did you mean {found[0]}?" if found else ""


class _Reader:
    """Turns one TOML document into settings; every complaint names the file and the key."""

    def __init__(self, file: Path, table: dict[str, Any]) -> None:
        self._file = file
        self._table = table

    def settings(self) -> Settings:
        table = self._table
        self._known(table, _TOP_KEYS, "")
        return Settings(
            profile=Profile(
                self._choice(table, "profile", [one.value for one in Profile], "hardening")
            ),
            severities=self._severities(),
            ignores=tuple(
                self._ignore(entry, f"ignore[{index}]")
                for index, entry in enumerate(self._tables("ignore"), 1)
            ),
            allowed_registries=self._texts("allowed-registries"),
            allowed_secrets=tuple(
                self._secret(entry, f"allow-secret[{index}]")
                for index, entry in enumerate(self._tables("allow-secret"), 1)
            ),
            fail_on=self._severity(table["fail-on"], "fail-on") if "fail-on" in table else None,
            file=self._file,
            labels=self._labels(),
            strict_labels=table.get("strict-labels") is True,
        )

    def _labels(self) -> dict[str, str]:
        section = self._table.get("labels", {})
        if not isinstance(section, dict) or not all(kind in LABEL_KINDS for kind in section.values()):
            raise self._error("labels", f"is a table of key = one of {', '.join(LABEL_KINDS)}")
        return dict(section)

    def _severities(self) -> dict[str, Severity]:
        section = self._table.get("severity", {})
        if not isinstance(section, dict):
            raise self._error("severity", "is a table of rule = severity")
        for rule in section:
            self._rule(rule, f"severity.{rule}", aliases=False)
        return {rule: self._severity(value, f"severity.{rule}") for rule, value in section.items()}

    def _ignore(self, entry: dict[str, Any], where: str) -> Ignore:
        self._known(entry, _IGNORE_KEYS, where)
        return Ignore(
            rule=self._rule(self._text(entry, "rule", where), f"{where}.rule"),
            reason=self._text(entry, "reason", where),
            path=self._optional(entry, "path", where),
            stage=self._optional(entry, "stage", where),
            expires=self._date(entry, where),
            where=f"{self._file.name} {where}",
        )

    def _secret(self, entry: dict[str, Any], where: str) -> AllowedSecret:
        self._known(entry, _SECRET_KEYS, where)
        digest = self._text(entry, "sha256", where).lower()
        if not re.fullmatch(r"[0-9a-f]{64}", digest):
            raise self._error(f"{where}.sha256", "is 64 hexadecimal digits")
        return AllowedSecret(
            sha256=digest,
            reason=self._text(entry, "reason", where),
            expires=self._date(entry, where),
            where=f"{self._file.name} {where}",
        )

    def _known(self, table: Mapping[str, Any], keys: tuple[str, ...], where: str) -> None:
        for key in table:
            if key not in keys:
                full = f"{where}.{key}" if where else key
                raise UsageError(
                    f"{self._file} has an unknown key {full}",
                    f"known keys here: {', '.join(keys)}",
                    _closest(key, keys),
                )

    def _rule(self, name: str, where: str, *, aliases: bool = True) -> str:
        if is_known_rule(name) and (aliases or name in known_rules()):
            return name
        hint = closest_rule(name) or "See `drydock rules`."
        raise UsageError(f"{self._file}: {where} names no rule", f"{name!r}", hint)

    def _severity(self, value: object, where: str) -> Severity:
        for severity in Severity:
            if value == severity.label:
                return severity
        raise self._error(where, f"is one of {', '.join(one.label for one in Severity)}")

    def _choice(self, table: dict[str, Any], key: str, values: Iterable[str], default: str) -> str:
        value = table.get(key, default)
        if value not in values:
            raise self._error(key, f"is one of {', '.join(values)}")
        return str(value)

    def _tables(self, key: str) -> list[dict[str, Any]]:
        value = self._table.get(key, [])
        if not isinstance(value, list) or not all(isinstance(one, dict) for one in value):
            raise self._error(key, f"is a list of tables: write [[{key}]]")
        return value

    def _texts(self, key: str) -> tuple[str, ...]:
        value = self._table.get(key, [])
        if not isinstance(value, list) or not all(isinstance(one, str) for one in value):
            raise self._error(key, "is a list of texts")
        return tuple(value)

    def _text(self, entry: dict[str, Any], key: str, where: str) -> str:
        value = entry.get(key)
        if not isinstance(value, str) or not value.strip():
            raise self._error(f"{where}.{key}", "is required, and a text")
        return value.strip()

    def _optional(self, entry: dict[str, Any], key: str, where: str) -> str | None:
        return self._text(entry, key, where) if key in entry else None

    def _date(self, entry: dict[str, Any], where: str) -> date | None:
        value = entry.get("expires")
        if isinstance(value, datetime):
            return value.date()
        if value is None or isinstance(value, date):
            return value
        try:
            return date.fromisoformat(str(value))
        except ValueError:
            raise self._error(f"{where}.expires", "is a date such as 2026-12-31") from None

    def _error(self, key: str, rule: str) -> UsageError:
        return UsageError(f"{self._file}: {key} {rule}", "", "Correct it in the file.")


def _find(root: Path) -> Path | None:
    start = root.absolute()
    for folder in (start, *start.parents):
        file = folder / FILE_NAME
        if file.is_file():
            return file
        if (folder / ".git").exists():
            return None
    return None


def _closest(key: str, keys: tuple[str, ...]) -> str:
    found = difflib.get_close_matches(key, keys, n=1)
    return f"Did you mean {found[0]}?" if found else ""


def _with_registry(reference: str) -> str:
    first, slash, _ = reference.partition("/")
    if slash and ("." in first or ":" in first or first == "localhost"):
        return reference
    return f"docker.io/{reference}" if slash else f"docker.io/library/{reference}"
