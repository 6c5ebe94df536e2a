"""An image that stands on a distribution release without security fixes, whatever FROM says."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from hardening.facts.eol import Release, ended, release_of
from hardening.image.synthetic import ImageSketch, LayerSketch
from hardening.model import Evidence, Finding, ImagePathPlace, LayerPlace, Place, Severity
from hardening.rules.frame import Example, Need, Rule
from hardening.rules.support_better_base import runtime_base
from hardening.subject import Subject


def _on(release: str) -> ImageSketch:
    return ImageSketch(layers=(LayerSketch({"etc/os-release": release}),))


rule = Rule(
    title="Leave a distribution that has ended",
    severity=Severity.HIGH,
    why="Nobody mends its packages any more and its advisories stop, so the number of known "
    "vulnerabilities stays low while the holes stay open.",
    references=("https://endoflife.date/",),
    needs=frozenset({Need.IMAGE}),
    bad=(
        Example("FROM team/base:1\n", image=_on('ID=debian\nVERSION_ID="9"\n')),
        Example("FROM team/base:1\n", image=_on("ID=alpine\nVERSION_ID=3.12.1\n")),
        Example("FROM team/base:1\n", image=_on('ID="centos"\nVERSION_ID="7"\n')),
    ),
    good=(
        Example("FROM team/base:1\n", image=_on('ID=debian\nVERSION_ID="13"\n')),
        Example("FROM debian:9\n", image=_on('ID=debian\nVERSION_ID="9"\n'), note="FROM says so"),
        Example("FROM team/base:1\n", image=_on("ID=gentoo\n"), note="not known"),
    ),
)


@rule.check
def find(subject: Subject) -> Iterator[Finding]:
    from hardening.image.release import os_release
    from hardening.rewrites.package_upgrade import FACTS_NAMES
    from hardening.rules.support_vulnerabilities import base_changed, base_line

    image, today = subject.image, subject.today or date.today()
    found = os_release(image) if image is not None else None
    if image is None or found is None or base_changed(subject):
        return
    known = release_of(FACTS_NAMES.get(found.id, found.id), found.version_id)
    if known is None or not found.version_id or not known.is_over(today):
        return
    if _is_told_by_tag(subject, known, today):
        return
    entry = image.tree.resolve(found.path)
    line = base_line(subject)
    file = None if entry is None else ImagePathPlace(entry.layer, entry.path)
    where: list[Place] = [one for one in (line, file) if one is not None]
    where = where or [LayerPlace(0)]
    yield rule.finding(
        subject,
        f"The image stands on a release without security fixes: {known.said}",
        at=where[0],
        about=found.id,
        also=where[1:],
        evidence=(Evidence(f"/{found.path} says {found.pretty_name or found.id}", file),),
        tip="Move to a base on a release that is maintained; known vulnerabilities are incomplete",
    )


def _is_told_by_tag(subject: Subject, known: Release, today: date) -> bool:
    """Whether the tag in FROM already says so: that is another rule's finding, with its fix."""
    found = runtime_base(subject) if subject.dockerfile is not None else None
    if found is None or not found[1].official or not found[1].tag:
        return False
    over = ended(found[1].official, found[1].tag, today)
    return over is not None and known in over.releases
