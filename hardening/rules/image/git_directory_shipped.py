"""A git repository inside the image."""

from __future__ import annotations

from collections.abc import Iterator

from hardening.image.model import Entry, EntryType
from hardening.image.synthetic import FileSketch, ImageSketch, LayerSketch
from hardening.model import Finding, Severity
from hardening.rules.frame import Example, Need, Rule
from hardening.rules.support_layers import is_base, lines_of, listing, places, shipped, size_text
from hardening.subject import Subject

rule = Rule(
    title="Leave .git out of the image",
    severity=Severity.MEDIUM,
    why="The repository holds every old version of every file, deleted secrets included, and often "
    "an address with a token in .git/config; a web server may even hand it out.",
    references=("https://docs.docker.com/build/concepts/context/#dockerignore-files",),
    aliases=("dockle:DKL-LI-0003",),
    needs=frozenset({Need.IMAGE}),
    bad=(
        Example(
            "FROM alpine:3.22\nCOPY . /srv\n",
            image=ImageSketch(
                layers=(
                    LayerSketch(
                        {
                            "srv/.git": FileSketch(directory=True),
                            "srv/.git/HEAD": "ref: refs/heads/main\n",
                            "srv/.git/config": "[core]\n",
                        }
                    ),
                )
            ),
        ),
    ),
    good=(
        Example(
            "FROM alpine:3.22\nCOPY . /srv\n",
            image=ImageSketch(layers=(LayerSketch({"srv/.gitignore": "*.log\n"}),)),
        ),
    ),
)


@rule.check
def find(subject: Subject) -> Iterator[Finding]:
    image = subject.image
    if image is None or not image.files_read:
        return
    heads = list(shipped(image, _is_head))
    if not heads:
        return
    folders = tuple(one.path.removesuffix("/HEAD") + "/" for one in heads)
    size = sum(one.size for one in shipped(image, lambda one: one.path.startswith(folders)))
    origin = " (base image)" if all(is_base(image, one.layer) for one in heads) else ""
    yield rule.finding(
        subject,
        f"/{folders[0].rstrip('/')} is in the image{origin}: {size_text(size)} of history",
        at=places(heads)[0],
        about="git repository",
        also=(*places(heads)[1:], *lines_of(subject, (one.layer for one in heads))),
        evidence=listing(image, heads),
        tip="Add **/.git to .dockerignore",
    )


def _is_head(entry: Entry) -> bool:
    return entry.type is EntryType.FILE and entry.path.endswith(".git/HEAD")
