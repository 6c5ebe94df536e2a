"""An image that was built long ago."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime

from hardening.image.synthetic import ImageSketch, LayerSketch
from hardening.model import ConfigPlace, Evidence, Finding, Severity
from hardening.rules.frame import Example, Need, Rule
from hardening.subject import Subject

OLD = 180
"""Days after which updates of the base are surely missing."""
VERY_OLD = 540

rule = Rule(
    title="Build the image again, to get its updates",
    severity=Severity.LOW,
    why="An image does not update itself: every hole that was mended in its packages since it was "
    "built is open in it, however well the Dockerfile is written.",
    references=(
        "https://docs.docker.com/build/building/best-practices/#rebuild-your-images-often",
    ),
    aliases=("cis-docker:4.4",),
    needs=frozenset({Need.IMAGE}),
    bad=(
        Example(
            "FROM debian:13\nRUN true\n",
            image=ImageSketch((LayerSketch({"a": "b"}),), created="2021-03-04T05:06:07Z"),
        ),
    ),
    good=(
        Example(
            "FROM debian:13\nRUN true\n",
            image=ImageSketch((LayerSketch({"a": "b"}),), created="1970-01-01T00:00:00Z"),
            note="a reproducible build: its date says nothing",
        ),
        Example("FROM debian:13\nRUN true\n", image=ImageSketch((LayerSketch({"a": "b"}),))),
    ),
)


@rule.check
def find(subject: Subject) -> Iterator[Finding]:
    image = subject.image
    created = _day(image.config.created) if image is not None else None
    if created is None or created.year < 2001:
        return
    days = ((subject.today or date.today()) - created).days
    if days < OLD:
        return
    yield rule.finding(
        subject,
        f"The image was built {days} days ago",
        at=ConfigPlace("created"),
        about="created",
        evidence=(Evidence(f"created: {created.isoformat()}"),),
        severity=Severity.MEDIUM if days >= VERY_OLD else None,
        tip="Build it again with --pull --no-cache, and do so regularly",
    )


def _day(text: str) -> date | None:
    """The day of an RFC 3339 time."""
    try:
        return datetime.fromisoformat(text[:10]).date()
    except ValueError:
        return None
