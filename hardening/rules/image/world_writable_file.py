"""Files and directories that everybody may change."""

from __future__ import annotations

from collections.abc import Iterator

from hardening.image.model import Entry, EntryType
from hardening.image.synthetic import FileSketch, ImageSketch, LayerSketch
from hardening.model import Finding, Severity
from hardening.rules.frame import Example, Need, Rule
from hardening.rules.support_layers import lines_of, listing, places, severity_by_origin, shipped
from hardening.subject import Subject

rule = Rule(
    title="Ship nothing that everybody may write",
    severity=Severity.MEDIUM,
    why="A process that was broken into replaces a program or configuration that another user, or "
    "root, runs later.",
    references=("https://cheatsheetseries.owasp.org/cheatsheets/Docker_Security_Cheat_Sheet.html",),
    needs=frozenset({Need.IMAGE}),
    bad=(
        Example(
            "FROM alpine:3.22\nRUN chmod -R 777 /srv\n",
            image=ImageSketch(
                layers=(LayerSketch({"srv/start.sh": FileSketch("#!/bin/sh\n", mode=0o777)}),)
            ),
            findings=1,
        ),
    ),
    good=(
        Example(
            "FROM alpine:3.22\nRUN true\n",
            image=ImageSketch(
                layers=(
                    LayerSketch(
                        {
                            "tmp": FileSketch(mode=0o1777, directory=True),
                            "srv/start.sh": FileSketch("#!/bin/sh\n", mode=0o755),
                            "srv/link": FileSketch(link="start.sh", mode=0o777),
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
    if image is None:
        return
    found = list(shipped(image, _is_open))
    if not found:
        return
    runnable = [one for one in found if one.is_file and one.mode & 0o111]
    first = runnable[0] if runnable else found[0]
    more = f" and {len(found) - 1} more" if len(found) > 1 else ""
    yield rule.finding(
        subject,
        f"Everybody may write /{first.path} ({first.mode:04o}){more}",
        at=places([first])[0],
        about="world-writable files",
        also=(
            *(one for one in places(found) if one.path != first.path),
            *lines_of(subject, (one.layer for one in found)),
        ),
        evidence=listing(image, found),
        severity=severity_by_origin(image, found, rule.severity),
        tip="Give the file to the user that needs it and take the right from others: chmod o-w",
    )


def _is_open(entry: Entry) -> bool:
    if entry.type not in (EntryType.FILE, EntryType.HARDLINK, EntryType.DIRECTORY):
        return False
    if not entry.mode & 0o002:
        return False
    return not (entry.type is EntryType.DIRECTORY and entry.mode & 0o1000)
