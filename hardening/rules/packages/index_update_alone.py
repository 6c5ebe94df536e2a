"""A package index fetched in a RUN of its own."""

from __future__ import annotations

from collections.abc import Iterator

from hardening.model import Finding, Severity
from hardening.rules.frame import Example, Rule
from hardening.rules.support import facts
from hardening.rules.support_indexes import INDEX, KEPT, is_alone, merge_with_install
from hardening.subject import Subject

rule = Rule(
    title="Fetch the package index in the RUN that installs",
    severity=Severity.MEDIUM,
    why="The builder caches the update on its own: the next build installs from an index that is "
    "days or months old, so security updates are missed or the packages are gone.",
    references=("https://docs.docker.com/build/building/best-practices/#apt-get",),
    aliases=(
        "trivy:DS-0017",
        "dockle:CIS-DI-0007",
        "checkov:CKV_DOCKER_5",
        "kics:update_instruction_alone",
        "parfum:aptGetUpdatePrecedesInstall",
        "cis-docker:4.7",
    ),
    bad=(
        Example(
            "FROM debian:13\nRUN apt-get update\n"
            "RUN apt-get install -y --no-install-recommends curl "
            "&& rm -rf /var/lib/apt/lists/*\n",
            "FROM debian:13\nRUN apt-get update && \\\n"
            "    apt-get install -y --no-install-recommends "
            "curl && rm -rf /var/lib/apt/lists/*\n",
        ),
        Example(
            "FROM debian:13\nRUN apt-get update\nWORKDIR /app\nRUN apt-get install -y curl\n",
            note="something stands between: no fix",
        ),
        Example("FROM debian:13\nRUN apt-get install -y curl; apt-get update\n", note="too late"),
        Example(
            "FROM alpine:3.24\nRUN apk update\nRUN apk add --no-cache curl\n",
            "FROM alpine:3.24\nRUN apk update && \\\n    apk add --no-cache curl\n",
        ),
    ),
    good=(
        Example("FROM debian:13\nRUN apt-get update && apt-get install -y curl\n"),
        Example("FROM debian:13\nRUN apt-get update; apt-get -y upgrade\n"),
        Example("FROM fedora:44\nRUN dnf update -y\n", note="dnf update upgrades packages"),
        Example(
            "FROM debian:13\nRUN <<EOF\napt-get update\napt-get install -y curl\nEOF\n",
        ),
        Example(
            "FROM debian:13\nRUN --mount=type=cache,target=/var/lib/apt apt-get update\n",
            note="the index is not in the layer",
        ),
        Example(
            "FROM debian:13\nRUN apt-get update && ./install-everything.sh\n",
            note="a script may install",
        ),
    ),
)


@rule.check
def find(subject: Subject) -> Iterator[Finding]:
    known = facts(subject)
    for run, call in known.calls(*INDEX):
        if call.verb not in INDEX[call.manager] or run.is_volatile(KEPT[call.manager]):
            continue
        if not is_alone(run, call):
            continue
        yield rule.finding(
            subject,
            f"{call.written} stands in a RUN of its own: later builds install from an old index",
            at=call.command.span,
            about=f"{call.manager} {call.verb}",
            fixes=tuple(merge_with_install(known, run, call)),
            tip="Join it with the install by && in one RUN",
        )
