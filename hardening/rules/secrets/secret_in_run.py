"""A secret written into a RUN."""

from __future__ import annotations

from collections.abc import Iterator

from hardening.model import Evidence, Finding, Severity
from hardening.rewrites.secret_mount import literal_to_mount
from hardening.rules.frame import Example, Rule
from hardening.rules.support import Placed, facts
from hardening.rules.support_run_secrets import Value, free_name, values_in
from hardening.rules.support_secrets import config_places, lowered
from hardening.secrets.mask import identity
from hardening.subject import Subject

rule = Rule(
    title="Keep secrets out of RUN",
    severity=Severity.HIGH,
    why="The text of every RUN is in the image's history and in the repository: whoever has either "
    "has the secret.",
    references=("https://docs.docker.com/build/building/secrets/",),
    aliases=("trivy:DS-0031", "tally:secrets-in-code", "cis-docker:4.10"),
    bad=(
        Example(
            "# syntax=docker/dockerfile:1.12\nFROM alpine:3.22\n"
            "RUN git clone https://bob:s3cretpw9@git.example/a.git\n",
            "# syntax=docker/dockerfile:1.12\nFROM alpine:3.22\n"
            "RUN --mount=type=secret,id=PASSWORD,env=PASSWORD,required=true "
            "git clone https://bob:${PASSWORD}@git.example/a.git\n",
        ),
        Example(
            "FROM alpine:3.22\nRUN curl -fsS -u bob:s3cretpw9 https://api.example/data -o /data\n",
            "# syntax=docker/dockerfile:1\nFROM alpine:3.22\n"
            "RUN --mount=type=secret,id=PASSWORD,env=PASSWORD,required=true "
            "curl -fsS -u bob:${PASSWORD} https://api.example/data -o /data\n",
        ),
        Example(
            "FROM alpine:3.22\nRUN mysql -uroot -ps3cretpw9 < /schema.sql\n",
            "# syntax=docker/dockerfile:1\nFROM alpine:3.22\n"
            "RUN --mount=type=secret,id=PASSWORD,env=PASSWORD,required=true "
            "mysql -uroot -p${PASSWORD} < /schema.sql\n",
        ),
        Example(
            "FROM alpine:3.22\nRUN curl -H 'Authorization: Bearer "
            "Zx81kQ0pLm37VbN2Lw5t' "
            "https://api.example/\n",
            note="single quotes: the shell would not expand a variable there",
        ),
        Example(
            'FROM alpine:3.22\nRUN ["mysql", "-uroot", "-ps3cretpw9", "-e", "select 1"]\n',
            note="exec form: no shell expands a variable there",
        ),
        Example(
            "FROM docker:29\nRUN echo s3cretpw9 | docker login -u bob --password-stdin r.example\n",
            "# syntax=docker/dockerfile:1\nFROM docker:29\n"
            "RUN --mount=type=secret,id=PASSWORD,env=PASSWORD,required=true "
            "echo ${PASSWORD} | docker login -u bob --password-stdin r.example\n",
        ),
    ),
    good=(
        Example("FROM alpine:3.22\nRUN git clone https://bob:$PASSWORD@git.example/a.git\n"),
        Example(
            'FROM alpine:3.22\nRUN curl -u bob:"$(cat /run/secrets/pw)" https://api.example/\n'
        ),
        Example("FROM alpine:3.22\nRUN mysql -uroot -p < /schema.sql\n"),
    ),
)


@rule.check
def find(subject: Subject) -> Iterator[Finding]:
    for placed in facts(subject).all("RUN"):
        for value in values_in(facts(subject).dockerfile, placed.instruction):
            yield _finding(subject, placed, value)


def _finding(subject: Subject, placed: Placed, value: Value) -> Finding:
    instruction, secret = placed.instruction, value.secret
    dockerfile = facts(subject).dockerfile
    if secret is not None:
        what, shown = secret.title, f"{secret.title}: {secret.masked}"
        level = Severity.LOW if secret.demoted else max(secret.severity, Severity.MEDIUM)
        if secret.demoted:
            shown += f", probably none: {secret.demoted}"
    else:
        what, shown = f"A password after {value.option}", f"{value.option} ••••"
        level = Severity.LOW if value.demoted else Severity.HIGH
        shown += f", probably none: {value.demoted}" if value.demoted else ""
    name = free_name(dockerfile, instruction, secret)
    fix = literal_to_mount(subject, instruction, tuple(value.spans), name)
    text = value.spans[0].slice(dockerfile.text).encode("utf-8", "surrogateescape")
    return rule.finding(
        subject,
        f"{what} is written into a RUN",
        at=value.spans[0],
        about=identity(text)[:12],
        also=(
            *(dockerfile.place(span) for span in value.spans[1:]),
            *config_places(subject, (identity(text),)),
        ),
        fixes=() if fix is None or placed.deferred else (fix,),
        evidence=(Evidence(shown),),
        severity=level if placed.shipped else lowered(level),
        tip="Change the secret, then give it to the RUN with --mount=type=secret",
    )
