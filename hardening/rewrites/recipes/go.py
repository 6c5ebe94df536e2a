"""Go: the binary alone on scratch when it is static, else on the builder's own system."""

from __future__ import annotations

from posixpath import basename, join, normpath

from hardening.dockerfile.model import Form, Instruction
from hardening.dockerfile.shell_model import Command, Script
from hardening.model import Precondition, holds, unknown
from hardening.rewrites.build_stage import BuildStage, Runtime
from hardening.rewrites.recipes.common import (
    CERTIFICATES,
    copy_lines,
    elf_of,
    exec_text,
    in_image,
    line_of,
    owner_of,
)

ZONES = "/usr/local/go/lib/time/zoneinfo.zip"
_ASSETS = ("templates", "template", "static", "public", "assets", "views", "web", "config",
           "configs", "conf", "migrations", "locales", "i18n", "data")  # fmt: skip
_VALUE_FLAGS = ("-o", "-ldflags", "-tags", "-gcflags", "-asmflags", "-mod", "-buildmode", "-p",
                "-installsuffix", "-modfile", "-overlay", "-pkgdir", "-toolexec", "-C",
                "-gccgoflags", "-compiler", "-coverpkg", "-pgo")  # fmt: skip
STATIC = "The binary needs no C library"
_CODENAMES = {"1.25": "bookworm", "1.26": "trixie"}


def recipe(build: BuildStage) -> Runtime | None:
    """The runtime stage of a Go build whose output is known; None otherwise."""
    found = [
        (instruction, script, command)
        for instruction, script, command in build.commands("go")
        if len(command.words) > 1 and command.words[1].value in ("build", "install")
    ]
    outputs = {path: one for one in found for path in _outputs(build, *one)}
    entry = build.simple_exec(build.start.entrypoint)
    command = build.simple_exec(build.start.command)
    if not outputs or entry is None or command is None or not (entry or command):
        return None
    program = _program(build, (*entry, *command)[0], outputs)
    if program is None:
        return None
    static = _static(build, program, outputs[program])
    base = "scratch" if static.verdict == "holds" and not _needs_shell(build) else _system(build)
    lines = copy_lines(build.name, [program], owner_of(build))
    lines += copy_lines(build.name, _assets(build), owner_of(build))
    extra, conditions = _certificates(build)
    asset_condition = _assets_known(build)
    return Runtime(
        base,
        (*extra, *lines),
        (static, _entry_known(program, outputs[program][0]), *conditions, asset_condition),
        replaced=_replaced(build, entry, command, program),
    )


def _outputs(
    build: BuildStage, instruction: Instruction, script: Script, command: Command
) -> list[str]:
    """Absolute paths that this `go build` or `go install` writes."""
    words = [build.text_of(instruction, word) for word in command.words[2:]]
    folder = build.folder_at(instruction, script, command)
    out, packages, skip = None, [], False
    for index, word in enumerate(words):
        if skip:
            skip = False
        elif word in _VALUE_FLAGS:
            skip = True
            if word == "-o":
                out = words[index + 1] if index + 1 < len(words) else None
                if out is None:
                    return []
        elif word is not None and word.startswith("-o="):
            out = word[3:]
        elif word is not None and not word.startswith("-"):
            packages.append(word)
    names = [_name(build, package, folder) for package in packages or ["."]]
    if command.words[1].value == "install":
        target = build.start.environment.get("GOBIN") or "/go/bin"
        return [join(target, name) for name in names if name]
    if out is None:
        return [join(folder, name) for name in names[:1] if name]
    path = normpath(join(folder, out))
    if out.endswith(("/", "/.")) or out in (".", "..") or path in ("/usr/local/bin", "/usr/bin"):
        return [join(path, name) for name in names if name]
    return [path]


def _name(build: BuildStage, package: str, folder: str) -> str | None:
    """The name that Go gives to the program of a package."""
    package = package.partition("@")[0].rstrip("/")
    if package.endswith(".go"):
        return basename(package)[:-3]
    if package not in (".", "./...", ""):
        return basename(package)
    module = build.file_in_context("go.mod") or ""
    for line in module.splitlines():
        if line.startswith("module ") and len(line.split()) > 1:
            parts = [part for part in line.split()[1].strip('"').split("/") if part]
            if len(parts) > 1 and parts[-1][:1] == "v" and parts[-1][1:].isdigit():
                parts.pop()
            return parts[-1]
    words = build.start.argv
    if words and normpath(join(build.start.workdir, words[0])).startswith(folder):
        return basename(words[0])
    return None


def _program(build: BuildStage, word: str, outputs: dict[str, object] | object) -> str | None:
    """The built path that the first word of the start runs."""
    assert isinstance(outputs, dict)
    if "/" in word:
        path = build.start.absolute(word)
        return path if path in outputs else None
    return next((path for path in outputs if basename(path) == word), None)


def _static(
    build: BuildStage, program: str, built: tuple[Instruction, Script, Command]
) -> Precondition:
    facts = elf_of(build, program)
    if facts is not None:
        if facts.static:
            return holds(STATIC, f"{program} of the image is a static program")
        return unknown(STATIC, f"{program} of the image loads {facts.interpreter or 'libraries'}")
    instruction, script, command = built
    values: dict[str, str | None] = {
        key: word.value for key, word in command.assignments if word is not None
    }
    for earlier in script.commands:
        if earlier.span.start < command.span.start and earlier.name in ("export", None):
            values.update(
                {key: word.value for key, word in earlier.assignments if word is not None}
            )
            for argument in earlier.arguments:
                key, equals, text = (argument.value or "").partition("=")
                if equals:
                    values.setdefault(key, text)
    setting = values.get("CGO_ENABLED") or build.start.environment.get("CGO_ENABLED")
    if setting == "0":
        return holds(STATIC, f"{line_of(instruction)} builds with CGO_ENABLED=0")
    return unknown(STATIC, "CGO_ENABLED=0 is not set, so it may link to the C library")


def _needs_shell(build: BuildStage) -> bool:
    """A health check by a shell or by curl cannot run on scratch."""
    health = build.start.last("HEALTHCHECK")
    if health is None:
        return False
    if health.form is Form.EXEC:
        words = [word.value for word in health.words]
        return not any(word.startswith("/") for word in words[:2])
    return health.shell is not None


def _system(build: BuildStage) -> str:
    """The builder's own distribution and release, small."""
    tag = build.reference.tag
    if build.is_alpine:
        version = tag.partition("alpine")[2]
        return f"alpine:{version}" if version else "alpine:3"
    codename = build.codename
    if codename is None:
        codename = _CODENAMES.get(".".join(tag.split(".")[:2]), "bookworm")
    return f"debian:{codename}-slim"


def _certificates(build: BuildStage) -> tuple[list[str], list[Precondition]]:
    """CA certificates and time zones, where the builder is known to have them."""
    statement = "Certificates and time zones are there when it needs them"
    has = in_image(build, CERTIFICATES)
    official = build.reference.name == "golang"
    lines = copy_lines(build.name, [CERTIFICATES]) if has or (has is None and official) else []
    zones = in_image(build, ZONES)
    if zones:
        lines += [*copy_lines(build.name, [ZONES]), f"ENV ZONEINFO={ZONES}"]
    if has and zones:
        return lines, [holds(statement, "Both are copied from the image")]
    if has is False:
        return lines, [unknown(statement, f"The image has no {CERTIFICATES}")]
    evidence = "Certificates are copied; for time zones build with -tags timetzdata"
    return lines, [unknown(statement, evidence if lines else "The builder's are not known")]


def _assets(build: BuildStage) -> list[str]:
    """Folders of templates, static files and the like that stand beside the binary."""
    context, workdir = build.subject.context, build.start.workdir
    if context is None or not build.start.all("COPY", "ADD"):
        return []
    used = _opened(build)
    return [join(workdir, name) for name in _ASSETS if context.is_directory(name) and name in used]


def _opened(build: BuildStage) -> set[str]:
    """Folder names of `_ASSETS` that Go sources of the context name in a string."""
    context = build.subject.context
    if context is None:
        return set()
    found: set[str] = set()
    sources = [path for path in context.paths() if path.endswith(".go")][:300]
    for path in sources:
        text = (context.read(path, 256 << 10) or b"").decode("utf-8", "replace")
        for name in _ASSETS:
            if f'"{name}"' in text or f'"{name}/' in text or f'"./{name}' in text:
                found.add(name)
    return found


def _assets_known(build: BuildStage) -> Precondition:
    statement = "Every file that it reads at run time is carried over"
    if build.subject.context is None:
        return unknown(statement, "The build context is not known")
    found = _assets(build)
    shown = (
        f"{', '.join(found)} is copied" if found else "No folder of assets is named in the sources"
    )
    return unknown(statement, f"{shown}; files named otherwise are not seen")


def _entry_known(program: str, instruction: Instruction) -> Precondition:
    return holds("The start runs what was built", f"{line_of(instruction)} builds {program}")


def _replaced(
    build: BuildStage, entry: tuple[str, ...], command: tuple[str, ...], program: str
) -> tuple[tuple[Instruction, str], ...]:
    """CMD and ENTRYPOINT without a shell, the program by its path."""
    found = []
    first = True
    for instruction, words in ((build.start.entrypoint, entry), (build.start.command, command)):
        if instruction is None or not words:
            continue
        changed = words
        if first and "/" not in words[0]:
            changed = (program, *words[1:])
        first = False
        if instruction.form is not Form.EXEC or changed != words:
            found.append((instruction, exec_text(instruction.keyword, changed)))
    return tuple(found)
