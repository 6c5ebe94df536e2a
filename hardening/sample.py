"""The samples that come with drydock: real projects to look at, practise on and demonstrate."""

from __future__ import annotations

import shutil
import tempfile
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from hardening.errors import InputError, UsageError
from hardening.progress import SILENT, Progress

if TYPE_CHECKING:
    from hardening.subject import Subject

IMAGE_NAMES = ("image.tar", "image.tar.gz", "image.tar.zst", "image.tar.xz")
LESSON = "lesson.toml"


@dataclass(frozen=True, slots=True)
class Sample:
    """One sample: a folder with a Dockerfile, its context and `lesson.toml`.

    `image` is its archive when it has one.
    """

    name: str
    folder: Path
    title: str
    summary: str
    order: int
    lessons: tuple[str, ...]
    image: Path | None = None

    @property
    def dockerfile(self) -> Path:
        return self.folder / "Dockerfile"


def samples_folder() -> Path:
    """`sample_dockerfiles/`: in the installed package, or beside it in a checkout.

    Raises InputError when neither is there.
    """
    here = Path(__file__).parent
    for folder in (here / "sample_dockerfiles", here.parent / "sample_dockerfiles"):
        if folder.is_dir():
            return folder
    raise InputError("The samples are missing", f"looked beside {here}", "Install drydock again.")


def samples() -> tuple[Sample, ...]:
    """All samples in the order of their lessons. Raises InputError."""
    folders = (folder for folder in samples_folder().iterdir() if (folder / LESSON).is_file())
    return tuple(sorted((_sample(one) for one in folders), key=lambda one: (one.order, one.name)))


def sample(name: str | None = None) -> Sample:
    """One sample by name; without a name the first that has an image. Raises UsageError."""
    found = samples()
    if name is None:
        return next((one for one in found if one.image is not None), found[0])
    for one in found:
        if one.name == name:
            return one
    names = ", ".join(one.name for one in found)
    raise UsageError(f"There is no sample {name}", f"the samples are {names}", "Name one of them.")


def copy_sample(name: str | None = None) -> Sample:
    """A sample copied to a new temporary folder, so that writing to it harms nothing; the folder
    stays after the program ends, for whoever wants to look at what was written."""
    original = sample(name)
    folder = Path(tempfile.mkdtemp(prefix=f"drydock-{original.name}-")) / original.name
    shutil.copytree(original.folder, folder, ignore=shutil.ignore_patterns(LESSON, *IMAGE_NAMES))
    return replace(original, folder=folder)


def open_sample(name: str | None = None, *, progress: Progress = SILENT) -> Subject:
    """A sample as a subject, with its image when it has one, from a temporary copy: `subject.root`
    says where. Raises UsageError, InputError, ImageError."""
    from hardening.opening import attach_image, open_files, scan_secrets, with_packages

    copied = copy_sample(name)
    subject = open_files(copied.folder)
    if copied.image is None:
        return subject
    from hardening.image.loading import load_files, open_image

    image = load_files(open_image(str(copied.image), progress=progress), progress=progress)
    scanned = scan_secrets(attach_image(subject, image), progress=progress)
    return with_packages(scanned, progress=progress)


def _sample(folder: Path) -> Sample:
    import tomllib

    try:
        table: dict[str, Any] = tomllib.loads((folder / LESSON).read_text("utf-8"))
    except (OSError, ValueError) as error:
        raise InputError(f"{folder / LESSON} cannot be read", str(error)) from None
    image = next((folder / one for one in IMAGE_NAMES if (folder / one).is_file()), None)
    return Sample(
        name=folder.name,
        folder=folder,
        title=str(table.get("title", folder.name)),
        summary=str(table.get("summary", "")),
        order=int(table.get("order", 1000)),
        lessons=tuple(str(one) for one in table.get("lessons", ())),
        image=image,
    )
