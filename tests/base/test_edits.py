"""Where another base is written: in FROM, or in the default of an ARG; and where it is not."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from hardening.dockerfile import parse
from hardening.facts.official import read
from hardening.model import Fix, RunConfiguration, Safety, Verdict
from hardening.opening import memory_subject
from hardening.replay import edited
from hardening.rewrites.base_edits import ImageName, Unwritable, Written, rewritten
from hardening.rewrites.base_image import candidates
from hardening.rules.support_better_base import move, why_not
from hardening.rules.support_images import external_bases
from hardening.subject import Subject

TODAY = date(2026, 11, 24)
OLD, NEW = "sha256:" + "0" * 64, "sha256:" + "1" * 64


def subject_of(text: str, **digests: str) -> Subject:
    found = {name.replace("_", ":", 1): digest for name, digest in digests.items()}
    return replace(memory_subject(text), today=TODAY, base_digests=found)


def fix_of(subject: Subject, tag: str, stage: int = 0) -> Fix | str:
    """The fix that moves the base of a stage to a tag, or why there is none."""
    at, reference = list(external_bases(subject))[stage]
    old = read(reference.official, reference.tag)
    assert old is not None
    rows = candidates(old.image, old.text, TODAY, libc=True)
    [row] = [one for one in rows if one.tag.text == tag]
    fix = move(subject, at, reference, old, row)
    why = why_not(subject, at, reference, row)
    assert (fix is None) == bool(why)
    return why if fix is None else fix


def after(subject: Subject, tag: str, stage: int = 0) -> str:
    fix = fix_of(subject, tag, stage)
    assert not isinstance(fix, str), fix
    texts, _ = edited(subject.texts, {}, fix.edits)
    return texts["Dockerfile"]


@pytest.mark.parametrize(
    ("text", "tag", "expected"),
    [
        ("FROM alpine:3.22\n", "3.24", "FROM alpine:3.24\n"),
        ("from  alpine:3.22   as  Run\n", "3.24", "from  alpine:3.24   as  Run\n"),
        (
            "FROM --platform=$BUILDPLATFORM alpine:3.22 AS a\n",
            "3.24",
            "FROM --platform=$BUILDPLATFORM alpine:3.24 AS a\n",
        ),
        (
            "# syntax=docker/dockerfile:1\r\n# why\r\nFROM \\\r\n  alpine:3.22\r\nUSER 1\r\n",
            "3.24",
            "# syntax=docker/dockerfile:1\r\n# why\r\nFROM \\\r\n  alpine:3.24\r\nUSER 1\r\n",
        ),
        ("ARG V=3.22\nFROM alpine:$V\n", "3.24", "ARG V=3.24\nFROM alpine:$V\n"),
        ("ARG V='3.22'\nFROM alpine:${V}\n", "3.24", "ARG V='3.24'\nFROM alpine:${V}\n"),
        ("FROM alpine:${V:-3.22}\n", "3.24", "FROM alpine:${V:-3.24}\n"),
        ("ARG V\nFROM alpine:${V:-3.22}\n", "3.24", "ARG V\nFROM alpine:${V:-3.24}\n"),
        (
            "ARG V=3.22\nFROM alpine:${V:-3.1}\n",
            "3.24",
            "ARG V=3.24\nFROM alpine:${V:-3.1}\n",
        ),
        ("ARG B=alpine:3.22\nFROM $B\n", "3.24", "ARG B=alpine:3.24\nFROM $B\n"),
        ("ARG B=alpine\nFROM $B:3.22\n", "3.24", "ARG B=alpine\nFROM $B:3.24\n"),
        (
            "ARG R=docker.io/library\nFROM ${R}/alpine:3.22\n",
            "3.24",
            "ARG R=docker.io/library\nFROM ${R}/alpine:3.24\n",
        ),
        (
            "ARG A=3\nARG B=22\nFROM alpine:$A.$B\n",
            "3.24",
            "ARG A=3\nARG B=24\nFROM alpine:$A.$B\n",
        ),
        (
            "ARG V=3.12 S=bookworm\nFROM python:${V}-slim-${S}\n",
            "3.14-slim-trixie",
            "ARG V=3.14 S=trixie\nFROM python:${V}-slim-${S}\n",
        ),
        (
            "ARG V=3.12\nFROM python:${V}-slim-bookworm\n",
            "3.14-slim-trixie",
            "ARG V=3.14\nFROM python:${V}-slim-trixie\n",
        ),
        (
            "ARG V=3.22\nFROM node:24-alpine${V}\n",
            "24-alpine3.24",
            "ARG V=3.24\nFROM node:24-alpine${V}\n",
        ),
        (
            "ARG V=22\nFROM node:$V-bookworm\n",
            "22-bookworm-slim",
            "ARG V=22\nFROM node:$V-bookworm-slim\n",
        ),
    ],
)
def test_the_text_after(text: str, tag: str, expected: str) -> None:
    subject = subject_of(text)
    assert after(subject, tag) == expected


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ('FROM "alpine:3.22"\n', "quotes"),
        ("ARG V=3.22\nARG V=3.21\nFROM alpine:${V:-x}\n", "more than once"),
        ("ARG A=22\nARG V=3.$A\nFROM alpine:$V\n", "other variables"),
        ("ARG V=3.22\nFROM alpine:${V%x}\n", "only the builder"),
        (f"FROM alpine:3.22@{OLD}\n", "that of the new image is not known"),
    ],
)
def test_what_cannot_be_written_says_why(text: str, why: str) -> None:
    assert why in str(fix_of(subject_of(text), "3.24"))


def test_a_build_argument_wins_over_the_default() -> None:
    """The service builds with another value: changing the default would change nothing."""
    text = "ARG V=3.24\nFROM alpine:$V\n"
    subject = replace(subject_of(text), build_args={"V": "3.22"})
    assert [reference.tag for _, reference in external_bases(subject)] == ["3.22"]
    assert "V is set outside of the Dockerfile" in str(fix_of(subject, "3.24"))


def test_the_digest_goes_where_it_does_not_hide_an_argument() -> None:
    known = {"alpine_3.24": NEW}
    both = "FROM alpine:3.24@" + NEW
    assert after(subject_of("FROM alpine:3.22\n", **known), "3.24") == both + "\n"
    assert after(subject_of(f"FROM alpine:3.22@{OLD} AS a\n", **known), "3.24") == both + " AS a\n"
    text = "ARG B=alpine:3.22\nFROM $B\n"
    assert after(subject_of(text, **known), "3.24") == f"ARG B=alpine:3.24@{NEW}\nFROM $B\n"
    text = f"ARG V=3.22\nFROM alpine:$V@{OLD}\n"
    assert after(subject_of(text, **known), "3.24") == f"ARG V=3.24\nFROM alpine:$V@{NEW}\n"
    text = "ARG V=3.12\nFROM python:$V-slim\n"
    slim = subject_of(text, **{"python_3.14-slim": NEW})
    assert after(slim, "3.14-slim") == "ARG V=3.14\nFROM python:$V-slim\n"


def test_stages_are_pinned_alike() -> None:
    text = "ARG V=3.12\nFROM python:$V-slim AS a\nFROM python:3.12-slim\nCOPY --from=a /a /a\n"
    subject = subject_of(text, **{"python_3.14-slim": NEW})
    assert after(subject, "3.14-slim") == text.replace("3.12", "3.14")


def test_all_stages_with_the_base_move_or_none() -> None:
    text = "FROM alpine:3.22 AS a\nFROM alpine:3.22 AS b\nFROM alpine:3.24\n"
    assert after(subject_of(text), "3.24") == text.replace("3.22", "3.24")
    text = 'FROM alpine:3.22 AS a\nFROM "alpine:3.22"\n'
    assert "quotes" in str(fix_of(subject_of(text), "3.24"))


def test_only_what_ships_becomes_slim() -> None:
    """The build stage needs git; the stage that ships does not."""
    text = (
        "FROM python:3.14 AS build\nRUN git clone https://git.example/a.git /a\n"
        "FROM python:3.14\nCOPY --from=build /a /a\n"
    )
    subject = subject_of(text)
    fix = fix_of(subject, "3.14-slim", stage=1)
    assert not isinstance(fix, str)
    assert fix.safety is Safety.REVIEW
    assert after(subject, "3.14-slim", stage=1) == text.replace(
        "FROM python:3.14\n", "FROM python:3.14-slim\n"
    )
    shared = "ARG V=3.14\n" + text.replace("python:3.14", "python:$V")
    fix = fix_of(subject_of(shared), "3.14-slim", stage=1)
    assert not isinstance(fix, str)
    assert fix.safety is Safety.MANUAL, "the argument takes the build stage along"


def verdict(text: str, tag: str, statement: str) -> Verdict:
    fix = fix_of(subject_of(text), tag)
    assert not isinstance(fix, str), fix
    [found] = [one for one in fix.preconditions if one.statement == statement]
    return found.verdict


def test_an_argument_takes_other_bases_along_only_to_tags_that_exist() -> None:
    text = "ARG V=3.22\nFROM alpine:$V AS a\nFROM {}\nCOPY --from=a /a /a\n"
    found = verdict(
        text.format("node:24-alpine$V"), "3.24", "What other stages do fits their new base"
    )
    assert found is Verdict.UNKNOWN
    found = verdict(
        text.format("redis:6-alpine$V"), "3.24", "Every base that takes the argument exists"
    )
    assert found is Verdict.FAILS
    pinned = text.format(f"node:24-alpine$V@{OLD}")
    found = verdict(pinned, "3.24", "No other base takes the same argument")
    assert found is Verdict.FAILS


def test_a_copy_from_the_same_image_is_said_and_kept() -> None:
    text = "FROM alpine:3.22\nCOPY --from=alpine:3.22 /etc/os-release /old\n"
    statement = "What is copied from the old image fits the new one"
    assert verdict(text, "3.24", statement) is Verdict.UNKNOWN
    assert after(subject_of(text), "3.24") == text.replace("FROM alpine:3.22", "FROM alpine:3.24")


def test_the_compose_file_of_a_service_sets_the_argument() -> None:
    run = RunConfiguration(source="compose.yaml#web", build_args={"V": "3.22"})
    subject = memory_subject("ARG V=3.24\nFROM alpine:$V\n", run=run)
    assert [reference.tag for _, reference in external_bases(subject)] == ["3.22"]


@pytest.mark.parametrize("template", ["a:$X", "$X", "a:$X-$Y", "a:$X.$Y", "$X:$Y", "a:${X}b"])
@pytest.mark.parametrize("values", [("1", "b"), ("1.2", "x-y"), ("r.example:5000/a", "3")])
@pytest.mark.parametrize("new", ["2-c", "2.3-z", "2", "2.3-z-w-v", "alpine3.3"])
def test_the_pieces_always_make_the_wanted_name(
    template: str, values: tuple[str, str], new: str
) -> None:
    """Whatever is written, the builder reads the wanted name out of it; else nothing is written."""
    text = f"ARG X={values[0]}\nARG Y={values[1]}\nFROM {template}\n"
    dockerfile = parse(text)
    stage = dockerfile.stages[0]
    expanded = stage.base_expanded
    assert expanded is not None
    name, colon, tag = expanded.rpartition(":")
    if not colon or "/" in tag:
        name, tag = expanded, ""
    if not tag:
        return
    wanted = ImageName(name, new)
    found = rewritten(dockerfile, stage, ImageName(name, tag), wanted, {})
    if isinstance(found, Unwritable):
        assert found.why
        return
    assert isinstance(found, Written)
    texts, _ = edited({"Dockerfile": text}, {}, found.edits)
    assert parse(texts["Dockerfile"]).stages[0].base_expanded == wanted.text
