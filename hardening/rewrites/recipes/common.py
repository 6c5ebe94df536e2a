"""What recipes share: COPY lines, exec forms, releases, and preconditions about the image."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import TYPE_CHECKING

from hardening.dockerfile.model import Instruction
from hardening.model import Precondition, holds, unknown
from hardening.rewrites.build_stage import BuildStage
from hardening.rewrites.packages import RuntimePackages

if TYPE_CHECKING:
    from hardening.image.elf import ElfFacts

LIBRARIES = "Every shared library that is needed is in the runtime image"
CERTIFICATES = "/etc/ssl/certs/ca-certificates.crt"
_ELF_BYTES = 1 << 20


def copy_lines(stage: str, paths: Iterable[str], owner: str = "") -> list[str]:
    """`COPY --from=STAGE P P` for each path, once."""
    flag = f" --chown={owner}" if owner else ""
    return [f"COPY --from={stage}{flag} {path} {path}" for path in dict.fromkeys(paths)]


def exec_text(keyword: str, words: Iterable[str]) -> str:
    """CMD or ENTRYPOINT in its exec form."""
    return f"{keyword} {json.dumps(list(words), ensure_ascii=False)}"


def owner_of(build: BuildStage) -> str:
    """`--chown` for what is copied: the user that the build gave its files to, "" for root."""
    user = build.start.user
    chowned = any(one.flag("chown") is not None for one in build.start.all("COPY", "ADD"))
    chowned = chowned or next(build.commands("chown"), None) is not None
    if not chowned or user.root is not False:
        return ""
    from hardening.rewrites.accounts import named_account

    account = named_account(build.start, user.value)
    return f"{account.uid}:{account.gid}" if account is not None else ""


def elf_of(build: BuildStage, path: str) -> ElfFacts | None:
    """ELF facts of a file of the image, None when it is not known."""
    image = build.start.image
    if image is None or not image.files_read:
        return None
    from hardening.image.elf import elf_facts

    data = image.read(path.lstrip("/"), limit=_ELF_BYTES)
    return elf_facts(data) if data else None


def in_image(build: BuildStage, path: str) -> bool | None:
    """Whether the image has a path; None when that is not known."""
    image = build.start.image
    if image is None or not image.files_read:
        return None
    return image.tree.resolve(path.lstrip("/")) is not None


def libraries(packages: RuntimePackages, same_base: str) -> Precondition:
    """What the sorted packages say about shared libraries."""
    if packages.unclear:
        names = ", ".join(packages.unclear)
        return unknown(LIBRARIES, f"The library behind {names} is not in the tables: add it")
    if packages.keep:
        return unknown(
            LIBRARIES, f"{', '.join(packages.keep)} is installed again; build and compare"
        )
    return unknown(LIBRARIES, f"{same_base}; build and compare")


def outside_precondition(unclear: tuple[str, ...]) -> Precondition:
    statement = "Every file that the build copied in is carried over"
    if unclear:
        return unknown(statement, f"What {', '.join(unclear)} copies could not be named exactly")
    return holds(statement, "Each COPY and ADD was followed")


def slim(tag: str) -> str:
    """The slim variant of a tag of an official Debian image; as it is when it has one already."""
    if "slim" in tag or "alpine" in tag:
        return tag
    if not tag or tag == "latest":
        return "slim"
    return f"{tag}-slim"


def slim_base(build: BuildStage) -> str:
    """FROM word of the runtime stage: the same repository and version, slim, without a digest (a
    digest names one variant only). Variables stay as written."""
    written = build.dockerfile.chain(build.stage)[0].base.value
    expanded = build.start.base or written
    if "slim" in build.reference.tag or build.is_alpine:
        return written
    name = written.partition("@")[0]
    head, _, last = name.rpartition("/")
    repository, _, tag = last.partition(":")
    if "$" in name and not tag:
        name = expanded.partition("@")[0]
        head, _, last = name.rpartition("/")
        repository, _, tag = last.partition(":")
    prefix = f"{head}/" if head else ""
    return f"{prefix}{repository}:{slim(tag)}"


def digest_precondition(build: BuildStage, base: str) -> Precondition | None:
    """The old digest cannot be kept for another variant."""
    if not build.reference.digest or "@" in base:
        return None
    return unknown("The runtime base is pinned", f"Pin {base} by its own digest afterwards")


def lost(build: BuildStage, base: str) -> tuple[Precondition, ...]:
    one = digest_precondition(build, base)
    return () if one is None else (one,)


def line_of(instruction: Instruction) -> str:
    return f"line {instruction.start_line}"
