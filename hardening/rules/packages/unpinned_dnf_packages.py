"""dnf packages without a version."""

from __future__ import annotations

import re
from collections.abc import Iterator

from hardening.dockerfile.shell_model import PackageCall, ShellWord
from hardening.model import Finding, Severity
from hardening.rules.frame import Example, Profile, Rule
from hardening.rules.support import Run
from hardening.rules.support_packages import unpinned
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


def _is_pinned(run: Run, call: PackageCall, word: ShellWord) -> bool:
    text = word.text.strip("\"'")
    if word.value is None and "-" not in text:
        return True
    if call.verb == "module":
        return call.packages[0].text != "install" or word is call.packages[0] or ":" in text
    if "group" in [one.text for one in call.command.words[:-1]]:
        return True
    return _versioned(text)


_VERSION = re.compile(r"-(?:\$|[0-9]|\d+:)")


def _versioned(text: str) -> bool:
    """`name-1.2`, `name-$VERSION`, a file, a URL, a group or a module stream."""
    if text.endswith(".rpm") or text.startswith(("@", "http:", "https:", "/", "./")):
        return True
    return bool(_VERSION.search(text)) or "=" in text or ":" in text


@rule.check
def find(subject: Subject) -> Iterator[Finding]:
    yield from unpinned(
        subject,
        rule,
        managers=("dnf", "microdnf"),
        verbs=frozenset({"install", "module"}),
        is_pinned=_is_pinned,
        how="Write package-version",
    )
