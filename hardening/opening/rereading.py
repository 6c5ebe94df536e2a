"""A subject whose files have other contents: what was read from its image is kept, and points at
the instructions that the old ones became."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING

from hardening.context import FilteredContext
from hardening.dockerfile.model import Dockerfile
from hardening.errors import DrydockError
from hardening.model import RunConfiguration
from hardening.opening import with_ignore
from hardening.subject import Subject

if TYPE_CHECKING:
    from hardening.inventory.model import Package


def reread(subject: Subject, texts: Mapping[str, str]) -> Subject:
    """The same subject with other file contents; the image and what was read from it are kept."""
    from hardening.dockerfile import parse

    dockerfile = subject.dockerfile
    if dockerfile is not None:
        text = texts.get(dockerfile.path, "")
        dockerfile = dockerfile if text == dockerfile.text else parse(text, dockerfile.path)
    context = subject.context
    if isinstance(context, FilteredContext):
        context = _reread_context(subject, context, texts)
    run = subject.run_configuration
    if run is not None and run.compose_path and run.service:
        before, after = subject.texts.get(run.compose_path), texts.get(run.compose_path)
        if after is not None and before != after:
            run = _reread_run(run, after)
    changed = replace(
        subject,
        texts=dict(texts),
        dockerfile=dockerfile,
        context=context,
        run_configuration=run,
        build_args=run.build_args
        if run is not subject.run_configuration and run is not None
        else subject.build_args,
    )
    return _with_moved_attribution(subject.dockerfile, changed)


def _reread_context(
    subject: Subject, context: FilteredContext, texts: Mapping[str, str]
) -> FilteredContext:
    from hardening.dockerfile.source import encode

    prefix = context.prefix
    changed = {
        name.removeprefix(prefix): encode(text)
        for name, text in texts.items()
        if name.startswith(prefix) and subject.texts.get(name) != text
    }
    if not changed:
        return context
    specific = f"{subject.dockerfile.path}.dockerignore" if subject.dockerfile else None
    names = [name for name in (specific, f"{prefix}.dockerignore") if name in texts]
    overlaid = context.with_files(changed)
    ignore_path = names[0] if names else None
    same = ignore_path == context.ignore_path and (
        ignore_path is None or texts[ignore_path] == subject.texts.get(ignore_path)
    )
    return overlaid if same else with_ignore(overlaid, ignore_path, texts)


def _reread_run(run: RunConfiguration, text: str) -> RunConfiguration:
    """The service as it stands in the changed text; as it was when that cannot be read."""
    from hardening.compose_file import services

    assert run.compose_path is not None
    try:
        found = services(text, run.compose_path)
    except DrydockError:
        return run
    return next((one.run for one in found if one.name == run.service), run)


def _with_moved_attribution(before: Dockerfile | None, subject: Subject) -> Subject:
    """Layers point at the instructions of the new text: those that the old ones became."""
    after, image = subject.dockerfile, subject.image
    if image is None or before is None or after is None or before is after:
        return subject
    from hardening.image.attribution import with_attribution
    from hardening.opening.instruction_map import moved

    where = moved(before, after)
    attributions = tuple(
        layer.attribution
        if layer.attribution.instruction is None
        else replace(layer.attribution, instruction=where.get(layer.attribution.instruction))
        for layer in image.layers
    )
    if all(one == layer.attribution for one, layer in zip(attributions, image.layers, strict=True)):
        return subject
    moved_subject = replace(subject, image=with_attribution(image, attributions))
    return _with_moved_packages(moved_subject, where)


def _with_moved_packages(subject: Subject, where: Mapping[int, int]) -> Subject:
    """Packages point at the instructions of the new text, like the layers that hold them."""
    inventory = subject.inventory
    if inventory is None:
        return subject
    changed: dict[int, Package] = {
        id(one): replace(one, instruction=where.get(one.instruction))
        for one in inventory.packages
        if one.instruction is not None and where.get(one.instruction) != one.instruction
    }
    if not changed:
        return subject
    packages = tuple(changed.get(id(one), one) for one in inventory.packages)
    assessment = subject.assessment
    if assessment is not None:
        rows = tuple(
            replace(row, packages=tuple(changed.get(id(one), one) for one in row.packages))
            if any(id(one) in changed for one in row.packages)
            else row
            for row in assessment.rows
        )
        assessment = replace(assessment, rows=rows)
    return replace(subject, inventory=replace(inventory, packages=packages), assessment=assessment)
