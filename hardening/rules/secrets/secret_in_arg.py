"""A secret in a build argument."""

from __future__ import annotations

from collections.abc import Iterator

from hardening.model import Evidence, Finding, Severity
from hardening.rewrites.secret_mount import MAX_FIXES, variable_to_mount
from hardening.rules.frame import Example, Rule
from hardening.rules.support import facts
from hardening.rules.support_scripts import script_readers
from hardening.rules.support_secrets import config_places, secret_variables, severity_of
from hardening.subject import Subject

rule = Rule(
    title="Keep secrets out of build arguments",
    severity=Severity.MEDIUM,
    why="The value of a build argument is written into the history of every layer that a RUN "
    "makes, "
    "and into build provenance: docker history shows it to everybody who has the image.",
    references=(
        "https://docs.docker.com/reference/build-checks/secrets-used-in-arg-or-env/",
        "https://docs.docker.com/build/building/secrets/",
    ),
    aliases=(
        "buildkit:SecretsUsedInArgOrEnv",
        "hadolint:DL3064",
        "trivy:DS-0031",
        "tally:secrets-in-arg-or-env",
        "cis-docker:4.10",
    ),
    bad=(
        Example(
            "FROM node:24\nARG NPM_TOKEN\n"
            'RUN echo "//registry.example/:_authToken=${NPM_TOKEN}" > .npmrc && npm ci && rm '
            ".npmrc\n",
            "# syntax=docker/dockerfile:1\nFROM node:24\n"
            "RUN --mount=type=secret,id=NPM_TOKEN,env=NPM_TOKEN,required=true "
            'echo "//registry.example/:_authToken=${NPM_TOKEN}" > .npmrc && npm ci && rm .npmrc\n',
        ),
        Example(
            "# syntax=docker/dockerfile:1.4\nARG GIT_TOKEN\nFROM alpine:3.22\nARG GIT_TOKEN\n"
            "RUN git clone https://x:$GIT_TOKEN@git.example/a\n",
            "# syntax=docker/dockerfile:1\nFROM alpine:3.22\n"
            "RUN --mount=type=secret,id=GIT_TOKEN,env=GIT_TOKEN,required=true "
            "git clone https://x:$GIT_TOKEN@git.example/a\n",
            note="declared before FROM too; the frontend is too old for env=",
        ),
        Example(
            "FROM alpine:3.22\nARG API_KEY\nLABEL key=$API_KEY\n",
            note="another instruction needs it: no patch",
        ),
    ),
    good=(
        Example("FROM node:24\nARG NODE_ENV=production\nARG PUBLIC_KEY\nARG KEY_ID=3\n"),
        Example("FROM node:24\nRUN --mount=type=secret,id=npm,env=NPM_TOKEN npm ci\n"),
    ),
)


@rule.check
def find(subject: Subject) -> Iterator[Finding]:
    dockerfile = facts(subject).dockerfile
    declared = secret_variables(subject, "ENV")
    for number, (name, variables) in enumerate(secret_variables(subject, "ARG").items()):
        if name in declared:
            continue
        readers = script_readers(subject, name) if number < MAX_FIXES else ()
        fix = variable_to_mount(subject, name, readers=readers) if number < MAX_FIXES else None
        first = variables[0]
        secrets = [one.secret for one in variables if one.secret is not None]
        yield rule.finding(
            subject,
            f"Build argument {name} passes a secret, which stays in the image's history",
            at=first.span,
            about=name,
            also=(
                *(dockerfile.place(one.span) for one in variables[1:]),
                *config_places(subject, (one.sha256 for one in secrets)),
            ),
            fixes=() if fix is None else (fix,),
            evidence=tuple(Evidence(f"{one.title}: {one.masked}") for one in secrets),
            severity=severity_of(variables),
            tip="Use RUN --mount=type=secret, and change a secret that was passed already",
        )
