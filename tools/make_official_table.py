"""Makes `hardening/facts/official_table.py` from a listing of the Docker Official Images.

    python tools/make_official_table.py library.json.xz

The listing maps an image to its entries, each with `tags` and `shared_tags`, as
docker-library/official-images (Apache-2.0) writes them. Only facts are kept: the newest version of
each release that `flavours_table` knows, and the distribution behind flavours that name none.
"""

from __future__ import annotations

import json
import lzma
import re
import sys
import textwrap
from pathlib import Path
from typing import Any

from hardening.facts.eol import system_of
from hardening.facts.flavours_table import AS_OF, FLAVOURS

TARGET = Path(__file__).parent.parent / "hardening" / "facts" / "official_table.py"
_VERSION = re.compile(r"\A(\d+(?:\.\d+)+)((?:-.*)?)\Z")
HEAD = '''"""The newest version of each release of the official images, and what they stand on.

`VERSIONS`: release and newest version of it, where every flavour has that version. `SYSTEMS`:
`flavour=distribution` for flavours that name no distribution (`-` for the bare version), where it
is the same for all releases. Made by `tools/make_official_table.py` from
docker-library/official-images (Apache-2.0) as of the day `AS_OF`.
"""

from __future__ import annotations

from datetime import date

AS_OF = date({0.year}, {0.month}, {0.day})

'''


def main(listing: str) -> None:
    library = json.loads(lzma.decompress(Path(listing).read_bytes()))
    versions, systems = {}, {}
    for image in sorted(FLAVOURS):
        tags = [_all(entry) for entry in library[image]["entries"]]
        versions[image] = "; ".join(_versions(image, tags))
        systems[image] = " ".join(_systems(image, tags))
    text = HEAD.format(AS_OF) + _table("VERSIONS", versions) + "\n" + _table("SYSTEMS", systems)
    TARGET.write_text(text)


def _all(entry: dict[str, Any]) -> set[str]:
    return {*entry["tags"], *(entry.get("shared_tags") or ())}


def _versions(image: str, entries: list[set[str]]) -> list[str]:
    every = set().union(*entries)
    found = []
    for release, flavours in FLAVOURS[image].items():
        words = ["" if one == "-" else f"-{one}" for one in flavours.split()]
        numbers = {
            match[1]
            for tag in every
            if (match := _VERSION.match(tag)) and match[1].startswith(release + ".")
        }
        whole = [one for one in numbers if all(one + word in every for word in words)]
        if release and whole:
            found.append(f"{release} {max(whole, key=_order)}")
    return found


def _order(version: str) -> tuple[int, ...]:
    return tuple(int(part) for part in version.split("."))


def _systems(image: str, entries: list[set[str]]) -> list[str]:
    seen: dict[str, set[str]] = {}
    for release, flavours in FLAVOURS[image].items():
        for word in flavours.split() if release else ():
            tokens = [] if word == "-" else word.split("-")
            if any(system_of(token) for token in tokens):
                continue
            tag = release if word == "-" else f"{release}-{word}"
            for entry in (one for one in entries if tag in one and not _windows(one)):
                kin = {token for other in entry for token in other.split("-") if system_of(token)}
                seen.setdefault(word, set()).add(kin.pop() if len(kin) == 1 else "")
    return sorted(f"{word}={one}" for word, (one, *more) in seen.items() if one and not more)


def _windows(tags: set[str]) -> bool:
    return any("windows" in tag or "nanoserver" in tag for tag in tags)


def _table(name: str, rows: dict[str, str]) -> str:
    lines = [f"{name}: dict[str, str] = {{"]
    for image, text in rows.items():
        if not text:
            continue
        parts = textwrap.wrap(text, 86, break_long_words=False, break_on_hyphens=False)
        if len(parts) == 1 and len(image) + len(text) < 88:
            lines.append(f'    "{image}": "{text}",')
            continue
        lines.append(f'    "{image}": (')
        lines += [f'        "{part} "' for part in parts[:-1]]
        lines += [f'        "{parts[-1]}"', "    ),"]
    return "\n".join([*lines, "}", ""])


if __name__ == "__main__":
    main(sys.argv[1])
