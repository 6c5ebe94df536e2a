"""What the rules about COPY and ADD share."""

from __future__ import annotations

import bz2
import lzma
import re
import zlib
from collections.abc import Iterator
from typing import TYPE_CHECKING, Final, NamedTuple

from hardening.dockerfile.model import Instruction, Stage, Word
from hardening.rules.support import Placed, facts
from hardening.rules.support_variables import value_of
from hardening.subject import Subject

if TYPE_CHECKING:
    from hardening.context import BuildContext

ARCHIVE_NAME: Final = re.compile(
    r"(?i)\.(?:tar|tgz|tbz2?|tb2|tlz|txz|tzst|taz|tz|gz|bz2|xz|lz|lzma|zst|Z)$"
)
_GIT: Final = re.compile(r"^(?:git@|git://|ssh://)|^(?:https?://)?[^?#]+\.git(?:[?#].*)?$")
_REMOTE: Final = re.compile(r"(?i)^(?:https?|ftp)://")
_HEAD: Final = 4096


class Transfer(NamedTuple):
    """One COPY or ADD: what it reads and where it puts it."""

    placed: Placed
    sources: tuple[Word, ...]
    destination: Word

    @property
    def instruction(self) -> Instruction:
        return self.placed.instruction

    @property
    def stage(self) -> Stage | None:
        return self.placed.stage

    @property
    def origin(self) -> str | None:
        """Value of `--from`, None when the build context is read."""
        flag = self.instruction.flag("from")
        return flag.value if flag is not None else None

    @property
    def local(self) -> tuple[Word, ...]:
        """Sources that the build context gives: no address, no repository, no here-document."""
        if self.origin is not None:
            return ()
        return tuple(word for word in self.sources if is_local(self.value(word)))

    def value(self, word: Word) -> str:
        """A word with the defaults of its variables; as written where one has none."""
        raw = word.raw or word.text
        found = value_of(self.instruction, raw)
        return word.value if found == raw else found


def transfers(subject: Subject, *keywords: str) -> Iterator[Transfer]:
    """Every COPY and ADD (or those of the keywords) that has a source and a destination."""
    for placed in facts(subject).all(*(keywords or ("COPY", "ADD"))):
        words = placed.instruction.words
        if len(words) >= 2:
            yield Transfer(placed, words[:-1], words[-1])


def is_git(source: str) -> bool:
    return bool(_GIT.match(source))


def is_remote(source: str) -> bool:
    """An address that ADD downloads as a file."""
    return bool(_REMOTE.match(source)) and not is_git(source)


def is_local(source: str) -> bool:
    return not (_REMOTE.match(source) or is_git(source) or source.startswith("<<"))


def is_whole_context(source: str) -> bool:
    return source.rstrip("/") in ("", ".", "./.", "*", "./*")


def is_tar(data: bytes) -> bool:
    """True when ADD would unpack a file that begins so: a tar, plain or compressed with gzip,
    bzip2, xz or zstd. The builder looks at the content, never at the name."""
    return _is_tar_header(data) or _is_tar_header(_decompressed(data))


def _decompressed(data: bytes) -> bytes:
    try:
        if data.startswith(b"\x1f\x8b"):
            return zlib.decompressobj(31).decompress(data, _HEAD)
        if data.startswith(b"BZh"):
            return bz2.BZ2Decompressor().decompress(data, _HEAD)
        if data.startswith(b"\xfd7zXZ\0"):
            return lzma.LZMADecompressor(memlimit=64 << 20).decompress(data, _HEAD)
        if data.startswith(b"\x28\xb5\x2f\xfd"):
            import zstandard

            return zstandard.ZstdDecompressor().stream_reader(data).read(_HEAD)
    except Exception:
        return b""
    return b""


def _is_tar_header(data: bytes) -> bool:
    """A tar block's checksum is right (POSIX ustar, also true of the older form)."""
    block = data[:512]
    if len(block) < 512 or not block.strip(b"\0"):
        return False
    try:
        stated = int(block[148:156].strip(b" \0") or b"-", 8)
    except ValueError:
        return False
    return stated == sum(block) - sum(block[148:156]) + 8 * 32


def holds_tar(context: BuildContext, source: str) -> bool | None:
    """Whether a context source is, or as a pattern matches, a tar; None when it is not there."""
    paths = context.glob(source)
    if not paths:
        return None
    found = False
    for path in paths:
        if context.is_directory(path):
            continue
        data = context.read(path, 1 << 20)
        if data is None:
            return None
        found = found or is_tar(data)
    return found


def checksum_name(address: str) -> str:
    """A build argument's name for the checksum of what an address gives: `INSTALL_SH_SHA256`."""
    base = address.split("?", 1)[0].split("#", 1)[0].rstrip("/").rpartition("/")[2]
    base = re.sub(r"\$\{?\w+\}?", "", base)
    words = re.sub(r"[^A-Za-z0-9]+", "_", base).strip("_").upper()
    if not words or words[0].isdigit():
        words = f"DOWNLOAD_{words}".rstrip("_")
    return f"{words}_SHA256"
