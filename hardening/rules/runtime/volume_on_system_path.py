"""A volume over a directory of the system."""

from __future__ import annotations

from collections.abc import Iterator

from hardening.dockerfile.edits import delete_instruction, replace_span
from hardening.dockerfile.model import Form, Word
from hardening.image.synthetic import ImageSketch, LayerSketch
from hardening.model import ConfigPlace, Finding, Fix, Severity, unknown
from hardening.rules.frame import Example, Rule
from hardening.rules.support import Placed, facts
from hardening.rules.support_settings import with_blanks
from hardening.subject import Subject

_SYSTEM = frozenset(
    [
        "/dev",
        "/proc",
        "/sys",
        "/etc",
        "/boot",
        "/bin",
        "/sbin",
        "/lib",
        "/lib64",
        "/usr",
        "/run",
        "/var/run",
        "/var/run/docker.sock",
        "/",
    ]
)

rule = Rule(
    title="Put no volume over a system directory",
    severity=Severity.HIGH,
    why="A volume on /dev, /proc or /sys hides what the engine mounts there; one on /etc or /usr "
    "keeps old files, and whatever was planted in them, alive over every update of the image.",
    references=("https://docs.docker.com/engine/storage/volumes/",),
    aliases=("dockle:DKL-DI-0002",),
    needs=frozenset(),
    bad=(
        Example("FROM alpine:3.22\nVOLUME /proc\n", "FROM alpine:3.22\n"),
        Example(
            "FROM alpine:3.22\nVOLUME /srv/data /sys\n",
            "FROM alpine:3.22\nVOLUME /srv/data\n",
            findings=1,
        ),
        Example(
            'FROM alpine:3.22\nVOLUME ["/srv/data", "/sys/"]\n',
            findings=1,
            note="the list form is left to the author",
        ),
        Example(
            "FROM alpine:3.22\nRUN true\n",
            image=ImageSketch(layers=(LayerSketch({"a": "b"}),), volumes=("/dev",)),
            note="declared by the base image",
        ),
    ),
    good=(Example("FROM alpine:3.22\nVOLUME /var/lib/app /etc/app.d\n"),),
)


def _fixes(subject: Subject, placed: Placed, word: Word) -> Iterator[Fix]:
    dockerfile, instruction = facts(subject).dockerfile, placed.instruction
    alone = len(instruction.words) == 1
    if placed.deferred or (instruction.form is Form.EXEC and not alone):
        return
    edit = (
        delete_instruction(dockerfile, instruction)
        if alone
        else replace_span(dockerfile, with_blanks(dockerfile, instruction, word.span), "")
    )
    yield Fix(
        "remove-volume",
        f"Take {word.value} out of VOLUME",
        (edit,),
        (unknown("Nobody relies on the volume", "Who starts the container may mount it by name"),),
        "The directory is the image's own, and updates reach it.",
    )


@rule.check
def find(subject: Subject) -> Iterator[Finding]:
    named: set[str] = set()
    if subject.dockerfile is not None:
        for placed in facts(subject).all("VOLUME"):
            for word in placed.instruction.words:
                path = word.value.rstrip("/") or "/"
                if path in _SYSTEM:
                    named.add(path)
                    yield rule.finding(
                        subject,
                        f"VOLUME {path} covers a directory of the system",
                        at=word.span,
                        about=path,
                        fixes=tuple(_fixes(subject, placed, word)),
                        severity=None if placed.shipped else Severity.LOW,
                        tip="Name a directory of the program's own, such as /var/lib/app",
                    )
    for volume in subject.image.config.volumes if subject.image is not None else ():
        path = volume.rstrip("/") or "/"
        if path in _SYSTEM and path not in named:
            yield rule.finding(
                subject,
                f"The image declares a volume over {path}",
                at=ConfigPlace(f"Volumes.{path}"),
                about=path,
                tip="Choose another base image, or one that does not declare it",
            )
