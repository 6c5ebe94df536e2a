"""An account that needs no password."""

from __future__ import annotations

from collections.abc import Iterator

from hardening.image.synthetic import ImageSketch, LayerSketch
from hardening.model import Finding, ImagePathPlace, Severity
from hardening.rules.frame import Example, Need, Rule
from hardening.subject import Subject

rule = Rule(
    title="Lock accounts without a password",
    severity=Severity.HIGH,
    why="An empty password field lets everybody in who can reach a login: su, sshd, a web console.",
    references=("https://man7.org/linux/man-pages/man5/shadow.5.html",),
    aliases=("dockle:DKL-LI-0001",),
    needs=frozenset({Need.IMAGE}),
    bad=(
        Example(
            "FROM alpine:3.22\nRUN passwd -d root\n",
            image=ImageSketch(layers=(LayerSketch({"etc/shadow": "root::19000:0:::::\n"}),)),
        ),
    ),
    good=(
        Example(
            "FROM alpine:3.22\nRUN true\n",
            image=ImageSketch(
                layers=(LayerSketch({"etc/shadow": "root:*::0:::::\nbin:!::0:::::\n"}),)
            ),
        ),
    ),
)


@rule.check
def find(subject: Subject) -> Iterator[Finding]:
    image = subject.image
    if image is None or not image.files_read:
        return
    entry = image.tree.resolve("etc/shadow")
    data = image.read("etc/shadow")
    if entry is None or data is None:
        return
    for line in data.decode("utf-8", "replace").splitlines():
        name, colon, rest = line.partition(":")
        if colon and name and not name.startswith("#") and rest.partition(":")[0] == "":
            yield rule.finding(
                subject,
                f"Account {name} has an empty password",
                at=ImagePathPlace(entry.layer, entry.path),
                about=name,
                tip=f"Lock it: RUN passwd -l {name}",
            )
