"""A secret written into a RUN."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from hardening.dockerfile.model import Instruction
from hardening.model import Evidence, Finding, Severity, Span
from hardening.rewrites.secret_mount import literal_to_mount
from hardening.rules.frame import Example, Rule
from hardening.rules.support import Placed, facts
from hardening.rules.support_secrets import (
    TEMPLATE,
    config_places,
    lowered,
    passwords,
    secrets_in,
)
from hardening.secrets.mask import identity
from hardening.secrets.model import Secret
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
    dockerfile = facts(subject).dockerfile
    for placed in facts(subject).all("RUN"):
        groups: dict[str, _Group] = {}
        for secret, span in secrets_in(dockerfile, placed.instruction):
            if secret.demoted != TEMPLATE and "$" not in span.slice(dockerfile.text):
                groups.setdefault(span.slice(dockerfile.text), _Group(secret, "", [])).add(span)
        taken = [span for group in groups.values() for span in group.spans]
        script = placed.instruction.shell
        for command in script.commands if script is not None else ():
            for password in passwords(command):
                span = password.span
                if any(one.start < span.end and span.start < one.end for one in taken):
                    continue
                text = span.slice(dockerfile.text)
                groups.setdefault(text, _Group(None, password.option, [])).add(span)
        for group in groups.values():
            yield _finding(subject, placed, group)


@dataclass
class _Group:
    """One value and every place where a RUN has it."""

    secret: Secret | None
    option: str
    spans: list[Span]

    def add(self, span: Span) -> None:
        if span not in self.spans:
            self.spans.append(span)


def _finding(subject: Subject, placed: Placed, group: _Group) -> Finding:
    instruction, secret = placed.instruction, group.secret
    dockerfile = facts(subject).dockerfile
    if secret is not None:
        what, shown = secret.title, f"{secret.title}: {secret.masked}"
        level = Severity.LOW if secret.demoted else max(secret.severity, Severity.MEDIUM)
        if secret.demoted:
            shown += f", probably none: {secret.demoted}"
    else:
        what, shown = f"A password after {group.option}", f"{group.option} ••••"
        level = Severity.HIGH
    name = _name(subject, instruction, secret)
    fix = literal_to_mount(subject, instruction, tuple(group.spans), name)
    value = group.spans[0].slice(dockerfile.text).encode("utf-8", "surrogateescape")
    return rule.finding(
        subject,
        f"{what} is written into a RUN",
        at=group.spans[0],
        about=identity(value)[:12],
        also=(
            *(dockerfile.place(span) for span in group.spans[1:]),
            *config_places(subject, (identity(value),)),
        ),
        fixes=() if fix is None or placed.deferred else (fix,),
        evidence=(Evidence(shown),),
        severity=level if placed.shipped else lowered(level),
        tip="Change the secret, then give it to the RUN with --mount=type=secret",
    )


def _name(subject: Subject, instruction: Instruction, secret: Secret | None) -> str:
    """A name for the mounted variable that the RUN does not use yet."""
    rule_name = secret.rule if secret is not None else "password"
    generic = rule_name in ("password-in-address", "secret-setting", "curl-user")
    base = "PASSWORD" if generic else re.sub(r"[^A-Z0-9]+", "_", rule_name.upper()).strip("_")
    if base[:1].isdigit():
        base = f"KEY_{base}"
    text = instruction.span.slice(facts(subject).dockerfile.text)
    name, number = base, 2
    while re.search(rf"\b{name}\b", text):
        name, number = f"{base}_{number}", number + 1
    return name
