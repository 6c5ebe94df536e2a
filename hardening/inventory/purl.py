"""Package URLs. Format: package-url/purl-spec, PURL-SPECIFICATION and PURL-TYPES."""

from __future__ import annotations

import re
from collections.abc import Iterable
from urllib.parse import quote

_PLAIN = re.compile(r"[\w.~:-]*", re.ASCII).fullmatch
_LOWER = frozenset({"deb", "apk", "rpm", "composer", "golang", "npm"})


def package_url(
    kind: str,
    name: str,
    version: str = "",
    *,
    namespace: str = "",
    qualifiers: Iterable[tuple[str, str]] = (),
) -> str:
    """The canonical package URL. Names of npm, Go and Composer bring their namespace along
    (`@scope/name`), Maven's is before the colon."""
    space, own = _parts(kind, name)
    space = space or namespace
    if kind in _LOWER:
        space = space.lower()
        own = own if kind == "rpm" else own.lower()
    if kind == "pypi":
        own = re.sub(r"[-_.]+", "-", own).lower()
    path = [_quoted(part) for part in space.split("/") if part]
    text = "/".join((f"pkg:{kind}", *path, _quoted(own)))
    version = version.strip()
    if version:
        text += "@" + _quoted(version)
    pairs = sorted((key, value) for key, value in qualifiers if value)
    if pairs:
        text += "?" + "&".join(f"{key}={_quoted(value)}" for key, value in pairs)
    return text


def _parts(kind: str, name: str) -> tuple[str, str]:
    if kind == "maven":
        group, colon, artifact = name.partition(":")
        return (group, artifact) if colon and artifact else ("", name)
    if kind in ("npm", "golang", "composer"):
        space, _, own = name.rpartition("/")
        return (space, own) if own else ("", name)
    return "", name


def _quoted(text: str) -> str:
    if _PLAIN(text):
        return text
    return quote(text, safe="-._~:", encoding="utf-8", errors="replace")
