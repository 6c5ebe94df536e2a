"""No HEALTHCHECK."""

from __future__ import annotations

from collections.abc import Iterator

from hardening.dockerfile.model import Stage
from hardening.image.synthetic import FileSketch, ImageSketch, LayerSketch
from hardening.model import Finding, Severity
from hardening.rules.frame import Example, Rule
from hardening.rules.support import facts
from hardening.rules.support_health import healthcheck_fix, known_probe
from hardening.rules.support_profile import judges_everything
from hardening.runtime.base_facts import is_server_by_name
from hardening.runtime.start import start_of
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
            'FROM golang:1.25\nEXPOSE 9000 9001\nCMD ["/app"]\n',
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
        Example('FROM golang:1.25\nCMD ["/migrate"]\n', note="nothing says that it listens"),
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
    service = probe is not None or _listens(subject)
    only_image = not subject.texts
    if not (service or only_image or judges_everything(subject)):
        return
    yield rule.finding(
        subject,
        "The image has no HEALTHCHECK",
        at=final,
        about="HEALTHCHECK",
        fixes=(healthcheck_fix(subject, final, probe),) if probe is not None else (),
        severity=None if service else Severity.INFO,
        tip="Add HEALTHCHECK with a command that asks the service itself, or probes in Kubernetes",
    )


def _listens(subject: Subject) -> bool:
    """True when something says that the container listens. A tool or job that ends needs no
    check, and that of a base would be wrong in whatever is built on it."""
    start = start_of(subject)
    exposes = bool(start.ports) or bool(start.all("EXPOSE"))
    return exposes or (start.base is not None and is_server_by_name(start.base))


def _has_check(subject: Subject, final: Stage) -> bool:
    if any(stage.all("HEALTHCHECK") for stage in facts(subject).dockerfile.chain(final)):
        return True
    check = subject.image.config.healthcheck if subject.image is not None else None
    return check is not None and bool(check.test)
