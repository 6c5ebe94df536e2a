"""A file with credentials copied into the image."""

from __future__ import annotations

from collections.abc import Iterator

from hardening.model import Confidence, Evidence, Finding, Fix, Severity
from hardening.rewrites.secret_file import mount_instead_of_copy
from hardening.rules.frame import Example, Rule
from hardening.rules.support_copy import Transfer, transfers
from hardening.rules.support_credentials import caught_credentials, named_credentials
from hardening.rules.support_ignore import ignore_fix
from hardening.subject import Subject

rule = Rule(
    title="Do not copy files with credentials into the image",
    severity=Severity.HIGH,
    why="A copied key, .env or .npmrc can be taken out of its layer by everybody who has the "
    "image, "
    "also when a later instruction deletes it.",
    references=("https://docs.docker.com/build/building/secrets/",),
    aliases=("trivy:DS-0031", "cis-docker:4.10"),
    bad=(
        Example(
            "FROM node:24\nWORKDIR /srv\nCOPY .npmrc /root/.npmrc\nCOPY package.json ./\n"
            "RUN npm ci\nCOPY server.js ./\n",
            "# syntax=docker/dockerfile:1\nFROM node:24\nWORKDIR /srv\nCOPY package.json ./\n"
            "RUN --mount=type=secret,id=npmrc,target=/root/.npmrc,required=true npm ci\n"
            "COPY server.js ./\n",
            note="the package manager gets the file for one RUN only",
        ),
        Example(
            "FROM alpine:3.22\nCOPY . /srv\n",
            "FROM alpine:3.22\nCOPY . /srv\n",
            files={
                ".dockerignore": "*.log\n",
                "deploy/.netrc": "machine a login b password hunter42\n",
                "app.sh": "true\n",
            },
            files_after={".dockerignore": "*.log\ndeploy/.netrc\n"},
            note="caught in a copy of the whole context",
        ),
        Example(
            "# syntax=docker/dockerfile:1\nFROM python:3.13\nCOPY pip.conf /etc/pip.conf\n"
            "RUN pip install flask\nRUN rm /etc/pip.conf\n",
            "# syntax=docker/dockerfile:1\nFROM python:3.13\n"
            "RUN --mount=type=secret,id=pip,target=/etc/pip.conf,required=true pip install flask\n",
            files={"pip.conf": "[global]\nindex-url = https://ci:s3cretpw9@r.example/simple\n"},
            note="its content decides; the RUN that deleted it goes with it",
        ),
        Example("FROM alpine:3.22\nCOPY id_rsa /root/.ssh/id_rsa\n"),
    ),
    good=(
        Example(
            "FROM node:24\nCOPY .npmrc /root/\nRUN npm ci\n",
            files={".npmrc": "registry=https://registry.example/\n"},
            note="no credentials in it",
        ),
        Example(
            "FROM python:3.13\nCOPY pip.conf /etc/pip.conf\nRUN pip install flask\n",
            files={"pip.conf": "[global]\nindex-url = https://r.example/simple\n"},
        ),
        Example("FROM alpine:3.22\nCOPY .env.example /srv/\n"),
        Example("FROM alpine:3.22\nCOPY --from=build /srv/.env /srv/\n"),
    ),
)


@rule.check
def find(subject: Subject) -> Iterator[Finding]:
    context = subject.context
    for one in transfers(subject):
        named = named_credentials(one, context)
        caught = () if context is None else caught_credentials(one, context)
        paths = (*named, *(path for path in caught if path not in named))
        if not paths:
            continue
        more = f" and {len(paths) - 1} more" if len(paths) > 1 else ""
        yield rule.finding(
            subject,
            f"{paths[0]}{more} is copied into the image",
            at=one.instruction,
            about=paths[0],
            fixes=tuple(_fixes(subject, one, named, caught)),
            evidence=(Evidence(f"{path} usually holds credentials") for path in paths[:10]),
            severity=None if one.placed.shipped else Severity.MEDIUM,
            confidence=Confidence.HIGH if caught else Confidence.MEDIUM,
            tip="Give it to the RUN that needs it: --mount=type=secret or --mount=type=ssh; what "
            "the program needs at run time is mounted when the container starts",
        )


def _fixes(
    subject: Subject, one: Transfer, named: tuple[str, ...], caught: tuple[str, ...]
) -> Iterator[Fix]:
    if named:
        fix = mount_instead_of_copy(subject, one.instruction, one.local)
        if fix is not None:
            yield fix
    elif caught and subject.context is not None:
        yield ignore_fix(
            subject,
            subject.context,
            caught,
            name="ignore-files",
            title="Leave these files out of the build context",
        )
