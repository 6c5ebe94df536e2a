"""Packages whose tools serve an intruder, and the lines that install them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from hardening.dockerfile.shell_model import PackageCall, ShellWord
from hardening.dockerfile.shell_values import words_of
from hardening.rules.support import Facts, Run, facts
from hardening.subject import Subject

SYSTEM: Final = ("apt-get", "apt", "aptitude", "apk", "yum", "dnf", "microdnf", "zypper")
NETWORK: Final = frozenset(
    "netcat netcat-openbsd netcat-traditional nmap nmap-ncat ncat nc socat telnet "  # noqa: SIM905
    "inetutils-telnet tcpdump wireshark tshark ettercap hping3 dsniff rsh-client busybox-extras "
    "masscan hydra".split()
)
DEBUGGERS: Final = frozenset({"gdb", "strace", "ltrace"})
ENGINES: Final = frozenset(
    "docker.io docker-ce docker docker-engine moby-engine containerd podman containerd.io "  # noqa: SIM905
    "cri-o runc lxc lxd docker-ce-rootless-extras".split()
)
PROGRAMS: Final = {
    "netcat-openbsd": "nc",
    "netcat-traditional": "nc",
    "netcat": "nc",
    "nmap-ncat": "ncat",
    "inetutils-telnet": "telnet",
    "busybox-extras": "telnet",
}
"""Program of a package where it is called otherwise."""

_STARTED: Final = "words that start"
_COMPANIONS: Final = {
    "socat": ("mariadb-backup", "mariadb-server", "percona-xtrabackup", "haproxy", "keepalived"),
}
"""Packages whose own scripts call the tool: it is there for them."""

_KINDS: Final = (
    (NETWORK, "a network tool"),
    (DEBUGGERS, "a debugger"),
    (ENGINES, "a container engine"),
)


def installs(subject: Subject) -> Iterator[tuple[Run, PackageCall]]:
    """Installs of system packages that reach the image."""
    for run, call in facts(subject).calls(*SYSTEM):
        if call.verb == "install" and run.shipped:
            yield run, call


def package_names(run: Run, call: PackageCall) -> Iterator[tuple[str, ShellWord]]:
    """The packages of a call without versions, each with the word that brings it: a variable may
    bring several."""
    for word in call.packages:
        values = words_of(run.instruction, run.script, call.command, word)
        for value in values or (word.text.strip("\"'"),):
            yield re.split("[=<>~:]", value)[0], word


def names_of(call: PackageCall) -> frozenset[str]:
    """The packages of a call without versions."""
    return frozenset(word.text.strip("\"'").partition("=")[0] for word in call.packages)


def has_companion(call: PackageCall, package: str) -> bool:
    """True when the same install brings something that needs the tool."""
    wanted = _COMPANIONS.get(package, ())
    return any(name.startswith(wanted) for name in names_of(call)) if wanted else False


def is_used(subject: Subject, package: str) -> bool:
    """True when the Dockerfile names the program outside of an install."""
    program = PROGRAMS.get(package, package)
    known = facts(subject)
    if known.commands(program) or (program == "nc" and known.commands("netcat", "ncat")):
        return True
    if _STARTED not in known.memo:
        known.memo[_STARTED] = _started_words(known)
    words = known.memo[_STARTED]
    return program in words or package in words


def _started_words(known: Facts) -> frozenset[str]:
    text = " ".join(one.instruction.value for one in known.all("CMD", "ENTRYPOINT", "HEALTHCHECK"))
    return frozenset(text.replace("/", " ").replace('"', " ").replace(",", " ").split())


def said_of_lines(subject: Subject) -> dict[int, frozenset[str]]:
    """By instruction: which kinds of tools the rules about its packages look at, so that the image
    need not be asked for what that line installs."""
    if subject.dockerfile is None:
        return {}
    found: dict[int, set[str]] = {}
    for run, call in installs(subject):
        packages = names_of(call)
        kinds = {kind for names, kind in _KINDS if packages & names}
        if kinds:
            found.setdefault(run.instruction.index, set()).update(kinds)
    return {index: frozenset(kinds) for index, kinds in found.items()}
