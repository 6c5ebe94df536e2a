"""Rust: the release binary, on the builder's own release, or on scratch for a musl target."""

from __future__ import annotations

from posixpath import basename, join

from hardening.dockerfile.model import Form, Instruction
from hardening.model import Precondition, holds, unknown
from hardening.rewrites.build_stage import BuildStage, Runtime
from hardening.rewrites.packages import runtime_packages
from hardening.rewrites.recipes.common import (
    CERTIFICATES,
    copy_lines,
    elf_of,
    exec_text,
    in_image,
    libraries,
    owner_of,
)

STATIC = "The binary needs no C library"


def recipe(build: BuildStage) -> Runtime | None:
    """The runtime stage of `cargo build --release` or `cargo install`; None otherwise."""
    if build.reference.name != "rust":
        return None
    built = _built(build)
    entry = build.simple_exec(build.start.entrypoint)
    command = build.simple_exec(build.start.command)
    if built is None or entry is None or command is None or not (entry or command):
        return None
    folder, musl = built
    words = (*entry, *command)
    program = build.start.absolute(words[0]) if "/" in words[0] else join(folder, words[0])
    if not program.startswith(folder):
        return None
    facts = elf_of(build, program)
    static = musl or (facts is not None and facts.static)
    base = "scratch" if static else _system(build)
    packages = runtime_packages(() if static else build.installed)
    lines = []
    install = packages.line(build.dockerfile.escape)
    if install is not None:
        lines.append(install)
    if in_image(build, CERTIFICATES):
        lines += copy_lines(build.name, [CERTIFICATES])
    lines += copy_lines(build.name, [program], owner_of(build))
    return Runtime(
        base,
        tuple(lines),
        (_linked(static, musl, program, base), libraries(packages, f"{base} is the same release")),
        replaced=_replaced(build, entry, command, program),
    )


def _built(build: BuildStage) -> tuple[str, bool] | None:
    """Folder of the programs, and whether they are built for musl."""
    for instruction, script, command in build.commands("cargo"):
        words = [build.text_of(instruction, word) or "" for word in command.arguments]
        if not words:
            continue
        if words[0] == "install":
            return build.start.environment.get("CARGO_HOME", "/usr/local/cargo") + "/bin", False
        if words[0] == "build" and ("--release" in words or "-r" in words):
            folder = build.folder_at(instruction, script, command)
            target = next((word for word in words if "-linux-" in word), "").removeprefix(
                "--target="
            )
            path = (
                join(folder, "target", target, "release") if target else f"{folder}/target/release"
            )
            return path.replace("//", "/"), "musl" in target
    return None


def _system(build: BuildStage) -> str:
    if build.is_alpine:
        version = build.reference.tag.partition("alpine")[2]
        return f"alpine:{version}" if version else "alpine:3"
    return f"debian:{build.codename or 'bookworm'}-slim"


def _linked(static: bool, musl: bool, program: str, base: str) -> Precondition:
    if musl:
        return holds(STATIC, "It is built for a musl target")
    if static:
        return holds(STATIC, f"{program} of the image is a static program")
    return unknown("The C library is no older than the one it was built with", f"{base} is assumed")


def _replaced(
    build: BuildStage, entry: tuple[str, ...], command: tuple[str, ...], program: str
) -> tuple[tuple[Instruction, str], ...]:
    pairs = ((build.start.entrypoint, entry), (build.start.command, command))
    written = [(one, words) for one, words in pairs if one is not None and words]
    found = []
    for position, (instruction, words) in enumerate(written):
        changed = (program, *words[1:]) if position == 0 else words
        same = basename(words[0]) != words[0] or position > 0
        if instruction.form is not Form.EXEC or not same:
            found.append((instruction, exec_text(instruction.keyword, changed)))
    return tuple(found)
