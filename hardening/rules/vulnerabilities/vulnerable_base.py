"""Vulnerabilities with a fix that came with the base image."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from hardening.image.synthetic import FileSketch, ImageSketch, LayerSketch
from hardening.model import Finding, Severity
from hardening.rules.frame import Example, Need, Rule
from hardening.rules.support_better_base import runtime_base
from hardening.rules.support_known import known
from hardening.subject import Subject

if TYPE_CHECKING:
    from hardening.advisories.assessment import Row

_FOUND = (known("CVE-2099-1", "openssl", "Debian:13", "3.0.11-1", "3.0.13-1"),)
_IMAGE = ImageSketch(
    base_layers=1,
    layers=(
        LayerSketch(
            {
                "etc/os-release": 'ID=debian\nVERSION_ID="13"\n',
                "usr/bin/apt-get": FileSketch("\x7fELF", mode=0o755),
                "var/lib/dpkg/status": "Package: libssl3\nStatus: install ok installed\n"
                "Source: openssl\nVersion: 3.0.11-1\n",
            }
        ),
        LayerSketch({"app": "x"}, command="COPY app /app # buildkit"),
    ),
)
_UPGRADE = (
    "RUN apt-get update \\\n    && apt-get install -y --no-install-recommends --only-upgrade "
    "libssl3 \\\n    && rm -rf /var/lib/apt/lists/*\n"
)

rule = Rule(
    title="Take a base whose packages are mended",
    severity=Severity.HIGH,
    why="What the base brings is in every container of the image. The holes are public, so an "
    "attacker needs no research, and a newer base closes many of them at once.",
    references=(
        "https://docs.docker.com/build/building/best-practices/#rebuild-your-images-often",
    ),
    needs=frozenset({Need.IMAGE, Need.ADVISORIES}),
    bad=(
        Example(
            "FROM python:3.12.4-slim-bookworm\nCOPY app /app\n",
            "FROM python:3.12.14-slim-bookworm\nCOPY app /app\n",
            image=_IMAGE,
            vulnerabilities=_FOUND,
            note="a newer patch release of the same base is out",
        ),
        Example(
            "FROM debian:13\nCOPY app /app\n",
            f"FROM debian:13\n{_UPGRADE}COPY app /app\n",
            image=_IMAGE,
            vulnerabilities=_FOUND,
            note="the tag is current: the package is upgraded",
        ),
        Example(
            f"FROM debian:13\n{_UPGRADE}COPY app /app\n",
            image=_IMAGE,
            vulnerabilities=_FOUND,
            note="upgraded already: only a fresh build can help",
        ),
    ),
    good=(
        Example("FROM debian:13\nCOPY app /app\n", image=_IMAGE, vulnerabilities=()),
        Example("FROM debian:13\nCOPY app /app\n", image=_IMAGE, note="not looked up"),
    ),
)


@rule.check
def find(subject: Subject) -> Iterator[Finding]:
    from hardening.rules.support_vulnerabilities import SYSTEM, shares

    rows = [row for row in shares(subject).base if row.vulnerability.fixed]
    system = [row for row in rows if row.packages[0].type in SYSTEM]
    python = [row for row in rows if row.packages[0].type == "pypi"]
    other = [row for row in rows if row.packages[0].type not in (*SYSTEM, "pypi")]
    for about, those in (("base", system), ("base python", python), ("base languages", other)):
        if those:
            yield _finding(subject, those, about)


def _finding(subject: Subject, rows: list[Row], about: str) -> Finding:
    """What a distribution's upgrade mends stands apart from what only another base does."""
    from hardening.rules import support_vulnerabilities as support
    from hardening.rules.support_vulnerable_base import ways_out

    found = runtime_base(subject) if subject.dockerfile is not None else None
    base = "The base image" if found is None else found[1].shown
    where = support.places(subject, rows, support.base_line(subject))
    return rule.finding(
        subject,
        f"{base} brings {support.counted(rows)} that newer packages mend: {support.names_of(rows)}",
        at=where[0],
        about=about,
        also=where[1:],
        fixes=ways_out(subject, rows),
        evidence=support.evidence(rows),
        severity=support.worst(rows),
        tip="Build again with --pull and --no-cache, or move to a newer base",
    )
