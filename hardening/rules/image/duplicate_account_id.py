"""Two accounts with one number."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator

from hardening.image.accounts import accounts
from hardening.image.model import Image
from hardening.image.synthetic import ImageSketch, LayerSketch
from hardening.model import Finding, ImagePathPlace, Severity
from hardening.rules.frame import Example, Need, Rule
from hardening.subject import Subject

rule = Rule(
    title="Give every account a number of its own",
    severity=Severity.MEDIUM,
    why="Files and processes belong to numbers: two accounts with one number are the same account, "
    "and a second uid 0 is a second root.",
    references=("https://man7.org/linux/man-pages/man5/passwd.5.html",),
    aliases=("dockle:DKL-LI-0002",),
    needs=frozenset({Need.IMAGE}),
    bad=(
        Example(
            "FROM alpine:3.22\nRUN echo 'toor:x:0:0::/:/bin/sh' >> /etc/passwd\n",
            image=ImageSketch(
                layers=(
                    LayerSketch(
                        {"etc/passwd": "root:x:0:0:root:/root:/bin/sh\ntoor:x:0:0::/:/bin/sh\n"}
                    ),
                )
            ),
        ),
    ),
    good=(
        Example(
            "FROM alpine:3.22\nRUN true\n",
            image=ImageSketch(
                layers=(
                    LayerSketch(
                        {
                            "etc/passwd": "root:x:0:0:root:/root:/bin/sh\n"
                            "app:x:10001:10001::/:/sbin/nologin\n",
                            "etc/group": "root:x:0:\napp:x:10001:\n",
                        }
                    ),
                )
            ),
        ),
    ),
)


@rule.check
def find(subject: Subject) -> Iterator[Finding]:
    image = subject.image
    if image is None or not image.files_read:
        return
    found = accounts(image)
    users = [(user.uid, user.name) for user in found.users]
    groups = [(group.gid, group.name) for group in found.groups]
    yield from _shared(subject, image, users, "etc/passwd", "Users", "uid")
    yield from _shared(subject, image, groups, "etc/group", "Groups", "gid")


def _shared(
    subject: Subject,
    image: Image,
    rows: list[tuple[int, str]],
    path: str,
    kind: str,
    word: str,
) -> Iterator[Finding]:
    names: dict[int, list[str]] = defaultdict(list)
    for number, name in rows:
        names[number].append(name)
    entry = image.tree.resolve(path)
    for number, shared in names.items():
        if len(set(shared)) < 2 or entry is None:
            continue
        yield rule.finding(
            subject,
            f"{kind} {', '.join(shared)} share {word} {number}",
            at=ImagePathPlace(entry.layer, entry.path),
            about=f"{word} {number}",
            severity=Severity.HIGH if number == 0 and word == "uid" else None,
            tip="Make the second account with a number of its own, or remove it",
        )
