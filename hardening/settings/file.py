"""Reads `drydock.toml`; every complaint names the file, the key and what is right there."""

from __future__ import annotations

import difflib
import re
import tomllib
from collections.abc import Iterable, Mapping
from datetime import date, datetime
from pathlib import Path
from typing import Any

from hardening.errors import InputError, UsageError
from hardening.model import Profile, Severity
from hardening.settings import (
    LABEL_KINDS,
    AllowedSecret,
    Ignore,
    Settings,
    closest_rule,
    is_known_rule,
    known_rules,
)

MAX_SIZE = 1 << 20

_TOP_KEYS = (
    "profile",
    "fail-on",
    "allowed-registries",
    "labels",
    "strict-labels",
    "shellcheck",
    "severity",
    "ignore",
    "allow-secret",
)
_IGNORE_KEYS = ("rule", "reason", "path", "stage", "expires")
_SECRET_KEYS = ("sha256", "reason", "expires")


def read_settings(file: Path) -> Settings:
    """One settings file. Raises as `hardening.settings.load_settings` does."""
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
            strict_labels=self._switch("strict-labels"),
            shellcheck=self._switch("shellcheck"),
        )

    def _switch(self, key: str) -> bool:
        value = self._table.get(key, False)
        if not isinstance(value, bool):
            raise self._error(key, "is true or false")
        return value

    def _labels(self) -> dict[str, str]:
        section = self._table.get("labels", {})
        if not isinstance(section, dict) or not all(
            kind in LABEL_KINDS for kind in section.values()
        ):
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


def _closest(key: str, keys: tuple[str, ...]) -> str:
    found = difflib.get_close_matches(key, keys, n=1)
    return f"Did you mean {found[0]}?" if found else ""
