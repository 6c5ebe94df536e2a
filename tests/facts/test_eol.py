"""What is over, and where to go from there."""

from __future__ import annotations

from datetime import date

import pytest

from hardening.facts.eol import ended, flavours, release_of, releases, system_of
from hardening.facts.flavours_table import FLAVOURS
from hardening.facts.releases import RELEASES

TODAY = date(2026, 11, 24)


@pytest.mark.parametrize(
    ("image", "tag", "candidate"),
    [
        ("debian", "10", "12"),
        ("debian", "buster-slim", "bookworm-slim"),
        ("python", "3.8-slim-buster", "3.11-slim-bookworm"),
        ("python", "3.11-slim-buster", "3.11-slim-bookworm"),
        ("python", "3.8.10", "3.11"),
        ("node", "14-alpine3.14", "24-alpine3.23"),
        ("node", "19", "24"),
        ("golang", "1.16-alpine", "1.26-alpine"),
        ("php", "7-fpm", "8.3-fpm"),
        ("alpine", "3.14.2", "3.23"),
        ("ubuntu", "bionic", "noble"),
        ("buildpack-deps", "stretch-curl", "bookworm-curl"),
    ],
)
def test_the_nearest_maintained_release_of_the_same_flavour(
    image: str, tag: str, candidate: str
) -> None:
    found = ended(image, tag, TODAY)
    assert found is not None
    assert found.candidate == candidate
    assert ended(image, candidate, TODAY) is None


@pytest.mark.parametrize(
    ("image", "tag"),
    [("centos", "7"), ("rust", "1.60-slim-buster"), ("python", "2.7-windowsservercore")],
)
def test_no_candidate_is_invented(image: str, tag: str) -> None:
    found = ended(image, tag, TODAY)
    assert found is not None
    assert found.candidate == ""


@pytest.mark.parametrize(
    ("image", "tag"),
    [
        ("debian", "13"),
        ("python", "3"),
        ("python", "latest"),
        ("nobody", "1"),
        ("debian", "stable"),
    ],
)
def test_silent_without_a_fact(image: str, tag: str) -> None:
    assert ended(image, tag, TODAY) is None


def test_nothing_is_over_before_its_day() -> None:
    assert ended("debian", "10", date(2024, 6, 30)) is None
    assert ended("debian", "10", date(2024, 7, 1)) is not None


def test_every_candidate_is_a_tag_that_exists() -> None:
    for image in RELEASES:
        for release in releases(image):
            found = ended(image, release.cycle, TODAY)
            if found is None or not found.candidate:
                continue
            key, _, suffix = found.candidate.partition("-")
            assert suffix in flavours(image, key), (image, release.cycle, found.candidate)


def test_a_bump_never_changes_the_kind_of_distribution() -> None:
    for image, table in FLAVOURS.items():
        for suffix in {word for row in table.values() for word in row.split()}:
            old = suffix.replace("bookworm", "buster").replace("3.23", "3.10")
            found = ended(image, old, TODAY)
            if found is not None and found.candidate:
                assert ("alpine" in old) == ("alpine" in found.candidate)


def test_tables_are_readable() -> None:
    for image in RELEASES:
        known = releases(image)
        assert known
        assert len({one.cycle for one in known}) == len(known)
    buster = system_of("buster")
    assert buster is not None and buster.image == "debian"
    floating = release_of("php", "7")
    assert floating is not None and floating.cycle == "7.4"


@pytest.mark.parametrize(
    ("image", "tag", "candidate"),
    [
        ("golang", "1.7.3", "1.26"),
        ("golang", "1.7-alpine", "1.26-alpine"),
        ("node", "0.10.35", "24"),
        ("perl", "5.20", "5.40"),
    ],
)
def test_what_is_older_than_all_that_is_known_is_over(image: str, tag: str, candidate: str) -> None:
    found = ended(image, tag, TODAY)
    assert found is not None
    assert found.candidate == candidate
    assert found.releases[0].said.endswith("has ended")


@pytest.mark.parametrize(
    ("image", "tag"),
    [("golang", "1"), ("golang", "1.99"), ("node", "99"), ("python", "3"), ("nobody", "0.1"),
     ("node", "9" * 4000), ("golang", "\u0661.\u0661")],
)  # fmt: skip
def test_what_is_newer_or_floats_is_not(image: str, tag: str) -> None:
    assert ended(image, tag, TODAY) is None
