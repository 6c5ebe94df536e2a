"""A shell command in a stage that has no shell."""

from __future__ import annotations

from collections.abc import Iterator

from hardening.dockerfile.model import Form, Instruction, Stage
from hardening.model import Finding, Severity
from hardening.rules.frame import Example, Rule
from hardening.rules.support import Facts, Placed, facts
from hardening.subject import Subject

_FIRST = "first COPY that may bring a shell"

rule = Rule(
    title="Run no shell in a stage that begins from scratch",
    severity=Severity.HIGH,
    why="scratch is empty: RUN and shell-form CMD, ENTRYPOINT or HEALTHCHECK look for /bin/sh, so "
    "the build fails, or the container or its health check does.",
    references=(
        "https://docs.docker.com/build/building/base-images/#create-a-minimal-base-image-usin"
        "g-scratch",
    ),
    aliases=("tally:shell-run-in-scratch",),
    bad=(
        Example("FROM scratch\nRUN true\n"),
        Example("FROM scratch\nCOPY app /app\nCMD /app --port 80\n"),
        Example('FROM scratch\nCOPY app /app\nHEALTHCHECK CMD /app check\nCMD ["/app"]\n'),
    ),
    good=(
        Example('FROM scratch\nCOPY app /app\nCMD ["/app"]\n'),
        Example("FROM scratch\nADD rootfs.tar.xz /\nRUN true\n", note="a whole system is unpacked"),
        Example("FROM scratch\nCOPY --from=debian:13 / /\nRUN true\n"),
        Example("FROM scratch\nCOPY busybox /bin/sh\nRUN true\n"),
        Example('FROM scratch\nCOPY app /\nRUN ["/app", "init"]\n'),
        Example(
            "FROM scratch\nRUN --mount=from=busybox:1.38,target=/bin true\n",
            note="a shell is mounted",
        ),
        Example("FROM debian:13\nRUN true\n"),
    ),
)


def _may_bring_shell(placed: Placed) -> bool:
    instruction = placed.instruction
    if instruction.keyword == "ADD":
        return True
    target = instruction.words[-1].value if instruction.words else ""
    directory = target.rstrip("/") in ("", "/bin", "/usr", "/usr/bin", "/busybox")
    several = instruction.flag("from") is not None or len(instruction.words) > 2
    folder = any(word.value.rstrip("/") in (".", "") for word in instruction.words[:-1])
    named = any(one in instruction.value for one in ("busybox", "/sh", "bash", "rootfs"))
    return named or (directory and (several or folder))


@rule.check
def find(subject: Subject) -> Iterator[Finding]:
    known = facts(subject)
    for placed in known.all("RUN", "CMD", "ENTRYPOINT", "HEALTHCHECK"):
        instruction = placed.instruction
        if placed.stage is None or instruction.form is not Form.SHELL or placed.deferred:
            continue
        root = known.dockerfile.root_of(placed.stage)
        if root.base.value != "scratch" or instruction.mounts("bind"):
            continue
        if _has_shell(known, placed.stage, instruction) or not _runs(placed):
            continue
        yield rule.finding(
            subject,
            f"{instruction.keyword} needs a shell, and the stage has none",
            at=instruction,
            about=f"{instruction.keyword} {instruction.value[:60]}",
            tip="Write it as a JSON array, or do it in an earlier stage and copy the result",
        )


def _has_shell(known: Facts, stage: Stage, instruction: Instruction) -> bool:
    """True when something that may be a shell was copied before the instruction."""
    if _FIRST not in known.memo:
        first: dict[int, int] = {}
        for one in known.all("COPY", "ADD"):
            index, start = one.instruction.stage, one.instruction.span.start
            if first.get(index, start + 1) > start and _may_bring_shell(one):
                first[index] = start
        known.memo[_FIRST] = first
    offsets: dict[int, int] = known.memo[_FIRST]
    start = instruction.span.start
    chain = known.dockerfile.chain(stage) if offsets else ()
    return any(offsets.get(link.index, start) < start for link in chain)


def _runs(placed: Placed) -> bool:
    return placed.instruction.keyword != "HEALTHCHECK" or placed.instruction.value != "NONE"
