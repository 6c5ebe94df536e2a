"""The credentials that `docker login` left for a registry.

Sources: docker/cli `cli/config/configfile` (auths, credsStore, credHelpers) and
docker/docker-credential-helpers (the `get` protocol). Podman's file has the same form.
"""

from __future__ import annotations

import base64
import binascii
import json
import os
import re
import shutil
import signal
import subprocess
from contextlib import suppress
from pathlib import Path
from typing import Any

from hardening.errors import InputError
from hardening.image.registry_auth import Credentials

MAX_CONFIG = 1 << 20
MAX_ANSWER = 1 << 16
HELPER_SECONDS = 15
HUB_KEYS = ("https://index.docker.io/v1/", "index.docker.io", "docker.io", "registry-1.docker.io")
_HELPER = re.compile(r"\A[A-Za-z0-9][A-Za-z0-9._-]{0,63}\Z")
_MISSING = "credentials not found"


def credentials_for(registry: str, *, files: tuple[Path, ...] | None = None) -> Credentials | None:
    """What is kept for a registry (`docker.io`, `registry.example:5000`), None when nothing is.

    Raises InputError when the configuration cannot be read or its helper fails.
    """
    for path in config_files() if files is None else files:
        config = _read(path)
        found = _from_config(config, _keys(registry), path)
        if found is not None:
            return found
    return None


def config_files() -> tuple[Path, ...]:
    """Where the clients keep them: docker's first, then podman's."""
    folder = os.environ.get("DOCKER_CONFIG") or str(Path.home() / ".docker")
    paths = [Path(folder) / "config.json"]
    if os.environ.get("REGISTRY_AUTH_FILE"):
        paths.append(Path(os.environ["REGISTRY_AUTH_FILE"]))
    elif os.environ.get("XDG_RUNTIME_DIR"):
        paths.append(Path(os.environ["XDG_RUNTIME_DIR"]) / "containers" / "auth.json")
    return tuple(paths)


def _keys(registry: str) -> tuple[str, ...]:
    return HUB_KEYS if registry in HUB_KEYS else (registry,)


def _read(path: Path) -> dict[str, Any]:
    try:
        if not path.is_file():
            return {}
        with path.open("rb") as stream:
            data = stream.read(MAX_CONFIG + 1)
        if len(data) > MAX_CONFIG:
            raise ValueError("it is larger than 1 MiB")
        value = json.loads(data)
    except (OSError, ValueError, RecursionError) as error:
        reason = "it is not JSON" if isinstance(error, json.JSONDecodeError) else str(error)
        raise InputError(f"{path} cannot be read", reason, "Run `docker login` again.") from None
    return value if isinstance(value, dict) else {}


def _table(config: dict[str, Any], name: str) -> dict[str, Any]:
    value = config.get(name)
    return value if isinstance(value, dict) else {}


def _from_config(config: dict[str, Any], keys: tuple[str, ...], path: Path) -> Credentials | None:
    helpers = _table(config, "credHelpers")
    for key in keys:
        if key in helpers:
            return _ask_helper(helpers[key], key)
    store = config.get("credsStore")
    if store:
        for key in keys:
            found = _ask_helper(store, key)
            if found is not None:
                return found
    for name, entry in _table(config, "auths").items():
        if isinstance(entry, dict) and (name in keys or _host(name) in keys):
            found = _from_entry(entry, path)
            if found is not None:
                return found
    return None


def _host(key: str) -> str:
    """`https://registry.example/v1/` is kept for `registry.example`."""
    return key.partition("://")[2].partition("/")[0] if "://" in key else key


def _from_entry(entry: dict[str, Any], path: Path) -> Credentials | None:
    token = entry.get("identitytoken")
    if isinstance(token, str) and token:
        return Credentials(identity_token=token)
    coded = entry.get("auth")
    if not isinstance(coded, str) or not coded:
        return None
    try:
        text = base64.b64decode(coded, validate=True).decode().rstrip("\0")
    except (binascii.Error, UnicodeDecodeError):
        raise InputError(
            f"{path} holds credentials that cannot be read", "", "Run `docker login` again."
        ) from None
    name, colon, password = text.partition(":")
    return Credentials(name, password) if colon and name else None


def _ask_helper(helper: object, key: str) -> Credentials | None:
    if not isinstance(helper, str) or not _HELPER.match(helper):
        raise InputError(
            "The name of a credential helper makes no sense", repr(helper)[:100],
            "Correct credsStore or credHelpers in docker's config.json.",
        )  # fmt: skip
    program = f"docker-credential-{helper}"
    found = shutil.which(program)
    if found is None:
        raise InputError(f"{program} is not installed", "docker's configuration names it",
                         "Install it, or log in again without it.")  # fmt: skip
    code, out, err = _run_helper(program, found, key)
    if code:
        if _MISSING in out or _MISSING in err:
            return None
        raise InputError(f"{program} failed", f"exit code {code}",
                         "Run `docker login` again.")  # fmt: skip
    return _from_answer(program, out)


def _run_helper(program: str, path: str, key: str) -> tuple[int, str, str]:
    """Exit code and the beginning of what it wrote. It and all that it started end in time."""
    why = ""
    try:
        with subprocess.Popen(
            [path, "get"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            start_new_session=True,
        ) as running:
            try:
                out, err = running.communicate(key.encode(), timeout=HELPER_SECONDS)
            except subprocess.TimeoutExpired:
                why = f"no answer within {HELPER_SECONDS} seconds"
            finally:
                with suppress(ProcessLookupError, PermissionError):
                    os.killpg(running.pid, signal.SIGKILL)
    except OSError as error:
        why = str(error)
    if why:
        raise InputError(f"{program} failed", why, "Run `docker login` again.")
    first, second = (one[:MAX_ANSWER].decode("utf-8", "replace") for one in (out, err))
    return running.returncode, first, second


def _from_answer(program: str, answer: str) -> Credentials | None:
    try:
        values = json.loads(answer)
        name, secret = values["Username"], values["Secret"]
    except (ValueError, KeyError, TypeError, RecursionError):
        raise InputError(f"{program} gave an answer that cannot be read", "",
                         "Run `docker login` again.") from None  # fmt: skip
    if not isinstance(name, str) or not isinstance(secret, str) or not secret:
        return None
    if name == "<token>":
        return Credentials(identity_token=secret)
    return Credentials(name, secret)
