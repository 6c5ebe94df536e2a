"""Lines for `.dockerignore`: which the build context needs, and whether they are safe."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from itertools import islice
from typing import TYPE_CHECKING, Final, NamedTuple

from hardening.context import BuildContext, default_ignore_path
from hardening.model import Edit, Fix, Precondition, Span, holds, unknown
from hardening.rules.support import facts
from hardening.rules.support_cache import remembered
from hardening.rules.support_copy import is_whole_context, transfers
from hardening.secrets.credential_names import is_template
from hardening.subject import Subject

if TYPE_CHECKING:
    from hardening.dockerfile.ignore import IgnoreFile

BASE_LINES: Final = (
    "**/.git",
    "**/.env",
    "**/.env.*",
    "**/*.pem",
    "**/*.key",
    "**/id_rsa",
    "**/id_ed25519",
    "**/.aws",
    "**/.ssh",
)
MAX_LISTED: Final = 20_000
_VERSION_FROM_GIT = re.compile(
    rb"setuptools[_-]scm|versioneer|hatch-vcs|\bpbr\b|dunamai|gitversion|git-commit-id|vergen"
    rb"|shadow[_-]rs|husky|buildvcs|(?<![\w-])\.git/"
    rb"|\bgit[\"', ]+(?:describe|rev-parse|rev-list|log|ls-files|show|tag|status|submodule)\b",
    re.I,
)
_MANIFESTS: Final = (
    "pyproject.toml",
    "setup.py",
    "setup.cfg",
    "package.json",
    "Makefile",
    "GNUmakefile",
    "CMakeLists.txt",
    "meson.build",
    "build.gradle",
    "build.gradle.kts",
    "pom.xml",
    "Cargo.toml",
    "build.rs",
    "Rakefile",
    "*.gemspec",
)
_MAX_READ: Final = 50
_PRIVATE_KEY: Final = b"PRIVATE KEY"


class Missing(NamedTuple):
    """Lines that the ignore file lacks, and the files of the context that each would keep out."""

    lines: tuple[str, ...]
    files: tuple[str, ...]


@remembered
def listed(context: BuildContext) -> tuple[str, ...]:
    """The first paths of the context as the builder sees it."""
    return tuple(islice(context.paths(), MAX_LISTED))


def missing_lines(subject: Subject, context: BuildContext) -> Missing:
    """What the ignore file lacks: the usual lines when there is none or it is empty, else those
    that files in the context call for. Lines that a COPY contradicts are left out."""
    usable = [line for line in BASE_LINES if not _is_named(subject, context, line)]
    text = subject.texts.get(context.ignore_path or "", "")
    ignore = {line: _ignore(line) for line in usable}
    found = {line: _kept_out(context, ignore[line], line) for line in usable}
    if not _has_rules(text):
        lines = [line for line in usable if found[line] is not None]
    else:
        lines = [line for line in usable if found[line]]
    files = [path for line in lines for path in found[line] or ()]
    return Missing(tuple(lines), tuple(dict.fromkeys(files)))


@cache
def _ignore(line: str) -> IgnoreFile:
    from hardening.dockerfile.ignore import IgnoreFile

    return IgnoreFile(line + "\n")


def _has_rules(text: str) -> bool:
    return any(line.strip() and not line.startswith("#") for line in text.splitlines())


def _kept_out(context: BuildContext, ignore: IgnoreFile, line: str) -> tuple[str, ...] | None:
    """Files that the line keeps out; None when it would keep out certificates that hold no key."""
    if line == "**/.git":
        return (".git",) if context.exists(".git") else ()
    found = [path for path in listed(context) if ignore.ignored(path) and not is_template(path)]
    if line not in ("**/*.pem", "**/*.key"):
        return tuple(found[:20])
    keys = [path for path in found[:50] if _PRIVATE_KEY in (context.read(path, 1 << 16) or b"")]
    return tuple(keys) if len(keys) == len(found) else None


def _is_named(subject: Subject, context: BuildContext, line: str) -> bool:
    """True when a COPY or ADD names something that the line would leave out."""
    ignore = _ignore(line)
    for one in transfers(subject):
        for word in one.local:
            source = word.value.strip("/")
            if is_whole_context(source) or word.has_variable:
                continue
            if ignore.ignored(source) or any(ignore.ignored(path) for path in context.glob(source)):
                return True
    for placed in facts(subject).all("RUN"):
        for mount in placed.instruction.mounts("bind"):
            source = mount.get("source", mount.get("src", "")).strip("/")
            if "from" not in mount and source and ignore.ignored(source):
                return True
    return False


def ignore_fix(
    subject: Subject, context: BuildContext, lines: tuple[str, ...], *, name: str, title: str
) -> Fix:
    """The fix that adds the lines to the ignore file in force, or makes one."""
    path = context.ignore_path or default_ignore_path(context)
    text = subject.texts.get(path)
    body = "".join(f"{line}\n" for line in (*lines, *_exceptions(context, lines)))
    if text is None:
        edit = Edit(path, Span(0, 0), body)
    else:
        joint = "" if not text or text.endswith("\n") else "\n"
        edit = Edit(path, Span(len(text), len(text)), joint + body)
    return Fix(
        name,
        title,
        (edit,),
        tuple(_preconditions(subject, context, lines, text or "")),
        "The builder no longer receives these files; a COPY of the whole context leaves them out.",
    )


def _exceptions(context: BuildContext, lines: tuple[str, ...]) -> tuple[str, ...]:
    """Lines that let files through which are there to be copied and filled in."""
    if "**/.env.*" not in lines:
        return ()
    ignore = _ignore("**/.env.*")
    caught = (path for path in listed(context) if is_template(path) and ignore.ignored(path))
    return tuple(dict.fromkeys(f"!**/{path.rpartition('/')[2]}" for path in caught))


def _left_out(context: BuildContext, lines: tuple[str, ...]) -> str | None:
    """A file outside .git that the lines keep from the builder, None when there is none."""
    ignores = [_ignore(line) for line in lines if line != "**/.git"]
    for path in listed(context):
        if not is_template(path) and any(one.ignored(path) for one in ignores):
            return path
    return None


def _preconditions(
    subject: Subject, context: BuildContext, lines: tuple[str, ...], text: str
) -> Iterator[Precondition]:
    named = "No COPY, ADD or bind mount names what the lines leave out"
    if any(word.has_variable for one in transfers(subject) for word in one.local):
        yield unknown(named, "A source is a variable")
    else:
        yield holds(named, "Read from the Dockerfile")
    if "**/.git" in lines:
        yield _no_version_from_git(subject, context)
    present = _left_out(context, lines)
    needed = "Neither the build nor the program reads one of these files"
    if present is not None:
        yield unknown(needed, f"{present} is in the build context")
    else:
        yield holds(needed, "The build context holds no such file")
    if any(line.startswith("!") for line in text.splitlines()):
        yield unknown("The lines do not undo an exception", "The file has lines that begin with !")


def _no_version_from_git(subject: Subject, context: BuildContext) -> Precondition:
    statement = "The build does not read its version from git"
    if not context.exists(".git"):
        return holds(statement, "There is no .git in the build context")
    if facts(subject).commands("git"):
        return unknown(statement, "A RUN calls git")
    manifests = (path for pattern in _MANIFESTS for path in context.glob(pattern))
    for path in (*manifests, *_called(subject, context)):
        if _VERSION_FROM_GIT.search(context.read(path, 1 << 18) or b""):
            return unknown(statement, f"{path} may ask git for the version")
    return holds(statement, "No RUN calls git; no manifest and no script of a RUN speaks of it")


def _called(subject: Subject, context: BuildContext) -> Iterator[str]:
    """Files of the context that have the name of a word of a RUN."""
    names = {
        (word.value or "").rpartition("/")[2]
        for run in facts(subject).runs
        for command in run.script.commands
        for word in command.words[:3]
    }
    found = (path for path in listed(context) if path.rpartition("/")[2] in names)
    return islice(found, _MAX_READ)
