"""The image that took the place of one that nobody builds any more: OpenJDK by Eclipse Temurin.

Same release of Java, JDK or JRE as before, the same C library; it stands on Ubuntu where the old
one stood on Debian, and Java lies elsewhere.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date

from hardening.dockerfile.model import Dockerfile
from hardening.facts.eol import flavours, releases
from hardening.facts.official import Tag, numbers, read
from hardening.model import Precondition, fails, holds, unknown
from hardening.rewrites.base_image import Candidate, Risk

DEPRECATED_JAVA = frozenset({"openjdk", "java", "adoptopenjdk"})
SUCCESSOR = "eclipse-temurin"
LONG_TERM = (8, 11, 17, 21, 25)
_TAG = re.compile(r"\A(?:1\.)?(\d{1,3})(?:[.u_+][\w.+]*)?(?:-([\w.-]+))?\Z", re.ASCII)
_OTHERS = ("ea", "rc", "loom", "valhalla", "nano", "windows", "openj9", "oracle")
"""Beginnings of words of tags that Temurin has nothing like."""
_OLD_PATHS = ("/usr/local/openjdk-", "/usr/lib/jvm/", "/docker-java-home", "/opt/java/openjdk-")


def java(image: str, text: str) -> Tag | None:
    """The parts of a tag of an image of Java that is no longer built; None for any other."""
    match = _TAG.match(text) if image in DEPRECATED_JAVA else None
    if match is None:
        return None
    words = frozenset((match[2] or "").split("-")) - {""}
    if any(one.startswith(_OTHERS) for one in words):
        return None
    return Tag(image, text, match[1], match[1], words)


def successor(image: str, text: str, today: date) -> Candidate | None:
    """The row for `openjdk:8-jre-slim` and the like; None where there is none."""
    old = java(image, text)
    release = _release(int(old.release), today) if old is not None else ""
    if old is None or not release:
        return None
    musl = any(one.startswith("alpine") for one in old.words)
    flavour = ("jre" if "jre" in old.words else "jdk") + ("-alpine" if musl else "")
    new = read(SUCCESSOR, f"{release}-{flavour}")
    if new is None or flavour not in flavours(SUCCESSOR, release):
        return None
    changes = [f"{image}:{text} → {SUCCESSOR}:{new.text}"]
    changes += [] if release == old.release else [f"Java {old.release} → {release}"]
    gain = f"built again: {image} no longer is"
    return Candidate(new, Risk.FLAVOUR, tuple(changes), (gain,), name=SUCCESSOR, successor=True)


def _release(wanted: int, today: date) -> str:
    """The release itself, else the next one with long-term support."""
    kept = {one.cycle for one in releases(SUCCESSOR) if not one.is_over(today)}
    ahead = (one for one in LONG_TERM if one >= wanted and str(one) in kept)
    return str(next(ahead, ""))


def conditions(dockerfile: Dockerfile, old: Tag, row: Candidate) -> Iterator[Precondition]:
    """That the same Java is there, and that nothing looks for it in the old place."""
    yield holds("The C library stays the same", f"{row.tag.text} is of the kind of {old.text}")
    java_old, java_new = numbers(old.release), numbers(row.tag.release)
    if java_old == java_new:
        yield holds("The release of Java stays the same", f"Java {old.release}")
    else:
        yield unknown("The application runs on the newer Java", "; ".join(row.changes[1:]))
    statement = "Nothing names the folder of the old Java"
    for line, text in enumerate(dockerfile.text.split("\n"), 1):
        found = next((one for one in _OLD_PATHS if one in text), "")
        if found:
            yield fails(statement, f"Line {line} has {found}; it is /opt/java/openjdk now")
            break
    else:
        yield holds(statement, "The Dockerfile was looked at")
    kind = "a newer Alpine" if row.tag.musl else "Ubuntu in the place of Debian"
    yield unknown("Packages and certificates of the other distribution fit", kind)
