"""Which distribution an image is, and which package managers and shells it carries.

Format: os-release(5). `/etc/os-release` is normally a symbolic link into `/usr/lib`. Images that
have neither are recognised by their older marker files.
"""

from __future__ import annotations

import shlex
from dataclasses import dataclass

from hardening.image.model import EntryType, Image

MAX_BYTES = 64 << 10
MAX_VALUE = 1_000

_FAMILIES = {
    "debian": "debian ubuntu raspbian kali linuxmint pop devuan pureos neon",
    "alpine": "alpine postmarketos",
    "wolfi": "wolfi chainguard",
    "rhel": "rhel fedora centos rocky almalinux ol amzn scientific eurolinux virtuozzo cloudlinux",
    "suse": "suse opensuse opensuse-leap opensuse-tumbleweed sles sled sle_hpc sl-micro",
    "azurelinux": "azurelinux mariner",
    "photon": "photon",
    "arch": "arch manjaro archarm endeavouros",
    "gentoo": "gentoo",
    "void": "void",
    "nixos": "nixos",
    "openwrt": "openwrt",
}
_FAMILY_OF = {name: family for family, names in _FAMILIES.items() for name in names.split()}

_MANAGERS = {
    "apt-get": ("usr/bin/apt-get", "bin/apt-get"),
    "dpkg": ("usr/bin/dpkg", "bin/dpkg"),
    "apk": ("sbin/apk", "usr/sbin/apk", "usr/bin/apk", "bin/apk"),
    "dnf": ("usr/bin/dnf", "usr/bin/dnf5", "usr/bin/dnf-3"),
    "microdnf": ("usr/bin/microdnf",),
    "tdnf": ("usr/bin/tdnf",),
    "yum": ("usr/bin/yum",),
    "zypper": ("usr/bin/zypper",),
    "rpm": ("usr/bin/rpm", "bin/rpm"),
    "pacman": ("usr/bin/pacman",),
    "emerge": ("usr/bin/emerge",),
    "xbps-install": ("usr/bin/xbps-install", "usr/sbin/xbps-install"),
    "opkg": ("bin/opkg", "usr/bin/opkg", "usr/sbin/opkg"),
    "pip": ("usr/local/bin/pip", "usr/bin/pip", "usr/bin/pip3", "usr/local/bin/pip3"),
    "npm": ("usr/local/bin/npm", "usr/bin/npm"),
    "yarn": ("usr/local/bin/yarn", "usr/bin/yarn", "usr/local/bin/yarnpkg"),
    "gem": ("usr/local/bin/gem", "usr/bin/gem"),
    "composer": ("usr/local/bin/composer", "usr/bin/composer"),
    "conda": ("opt/conda/bin/conda",),
}

_SHELLS = ("sh", "bash", "ash", "dash", "zsh", "ksh", "mksh", "csh", "tcsh", "fish", "busybox")
_BINARY_FOLDERS = ("bin", "usr/bin", "usr/local/bin", "sbin", "usr/sbin", "busybox")


@dataclass(frozen=True, slots=True)
class OsRelease:
    """`id` and `version_id` as written, lower case (`debian`, `12`); `version_id` is "" on rolling
    releases. `family` groups distributions that share a package format and tools; an unknown
    distribution is its own family. `path` is the file that it was read from."""

    id: str
    version_id: str = ""
    codename: str = ""
    pretty_name: str = ""
    family: str = ""
    path: str = ""
    id_like: tuple[str, ...] = ()


def os_release(image: Image) -> OsRelease | None:
    """The distribution of the image; None when nothing in it says (scratch, a bare busybox)."""
    for path in ("etc/os-release", "usr/lib/os-release", "etc/initrd-release"):
        data = image.read(path, limit=MAX_BYTES)
        found = parse_os_release(data, path) if data is not None else None
        if found is not None:
            return found
    return _from_marker(image)


def parse_os_release(data: bytes, path: str = "etc/os-release") -> OsRelease | None:
    """The facts of one os-release file; None when it names no distribution."""
    values = _assignments(data)
    like = tuple(values.get("ID_LIKE", "").lower().split())
    identity = values.get("ID", "").lower()
    if not identity:
        return None
    return OsRelease(
        id=identity,
        version_id=values.get("VERSION_ID", "").lower(),
        codename=values.get("VERSION_CODENAME", values.get("UBUNTU_CODENAME", "")).lower(),
        pretty_name=values.get("PRETTY_NAME", values.get("NAME", identity)),
        family=_family(identity, like),
        path=path,
        id_like=like,
    )


def release_named(identity: str, version: str) -> OsRelease:
    """A distribution of which only the id (`debian`) and the version or code name are known."""
    name = identity.strip().lower()
    number = version.strip().lower()
    is_number = number[:1].isdecimal()
    return OsRelease(
        id=name,
        version_id=number if is_number else "",
        codename="" if is_number else number,
        pretty_name=f"{name} {number}".strip(),
        family=_family(name, ()),
    )


def package_managers(image: Image) -> tuple[str, ...]:
    """Names of the package managers present in the merged tree, system ones first. Empty too while
    the files of the image are not read: ask `image.files_read`."""
    return tuple(name for name, paths in _MANAGERS.items() if _any_program(image, paths))


def shells(image: Image) -> tuple[str, ...]:
    """Paths of the shells present (`bin/sh`, `bin/bash`), one for each name, `sh` first. Empty too
    while the files of the image are not read."""
    found = []
    for name in _SHELLS:
        paths = (f"{folder}/{name}" for folder in _BINARY_FOLDERS)
        place = next((path for path in paths if _is_program(image, path)), None)
        if place is not None:
            found.append(place)
    return tuple(found)


def _any_program(image: Image, paths: tuple[str, ...]) -> bool:
    return any(_is_program(image, path) for path in paths)


def _is_program(image: Image, path: str) -> bool:
    entry = image.tree.resolve(path)
    if entry is None or entry.type not in (EntryType.FILE, EntryType.HARDLINK):
        return False
    return bool(entry.mode & 0o111)


def _family(identity: str, like: tuple[str, ...]) -> str:
    for name in (identity, *like):
        if name in _FAMILY_OF:
            return _FAMILY_OF[name]
    return identity


def _assignments(data: bytes) -> dict[str, str]:
    values: dict[str, str] = {}
    for line in data[:MAX_BYTES].decode("utf-8", "replace").splitlines():
        key, equals, value = line.strip().partition("=")
        if not equals or not key.replace("_", "").isalnum():
            continue
        values[key] = _unquote(value)[:MAX_VALUE]
    return values


def _unquote(value: str) -> str:
    try:
        return " ".join(shlex.split(value))
    except ValueError:
        return value.strip("\"'")


def _from_marker(image: Image) -> OsRelease | None:
    for path, reader in (
        ("etc/alpine-release", _alpine),
        ("etc/debian_version", _debian),
        ("etc/centos-release", _red_hat),
        ("etc/redhat-release", _red_hat),
        ("etc/system-release", _red_hat),
    ):
        data = image.read(path, limit=MAX_BYTES)
        lines = (data or b"").decode("utf-8", "replace").strip().splitlines()
        found = reader(lines[0].strip()[:MAX_VALUE], path) if lines else None
        if found is not None:
            return found
    return None


def _alpine(line: str, path: str) -> OsRelease:
    return OsRelease("alpine", line, pretty_name=f"Alpine Linux {line}", family="alpine", path=path)


def _debian(line: str, path: str) -> OsRelease:
    major = line.partition(".")[0]
    if major.isdigit():
        return OsRelease("debian", major, pretty_name=f"Debian {line}", family="debian", path=path)
    codename = line.partition("/")[0].lower()
    return OsRelease("debian", "", codename, f"Debian {line}", "debian", path)


def _red_hat(line: str, path: str) -> OsRelease | None:
    """`CentOS Linux release 7.9.2009 (Core)`, for one."""
    name, release, version = line.partition(" release ")
    known = (
        ("centos", "centos"),
        ("red hat", "rhel"),
        ("fedora", "fedora"),
        ("rocky", "rocky"),
        ("alma", "almalinux"),
        ("oracle", "ol"),
        ("amazon", "amzn"),
    )
    identity = next((value for word, value in known if word in name.lower()), None)
    if identity is None or not release:
        return None
    number = version.split(" ", 1)[0]
    return OsRelease(identity, number, pretty_name=line, family="rhel", path=path)
