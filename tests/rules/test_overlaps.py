"""What two rules could say is said once."""

from __future__ import annotations

from dataclasses import replace

import pytest

from benchmarks.labelled import TODAY
from hardening.analyse import analyse
from hardening.image.synthetic import FileSketch, ImageSketch, LayerSketch, make_image
from hardening.model import Finding, Profile
from hardening.opening import attach_image, memory_subject
from hardening.settings import Settings

ABOUT_THE_NAME = {"unpinned-base", "untagged-base", "latest-base"}


def findings_of(text: str, image: ImageSketch | None = None) -> tuple[Finding, ...]:
    subject = memory_subject(text, settings=Settings(profile=Profile.ALL))
    if image is not None:
        subject = attach_image(subject, make_image(image))
    report = analyse(replace(subject, today=TODAY), today=TODAY)
    assert not report.failures
    return report.findings


@pytest.mark.parametrize("base", ["debian", "debian:latest", "debian:13", "team/app"])
def test_one_finding_about_the_name_of_a_base(base: str) -> None:
    found = [one for one in findings_of(f"FROM {base}\n") if one.rule in ABOUT_THE_NAME]
    assert len(found) == 1


@pytest.mark.parametrize("base", ["%%FROM%%", "debian:%%TAG%%", "PLACEHOLDER", "@BASE@"])
def test_nothing_about_the_name_of_a_placeholder(base: str) -> None:
    assert not [one for one in findings_of(f"FROM {base}\n") if one.rule in ABOUT_THE_NAME]


TOOLS = {
    "nmap": ("network-tools-installed", "usr/bin/nmap"),
    "podman": ("container-runtime-installed", "usr/bin/podman"),
}


@pytest.mark.parametrize("package", TOOLS)
def test_a_tool_that_a_line_installs_is_told_at_the_line(package: str) -> None:
    rule, path = TOOLS[package]
    run = f"apt-get install -y nginx {package}"
    image = ImageSketch(
        (
            LayerSketch({"etc/os-release": "ID=debian\n"}, command="base"),
            LayerSketch({path: FileSketch("\x7fELF", mode=0o755)}, command=f"RUN /bin/sh -c {run}"),
        )
    )
    told = {one.rule for one in findings_of(f"FROM debian:13\nRUN {run}\n", image)}
    assert rule in told
    assert "needless-package-shipped" not in told
    other = {one.rule for one in findings_of("FROM debian:13\nRUN make tools\n", image)}
    assert "needless-package-shipped" in other
