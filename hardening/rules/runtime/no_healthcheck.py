"""No HEALTHCHECK."""

from __future__ import annotations

import json
from collections.abc import Iterator

from hardening.dockerfile.edits import insert_line_after, insert_line_before
from hardening.dockerfile.model import Stage
from hardening.image.synthetic import FileSketch, ImageSketch, LayerSketch
from hardening.model import Edit, Finding, Fix, Severity, holds, unknown
from hardening.rules.frame import Example, Rule
from hardening.rules.support import facts
from hardening.rules.support_health import Probe, known_probe
from hardening.subject import Subject

_WITH_CURL = ImageSketch(
    layers=(LayerSketch({"usr/bin/curl": FileSketch("x", mode=0o755), "etc/passwd": "x"}),)
)

rule = Rule(
    title="Say how to see that the service is healthy",
    severity=Severity.LOW,
    why="Without HEALTHCHECK the engine only knows that the process is there: a service that hangs "
    "keeps its place and nobody restarts it. Kubernetes uses probes instead.",
    references=("https://docs.docker.com/reference/dockerfile/#healthcheck",),
    aliases=(
        "hadolint:DL3057",
        "trivy:DS-0026",
        "checkov:CKV_DOCKER_2",
        "kics:healthcheck_instruction_missing",
        "dockle:CIS-DI-0006",
        "cis-docker:4.6",
    ),
    bad=(
        Example(
            'FROM golang:1.25\nCMD ["/app"]\n',
            note="nothing tells which address answers: no patch",
        ),
        Example(
            "FROM nginx:1.29\nCOPY site /usr/share/nginx/html\n",
            "FROM nginx:1.29\nCOPY site /usr/share/nginx/html\n"
            'HEALTHCHECK CMD ["curl", "-fsS", "-o", "/dev/null", "http://127.0.0.1:80/"]\n',
            image=_WITH_CURL,
            note="a web server that answers at / and a probe program in the image",
        ),
        Example(
            'FROM python:3.13-slim\nCOPY app.py /\nEXPOSE 8000\nCMD ["python", "/app.py"]\n',
            "FROM python:3.13-slim\nCOPY app.py /\nEXPOSE 8000\n"
            'HEALTHCHECK CMD ["python", "-c", "import urllib.request as r; '
            "r.urlopen('http://127.0.0.1:8000/healthz', timeout=3)\"]\n"
            'CMD ["python", "/app.py"]\n',
            files={"app.py": "@app.get('/healthz')\ndef health(): return 'ok'\n"},
            note="the source names a route",
        ),
    ),
    good=(
        Example("FROM node:24\nHEALTHCHECK CMD node health.js\n"),
        Example("FROM node:24\nHEALTHCHECK NONE\n", note="switched off on purpose"),
        Example("FROM node:24 AS base\nHEALTHCHECK CMD node health.js\nFROM base\nRUN true\n"),
        Example(
            "FROM node:24\nRUN true\n",
            image=ImageSketch(layers=(LayerSketch({"a": "b"}),), healthcheck=("CMD", "node", "h")),
            note="it comes with the base image",
        ),
    ),
)


@rule.check
def find(subject: Subject) -> Iterator[Finding]:
    final = facts(subject).dockerfile.final_stage
    if final is None or _has_check(subject, final):
        return
    probe = known_probe(subject, final)
    yield rule.finding(
        subject,
        "The image has no HEALTHCHECK",
        at=final,
        about="HEALTHCHECK",
        fixes=(_fix(subject, final, probe),) if probe is not None else (),
        severity=None if _is_service(subject, final) else Severity.INFO,
        tip="Add HEALTHCHECK with a command that asks the service itself, or probes in Kubernetes",
    )


def _is_service(subject: Subject, final: Stage) -> bool:
    """True when something says that the container listens: a tool that ends needs no check."""
    if any(stage.all("EXPOSE") for stage in facts(subject).dockerfile.chain(final)):
        return True
    return subject.image is not None and bool(subject.image.config.exposed_ports)


def _has_check(subject: Subject, final: Stage) -> bool:
    if any(stage.all("HEALTHCHECK") for stage in facts(subject).dockerfile.chain(final)):
        return True
    check = subject.image.config.healthcheck if subject.image is not None else None
    return check is not None and bool(check.test)


def _fix(subject: Subject, final: Stage, probe: Probe) -> Fix:
    program = f"{probe.command[0]} is in the image"
    return Fix(
        "add-healthcheck",
        f"Ask {probe.address}",
        (_edit(subject, final, f"HEALTHCHECK CMD {json.dumps(list(probe.command))}"),),
        (
            holds(program, "Known from the image or its base")
            if probe.tool_found
            else unknown(program, "The files of the image are not known"),
            unknown(f"{probe.address} answers when the service is well", probe.evidence),
        ),
        "docker ps shows healthy or unhealthy, and an orchestrator can replace the container.",
    )


def _edit(subject: Subject, final: Stage, line: str) -> Edit:
    dockerfile = facts(subject).dockerfile
    start = min(final.all("CMD", "ENTRYPOINT"), key=lambda one: one.span.start, default=None)
    if start is not None:
        return insert_line_before(dockerfile, start, line)
    last = final.instructions[-1] if final.instructions else final.origin
    return insert_line_after(dockerfile, last, line)
