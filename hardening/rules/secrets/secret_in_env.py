"""A secret in ENV."""

from __future__ import annotations

from collections.abc import Iterator

from hardening.model import ConfigPlace, Evidence, Finding, Place, Severity
from hardening.rewrites.secret_mount import MAX_FIXES, variable_to_mount
from hardening.rules.frame import Example, Rule
from hardening.rules.support import facts
from hardening.rules.support_scripts import script_readers
from hardening.rules.support_secrets import Variable, config_places, secret_variables, severity_of
from hardening.subject import Subject

rule = Rule(
    title="Keep secrets out of ENV",
    severity=Severity.HIGH,
    why="ENV is stored in the image's configuration: everybody who can pull the image reads "
    "it with "
    "docker inspect, and every process of the container inherits it.",
    references=(
        "https://docs.docker.com/reference/build-checks/secrets-used-in-arg-or-env/",
        "https://docs.docker.com/build/building/secrets/",
    ),
    aliases=(
        "buildkit:SecretsUsedInArgOrEnv",
        "hadolint:DL3064",
        "trivy:DS-0031",
        "dockle:CIS-DI-0010",
        "tally:secrets-in-arg-or-env",
        "cis-docker:4.10",
    ),
    bad=(
        Example(
            'FROM node:24\nENV NPM_TOKEN=hunter42hunter42\nRUN npm ci\nCMD ["node", "a.js"]\n',
            "# syntax=docker/dockerfile:1\nFROM node:24\n"
            "RUN --mount=type=secret,id=NPM_TOKEN,env=NPM_TOKEN,required=true npm ci\n"
            'CMD ["node", "a.js"]\n',
            note="the RUN that reads it is found by its program: review",
        ),
        Example(
            "# syntax=docker/dockerfile:1.12\nFROM debian:13\n"
            "ENV LANG=C.UTF-8 \\\n    API_TOKEN=hunter42hunter42\n"
            'RUN curl -H "X-Token: $API_TOKEN" https://api.example/data\n',
            "# syntax=docker/dockerfile:1.12\nFROM debian:13\n"
            "ENV LANG=C.UTF-8\n"
            "RUN --mount=type=secret,id=API_TOKEN,env=API_TOKEN,required=true "
            'curl -H "X-Token: $API_TOKEN" https://api.example/data\n',
            note="the other variable stays",
        ),
        Example(
            "FROM postgres:18\nENV POSTGRES_PASSWORD=hunter42\n",
            "FROM postgres:18\n",
            note="no RUN needs it: it belongs to the start of the container",
        ),
    ),
    good=(
        Example(
            "FROM node:24\nENV NODE_ENV=production TOKEN_TTL=3600 PASSWORD_FILE=/run/secrets/p\n"
        ),
        Example(
            "FROM python:3.13\nENV GPG_KEY=A035C8C19219BA821ECEA86B64E628F8D684696D\n",
            note="the fingerprint of a public key",
        ),
        Example(
            "# syntax=docker/dockerfile:1.12\nFROM node:24\n"
            "RUN --mount=type=secret,id=NPM_TOKEN,env=NPM_TOKEN npm ci\n"
        ),
    ),
)


@rule.check
def find(subject: Subject) -> Iterator[Finding]:
    for number, (name, variables) in enumerate(secret_variables(subject, "ENV").items()):
        readers = script_readers(subject, name) if number < MAX_FIXES else ()
        fix = variable_to_mount(subject, name, readers=readers) if number < MAX_FIXES else None
        first = variables[0]
        kind = next((one.secret.title for one in variables if _speaks(one) and one.secret), None)
        what = (
            f"ENV {name} holds a secret ({kind})" if kind else f"ENV {name} is named like a secret"
        )
        yield rule.finding(
            subject,
            what,
            at=first.span,
            about=name,
            also=tuple(_others(subject, name, variables)),
            fixes=() if fix is None else (fix,),
            evidence=tuple(_evidence(variables)),
            severity=severity_of(variables),
            tip="Change the secret where it is checked, then give it to the container when "
            "it starts",
        )


def _speaks(one: Variable) -> bool:
    return one.secret is not None and not one.secret.demoted and one.secret.rule != "secret-setting"


def _others(subject: Subject, name: str, variables: list[Variable]) -> Iterator[Place]:
    dockerfile = facts(subject).dockerfile
    for one in variables[1:]:
        yield dockerfile.place(one.span)
    image = subject.image
    if image is not None and any(key == name for key, _ in image.config.env):
        yield ConfigPlace(f"Env.{name}")
    digests = (one.secret.sha256 for one in variables if one.secret is not None)
    for place in config_places(subject, digests):
        if place.key.startswith("history["):
            yield place


def _evidence(variables: list[Variable]) -> Iterator[Evidence]:
    for one in variables:
        if one.secret is not None:
            reason = f", probably none: {one.secret.demoted}" if one.secret.demoted else ""
            yield Evidence(f"{one.secret.title}: {one.secret.masked}{reason}")
