"""The image configuration: bounded JSON in, frozen values out.

Format: OCI image-spec v1.1 `config.md`; Docker adds `Healthcheck`, `OnBuild` and `Shell`.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

from hardening.errors import ImageError
from hardening.image.model import Healthcheck, HistoryEntry, ImageConfig

MAX_JSON = 16 << 20
"""Bytes of one manifest, index or config; real ones stay under a megabyte."""

MAX_LAYERS = 1_000
"""Layers of one image; overlay storage stops at 128."""


def parse_json(data: bytes, what: str) -> Any:
    """Decode one JSON document of an image. Raises ImageError naming `what`."""
    if len(data) > MAX_JSON:
        raise ImageError(f"The {what} is larger than {MAX_JSON >> 20} MiB", "that is no real one")
    try:
        return json.loads(data)
    except RecursionError:
        raise ImageError(f"The {what} is nested too deeply", "that is no real one") from None
    except ValueError as error:
        raise ImageError(f"The {what} is not JSON", str(error)) from None


def parse_object(data: bytes, what: str) -> Mapping[str, Any]:
    """Decode one JSON object. Raises ImageError naming `what`."""
    value = parse_json(data, what)
    if not isinstance(value, dict):
        raise ImageError(f"The {what} is not a JSON object", f"it is {kind_of(value)}")
    return value


def kind_of(value: object) -> str:
    """What a JSON value is, in words."""
    names = {dict: "an object", list: "a list", str: "a text", bool: "a truth value"}
    return "null" if value is None else names.get(type(value), "a number")


def parse_config(document: Mapping[str, Any]) -> ImageConfig:
    """The run configuration. Values of a wrong type count as absent; nothing raises."""
    run = mapping(document.get("config"))
    return ImageConfig(
        user=text(run.get("User")),
        env=_environment(run.get("Env")),
        entrypoint=words(run.get("Entrypoint")),
        cmd=words(run.get("Cmd")),
        working_dir=text(run.get("WorkingDir")),
        exposed_ports=tuple(mapping(run.get("ExposedPorts"))),
        volumes=tuple(mapping(run.get("Volumes"))),
        labels={key: text(value) for key, value in mapping(run.get("Labels")).items()},
        healthcheck=_healthcheck(run.get("Healthcheck")),
        stop_signal=text(run.get("StopSignal")),
        shell=words(run.get("Shell")),
        onbuild=words(run.get("OnBuild")),
        os=text(document.get("os")) or "linux",
        architecture=text(document.get("architecture")),
        variant=text(document.get("variant")),
        created=text(document.get("created")),
        raw=document,
    )


def parse_diff_ids(document: Mapping[str, Any]) -> tuple[str, ...]:
    """`rootfs.diff_ids`, lowest layer first. Raises ImageError when they are no list of digests."""
    found = mapping(document.get("rootfs")).get("diff_ids") or ()
    if not isinstance(found, Sequence) or not all(isinstance(one, str) for one in found):
        raise ImageError(
            "The image config has no proper list of layers", "rootfs.diff_ids is wrong"
        )
    if len(found) > MAX_LAYERS:
        raise ImageError(f"The image names {len(found):,} layers", f"more than {MAX_LAYERS:,}")
    return tuple(found)


def parse_history(document: Mapping[str, Any], layers: int) -> tuple[HistoryEntry, ...]:
    """The history with layer numbers. When it does not tell of exactly `layers` layers (some
    builders write none, or a squashed image keeps the old one), no entry gets a number."""
    found = document.get("history")
    entries = [mapping(one) for one in found] if isinstance(found, list) else []
    filled = sum(not one.get("empty_layer") for one in entries)
    numbers = iter(range(layers)) if filled == layers else None
    return tuple(
        HistoryEntry(
            created_by=text(one.get("created_by")),
            created=text(one.get("created")),
            empty=bool(one.get("empty_layer")),
            layer=None if one.get("empty_layer") or numbers is None else next(numbers),
            comment=text(one.get("comment")),
        )
        for one in entries
    )


def platform_of(config: ImageConfig) -> str:
    """`linux/amd64`, `linux/arm/v7`."""
    return "/".join(part for part in (config.os, config.architecture, config.variant) if part)


def mapping(value: object) -> Mapping[str, Any]:
    """The value when it is a JSON object, else an empty one."""
    return value if isinstance(value, dict) else {}


def text(value: object) -> str:
    """The value when it is a text, else ""."""
    return value if isinstance(value, str) else ""


def words(value: object) -> tuple[str, ...]:
    """The texts of a JSON list; a lone text counts as a list of one."""
    if isinstance(value, str):
        return (value,)
    return tuple(one for one in value if isinstance(one, str)) if isinstance(value, list) else ()


def _environment(value: object) -> tuple[tuple[str, str], ...]:
    pairs = (one.partition("=") for one in words(value))
    return tuple((name, content) for name, _, content in pairs)


def _number(value: object) -> int:
    return value if isinstance(value, int) else 0


def _healthcheck(value: object) -> Healthcheck | None:
    found = mapping(value)
    if not words(found.get("Test")):
        return None
    return Healthcheck(
        test=words(found.get("Test")),
        interval=_number(found.get("Interval")),
        timeout=_number(found.get("Timeout")),
        start_period=_number(found.get("StartPeriod")),
        retries=_number(found.get("Retries")),
    )
