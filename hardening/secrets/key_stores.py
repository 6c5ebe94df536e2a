"""Files that are a secret as a whole, told by their first bytes, and the commands somebody typed.

Sources: Java KeyStore, PKCS 12, KeePass and NSS headers, MIT Kerberos keytab, MySQL's
`.mylogin.cnf` (four zero bytes, a length of twenty, then the key that scrambles the rest), VNC's
`passwd` (eight bytes under a key that everybody knows), GnuPG's `private-keys-v1.d`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from hardening.model import Severity
from hardening.secrets.engine import Hit
from hardening.secrets.kinds import kind_of_file

WHOLE = kind_of_file("secret-file", "File that is a secret as a whole", Severity.HIGH)
STORE = kind_of_file("key-store", "Key store", Severity.HIGH)
SCRAMBLED = kind_of_file("scrambled-password", "Password that is only scrambled", Severity.HIGH)
TYPED = kind_of_file("typed-password", "Password in a command somebody typed", Severity.HIGH)

MAX_HISTORY: Final = 256 << 10
"""Bytes of a history that are read as commands."""
_MAGICS: Final = (
    b"\xfe\xed\xfe\xed",
    b"\xce\xce\xce\xce",
    b"\x03\xd9\xa2\x9a",
    b"\x05\x02\0",
    b"SQLite format 3\0",
    b"(21:protected-private-key",
    b"(11:private-key",
    b"Key: (protected-private-key",
    b"Key: (private-key",
)
_TIME = re.compile(rb"(?m)^(?:#\d{9,11}$|: \d{9,11}:\d+;)")


def whole(data: bytes) -> Iterator[Hit]:
    """One line that is the secret."""
    value = data.strip()
    if 8 <= len(value) <= 4096 and b"\n" not in value:
        start = data.find(value)
        yield Hit(WHOLE, value, start, start + len(value))


def store(data: bytes) -> Iterator[Hit]:
    is_pkcs12 = data[:1] == b"\x30" and b"\x02\x01\x03\x30" in data[1:12]
    if data.startswith(_MAGICS) or is_pkcs12:
        yield Hit(STORE, data[:4096], 0, min(len(data), 4096))


def scrambled(data: bytes) -> Iterator[Hit]:
    """MySQL's login path, or VNC's password file."""
    is_login = data.startswith(b"\0\0\0\0") and len(data) > 24
    if is_login or len(data) in (8, 16):
        yield Hit(SCRAMBLED, data[:4096], 0, min(len(data), 4096))


def history(data: bytes) -> Iterator[Hit]:
    """Passwords in the arguments of commands."""
    from hardening.secrets.command_lines import parsed, passwords_of_script

    if b"\0" in data[:8192]:
        return
    lines = _TIME.sub(lambda found: b" " * len(found[0]), data[:MAX_HISTORY])
    text = lines.decode("latin-1")
    for one in passwords_of_script(parsed(text)):
        start, end = one.span.start, one.span.end
        yield Hit(TYPED, data[start:end], start, end, one.option, one.demoted)
