"""zypper packages without a version."""

from __future__ import annotations

from collections.abc import Iterator

from hardening.dockerfile.shell_model import PackageCall, ShellWord
from hardening.model import Finding, Severity
from hardening.rules.frame import Example, Profile, Rule
from hardening.rules.support import Run
from hardening.rules.support_packages import unpinned
from hardening.subject import Subject

rule = Rule(
    title="Name the version of each zypper package",
    severity=Severity.LOW,
    profile=Profile.ALL,
    why="Two builds of the same Dockerfile may install different versions, so what was tested is "
    "not what ships; a bad release reaches the image without a change of the Dockerfile.",
    references=("https://en.opensuse.org/SDB:Zypper_manual",),
    aliases=(
        "hadolint:DL3037",
        "kics:zypper_install_without_version",
    ),
    bad=(Example("FROM opensuse/leap:16.0\nRUN zypper -n install httpd && zypper clean\n"),),
    good=(
        Example("FROM opensuse/leap:16.0\nRUN zypper -n install httpd=2.4.63\n"),
        Example('FROM opensuse/leap:16.0\nRUN zypper -n install "httpd>=2.4"\n'),
        Example("FROM opensuse/leap:16.0\nRUN zypper -n install ./local.rpm\n"),
    ),
)


def _is_pinned(run: Run, call: PackageCall, word: ShellWord) -> bool:
    text = word.text.strip("\"'")
    if word.value is None and "=" not in text:
        return True
    return any(sign in text for sign in "=<>~") or text.endswith(".rpm") or "://" in text


@rule.check
def find(subject: Subject) -> Iterator[Finding]:
    yield from unpinned(
        subject,
        rule,
        managers=("zypper",),
        verbs=frozenset({"install", "in"}),
        is_pinned=_is_pinned,
        how="Write package=version",
    )
