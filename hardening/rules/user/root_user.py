"""The container that ships starts as root."""

from __future__ import annotations

from collections.abc import Iterator

from hardening.model import ConfigPlace, Finding, Severity
from hardening.rewrites.non_root_user import non_root_user
from hardening.rules.frame import Example, Need, Rule
from hardening.rules.support_profile import judges_everything
from hardening.rules.support_root import is_left_to_derivers, judge_root
from hardening.runtime.start import start_of
from hardening.subject import Subject

_NEEDS: frozenset[Need] = frozenset()

rule = Rule(
    title="Run as an unprivileged user",
    severity=Severity.HIGH,
    why=(
        "Whoever takes over a process that runs as root owns every file of the container, may use "
        "all its capabilities, and stands one kernel or runtime bug away from root on the host."
    ),
    references=(
        "https://docs.docker.com/reference/dockerfile/#user",
        "https://docs.docker.com/build/building/best-practices/#user",
    ),
    aliases=(
        "hadolint:DL3002",
        "trivy:DS-0002",
        "dockle:CIS-DI-0001",
        "checkov:CKV_DOCKER_3",
        "checkov:CKV_DOCKER_8",
        "kics:missing_user_instruction",
        "kics:last_user_is_root",
        "slim:ID.20017",
        "parfum:DL3002",
        "cis-docker:4.1",
    ),
    needs=_NEEDS,
    bad=(
        Example(
            'FROM debian:12-slim\nWORKDIR /app\nCOPY server /app/\nCMD ["/app/server"]\n',
            after=(
                "FROM debian:12-slim\nWORKDIR /app\nCOPY server /app/\n"
                "RUN groupadd --gid 10001 app \\\n"
                "    && useradd --uid 10001 --gid 10001 --no-log-init --create-home "
                "--shell /usr/sbin/nologin app \\\n"
                "    && install -d -o 10001 -g 10001 /app\n"
                'USER 10001:10001\nCMD ["/app/server"]\n'
            ),
            files={"server": "x"},
            note="Debian: groupadd and useradd, the working folder is given away",
            findings=1,
        ),
        Example(
            'FROM node:20-alpine\nCOPY app.js /srv/\nUSER root\nCMD ["node", "/srv/app.js"]\n',
            after="FROM node:20-alpine\nCOPY app.js /srv/\nUSER 1000:1000\n"
            'CMD ["node", "/srv/app.js"]\n',
            files={"app.js": "x"},
            note="The node image brings an account",
        ),
        Example(
            "FROM golang:1.22 AS build\nRUN go build -o /app .\nFROM scratch\n"
            'COPY --from=build /app /app\nENTRYPOINT ["/app"]\n',
            after="FROM golang:1.22 AS build\nRUN go build -o /app .\nFROM scratch\n"
            'COPY --from=build /app /app\nUSER 65532:65532\nENTRYPOINT ["/app"]\n',
            note="Only the stage that ships is judged; a number needs no account",
        ),
    ),
    good=(
        Example("FROM debian:12-slim\nUSER 1000:1000\n"),
        Example("FROM debian:12-slim AS base\nUSER 1000:1000\nFROM base\nRUN echo\n"),
        Example("FROM registry.example/distroless/static-debian12:nonroot\n"),
        Example("FROM debian:12 AS build\nUSER root\nRUN make\nFROM scratch\nUSER 1:1\n"),
        Example("FROM mcr.example/windows/servercore:ltsc2022\nRUN dir\n", note="Windows"),
        Example(
            'FROM debian:13\nRUN apt-get install -y lua\nCMD ["lua"]\n',
            note="a language to build on: who derives from it sets the user; profile all tells it",
        ),
    ),
)


@rule.check
def find(subject: Subject) -> Iterator[Finding]:
    start = start_of(subject)
    if start.is_windows or not start.user.root:
        return
    if start.final is None:
        if subject.dockerfile is None and subject.image is not None:
            message = f"The image starts as root: {start.user.evidence}"
            tip = "Open its Dockerfile too, and add a USER line with a number."
            yield rule.finding(subject, message, at=ConfigPlace("User"), about="image", tip=tip)
        return
    if start.base is None and start.user.instruction is None:
        return
    if is_left_to_derivers(start) and not judges_everything(subject):
        return
    fix = non_root_user(subject)
    judged = judge_root(start)
    yield rule.finding(
        subject,
        judged.message,
        at=start.user.instruction or start.final,
        about="root",
        severity=judged.severity,
        confidence=judged.confidence,
        fixes=() if fix is None else (fix,),
        tip="Add a USER line with a number at the end of the last stage.",
    )
