"""Compilers, network tools and the like in the image that ships."""

from __future__ import annotations

import re
from collections.abc import Iterator

from hardening.image.model import Entry
from hardening.image.synthetic import FileSketch, ImageSketch, LayerSketch
from hardening.model import Finding, Severity
from hardening.rules.frame import Example, Need, Rule
from hardening.rules.support_layers import lines_of, listing, places, severity_by_origin, shipped
from hardening.rules.support_tools import said_of_lines
from hardening.subject import Subject

_TOOLS = {
    "a compiler": re.compile(r"^usr/(?:local/)?bin/(?:gcc|g\+\+|cc|clang|make|ld|as|rustc)$"),
    "a network tool": re.compile(
        r"^(?:usr/)?s?bin/(?:nmap|tcpdump|netcat|nc\.(?:openbsd|traditional)|ncat|socat|telnet|ftp|rsh)$"
    ),
    "a debugger": re.compile(r"^usr/(?:local/)?bin/(?:gdb|strace|ltrace|perf)$"),
    "a way to become root": re.compile(r"^usr/(?:local/)?bin/(?:sudo|doas|pkexec)$"),
    "a container engine": re.compile(
        r"^usr/(?:local/)?s?bin/(?:docker|dockerd|containerd|podman|runc|kubectl|buildkitd)$"
    ),
}

rule = Rule(
    title="Leave tools out that the program does not need",
    severity=Severity.LOW,
    why="A compiler, a scanner or sudo in the container saves an intruder from bringing them "
    "along; "
    "each is one more thing to update.",
    references=(
        "https://docs.docker.com/build/building/best-practices/#dont-install-unnecessary-packages",
    ),
    aliases=("dockle:CIS-DI-0003", "tally:no-container-runtime-in-image", "cis-docker:4.3"),
    needs=frozenset({Need.IMAGE}),
    bad=(
        Example(
            "FROM debian:13\nRUN apt-get install -y gcc\n",
            image=ImageSketch(
                layers=(LayerSketch({"usr/bin/gcc": FileSketch("\x7fELF", mode=0o755)}),)
            ),
        ),
    ),
    good=(
        Example(
            "FROM debian:13\nRUN true\n",
            image=ImageSketch(layers=(LayerSketch({"usr/bin/env": "\x7fELF"}),)),
        ),
    ),
)


@rule.check
def find(subject: Subject) -> Iterator[Finding]:
    image = subject.image
    if image is None:
        return
    said = said_of_lines(subject)
    found: dict[str, list[Entry]] = {}
    for entry in shipped(image, lambda one: "bin/" in one.path):
        kind = next((name for name, one in _TOOLS.items() if one.match(entry.path)), None)
        line = image.layers[entry.layer].attribution.instruction
        if kind is not None and kind not in said.get(-1 if line is None else line, ()):
            found.setdefault(kind, []).append(entry)
    for kind, entries in found.items():
        names = ", ".join(sorted({one.path.rpartition("/")[2] for one in entries})[:4])
        yield rule.finding(
            subject,
            f"The image ships {kind}: {names}",
            at=places(entries)[0],
            about=kind,
            also=(*places(entries)[1:], *lines_of(subject, (one.layer for one in entries))),
            evidence=listing(image, entries),
            severity=severity_by_origin(image, entries, rule.severity),
            tip="Build in a stage of its own and copy the result, or choose a smaller base image",
        )
