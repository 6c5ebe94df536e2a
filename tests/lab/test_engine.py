"""What the engine gives besides whole images: facts at once, single files, its list of images."""

from __future__ import annotations

from pathlib import Path

import pytest

from hardening.errors import ImageError
from hardening.image.accounts import accounts
from hardening.image.base import local_base
from hardening.image.engine import Engine, list_images, local_images
from hardening.image.loading import load_files, open_image
from hardening.image.release import os_release
from hardening.opening import open_files
from tests.engine import docker
from tests.lab.conftest import PREFIX

pytestmark = [pytest.mark.engine, pytest.mark.xdist_group("lab")]


@pytest.fixture
def name(project: Path) -> str:
    return f"{PREFIX}/{project.name}:before"


@pytest.fixture(autouse=True)
def own_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DRYDOCK_CACHE_DIR", str(tmp_path / "cache"))


def test_the_list_of_images(name: str) -> None:
    assert name in list_images()
    found = next(one for one in local_images() if name in one.repo_tags)
    assert found.id == open_image(name).id
    assert found.size > 10_000_000
    assert found.created.startswith("20")


def test_facts_come_before_the_files(name: str) -> None:
    image = open_image(name)
    assert name in image.repo_tags
    assert not image.files_read
    exact = load_files(image)
    assert [one.layer for one in image.history] == [one.layer for one in exact.history]
    assert {**image.config.raw["config"]}.get("Cmd") == exact.config.raw["config"].get("Cmd")


def test_single_files_leave_no_container_behind(name: str) -> None:
    before = docker("ps", "--all", "--quiet", "--no-trunc")
    image = open_image(name)
    release = os_release(image)
    assert release is not None
    assert (release.id, release.version_id) == ("debian", "12")
    assert accounts(image).user("root") is not None
    status = image.read("var/lib/dpkg/status", limit=16 << 20)
    assert status is not None
    assert b"Package: base-files\n" in status
    assert image.read("no/such/file") is None
    assert docker("ps", "--all", "--quiet", "--no-trunc") == before
    loaded = load_files(image)
    assert loaded.read("var/lib/dpkg/status", limit=16 << 20) == status
    assert accounts(loaded) == accounts(image)


def test_a_cached_image_is_not_exported_again(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    first = load_files(open_image(name))
    asked: list[str] = []
    monkeypatch.setattr(Engine, "export", lambda engine, image: asked.append(image))
    again = load_files(open_image(name))
    assert list(again.tree) == list(first.tree)
    assert again.read("etc/debian_version") == first.read("etc/debian_version")
    assert asked == []


def test_the_base_is_found_in_the_engine(project: Path, name: str) -> None:
    dockerfile = open_files(project).dockerfile
    assert dockerfile is not None
    image = open_image(name)
    base = local_base(image, dockerfile)
    assert base is not None
    assert [one.diff_id for one in base.layers] == [
        one.diff_id for one in image.layers[: len(base.layers)]
    ]


def test_an_image_that_is_not_there(base_images: None) -> None:
    with pytest.raises(ImageError) as caught:
        open_image("drydock-lab/none-such:0")
    assert "docker pull" in caught.value.next_step
