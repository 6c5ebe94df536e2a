"""The shell commands that make an account, per family of distributions."""

from __future__ import annotations

from hardening.image.model import Image
from hardening.runtime.base_facts import Account, Family, split_reference
from hardening.runtime.start import Start

_NO_SHADOW = ("ubi-minimal", "ubi8-minimal", "ubi9-minimal", "ubi-micro", "amazonlinux", "photon",
              "minideb", "bci-minimal", "bci-micro")  # fmt: skip
"""Bases without useradd(8)."""


def creation_commands(
    start: Start, family: Family, account: Account
) -> tuple[tuple[str, ...], str, bool] | None:
    """Shell commands, the tool they rest on, and whether the image was seen to have it."""
    image = start.image if start.image is not None and start.image.files_read else None
    if image is not None:
        if _has(image, "useradd") and _has(image, "groupadd"):
            return _shadow(account, _nologin(image)), "useradd", True
        if _has(image, "adduser") and _has(image, "busybox"):
            return _busybox(account), "busybox adduser", True
        if _has(image, "sh"):
            return _lines(account), "a shell", True
        return None
    if family in (Family.SCRATCH, Family.DISTROLESS, Family.WINDOWS):
        return None
    base = split_reference(start.base) if start.base else None
    if family is Family.UNKNOWN or (base is not None and base.name in _NO_SHADOW):
        return _lines(account), "a shell", False
    if family in (Family.ALPINE, Family.BUSYBOX, Family.WOLFI):
        return _busybox(account), "busybox adduser", False
    nologin = "/usr/sbin/nologin" if family is Family.DEBIAN else "/sbin/nologin"
    return _shadow(account, nologin), "useradd", False


def _has(image: Image, program: str) -> bool:
    folders = ("bin", "sbin", "usr/bin", "usr/sbin", "usr/local/bin")
    return any(image.tree.resolve(f"{folder}/{program}") is not None for folder in folders)


def _nologin(image: Image) -> str:
    for path in ("usr/sbin/nologin", "sbin/nologin", "bin/false"):
        if image.tree.resolve(path) is not None:
            return f"/{path}"
    return "/bin/false"


def _shadow(account: Account, nologin: str) -> tuple[str, ...]:
    """groupadd(8) and useradd(8) of the shadow suite (Debian, Ubuntu, RHEL, SUSE, Arch)."""
    return (
        f"groupadd --gid {account.gid} {account.name}",
        f"useradd --uid {account.uid} --gid {account.gid} --no-log-init --create-home "
        f"--shell {nologin} {account.name}",
    )


def _busybox(account: Account) -> tuple[str, ...]:
    """The applets of busybox (Alpine, Wolfi); they know short options only."""
    return (
        f"addgroup -g {account.gid} {account.name}",
        f"adduser -D -u {account.uid} -G {account.name} -s /sbin/nologin {account.name}",
    )


def _lines(account: Account) -> tuple[str, ...]:
    """Works wherever a shell and coreutils are: the lines are written by hand."""
    name, uid, gid = account.name, account.uid, account.gid
    return (
        f"echo '{name}:x:{gid}:' >> /etc/group",
        f"echo '{name}:x:{uid}:{gid}::{account.home}:/sbin/nologin' >> /etc/passwd",
        f"mkdir -p {account.home}",
        f"chown {uid}:{gid} {account.home}",
    )
