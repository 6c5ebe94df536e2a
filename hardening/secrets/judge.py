"""Judgement: reasons why a hit is probably no secret. A judged hit is demoted with its reason and
still shown, never dropped."""

from __future__ import annotations

import math
import re
from base64 import urlsafe_b64decode
from binascii import Error as Base64Error
from collections import Counter
from typing import Final

from hardening.secrets.credential_names import is_credential_file, is_vendored
from hardening.secrets.engine import Hit

EXAMPLE: Final = "documented example"
TEMPLATE: Final = "template that something else fills in"
PLACEHOLDER: Final = "placeholder"
LOW_ENTROPY: Final = "low entropy"
COMMENTED: Final = "commented out"
TEST_DATA: Final = "test data"
PUBLIC: Final = "public key"
WORDS: Final = "made of words"

_DOCUMENTED: Final = (
    "AKIAIOSFODNN7" + "EXAMPLE",
    "AKIAI44QH8DHB" + "EXAMPLE",
    "wJalrXUtnFEMI/K7MDENG/" + "bPxRfiCYEXAMPLEK",
    "je7MtGbClwBF/2Zp9Utk/" + "h3yCo8nvbEXAMPLEK",
)
_JWT_IO: Final = "eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.eyJzdWIiOiIxMjM0NTY3ODkwIiwibmFtZSI6Ikpva"
_TEMPLATE = re.compile(
    r"\$\{[^{}]*\}|(?:^|(?<=[:/@]))\$[A-Za-z_]\w*(?=$|[:/@])|\$[A-Z_][A-Z0-9_]{3,}|\$\([^)]*\)?|`[^`]*\s[^`]*`?|^`[\w./-]{1,12}$"
    r"|\{\{.*?(?:\}\}|$)|<%.*?%>|%\([\w.]+\)s|#\{[^}]*\}|\{[A-Za-z_][\w.]*\}"
    r"|@[A-Z_]{3,}@|^<[^>]+>$|^\[[^\]]+\]$|^%[sd]$|^%\w+%$|^__\w+__$|process\.env|os\.environ|getenv\("
)
_PLACEHOLDER = re.compile(
    r"(?i)change[_-]?(?:me|it|this)|place[_-]?holder|(?:^|[_\W])your(?![a-z])|redacted"
    r"|(?<![a-z])(?:dummy|fake|example|sample)s?(?![a-z])"
    r"|(?:dummy|fake|example|sample)[_-]?(?:pass|token|key|secret|value|user|api|client|cred|auth)\w*"
    r"|insert[_-]|replace[_-]?(?:me|this|with)|(?:^|[_\W])todo(?:$|[_\W])"
    r"|not[_-]?a[_-]?(?:real|secret)|goes[_-]?here|my[_-](?:secret|token|password|api|key)"
    r"|x{6,}|\*{3,}|#{4,}|\.{3,}$|\.{4,}|1234567890|abcdefghij|0123456789|deadbeef"
)
_TEST_PATH = re.compile(
    r"(?i)(?:^|/)(?:tests?|testing|testdata|test_data|fixtures?|__tests__|spec|certdata|examples?)/"
    r"|(?:^|/)(?:test_[^/]*|tests?|[^/]*(?:[_.-]tests?|[_.]spec|\.examples?))\.[a-z]+$"
)
_PASSWORD_FORMATS: Final = frozenset(
    {"password-in-address", "secret-setting", "curl-user", "sql-password", "env-setting"}
)
_COMMON = re.compile(
    r"(?i)^(?:pass(?:word|wd)?|pwd|pw|secret|token|api[_-]?(?:key|token)|test(?:ing)?|user(?:name)?"
    r"|xxx+|yyy+|zzz+|abc|xyz|foo|bar|baz|<[^<>]*>?|\[.*\]"
    r"|(?:some|my)[_-]?(?:user|super)?[_-]?(?:pass(?:word|wd)?|pwd|pw|secret|token|key|thing|value)?"
    r"(?:[_-]?key)?)[>\]'\"]*$"
)
_PUBLIC_VALUE = re.compile(
    r"-----BEGIN [A-Z ]*PUBLIC|(?:ssh-(?:rsa|ed25519)|ecdsa-sha2-\S+) AAAA|pk_(?:live|test)_"
)
_FILLER = re.compile(r"(?i)x{6}|\*{3}|#{4}|\.{3}|1234567890|0123456789|abcdefghij|deadbeef")
_RANDOM_REST: Final = 12
"""Characters beside the word that make a value more than a placeholder."""


def entropy(value: str) -> float:
    """Shannon entropy in bits per character."""
    total = len(value)
    if not total:
        return 0.0
    return -sum(n / total * math.log2(n / total) for n in Counter(value).values())


def reason_to_demote(hit: Hit, path: str) -> str:
    """Why the hit is probably no secret, "" when nothing speaks against it. `path` is where it
    was found, "" for configuration and history."""
    value = hit.value.decode("latin-1")
    if value.startswith((*_DOCUMENTED, _JWT_IO)):
        return EXAMPLE
    if hit.format.id.startswith("aws") and value.endswith(("EXAMPLE", "EXAMPLEKEY")):
        return EXAMPLE
    if hit.doubt and not (hit.doubt == COMMENTED and _is_random(value, 16)):
        return hit.doubt
    by_value = _by_value(hit, value)
    if by_value:
        return by_value
    return TEST_DATA if _is_test_data(hit, path) else ""


def reason_of_text(value: str) -> str:
    """The same for a value of which only its place on a command line says that it is a secret."""
    if _PLACEHOLDER.search(value) or _COMMON.match(value) or value == "changeit":
        return "" if _is_random(_without_words(value), _RANDOM_REST) else PLACEHOLDER
    return ""


def _by_value(hit: Hit, value: str) -> str:
    kind = hit.format
    if kind.id in ("private-key", "putty-key"):
        return ""
    if kind.public or _PUBLIC_VALUE.match(value):
        return PUBLIC
    found = _TEMPLATE.search(value)
    if found and (found.end() - found.start()) * 2 >= len(value):
        return TEMPLATE
    if _PLACEHOLDER.search(value) and not _is_more_than_words(hit, value):
        return PLACEHOLDER
    if kind.id in _PASSWORD_FORMATS and _COMMON.match(value):
        return PLACEHOLDER
    if len(set(value)) <= 3 and len(value) > 5:
        return PLACEHOLDER
    if entropy(value) < kind.entropy:
        return LOW_ENTROPY
    if kind.keyed and re.fullmatch(r"[a-z/_.=+-]+|[A-Za-z]*[a-z]{12}[A-Za-z/]*", value):
        return WORDS
    if kind.id == "jwt" and not _has_header(value):
        return "no JSON web token: its header cannot be read"
    return ""


def _is_more_than_words(hit: Hit, value: str) -> bool:
    """A word such as `fake` may stand in a long random token by chance, or before a real one."""
    if len(value) >= 60 and hit.format.id not in _PASSWORD_FORMATS and entropy(value) > 4.0:
        return True
    rest = _without_words(value.removeprefix(hit.format.prefix))
    return _is_random(rest, _RANDOM_REST) and not _FILLER.search(value)


def _without_words(value: str) -> str:
    return _PLACEHOLDER.sub("", value)


def _is_random(value: str, least: int) -> bool:
    """Long, mixed and of many different characters: nobody thought it up."""
    mixed = re.search(r"\d", value) and re.search(r"[a-z]", value) and re.search(r"[A-Z]", value)
    return len(value) >= least and bool(mixed) and entropy(value) >= 3.2


def _has_header(value: str) -> bool:
    import json

    head = value.partition(".")[0]
    try:
        return isinstance(json.loads(urlsafe_b64decode(head + "=" * (-len(head) % 4))), dict)
    except (ValueError, Base64Error, RecursionError):
        return False


def _is_test_data(hit: Hit, path: str) -> bool:
    """Where tests lie, tokens without a mark of their own, passwords and keys are made up. In a
    project's own tests a token with a provider's mark is believed, and so is what stands in a
    client's own file (`.npmrc`, `id_rsa`): real ones are put there to make a test pass."""
    if not path or not _TEST_PATH.search(path):
        return False
    return is_vendored(path) or not (hit.format.specific or is_credential_file(path))
