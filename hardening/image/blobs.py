"""The source of an image whose layers are blobs in files: archive, layout, spooled stream."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from hardening.errors import ImageError
from hardening.image.columns import Columns
from hardening.image.compression import compression_of
from hardening.image.digests import mismatch
from hardening.image.files import FileBlob
from hardening.image.forward import ForwardTar
from hardening.image.sources import LayerInfo, Manifest, TarBytes
from hardening.image.walking import Walked
from hardening.image.workers import named, walk_all
from hardening.progress import Progress


class BlobSource:
    """`hardening.image.sources.Source`. `blobs` are the layers, None for one that is not there;
    `walked` are layers whose entries were read already, or why they could not be."""

    def __init__(
        self,
        label: str,
        manifest: Manifest,
        blobs: Sequence[FileBlob | None],
        *,
        walked: Mapping[int, Walked | ImageError] | None = None,
    ) -> None:
        self.label = label
        self.blobs = tuple(blobs)
        self._manifest = manifest
        self._walked = dict(walked or {})
        self._tars: dict[int, TarBytes] = {}

    def manifest(self) -> Manifest:
        return self._manifest

    def walk(
        self, layers: Sequence[int], *, verify: bool, progress: Progress
    ) -> Mapping[int, Columns]:
        """Read the entries of these layers. Raises ImageError naming the layer that is missing,
        damaged or not what its digest states."""
        walked = {number: self._before(number) for number in layers if number in self._walked}
        blobs = {number: self._present(number) for number in layers if number not in walked}
        walked.update(walk_all(blobs, self._name, verify=verify, progress=progress))
        if verify:
            for number in layers:
                self._compare(number, walked[number])
        return {number: walked[number].columns for number in layers}

    def tar(self, layer: int) -> TarBytes | None:
        if layer not in self._tars:
            blob = self.blobs[layer]
            if blob is None:
                return None
            kind = compression_of(blob.read(0, 8))
            self._tars[layer] = blob if kind is None else ForwardTar(blob, kind)
        return self._tars[layer]

    def fetch(self, path: str, limit: int) -> bytes | None:
        return None

    def _before(self, number: int) -> Walked:
        """A layer that was read already. Raises ImageError when that went wrong."""
        found = self._walked[number]
        if isinstance(found, ImageError):
            raise named(found, self._name(number))
        return found

    def _name(self, number: int) -> str:
        info = self._manifest.layers[number]
        return f"Layer {number} ({info.digest or info.diff_id})"

    def _present(self, number: int) -> FileBlob:
        blob = self.blobs[number]
        if blob is not None:
            return blob
        raise ImageError(
            f"{self._name(number)} is not in the image's files",
            "the image was saved without it",
            "Save or pull the whole image again.",
        )

    def _compare(self, number: int, walked: Walked) -> None:
        info = self._manifest.layers[number]
        if info.digest.startswith("sha256:") and info.digest != walked.digest:
            raise mismatch(f"Layer {number}", info.digest, walked.digest)
        if info.diff_id.startswith("sha256:") and info.diff_id != walked.diff_id:
            raise mismatch(f"Layer {number}", info.diff_id, walked.diff_id)


def layer_info(diff_id: str, blob: FileBlob | None, digest: str = "", stored: int = 0) -> LayerInfo:
    """What is known of a layer from its blob, without reading it."""
    if blob is None:
        return LayerInfo(diff_id, digest, stored)
    plain = compression_of(blob.read(0, 8)) is None
    return LayerInfo(
        diff_id=diff_id,
        digest=digest,
        stored=blob.size,
        tar_size=blob.size if plain else 0,
        cache_key=blob.identity,
    )
