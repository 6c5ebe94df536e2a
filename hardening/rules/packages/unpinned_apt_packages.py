"""apt packages without a version."""

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
    title="Name the version of each apt package",
    severity=Severity.LOW,
    profile=Profile.ALL,
    why="Two builds of the same Dockerfile may install different versions, so what was tested is "
    "not what ships; a bad release reaches the image without a change of the Dockerfile.",
    references=("https://docs.docker.com/build/building/best-practices/#version-pinning",),
    aliases=(
        "hadolint:DL3008",
        "kics:apt_get_install_pin_version_not_defined",
    ),
    bad=(
        Example("FROM debian:13\nRUN apt-get update && apt-get install -y curl\n"),
        Example(
            "FROM debian:13\nRUN apt-get update && apt-get install -y curl\n",
            "FROM debian:13\nRUN apt-get update && apt-get install -y curl=8.14.1-2\n",
            image=ImageSketch(
                layers=(
                    LayerSketch(
                        {
                            "var/lib/dpkg/status": "Package: curl\nStatus: install ok installed\n"
                            "Version: 8.14.1-2\n"
                        }
                    ),
                )
            ),
            note="the image tells the version",
        ),
    ),
    good=(
        Example("FROM debian:13\nRUN apt-get install -y curl=8.14.1-2\n"),
        Example("FROM debian:13\nRUN apt-get install -y ./local.deb\n"),
        Example("FROM debian:13\nRUN apt-get install -y $PACKAGES\n"),
        Example("FROM debian:13\nRUN apt-get install -y -t trixie-backports curl=8.*\n"),
        Example("FROM debian:13\nRUN apt-get install -y curl/trixie-backports\n"),
    ),
)


def _is_pinned(run: Run, call: PackageCall, word: ShellWord) -> bool:
    text = word.text.strip("\"'")
    if word.value is None and "=" not in text:
        return True
    return "=" in text or "/" in text or text.endswith(".deb")


@rule.check
def find(subject: Subject) -> Iterator[Finding]:
    yield from unpinned(
        subject,
        rule,
        managers=("apt-get", "apt", "aptitude"),
        verbs=frozenset({"install"}),
        is_pinned=_is_pinned,
        how="Write package=version; old versions leave the mirrors, so use a snapshot mirror or "
        "pin the base image by digest and rebuild often",
    )
