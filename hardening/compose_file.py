"""The services of a Compose file: what each builds and how each runs.

Reading only; edits are made elsewhere. Format: the Compose specification (services, build,
deploy.resources). `${NAME:-default}` takes its default; a variable without one stays as written:
the environment of the person who runs drydock is not asked.
"""

from __future__ import annotations

import os
import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from hardening.errors import InputError
from hardening.model import RunConfiguration

if TYPE_CHECKING:
    from collections.abc import Mapping

    from hardening.yaml_reading import Value

MAX_SERVICES = 500
_VARIABLE = re.compile(r"\$(?:\$|\{([A-Za-z_][A-Za-z0-9_]*)(?::?-([^{}]*))?\}|([A-Za-z_]\w*))")
_SIZE = re.compile(r"(\d+(?:\.\d+)?)\s*([kmgt]?)i?b?", re.IGNORECASE)
_REMOTE = re.compile(r"^(?:https?|git|ssh)://|^git@|^github\.com/|\.git(?:#.*)?$")


@dataclass(frozen=True, slots=True)
class Build:
    """The `build` of a service. Paths are as written, relative to the Compose file."""

    context: str = "."
    dockerfile: str = "Dockerfile"
    dockerfile_inline: str | None = None
    target: str | None = None
    args: Mapping[str, str] = field(default_factory=dict)
    privileged: bool = False
    """`privileged: true`, or the entitlement `security.insecure`."""

    def context_in(self, folder: Path) -> Path | None:
        """The context folder, None for a remote one."""
        return None if _REMOTE.search(self.context) else folder / self.context

    def dockerfile_in(self, folder: Path) -> Path | None:
        """The Dockerfile, None when it is inline or the context is remote."""
        context = self.context_in(folder)
        if context is None or self.dockerfile_inline is not None:
            return None
        return Path(os.path.normpath(context / self.dockerfile))


@dataclass(frozen=True, slots=True)
class Service:
    """One service; lines are one-based, `line` is where its name stands."""

    name: str
    image: str | None
    build: Build | None
    run: RunConfiguration
    line: int


def services(text: str, path: str = "compose.yaml") -> tuple[Service, ...]:
    """Every service in file order. Raises InputError when the text is no Compose file."""
    from hardening.yaml_reading import read_yaml

    document = read_yaml(text, path)
    top = document.value
    if not isinstance(top, dict) or not isinstance(top.get("services"), dict):
        raise InputError(
            f"{path} is not a Compose file", "it has no `services` mapping", "Name a Dockerfile."
        )
    named = top["services"]
    assert isinstance(named, dict)
    if len(named) > MAX_SERVICES:
        raise InputError(f"{path} has too many services", f"more than {MAX_SERVICES}", "")
    folders = _bound_volumes(top.get("volumes"))
    elsewhere = ("include",) if top.get("include") else ()
    return tuple(
        _service(name, value, path, document.lines.get(("services", name), 1), folders, elsewhere)
        for name, value in named.items()
        if isinstance(value, dict)
    )


def _bound_volumes(value: Value) -> dict[str, str]:
    """Named volumes that stand for a folder of the host: the local driver's `o: bind`."""
    found: dict[str, str] = {}
    for name, one in _mapping(value).items():
        options = _mapping(_mapping(one).get("driver_opts"))
        device = _text(options.get("device")) or ""
        given = (_text(options.get("o")) or "").split(",")
        if {"bind", "rbind"} & set(given) and device.startswith(("/", "~", "$", ".")):
            found[name] = device
    return found


def _service(
    name: str,
    value: dict[str, Value],
    path: str,
    line: int,
    folders: Mapping[str, str],
    elsewhere: tuple[str, ...],
) -> Service:
    build = _build(value.get("build"))
    limits = _mapping(_mapping(_mapping(value.get("deploy")).get("resources")).get("limits"))
    environment = _pairs(value.get("environment"))
    run = RunConfiguration(
        source=f"{path}#{name}",
        compose_path=path,
        service=name,
        user=_text(value.get("user")),
        cap_drop=_texts(value.get("cap_drop")),
        cap_add=_texts(value.get("cap_add")),
        read_only=_truth(value.get("read_only")),
        tmpfs=(*_texts(value.get("tmpfs")), *_tmpfs_volumes(value.get("volumes"))),
        security_opt=_texts(value.get("security_opt")),
        pids_limit=_integer(value.get("pids_limit", limits.get("pids"))),
        memory=size_in_bytes(_text(value.get("mem_limit", limits.get("memory")))),
        cpus=_number(value.get("cpus", limits.get("cpus"))),
        privileged=_truth(value.get("privileged")),
        init=_truth(value.get("init")),
        network_mode=_text(value.get("network_mode")),
        pid_mode=_text(value.get("pid")),
        ipc_mode=_text(value.get("ipc")),
        uts_mode=_text(value.get("uts")),
        userns_mode=_text(value.get("userns_mode")),
        ports=tuple(_port(one) for one in _items(value.get("ports"))),
        volumes=tuple(
            _from_host(text, folders)
            for one in _items(value.get("volumes"))
            if (text := _volume(one))
        ),
        environment=environment,
        build_args=build.args if build is not None else {},
        privileged_build=build is not None and build.privileged,
        not_read=(*elsewhere, *(key for key in ("extends", "env_file") if value.get(key))),
    )
    return Service(name, _text(value.get("image")), build, run, line)


def size_in_bytes(text: str | None) -> int | None:
    """`512m`, `1.5gb`, `1048576`; None when it is no size."""
    match = _SIZE.fullmatch((text or "").strip())
    if match is None:
        return None
    scale = {"": 0, "k": 10, "m": 20, "g": 30, "t": 40}[match[2].lower()]
    return int(float(match[1]) * (1 << scale))


def _build(value: Value) -> Build | None:
    if isinstance(value, str):
        return Build(context=_expand(value))
    if not isinstance(value, dict):
        return None
    return Build(
        context=_text(value.get("context")) or ".",
        dockerfile=_text(value.get("dockerfile")) or "Dockerfile",
        dockerfile_inline=_text(value.get("dockerfile_inline")),
        target=_text(value.get("target")),
        args=_pairs(value.get("args")),
        privileged=_truth(value.get("privileged"))
        or "security.insecure" in _texts(value.get("entitlements")),
    )


def _expand(text: str) -> str:
    def value_of(match: re.Match[str]) -> str:
        if match[0] == "$$":
            return "$"
        return match[2] if match[2] is not None else match[0]

    return _VARIABLE.sub(value_of, text)


def _mapping(value: Value) -> dict[str, Value]:
    return value if isinstance(value, dict) else {}


def _items(value: Value) -> list[Value]:
    return value if isinstance(value, list) else []


def _text(value: Value) -> str | None:
    if value is None or isinstance(value, dict | list):
        return None
    if isinstance(value, bool):
        return "true" if value else "false"
    return _expand(str(value))


def _truth(value: Value) -> bool:
    """Compose takes a text for a boolean where it came through a variable."""
    return (_text(value) or "").lower() in ("true", "yes", "y", "on")


def _texts(value: Value) -> tuple[str, ...]:
    given = value if isinstance(value, list) else [value]
    return tuple(text for one in given if (text := _text(one)) is not None)


def _pairs(value: Value) -> dict[str, str]:
    """A mapping, or a list of `NAME=value`; a name without a value is left out."""
    if isinstance(value, dict):
        return {key: text for key, one in value.items() if (text := _text(one)) is not None}
    pairs = (text.partition("=") for text in _texts(value))
    return {key: given for key, equals, given in pairs if equals}


def _integer(value: Value) -> int | None:
    number = _number(value)
    return None if number is None else int(number)


def _number(value: Value) -> float | None:
    try:
        number = float(_text(value) or "")
    except ValueError:
        return None
    return number if abs(number) < 1e15 else None


def _port(value: Value) -> str:
    """The short form of a port, whichever way it was written."""
    if not isinstance(value, dict):
        return _text(value) or ""
    protocol = _text(value.get("protocol")) or "tcp"
    published, target = _text(value.get("published")), _text(value.get("target")) or ""
    host = _text(value.get("host_ip"))
    text = ":".join(part for part in (host, published, target) if part)
    return text if protocol == "tcp" else f"{text}/{protocol}"


def _volume(value: Value) -> str | None:
    """The short form of a volume; a tmpfs is none."""
    if not isinstance(value, dict):
        return _text(value)
    if value.get("type") == "tmpfs":
        return None
    source, target = _text(value.get("source")), _text(value.get("target"))
    parts = [part for part in (source, target) if part]
    return ":".join([*parts, "ro"] if _truth(value.get("read_only")) else parts)


def _from_host(text: str, folders: Mapping[str, str]) -> str:
    """The short form with the host's folder in the place of a named volume that stands for it."""
    name, colon, rest = text.partition(":")
    return f"{folders[name]}:{rest}" if colon and name in folders else text


def _tmpfs_volumes(value: Value) -> tuple[str, ...]:
    mounts = (_mapping(one) for one in _items(value))
    found = (_text(one.get("target")) for one in mounts if one.get("type") == "tmpfs")
    return tuple(target for target in found if target)
