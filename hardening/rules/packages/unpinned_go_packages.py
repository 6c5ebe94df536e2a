"""Go programs without a version."""

from __future__ import annotations

from collections.abc import Iterator

from hardening.dockerfile.shell_model import PackageCall, ShellWord
from hardening.model import Finding, Severity
from hardening.rules.frame import Example, Profile, Rule
from hardening.rules.support import Run
from hardening.rules.support_packages import unpinned
from hardening.subject import Subject

BUILT_IN = frozenset({"std", "cmd", "all", "tool"})

rule = Rule(
    title="Name the version of each Go program",
    severity=Severity.LOW,
    profile=Profile.ALL,
    why="Two builds of the same Dockerfile may install different versions, so what was tested is "
    "not what ships; a bad release reaches the image without a change of the Dockerfile.",
    references=("https://go.dev/ref/mod#go-install",),
    aliases=("hadolint:DL3062",),
    bad=(Example("FROM golang:1.27\nRUN go install example.com/tool@latest\n"),),
    good=(
        Example("FROM golang:1.27\nRUN go install example.com/tool@v1.2.3\n"),
        Example("FROM golang:1.27\nRUN go install ./...\n"),
        Example("FROM golang:1.27\nRUN go build -o /app .\n"),
        Example("FROM golang:1.27\nRUN go run main.go\n"),
    ),
)


def _is_pinned(run: Run, call: PackageCall, word: ShellWord) -> bool:
    text = word.text.strip("\"'")
    if call.verb == "run" and word is not call.packages[0]:
        return True
    if text.startswith((".", "/", "-")) or text.endswith(".go") or text in BUILT_IN:
        return True
    version = text.rpartition("@")[2] if "@" in text else ""
    return bool(version) and version not in ("latest", "none", "upgrade", "patch")


@rule.check
def find(subject: Subject) -> Iterator[Finding]:
    yield from unpinned(
        subject,
        rule,
        managers=("go",),
        verbs=frozenset({"install", "get", "run"}),
        is_pinned=_is_pinned,
        how="Write path@v1.2.3",
    )
