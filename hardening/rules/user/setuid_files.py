"""Programs of the image that run with the rights of their owner."""

from __future__ import annotations

from collections.abc import Iterator

from hardening.dockerfile.edits import insert_line_after, insert_line_before
from hardening.image.model import Entry, Origin
from hardening.image.synthetic import FileSketch, ImageSketch, LayerSketch
from hardening.model import (
    Evidence,
    Finding,
    Fix,
    ImagePathPlace,
    Precondition,
    Severity,
    fails,
    holds,
    unknown,
)
from hardening.rules.frame import Example, Need, Rule
from hardening.rules.support import facts, image_has
from hardening.rules.support_layers import shipped
from hardening.subject import Subject

SPECIAL = 0o6000
STRIP = "RUN find / -xdev -perm /6000 -type f -exec chmod a-s {} +"
USED = frozenset(
    {"sudo", "su", "ping", "mount", "umount", "newuidmap", "newgidmap", "passwd", "doas"}
)
_SU = FileSketch(b"x", mode=0o4755)

rule = Rule(
    title="Take the setuid and setgid bits away",
    severity=Severity.LOW,
    why="A setuid program gives root's rights to whoever starts it: a hole in one of them turns an "
    "intruder without rights into root inside the container.",
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


def _found(subject: Subject) -> tuple[Entry, ...]:
    image = subject.image
    if image is None:
        return ()
    return tuple(shipped(image, _is_special))


def _is_special(entry: Entry) -> bool:
    return entry.is_file and bool(entry.mode & SPECIAL)


def _strips(subject: Subject) -> bool:
    if subject.dockerfile is None:
        return False
    for run, command in facts(subject).commands("find"):
        texts = [word.text for word in command.words]
        if run.shipped and any("6000" in one or "u+s" in one or "4000" in one for one in texts):
            return True
    return False


def _unused(subject: Subject, entries: tuple[Entry, ...]) -> Precondition:
    statement = "Nothing that runs later needs these programs"
    image = subject.image
    words = " ".join((*image.config.entrypoint, *image.config.cmd)) if image is not None else ""
    names = {entry.path.rpartition("/")[2] for entry in entries}
    used = sorted(names & USED & set(words.replace("/", " ").split()))
    if used:
        return fails(statement, f"The start command calls {', '.join(used)}")
    if (
        image is not None
        and image.config.entrypoint[:1]
        and image.config.entrypoint[0].endswith(".sh")
    ):
        return unknown(statement, "The entrypoint is a script")
    return holds(statement, "The start command names none of them")


def _fixes(subject: Subject, entries: tuple[Entry, ...]) -> Iterator[Fix]:
    dockerfile = subject.dockerfile
    stage = dockerfile.final_stage if dockerfile is not None else None
    if dockerfile is None or stage is None or not image_has(subject, "bin/sh"):
        return
    statement = "find and chmod are in the image"
    tools = image_has(subject, "usr/bin/find", "bin/find", "bin/busybox")
    users = stage.all("USER")
    if users:
        edit = insert_line_before(dockerfile, users[0], STRIP)
    else:
        last = [one for one in stage.instructions if one.keyword not in ("CMD", "ENTRYPOINT")]
        edit = insert_line_after(dockerfile, last[-1] if last else stage.origin, STRIP)
    yield Fix(
        "strip-setuid",
        "Strip the bits before the user is switched",
        (edit,),
        (
            holds(statement) if tools else unknown(statement, "find was not found"),
            _unused(subject, entries),
        ),
        "The programs stay but run with the caller's rights only.",
    )


@rule.check
def find(subject: Subject) -> Iterator[Finding]:
    entries = _found(subject)
    if not entries or _strips(subject):
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
        fixes=tuple(_fixes(subject, entries)),
        tip="Remove the bits with chmod a-s, or the programs",
    )


def _origin(subject: Subject, entry: Entry) -> Origin:
    image = subject.image
    if image is None:
        return Origin.UNKNOWN
    return image.layers[entry.layer].attribution.origin
