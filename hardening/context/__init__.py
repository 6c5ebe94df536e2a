"""The build context: the folder that COPY reads from, seen through `.dockerignore`.

Bounded: at most `MAX_PATHS` paths are listed, symbolic links are not followed, nothing outside
the folder is read.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from hardening.context.globs import BadPatternError, has_wildcard, match_component
from hardening.context.source import MAX_PATHS, FolderSource, Kind, MemorySource, Source

if TYPE_CHECKING:
    from hardening.dockerfile.ignore import IgnoreFile

__all__ = [
    "MAX_PATHS",
    "BuildContext",
    "FilteredContext",
    "FolderContext",
    "MemoryContext",
    "default_ignore_path",
    "folder_of",
]


class BuildContext(Protocol):
    """What rules may ask of a context; a folder, or files in memory (examples, samples).

    Paths are relative, `/` separated, normalised. All answers are those that the builder would
    see, after `.dockerignore`, except where said.
    """

    @property
    def ignore_path(self) -> str | None:
        """Workspace path of the ignore file in force (`.dockerignore`, `X.dockerignore`)."""

    def exists(self, path: str) -> bool: ...
    def is_directory(self, path: str) -> bool: ...
    def is_ignored(self, path: str) -> bool:
        """True when the ignore file leaves this path out."""

    def paths(self) -> Iterator[str]:
        """Every file (not directory) that the builder would get."""

    def below(self, path: str) -> Iterator[str]:
        """The files that the builder would get at or below a path: itself when it is one."""

    def all_paths(self) -> Iterator[str]:
        """Every file, ignored ones too."""

    def glob(self, pattern: str) -> tuple[str, ...]:
        """Paths (files and directories) that a COPY source pattern matches, Go `filepath.Match`."""

    def read(self, path: str, limit: int = 1 << 20) -> bytes | None:
        """At most `limit` bytes; None when it is no readable regular file of the context."""


def folder_of(context: BuildContext) -> Path | None:
    """The folder on disk, None for files in memory."""
    return getattr(context, "root", None)


def default_ignore_path(context: BuildContext | None) -> str:
    """Workspace path of the ignore file in force, or where a new one belongs."""
    if context is None:
        return ".dockerignore"
    prefix: str = getattr(context, "prefix", "")
    return context.ignore_path or f"{prefix}.dockerignore"


def clean(path: str) -> str:
    """A path as the builder reads it: relative to the context's root, which `..` never leaves."""
    parts: list[str] = []
    for part in path.split("/"):
        if part in ("", "."):
            continue
        if part == "..":
            del parts[-1:]
        else:
            parts.append(part)
    return "/".join(parts)


class FilteredContext:
    """Files from a source, seen through an ignore file.

    `prefix` is the context's folder inside the workspace (`"app/"`, "" for its root).
    """

    def __init__(
        self,
        source: Source,
        *,
        ignore: IgnoreFile | None = None,
        ignore_path: str | None = None,
        prefix: str = "",
    ) -> None:
        self._source = source
        self._ignore = ignore
        self._ignore_path = ignore_path
        self.prefix = prefix
        self._exceptions = tuple(
            clean(rule.pattern.removeprefix("!"))
            for rule in (ignore.rules if ignore else ())
            if rule.negated
        )
        self._listed: list[str] = []
        self._rest: Iterator[str] | None = None
        self._anywhere = any(has_wildcard(_without_trailing_glob(one)) for one in self._exceptions)

    @property
    def root(self) -> Path | None:
        """The folder on disk, None for files in memory."""
        return self._source.root

    @property
    def opened(self) -> object:
        """Stands for the files as they were opened: the same whatever was written over them."""
        return self._source.opened

    @property
    def ignore_path(self) -> str | None:
        return self._ignore_path

    @property
    def truncated(self) -> bool:
        """True once a listing stopped at `MAX_PATHS`: "no such file" is not certain then."""
        return self._source.truncated

    @property
    def listed_so_far(self) -> int:
        """How many files `paths` had to name until now."""
        return len(self._listed)

    def with_ignore(self, ignore: IgnoreFile | None, ignore_path: str | None) -> FilteredContext:
        return FilteredContext(
            self._source, ignore=ignore, ignore_path=ignore_path, prefix=self.prefix
        )

    def with_files(self, files: Mapping[str, bytes]) -> FilteredContext:
        """The same context with these files written over it (context paths)."""
        source = self._source.over(files) if files else self._source
        return FilteredContext(
            source, ignore=self._ignore, ignore_path=self._ignore_path, prefix=self.prefix
        )

    def is_ignored(self, path: str) -> bool:
        path = clean(path)
        return bool(path) and self._ignore is not None and self._ignore.ignored(path)

    def exists(self, path: str) -> bool:
        path = clean(path)
        if not path:
            return True
        kind = self._source.kind(path)
        if kind is None:
            return False
        if not self.is_ignored(path):
            return True
        return kind is Kind.DIRECTORY and next(self._walk_visible(path), None) is not None

    def is_directory(self, path: str) -> bool:
        path = clean(path)
        return not path or (self._source.kind(path) is Kind.DIRECTORY and self.exists(path))

    def paths(self) -> Iterator[str]:
        """Listed once, as far as somebody asks, and kept."""
        if self._rest is None:
            self._rest = self._walk_visible("")
        position = 0
        while True:
            while position < len(self._listed):
                yield self._listed[position]
                position += 1
            following = next(self._rest, None)
            if following is None:
                return
            self._listed.append(following)

    def below(self, path: str) -> Iterator[str]:
        path = clean(path)
        if not path:
            return self.paths()
        if self._source.kind(path) is Kind.DIRECTORY:
            return self._walk_visible(path)
        return iter((path,) if self.exists(path) else ())

    def all_paths(self) -> Iterator[str]:
        return self._source.walk("", lambda _: True)

    def glob(self, pattern: str) -> tuple[str, ...]:
        """Sorted. `.` and `/` match the root, given as `"."`; a malformed pattern nothing."""
        cleaned = clean(pattern)
        if not cleaned:
            return (".",)
        try:
            found = self._expand("", tuple(cleaned.split("/")))
            return tuple(sorted(path for path in found if self.exists(path)))
        except BadPatternError:
            return ()

    def read(self, path: str, limit: int = 1 << 20) -> bytes | None:
        path = clean(path)
        if not path or self.is_ignored(path):
            return None
        return self._source.read(path, limit)

    def _expand(self, folder: str, parts: tuple[str, ...]) -> list[str]:
        first, rest = parts[0], parts[1:]
        if not has_wildcard(first):
            path = f"{folder}/{first}" if folder else first
            kind = self._source.kind(path)
            names = [] if kind is None else [(first, kind)]
        else:
            names = [one for one in self._source.children(folder) if match_component(first, one[0])]
        found: list[str] = []
        for name, kind in names:
            path = f"{folder}/{name}" if folder else name
            if not rest:
                found.append(path)
            elif kind is Kind.DIRECTORY:
                found.extend(self._expand(path, rest))
        return found

    def _walk_visible(self, folder: str) -> Iterator[str]:
        ignore = self._ignore
        if ignore is None:
            yield from self._source.walk(folder, lambda _: True)
            return
        for path in self._source.walk(folder, self._may_hold_visible):
            if not ignore.ignored(path):
                yield path

    def _may_hold_visible(self, folder: str) -> bool:
        """Whether the builder walks into a folder: an ignored one only for an exception below."""
        if self._ignore is None or not self._ignore.ignored(folder):
            return True
        if self._anywhere:
            return True
        return any(f"{one}/".startswith(f"{folder}/") for one in self._exceptions)


class FolderContext(FilteredContext):
    """A folder on disk; nothing is listed before somebody asks."""

    def __init__(
        self,
        root: Path,
        *,
        ignore: IgnoreFile | None = None,
        ignore_path: str | None = None,
        prefix: str = "",
    ) -> None:
        super().__init__(FolderSource(root), ignore=ignore, ignore_path=ignore_path, prefix=prefix)


class MemoryContext(FilteredContext):
    """Files in memory: path → content."""

    def __init__(
        self,
        files: Mapping[str, str | bytes],
        *,
        ignore: IgnoreFile | None = None,
        ignore_path: str | None = None,
    ) -> None:
        content = {
            clean(path): data
            if isinstance(data, bytes)
            else data.encode("utf-8", "surrogateescape")
            for path, data in files.items()
        }
        super().__init__(MemorySource(content), ignore=ignore, ignore_path=ignore_path)


def _without_trailing_glob(pattern: str) -> str:
    return pattern.removesuffix("/**").removesuffix("/*")
