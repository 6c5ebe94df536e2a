"""Vulnerabilities for rule examples: described here, made only where an example is run."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from hardening.advisories.model import Vulnerability


def known(
    identifier: str,
    package: str,
    ecosystem: str,
    installed: str,
    fixed: str,
    *,
    kev: bool = False,
    hidden: str = "",
) -> Callable[[], Vulnerability]:
    """A vulnerability of high severity that its own record tells."""

    def made() -> Vulnerability:
        from hardening.advisories.model import Rating, Vulnerability
        from hardening.model import Severity

        return Vulnerability(
            identifier,
            package,
            ecosystem,
            installed,
            fixed,
            Rating(Severity.HIGH, "NVD", 7.5),
            identifier,
            kev=kev,
            hidden=hidden,
        )

    return made
