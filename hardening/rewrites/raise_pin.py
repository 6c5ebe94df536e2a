"""Raising pinned versions: the edits at every place that pins a package, or none."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from hardening.context import BuildContext
from hardening.dockerfile.model import Dockerfile
from hardening.dockerfile.packages import package_calls
from hardening.model import Edit, Fix, Precondition, fails, holds, unknown
from hardening.rewrites.version_pins import Pin, step

_LOCKS = ("package-lock.json", "npm-shrinkwrap.json", "yarn.lock", "pnpm-lock.yaml", "bun.lock")
_STRICT = frozenset({"ci", "clean-install", "--frozen-lockfile", "--immutable"})


def raise_fix(
    found: Sequence[Pin],
    fixed: str,
    *,
    installed: str,
    advisory: str,
    dockerfile: Dockerfile | None,
    context: BuildContext | None,
) -> Fix:
    """The fix that writes `fixed` wherever the package is asked for. `found` are pins of one
    package, never empty; `installed` is the version that the image has."""
    first = found[0]
    where = f"{first.place.path}:{first.place.start_line}"
    statement = "The text decides which version is installed"
    conditions = [
        holds(statement, f"{where} asks for {first.asked}; {installed} is installed"),
        holds("The advisory names the version that mends it", f"{advisory}: {fixed}"),
        step(first.type, installed, fixed),
        *(one for pin in found for one in pin.conditions),
        *_manifests(found, dockerfile, context),
    ]
    if first.type in ("deb", "apk"):
        conditions.append(unknown("The archive serves this version", "Only a build shows it"))
    else:
        conditions.append(
            unknown("Every other package accepts the new version", "Only an installation shows it")
        )
    return Fix(
        "raise-version",
        f"Raise {first.name} to {fixed}" if first.exact else f"Ask for {first.name} {fixed}",
        tuple(Edit(pin.place.path, pin.span, f"{pin.before}{fixed}{pin.after}") for pin in found),
        tuple(dict.fromkeys(conditions)),
        f"The next build installs {first.name} {fixed} instead of {installed}.",
    )


def _manifests(
    found: Sequence[Pin], dockerfile: Dockerfile | None, context: BuildContext | None
) -> Iterator[Precondition]:
    own = dockerfile.path if dockerfile is not None else ""
    for path in dict.fromkeys(pin.place.path for pin in found if pin.place.path != own):
        if path.endswith("package.json"):
            yield _lock(path, dockerfile, context)
        else:
            yield _installed_from(path, dockerfile)


def _installed_from(path: str, dockerfile: Dockerfile | None) -> Precondition:
    statement = f"The image installs from {path}"
    name = path.rpartition("/")[2]
    for one in dockerfile.instructions if dockerfile is not None else ():
        for call in package_calls(one.shell) if one.shell is not None else ():
            if call.manager != "pip":
                continue
            if any(word.text.rpartition("/")[2].endswith(name) for word in call.command.arguments):
                return holds(statement, f"Line {one.start_line} names it")
    return unknown(statement, "No RUN names it")


def _lock(path: str, dockerfile: Dockerfile | None, context: BuildContext | None) -> Precondition:
    statement = "No lock file has to be renewed with it"
    prefix: str = getattr(context, "prefix", "")
    folder = path.removeprefix(prefix).rpartition("/")[0]
    names = [f"{folder}/{name}" if folder else name for name in _LOCKS]
    there = [name for name in names if context is not None and context.exists(name)]
    if not there:
        return holds(statement, "There is none beside it")
    strict = _strict_install(dockerfile)
    if strict:
        return fails(statement, f"{strict} refuses when {there[0]} says otherwise")
    return unknown(statement, f"{there[0]} is beside it")


def _strict_install(dockerfile: Dockerfile | None) -> str:
    for one in dockerfile.instructions if dockerfile is not None else ():
        for command in one.shell.commands if one.shell is not None else ():
            if command.name in ("npm", "yarn", "pnpm", "bun"):
                for word in command.arguments:
                    if word.text in _STRICT:
                        return f"{command.name} {word.text} (line {one.start_line})"
    return ""
