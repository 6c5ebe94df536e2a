"""A variable that nobody declares."""

from __future__ import annotations

import difflib
from collections.abc import Iterator

from hardening.dockerfile.edits import insert_line_before
from hardening.dockerfile.expansion import references
from hardening.dockerfile.model import Instruction, Stage
from hardening.image.synthetic import ImageSketch
from hardening.model import Finding, Fix, Severity, holds
from hardening.rules.frame import Example, Rule
from hardening.rules.support import Facts, Placed, facts
from hardening.subject import Subject

KEYWORDS = ("ADD", "COPY", "ENV", "EXPOSE", "LABEL", "STOPSIGNAL", "USER", "VOLUME", "WORKDIR")
PLATFORM = frozenset(
    f"{kind}{part}"
    for kind in ("TARGET", "BUILD")
    for part in ("PLATFORM", "OS", "ARCH", "VARIANT")
)
ALWAYS = frozenset({"PATH", "HOME", "HOSTNAME", "TERM", "PWD", "SOURCE_DATE_EPOCH"})
MAX_NAMES = 100
PLAIN = frozenset({"scratch", "alpine", "debian", "ubuntu", "busybox", "almalinux", "rockylinux"})
PLAIN |= {"amazonlinux", "opensuse/leap"}
"""Bases that set PATH and nothing else."""
PROXY = frozenset({"HTTP_PROXY", "HTTPS_PROXY", "FTP_PROXY", "NO_PROXY", "ALL_PROXY"})

rule = Rule(
    title="Declare variables in the stage that uses them",
    severity=Severity.MEDIUM,
    why="An undeclared variable is empty: a user, a path or a version silently becomes nothing, so "
    "files land in / or the container keeps running as root.",
    references=("https://docs.docker.com/reference/build-checks/undefined-var/",),
    aliases=("buildkit:UndefinedVar",),
    bad=(
        Example(
            "ARG VERSION=1\nFROM debian:13\nLABEL version=$VERSION\n",
            "ARG VERSION=1\nFROM debian:13\nARG VERSION\nLABEL version=$VERSION\n",
            note="declared for FROM only",
        ),
        Example("FROM debian:13\nENV APP_DIR=/app\nWORKDIR $APP_DRI\n", note="misspelt"),
        Example(
            "FROM scratch\nCOPY app-$TARGETARCH /app\n",
            "FROM scratch\nARG TARGETARCH\nCOPY app-$TARGETARCH /app\n",
        ),
        Example(
            "FROM example/base:1\nUSER $APP_UID\n",
            image=ImageSketch(),
            note="the image does not have it either",
        ),
    ),
    good=(
        Example("FROM debian:13\nARG VERSION=1\nLABEL version=$VERSION\n"),
        Example("FROM debian:13 AS base\nENV DIR=/a\nFROM base\nWORKDIR $DIR\n", note="inherited"),
        Example("FROM example/base:1\nWORKDIR $APP_HOME\n", note="the base may set it"),
        Example("FROM debian:13\nENV PATH=/app/bin:$PATH\n"),
        Example("FROM debian:13\nWORKDIR ${APP_DIR:-/app}\n", note="has a default"),
        Example("FROM debian:13\nRUN echo $UNKNOWN\n", note="the shell's business"),
        Example("FROM debian:13\nLABEL a='$X'\n", note="quoted"),
        Example(
            "FROM debian:13\nENV LD_LIBRARY_PATH=/x:$LD_LIBRARY_PATH\n", note="its own old value"
        ),
        Example("FROM example/base:1\nUSER $APP_UID\n", image=ImageSketch(env={"APP_UID": "5"})),
    ),
)


def _used(instruction: Instruction, escape: str) -> Iterator[str]:
    """Variables without a default of their own."""
    texts = [word.raw or word.text for word in instruction.words]
    if instruction.pairs:
        texts = [(pair.value.raw or pair.value.text) for pair in instruction.pairs if pair.value]
    own = {pair.key for pair in instruction.pairs}
    for text in texts:
        for name in sorted(references(text, escape)):
            has_default = any(f"${{{name}{sign}" in text for sign in ":-+")
            if not has_default and not (instruction.keyword == "ENV" and name in own):
                yield name


def _close(known: Facts, stage: Stage, name: str, more: frozenset[str] = frozenset()) -> str:
    """A declared name that is nearly the same; "" in stages of very many names."""
    names = known.names(stage) | more
    if len(names) > MAX_NAMES:
        return ""
    return next(iter(difflib.get_close_matches(name, sorted(names), n=1, cutoff=0.8)), "")


def _verdict(subject: Subject, placed: Placed, name: str) -> str | None:
    """Why the variable is surely unknown; None when it may come from the base."""
    known = facts(subject)
    stage = placed.stage
    if stage is None:
        return None
    if name in known.global_arguments:
        return "declared above the first FROM only"
    if name in PLATFORM:
        return "not declared in this stage"
    root = known.dockerfile.chain(stage)[0]
    base = root.base.value.lower().partition("@")[0].partition(":")[0].removeprefix("docker.io/")
    if base.removeprefix("library/") in PLAIN:
        close = _close(known, stage, name, ALWAYS)
        hint = f" (did you mean {close}?)" if close else f", and {base} does not set it"
        return f"not declared{hint}"
    if placed.shipped and subject.image is not None:
        if name not in subject.image.config.environment():
            return "neither declared nor in the environment of the image"
        return None
    close = _close(known, stage, name)
    return f"not declared (did you mean {close}?)" if close else None


def _fixes(known: Facts, placed: Placed, name: str) -> Iterator[Fix]:
    if placed.deferred or (name not in PLATFORM and name not in known.global_arguments):
        return
    edit = insert_line_before(known.dockerfile, placed.instruction, f"ARG {name}")
    source = "BuildKit sets it" if name in PLATFORM else "The ARG above the first FROM sets it"
    yield Fix(
        "declare",
        f"Declare ARG {name} in the stage",
        (edit,),
        (holds("The variable has a value then", source),),
        "The variable has the value that was meant.",
    )


@rule.check
def find(subject: Subject) -> Iterator[Finding]:
    known = facts(subject)
    for placed in known.all(*KEYWORDS):
        instruction = placed.instruction
        if "$" not in instruction.span.slice(known.dockerfile.text) or placed.deferred:
            continue
        for name in dict.fromkeys(_used(instruction, known.dockerfile.escape)):
            if name in ALWAYS or name.upper() in PROXY or known.declares(instruction, name):
                continue
            reason = _verdict(subject, placed, name)
            if reason is not None:
                yield rule.finding(
                    subject,
                    f"{name} is {reason}: it is empty here",
                    at=instruction,
                    about=name,
                    fixes=tuple(_fixes(known, placed, name)),
                    tip=f"Declare it with ARG {name} or ENV in this stage",
                )
