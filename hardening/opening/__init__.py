"""Opening what a person named: files first, in milliseconds; then the image; then its secrets."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from hardening.context import FilteredContext, MemoryContext
from hardening.errors import InputError
from hardening.model import RunConfiguration
from hardening.progress import SILENT, Progress
from hardening.skipped import Skipped
from hardening.subject import Subject

if TYPE_CHECKING:
    from hardening.advisories.assessment import Assessment
    from hardening.advisories.model import Vulnerability
    from hardening.candidates import Candidate
    from hardening.image.model import Image
    from hardening.image.synthetic import ImageSketch
    from hardening.settings import Settings


@dataclass(frozen=True, slots=True)
class OpenRequest:
    """What the command line asked the screen to open; None or "" is "not said".

    With a `sample` everything else is left out. Without `path`, `image` and `sample` the current
    folder is looked at.
    """

    path: Path | None = None
    image: str | None = None
    platform: str | None = None
    service: str | None = None
    sample: str | None = None
    context: Path | None = None
    offline: bool = False
    imports: tuple[Path, ...] = ()


def find_candidates(folder: Path) -> tuple[Candidate, ...]:
    """Dockerfiles, Containerfiles and Compose services in a folder and a few levels below."""
    from hardening.candidates import find_candidates

    return find_candidates(folder)


def open_files(
    path: str | Path,
    *,
    context: str | Path | None = None,
    service: str | None = None,
    settings: Settings | None = None,
) -> Subject:
    """The Dockerfile, ignore file and run configuration behind a path: no image, milliseconds.

    `path` is a Dockerfile, a Compose file or a folder. Settings are those of the nearest
    `drydock.toml` unless given. Raises InputError (cannot be read, not text, too large) and
    UsageError (several candidates, an unknown service).
    """
    from hardening.opening.files import open_path

    return open_path(
        Path(path),
        context=None if context is None else Path(context),
        service=service,
        settings=settings,
    )


def open_text(
    text: str, *, context: str | Path | None = None, settings: Settings | None = None
) -> Subject:
    """A Dockerfile without a file (standard input), with its context folder when one is given.

    Settings are those of the context, else of the current folder. Raises UsageError.
    """
    from hardening.opening.files import without_file

    return without_file(text, None if context is None else Path(context), settings)


def attach_image(subject: Subject, image: Image) -> Subject:
    """The subject with an image whose layers are attributed: to the base or to itself, and to the
    Dockerfile's instructions when there is one.

    An image of an engine is compared with its base as that engine holds it, and brings the digests
    under which the engine knows the Dockerfile's bases.
    """
    from hardening.image.attribution import attribute, with_attribution

    dockerfile = subject.dockerfile
    base = None
    if dockerfile is not None and image.source == "engine":
        from hardening.image.base import local_base
        from hardening.opening.base_digests import with_base_digests

        base = local_base(image, dockerfile)
        if not subject.base_digests:
            subject = with_base_digests(subject)
    attributions = attribute(image, dockerfile, base=base)
    attached = subject.with_image(with_attribution(image, attributions))
    return replace(attached, built_from=subject.with_image(None))


def scan_secrets(subject: Subject, *, progress: Progress = SILENT) -> Subject:
    """The subject with the secrets of its image; as it was when it has none. Raises ImageError."""
    if subject.image is None:
        return subject
    from hardening.secrets.scanner import scan_image

    return replace(subject, secrets=scan_image(subject.image, progress=progress))


def open_image_only(reference: str, *, settings: Settings | None = None) -> Subject:
    """A subject without a Dockerfile; the image itself is attached later."""
    missing = Skipped(
        "Dockerfile",
        "only an image was named",
        f"Give its Dockerfile too: drydock DOCKERFILE --image {reference}",
    )
    return Subject(root=Path.cwd(), settings=settings, missing=(missing,))


def open_subject(
    path: str | Path | None = None,
    *,
    image: str | None = None,
    platform: str | None = None,
    context: str | Path | None = None,
    service: str | None = None,
    settings: Settings | None = None,
    progress: Progress = SILENT,
) -> Subject:
    """Files, image (all its files read) and secrets at once.

    Without `path` the subject is the image alone. Raises InputError, ImageError, EngineError,
    UsageError and Cancelled.
    """
    if path is None and image is None:
        from hardening.errors import UsageError

        raise UsageError(
            "Nothing to open",
            "neither a path nor an image was given",
            "Name a Dockerfile, or an image with --image.",
        )
    if path is None:
        subject = open_image_only(image or "", settings=settings)
    else:
        subject = open_files(path, context=context, service=service, settings=settings)
    return add_image(subject, image, platform=platform, progress=progress)


def add_image(
    subject: Subject,
    image: str | None,
    *,
    platform: str | None = None,
    progress: Progress = SILENT,
) -> Subject:
    """The subject with the named image, all its files read, its secrets, its packages and what is
    known to be wrong with them; without one, the subject says that it has none. Raises ImageError,
    EngineError and Cancelled."""
    if image is None:
        return replace(subject, missing=(*subject.missing, NO_IMAGE))
    from hardening.image.loading import load_files, open_image

    found = open_image(image, platform=platform, progress=progress)
    loaded = load_files(found, progress=progress)
    scanned = scan_secrets(attach_image(subject, loaded), progress=progress)
    return with_packages(scanned, progress=progress)


def with_packages(subject: Subject, *, progress: Progress = SILENT) -> Subject:
    """The subject with the packages of its image and what the user's advisory store says of them;
    a store that cannot be read is told as not assessed. Raises ImageError, Cancelled."""
    if subject.image is None:
        return subject
    from hardening.opening.packages import assess_or_say, take_inventory

    return assess_or_say(take_inventory(subject, progress=progress))


def with_imports(subject: Subject, files: tuple[Path, ...]) -> Subject:
    """The subject with these reports of other tools, and with ShellCheck's answer where the
    settings ask for it; a program that does not answer is told as missing. Raises InputError."""
    if files:
        from hardening.imports import read_import

        reports = tuple(read_import(file) for file in files)
        subject = replace(subject, imported=(*subject.imported, *reports))
    asked = subject.settings is not None and subject.settings.shellcheck
    if not asked or any(one.source == SHELLCHECK for one in subject.imported):
        return subject
    try:
        return with_shellcheck(subject)
    except InputError as error:
        reason = error.what + (f": {error.why}" if error.why else "")
        told = Skipped("ShellCheck", reason, "Install it, or take shellcheck out of drydock.toml.")
        return replace(subject, missing=(*subject.missing, told))


def with_shellcheck(subject: Subject) -> Subject:
    """The subject with ShellCheck's answer about its RUNs. Raises InputError when it is not
    installed or does not answer."""
    if subject.dockerfile is None:
        return subject
    from hardening.imports.shellcheck import shellcheck

    return replace(subject, imported=(*subject.imported, shellcheck(subject.dockerfile)))


SHELLCHECK = "shellcheck"
"""`Imported.source` of ShellCheck's answer."""

NO_IMAGE = Skipped(
    "image",
    "none was given, so layers, installed files and image secrets are unknown",
    "Name it with --image REF.",
)


def memory_subject(
    text: str | None,
    *,
    files: Mapping[str, str | bytes] | None = None,
    image: ImageSketch | Image | object | None = None,
    run: RunConfiguration | None = None,
    settings: Settings | None = None,
    path: str = "Dockerfile",
    assessment: Assessment | Iterable[Vulnerability] | None = None,
) -> Subject:
    """A subject whose files are all in memory: for rule examples, samples and tests.

    `files` is the build context; an ignore file or the run configuration's Compose file among
    them can be edited. An `ImageSketch` is made into an image, scanned for secrets, and its
    packages are read; `assessment` says what is wrong with these: no store is asked.
    """
    from hardening.dockerfile import parse

    given = dict(files or {})
    names = [f"{path}.dockerignore", ".dockerignore"]
    if run is not None and run.compose_path:
        names.append(run.compose_path)
    texts = {name: _text_of(given[name]) for name in names if name in given}
    if text is not None:
        texts[path] = text
        given.setdefault(path, text)
    ignore_path = next((name for name in names[:2] if name in texts), None)
    subject = Subject(
        root=Path(),
        texts=texts,
        dockerfile=None if text is None else parse(text, path),
        context=with_ignore(MemoryContext(given), ignore_path, texts),
        run_configuration=run,
        build_args=run.build_args if run is not None else {},
        settings=settings,
    )
    if image is None:
        return subject
    from hardening.opening.packages import take_inventory, with_assessment

    subject = take_inventory(scan_secrets(attach_image(subject, _made(image))))
    return subject if assessment is None else with_assessment(subject, assessment)


def reread(subject: Subject, texts: Mapping[str, str]) -> Subject:
    """The same subject with other file contents; the image and what was read from it are kept."""
    from hardening.opening.rereading import reread

    return reread(subject, texts)


def with_ignore(
    context: FilteredContext, ignore_path: str | None, texts: Mapping[str, str]
) -> FilteredContext:
    if ignore_path is None:
        return context.with_ignore(None, None)
    from hardening.dockerfile.ignore import IgnoreFile

    return context.with_ignore(IgnoreFile(texts[ignore_path]), ignore_path)


def _text_of(content: str | bytes) -> str:
    if isinstance(content, str):
        return content
    from hardening.dockerfile.source import decode

    return decode(content)


def _made(image: object) -> Image:
    from hardening.image import synthetic

    if isinstance(image, synthetic.ImageSketch):
        return synthetic.make_image(image)
    return image  # type: ignore[return-value]
