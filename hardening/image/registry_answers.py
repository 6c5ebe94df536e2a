"""What registries answer with, in plain values: bodies, headers, what is left to ask."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from hardening.errors import InputError

if TYPE_CHECKING:
    import httpx


@dataclass(frozen=True, slots=True)
class RateLimit:
    """What a registry says is left: requests, of how many, in a window of seconds (None: not
    said)."""

    remaining: int
    limit: int | None = None
    window: int | None = None


@dataclass(frozen=True, slots=True)
class Answer:
    """Status, headers (lower-case names) and the bounded body of the last address asked."""

    status: int
    headers: dict[str, str]
    body: bytes
    url: str


def rate_limit(headers: dict[str, str]) -> RateLimit | None:
    """`ratelimit-remaining: 76;w=21600` in numbers; None when nothing (or nonsense) is said."""
    remaining, _ = _quota(headers.get("ratelimit-remaining", ""))
    if remaining is None:
        return None
    limit, window = _quota(headers.get("ratelimit-limit", ""))
    return RateLimit(remaining, limit, window)


def _quota(text: str) -> tuple[int | None, int | None]:
    count, _, rest = text[:100].partition(";")
    window = rest.strip().removeprefix("w=")
    return number(count.strip()), number(window)


def number(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 12 else None


def retry_after(text: str, now: datetime) -> int | None:
    """Seconds of `Retry-After`: a number, or an HTTP date (RFC 9110 section 10.2.3); None when
    nothing (or nonsense) is said."""
    from email.utils import parsedate_to_datetime

    seconds = number(text.strip())
    if seconds is not None or not text:
        return seconds
    try:
        until = parsedate_to_datetime(text[:100])
        if until.tzinfo is None:
            until = until.replace(tzinfo=UTC)
        return max(0, round((until - now).total_seconds()))
    except (ValueError, TypeError, OverflowError):
        return None


def json_object(data: bytes, what: str) -> dict[str, Any]:
    """The JSON object of an answer. Raises InputError for anything else."""
    try:
        value = json.loads(data)
    except (ValueError, RecursionError):
        raise InputError(f"The answer of {what} is not JSON") from None
    if not isinstance(value, dict):
        raise InputError(f"The answer of {what} is not a JSON object")
    return value


def headers_of(response: httpx.Response) -> dict[str, str]:
    found: dict[str, str] = {}
    for name, value in response.headers.multi_items():
        found[name] = f"{found[name]}\n{value}" if name in found else value
    return found
