"""Java: the archive that Maven or Gradle made, on a runtime of the same major version."""

from __future__ import annotations

import re
from posixpath import join, normpath

from hardening.model import Precondition, holds, unknown
from hardening.rewrites.build_stage import BuildStage, Runtime
from hardening.rewrites.recipes.common import copy_lines, owner_of

_BUILDERS = ("mvn", "mvnw", "gradle", "gradlew")
_JDKS = ("openjdk", "eclipse-temurin", "amazoncorretto", "maven", "gradle", "ibm-semeru-runtimes")
MAJOR = "The runtime is of the same major version"


def recipe(build: BuildStage) -> Runtime | None:
    """The runtime stage of `java -jar PATH`; None when the path or the version is not known."""
    if build.reference.name not in _JDKS or next(build.commands(*_BUILDERS), None) is None:
        return None
    archive = _archive(build)
    major = _major(build)
    if archive is None or major is None:
        return None
    base = f"eclipse-temurin:{major[0]}-jre" + ("-alpine" if build.is_alpine else "")
    return Runtime(
        base,
        tuple(copy_lines(build.name, [archive], owner_of(build))),
        (
            major[1],
            unknown("The runtime modules that it uses are in the JRE", "Build and compare both"),
        ),
    )


def _archive(build: BuildStage) -> str | None:
    """Absolute path of the jar that the start runs."""
    entry = build.simple_exec(build.start.entrypoint)
    command = build.simple_exec(build.start.command)
    words = (*(entry or ()), *(command or ()))
    if entry is None or command is None or "-jar" not in words[:-1]:
        return None
    if words[0].rpartition("/")[2] != "java":
        return None
    path = words[words.index("-jar") + 1]
    if set(path) & set("*?$"):
        return None
    return normpath(join(build.start.workdir, path))


def _major(build: BuildStage) -> tuple[str, Precondition] | None:
    tag = build.reference.tag
    match = re.search(r"(?:jdk|openjdk|temurin|corretto|semeru)-?(\d+)", tag)
    if match is None and build.reference.name not in ("maven", "gradle"):
        match = re.match(r"(\d+)", tag)
    if match is None:
        return None
    return match[1], holds(MAJOR, f"{build.start.base} is a JDK {match[1]}")
