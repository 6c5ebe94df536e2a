"""A shell command in a stage that has no shell."""

from __future__ import annotations

from collections.abc import Iterator

from hardening.dockerfile.model import Form
from hardening.model import Finding, Severity
from hardening.rules.frame import Example, Rule
from hardening.rules.support import Placed, facts
from hardening.subject import Subject

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
        chain = known.dockerfile.chain(placed.stage)
        if chain[0].base.value != "scratch" or instruction.mounts("bind"):
            continue
        stages = {link.index for link in chain}
        before = (
            one
            for one in known.all("COPY", "ADD")
            if one.instruction.stage in stages
            and one.instruction.span.start < instruction.span.start
        )
        if any(_may_bring_shell(one) for one in before) or not _runs(placed):
            continue
        yield rule.finding(
            subject,
            f"{instruction.keyword} needs a shell, and the stage has none",
            at=instruction,
            about=f"{instruction.keyword} {instruction.value[:60]}",
            tip="Write it as a JSON array, or do it in an earlier stage and copy the result",
        )


def _runs(placed: Placed) -> bool:
    return placed.instruction.keyword != "HEALTHCHECK" or placed.instruction.value != "NONE"
