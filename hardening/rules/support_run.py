"""What the rules about run flags share: the place of a service, and the fix that adds a flag.

What reads and edits YAML is loaded where there is a Compose file.
"""

from __future__ import annotations

from collections.abc import Iterator

from hardening.model import (
    ConfigPlace,
    Edit,
    FilePlace,
    Finding,
    Fix,
    Place,
    Precondition,
    Span,
    fails,
)
from hardening.rules.frame import Rule
from hardening.runtime.flag_model import RunFlag
from hardening.runtime.flags import hardened
from hardening.runtime.start import start_of
from hardening.subject import Subject

EDITABLE = "The service can be edited in place"


def _written(subject: Subject) -> tuple[str, str, str] | None:
    """Text and path of the Compose file that may be edited, and the name of the service."""
    run = subject.run_configuration
    text = subject.texts.get(run.compose_path) if run is not None and run.compose_path else None
    if run is None or run.compose_path is None or run.service is None or text is None:
        return None
    return text, run.compose_path, run.service


def service_place(subject: Subject, key: str) -> Place:
    """The name of the service in its Compose file; the configuration key where there is none."""
    written = _written(subject)
    if written is None:
        return ConfigPlace(key)
    from hardening.runtime.compose import find_service
    from hardening.runtime.yaml_places import NoPlace

    text, path, service = written
    try:
        return _place(text, path, find_service(text, service).name)
    except NoPlace:
        return ConfigPlace(key)


def key_place(subject: Subject, key: str, config_key: str) -> Place:
    """The key of the service where it is written; the service's name where it is inherited."""
    written = _written(subject)
    if written is None:
        return ConfigPlace(config_key)
    from hardening.runtime.compose import find_service
    from hardening.runtime.yaml_places import NoPlace

    text, path, service = written
    try:
        pair = find_service(text, service).node.get(key)
    except NoPlace:
        pair = None
    if pair is None:
        return service_place(subject, config_key)
    return _place(text, path, Span(pair[0].start, pair[1].end))


def volume_place(subject: Subject, number: int) -> Place:
    """The entry of `volumes` with this number in the run configuration."""
    run, written = subject.run_configuration, _written(subject)
    if run is None or written is None:
        return ConfigPlace("HostConfig.Binds")
    from hardening.runtime.compose_items import volume_nodes
    from hardening.runtime.yaml_places import NoPlace

    text, path, service = written
    try:
        nodes = volume_nodes(text, service)
    except NoPlace:
        nodes = ()
    if len(nodes) != len(run.volumes):
        return service_place(subject, "HostConfig.Binds")
    return _place(text, path, nodes[number].span)


def _place(text: str, path: str, span: Span) -> FilePlace:
    first, last = (text.count("\n", 0, at) + 1 for at in (span.start, span.end))
    return FilePlace(path, span, first, last)


def starts_as_root(subject: Subject) -> bool:
    """True when the container is known to start as root."""
    run = subject.run_configuration
    if run is not None and run.user is not None:
        return run.user.partition(":")[0] in ("root", "0")
    return start_of(subject).user.root is True


def compose_edits(
    subject: Subject, flags: tuple[RunFlag, ...], *, without: tuple[str, ...] = ()
) -> tuple[tuple[Edit, ...], tuple[Precondition, ...]]:
    """Edits that give the service these flags and take the keys of `without` out, or a failed
    precondition that says why not."""
    written = _written(subject)
    if written is None:
        return (), (fails(EDITABLE, "It was not read from a Compose file of the project"),)
    from hardening.runtime.compose import changes_of, service_edits
    from hardening.runtime.yaml_places import NoPlace

    text, path, service = written
    try:
        return service_edits(text, path, service, changes_of(flags), without=without), ()
    except NoPlace as error:
        return (), (fails(EDITABLE, f"{path}: {error}"),)


def read_only_mount_edits(
    subject: Subject, number: int
) -> tuple[tuple[Edit, ...], tuple[Precondition, ...]]:
    """Edits that mount the volume of this number read-only; see `compose_edits`."""
    written = _written(subject)
    if written is None:
        return (), (fails(EDITABLE, "It was not read from a Compose file of the project"),)
    from hardening.runtime.compose_items import read_only_edits
    from hardening.runtime.yaml_places import NoPlace

    text, path, service = written
    try:
        return read_only_edits(text, path, service, number), ()
    except NoPlace as error:
        return (), (fails(EDITABLE, f"{path}: {error}"),)


def missing_flag(rule: Rule, subject: Subject, name: str, key: str) -> Iterator[Finding]:
    """The finding that the run configuration lacks one flag, with its fix; nothing when it has it
    or when there is no run configuration."""
    run = subject.run_configuration
    flag = hardened(subject).flag(name)
    if run is None or flag is None or flag.present:
        return
    edits, refused = compose_edits(subject, (flag,))
    fix = Fix(name, flag.title, edits, (*flag.preconditions, *refused), flag.reason)
    written = " ".join(flag.words)
    yield rule.finding(
        subject,
        f"{run.source or 'The container'} runs without {written.split(' --tmpfs')[0]}",
        at=service_place(subject, key),
        about=run.service or "container",
        fixes=(fix,),
        tip=f"Start it with {written}",
    )
