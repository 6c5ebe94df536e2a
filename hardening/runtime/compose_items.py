"""Edits to single entries of a service's lists: a port, a volume."""

from __future__ import annotations

from collections.abc import Mapping

from hardening.model import Edit, Span
from hardening.runtime.compose import (
    checked_edits,
    column_of,
    find_service,
    lines_after,
    service_values,
)
from hardening.runtime.limit_flags import is_open, on_loopback
from hardening.runtime.yaml_places import NoPlace, YamlNode


def publish_edits(text: str, path: str, service: str) -> tuple[Edit, ...]:
    """Edits that publish the service's open ports on the loopback address only. Raises NoPlace."""
    place = find_service(text, service)
    before = service_values(text, service)
    pair = place.node.get("ports")
    listed = before.get("ports")
    if pair is None or pair[1].kind != "sequence" or not isinstance(listed, list):
        raise NoPlace("its ports are not listed in the service itself")
    edits: list[tuple[Span, str]] = []
    wanted: list[object] = []
    for node, value in zip(pair[1].items, listed, strict=True):
        if node.kind == "scalar" and not isinstance(value, dict) and is_open(str(value)):
            text_of_port = on_loopback(str(value))
            quote = node.quote or '"'
            edits.append((node.span, f"{quote}{text_of_port}{quote}"))
            wanted.append(text_of_port)
        elif node.kind == "mapping" and isinstance(value, dict) and _long_open(value):
            edits.append(_with_line(text, node, "host_ip: 127.0.0.1"))
            wanted.append({**value, "host_ip": "127.0.0.1"})
        else:
            wanted.append(value)
    return checked_edits(text, path, service, edits, {**before, "ports": wanted})


def _long_open(port: Mapping[str, object]) -> bool:
    return bool(port.get("published")) and port.get("host_ip") is None


def _with_line(text: str, node: YamlNode, line: str) -> tuple[Span, str]:
    column = column_of(text, node.pairs[0][0].start)
    return lines_after(text, node, [line], column)


def volume_nodes(text: str, service: str) -> tuple[YamlNode, ...]:
    """The entries of the service's own `volumes`, those left out that are a tmpfs: they count like
    `RunConfiguration.volumes`. Raises NoPlace."""
    pair = find_service(text, service).node.get("volumes")
    if pair is None or pair[1].kind != "sequence":
        raise NoPlace("its volumes are not listed in the service itself")
    return tuple(node for node in pair[1].items if not _is_tmpfs(node))


def _is_tmpfs(node: YamlNode) -> bool:
    kind = node.get("type")
    return kind is not None and kind[1].value == "tmpfs"


def read_only_edits(text: str, path: str, service: str, number: int) -> tuple[Edit, ...]:
    """Edits that mount the volume of this number (see `volume_nodes`) read-only. Raises NoPlace."""
    nodes = volume_nodes(text, service)
    before = service_values(text, service)
    pair = find_service(text, service).node.get("volumes")
    listed = before.get("volumes")
    if number >= len(nodes) or pair is None or not isinstance(listed, list):
        raise NoPlace("its volumes are not listed in the service itself")
    node = nodes[number]
    at = next(one for one, item in enumerate(pair[1].items) if item is node)
    value = listed[at]
    wanted: object
    if node.kind == "mapping" and isinstance(value, dict) and "read_only" not in value:
        edit = _with_line(text, node, "read_only: true")
        wanted = {**value, "read_only": True}
    elif node.kind == "scalar" and isinstance(value, str) and _without_options(value):
        end = node.end - (1 if node.quote else 0)
        edit = Span(end, end), ":ro"
        wanted = f"{value}:ro"
    else:
        raise NoPlace("the volume has options of its own")
    volumes = [*listed[:at], wanted, *listed[at + 1 :]]
    return checked_edits(text, path, service, [edit], {**before, "volumes": volumes})


def _without_options(volume: str) -> bool:
    return volume.count(":") == 1 and "$" not in volume
