"""Which Linux capabilities the start of a container is shown to need.

Docker grants fourteen by default; hardened flags drop all and add back what is listed here. Static
signals only: a capability that nobody showed to be needed is left out, and the flag then needs a
review. Sources: capabilities(7), `include/uapi/linux/capability.h` and moby's default list.
"""

from __future__ import annotations

import re
import struct
from collections.abc import Iterator
from typing import NamedTuple

from hardening.image.model import Entry
from hardening.runtime.base_facts import drops_privileges_by_name
from hardening.runtime.programs import Program, Programs, start_programs
from hardening.runtime.start import Start
from hardening.runtime.writable import servers_of

NAMES = [
    "CHOWN",
    "DAC_OVERRIDE",
    "DAC_READ_SEARCH",
    "FOWNER",
    "FSETID",
    "KILL",
    "SETGID",
    "SETUID",
    "SETPCAP",
    "LINUX_IMMUTABLE",
    "NET_BIND_SERVICE",
    "NET_BROADCAST",
    "NET_ADMIN",
    "NET_RAW",
    "IPC_LOCK",
    "IPC_OWNER",
    "SYS_MODULE",
    "SYS_RAWIO",
    "SYS_CHROOT",
    "SYS_PTRACE",
    "SYS_PACCT",
    "SYS_ADMIN",
    "SYS_BOOT",
    "SYS_NICE",
    "SYS_RESOURCE",
    "SYS_TIME",
    "SYS_TTY_CONFIG",
    "MKNOD",
    "LEASE",
    "AUDIT_WRITE",
    "AUDIT_CONTROL",
    "SETFCAP",
    "MAC_OVERRIDE",
    "MAC_ADMIN",
    "SYSLOG",
    "WAKE_ALARM",
    "BLOCK_SUSPEND",
    "AUDIT_READ",
    "PERFMON",
    "BPF",
    "CHECKPOINT_RESTORE",
]
"""Index is the number of the capability."""

DOCKER_DEFAULT = frozenset(
    "CHOWN DAC_OVERRIDE FSETID FOWNER MKNOD NET_RAW SETGID SETUID SETFCAP SETPCAP "  # noqa: SIM905
    "NET_BIND_SERVICE "
    "SYS_CHROOT KILL AUDIT_WRITE".split()
)
NEVER_PROPOSED = frozenset({"SYS_ADMIN", "SYS_MODULE", "SYS_RAWIO", "SYS_PTRACE"})
"""Too strong to hand out on a static signal: named, never added."""

SWITCHERS = frozenset({"gosu", "su-exec", "setpriv", "runuser", "su", "sudo", "chpst", "setuidgid",
                       "s6-setuidgid", "doas"})  # fmt: skip

_BY_PROGRAM: dict[str, tuple[str, ...]] = {
    **dict.fromkeys(sorted(SWITCHERS), ("SETUID", "SETGID")),
    "chown": ("CHOWN",),
    "chgrp": ("CHOWN",),
    "chmod": ("FOWNER",),
    "chroot": ("SYS_CHROOT",),
    "mknod": ("MKNOD",),
    "iptables": ("NET_ADMIN", "NET_RAW"),
    "ip6tables": ("NET_ADMIN", "NET_RAW"),
    "nft": ("NET_ADMIN",),
    "tc": ("NET_ADMIN",),
    "openvpn": ("NET_ADMIN",),
    "wg-quick": ("NET_ADMIN",),
    "tcpdump": ("NET_RAW",),
    "dhclient": ("NET_RAW", "NET_ADMIN"),
    "ntpd": ("SYS_TIME",),
    "chronyd": ("SYS_TIME",),
    "hwclock": ("SYS_TIME",),
    "vault": ("IPC_LOCK",),
    "mount": ("SYS_ADMIN",),
    "fusermount": ("SYS_ADMIN",),
    "sshd": ("SETUID", "SETGID", "SYS_CHROOT", "CHOWN", "DAC_OVERRIDE", "KILL", "AUDIT_WRITE"),
    "cron": ("SETUID", "SETGID"),
    "crond": ("SETUID", "SETGID"),
    "nginx": ("CHOWN", "SETUID", "SETGID"),
    "httpd": ("SETUID", "SETGID", "KILL"),
    "httpd-foreground": ("SETUID", "SETGID", "KILL"),
    "apache2": ("CHOWN", "SETUID", "SETGID", "KILL"),
    "apache2ctl": ("CHOWN", "SETUID", "SETGID", "KILL"),
    "apachectl": ("CHOWN", "SETUID", "SETGID", "KILL"),
    "apache2-foreground": ("SETUID", "SETGID", "KILL"),
    "php-fpm": ("SETUID", "SETGID", "KILL"),
    "supervisord": ("SETUID", "SETGID", "KILL"),
    "s6-svscan": ("SETUID", "SETGID", "KILL", "CHOWN"),
}
_RECURSIVE = re.compile(r"-[a-zA-Z]*R")
_OWN_FILES = ("postgres", "mysql", "mariadb", "redis", "valkey", "mongo", "rabbitmq")


class Needed(NamedTuple):
    """One capability without its `CAP_` prefix, and what showed it."""

    name: str
    evidence: str


class FileCapabilities(NamedTuple):
    """Decoded `security.capability` of one file; `effective` files fail to start without them."""

    path: str
    permitted: tuple[str, ...]
    effective: bool


def decode_file_capabilities(raw: bytes, path: str = "") -> FileCapabilities | None:
    """The xattr as the kernel lays it out (struct vfs_cap_data, revisions 1 to 3); None when it is
    no such value."""
    if len(raw) < 12:
        return None
    magic = struct.unpack_from("<I", raw)[0]
    revision = magic >> 24
    if revision not in (1, 2, 3) or (revision > 1 and len(raw) < 20):
        return None
    bits = struct.unpack_from("<I", raw, 4)[0]
    if revision > 1:
        bits |= struct.unpack_from("<I", raw, 12)[0] << 32
    names = tuple(name for number, name in enumerate(NAMES) if bits >> number & 1)
    return FileCapabilities(path, names, bool(magic & 1))


def _start_files(start: Start) -> Iterator[Entry]:
    """The files of the image that the start runs, as far as they are found."""
    image = start.image
    if image is None or not image.files_read:
        return
    for program in start_programs(start).commands:
        word = program.words[0] if program.words else program.name
        folders = ("",) if "/" in word else ("usr/local/sbin/", "usr/local/bin/", "usr/sbin/",
                                              "usr/bin/", "sbin/", "bin/")  # fmt: skip
        for folder in folders:
            entry = image.tree.resolve(folder + word.lstrip("/"))
            if entry is not None:
                yield entry
                break


def start_file_capabilities(start: Start) -> tuple[FileCapabilities, ...]:
    """File capabilities of the programs that the start runs, as the image carries them."""
    found: dict[str, FileCapabilities] = {}
    for entry in _start_files(start):
        decoded = decode_file_capabilities(entry.capabilities or b"", entry.path)
        if decoded is not None:
            found[entry.path] = decoded
    return tuple(found.values())


def start_setuid_file(start: Start) -> str | None:
    """Path of a program of the start that runs with its owner's rights, None without one."""
    entries = (one for one in _start_files(start) if one.is_file and one.mode & 0o6000)
    return next((one.path for one in entries), None)


def needed_capabilities(start: Start) -> tuple[Needed, ...]:
    """What has to be added back after `--cap-drop ALL`, each once, sorted by name."""
    found: dict[str, str] = {}
    for file in start_file_capabilities(start):
        if file.effective:
            for name in file.permitted:
                found.setdefault(name, f"/{file.path} carries it as a file capability")
    if start.user.root is not False:
        for name, evidence in _as_root(start, start_programs(start)):
            found.setdefault(name, evidence)
    return tuple(Needed(name, found[name]) for name in sorted(found))


def _as_root(start: Start, programs: Programs) -> list[tuple[str, str]]:
    needs = [
        (name, f"{program.where} runs {program.name}")
        for program in programs.commands
        for name in _BY_PROGRAM.get(program.name, ())
    ]
    for program in programs.commands:
        if _gives_trees_away(program):
            evidence = (
                f"{program.where} gives whole folders away, closed ones too when it starts again"
            )
            needs += [("CHOWN", evidence), ("DAC_OVERRIDE", evidence)]
    for server, evidence in servers_of(start):
        names = _BY_PROGRAM.get(server.removeprefix("debian-"), ())
        needs += [(name, evidence) for name in names]
    needs.extend(_shared_port(start, programs))
    drops = drops_privileges_by_name(start.base) if start.base else None
    if drops is not None and start.entrypoint is None and start.image is None:
        tool, account = drops
        evidence = f"the entrypoint of {start.base} becomes {account} by {tool}"
        needs += [("SETUID", evidence), ("SETGID", evidence)]
    name = _database(start, programs)
    if name is not None:
        evidence = f"the entrypoint of {name} prepares data files of its own account as root"
        needs += [(one, evidence) for one in ("CHOWN", "DAC_OVERRIDE", "FOWNER")]
    return needs


def _gives_trees_away(program: Program) -> bool:
    """`chown -R` and `find -exec chown` walk through folders that others may have closed."""
    words = program.words
    if program.name == "find":
        return "chown" in words or "chgrp" in words
    recursive = any(one == "--recursive" or _RECURSIVE.match(one) for one in words[1:])
    return program.name in ("chown", "chgrp") and recursive


def _database(start: Start, programs: Programs) -> str | None:
    if start.base is None or start.entrypoint is not None:
        return None
    last = start.base.partition("@")[0].rpartition("/")[2].partition(":")[0]
    return last if last in _OWN_FILES else None


def _shared_port(start: Start, programs: Programs) -> list[tuple[str, str]]:
    """A port below 1024 needs NET_BIND_SERVICE only where Docker does not open them to all: in the
    host's network, or in that of another container."""
    run = start.subject.run_configuration
    mode = (run.network_mode or "") if run is not None else ""
    if not mode.startswith(("host", "container:", "service:")):
        return []
    return [
        ("NET_BIND_SERVICE", f"{port.evidence}, in the network {mode}")
        for port in start.ports
        if port.number < 1024
    ]


def root_reason(program: Program) -> str | None:
    """Why this program wants to start as root, None when it does not."""
    if program.name in SWITCHERS:
        return f"{program.where} switches the user with {program.name}"
    if program.name in ("chown", "usermod", "groupmod", "chroot", "mknod", "iptables", "mount"):
        return f"{program.where} runs {program.name}"
    return None
