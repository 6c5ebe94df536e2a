"""The multi-stage rewrite: what builds stays behind, what runs is copied into a small last stage.

The build stage keeps its lines byte for byte, only `AS build` is added to its FROM; the new stage
is written after the end of the file. Nothing here is ever safe by itself: build both and compare.
"""

from __future__ import annotations

import re

from hardening.dockerfile.edits import insert_at
from hardening.dockerfile.model import Instruction
from hardening.model import Edit, Fix, Precondition, fails, unknown
from hardening.rewrites.accounts import choose_account, named_account
from hardening.rewrites.build_stage import BuildStage, Runtime
from hardening.rewrites.recipes import go, java, node, python, rust
from hardening.runtime.base_facts import known_account
from hardening.runtime.start import start_of
from hardening.subject import Subject

RECIPES = (go.recipe, rust.recipe, java.recipe, node.recipe, python.recipe)
SAME = "The smaller image does what the old one did"
_FIRST = ("ENV", "LABEL")
_LAST = ("SHELL", "VOLUME", "EXPOSE", "STOPSIGNAL", "HEALTHCHECK", "ONBUILD", "USER", "ENTRYPOINT",
         "CMD")  # fmt: skip
_BUILD_ONLY = re.compile(
    r"CGO_ENABLED|GO(OS|ARCH|FLAGS|PATH|PROXY|PRIVATE|111MODULE|SUMDB|CACHE|MODCACHE)|"
    r"DEBIAN_FRONTEND|PIP_\w+|NPM_CONFIG_\w+|npm_config_\w+|POETRY_\w+|UV_(?!PROJECT)\w+|"
    r"CARGO_\w+|RUSTFLAGS|RUSTUP_\w+|MAVEN_\w+|GRADLE_\w+|CFLAGS|CXXFLAGS|LDFLAGS|MAKEFLAGS"
)
_NOLOGIN = ("nobody", "www-data", "daemon")
EFFECT = (
    "Compilers, sources and caches stay in the build stage; the image that ships holds only what "
    "runs, and is built FROM {base}."
)


def multi_stage(subject: Subject) -> Fix | None:
    """The rewrite by the first recipe that fits; None when none does."""
    start = start_of(subject)
    dockerfile, stage = start.dockerfile, start.final
    if dockerfile is None or stage is None or start.is_windows or dockerfile.unparsed:
        return None
    if start.base is None or (stage.all("COPY", "ADD") and _copies_stages(stage.all("COPY"))):
        return None
    build = BuildStage(start, dockerfile, stage)
    runtime = next((made for recipe in RECIPES if (made := recipe(build)) is not None), None)
    if runtime is None:
        return None
    edits = []
    if stage.name is None:
        edits.append(insert_at(dockerfile, stage.base.span.end, f" AS {build.name}"))
    edits.append(_appended(build, runtime))
    preconditions = (
        *runtime.preconditions,
        _nothing_else(build),
        unknown(SAME, "Build and compare both"),
    )
    title = f"Ship a second stage built on {runtime.base}"
    return Fix("multi-stage", title, tuple(edits), preconditions, EFFECT.format(base=runtime.base))


def _copies_stages(copies: tuple[Instruction, ...]) -> bool:
    """A stage that already takes most of its content from others is no build stage."""
    return any(one.flag("from") is not None for one in copies)


def _appended(build: BuildStage, runtime: Runtime) -> Edit:
    dockerfile = build.dockerfile
    text = dockerfile.text
    body = runtime.stages + _stage_text(build, runtime)
    gap = "\n" if text.endswith("\n") else "\n\n"
    end = "\n" if text.endswith("\n") else ""
    return insert_at(dockerfile, len(text), gap + body.rstrip("\n") + end)


def _stage_text(build: BuildStage, runtime: Runtime) -> str:
    lines = [f"FROM {runtime.base}"]
    first = [one for one in build.start.all(*_FIRST) if not _only_builds(one)]
    last = _derived(build, runtime)
    lines += _arguments(build, [*(text_of(build, one) for one in first), *last])
    lines += [text_of(build, one) for one in first]
    if build.start.last("WORKDIR") is not None:
        lines.append(f"WORKDIR {build.start.workdir}")
    return "\n".join([*lines, *runtime.lines, *last]) + "\n"


def text_of(build: BuildStage, instruction: Instruction) -> str:
    """An instruction as written, with plain newlines."""
    return instruction.span.slice(build.dockerfile.text).replace("\r\n", "\n")


def _only_builds(instruction: Instruction) -> bool:
    """ENV lines that only steer the build."""
    keys = [pair.key for pair in instruction.pairs]
    return instruction.keyword == "ENV" and bool(keys) and all(map(_BUILD_ONLY.fullmatch, keys))


def _arguments(build: BuildStage, used_by: list[str]) -> list[str]:
    """ARG lines whose names the derived lines use."""
    joined = "\n".join(used_by)
    used = set(re.findall(r"\$\{?(\w+)", joined))
    return [
        text_of(build, one)
        for one in build.start.all("ARG")
        if any(pair.key in used for pair in one.pairs)
    ]


def _derived(build: BuildStage, runtime: Runtime) -> list[str]:
    """Run-time instructions in their order; of those that override each other only the last."""
    replaced = {id(one): text for one, text in runtime.replaced}
    found = []
    repeated = ("VOLUME", "EXPOSE", "ONBUILD")
    for instruction in build.start.all(*_LAST):
        keyword = instruction.keyword
        if keyword not in repeated and instruction is not build.start.last(keyword):
            continue
        if keyword == "USER":
            found += _user_lines(build, runtime, instruction)
        else:
            found.append(replaced.get(id(instruction)) or text_of(build, instruction))
    return found


def _user_lines(build: BuildStage, runtime: Runtime, instruction: Instruction) -> list[str]:
    """USER by number; an account that the build stage made is made here too."""
    start = build.start
    value = start.expanded(instruction, instruction.words[0].value if instruction.words else "")
    name = (value or "").partition(":")[0]
    if not name or name.isdigit() or name in ("root", *_NOLOGIN):
        return [text_of(build, instruction)]
    known = known_account(runtime.base)
    if known is not None and known.name == name:
        return [f"USER {known.uid}:{known.gid}"]
    account = named_account(start, value or "")
    if runtime.base == "scratch":
        return [f"USER {account.uid}:{account.gid}" if account is not None else "USER 65532:65532"]
    choice = choose_account(start)
    if account is None or choice is None:
        return [text_of(build, instruction)]
    makers = [text_of(build, one) for one in account_makers(build)]
    return [*makers, f"USER {account.uid}:{account.gid}"]


def account_makers(build: BuildStage) -> list[Instruction]:
    """RUN lines that do nothing but make accounts."""
    programs = {"groupadd", "useradd", "addgroup", "adduser"}
    return [
        one
        for one, script in build.runs
        if script.commands and all(command.name in programs for command in script.commands)
    ]


def _nothing_else(build: BuildStage) -> Precondition:
    """RUN lines that leave something which the recipe did not recognise."""
    statement = "Nothing else that the build made is needed to run"
    health = build.start.last("HEALTHCHECK")
    makes = ("mkdir", "ln", "install", "cp", "mv", "touch", "tee", "chown")
    lines = sorted({one.start_line for one, _, command in build.commands(*makes)})
    if any(pair.value is None for one in build.start.all("ENV") for pair in one.pairs):
        return fails(statement, "An ENV line could not be read")
    shown = f"lines {', '.join(map(str, lines))} make files; " if lines else ""
    probe = f"line {health.start_line} needs its probe" if health is not None else ""
    return unknown(statement, f"{shown}{probe}".strip("; ") or "Only a run can show it")
