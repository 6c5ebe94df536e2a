"""What the instructions of a stage, and of all stages built on it, use of their base."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from hardening.dockerfile.model import Dockerfile, Form, Instruction, Stage
from hardening.dockerfile.packages import package_calls
from hardening.dockerfile.shell_model import Script
from hardening.image.model import Image
from hardening.rewrites.base_image_own import own_script

DISTRO_MANAGERS = frozenset(
    {"apt", "apt-get", "aptitude", "dpkg", "apk", "dnf", "yum", "microdnf", "zypper"}
)
SHELLS = frozenset({"sh", "bash", "dash", "ash", "zsh", "ksh", "busybox"})
STARTS = ("CMD", "ENTRYPOINT", "HEALTHCHECK")
_COMPILING = frozenset({"pip", "npm", "yarn", "pnpm", "gem", "cpan", "cpanm", "bundle", "cargo"})
_PACKAGES = {
    "ssh": "openssh-client", "scp": "openssh-client", "svn": "subversion", "xz": "xz-utils",
    "ps": "procps", "gpg": "gnupg", "hg": "mercurial", "psql": "postgresql-client",
    "mysql": "default-mysql-client",
}  # fmt: skip
_COMPILERS = frozenset({"gcc", "g++", "cc", "c++", "make", "patch"})


@dataclass
class Uses:
    """`commands` are those that nothing in the file installs, with where each is used first;
    `builds` are installers that may compile; `managers` the package managers of RUN; `unread` says
    what could not be looked into. `scripts` are start scripts with the program after `#!`."""

    commands: dict[str, str] = field(default_factory=dict)
    builds: set[str] = field(default_factory=set)
    managers: dict[str, str] = field(default_factory=dict)
    installed: set[str] = field(default_factory=set)
    scripts: dict[str, str] = field(default_factory=dict)
    unread: str = ""

    def brought(self, command: str) -> bool:
        """Whether a package that is installed plainly brings a command."""
        if command in _COMPILERS and self.installed & {"build-essential", "build-base"}:
            return True
        return bool({_PACKAGES.get(command, command), command} & self.installed)


def own_instructions(dockerfile: Dockerfile, stage: Stage) -> Iterator[Instruction]:
    """Of the stage and of all that are built on it."""
    for one in dockerfile.stages:
        if any(link.index == stage.index for link in dockerfile.chain(one)):
            yield from one.instructions


def uses_of(dockerfile: Dockerfile, stage: Stage, image: Image | None) -> Uses:
    """Every command of RUN, SHELL, CMD, ENTRYPOINT, HEALTHCHECK and of the scripts that start."""
    found = Uses()
    for one in own_instructions(dockerfile, stage):
        where = f"line {one.start_line}"
        if one.keyword == "RUN":
            _add_run(found, one, where)
        elif one.keyword == "SHELL" and one.words:
            _add_command(found, _base_name(one.words[0].value), where)
        elif one.keyword in STARTS:
            _add_start(found, one, image, where)
    return found


def _add_run(found: Uses, one: Instruction, where: str) -> None:
    if one.shell is None and one.form is Form.EXEC and one.words:
        _add_command(found, _base_name(one.words[0].value), where)
        return
    if one.shell is None:
        found.unread = found.unread or f"the RUN of {where}"
        return
    _add_script(found, one.shell, where)


def _add_script(found: Uses, script: Script, where: str) -> None:
    if script.errors or any(one.name is None for one in script.commands):
        found.unread = found.unread or f"a command of {where}"
    for call in package_calls(script):
        if call.manager in DISTRO_MANAGERS:
            found.managers.setdefault(call.manager, where)
            found.installed |= {(word.value or "").partition("=")[0] for word in call.packages}
    for command in script.commands:
        name = _base_name(command.name or "")
        if name.rstrip("3") in _COMPILING or "pip" in {w.value for w in command.words[:3]}:
            found.builds.add(name)
        _add_command(found, name, where)


def _add_start(found: Uses, one: Instruction, image: Image | None, where: str) -> None:
    if one.form is Form.SHELL:
        found.commands.setdefault("sh", f"{one.keyword} in {where}")
        if one.shell is not None:
            _add_script(found, one.shell, f"{one.keyword} in {where}")
        return
    words = [word.value for word in one.words if word.value not in ("CMD", "NONE")]
    for path in [*words[:1], *(word for word in words[1:2] if _base_name(words[0]) in SHELLS)]:
        _add_command(found, _base_name(path), where)
        text = own_script(image, path)
        if text is not None:
            _add_text(found, path, text)
        elif path.endswith((".sh", ".bash")) or "entrypoint" in path:
            found.unread = found.unread or f"the script {path}"


def _add_text(found: Uses, path: str, text: str) -> None:
    """What a script does, where it is one for a shell."""
    from hardening.dockerfile import parse
    from hardening.rewrites.base_image_own import interpreter

    program = interpreter(text.encode("utf-8", "replace"))
    found.scripts[path] = program
    _add_command(found, program, path)
    if program not in SHELLS:
        return
    end = "END_OF_THE_SCRIPT"
    read = parse(f"FROM scratch\nRUN <<'{end}'\n{text}\n{end}\n")
    script = read.instructions[-1].shell if end not in text else None
    if script is None:
        found.unread = found.unread or f"the script {path}"
        return
    for command in script.commands:  # `exec "$@"` runs what CMD says, which is looked at itself
        _add_command(found, _base_name(command.name or ""), path)


def _add_command(found: Uses, name: str, where: str) -> None:
    if name and not found.brought(name):
        found.commands.setdefault(name, where)


def _base_name(path: str) -> str:
    return path.rpartition("/")[2]
