"""The command that takes newer versions of packages which no text pins: those that come in as the
dependencies of others, or stand in a lock file only.

Sources: the manuals of Go, Cargo, npm, Yarn, pnpm, uv, Poetry, PDM, Pipenv, Bundler, Composer.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from hardening.context import BuildContext
from hardening.dockerfile.source import decode
from hardening.rewrites.lock_files import Lock, lock_of
from hardening.rewrites.version_pins import PLAIN_VERSION, folded

_MAX_PATHS = 20_000
_MAX_BYTES = 1 << 20
_PLAIN = re.compile(r"@?[A-Za-z0-9][A-Za-z0-9._/+-]{0,200}\Z")
"""Names come out of an image that may be hostile, and people paste commands."""


def renewals(kind: str, wanted: Sequence[tuple[str, str]], context: BuildContext | None) -> str:
    """The command for packages and the versions that mend them; "" where the context has no lock
    file of their kind, several, or one whose tool has no command for it."""
    if not all(_PLAIN.match(name) and PLAIN_VERSION.match(one) for name, one in wanted):
        return ""
    lock = _only_lock(kind, context)
    if lock is None or not wanted:
        return ""
    names = " ".join(name for name, _ in wanted)
    if lock.tool == "go":
        return go_get(wanted)
    if lock.tool == "cargo":
        return " && ".join(f"cargo update {name} --precise {one}" for name, one in wanted)
    if lock.tool == "yarn":
        return f"yarn up -R {names}" if lock.modern else ""
    if lock.tool in _DIRECT and context is not None:
        manifest, command = _DIRECT[lock.tool]
        text = decode(context.read(_beside(lock, manifest), _MAX_BYTES) or b"")
        if all(_is_key(text, name) for name, _ in wanted):
            return " ".join((command, *(f"'{name}=={version}'" for name, version in wanted)))
    verb = _VERBS.get(lock.tool)
    return f"{verb} {names}" if verb is not None else ""


def go_get(wanted: Sequence[tuple[str, str]]) -> str:
    """Raises Go modules: `go.mod` and `go.sum` together."""
    modules = " ".join(f"{name}@v{version.removeprefix('v')}" for name, version in wanted)
    return f"go get {modules} && go mod tidy"


_DIRECT = {
    "poetry": ("pyproject.toml", "poetry add --lock"),
    "pipenv": ("Pipfile", "pipenv upgrade"),
}
"""Where a manifest has versions of its own, updating the lock file alone would change nothing."""


def _beside(lock: Lock, name: str) -> str:
    folder = lock.path.rpartition("/")[0]
    return f"{folder}/{name}" if folder else name


def _is_key(text: str, name: str) -> bool:
    wanted = re.escape(folded("pypi", name)).replace("\\-", "[-_.]+")
    return re.search(rf'^[ \t]*"?{wanted}"?[ \t]*=', text, re.M | re.I) is not None


_VERBS = {
    "npm": "npm update --package-lock-only",
    "pnpm": "pnpm update --lockfile-only --depth 100",
    "uv": "uv lock --upgrade-package",
    "poetry": "poetry update --lock",
    "pdm": "pdm update --no-sync",
    "pipenv": "pipenv update",
    "bundle": "bundle update --conservative",
    "composer": "composer update --with-dependencies",
}


def _only_lock(kind: str, context: BuildContext | None) -> Lock | None:
    """The one lock file of a kind in the context; None for none and for several."""
    manifests = {
        "npm": "package.json", "pypi": "pyproject.toml", "golang": "go.mod", "cargo": "Cargo.toml",
        "gem": "Gemfile", "composer": "composer.json",
    }  # fmt: skip
    name = manifests.get(kind)
    if context is None or name is None:
        return None
    found: dict[str, Lock] = {}
    prefix: str = getattr(context, "prefix", "")
    for count, path in enumerate(context.paths()):
        if count > _MAX_PATHS:
            return None
        last = path.rpartition("/")[2]
        if last in (name, "Pipfile") and "node_modules/" not in path:
            lock = lock_of(kind, f"{prefix}{path}", context)
            if lock is not None:
                found[lock.path] = lock
    return next(iter(found.values())) if len(found) == 1 else None
