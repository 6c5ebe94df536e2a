"""The files behind a path: which Dockerfile, which context, which ignore file, which service."""

from __future__ import annotations

import os
import stat
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from hardening.candidates import Candidate, candidates_in, is_compose_name
from hardening.context import FolderContext
from hardening.dockerfile import parse
from hardening.errors import InputError, UsageError
from hardening.model import RunConfiguration
from hardening.opening.text_files import read_text, reason_of
from hardening.skipped import Skipped
from hardening.subject import Subject

if TYPE_CHECKING:
    from hardening.compose_file import Service
    from hardening.settings import Settings


def open_path(
    path: Path, *, context: Path | None, service: str | None, settings: Settings | None
) -> Subject:
    """See `hardening.opening.open_files`."""
    _check_context(context)
    try:
        mode = path.stat().st_mode
    except FileNotFoundError:
        raise InputError(
            f"{path} does not exist", "", "Name a Dockerfile, a Compose file or a folder."
        ) from None
    except (OSError, ValueError) as error:
        raise InputError(
            f"{path} cannot be read", reason_of(error), "Check its permissions."
        ) from None
    if stat.S_ISDIR(mode):
        return _open_folder(path, context=context, service=service, settings=settings)
    if is_compose_name(path.name):
        return _open_compose(path, context=context, service=service, settings=settings)
    if service is not None:
        raise UsageError(
            f"{path} has no services",
            "--service goes with a Compose file",
            "Name the Compose file.",
        )
    return open_dockerfile(path, context=context or path.parent, settings=settings)


def _check_context(context: Path | None) -> None:
    if context is not None and not context.is_dir():
        raise UsageError(f"{context} is no folder", "--context names a folder", "Check the path.")


def open_dockerfile(path: Path, *, context: Path, settings: Settings | None) -> Subject:
    """A Dockerfile with its context folder."""
    text = read_text(path)
    return _subject(context, settings=settings, dockerfile=(path, text), also=())


def without_file(text: str, context: Path | None, settings: Settings | None) -> Subject:
    """A Dockerfile that has no file: see `hardening.opening.open_text`."""
    _check_context(context)
    folder = context or Path()
    name = "Dockerfile"
    ignore, skipped = (None, ()) if context is None else _ignore_file(None, context)
    texts = {name: text}
    if ignore is not None:
        texts[".dockerignore"] = ignore[1]
    no_context = Skipped(
        "build context",
        "the Dockerfile came on standard input",
        "Name the folder with --context DIR.",
    )
    return Subject(
        root=folder,
        texts=texts,
        dockerfile=parse(text, name),
        context=None
        if context is None
        else _context(context, "", ".dockerignore" if ignore else None, texts),
        settings=settings if settings is not None else _settings(folder),
        missing=skipped if context is not None else (no_context,),
    )


def _open_folder(
    folder: Path, *, context: Path | None, service: str | None, settings: Settings | None
) -> Subject:
    found = candidates_in(folder)
    composes = [one for one in found if one.kind == "compose"]
    if service is not None:
        if not composes:
            raise UsageError(
                f"{folder} has no Compose file", "--service goes with one", "Name the Compose file."
            )
        return _open_compose(composes[0].path, context=context, service=service, settings=settings)
    files = [one for one in found if one.kind == "dockerfile"]
    chosen = next((one for one in files if one.path.name in ("Dockerfile", "Containerfile")), None)
    if chosen is None and len(files) == 1:
        chosen = files[0]
    if chosen is not None:
        subject = open_dockerfile(chosen.path, context=context or folder, settings=settings)
        return _with_matching_service(subject, chosen, composes)
    if files:
        names = ", ".join(one.path.name for one in files[:8])
        raise UsageError(f"{folder} has several Dockerfiles", names, "Name one of them.")
    if composes:
        return _open_compose(composes[0].path, context=context, service=None, settings=settings)
    raise InputError(
        f"{folder} has no Dockerfile",
        "no Dockerfile, Containerfile or Compose file stands in it",
        "Name a Dockerfile, or an image with --image.",
    )


def _with_matching_service(
    subject: Subject, chosen: Candidate, composes: list[Candidate]
) -> Subject:
    """The run configuration of the one service of the folder that builds this Dockerfile."""
    from hardening.compose_file import services

    matching: list[tuple[Path, str, Service]] = []
    missing: list[Skipped] = []
    for compose in composes[:1]:
        try:
            text = read_text(compose.path)
            found = services(text, compose.path.name)
        except InputError as error:
            missing.append(Skipped("run configuration", str(error), error.next_step))
            continue
        matching.extend(
            (compose.path, text, one)
            for one in found
            if one.build is not None
            and _same_file(one.build.dockerfile_in(compose.path.parent), chosen.path)
        )
    if len(matching) != 1:
        return replace(subject, missing=(*subject.missing, *missing))
    path, text, service = matching[0]
    key = _key(subject.root, path)
    run = replace(service.run, compose_path=key, source=f"{key}#{service.name}")
    return replace(
        subject,
        texts={**subject.texts, key: text},
        run_configuration=run,
        build_args=run.build_args,
    )


def _open_compose(
    path: Path, *, context: Path | None, service: str | None, settings: Settings | None
) -> Subject:
    from hardening.compose_file import services

    text = read_text(path)
    chosen = _choose(services(text, path.name), service, path)
    build = chosen.build
    dockerfile = inline = None
    if build is not None:
        context = context or build.context_in(path.parent)
        dockerfile = build.dockerfile_in(path.parent)
        inline = build.dockerfile_inline
    missing: list[Skipped] = []
    if build is None:
        missing.append(
            Skipped(
                "Dockerfile",
                f"service {chosen.name} names an image and no build",
                f"Open the image too: --image {chosen.image}" if chosen.image else "",
            )
        )
    elif context is None or inline is not None:
        dockerfile = None
        why = (
            "its Dockerfile is written inside the Compose file"
            if inline
            else "its build context is not a local folder"
        )
        missing.append(Skipped("Dockerfile", f"service {chosen.name}: {why}", ""))
    given = None if dockerfile is None else (dockerfile, read_text(dockerfile))
    return _subject(
        context or path.parent,
        settings=settings,
        dockerfile=given,
        also=((path, text),),
        service=chosen,
        missing=tuple(missing),
    )


def _choose(found: tuple[Service, ...], wanted: str | None, path: Path) -> Service:
    names = ", ".join(one.name for one in found) or "none"
    if wanted is not None:
        for one in found:
            if one.name == wanted:
                return one
        raise UsageError(
            f"{path} has no service {wanted}", f"its services: {names}", "Name one of them."
        )
    if not found:
        raise InputError(f"{path} has no services", "", "Name a Dockerfile.")
    builds = [one for one in found if one.build is not None]
    pool = builds or list(found)
    if len(pool) > 1:
        names = ", ".join(one.name for one in pool)
        raise UsageError(f"{path} has several services", names, "Name one with --service NAME.")
    return pool[0]


def _subject(
    context: Path,
    *,
    settings: Settings | None,
    dockerfile: tuple[Path, str] | None,
    also: tuple[tuple[Path, str], ...],
    service: Service | None = None,
    missing: tuple[Skipped, ...] = (),
) -> Subject:
    paths = [one[0] for one in also] + ([dockerfile[0]] if dockerfile else [])
    root = _common_root(context, [one.parent for one in paths])
    texts = {_key(root, path): text for path, text in also}
    prefix = _prefix(root, context)
    parsed = None
    if dockerfile is not None:
        key = _key(root, dockerfile[0])
        texts[key] = dockerfile[1]
        parsed = parse(dockerfile[1], key)
    ignore, skipped = _ignore_file(dockerfile[0] if dockerfile else None, context)
    ignore_path = None
    if ignore is not None:
        ignore_path = _key(root, ignore[0])
        texts[ignore_path] = ignore[1]
    run = _run(service, also[0][0], root) if service is not None else None
    seen = _context(context, prefix, ignore_path, texts)
    if seen is None:
        skipped = (
            *skipped,
            Skipped("build context", f"{context} is no folder", "Name it with --context DIR."),
        )
    return Subject(
        root=root,
        texts=texts,
        dockerfile=parsed,
        context=seen,
        run_configuration=run,
        build_args=run.build_args if run else {},
        settings=settings if settings is not None else _settings(root),
        missing=(*missing, *skipped),
    )


def _run(service: Service, compose: Path, root: Path) -> RunConfiguration:
    key = _key(root, compose)
    return replace(service.run, compose_path=key, source=f"{key}#{service.name}")


def _settings(root: Path) -> Settings:
    from hardening.settings import load_settings

    return load_settings(root)


def _context(
    folder: Path, prefix: str, ignore_path: str | None, texts: dict[str, str]
) -> FolderContext | None:
    if not folder.is_dir():
        return None
    if ignore_path is None:
        return FolderContext(folder, prefix=prefix)
    from hardening.dockerfile.ignore import IgnoreFile

    ignore = IgnoreFile(texts[ignore_path])
    return FolderContext(folder, ignore=ignore, ignore_path=ignore_path, prefix=prefix)


def _ignore_file(
    dockerfile: Path | None, context: Path
) -> tuple[tuple[Path, str] | None, tuple[Skipped, ...]]:
    """BuildKit's order: `<Dockerfile>.dockerignore` beside it, then the context's own."""
    places = [context / ".dockerignore"]
    if dockerfile is not None:
        places.insert(0, dockerfile.with_name(dockerfile.name + ".dockerignore"))
    for place in places:
        try:
            if not place.is_file():
                continue
            return (place, read_text(place)), ()
        except (InputError, OSError) as error:
            skipped = Skipped(
                "ignore file", str(error), "Every path counts as sent to the builder."
            )
            return None, (skipped,)
    return None, ()


def _common_root(context: Path, folders: list[Path]) -> Path:
    """The lowest folder that holds them all; the context itself where it does."""
    wanted = [os.path.abspath(one) for one in (context, *folders)]  # noqa: PTH100
    common = os.path.commonpath(wanted)
    if common == wanted[0]:
        return context
    relative = not any(one.is_absolute() for one in (context, *folders))
    return Path(os.path.relpath(common)) if relative else Path(common)


def _key(root: Path, path: Path) -> str:
    return os.path.relpath(path, root).replace(os.sep, "/")


def _prefix(root: Path, context: Path) -> str:
    key = _key(root, context)
    return "" if key == "." else f"{key}/"


def _same_file(one: Path | None, other: Path) -> bool:
    return one is not None and os.path.realpath(one) == os.path.realpath(other)
