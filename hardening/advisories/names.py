"""Names of packages where their registry takes several ways of writing for one."""

from __future__ import annotations

import re

_SEPARATORS = re.compile(r"[-_.]+")


def normal_name(scheme: str | None, name: str) -> str:
    """The one way of writing: PyPI's (PEP 503) joins words by one hyphen and is in lower case;
    NuGet and Packagist do not tell case apart. `scheme` is that of the ecosystem's versions."""
    if scheme == "pypi":
        return _SEPARATORS.sub("-", name).lower()
    return name.lower() if scheme in ("nuget", "packagist") else name
