"""Raising pinned versions: the edits at every place that pins a package, or none."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterator, Sequence

from hardening.inventory.model import Package
from hardening.model import Fix, Precondition, fails, holds, unknown
from hardening.rewrites.lock_files import lock_of, node_condition, project_condition, renewal
from hardening.rewrites.python_dependents import accepted
from hardening.rewrites.requirement_files import requirements_condition
from hardening.rewrites.requirement_specs import admits
from hardening.rewrites.version_pins import Pin, step
from hardening.subject import Subject

_SYSTEM = ("deb", "apk")


def raise_fix(
    subject: Subject,
    found: Sequence[Pin],
    fixed: str,
    *,
    package: Package,
    advisory: str,
    raised: Collection[str] = (),
) -> Fix:
    """The fix that writes `fixed` wherever the package is asked for. `found` are pins of one
    package, never empty; `package` is what the image has; `raised` are names of other packages
    that the changed files raise."""
    first = found[0]
    where = f"{first.place.path}:{first.place.start_line}"
    statement = "The text decides which version is installed"
    conditions = [
        holds(statement, f"{where} asks for {first.asked}; {package.version} is installed"),
        holds("The advisory names the version that mends it", f"{advisory}: {fixed}"),
        step(first.type, package.version, fixed),
        *(one for pin in found for one in pin.conditions),
        *_bounds(found, fixed),
        *_manifests(subject, found, fixed),
    ]
    if first.type in _SYSTEM:
        conditions.append(unknown("The archive serves this version", "Only a build shows it"))
    else:
        if first.type == "pypi" and subject.image is not None and subject.inventory is not None:
            others = accepted(package, fixed, subject.image, subject.inventory, raised)
            conditions.append(others)
        said = "Only an installation and the program's own tests show it"
        conditions.append(unknown("What the new version needs and does fits the program", said))
    return Fix(
        "raise-version",
        f"Raise {first.name} to {fixed}" if first.exact else f"Ask for {first.name} {fixed}",
        tuple(pin.edit(fixed) for pin in found),
        tuple(dict.fromkeys(conditions)),
        f"The next build installs {first.name} {fixed} instead of {package.version}.",
    )


def renewal_command(subject: Subject, pin: Pin, fixed: str) -> str:
    """The command that raises what a manifest pins together with its lock file, "" where there is
    no lock file."""
    lock = lock_of(pin.type, pin.place.path, subject.context)
    return renewal(lock, pin.name, fixed, exact=pin.exact) if lock is not None else ""


def _bounds(found: Sequence[Pin], fixed: str) -> Iterator[Precondition]:
    for pin in found:
        if not pin.bounds:
            continue
        statement = "The text's other bounds admit the new version"
        where = f"{pin.place.path}:{pin.place.start_line} also asks for {pin.bounds}"
        fits = admits(pin.bounds, fixed)
        if fits is None:
            yield unknown(statement, where)
        else:
            yield holds(statement, where) if fits else fails(statement, where)


def _manifests(subject: Subject, found: Sequence[Pin], fixed: str) -> Iterator[Precondition]:
    """Whether what the manifests say gets into the image."""
    dockerfile, context = subject.dockerfile, subject.context
    own = dockerfile.path if dockerfile is not None else ""
    by_path = defaultdict[str, list[Pin]](list)
    for pin in found:
        if pin.place.path != own:
            by_path[pin.place.path].append(pin)
    requirements = [path for path in by_path if path.endswith((".txt", ".in"))]
    if requirements and len(by_path) < len({pin.place.path for pin in found}):
        requirements = []  # a RUN asks for the package as well
    if requirements:
        yield requirements_condition(requirements, dockerfile, context)
    for path, held in by_path.items():
        command = renewal_command(subject, held[0], fixed)
        lock = lock_of(held[0].type, path, context)
        if path.endswith("package.json"):
            yield node_condition(lock, dockerfile, command)
        elif path.endswith("pyproject.toml"):
            yield project_condition(path, lock, dockerfile, command)
        elif path.endswith("pom.xml"):
            yield _built_with_maven(path, subject)


def _built_with_maven(path: str, subject: Subject) -> Precondition:
    statement = f"The image is built from {path}"
    dockerfile = subject.dockerfile
    for one in dockerfile.instructions if dockerfile is not None else ():
        for command in one.shell.commands if one.shell is not None else ():
            if command.name in ("mvn", "mvnw", "mvnd"):
                return holds(statement, f"Line {one.start_line} runs {command.name}")
    return unknown(statement, "No RUN calls Maven")
