"""A label that should be an SPDX licence expression."""

from __future__ import annotations

import re
from collections.abc import Iterator

from hardening.model import Finding, Severity
from hardening.rules.frame import Example, Profile, Rule
from hardening.rules.support_labels import wrong_values
from hardening.subject import Subject

rule = Rule(
    title="Name the licence by its SPDX expression",
    severity=Severity.INFO,
    profile=Profile.ALL,
    why="Licence checks read the label; a free text is skipped or misread, so an image of unknown "
    "licence passes.",
    references=("https://spdx.org/licenses/",),
    aliases=("hadolint:DL3054",),
    bad=(Example('FROM debian:13\nLABEL org.opencontainers.image.licenses="free for all"\n'),),
    good=(
        Example('FROM debian:13\nLABEL org.opencontainers.image.licenses="Apache-2.0"\n'),
        Example('FROM debian:13\nLABEL org.opencontainers.image.licenses="MIT OR GPL-2.0-only"\n'),
        Example(
            'FROM debian:13\nLABEL org.opencontainers.image.licenses="(MIT AND BSD-3-Clause)"\n'
        ),
        Example('FROM debian:13\nLABEL other="free for all"\n'),
    ),
)


WORD = re.compile(
    r"\A(?:[A-Za-z]+(?:[.-][A-Za-z0-9.]+)*-?\d[A-Za-z0-9.-]*\+?|LicenseRef-[A-Za-z0-9.-]+)\Z"
)
PLAIN = frozenset(
    {"mit", "isc", "zlib", "unlicense", "wtfpl", "postgresql", "x11", "ncsa", "curl", "python-2.0"}
    | {"openssl", "ruby", "vim", "php-3.01", "mit-0", "none", "noassertion", "intel", "libpng"}
    | {"bsd-source-code", "beerware", "json", "bsd-3-clause-clear", "ftl", "hpnd", "ijg"}
)


def _is_valid(value: str) -> bool:
    words = [one for one in re.split(r"[\s()]+", value) if one and one not in OPERATORS]
    return bool(words) and all(WORD.match(one) or one.lower() in PLAIN for one in words)


OPERATORS = ("AND", "OR", "WITH")


@rule.check
def find(subject: Subject) -> Iterator[Finding]:
    yield from wrong_values(
        subject,
        rule,
        "spdx",
        _is_valid,
        "an SPDX licence expression",
        "Write an identifier from spdx.org/licenses, such as Apache-2.0",
    )
