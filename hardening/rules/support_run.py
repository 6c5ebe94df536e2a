"""What the rules about run flags share: the place of a service, and the fix that adds a flag."""

from __future__ import annotations

from collections.abc import Iterator

from hardening.model import ConfigPlace, Edit, FilePlace, Finding, Fix, Place, Precondition, fails
from hardening.rules.frame import Rule
from hardening.runtime.compose import changes_of, find_service, service_edits
from hardening.runtime.flag_model import RunFlag
from hardening.runtime.flags import hardened
from hardening.runtime.yaml_places import NoPlace
from hardening.subject import Subject

EDITABLE = "The service can be edited in place"


def service_place(subject: Subject, key: str) -> Place:
    """The name of the service in its Compose file; the configuration key where there is none."""
    run = subject.run_configuration
    text = subject.texts.get(run.compose_path) if run is not None and run.compose_path else None
    if run is None or run.compose_path is None or run.service is None or text is None:
        return ConfigPlace(key)
    try:
        span = find_service(text, run.service).name
    except NoPlace:
        return ConfigPlace(key)
    line = text.count("\n", 0, span.start) + 1
    return FilePlace(run.compose_path, span, line, line)


def compose_edits(
    subject: Subject, flags: tuple[RunFlag, ...]
) -> tuple[tuple[Edit, ...], tuple[Precondition, ...]]:
    """Edits that give the service these flags, or a failed precondition that says why not."""
    run = subject.run_configuration
    text = subject.texts.get(run.compose_path) if run is not None and run.compose_path else None
    if run is None or run.compose_path is None or run.service is None or text is None:
        return (), (fails(EDITABLE, "It was not read from a Compose file of the project"),)
    try:
        return service_edits(text, run.compose_path, run.service, changes_of(flags)), ()
    except NoPlace as error:
        return (), (fails(EDITABLE, f"{run.compose_path}: {error}"),)


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
