"""Under which licences the data comes, by the databases that the records name."""

from __future__ import annotations

from collections.abc import Iterable

_LICENCES = {
    "GHSA": "CC-BY-4.0 (GitHub)",
    "PYSEC": "CC-BY-4.0 (PyPA)",
    "GO": "CC-BY-4.0 (Go)",
    "OSV": "CC-BY-4.0 (OSS-Fuzz)",
    "RUSTSEC": "CC0-1.0 (RustSec)",
    "ALSA": "MIT (AlmaLinux)",
    "ALBA": "MIT (AlmaLinux)",
    "ALEA": "MIT (AlmaLinux)",
    "UBUNTU": "CC-BY-SA-4.0 (Ubuntu)",
    "USN": "CC-BY-SA-4.0 (Ubuntu)",
    "MAL": "Apache-2.0 (OpenSSF)",
    "kev": "CC0-1.0 (CISA)",
    "endoflife": "MIT (endoflife.date)",
}


def licences_of(prefixes: Iterable[str]) -> str:
    """Their licences, each once; "" when none of them is known to state one."""
    found = {_LICENCES[one] for one in prefixes if one in _LICENCES}
    return ", ".join(sorted(found))
