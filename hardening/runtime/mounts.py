"""What a run configuration mounts from the host. Format: the short syntax of Compose volumes."""

from __future__ import annotations

import posixpath
import re
from typing import NamedTuple

from hardening.model import RunConfiguration
from hardening.runtime.host_paths_table import BELOW, EXACT, HostPath

_PART = re.compile(r"(?:\$\{[^{}]*\}|[^:$]|\$)+")
_DRIVE = re.compile(r"[A-Za-z]:[\\/]")
_HOME = re.compile(r"^(?:\$\{?HOME\}?|~)(?=/|$)")
_PIPE = re.compile(r"^(?://|\\\\)\./?(?:/|\\)?pipe[/\\]", re.ASCII)


class Bind(NamedTuple):
    """A path of the host mounted into the container. `number` counts in `volumes`; `source` is
    normalised, `~` stands for the home of whoever starts it, a variable without a value stays."""

    number: int
    source: str
    target: str
    read_only: bool


def binds(run: RunConfiguration) -> tuple[Bind, ...]:
    """Every bind mount in order; named volumes and Windows folders are none."""
    found = (_bind(number, text) for number, text in enumerate(run.volumes))
    return tuple(one for one in found if one is not None)


def _bind(number: int, text: str) -> Bind | None:
    if _DRIVE.match(text):
        return None
    parts = _PART.findall(text)
    if len(parts) < 2 or not parts[0].startswith(("/", ".", "~", "$", "\\")):
        return None
    options = parts[2].split(",") if len(parts) > 2 else []
    source = _normalised(parts[0])
    return Bind(number, source, parts[1].rstrip("/") or "/", "ro" in options)


def _normalised(source: str) -> str:
    if _PIPE.match(source):
        return source
    home = _HOME.sub("~", source)
    if not home.startswith("/"):
        return home.rstrip("/") or home
    return "/" + posixpath.normpath(home).lstrip("/")


_SOCKETS = ("docker.sock", "podman.sock", "containerd.sock", "crio.sock", "buildkitd.sock")
_OWN_HOME = re.compile(r"^/(?:root|home/[^/]+)(?=/)")


def engine_socket(bind: Bind) -> str | None:
    """The container engine's socket that this mount hands over, or the folder that holds it."""
    name = posixpath.basename(bind.source)
    if name in _SOCKETS and not bind.source.startswith("."):
        return bind.source
    if _PIPE.match(bind.source) and "engine" in bind.source:
        return bind.source
    if bind.source in ("/run", "/var/run", "/run/docker", "/run/podman", "/run/containerd"):
        return bind.source
    hidden = bind.source.startswith("$") and posixpath.basename(bind.target) in _SOCKETS
    return bind.source if hidden else None


def sensitive_path(bind: Bind) -> HostPath | None:
    """What the path of the host gives away, None where that is little."""
    exact = EXACT.get(bind.source)
    if exact is not None:
        return exact
    path = _OWN_HOME.sub("~", bind.source)
    for name, found in BELOW.items():
        if path == name or path.startswith(f"{name}/"):
            return found
    return None
