"""Judgement: reasons why a hit is probably no secret. A judged hit is demoted with its reason and
still shown, never dropped."""

from __future__ import annotations

import math
import re
from collections import Counter
from typing import Final

from hardening.secrets.engine import Hit

_DOCUMENTED: Final = frozenset(
    {
        "AKIAIOSFODNN7" + "EXAMPLE",
        "AKIAI44QH8DHB" + "EXAMPLE",
        "wJalrXUtnFEMI/K7MDENG/" + "bPxRfiCYEXAMPLEKEY",
        "je7MtGbClwBF/2Zp9Utk/" + "h3yCo8nvbEXAMPLEKEY",
    }
)
_JWT_IO: Final = "eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.eyJzdWIiOiIxMjM0NTY3ODkwIiwibmFtZSI6Ikpva"
_TEMPLATE = re.compile(
    r"\$\{?[A-Za-z_][\w.:-]*\}?|\$\(|`|\{\{|\}\}|<%|%>|%\([\w.]+\)s|#\{|\{[A-Za-z_][\w.]*\}"
    r"|@[A-Z_]{3,}@|^<[^>]+>$|^\[[^\]]+\]$|^%[sd]$|^__\w+__$|process\.env|os\.environ|getenv\("
)
_PLACEHOLDER = re.compile(
    r"(?i)change[_-]?(?:me|it|this)|place[_-]?holder|(?:^|[_\W])your[_\W]|redacted|dummy|fake"
    r"|insert[_-]|replace[_-]?(?:me|this|with)|(?:^|[_\W])todo(?:$|[_\W])|example|sample"
    r"|not[_-]?a[_-]?(?:real|secret)|goes[_-]?here|my[_-](?:secret|token|password|api|key)"
    r"|x{6,}|\*{3,}|\.{4,}|1234567890|abcdefghij|0123456789|deadbeef"
)
_TEST_PATH = re.compile(
    r"(?i)(?:^|/)(?:tests?|testing|testdata|test_data|fixtures?|__tests__|spec|certdata|examples?)/"
    r"|(?:^|/)(?:test_[^/]*|[^/]*(?:_test|\.test|\.spec))\.[a-z]+$"
)
_PASSWORD_FORMATS: Final = frozenset({"password-in-address", "secret-setting", "curl-user"})
_COMMON = re.compile(
    r"(?i)^(?:pass(?:word|wd)?|pwd|pw|secret|token|api[_-]?(?:key|token)|test(?:ing)?|user(?:name)?"
    r"|xxx+|yyy+|zzz+|abc|xyz|foo|bar|baz|some[_-]?\w+|my\w*|.*[<>].*|\[.*\])[>\]'\"]*$"
)


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
    if value in _DOCUMENTED or value.startswith(_JWT_IO):
        return "documented example"
    if hit.format.id.startswith("aws") and value.endswith(("EXAMPLE", "EXAMPLEKEY")):
        return "documented example"
    if hit.commented:
        return "commented out"
    by_value = _by_value(hit, value)
    if by_value:
        return by_value
    if path and _TEST_PATH.search(path):
        return "test data"
    return ""


def _by_value(hit: Hit, value: str) -> str:
    if hit.format.id in ("private-key", "putty-key"):
        return ""
    found = _TEMPLATE.search(value)
    if found and (found.end() - found.start()) * 2 >= len(value):
        return "template that something else fills in"
    if _PLACEHOLDER.search(value) and not _is_long_random(hit, value):
        return "placeholder"
    if hit.format.id in _PASSWORD_FORMATS and _COMMON.match(value):
        return "placeholder"
    if len(set(value)) <= 3 and len(value) > 5:
        return "placeholder"
    if entropy(value) < hit.format.entropy:
        return "low entropy"
    return ""


def _is_long_random(hit: Hit, value: str) -> bool:
    """A word such as `fake` may stand in a long random token by chance."""
    return len(value) >= 60 and hit.format.id not in _PASSWORD_FORMATS and entropy(value) > 4.0
