"""Files that belong to development, not to the image."""

from __future__ import annotations

import re
from collections.abc import Iterator

from hardening.image.model import Entry
from hardening.image.synthetic import ImageSketch, LayerSketch
from hardening.model import Finding, Severity
from hardening.rules.frame import Example, Need, Rule
from hardening.rules.support_layers import is_base, lines_of, listing, places, shipped
from hardening.subject import Subject

_NEEDLESS = re.compile(
    r"(?:Dockerfile(?:\.[\w-]+)?|docker-compose[\w.-]*\.ya?ml|compose\.ya?ml|\.dockerignore"
    r"|\.vimrc|\.viminfo|\.DS_Store|Thumbs\.db|core\.\d+|[^/]+\.(?:swp|swo|orig|rej))$"
)
_FOLDERS = re.compile(r"(?:^|/)\.(?:idea|vscode|svn|hg|bzr|circleci|github|gitlab)/[^/]+$")
_VENDORED = re.compile(
    r"(?:^|/)(?:node_modules|site-packages|dist-packages|vendor|gems)/|^usr/share/"
)

rule = Rule(
    title="Ship only what the program needs",
    severity=Severity.LOW,
    why="Build files, editor settings and swap files tell an intruder how the system is built and "
    "sometimes hold what their author typed.",
    references=("https://docs.docker.com/build/concepts/context/#dockerignore-files",),
    aliases=("dockle:DKL-LI-0003",),
    needs=frozenset({Need.IMAGE}),
    bad=(
        Example(
            "FROM alpine:3.22\nCOPY . /srv\n",
            image=ImageSketch(layers=(LayerSketch({"srv/Dockerfile": "FROM alpine:3.22\n"}),)),
        ),
    ),
    good=(
        Example(
            "FROM alpine:3.22\nCOPY . /srv\n",
            image=ImageSketch(
                layers=(LayerSketch({"srv/app": "x", "srv/node_modules/a/Dockerfile": "x"}),)
            ),
        ),
    ),
)


@rule.check
def find(subject: Subject) -> Iterator[Finding]:
    image = subject.image
    if image is None:
        return
    found = [one for one in shipped(image, _is_needless) if not is_base(image, one.layer)]
    if not found:
        return
    more = f" and {len(found) - 1} more" if len(found) > 1 else ""
    yield rule.finding(
        subject,
        f"/{found[0].path}{more} is in the image",
        at=places(found)[0],
        about="needless files",
        also=(*places(found)[1:], *lines_of(subject, (one.layer for one in found))),
        evidence=listing(image, found),
        tip="Name it in .dockerignore, or copy only the folders that the program needs",
    )


def _is_needless(entry: Entry) -> bool:
    path = entry.path
    name = path.rpartition("/")[2]
    hidden = path.startswith(".") or "/." in path
    if not (_NEEDLESS.match(name) or (hidden and _FOLDERS.search(path))):
        return False
    return entry.is_file and not _VENDORED.search(path)
