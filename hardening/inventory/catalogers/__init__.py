"""The catalogers: each module declares `CATALOGER`, and nothing else registers it."""

from __future__ import annotations

import pkgutil
from functools import cache
from importlib import import_module

from hardening.inventory.frame import Cataloger


@cache
def catalogers() -> tuple[Cataloger, ...]:
    """Every cataloger of this folder, by name."""
    names = sorted(module.name for module in pkgutil.iter_modules(__path__))
    return tuple(import_module(f"{__name__}.{name}").CATALOGER for name in names)
