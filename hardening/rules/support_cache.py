"""Answers about a build context, worked out once: a context does not change."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from typing import Any, ParamSpec, TypeVar

Arguments = ParamSpec("Arguments")
Answer = TypeVar("Answer")


def remembered(function: Callable[Arguments, Answer]) -> Callable[Arguments, Answer]:
    """Decorator: keeps the last answers by the arguments' identity or value."""
    cached: Any = lru_cache(maxsize=256)(function)

    def look_up(*args: Arguments.args, **kwargs: Arguments.kwargs) -> Answer:
        answer: Answer = cached(*args, **kwargs)
        return answer

    return look_up
