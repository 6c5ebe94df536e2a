"""Edits to one service of a Compose file that leave every other byte as it is, and new files.

An edit is offered only when the changed text, read again, says exactly what was meant and nothing
else. Format: the Compose specification.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import TYPE_CHECKING, NamedTuple

from hardening.errors import InputError
from hardening.model import Edit, Span
from hardening.runtime.flag_model import ComposeValue, HardenedRun, RunFlag
from hardening.runtime.yaml_places import NoPlace, YamlNode, places
from hardening.runtime.yaml_removal import removed_key
from hardening.subject import Subject

if TYPE_CHECKING:
    from hardening.compose_file import Build


class ServicePlace(NamedTuple):
    """Where a service stands: `name` spans its key."""

    name: Span
    node: YamlNode
    key_column: int
    indent: int


def find_service(text: str, service: str) -> ServicePlace:
    """Raises NoPlace when the service cannot be found or edited."""
    services = places(text).get("services")
    if services is None or services[1].kind != "mapping":
        raise NoPlace("it has no services")
    pair = services[1].get(service)
    if pair is None:
        raise NoPlace(f"it has no service {service}")
    key, node = pair
    if node.kind != "mapping" or not node.pairs:
        raise NoPlace(f"the service {service} is not written out as a mapping")
    if len({one.value for one, _ in node.pairs}) != len(node.pairs):
        raise NoPlace(f"the service {service} has a key twice")
    name_column = column_of(text, key.start)
    column = column_of(text, node.pairs[0][0].start)
    if not node.flow and text[node.pairs[0][0].start - column : node.pairs[0][0].start].strip(" "):
        raise NoPlace(f"the keys of the service {service} do not stand on lines of their own")
    indent = column - name_column if 0 < column - name_column <= 8 else 2
    return ServicePlace(key.span, node, column, indent)


def column_of(text: str, offset: int) -> int:
    return offset - (text.rfind("\n", 0, offset) + 1)


def service_edits(
    text: str,
    path: str,
    service: str,
    changes: Mapping[str, ComposeValue],
    *,
    without: tuple[str, ...] = (),
) -> tuple[Edit, ...]:
    """Edits that give the service these values; a tuple means "at least these entries". Keys named
    by `without` are taken out, with what stands behind them on their line.

    Raises NoPlace with the reason when no safe edit exists. No edits when all is so already.
    """
    place = find_service(text, service)
    before = service_values(text, service)
    gone = [key for key in without if key in before]
    edits = [(removed_key(text, place.node, key), "") for key in gone]
    fresh: list[tuple[str, ComposeValue]] = []
    expected = {key: value for key, value in before.items() if key not in gone}
    for key, value in changes.items():
        wanted = _merged(before.get(key), value)
        present = before.get(key)
        if wanted == present and type(wanted) is type(present):
            continue
        expected[key] = wanted
        own = place.node.get(key)
        if own is None:
            fresh.append((key, tuple(wanted) if isinstance(wanted, list) else value))
        else:
            edits.append(_changed(text, own[1], before.get(key), wanted))
    if fresh:
        edits.append(_added(text, place, fresh))
    return checked_edits(text, path, service, edits, expected)


def service_values(text: str, service: str) -> dict[str, object]:
    """The service as plain values, merge keys applied."""
    from hardening.yaml_reading import read_yaml

    try:
        document = read_yaml(text, "compose").value
    except InputError as error:
        raise NoPlace(error.why or "the file is not valid YAML") from None
    services = document.get("services") if isinstance(document, dict) else None
    values = services.get(service) if isinstance(services, dict) else None
    if not isinstance(values, dict):
        raise NoPlace(f"the service {service} is not a mapping")
    return dict(values)


def _merged(present: object, value: ComposeValue) -> object:
    """The value that the key should have: lists keep what they hold."""
    if not isinstance(value, tuple):
        return value
    held = present if isinstance(present, list) else [] if present is None else [present]
    return [*held, *(one for one in value if one not in held)]


def _changed(text: str, node: YamlNode, before: object, wanted: object) -> tuple[Span, str]:
    """A new value for a key that the service has itself."""
    if not isinstance(wanted, list):
        if node.kind not in ("scalar", "alias") or node.block_text:
            raise NoPlace("its value is not a plain one")
        lead = " " if node.start == node.end else ""
        return node.span, lead + _scalar(wanted)
    new = wanted[len(before) :] if isinstance(before, list) else wanted
    if node.kind != "sequence" or not isinstance(before, list):
        if node.kind == "mapping" or node.block_text:
            raise NoPlace("its list is not written as one")
        lead = " " if node.start == node.end else ""
        return node.span, f"{lead}[{', '.join(_quoted(one) for one in wanted)}]"
    if node.flow:
        joined = ", ".join(_quoted(one) for one in new)
        if not node.items:
            return Span(node.end - 1, node.end - 1), joined
        return Span(node.items[-1].end, node.items[-1].end), f", {joined}"
    column = column_of(text, _dash(text, node.items[-1]))
    return lines_after(text, node, [f"- {_scalar(one)}" for one in new], column)


def _dash(text: str, item: YamlNode) -> int:
    """Offset of the dash before a block item. Raises NoPlace when it is not alone on its line."""
    dash = text.rfind("-", 0, item.start)
    line = text.rfind("\n", 0, item.start) + 1
    if dash < line or text[line:dash].strip(" "):
        raise NoPlace("its list is written in an unusual way")
    return dash


def _added(
    text: str, place: ServicePlace, fresh: list[tuple[str, ComposeValue]]
) -> tuple[Span, str]:
    """Keys that the service does not have yet, after its last one."""
    if place.node.flow:
        end = place.node.pairs[-1][1].end
        return Span(end, end), "".join(f", {key}: {_flow(value)}" for key, value in fresh)
    lines = []
    for key, value in fresh:
        lines += block_lines(key, value, place.indent)
    return lines_after(text, place.node, lines, place.key_column)


def lines_after(text: str, node: YamlNode, lines: list[str], column: int) -> tuple[Span, str]:
    """Lines (or flow entries) after the last of a collection."""
    if node.flow:
        end = node.pairs[-1][1].end if node.pairs else node.end - 1
        return Span(end, end), "".join(f", {line}" for line in lines)
    block = "".join(f"{' ' * column}{line}\n" for line in lines)
    if node.block_text and text[node.end - 1 : node.end] == "\n":
        return Span(node.end, node.end), block
    newline = text.find("\n", node.end)
    if newline < 0:
        return Span(len(text), len(text)), "\n" + block.rstrip("\n")
    return Span(newline + 1, newline + 1), block


def block_lines(key: str, value: ComposeValue, indent: int) -> list[str]:
    """One service key in block style, not indented itself."""
    if isinstance(value, tuple):
        return [f"{key}:", *(f"{' ' * indent}- {_scalar(one)}" for one in value)]
    return [f"{key}: {_scalar(value)}"]


def _scalar(value: object) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    text = str(value)
    plain = text and all(one.isalnum() or one in "-_./:=," for one in text)
    if isinstance(value, str) and (not plain or text[0] in "-:,=" or text[-1] == ":"):
        return json.dumps(text)
    return text


def _quoted(value: object) -> str:
    """A scalar inside a flow collection."""
    text = _scalar(value)
    if isinstance(value, str) and any(one in text for one in ",[]{}:") and text[0] != '"':
        return json.dumps(text)
    return text


def _flow(value: ComposeValue) -> str:
    if isinstance(value, tuple):
        return f"[{', '.join(_quoted(one) for one in value)}]"
    return _quoted(value)


def checked_edits(
    text: str,
    path: str,
    service: str,
    edits: list[tuple[Span, str]],
    expected: Mapping[str, object],
) -> tuple[Edit, ...]:
    """The edits, once the changed text is seen to say what was meant and nothing else."""
    from hardening.yaml_reading import read_yaml

    ordered = sorted(edits, key=lambda one: one[0])
    newline = "\r\n" if "\r\n" in text else "\n"
    changed, position = [], 0
    for span, new in ordered:
        changed += [text[position : span.start], new.replace("\n", newline)]
        position = span.end
    after = "".join([*changed, text[position:]])
    try:
        before_all = read_yaml(text, path).value
        after_all = read_yaml(after, path).value
    except InputError:
        raise NoPlace("the changed file could not be read again") from None
    if not isinstance(before_all, dict) or not isinstance(before_all["services"], dict):
        raise NoPlace("it has no services")
    meant = {**before_all, "services": {**before_all["services"], service: dict(expected)}}
    if after_all != meant:
        raise NoPlace("another part of the file shares these lines")
    return tuple(Edit(path, span, new) for span, new in ordered)


def changes_of(flags: tuple[RunFlag, ...]) -> dict[str, ComposeValue]:
    """The Compose keys of several flags together."""
    found: dict[str, ComposeValue] = {}
    for flag in flags:
        for key, value in flag.compose:
            present = found.get(key)
            if isinstance(present, tuple) and isinstance(value, tuple):
                value = (*present, *(one for one in value if one not in present))
            found[key] = value
    return found


def build_of(subject: Subject) -> Build:
    """What the service of the subject builds, as its file says; without one, the Dockerfile of the
    subject in its folder."""
    from hardening.compose_file import Build, services

    run = subject.run_configuration
    text = subject.texts.get(run.compose_path) if run is not None and run.compose_path else None
    if run is not None and run.compose_path is not None and text is not None:
        try:
            found = services(text, run.compose_path)
        except InputError:
            found = ()
        built = next((one.build for one in found if one.name == run.service), None)
        if built is not None:
            return built
    path = subject.dockerfile.path if subject.dockerfile is not None else "Dockerfile"
    return Build(dockerfile=path)


def compose_text(
    run: HardenedRun,
    *,
    service: str,
    build: str | None,
    image: str | None,
    dockerfile: str = "Dockerfile",
    target: str | None = None,
) -> str:
    """A new Compose file with one hardened service; `build` is its context folder, `dockerfile`
    the path in it, `target` the stage."""
    lines = ["services:", f"  {service}:"]
    more = [f"      dockerfile: {_scalar(dockerfile)}"] if dockerfile != "Dockerfile" else []
    more += [f"      target: {_scalar(target)}"] if target is not None else []
    if build is not None and not more:
        lines.append(f"    build: {_scalar(build)}")
    elif build is not None:
        lines += ["    build:", f"      context: {_scalar(build)}", *more]
    if image is not None:
        lines.append(f"    image: {_scalar(image)}")
    for key, value in changes_of(run.usable).items():
        lines += [f"    {line}" for line in block_lines(key, value, 2)]
    published = run.flag("publish")
    if published is not None:
        lines.append("    ports:")
        ports = [word for word in published.words if not word.startswith("-")]
        lines += [f"      - {json.dumps(port)}" for port in ports]
    return "\n".join(lines) + "\n"
