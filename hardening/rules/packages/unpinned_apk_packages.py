"""apk packages without a version."""

from __future__ import annotations

from collections.abc import Iterator

from hardening.dockerfile.shell_model import PackageCall, ShellWord
from hardening.image.synthetic import ImageSketch, LayerSketch
from hardening.model import Finding, Severity
from hardening.rules.frame import Example, Profile, Rule
from hardening.rules.support import Run
from hardening.rules.support_packages import unpinned
from hardening.subject import Subject

rule = Rule(
    title="Name the version of each apk package",
    severity=Severity.LOW,
    profile=Profile.ALL,
    why="Two builds of the same Dockerfile may install different versions, so what was tested is "
    "not what ships; a bad release reaches the image without a change of the Dockerfile.",
    references=("https://docs.alpinelinux.org/user-handbook/0.1a/Working/apk.html",),
    aliases=(
        "hadolint:DL3018",
        "kics:unpinned_package_version_in_apk_add",
    ),
    bad=(
        Example("FROM alpine:3.24\nRUN apk add --no-cache curl\n"),
        Example(
            "FROM alpine:3.24\nRUN apk add --no-cache curl\n",
            "FROM alpine:3.24\nRUN apk add --no-cache curl=8.19.0-r0\n",
            image=ImageSketch(
                layers=(LayerSketch({"lib/apk/db/installed": "P:curl\nV:8.19.0-r0\n"}),)
            ),
            note="the image tells the version",
        ),
    ),
    good=(
        Example("FROM alpine:3.24\nRUN apk add --no-cache curl=8.19.0-r0\n"),
        Example('FROM alpine:3.24\nRUN apk add --no-cache "curl~=8.19"\n'),
        Example("FROM alpine:3.24\nRUN apk add --no-cache --virtual .deps gcc=15.2.0-r2\n"),
        Example("FROM alpine:3.24\nRUN apk add --no-cache -t .deps gcc=15.2.0-r2\n"),
        Example(
            "FROM alpine:3.24\nRUN apk add --no-cache --repository https://registry.example/main "
            "curl=8.19.0-r0\n"
        ),
    ),
)


def _is_pinned(run: Run, call: PackageCall, word: ShellWord) -> bool:
    text = word.text.strip("\"'")
    if word.value is None and "=" not in text:
        return True
    return any(sign in text for sign in "=~<>@") or text.endswith(".apk") or text.startswith("!")


@rule.check
def find(subject: Subject) -> Iterator[Finding]:
    yield from unpinned(
        subject,
        rule,
        managers=("apk",),
        verbs=frozenset({"install"}),
        is_pinned=_is_pinned,
        how="Write package=version or package~version; Alpine keeps only the newest build of a "
        "branch, so ~ lasts longer",
    )
