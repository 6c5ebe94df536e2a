"""ADD of an address without a checksum."""

from __future__ import annotations

from collections.abc import Iterator

from hardening.dockerfile.edits import insert_at, insert_line_before
from hardening.model import Finding, Fix, Severity, holds, unknown
from hardening.rewrites.frontend import frontend_at_least
from hardening.rules.frame import Example, Rule
from hardening.rules.support import facts
from hardening.rules.support_copy import Transfer, checksum_name, is_remote, transfers
from hardening.subject import Subject

rule = Rule(
    title="Verify what ADD downloads",
    severity=Severity.MEDIUM,
    why="Whoever controls the server, or the way to it, decides what enters the image; without a "
    "checksum nobody notices that the file is another one than last time.",
    references=("https://docs.docker.com/reference/dockerfile/#add---checksum",),
    aliases=("kics:curl_or_wget_instead_of_add", "cis-docker:4.11"),
    bad=(
        Example(
            "FROM alpine:3.22\nADD https://example.com/tool.tar.gz /opt/\n",
            "FROM alpine:3.22\nARG TOOL_TAR_GZ_SHA256\n"
            "ADD --checksum=sha256:${TOOL_TAR_GZ_SHA256} https://example.com/tool.tar.gz /opt/\n",
        ),
        Example(
            "# syntax=docker/dockerfile:1.4\nFROM alpine:3.22\n"
            "ADD https://example.com/tool.tar.gz /opt/\n",
            note="this frontend is too old for --checksum",
        ),
    ),
    good=(
        Example(
            "FROM alpine:3.22\nADD --checksum=sha256:"
            "24454f830cdb571e2c4ad15481119c43b3cafd48dd869a9b2945d1036d1dc68d "
            "https://example.com/tool.tar.gz /opt/\n"
        ),
        Example("FROM alpine:3.22\nADD rootfs.tar /\n"),
        Example("FROM alpine:3.22\nADD https://example.com/project.git#v1.0 /src\n"),
    ),
)


@rule.check
def find(subject: Subject) -> Iterator[Finding]:
    for one in transfers(subject, "ADD"):
        remote = [word.value for word in one.sources if is_remote(word.value)]
        if not remote or one.instruction.flag("checksum") is not None:
            continue
        yield rule.finding(
            subject,
            f"{remote[0]} is downloaded into the image and its content is not checked",
            at=one.instruction,
            about=remote[0].partition("://")[2],
            fixes=tuple(_fixes(subject, one, remote)),
            severity=None if one.placed.shipped else Severity.LOW,
            tip="Take the SHA-256 from the publisher and add --checksum=sha256:...",
        )


def _fixes(subject: Subject, one: Transfer, remote: list[str]) -> Iterator[Fix]:
    if len(one.sources) > 1 or one.placed.deferred:
        return
    dockerfile = facts(subject).dockerfile
    name = checksum_name(remote[0])
    keyword = one.instruction.keyword_span
    yield Fix(
        "add-checksum",
        "Check the download against a SHA-256",
        (
            insert_line_before(dockerfile, one.instruction, f"ARG {name}"),
            insert_at(dockerfile, keyword.end, f" --checksum=sha256:${{{name}}}"),
        ),
        (
            holds("One address is downloaded", remote[0]),
            frontend_at_least(dockerfile, 1, 6, "--checksum"),
            unknown("The publisher's SHA-256 is at hand", "It is not in the Dockerfile"),
        ),
        f"The build needs --build-arg {name}=<sha256 from the publisher> and fails when the file "
        "is another one.",
    )
