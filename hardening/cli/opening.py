"""Opening what the options of a command name."""

from __future__ import annotations

import argparse
import sys
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from hardening.errors import UsageError
from hardening.progress import SILENT, Progress

if TYPE_CHECKING:
    from hardening.image.model import Image
    from hardening.subject import Subject

STANDARD_INPUT = "-"


def open_named(
    path: str | None, options: argparse.Namespace, *, progress: Progress = SILENT
) -> Subject:
    """The subject of one PATH with the image and the imported reports of the options."""
    from hardening.opening import with_imports, with_shellcheck

    imports: list[Path] = getattr(options, "imports", [])
    subject = _open_named(path, options, progress)
    if getattr(options, "shellcheck", False):
        subject = with_shellcheck(subject)
    return with_imports(subject, tuple(imports))


def _open_named(path: str | None, options: argparse.Namespace, progress: Progress) -> Subject:
    """The subject of one PATH with the image of the options, when there is one."""
    from hardening.opening import open_subject

    if path == STANDARD_INPUT:
        return with_profile(_open_standard_input(options, progress), options.profile)
    subject = open_subject(
        None if path is None else Path(path),
        image=options.image,
        platform=options.platform,
        context=options.context,
        service=options.service,
        progress=progress,
    )
    return with_profile(subject, options.profile)


def attributed(image: Image, dockerfile: Path | None) -> Image:
    """The image with where each layer came from, as far as a Dockerfile tells."""
    if dockerfile is None:
        return image
    from hardening.opening import attach_image, open_files

    return attach_image(open_files(dockerfile), image).image or image


def with_profile(subject: Subject, profile: str | None) -> Subject:
    """The profile of the command line wins over that of the settings."""
    if profile is None:
        return subject
    from hardening.model import Profile
    from hardening.settings import Settings

    settings = subject.settings or Settings()
    return replace(subject, settings=replace(settings, profile=Profile(profile)))


def _open_standard_input(options: argparse.Namespace, progress: Progress) -> Subject:
    from hardening.dockerfile.source import decode
    from hardening.opening import add_image, open_text
    from hardening.opening.text_files import MAX_TEXT, check_text

    data = standard_input(MAX_TEXT + 1)
    check_text(data, "standard input")
    text = decode(data)
    if options.service is not None:
        raise UsageError(
            "Standard input has no services", "a Dockerfile is read there", "Name the Compose file."
        )
    subject = open_text(text, context=options.context)
    return add_image(subject, options.image, platform=options.platform, progress=progress)


def standard_input(most: int) -> bytes:
    """The bytes of standard input, at most so many. Raises UsageError when it is closed."""
    if sys.stdin is None:
        raise UsageError("Standard input is closed", "", "Pipe a file into it, or name the file.")
    if sys.stdin.isatty():
        print("drydock: reading standard input; ctrl+d ends it", file=sys.stderr)
    return sys.stdin.buffer.read(most)
