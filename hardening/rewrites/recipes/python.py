"""Python: compilers and headers stay behind; the same version, slim, runs what pip installed."""

from __future__ import annotations

import re

from hardening.dockerfile.shell_model import Command
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

_INSTALLERS = ("pip", "pip3", "poetry", "pipenv", "uv", "pdm", "conda")
VERSION = "Packages are found by the same minor version of Python"


def recipe(build: BuildStage) -> Runtime | None:
    """The runtime stage of an application whose packages pip or a tool over it installs."""
    if build.reference.name != "python" or build.start.workdir == "/":
        return None
    if build.start.entrypoint is None and build.start.command is None:
        return None
    installs = [call for _, call in build.calls if call.manager == "pip" and call.verb == "install"]
    others = list(build.commands("poetry", "pipenv", "uv", "pdm"))
    if not installs and not others:
        return None
    places, version = _places(build, [call.command for call in installs])
    base = slim_base(build)
    packages = runtime_packages(build.installed)
    workdir = build.start.workdir
    outside, unclear = build.outside(workdir, *places)
    lines = []
    install = packages.line(build.dockerfile.escape)
    if install is not None:
        lines.append(install)
    lines += copy_lines(build.name, [path for path in places if not _under(path, workdir)])
    lines += copy_lines(build.name, [workdir, *outside], owner_of(build))
    return Runtime(
        base,
        tuple(lines),
        (
            version,
            libraries(packages, f"Extensions were built on {build.start.base}"),
            outside_precondition(unclear),
            *lost(build, base),
        ),
    )


def _under(path: str, folder: str) -> bool:
    return path == folder or path.startswith(folder.rstrip("/") + "/")


def _places(build: BuildStage, installs: list[Command]) -> tuple[list[str], Precondition]:
    """Where the packages lie: virtual environments, `--user`, or the system's site-packages."""
    virtual = [path for path in _environments(build) if path.startswith("/")]
    user = any(command.has_flag("--user") for command in installs)
    home = build.start.environment.get("HOME") or "/root"
    if virtual:
        named = f"{virtual[0]} is copied to the same path on the same version"
        return [*virtual, *([f"{home}/.local"] if user else [])], holds(VERSION, named)
    minor = _minor(build)
    if minor is None:
        evidence = (
            f"{build.start.base} does not say its minor version, so /usr/local is copied whole"
        )
        return ["/usr/local"], unknown(VERSION, evidence)
    places = [f"/usr/local/lib/python{minor}/site-packages", "/usr/local/bin"]
    if user:
        places.append(f"{home}/.local")
    return places, holds(VERSION, f"Both stages are Python {minor}")


def _environments(build: BuildStage) -> list[str]:
    """Folders of virtual environments that a RUN makes or ENV names."""
    found = []
    for instruction, script, command in build.commands("python", "python3", "virtualenv", "uv"):
        words = [build.text_of(instruction, word) or "" for word in command.arguments]
        is_venv = command.name == "virtualenv" or "venv" in words[:2]
        operands = [word for word in words if not word.startswith("-") and word != "venv"]
        if is_venv and operands:
            folder = build.folder_at(instruction, script, command)
            path = operands[-1] if operands[-1].startswith("/") else f"{folder}/{operands[-1]}"
            found.append(path.replace("//", "/"))
    named = build.start.environment.get("VIRTUAL_ENV")
    if named:
        found.append(named)
    return list(dict.fromkeys(found))


def _minor(build: BuildStage) -> str | None:
    match = re.match(r"3\.\d+", build.reference.tag)
    if match is None and build.start.image is not None:
        value = build.start.image.config.environment().get("PYTHON_VERSION", "")
        match = re.match(r"3\.\d+", value)
    return match[0] if match is not None else None
