"""What must hold before a base gives way to another, as far as Dockerfile and image show it."""

from __future__ import annotations

import re
from collections.abc import Iterator

from hardening.dockerfile.model import Dockerfile, Stage
from hardening.facts.official import Tag
from hardening.image.model import Image
from hardening.model import Precondition, Verdict, fails, holds, unknown
from hardening.rewrites.base_image import DATABASES, Candidate, Risk

_FULL_ONLY = frozenset(
    {
        "gcc", "g++", "cc", "c++", "make", "cmake", "autoconf", "automake", "git", "hg", "svn",
        "bzr", "curl", "wget", "ssh", "scp", "rsync", "unzip", "file", "patch", "pkg-config",
        "convert", "identify", "mysql_config", "mysql", "psql", "pg_config", "xz", "bzip2",
        "gpg", "ps",
    }
)  # fmt: skip
"""Commands of the full images (`buildpack-deps` beneath them) that the slim ones lack."""
_SLIM_HAS = re.compile(
    r"(?:lib(?:c|m|pthread|dl|rt|util|resolv|gcc_s|stdc\+\+|z|crypt|ssl|crypto|sqlite3|ffi|lzma|bz2|"
    r"uuid|ncursesw|tinfo|readline|expat|python3[\w.]*|ruby[\w.]*)|ld-linux[\w-]*)\.so\b"
)
"""Libraries that the slim images of Python and Ruby, and those of Debian, come with."""
PLAIN_SYSTEMS = frozenset({"debian", "ubuntu"})


def conditions(
    dockerfile: Dockerfile, stage: Stage, old: Tag, row: Candidate, image: Image | None = None
) -> tuple[Precondition, ...]:
    """All preconditions of moving the stage's base from `old` to a row."""
    if row.successor:
        from hardening.rewrites.base_successor import conditions as of_successor

        return tuple(of_successor(dockerfile, old, row))
    if row.name or row.libc_changes:
        from hardening.rewrites.base_image_far import alpine, distroless

        if row.name:
            return tuple(distroless(dockerfile, stage, row, image))
        return tuple(alpine(dockerfile, stage, image))
    same = holds("The C library stays the same", "The kind of distribution does not change")
    if row.risk is Risk.FLAVOUR:
        moved = unknown("Packages of the newer release fit", "; ".join(row.changes[1:]))
        more = (moved,) if row.changes[1:] else ()
        return (same, *_slim(dockerfile, stage, old, image), *more)
    return (same, *_version(old, row))


def _version(old: Tag, row: Candidate) -> Iterator[Precondition]:
    changed = "; ".join(row.changes)
    if row.risk is Risk.REFRESH:
        yield holds("The tag stays the same", changed)
    elif row.risk is Risk.PATCH:
        if old.system is None and old.image not in (*PLAIN_SYSTEMS, "alpine"):
            yield unknown(
                "The distribution stays the same",
                f"{old.text} names none and may have stood on an older one",
            )
        yield holds("Only the last part of the version changes", changed)
    elif row.risk is Risk.SYSTEM:
        yield unknown("Packages of the newer distribution fit", changed)
    elif row.risk is Risk.MAJOR and old.image.rpartition("/")[2] in DATABASES:
        yield fails("The data on disk needs no migration", f"Another major release: {changed}")
    else:
        yield unknown(f"The application runs on the newer {old.image}", changed)


def _slim(
    dockerfile: Dockerfile, stage: Stage, old: Tag, image: Image | None
) -> Iterator[Precondition]:
    statement = "No RUN, start command or health check uses what the slim image leaves out"
    if old.image in PLAIN_SYSTEMS:
        yield holds(statement, "It leaves out documentation only")
        return
    from hardening.rewrites.base_image_uses import uses_of

    uses = uses_of(dockerfile, stage, image)
    used = {name: where for name, where in uses.commands.items() if name in _FULL_ONLY}
    if used:
        told = ", ".join(f"{name} ({where})" for name, where in sorted(used.items()))
        yield fails(statement, f"Used: {told}")
        return
    if uses.unread:
        yield unknown(statement, f"Not read: {uses.unread}")
    else:
        yield holds(statement, "Every command of every instruction was looked at")
    if uses.builds:
        names = ", ".join(sorted(uses.builds))
        yield unknown("No dependency is compiled at installation", f"{names} may compile")
    yield _libraries(image)


def _libraries(image: Image | None) -> Precondition:
    """Whether the programs and libraries that the own layers add find what they load in slim."""
    statement = "Programs that were added load nothing that the slim image leaves out"
    from hardening.rewrites.base_image_own import own_programs

    own = own_programs(image)
    if own.why:
        return unknown(statement, own.why)
    left = sorted(one for one in own.needed if not _SLIM_HAS.match(one))
    if left:
        return fails(statement, f"Needed: {', '.join(left[:8])}")
    return holds(statement, f"{own.programs} programs and libraries of the own layers were read")


def all_hold(found: tuple[Precondition, ...]) -> bool:
    return all(one.verdict is Verdict.HOLDS for one in found)
