"""Opening an image from whatever names it, and reading its files."""

from __future__ import annotations

from pathlib import Path

from hardening.errors import ImageError
from hardening.image import cache
from hardening.image.archive import Archive, open_archive
from hardening.image.blobs import BlobSource
from hardening.image.columns import Columns
from hardening.image.compression import compression_of
from hardening.image.config import MAX_JSON
from hardening.image.docker_save import MANIFEST, open_save
from hardening.image.docker_save_old import REPOSITORIES, open_old_save
from hardening.image.feeding import first_block_is_tar
from hardening.image.files import OpenFile
from hardening.image.layout import FolderBlobs, TarBlobs, open_layout
from hardening.image.merge import Squash, squash
from hardening.image.model import Image
from hardening.image.platforms import normalise
from hardening.image.sources import LayerInfo, Source
from hardening.image.stored import StoredImage, image_of
from hardening.image.tar import BLOCK_SIZE
from hardening.progress import SILENT, Progress

INDEX = "index.json"
MERGING = "stacking layers"


def open_image(
    reference: str, *, platform: str | None = None, progress: Progress = SILENT
) -> StoredImage:
    """The image that a person named: a `docker save` archive, an OCI layout (folder or tar), or
    what the engine calls by this name. `PATH@NAME` chooses one of several in an archive.

    Config, history and the list of layers are there at once, files mostly not (`load_files`).
    `platform` ("linux/arm64") defaults to this machine's. Raises ImageError, EngineError.
    """
    source = open_source(reference, platform=platform, progress=progress)
    image = image_of(reference, source, source.manifest())
    if platform is not None and image.platform and normalise(image.platform) != normalise(platform):
        raise ImageError(
            f"{reference} is an image for {image.platform}",
            f"{normalise(platform)} was asked for",
            "Leave --platform out, or save the image of that platform.",
        )
    return image


def open_source(reference: str, *, platform: str | None, progress: Progress) -> Source:
    """What a reference names, before anything is read of its layers."""
    path, name = _split(reference)
    if path.is_dir():
        if (path / INDEX).is_file() or _is_written_as_path(reference):
            return _open_folder(path, platform=platform, name=name)
    elif _is_written_as_path(reference) or _looks_like_archive(path):
        return _open_file(path, platform=platform, name=name, progress=progress)
    from hardening.image.engine import open_engine

    return open_engine(reference, platform=platform, progress=progress)


def load_files(image: Image, *, progress: Progress = SILENT, verify: bool = False) -> StoredImage:
    """The same image with every entry of every layer read, from the cache where it is there.

    `verify` reads all bytes and checks every digest that the image states. Raises ImageError that
    names the layer, EngineError, Cancelled.
    """
    if not isinstance(image, StoredImage):
        raise TypeError(f"no image of ours: {type(image).__name__}")
    if image.files_read:
        return image
    infos = image.origin.manifest().layers
    found: dict[int, Columns] = {} if verify else _cached(infos)
    missing = [number for number in range(len(infos)) if number not in found]
    if missing:
        walked = image.origin.walk(missing, verify=verify, progress=progress)
        found.update(walked)
        for number, one in walked.items():
            if key := _key(infos[number], verified=verify):
                cache.put_layer(key, one)
    columns = [found[number] for number in range(len(infos))]
    image = _with_exact_history(image)
    return image.with_files(columns, _squash(infos, columns, verify, progress))


def _with_exact_history(image: StoredImage) -> StoredImage:
    """An engine tells the exact config only with its export: then the image is described anew."""
    manifest = image.origin.manifest()
    if manifest.config is image.config.raw:
        return image
    exact = image_of(image.reference, image.origin, manifest)
    return exact.with_attributions([layer.attribution for layer in image.layers])


def _cached(infos: tuple[LayerInfo, ...]) -> dict[int, Columns]:
    """The layers that the cache holds. What was verified once stands for every image that names
    the same diff id: the image's own id commits to it."""
    found: dict[int, Columns] = {}
    for number, info in enumerate(infos):
        for key in (info.diff_id, info.cache_key):
            columns = cache.get_layer(key) if key else None
            if columns is not None:
                found[number] = columns
                break
    return found


def _key(info: LayerInfo, *, verified: bool) -> str:
    """What a layer that was read now may be kept under."""
    if info.trusted or (verified and info.diff_id.startswith("sha256:")):
        return info.diff_id
    return info.cache_key


def _squash(
    infos: tuple[LayerInfo, ...], columns: list[Columns], verified: bool, progress: Progress
) -> Squash:
    keys = [_key(info, verified=verified) for info in infos]
    kept = cache.get_squash(keys, columns) if all(keys) else None
    if kept is not None:
        return kept
    progress.check()
    progress.start(MERGING, unit="layers")
    made = squash(columns)
    progress.finish(MERGING)
    if all(keys):
        cache.put_squash(keys, columns, made)
    return made


def _split(reference: str) -> tuple[Path, str | None]:
    """Path and the name behind `@`, for a path that is there."""
    path = Path(reference).expanduser()
    before, at, name = reference.rpartition("@")
    if at and not path.exists():
        if "@" in before:
            shorter, _, algorithm = before.rpartition("@")
            if Path(shorter).expanduser().exists():
                return Path(shorter).expanduser(), f"{algorithm}@{name}"
        if Path(before).expanduser().exists():
            return Path(before).expanduser(), name
    return path, None


def _is_written_as_path(reference: str) -> bool:
    """Whether a person plainly meant a file."""
    lowered = reference.lower()
    return reference.startswith(("/", "./", "../", "~")) or lowered.endswith(
        (".tar", ".tar.gz", ".tgz", ".tar.zst", ".tar.xz", ".tar.bz2")
    )


def _looks_like_archive(path: Path) -> bool:
    """Whether a bare word names an archive here, and not by chance some file that is called like
    an image of the engine."""
    if not path.exists() or len(path.parts) > 1 or path.suffix:
        return path.exists()
    begin = OpenFile.at(path).read(0, BLOCK_SIZE)
    return compression_of(begin) is not None or first_block_is_tar(begin)


def _open_folder(path: Path, *, platform: str | None, name: str | None) -> Source:
    index = path / INDEX
    if not index.is_file():
        raise ImageError(
            f"{path} is no OCI layout",
            f"it has no {INDEX}",
            "Name an archive of docker save, an OCI layout or an image of the engine.",
        )
    data = OpenFile.at(index).read(0, MAX_JSON + 1)
    return open_layout(FolderBlobs(path), data, f"layout {path}", platform=platform, name=name)


def _open_file(path: Path, *, platform: str | None, name: str | None, progress: Progress) -> Source:
    archive = open_archive(path, progress)
    label, old = f"archive {path}", archive.small(REPOSITORIES)
    if old is not None and not {MANIFEST, INDEX} & archive.members.keys():
        return open_old_save(archive, label, old, name, progress)
    return source_of(archive, label, platform=platform, name=name)


def source_of(
    archive: Archive, label: str, *, platform: str | None, name: str | None
) -> BlobSource:
    """The image in an archive. Engines from 25 on write both lists: `manifest.json` tells what
    was saved, `index.json` is asked when it cannot answer. Raises ImageError."""
    manifest, index = archive.small(MANIFEST), archive.small(INDEX)
    if index is not None and (manifest is None or platform is not None):
        return open_layout(TarBlobs(archive), index, label, platform=platform, name=name)
    if manifest is not None:
        return open_save(archive, label, manifest, name)
    raise ImageError(f"The {label} holds no image", *_guess(archive))


def _guess(archive: Archive) -> tuple[str, str]:
    """Why there is none, and what to do: what else the tar may be."""
    names = archive.members
    save = "Save the image itself: docker save -o image.tar NAME."
    if any(name.startswith(("etc/", "usr/", "bin/")) for name in names):
        return "it looks like one file system (docker export), without layers or config", save
    return f"it has neither {MANIFEST} (docker save) nor {INDEX} (OCI layout)", save
