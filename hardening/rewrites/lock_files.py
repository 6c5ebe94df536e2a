"""Lock files beside a manifest: whether an installation lets the manifest decide, and the command
that renews them.

Sources: the manuals of npm, Yarn, pnpm, Bun, uv, Poetry, PDM and Pipenv. A lock file holds digests
of what it names, which nobody knows without the registry: it is never edited here.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from hardening.context import BuildContext
from hardening.dockerfile.model import Dockerfile, Instruction
from hardening.dockerfile.shell_model import Command
from hardening.model import Precondition, fails, holds, unknown

_NODE = {
    "package-lock.json": "npm",
    "npm-shrinkwrap.json": "npm",
    "yarn.lock": "yarn",
    "pnpm-lock.yaml": "pnpm",
    "bun.lock": "bun",
    "bun.lockb": "bun",
}
_PYTHON = {"uv.lock": "uv", "poetry.lock": "poetry", "pdm.lock": "pdm", "Pipfile.lock": "pipenv"}
_LOCKS = {
    "npm": _NODE,
    "pypi": _PYTHON,
    "golang": {"go.sum": "go"},
    "cargo": {"Cargo.lock": "cargo"},
    "gem": {"Gemfile.lock": "bundle"},
    "composer": {"composer.lock": "composer"},
}
_PLAIN_PATH = re.compile(r"[A-Za-z0-9._][A-Za-z0-9._/@-]*\Z")
_STRICT = frozenset({"ci", "clean-install", "--frozen-lockfile", "--immutable"})
_FORGIVING = frozenset({"--no-frozen-lockfile", "--no-immutable"})
_AUTOMATIC = frozenset({"pnpm"})
"""Tools that are strict by themselves where the environment says CI."""
_NOT_LOCKED = "No lock file has to be renewed with it"


@dataclass(frozen=True, slots=True)
class Lock:
    """`path` is relative to the context; `tool` wrote it."""

    path: str
    tool: str
    modern: bool = False
    """Yarn 2 and later."""
    member: str = ""
    """The folder of the manifest below that of the lock file: a workspace."""


def lock_of(kind: str, manifest: str, context: BuildContext | None) -> Lock | None:
    """The lock file of a manifest (a workspace path): beside it, or above it as workspaces have
    it. None where there is none."""
    if context is None:
        return None
    prefix: str = getattr(context, "prefix", "")
    own = folder = manifest.removeprefix(prefix).rpartition("/")[0]
    while True:
        for name, tool in _LOCKS.get(kind, {}).items():
            path = f"{folder}/{name}" if folder else name
            if context.exists(path):
                modern = tool == "yarn" and _is_modern(context, path)
                return Lock(path, tool, modern, own.removeprefix(folder).strip("/"))
        if not folder:
            return None
        folder = folder.rpartition("/")[0]


def _is_modern(context: BuildContext, path: str) -> bool:
    return b"__metadata:" in (context.read(path, 4096) or b"")


def renewal(lock: Lock, name: str, version: str, *, exact: bool = True) -> str:
    """The command that raises a direct dependency in the manifest and in its lock file, "" for a
    workspace whose path would mean something else to a shell."""
    if lock.member and not _PLAIN_PATH.match(lock.member):
        return ""
    if lock.tool == "npm":
        where = f" --workspace {lock.member}" if lock.member else ""
        how = f"--package-lock-only{' --save-exact' if exact else ''}{where}"
        return f"npm install {how} {name}@{version}"
    command = _renewal(lock, name, version, exact=exact)
    return f"cd {lock.member} && {command}" if lock.member else command


def _renewal(lock: Lock, name: str, version: str, *, exact: bool) -> str:
    if lock.tool == "yarn":
        wanted = f"{name}@{version}" if exact else f"{name}@^{version}"
        return f"yarn {'up' if lock.modern else 'upgrade'} {wanted}"
    if lock.tool == "pnpm":
        return f"pnpm add --lockfile-only{' --save-exact' if exact else ''} {name}@{version}"
    if lock.tool == "bun":
        return f"bun add {'--exact ' if exact else ''}{name}@{version}"
    sign = "==" if exact else ">="
    return {
        "uv": f"uv add --no-sync '{name}{sign}{version}'",
        "poetry": f"poetry add --lock '{name}{sign}{version}'",
        "pdm": f"pdm add --no-sync '{name}{sign}{version}'",
        "pipenv": f"pipenv upgrade '{name}{sign}{version}'",
    }[lock.tool]


def node_condition(lock: Lock | None, dockerfile: Dockerfile | None, command: str) -> Precondition:
    """Whether the raise of a `package.json` gets into the image without a new lock file."""
    if lock is None:
        return holds(_NOT_LOCKED, "There is none beside it")
    strict = _strict_install(dockerfile, lock)
    if strict:
        said = f"{strict} refuses when {lock.path} says otherwise: run `{command}` instead"
        return fails(_NOT_LOCKED, said)
    return unknown(_NOT_LOCKED, f"{lock.path} is there; `{command}` renews both")


def _strict_install(dockerfile: Dockerfile | None, lock: Lock) -> str:
    for one, command in _commands(dockerfile):
        if command.name not in ("npm", "yarn", "pnpm", "bun"):
            continue
        words = {word.text for word in command.arguments}
        for word in command.arguments:
            if word.text in _STRICT:
                return f"{command.name} {word.text} (line {one.start_line})"
        automatic = command.name in _AUTOMATIC or (command.name == "yarn" and lock.modern)
        installs = bool(words & {"i", "install"}) and not words & _FORGIVING
        if automatic and installs and _says_ci(dockerfile):
            return f"{command.name} in an environment with CI (line {one.start_line})"
    return ""


def _says_ci(dockerfile: Dockerfile | None) -> bool:
    return any(
        pair.key == "CI"
        for one in (dockerfile.instructions if dockerfile is not None else ())
        if one.keyword in ("ENV", "ARG")
        for pair in one.pairs
    )


def project_condition(
    manifest: str, lock: Lock | None, dockerfile: Dockerfile | None, command: str
) -> Precondition:
    """Whether the raise in a `pyproject.toml` gets into the image: pip reads it, uv and others
    read their lock file."""
    statement = f"The image installs from {manifest}"
    for one, call in _commands(dockerfile):
        words = [word.text for word in call.arguments]
        where = f"{call.name} {words[0] if words else ''} (line {one.start_line})"
        if call.name == "uv" and words[:1] == ["sync"] and lock is not None:
            if {"--frozen", "--locked"}.isdisjoint(words):
                return unknown(statement, f"{where} renews {lock.path} in the build, or finds none")
            return fails(statement, f"{where} takes {lock.path}: run `{command}` instead")
        if call.name in ("poetry", "pdm") and words[:1] in (["install"], ["sync"]):
            if lock is not None:
                return fails(statement, f"{where} takes {lock.path}: run `{command}` instead")
            return holds(statement, f"{where}, and there is no lock file")
        if _installs_a_folder(call, words):
            return holds(statement, f"{where} reads it")
    return unknown(statement, "No RUN is known to read it")


def _installs_a_folder(call: Command, words: list[str]) -> bool:
    if call.name is None or not (call.name.startswith("pip") or "pip" in words[:2]):
        return False
    folders = (
        [one.strip("\"'") for one in words[words.index("install") + 1 :]]
        if ("install" in words)
        else []
    )
    return any(one.startswith((".", "/")) and not one.endswith(".txt") for one in folders)


def _commands(dockerfile: Dockerfile | None) -> Iterator[tuple[Instruction, Command]]:
    for one in dockerfile.instructions if dockerfile is not None else ():
        for command in one.shell.commands if one.shell is not None else ():
            yield one, command
