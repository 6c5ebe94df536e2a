"""Paths of a host that a container should not see, with what they give away.

Our own list; the start of it is what the CIS Docker Benchmark names (/, /boot, /dev, /etc, /lib,
/proc, /sys, /usr).
"""

from __future__ import annotations

from typing import Final, NamedTuple

from hardening.model import Severity


class HostPath(NamedTuple):
    """Severities of a writable and of a read-only mount; None where it gives nothing away."""

    writable: Severity
    read_only: Severity | None
    gives: str


_CRITICAL, _HIGH, _MEDIUM, _LOW = (
    Severity.CRITICAL,
    Severity.HIGH,
    Severity.MEDIUM,
    Severity.LOW,
)
_PROGRAMS: Final = HostPath(_HIGH, None, "the programs that root runs on the host")
_START: Final = HostPath(_HIGH, None, "commands that the host runs as root")
_LOGINS: Final = HostPath(_HIGH, _MEDIUM, "who may log in and become root on the host")
_CONTAINERS: Final = HostPath(
    _HIGH, _MEDIUM, "the files, volumes and settings of every container of the host"
)
_KEYS: Final = HostPath(_HIGH, _MEDIUM, "keys and tokens of the person who starts it")
_ALL_HOMES: Final = HostPath(_HIGH, _MEDIUM, "keys, tokens and start-up files of the host's users")
_CLUSTER: Final = HostPath(_HIGH, _HIGH, "the keys of the cluster's node")

EXACT: Final = {
    "/": HostPath(_CRITICAL, _HIGH, "every file of the host, password hashes and keys included"),
    "/etc": HostPath(_HIGH, _MEDIUM, "the host's accounts, keys and start-up jobs"),
    "/boot": HostPath(_HIGH, None, "the kernel that the host starts next"),
    "/dev": HostPath(_HIGH, _MEDIUM, "the host's devices, its disks among them"),
    "/proc": HostPath(_HIGH, _LOW, "every process of the host and the switches of its kernel"),
    "/sys": HostPath(_HIGH, None, "the switches of the host's kernel and devices"),
    "/sys/fs/cgroup": HostPath(_MEDIUM, None, "the limits of every other container"),
    "/var": HostPath(_HIGH, _MEDIUM, "the data of the host's services and containers"),
    "/var/lib": HostPath(_HIGH, _MEDIUM, "the data of the host's services and containers"),
    "/var/lib/docker/containers": HostPath(
        _MEDIUM, _LOW, "the logs, environment and settings of every container"
    ),
    "/var/lib/docker": _CONTAINERS,
    "/var/lib/docker/overlay2": _CONTAINERS,
    "/var/lib/docker/volumes": _CONTAINERS,
    "/var/lib/containerd": _CONTAINERS,
    "/var/lib/containers": _CONTAINERS,
    "/var/lib/containers/storage": _CONTAINERS,
    "/var/lib/kubelet": _CLUSTER,
    "/usr": _PROGRAMS,
    "/root": HostPath(_HIGH, _MEDIUM, "the keys, tokens and start-up files of root"),
    "/home": _ALL_HOMES,
    "~": _ALL_HOMES,
    "/etc/passwd": HostPath(_HIGH, None, "the host's accounts"),
    "/etc/group": HostPath(_HIGH, None, "the host's groups"),
    "/etc/shadow": HostPath(_HIGH, _HIGH, "the password hashes of the host"),
    "/etc/gshadow": HostPath(_HIGH, _HIGH, "the password hashes of the host"),
    "/etc/crontab": _START,
    "/etc/ld.so.preload": _START,
}
"""These paths alone: what lies below them is judged by its own name."""

BELOW: Final = {
    "/usr/bin": _PROGRAMS,
    "/usr/sbin": _PROGRAMS,
    "/usr/lib": _PROGRAMS,
    "/usr/lib64": _PROGRAMS,
    "/usr/local/bin": _PROGRAMS,
    "/usr/local/sbin": _PROGRAMS,
    "/bin": _PROGRAMS,
    "/sbin": _PROGRAMS,
    "/lib": _PROGRAMS,
    "/lib64": _PROGRAMS,
    "/etc/ssh": _LOGINS,
    "/etc/sudoers": _LOGINS,
    "/etc/sudoers.d": _LOGINS,
    "/etc/pam.d": _LOGINS,
    "/etc/cron.d": _START,
    "/etc/cron.daily": _START,
    "/etc/cron.hourly": _START,
    "/etc/systemd": _START,
    "/var/spool/cron": _START,
    "/proc/sys": HostPath(_HIGH, None, "the switches of the host's kernel"),
    "/sys/kernel": HostPath(_HIGH, None, "the switches of the host's kernel"),
    "/etc/kubernetes": _CLUSTER,
    "~/.ssh": _KEYS,
    "~/.gnupg": _KEYS,
    "~/.aws": _KEYS,
    "~/.kube": _KEYS,
    "~/.docker": _KEYS,
}
"""These paths and everything below them; `~` is every home."""
