"""Rules about instructions for an image whose Dockerfile is not there.

The history tells most of it: a Dockerfile is written from it, the rules that still make sense run
over that, and their findings are placed at the history entries. What history does not hold (what
was copied, quoting, comments, here-documents, stages) is not judged, and nothing is patched.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Final

from hardening.dockerfile import parse
from hardening.dockerfile.lines import MAX_LINE
from hardening.dockerfile.model import Dockerfile
from hardening.image.created_by import MAX_TEXT, copy_destination, run_command, told
from hardening.image.model import Image, Origin
from hardening.model import Confidence, ConfigPlace, FilePlace, Finding, Place
from hardening.rules import Need, Rule
from hardening.skipped import Skipped
from hardening.subject import Subject

HISTORY: Final = "history"
_THEMES: Final = frozenset({"network", "packages", "user"})
_ALSO: Final = frozenset(
    {"add-instead-of-copy", "no-healthcheck", "privileged-port", "volume-on-system-path"}
)
_NOT: Final = frozenset(
    {"apt-without-yes", "yum-without-yes", "dnf-without-yes", "zypper-without-yes"}
)
_JOINT: Final = re.compile(r"(?<![\s\\]) (?=[^\s#])")
_KEYS_OF_THE_END: Final = {"no-healthcheck": "Healthcheck", "root-user": "User"}


@dataclass(frozen=True, slots=True)
class ToldDockerfile:
    """A Dockerfile written from a history; `entries` gives the history entry of each line."""

    text: str
    entries: tuple[int | None, ...]


def told_dockerfile(image: Image) -> ToldDockerfile:
    """What the history says, line for line; the first ADD, the base's file system, left out."""
    lines = ["FROM scratch"]
    numbers: list[int | None] = [None]
    rootfs_seen = False
    for number, entry in enumerate(image.history):
        if entry.layer is not None and not rootfs_seen:
            rootfs_seen = True
            if told(entry.created_by, entry.comment).keyword in ("ADD", "COPY"):
                continue
        line = _line(entry.created_by, entry.comment)
        for piece in _broken(line):
            lines.append(piece)
            numbers.append(number)
    lines.extend(f"ENV {name}={json.dumps(value)}" for name, value in image.config.env)
    if image.config.user:
        lines.append(f"USER {image.config.user}")
    return ToldDockerfile("\n".join(lines) + "\n", tuple(numbers))


def _broken(line: str) -> Iterator[str]:
    """A line as the builder takes it: one that is too long goes on behind continuations. Nothing
    that would be taken for a comment or ends in a backslash stands at such a joint."""
    while len(line) * 4 >= MAX_LINE:
        joint = _JOINT.search(line, MAX_LINE // 8)
        if joint is None:
            break
        yield line[: joint.end()] + "\\"
        line = line[joint.end() :]
    if line:
        yield line


def _line(created_by: str, comment: str) -> str:
    entry = told(created_by, comment)
    text = entry.text
    if entry.keyword == "RUN":
        command = run_command(text)
        return f"RUN {command}" if command and "<<" not in command else ""
    if entry.keyword in ("ADD", "COPY"):
        flags = " ".join(part for part in text.split() if part.startswith("--"))
        return f"{entry.keyword} {flags} (file) {copy_destination(text)}".replace("  ", " ")
    if entry.keyword == "EXPOSE":
        ports = re.findall(r"\d+(?:-\d+)?(?:/\w+)?", text)
        return f"EXPOSE {' '.join(ports)}" if ports else ""
    if entry.keyword in ("VOLUME", "CMD", "ENTRYPOINT"):
        words = re.findall(r'"((?:[^"\\]|\\.)*)"', text) or text.strip("[]").split()
        return f"{entry.keyword} {json.dumps(words)}" if words else ""
    if entry.keyword in ("WORKDIR", "STOPSIGNAL", "MAINTAINER"):
        return f"{entry.keyword} {text}" if text else ""
    return ""


def findings_of_history(subject: Subject, rules: Iterable[Rule]) -> tuple[Finding, ...]:
    """Findings of the rules that apply to a history. The subject has an image and no Dockerfile.
    A rule that crashes raises: the caller reports it."""
    image = subject.image
    if image is None or subject.dockerfile is not None:
        return ()
    told_file = told_dockerfile(image)
    dockerfile = _parsed(told_file.text)
    stand_in = replace(subject, dockerfile=dockerfile, context=None)
    found = [
        _placed(image, told_file, finding)
        for rule in rules
        if applies(rule)
        for finding in rule.run(stand_in)
    ]
    return tuple(found)


def unread_history(subject: Subject) -> tuple[Skipped, ...]:
    """Steps of the history that no rule looks at, or not at all of them."""
    image = subject.image
    if image is None or subject.dockerfile is not None:
        return ()
    reasons: dict[str, list[int]] = {}
    for number, entry in enumerate(image.history):
        step = told(entry.created_by, entry.comment)
        if len(entry.created_by) > MAX_TEXT:
            reasons.setdefault(f"only its first {MAX_TEXT:,} characters are read", []).append(
                number
            )
        elif step.keyword == "RUN" and "<<" in run_command(step.text):
            reasons.setdefault("a history does not keep here-documents", []).append(number)
    return tuple(
        Skipped(f"shell commands of {_entries(numbers)}", reason, "Give the Dockerfile too")
        for reason, numbers in reasons.items()
    )


def _entries(numbers: list[int]) -> str:
    """`history entry 3`, `history entries 3, 5 and more`."""
    shown = ", ".join(map(str, numbers[:20])) + (" and more" if len(numbers) > 20 else "")
    return f"history {'entry' if len(numbers) == 1 else 'entries'} {shown}"


@lru_cache(maxsize=4)
def _parsed(text: str) -> Dockerfile:
    return parse(text, HISTORY)


def applies(rule: Rule) -> bool:
    """True for rules whose answer history can give."""
    if rule.needs - {Need.DOCKERFILE} or Need.DOCKERFILE not in rule.needs:
        return False
    return (rule.theme in _THEMES or rule.id in _ALSO) and rule.id not in _NOT


def _placed(image: Image, told_file: ToldDockerfile, finding: Finding) -> Finding:
    places = tuple(dict.fromkeys(_places(told_file, finding)))
    layers = [_layer(image, place) for place in places]
    base = any(
        layer is not None and image.layers[layer].attribution.origin is Origin.BASE
        for layer in layers
    )
    where = " (base image)" if base else ""
    return replace(
        finding,
        places=places,
        message=finding.message.replace("(file)", "a file") + where,
        fixes=(),
        subject=f"{finding.subject} {places[0]}",
        confidence=min(finding.confidence, Confidence.MEDIUM),
        tip=finding.tip or "Change it in the Dockerfile that the image is built from",
    )


def _places(told_file: ToldDockerfile, finding: Finding) -> Iterator[Place]:
    for place in finding.places:
        if not isinstance(place, FilePlace) or place.path != HISTORY:
            yield place
            continue
        line = place.start_line - 1
        number = told_file.entries[line] if line < len(told_file.entries) else None
        if number is not None:
            yield ConfigPlace(f"history[{number}]")
        else:
            yield ConfigPlace(_KEYS_OF_THE_END.get(finding.rule, "Env"))


def _layer(image: Image, place: Place) -> int | None:
    if isinstance(place, ConfigPlace) and place.key.startswith("history["):
        return image.history[int(place.key[8:-1])].layer
    return None
