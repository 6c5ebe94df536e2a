"""Caches and lists of package managers in the image."""

from __future__ import annotations

import re
from collections.abc import Iterator

from hardening.image.model import Entry, EntryType
from hardening.image.synthetic import ImageSketch, LayerSketch
from hardening.model import Evidence, Finding, Severity
from hardening.rules.frame import Example, Need, Rule
from hardening.rules.support_layers import is_base, lines_of, places, shipped, size_text
from hardening.subject import Subject

_CACHES = (
    ("apt lists", re.compile(r"^var/lib/apt/lists/(?!partial|lock|auxfiles)[^/]+")),
    ("apt archives", re.compile(r"^var/cache/apt/(?:archives/[^/]+\.deb|\w*pkgcache\.bin)$")),
    ("apk index", re.compile(r"^(?:var/cache/apk|etc/apk/cache)/[^/]+")),
    ("yum or dnf cache", re.compile(r"^var/cache/(?:yum|dnf|libdnf5|tdnf)/.+")),
    ("zypper cache", re.compile(r"^var/cache/zypp/.+")),
    ("pip cache", re.compile(r"^(?:root|home/[^/]+)/\.cache/(?:pip|uv|pypoetry)/.+")),
    (
        "npm or yarn cache",
        re.compile(
            r"^(?:root|home/[^/]+)/(?:\.npm/_cacache|\.cache/yarn|\.yarn/berry/cache)/.+"
            r"|^usr/local/share/\.cache/yarn/.+"
        ),
    ),
    ("Go build cache", re.compile(r"^(?:root|home/[^/]+)/\.cache/go-build/.+")),
    ("Cargo registry", re.compile(r"(?:^|/)\.?cargo/registry/(?:cache|src)/.+")),
    ("Maven repository", re.compile(r"^(?:root|home/[^/]+)/\.m2/repository/.+")),
    ("Gradle cache", re.compile(r"^(?:root|home/[^/]+)/\.gradle/caches/.+")),
    ("Composer cache", re.compile(r"^(?:root|home/[^/]+)/\.(?:cache/composer|composer/cache)/.+")),
    ("Gem cache", re.compile(r"/gems/[^/]+/cache/[^/]+\.gem$|^usr/local/bundle/cache/.+")),
)

_FOLDERS = ("var/lib/apt/", "etc/apk/", "root/", "home/")

rule = Rule(
    title="Leave package manager caches out of the image",
    severity=Severity.LOW,
    why="Caches make every pull larger and tell an intruder which packages, versions and mirrors "
    "were used; nothing at run time needs them.",
    references=("https://docs.docker.com/build/building/best-practices/#apt-get",),
    aliases=("dockle:DKL-DI-0004", "dockle:DKL-DI-0005", "dockle:DKL-LI-0003"),
    needs=frozenset({Need.IMAGE}),
    bad=(
        Example(
            "FROM debian:13\nRUN apt-get update && apt-get install -y curl\n",
            image=ImageSketch(
                layers=(
                    LayerSketch({"var/lib/apt/lists/deb.example_dists_trixie_Release": "x" * 500}),
                )
            ),
        ),
    ),
    good=(
        Example(
            "FROM debian:13\nRUN true\n",
            image=ImageSketch(layers=(LayerSketch({"var/lib/apt/lists/lock": "", "a": "b"}),)),
        ),
    ),
)


@rule.check
def find(subject: Subject) -> Iterator[Finding]:
    image = subject.image
    if image is None:
        return
    found: dict[str, list[Entry]] = {}
    for entry in shipped(image, _is_own_file):
        name = _cache_of(entry.path)
        if name is not None and not is_base(image, entry.layer):
            found.setdefault(name, []).append(entry)
    for name, entries in found.items():
        size = sum(one.size for one in entries)
        layers = sorted({one.layer for one in entries})
        yield rule.finding(
            subject,
            f"The image ships the {name}: {size_text(size)} in {len(entries):,} "
            f"{'file' if len(entries) == 1 else 'files'}",
            at=places(entries)[0],
            about=name,
            also=(*places(entries, 20)[1:], *lines_of(subject, layers)),
            evidence=tuple(
                Evidence(f"Layer {layer}: {image.layers[layer].command[:200]}") for layer in layers
            ),
            tip="Clean up in the RUN that installs, or use a cache mount",
        )


def _is_own_file(entry: Entry) -> bool:
    return entry.type is EntryType.FILE and entry.size > 0


def _cache_of(path: str) -> str | None:
    if "cache" not in path and not path.startswith(_FOLDERS) and "/registry/" not in path:
        return None
    return next((name for name, pattern in _CACHES if pattern.search(path)), None)
