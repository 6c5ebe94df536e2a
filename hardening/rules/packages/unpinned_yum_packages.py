"""yum packages without a version."""

from __future__ import annotations

from collections.abc import Iterator

from hardening.model import Finding, Severity
from hardening.rules.frame import Example, Profile, Rule
from hardening.rules.support_packages import unpinned
from hardening.rules.support_rpm_pins import is_pinned
from hardening.subject import Subject

rule = Rule(
    title="Name the version of each yum package",
    severity=Severity.LOW,
    profile=Profile.ALL,
    why="Two builds of the same Dockerfile may install different versions, so what was tested is "
    "not what ships; a bad release reaches the image without a change of the Dockerfile.",
    references=("https://man7.org/linux/man-pages/man8/yum.8.html",),
    aliases=(
        "hadolint:DL3033",
        "kics:yum_install_without_version",
    ),
    bad=(Example("FROM centos:7\nRUN yum install -y httpd && yum clean all\n"),),
    good=(
        Example("FROM centos:7\nRUN yum install -y httpd-2.4.6 && yum clean all\n"),
        Example("FROM centos:7\nRUN yum install -y ./local.rpm\n"),
        Example("FROM centos:7\nRUN yum install -y httpd-$VERSION\n"),
        Example("FROM centos:7\nRUN yum clean all\n"),
    ),
)


@rule.check
def find(subject: Subject) -> Iterator[Finding]:
    yield from unpinned(
        subject,
        rule,
        managers=("yum",),
        verbs=frozenset({"install", "module"}),
        is_pinned=is_pinned,
        how="Write package-version",
    )
