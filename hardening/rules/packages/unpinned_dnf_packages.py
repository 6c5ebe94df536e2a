"""dnf packages without a version."""

from __future__ import annotations

from collections.abc import Iterator

from hardening.model import Finding, Severity
from hardening.rules.frame import Example, Profile, Rule
from hardening.rules.support_packages import unpinned
from hardening.rules.support_rpm_pins import is_pinned
from hardening.subject import Subject

rule = Rule(
    title="Name the version of each dnf package",
    severity=Severity.LOW,
    profile=Profile.ALL,
    why="Two builds of the same Dockerfile may install different versions, so what was tested is "
    "not what ships; a bad release reaches the image without a change of the Dockerfile.",
    references=("https://dnf.readthedocs.io/en/latest/command_ref.html",),
    aliases=(
        "hadolint:DL3041",
        "kics:missing_version_specification_in_dnf_install",
    ),
    bad=(Example("FROM fedora:44\nRUN dnf install -y httpd && dnf clean all\n"),),
    good=(
        Example("FROM fedora:44\nRUN dnf install -y httpd-2.4.66 && dnf clean all\n"),
        Example("FROM fedora:44\nRUN dnf install -y ./local.rpm\n"),
        Example("FROM fedora:44\nRUN dnf install -y httpd-${VERSION}\n"),
        Example("FROM fedora:44\nRUN dnf module enable -y nodejs:24\n"),
    ),
)


@rule.check
def find(subject: Subject) -> Iterator[Finding]:
    yield from unpinned(
        subject,
        rule,
        managers=("dnf", "microdnf"),
        verbs=frozenset({"install", "module"}),
        is_pinned=is_pinned,
        how="Write package-version",
    )
