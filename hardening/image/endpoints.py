"""Where a container engine may be reached, in the order in which its own command line looks.

Sources: docker's `cli/command/cli.go` (`DOCKER_HOST` wins over `DOCKER_CONTEXT`, which wins over
the configured context), its context store (`contexts/meta/SHA256/meta.json`, certificates under
`contexts/tls/SHA256/docker`), Podman's `podman-system-service(1)` for the compatible sockets.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from hardening.errors import EngineError

MAX_JSON = 4 << 20
DEFAULT = "default"


@dataclass(frozen=True, slots=True)
class Endpoint:
    """An address of an engine. `origin` says in a person's words where it was found; the paths
    are those of the TLS files, `verify` whether the engine's certificate is checked."""

    address: str
    origin: str
    tls: bool = False
    verify: bool = True
    ca: str | None = None
    certificate: str | None = None
    key: str | None = None


def endpoints(environment: Mapping[str, str] | None = None) -> tuple[Endpoint, ...]:
    """The endpoints to try: the one that was asked for, else every usual socket that is there.

    Raises EngineError when the chosen context does not exist or cannot be read.
    """
    given = os.environ if environment is None else environment
    host = given.get("DOCKER_HOST", "")
    if host:
        return (_from_environment(host, given),)
    name = given.get("DOCKER_CONTEXT", "") or _configured_context(given)
    if name and name != DEFAULT:
        return (_context(name, given),)
    return tuple(
        Endpoint(f"unix://{path}", origin)
        for path, origin in _usual_sockets(given)
        if _is_socket(path)
    )


def usual_places(environment: Mapping[str, str] | None = None) -> tuple[str, ...]:
    """Paths of the sockets that are looked for, for messages."""
    given = os.environ if environment is None else environment
    return tuple(str(path) for path, _ in _usual_sockets(given))


def _from_environment(host: str, given: Mapping[str, str]) -> Endpoint:
    address = host if "://" in host else f"tcp://{host}"
    verify = bool(given.get("DOCKER_TLS_VERIFY", ""))
    folder = given.get("DOCKER_CERT_PATH", "")
    if not (verify or folder) or not address.startswith(("tcp://", "https://")):
        return Endpoint(address, "DOCKER_HOST")
    files = _tls_files(Path(folder) if folder else _config_folder(given))
    return Endpoint(address, "DOCKER_HOST", tls=True, verify=verify, **files)


def _config_folder(given: Mapping[str, str]) -> Path:
    chosen = given.get("DOCKER_CONFIG", "")
    return Path(chosen) if chosen else _home(given) / ".docker"


def _home(given: Mapping[str, str]) -> Path:
    home = given.get("HOME", "")
    return Path(home) if home else Path("/")


def _configured_context(given: Mapping[str, str]) -> str:
    """`currentContext` of docker's config.json; "" when there is none that can be read."""
    try:
        name = _json(_config_folder(given) / "config.json").get("currentContext")
    except (OSError, ValueError, RecursionError):
        return ""
    return name if isinstance(name, str) else ""


def _context(name: str, given: Mapping[str, str]) -> Endpoint:
    folder = _config_folder(given) / "contexts"
    key = hashlib.sha256(name.encode("utf-8", "surrogateescape")).hexdigest()
    try:
        document = _json(folder / "meta" / key / "meta.json")
        found = document["Endpoints"]["docker"]
        address = found["Host"]
    except FileNotFoundError:
        raise EngineError(
            f"The docker context {name} does not exist",
            f"{folder} holds no such context",
            "List them with: docker context ls. Choose another: docker context use NAME.",
        ) from None
    except (OSError, ValueError, KeyError, TypeError, RecursionError) as error:
        raise EngineError(
            f"The docker context {name} cannot be read",
            f"its meta.json is not as expected ({type(error).__name__})",
            "Make it again with docker context create, or set DOCKER_HOST.",
        ) from None
    if not isinstance(address, str) or not address:
        raise EngineError(f"The docker context {name} names no host", "", "Set DOCKER_HOST.")
    files = _tls_files(folder / "tls" / key / "docker")
    return Endpoint(
        address,
        f"docker context {name}",
        tls=files["ca"] is not None or files["certificate"] is not None,
        verify=not found.get("SkipTLSVerify", False),
        **files,
    )


def _tls_files(folder: Path) -> dict[str, str | None]:
    def present(name: str) -> str | None:
        path = folder / name
        return str(path) if path.is_file() else None

    return {"ca": present("ca.pem"), "certificate": present("cert.pem"), "key": present("key.pem")}


def _json(path: Path) -> dict[str, Any]:
    with path.open("rb") as file:
        data = file.read(MAX_JSON)
    document = json.loads(data)
    if not isinstance(document, dict):
        raise ValueError("not an object")
    return document


def _usual_sockets(given: Mapping[str, str]) -> Iterator[tuple[Path, str]]:
    home = _home(given)
    runtime = given.get("XDG_RUNTIME_DIR", "") or f"/run/user/{os.getuid()}"
    yield Path("/var/run/docker.sock"), "Docker"
    yield Path(runtime, "docker.sock"), "rootless Docker"
    yield home / ".docker" / "run" / "docker.sock", "Docker Desktop"
    yield home / ".docker" / "desktop" / "docker.sock", "Docker Desktop"
    yield home / ".colima" / "default" / "docker.sock", "Colima"
    yield home / ".rd" / "docker.sock", "Rancher Desktop"
    if (podman := given.get("CONTAINER_HOST", "")).startswith("unix://"):
        yield Path(podman.removeprefix("unix://")), "Podman (CONTAINER_HOST)"
    yield Path(runtime, "podman", "podman.sock"), "rootless Podman"
    yield Path("/run/podman/podman.sock"), "Podman"


def _is_socket(path: Path) -> bool:
    try:
        return path.is_socket()
    except OSError:
        return False
