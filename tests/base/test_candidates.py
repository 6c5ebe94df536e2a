"""Which rows are offered, of which risk, and which never are."""

from __future__ import annotations

from datetime import date

import pytest

from hardening.facts.eol import SOON, system_of
from hardening.facts.flavours_table import FLAVOURS
from hardening.facts.official import listed, newest_versions, read, superseded
from hardening.rewrites.base_image import Risk, candidates, distroless, is_over, worries

TODAY = date(2026, 11, 24)


def rows(image: str, tag: str, *, libc: bool = False) -> dict[str, str]:
    return {row.tag.text: row.risk.label for row in candidates(image, tag, TODAY, libc=libc)}


@pytest.mark.parametrize(
    ("image", "tag", "expected"),
    [
        (
            "python",
            "3.12.4-slim-bookworm",
            {
                "3.12.14-slim-bookworm": "R1",
                "3.12.14-slim-trixie": "R2",
                "3.13.15-slim-bookworm": "R3",
                "3.14.7-slim-trixie": "R3",
            },
        ),
        (
            "node",
            "22-bookworm-slim",
            {"22-trixie-slim": "R2", "24-bookworm-slim": "R4", "26-trixie-slim": "R4"},
        ),
        ("node", "24.1.0-bookworm-slim", {"24.19.0-bookworm-slim": "R1",
                                          "24.19.0-trixie-slim": "R2",
                                          "26.7.0-bookworm-slim": "R4",
                                          "26.7.0-trixie-slim": "R4"}),
        (
            "eclipse-temurin",
            "21-jre-alpine-3.22",
            {
                "21-jre-alpine-3.23": "R2",
                "21-jre-alpine-3.24": "R2",
                "25-jre-alpine-3.23": "R4",
                "25-jre-alpine-3.24": "R4",
            },
        ),
        ("nginx", "1.30.1", {"1.30.4": "R1"}),
        ("debian", "bookworm-slim", {"trixie-slim": "R2"}),
        ("debian", "buster-slim", {"bookworm-slim": "R2", "trixie-slim": "R2"}),
        ("ubuntu", "bionic", {"noble": "R2", "resolute": "R2"}),
        ("node", "18-slim", {"24-slim": "R4", "26-slim": "R4"}),
        ("ubuntu", "22.04", {"24.04": "R2", "26.04": "R2"}),
        ("golang", "1.26-alpine", {}),
        ("python", "3", {}),
        ("python", "latest", {}),
        ("nobody", "1.2", {}),
        ("python", "3.99-slim", {}),
        ("python", "9" * 5000, {}),
    ],
)  # fmt: skip
def test_rows(image: str, tag: str, expected: dict[str, str]) -> None:
    assert rows(image, tag) == expected


def test_the_order_of_the_words_does_not_matter() -> None:
    python, node = read("python", "3.12-slim-bookworm"), read("node", "22-bookworm-slim")
    assert python is not None
    assert node is not None
    assert python.words == node.words == {"slim"}
    assert python.system == node.system == system_of("bookworm")


def test_an_old_base_may_become_slim_on_what_is_rebuilt() -> None:
    """`3.11-slim-bullseye` is gone; a tag that is rebuilt stays on its distribution."""
    slim = [tag for tag, risk in rows("python", "3.11-bullseye").items() if risk == "R5"]
    assert slim == ["3.11-slim-bookworm", "3.11-slim-trixie"]
    slim = [tag for tag, risk in rows("python", "3.12-bookworm").items() if risk == "R5"]
    assert slim == ["3.12-slim-bookworm"]


def test_one_row_for_musl_written_as_the_old_tag_is() -> None:
    for tag, expected in (("3.12-bookworm", "3.12-alpine3.24"), ("3.12.4", "3.12.14-alpine")):
        found = [row for row in candidates("python", tag, TODAY, libc=True) if row.libc_changes]
        assert [row.tag.text for row in found] == [expected]


def test_the_c_library_changes_only_when_asked() -> None:
    assert not any("alpine" in tag for tag in rows("python", "3.14"))
    assert rows("python", "3.14", libc=True)["3.14-alpine"] == "R5"
    assert not any("alpine" not in tag for tag in rows("python", "3.13-alpine", libc=True))


ALL = [(image, tag.text) for image in sorted(FLAVOURS) for tag in listed(image)]


def test_every_row_of_every_listed_tag_is_listed_maintained_and_as_precise() -> None:
    count = 0
    for image, text in ALL:
        old = read(image, text)
        assert old is not None
        known = {tag.text for tag in listed(image)}
        for row in candidates(image, text, TODAY):
            count += 1
            assert row.tag.text in known
            assert row.tag.precision == old.precision
            assert row.tag.musl is old.musl
            assert not is_over(row.tag, TODAY)
            assert row.risk in (Risk.SYSTEM, Risk.MINOR, Risk.MAJOR, Risk.FLAVOUR)
    assert count > 500


def test_a_version_is_old_only_below_a_known_one() -> None:
    newest = newest_versions("python")["3.14"]
    for version, old in (("3.14.0", True), (newest, False), ("3.14.99", False), ("3.14", False)):
        tag = read("python", version)
        assert tag is not None
        assert bool(superseded(tag)) is old


@pytest.mark.parametrize(
    ("image", "tag", "words"),
    [
        ("python", "3.14-alpine3.22", "alpine 3.22 gets no more security fixes after 2027-05-01"),
        ("python", "3.14-alpine3.22", "no longer rebuilt"),
        ("postgres", "15.4-bookworm", "no longer rebuilt since 15.19"),
        ("php", "8.2-fpm", "after 2026-12-31"),
    ],
)
def test_worries(image: str, tag: str, words: str) -> None:
    found = read(image, tag)
    assert found is not None
    assert words in "; ".join(worries(found, TODAY))


@pytest.mark.parametrize("tag", ["3.14-slim-trixie", "3.14-alpine3.24", "3.14-alpine3.25", "3.14"])
def test_no_worry(tag: str) -> None:
    found = read("python", tag)
    assert found is not None
    assert worries(found, TODAY) == ()


def test_soon_is_half_a_year() -> None:
    found = read("alpine", "3.22")
    assert found is not None
    ends = date(2027, 5, 1)
    assert worries(found, ends - SOON)
    assert not worries(found, date.fromordinal((ends - SOON).toordinal() - 1))


def test_an_old_version_is_not_said_to_stand_on_the_current_distribution() -> None:
    old, new = read("python", "3.12.4-slim"), read("python", "3.12-slim")
    assert old is not None
    assert new is not None
    assert old.system is None
    assert new.system == system_of("trixie")


def test_distroless_is_of_the_same_release_or_not_there() -> None:
    row = distroless("node", "24-bookworm-slim")
    assert row is not None
    assert row.name.endswith("distroless/nodejs24-debian13")
    assert distroless("python", "3.14") is None
    assert distroless("node", "24-alpine") is None
