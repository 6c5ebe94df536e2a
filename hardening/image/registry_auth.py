"""How a registry asks who is there: challenges and tokens.

Sources: RFC 9110 section 11.6.1 (challenges), the distribution project's token authentication
specification (`docs/content/spec/auth`: token and OAuth2 flows).
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

MAX_HEADER = 8192
_SCHEME = re.compile(r"\s*,?\s*([A-Za-z][A-Za-z0-9_-]*)(?=\s|,|\Z)\s*")
_PARAMETER = re.compile(r'\s*,?\s*([A-Za-z_][\w-]*)\s*=\s*(?:"((?:[^"\\]|\\.)*)"|([^\s",]+))')


@dataclass(frozen=True, slots=True)
class Credentials:
    """A name and its secret; `identity_token` instead of both where a helper kept one."""

    username: str = ""
    password: str = field(default="", repr=False)
    identity_token: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True)
class Challenge:
    """One way to authenticate. `scheme` is lower case; parameters by lower-case name."""

    scheme: str
    parameters: tuple[tuple[str, str], ...] = ()

    def get(self, name: str) -> str:
        return next((value for key, value in self.parameters if key == name), "")


def challenges(headers: list[str]) -> tuple[Challenge, ...]:
    """What `WWW-Authenticate` asks for, in order; commas inside quotes and several challenges in
    one header are understood, what cannot be read ends the header."""
    found = []
    for header in headers:
        text, position = header[:MAX_HEADER], 0
        while (match := _SCHEME.match(text, position)) is not None and match.end() > position:
            position = match.end()
            parameters = []
            while (pair := _PARAMETER.match(text, position)) is not None:
                quoted = pair[2]
                value = pair[3] if quoted is None else re.sub(r"\\(.)", r"\1", quoted)
                parameters.append((pair[1].lower(), value))
                position = pair.end()
            found.append(Challenge(match[1].lower(), tuple(parameters)))
    return tuple(found)


def chosen(offered: tuple[Challenge, ...], credentials: Credentials | None) -> Challenge | None:
    """Bearer where it is offered; Basic only when there is a password to give."""
    for one in offered:
        if one.scheme == "bearer" and one.get("realm"):
            return one
    if credentials is None or not credentials.password:
        return None
    return next((one for one in offered if one.scheme == "basic"), None)
