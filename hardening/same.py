"""Keys made of large frozen values: compared by identity, not field by field."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Generic, TypeVar

_T = TypeVar("_T")


@dataclass(frozen=True, slots=True, eq=False)
class Same(Generic[_T]):
    """A large frozen value, equal to itself only. It lives as long as the key that holds it, so
    that no other object can take its identity."""

    value: _T

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Same) and self.value is other.value

    def __hash__(self) -> int:
        return id(self.value)
