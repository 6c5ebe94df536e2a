"""Node: development dependencies and build tools stay behind; a slim image runs the rest."""

from __future__ import annotations

from hardening.dockerfile.shell_model import PackageCall
from hardening.model import Precondition, holds, unknown
from hardening.rewrites.build_stage import BuildStage, Runtime
from hardening.rewrites.packages import runtime_packages
from hardening.rewrites.recipes.common import (
    copy_lines,
    libraries,
    lost,
    outside_precondition,
    owner_of,
    slim_base,
)

_PRUNE = {
    "npm": "npm prune --omit=dev",
    "yarn": "yarn install --production --ignore-scripts --prefer-offline",
    "pnpm": "pnpm prune --prod",
}
_LOCKS = {
    "npm": ("package-lock.json", "npm-shrinkwrap.json"),
    "yarn": ("yarn.lock",),
    "pnpm": ("pnpm-lock.yaml",),
}
_INSTALL = ("install", "ci")
_PRODUCTION = ("--omit=dev", "--production", "--prod", "--only=production", "-P")
_BUILDERS = frozenset({"python3", "python", "py3-pip", "python3-pip"})
"""node-gyp wants Python to build native modules."""
_GLOBAL = ("/usr/local/lib/node_modules", "/usr/local/bin")
"""Where `npm install --global` of the official image puts packages and their programs."""
LOCKFILE = "A lockfile fixes the dependencies"


def recipe(build: BuildStage) -> Runtime | None:
    """The runtime stage of an application that npm, yarn or pnpm installs; None otherwise."""
    if build.reference.name != "node" or build.start.workdir == "/":
        return None
    if build.start.entrypoint is None and build.start.command is None:
        return None
    installs = [call for _, call in build.calls if call.manager in _PRUNE and call.verb in _INSTALL]
    everywhere = [call for call in installs if call.packages and is_global(call)]
    calls = [call for call in installs if not call.packages]
    if not calls or any(call.manager != "npm" for call in everywhere):
        return None
    manager = calls[-1].manager
    production = build.start.environment.get("NODE_ENV") == "production" or all(
        call.command.has_flag(*_PRODUCTION) for call in calls
    )
    source, stages = build.name, ""
    if not production:
        source = build.free_name("dependencies")
        stages = f"FROM {build.name} AS {source}\n"
        if build.start.last("USER") is not None:
            stages += "USER 0:0\n"
        stages += f"RUN {_PRUNE[manager]}\n\n"
    base = slim_base(build)
    packages = runtime_packages(build.installed, _BUILDERS)
    outside, unclear = build.outside(build.start.workdir)
    lines = [] if "NODE_ENV" in build.start.environment else ["ENV NODE_ENV=production"]
    install = packages.line(build.dockerfile.escape)
    if install is not None:
        lines.append(install)
    lines += copy_lines(source, _GLOBAL if everywhere else ())
    lines += copy_lines(source, [build.start.workdir, *outside], owner_of(build))
    return Runtime(
        base,
        tuple(lines),
        (
            _lockfile(build, manager),
            libraries(packages, f"Native modules were built on {build.start.base}"),
            outside_precondition(unclear),
            *_environment(build),
            *lost(build, base),
        ),
        stages,
    )


def is_global(call: PackageCall) -> bool:
    """Whether a call installs for the whole machine, not for the project."""
    words = {word.text for word in call.command.arguments}
    return bool(words & {"-g", "--global", "--location=global", "global"})


def _environment(build: BuildStage) -> tuple[Precondition, ...]:
    """Express and its like show less of their errors and keep templates with `production`."""
    if "NODE_ENV" in build.start.environment:
        return ()
    return (unknown("The application may run with NODE_ENV=production", "nothing sets it now"),)


def _lockfile(build: BuildStage, manager: str) -> Precondition:
    context = build.subject.context
    if context is None:
        return unknown(LOCKFILE, "The build context is not known")
    for name in _LOCKS[manager]:
        if context.exists(name):
            return holds(LOCKFILE, f"{name} is in the build context")
    return unknown(LOCKFILE, f"There is no {_LOCKS[manager][0]}: pruning may choose other versions")
