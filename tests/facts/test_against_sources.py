"""Every date and every tag of the embedded tables against the sources they were compiled from."""

from __future__ import annotations

import json
import lzma
from collections.abc import Mapping
from functools import cache
from typing import Any

import pytest

from hardening.facts.eol import Release, releases, system_of
from hardening.facts.flavours_table import AS_OF as FLAVOURS_AS_OF
from hardening.facts.flavours_table import FLAVOURS
from hardening.facts.official import as_of, listed, newest_versions, numbers, read
from hardening.facts.official_table import SYSTEMS, VERSIONS
from hardening.facts.releases import AS_OF, RELEASES
from hardening.rewrites.base_image import DISTROLESS
from tests.shared import shared_data

PRODUCTS = {
    "alpine": "alpine-linux",
    "amazoncorretto": "amazon-corretto",
    "amazonlinux": "amazon-linux",
    "golang": "go",
    "httpd": "apache-http-server",
    "mongo": "mongodb",
    "node": "nodejs",
    "opensuse/leap": "opensuse",
    "oraclelinux": "oracle-linux",
    "postgres": "postgresql",
    "rockylinux": "rocky-linux",
}
"""What an official image is called among the products, where the names differ."""


@cache
def _read(name: str, file: str) -> Any:
    return json.loads(lzma.decompress((shared_data(name) / file).read_bytes()))


def product(image: str) -> list[Mapping[str, Any]]:
    found = _read("endoflife", "products.json.xz")[PRODUCTS.get(image, image)]
    cycles: list[Mapping[str, Any]] = found["releases"]
    return cycles


def stanzas(image: str) -> list[set[str]]:
    """The tags of each entry of an image that is not for Windows."""
    entries = _read("official-images", "library.json.xz")[image]["entries"]
    every = [{*one["tags"], *(one.get("shared_tags") or ())} for one in entries]
    return [
        tags for tags in every if not any("windows" in t or "nanoserver" in t for t in tags)
    ]  # fmt: skip


def tags_of(image: str) -> set[str]:
    return set().union(*stanzas(image))


def said(when: object) -> str:
    return when if isinstance(when, str) else "ended" if when else "open"


def ours(one: Release) -> str:
    return one.ends.isoformat() if one.ends else "ended" if one.over else "open"


def test_the_tables_are_of_the_day_of_their_sources() -> None:
    for name, day in (("endoflife", AS_OF), ("official-images", as_of())):
        manifest = json.loads((shared_data(name) / "manifest.json").read_text())
        assert manifest["commit_date"] == day.isoformat()
    assert as_of() == FLAVOURS_AS_OF


@pytest.mark.parametrize("image", sorted(RELEASES))
def test_every_date_is_the_announced_one(image: str) -> None:
    theirs = {one["releaseCycle"]: one for one in product(image)}
    for one in releases(image):
        row = theirs[one.cycle]
        if image == "debian" and row.get("eoes"):
            assert ours(one) == row["eoes"]
            assert (one.full_until or one.ends) == (
                one.ends and type(one.ends).fromisoformat(row["eol"])
            )
        else:
            assert ours(one) == said(row.get("eol"))
            assert one.full_until is None


@pytest.mark.parametrize("image", sorted(RELEASES))
def test_no_release_is_missing(image: str) -> None:
    assert {one["releaseCycle"] for one in product(image)} == {one.cycle for one in releases(image)}


@pytest.mark.parametrize("image", ["debian", "ubuntu"])
def test_code_names_are_the_announced_ones(image: str) -> None:
    theirs = {one["releaseCycle"]: one.get("codename") or "" for one in product(image)}
    for one in releases(image):
        assert theirs[one.cycle].lower().split()[:1] == [one.codename]


@pytest.mark.parametrize("image", sorted(FLAVOURS))
def test_every_tag_of_the_table_is_listed(image: str) -> None:
    known = tags_of(image)
    named = {one for one in FLAVOURS[image].get("", "").split() if one != "-"}
    assert {one.text for one in listed(image)} | named <= known


@pytest.mark.parametrize("image", sorted(FLAVOURS))
def test_no_flavour_of_a_release_is_missing(image: str) -> None:
    ours = {one.text for one in listed(image)}
    heads = tuple(f"{one}-" for one in FLAVOURS[image] if one)
    theirs = {
        tag
        for tag in tags_of(image)
        if (tag.startswith(heads) or tag in FLAVOURS[image]) and "windows" not in tag
    }
    left = {tag for tag in theirs - ours if not passing(tag)}
    assert left == set()


def passing(tag: str) -> bool:
    """A snapshot of one day, or a pre-release: nobody should move there."""
    words = tag.split("-")
    return "rc" in words or any(word[:8].isdigit() and len(word) >= 8 for word in words)


@pytest.mark.parametrize("image", sorted(VERSIONS))
def test_the_newest_version_of_a_release_is_listed_and_the_newest(image: str) -> None:
    known = tags_of(image)
    for release, version in newest_versions(image).items():
        assert version in known
        plain = [one for one in known if one.replace(".", "").isdigit()]
        kin = [one for one in plain if one == release or one.startswith(f"{release}.")]
        assert max(kin, key=numbers) == version


@pytest.mark.parametrize("image", sorted(SYSTEMS))
def test_what_a_flavour_stands_on_is_what_its_other_tags_say(image: str) -> None:
    """A tag shares its entry with one that names the distribution."""
    for tag in (one for one in listed(image) if one.implied):
        kin = {
            found
            for tags in stanzas(image)
            if tag.text in tags
            for other in tags
            if (parts := read(image, other)) is not None
            and not parts.implied
            and (found := parts.system) is not None
        }
        assert kin == {tag.system}, tag


def test_floating_words_stand_for_known_distributions() -> None:
    for table in SYSTEMS.values():
        for pair in table.split():
            assert system_of(pair.partition("=")[2]) is not None


def test_releases_without_a_shell_exist_for_the_runtime_they_name() -> None:
    """`nodejs24-debian13` is for Node.js 24: each is a release that is listed."""
    for image, table in DISTROLESS.items():
        for release, name in table.items():
            assert release in FLAVOURS[image]
            assert name.startswith(("nodejs" + release, "java" + release, "python3-"))
