"""What must hold before a stage moves to Alpine or to an image without a shell."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping

from hardening.dockerfile.model import Dockerfile, Form, Instruction, Stage
from hardening.image.model import Image
from hardening.model import Precondition, fails, holds, unknown
from hardening.rewrites.base_image import Candidate
from hardening.rewrites.base_image_own import Own, own_programs
from hardening.rewrites.base_image_uses import SHELLS, Uses, own_instructions, uses_of

_ALPINE_LACKS = frozenset(
    {
        "bash", "useradd", "groupadd", "usermod", "groupmod", "userdel", "gpasswd", "curl", "git",
        "gcc", "g++", "cc", "c++", "make", "cmake", "perl", "gpg", "file", "rsync", "ssh",
        "locale-gen", "dpkg-reconfigure", "update-alternatives", "ldconfig", "gosu", "envsubst",
        "lsb_release", "systemctl", "service", "runuser", "setpriv", "script",
    }
)  # fmt: skip
"""Commands that Debian's images or their packages have and Alpine's lack until installed."""
_DEBIAN = frozenset({"apt", "apt-get", "aptitude", "dpkg", "dnf", "yum", "microdnf", "zypper"})
_DISTROLESS_HAS = re.compile(
    r"(?:lib(?:c|m|pthread|dl|rt|util|resolv|gcc_s|stdc\+\+|gomp|ssl|crypto|z)|ld-linux[\w-]*)\.so\b"
)
"""Libraries of the images built on distroless `cc`."""
_INTERPRETERS = {"python": ("python", "python3"), "node": ("node", "nodejs"), "java": ("java",)}
_PRIVILEGED = 1024


def alpine(dockerfile: Dockerfile, stage: Stage, image: Image | None) -> Iterator[Precondition]:
    """musl in the place of glibc, BusyBox in that of the GNU tools, apk in that of apt."""
    uses, own = uses_of(dockerfile, stage, image), own_programs(image)
    statement = "No RUN uses a package manager that Alpine lacks"
    found = {name: where for name, where in uses.managers.items() if name in _DEBIAN}
    yield _none(statement, found, "Every RUN was looked at", uses.unread)
    statement = "Every command that is used is in Alpine's image"
    found = {name: where for name, where in uses.commands.items() if name in _ALPINE_LACKS}
    yield _none(statement, found, "Every command was looked at", uses.unread)
    yield _no_glibc(own)
    if uses.builds:
        names = ", ".join(sorted(uses.builds))
        yield unknown("Dependencies are published for musl, or compile", f"{names} installs them")
    yield unknown(
        "Name lookups, locales and threads with small stacks work the same on musl",
        "Only a run shows it",
    )


def _no_glibc(own: Own) -> Precondition:
    statement = "No program of the own layers needs glibc"
    if own.why:
        return unknown(statement, own.why)
    if "glibc" in own.copied_libcs:
        return fails(statement, f"{own.copied_libcs['glibc']} does, and it is copied as it is")
    if "glibc" in own.libcs:
        return unknown(statement, f"{own.libcs['glibc']} does; a RUN made it, for musl next time")
    return holds(statement, f"{own.programs} programs and libraries were read")


def distroless(
    dockerfile: Dockerfile, stage: Stage, row: Candidate, image: Image | None
) -> Iterator[Precondition]:
    """No shell, no package manager, no account but root and nonroot."""
    own = list(own_instructions(dockerfile, stage))
    uses = uses_of(dockerfile, stage, image)
    runs = sum(one.keyword == "RUN" for one in own)
    statement = "No RUN of the stage needs a shell"
    yield fails(statement, f"It has {runs} RUN") if runs else holds(statement, "It has no RUN")
    yield _exec_form(own)
    yield _no_scripts(uses, own_programs(image))
    yield _interpreter(own, row)
    yield _libraries(own_programs(image))
    yield _unprivileged(own)
    yield unknown("The application finds its files and modules", "Only a run shows it")


def _exec_form(own: list[Instruction]) -> Precondition:
    starts = [one for one in own if one.keyword in ("CMD", "ENTRYPOINT", "HEALTHCHECK")]
    statement = "Start commands are in exec form"
    shell = [one.keyword for one in starts if one.form is Form.SHELL]
    if shell:
        return fails(statement, f"In shell form: {', '.join(shell)}")
    if not any(one.keyword in ("CMD", "ENTRYPOINT") for one in starts):
        return fails("The Dockerfile says what starts", "Neither CMD nor ENTRYPOINT is there")
    return holds(statement, "All of them are JSON arrays")


def _no_scripts(uses: Uses, own: Own) -> Precondition:
    """Of start commands, health check and own files."""
    statement = "Nothing that starts is a shell script or a tool of the distribution"
    tools = {*SHELLS, "curl", "wget", "env", "gosu", "su", "tini", "dumb-init"}
    found = {name: where for name, where in uses.commands.items() if name in tools}
    if found:
        return _none(statement, found, "")
    if uses.unread:
        return unknown(statement, f"Not read: {uses.unread}")
    scripts = {path: name for name, path in own.interpreters.items() if name in SHELLS}
    if scripts:
        said = ", ".join(f"{path} ({name})" for path, name in sorted(scripts.items()))
        return unknown(statement, f"There are scripts that something may start: {said}")
    if own.why:
        return unknown(statement, own.why)
    return holds(statement, "Start commands, health check and own files were looked at")


def _interpreter(own: list[Instruction], row: Candidate) -> Precondition:
    """The images for a language start its interpreter by themselves."""
    statement = "The start command fits the interpreter that the image starts"
    name = row.name.rpartition("/")[2]
    language = next((one for one in _INTERPRETERS if name.startswith(one)), "")
    entries = [one for one in own if one.keyword == "ENTRYPOINT" and one.words]
    commands = [one for one in own if one.keyword == "CMD" and one.words]
    if language == "":
        return holds(statement, "It starts nothing by itself")
    if entries:
        first = entries[-1].words[0].value
        if first.rpartition("/")[2] in _INTERPRETERS[language]:
            return unknown(statement, f"{first} may lie elsewhere in {row.name}")
        return unknown(statement, f"ENTRYPOINT {first} replaces the interpreter")
    first = commands[-1].words[0].value if commands else ""
    if first.rpartition("/")[2] in _INTERPRETERS[language]:
        return fails(statement, f"CMD would start {first} twice: leave its first word out")
    return unknown(statement, f"CMD {first} becomes an argument of {language}")


def _libraries(own: Own) -> Precondition:
    statement = "Programs that were added load nothing that the image lacks"
    if own.why:
        return unknown(statement, own.why)
    if "musl" in own.libcs:
        return fails(statement, f"{own.libcs['musl']} needs musl")
    left = sorted(one for one in own.needed if not _DISTROLESS_HAS.match(one))
    if left:
        return fails(statement, f"Needed: {', '.join(left[:8])}")
    return holds(statement, f"{own.programs} programs and libraries were read")


def _unprivileged(own: list[Instruction]) -> Precondition:
    statement = "It runs as the user nonroot (65532)"
    users = [one.words[0].value for one in own if one.keyword == "USER" and one.words]
    last = users[-1].partition(":")[0] if users else ""
    if last and not last.isdigit() and last != "nonroot":
        return fails(statement, f"USER {last} is no account there")
    low = [
        word.value
        for one in own
        if one.keyword == "EXPOSE"
        for word in one.words
        if (port := word.value.partition("/")[0]).isdigit() and int(port[:9]) < _PRIVILEGED
    ]
    if low:
        return unknown(
            statement, f"It listens at port {', '.join(low)}: allow that, or use another"
        )
    return holds(statement, f"USER {last}") if last else unknown(statement, "It ran as root so far")


def _none(
    statement: str, found: Mapping[str, str], otherwise: str, unread: str = ""
) -> Precondition:
    if found:
        return fails(statement, f"Used: {', '.join(_places(found.items()))}")
    return unknown(statement, f"Not read: {unread}") if unread else holds(statement, otherwise)


def _places(found: Iterable[tuple[str, str]]) -> list[str]:
    return [f"{name} ({where})" for name, where in sorted(found)[:8]]
