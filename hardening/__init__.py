"""The engine of drydock: open a subject, analyse it, plan fixes, replay them, write.

    from hardening import Plan, fix_key, open_subject, write
    from hardening.replay import replay

Attributes are loaded when they are first used, so that importing a part does not import all.
`analyse` and `replay` are modules of this package too, so the functions are taken from there.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

from hardening.version import VERSION

__version__ = VERSION

if TYPE_CHECKING:
    from hardening.opening import open_subject
    from hardening.plan import Plan, fix_key
    from hardening.replay import all_fixes
    from hardening.subject import Subject
    from hardening.writing import write, write_patch

__all__ = [
    "Plan",
    "Subject",
    "__version__",
    "all_fixes",
    "fix_key",
    "open_subject",
    "write",
    "write_patch",
]

_HOMES = {
    "Plan": "plan",
    "Subject": "subject",
    "all_fixes": "replay",
    "fix_key": "plan",
    "open_subject": "opening",
    "write": "writing",
    "write_patch": "writing",
}


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module 'hardening' has no attribute {name!r}")
    return getattr(import_module(f"hardening.{_HOMES[name]}"), name)
