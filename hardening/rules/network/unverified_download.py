"""A program or archive that is downloaded and used without a check."""

from __future__ import annotations

from collections.abc import Iterator

from hardening.model import Confidence, Finding, Fix, Severity, unknown
from hardening.rules.frame import Example, Rule
from hardening.rules.support_downloads import (
    Fetched,
    fetched,
    is_verified,
    unpacker_of,
    user_of,
    verification,
)
from hardening.rules.support_fixes import literal, unconditional
from hardening.subject import Subject

rule = Rule(
    title="Verify downloads before they are used",
    severity=Severity.MEDIUM,
    why="The server, or whoever stands in between, decides what is unpacked or run; without a "
    "checksum or signature a changed file goes unnoticed into every image.",
    references=("https://docs.docker.com/build/building/best-practices/#run",),
    aliases=("cis-docker:4.11",),
    confidence=Confidence.MEDIUM,
    bad=(
        Example("FROM debian:13\nRUN curl -fsSL https://example.com/tool.tgz | tar -xz -C /opt\n"),
        Example(
            "FROM debian:13\nRUN curl -fsSL -o /tmp/tool.tgz https://example.com/tool.tgz "
            "&& tar -xzf /tmp/tool.tgz -C /opt && rm /tmp/tool.tgz\n",
            "FROM debian:13\nARG TOOL_TGZ_SHA256\n"
            "RUN curl -fsSL -o /tmp/tool.tgz https://example.com/tool.tgz "
            '&& echo "${TOOL_TGZ_SHA256}  /tmp/tool.tgz" | sha256sum -c - '
            "&& tar -xzf /tmp/tool.tgz -C /opt && rm /tmp/tool.tgz\n",
        ),
        Example(
            "FROM debian:13\nRUN curl -fsSLo /t.tgz https://example.com/t.tgz && "
            "gpg --import /keys && tar -xf /t.tgz -C /opt\n",
            "FROM debian:13\nARG T_TGZ_SHA256\nRUN curl -fsSLo /t.tgz https://example.com/t.tgz && "
            'echo "${T_TGZ_SHA256}  /t.tgz" | sha256sum -c - && '
            "gpg --import /keys && tar -xf /t.tgz -C /opt\n",
            note="to import a key checks nothing",
        ),
        Example(
            "FROM debian:13\nRUN wget -q https://example.com/tool -O /usr/local/bin/tool \\\n"
            "    && chmod +x /usr/local/bin/tool\n",
            "FROM debian:13\nARG TOOL_SHA256\n"
            "RUN wget -q https://example.com/tool -O /usr/local/bin/tool "
            '&& echo "${TOOL_SHA256}  /usr/local/bin/tool" | sha256sum -c - \\\n'
            "    && chmod +x /usr/local/bin/tool\n",
        ),
    ),
    good=(
        Example(
            "FROM debian:13\nENV TOOL_COMMIT 37498f009d8bf25fbb6199e8ccd34bed84f2874b\n"
            "RUN wget -O /bin/tool https://example.com/tool/${TOOL_COMMIT}/tool && "
            "chmod +x /bin/tool\n",
            note="a commit cannot become another one",
        ),
        Example(
            "FROM debian:13\nARG TOOL_SHA256=abc\n"
            "RUN curl -fsSL -o /tmp/tool.tgz https://example.com/tool.tgz "
            '&& echo "$TOOL_SHA256 */tmp/tool.tgz" | sha256sum -c - && tar -xzf /tmp/tool.tgz\n'
        ),
        Example(
            "FROM debian:13\nRUN curl -fsSL -o t.tgz https://example.com/t.tgz "
            "&& gpg --batch --verify t.tgz.asc t.tgz && tar -xzf t.tgz\n"
        ),
        Example("FROM debian:13\nRUN curl -fsSL https://example.com/health -o /dev/null\n"),
        Example("FROM debian:13\nRUN curl -fsSL -o /srv/data.json https://example.com/data.json\n"),
    ),
)


@rule.check
def find(subject: Subject) -> Iterator[Finding]:
    for one in fetched(subject):
        if one.download.piped_into is not None or is_verified(one):
            continue
        user = user_of(one) or unpacker_of(one)
        if user is None:
            continue
        use = "made a program" if user.name == "chmod" else f"given to {user.name}"
        yield rule.finding(
            subject,
            f"{one.address} is downloaded and {use} without being checked",
            at=one.download.command.span,
            about=one.address.rpartition("://")[2],
            fixes=tuple(_fixes(subject, one)),
            severity=None if one.run.shipped and one.download.output else Severity.LOW,
            tip="Take the SHA-256 from the publisher and compare it with sha256sum -c",
        )


def _fixes(subject: Subject, one: Fetched) -> Iterator[Fix]:
    command, output = one.download.command, one.download.output
    if output is None or "$(" in output or one.run.placed.deferred or command.pipeline_length > 1:
        return
    name, edits = verification(subject, one, output)
    yield Fix(
        "verify-download",
        "Compare the file with a SHA-256",
        edits,
        (
            literal(command),
            unconditional(command),
            unknown("The publisher's SHA-256 is at hand", "It is not in the Dockerfile"),
        ),
        f"The build needs --build-arg {name}=<sha256 from the publisher> and stops when the "
        f"file is "
        "another one.",
    )
