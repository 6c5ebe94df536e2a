"""Programs of the image that run with the rights of their owner."""

from __future__ import annotations

from collections.abc import Iterator

from hardening.image.model import Entry, Origin
from hardening.image.synthetic import FileSketch, ImageSketch, LayerSketch
from hardening.model import (
    Evidence,
    Finding,
    ImagePathPlace,
    Severity,
)
from hardening.rules.frame import Example, Need, Rule
from hardening.rules.support_setuid import special_files, strip_fixes, strips_bits
from hardening.subject import Subject

_SU = FileSketch(b"x", mode=0o4755)

rule = Rule(
    title="Take the setuid and setgid bits away",
    severity=Severity.LOW,
    why="A setuid program gives root's rights to whoever starts it: a hole in one of them turns an"
    " intruder without rights into root inside the container.",
    references=("https://docs.docker.com/engine/security/#linux-kernel-capabilities",),
    aliases=("dockle:CIS-DI-0008", "cis-docker:4.8"),
    needs=frozenset({Need.IMAGE}),
    bad=(
        Example(
            'FROM debian:13\nUSER 1000\nCMD ["/app"]\n',
            "FROM debian:13\nRUN find / -xdev -perm /6000 -type f -exec chmod a-s {} +\n"
            'USER 1000\nCMD ["/app"]\n',
            image=ImageSketch(
                layers=(LayerSketch({"usr/bin/su": _SU, "bin/sh": "x", "usr/bin/find": "x"}),)
            ),
        ),
        Example(
            "FROM scratch\nCOPY app /\n",
            image=ImageSketch(layers=(LayerSketch({"app": _SU}),)),
            note="no shell to strip with",
        ),
    ),
    good=(
        Example("FROM debian:13\n", image=ImageSketch(layers=(LayerSketch({"usr/bin/su": "x"}),))),
        Example(
            "FROM debian:13\n",
            image=ImageSketch(
                layers=(LayerSketch({"var/mail": FileSketch(directory=True, mode=0o2775)}),)
            ),
            note="setgid on a directory only passes the group on",
        ),
        Example(
            "FROM debian:13\n",
            image=ImageSketch(
                layers=(LayerSketch({"usr/bin/su": _SU}), LayerSketch({"usr/bin/su": None}))
            ),
            note="deleted again",
        ),
        Example(
            "FROM debian:13\nRUN find / -xdev -perm /6000 -type f -exec chmod a-s {} +\n",
            image=ImageSketch(layers=(LayerSketch({"usr/bin/su": _SU}),)),
            note="the Dockerfile strips them; the image is older",
        ),
    ),
)


@rule.check
def find(subject: Subject) -> Iterator[Finding]:
    entries = special_files(subject)
    if not entries or strips_bits(subject):
        return
    paths = [entry.path for entry in entries]
    own = [one for one in entries if _origin(subject, one) is Origin.OWN]
    yield rule.finding(
        subject,
        f"{len(paths)} program{'s' if len(paths) > 1 else ''} run with their owner's rights: "
        + ", ".join("/" + path for path in paths[:4])
        + (" ..." if len(paths) > 4 else ""),
        at=ImagePathPlace(entries[0].layer, entries[0].path),
        about="setuid and setgid files",
        also=tuple(ImagePathPlace(one.layer, one.path) for one in entries[1:]),
        evidence=tuple(
            Evidence(f"/{one.path} has mode {one.mode:04o}", ImagePathPlace(one.layer, one.path))
            for one in entries[:50]
        ),
        severity=Severity.MEDIUM if own else None,
        fixes=tuple(strip_fixes(subject, entries)),
        tip="Remove the bits with chmod a-s, or the programs",
    )


def _origin(subject: Subject, entry: Entry) -> Origin:
    image = subject.image
    if image is None:
        return Origin.UNKNOWN
    return image.layers[entry.layer].attribution.origin
