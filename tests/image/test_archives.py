"""Every archive of the open data set opens, or is refused for the right reason."""

from __future__ import annotations

import tarfile
from pathlib import Path

import pytest

from hardening.errors import ImageError
from hardening.image.loading import load_files, open_image
from tests.shared import shared_data, shared_files

GGCR = "go-containerregistry/v1"

IMAGES = {
    "dive/test-docker-image.tar": (14, 423),
    "dive/test-kaniko-image.tar": (14, 429),
    "dive/test-oci-estargz-image.tar": (1, 1),
    "dive/test-oci-gzip-image.tar": (1, 1),
    "dive/test-oci-uncompressed-image.tar": (1, 1),
    "dive/test-oci-zstd-image.tar": (1, 1),
    f"{GGCR}/layout/test_gc_index": (1, 2),
    f"{GGCR}/layout/test_index": (1, 2),
    f"{GGCR}/layout/test_index_one_image": (1, 1),
    f"{GGCR}/mutate/overwritten_file.tar": (3, 2),
    f"{GGCR}/mutate/source_image.tar": (1, 2),
    f"{GGCR}/mutate/source_image_with_empty_layer_history.tar": (1, 2),
    f"{GGCR}/mutate/whiteout_dir.tar": (4, 4),
    f"{GGCR}/mutate/whiteout_image.tar": (3, 1),
    f"{GGCR}/tarball/hello-world-v25.tar": (1, 1),
    f"{GGCR}/tarball/no_manifest.tar": (1, 4),
    f"{GGCR}/tarball/test_image_1.tar": (1, 2),
    f"{GGCR}/tarball/test_image_2.tar": (1, 2),
    f"{GGCR}/tarball/test_load_manifest.tar": (1, 2),
}
"""Layers and paths of the merged tree."""

REFUSED = {
    "dive/test-estargz-image.tar": "neither manifest.json",
    "dive/test-gzip-image.tar": "neither manifest.json",
    "dive/test-uncompressed-image.tar": "neither manifest.json",
    "dive/test-zstd-image.tar": "neither manifest.json",
    "go-containerregistry/crane/content.tar": "neither manifest.json",
    "go-containerregistry/crane/content.tar.zst": "neither manifest.json",
    f"{GGCR}/layout/test_gc_image_unknown_mediatype": "descriptor.v1.json is no image",
    f"{GGCR}/layout/test_index_media_type": "helm.config.v1.json is no image config",
    f"{GGCR}/tarball/content.tar": "neither manifest.json",
    f"{GGCR}/tarball/null_manifest.tar": "null",
    f"{GGCR}/tarball/test_bundle.tar": "holds 2 images",
    f"{GGCR}/tarball/test_link.tar": "holds 2 images",
}


@pytest.mark.parametrize("name", IMAGES)
def test_opens_and_verifies(name: str) -> None:
    path = shared_data("images") / name
    image = load_files(open_image(str(path)), verify=True)
    assert (len(image.layers), len(image.tree)) == IMAGES[name]
    again = load_files(open_image(str(path)))
    assert list(again.tree) == list(image.tree)
    assert again.efficiency == image.efficiency


@pytest.mark.parametrize("name", REFUSED)
def test_refused(name: str) -> None:
    path = shared_data("images") / name
    with pytest.raises(ImageError, match=REFUSED[name]):
        open_image(str(path))


def test_all_are_named_here() -> None:
    shared_data("images")
    archives = {path for path in shared_files("images", "**/*.tar*") if path.suffix != ".md"}
    layouts = {path.parent for path in shared_files("images", "**/oci-layout")}
    root = shared_data("images")
    found = {str(path.relative_to(root)) for path in archives | layouts}
    assert found == set(IMAGES) | set(REFUSED)


def test_what_dive_says_of_its_own_image() -> None:
    """dive's test suite expects these figures of this archive; here no directory was deleted
    whole and no path has a live and a dead copy, so both ways of counting agree."""
    path = shared_data("images") / "dive/test-docker-image.tar"
    image = load_files(open_image(str(path)))
    assert image.efficiency is not None
    assert image.efficiency.score == pytest.approx(0.9844212134184309, abs=1e-15)
    assert image.efficiency.removable == 32025
    assert sum(layer.wasted for layer in image.layers) == 32025


@pytest.mark.parametrize("name", ["test_image_1", "test_image_3"])
def test_one_of_several(name: str) -> None:
    path = shared_data("images") / f"{GGCR}/tarball/test_link.tar"
    image = load_files(open_image(f"{path}@bazel/v1/tarball:{name}"), verify=True)
    assert image.repo_tags == (f"bazel/v1/tarball:{name}",)


@pytest.mark.parametrize("name", ["dive/test-docker-image.tar", "dive/test-kaniko-image.tar"])
def test_content_is_what_tarfile_reads(name: str) -> None:
    path = shared_data("images") / name
    image = load_files(open_image(str(path)))
    seen = 0
    for layer in image.layers:
        for entry, content in image.contents(layer.index):
            assert len(content) == entry.size
            assert image.read(entry.path, layer=layer.index, limit=entry.size) == content
            seen += 1
    assert seen >= 18
    with tarfile.open(path) as archive:
        member = next(
            (one for one in archive if one.size > 1_000_000 and "layer.tar" in one.name), None
        )
        if member is None:
            return
        inner = archive.extractfile(member)
        assert inner is not None
        with tarfile.open(fileobj=inner) as layer_tar:
            for one in layer_tar:
                if one.isreg() and one.size:
                    data = layer_tar.extractfile(one)
                    assert data is not None
                    assert image.read(one.name, layer=0, limit=1 << 24) == data.read()


def test_paths_of_both_forms(tmp_path: Path) -> None:
    with pytest.raises(ImageError, match="cannot be read"):
        open_image(str(tmp_path / "missing.tar"))
    with pytest.raises(ImageError, match="no OCI layout"):
        open_image(str(tmp_path))
    (tmp_path / "empty.tar").touch()
    with pytest.raises(ImageError, match="is empty"):
        open_image(str(tmp_path / "empty.tar"))
