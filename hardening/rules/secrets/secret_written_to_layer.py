"""A secret that a RUN gets safely, or not, and then writes into a file of the layer."""

from __future__ import annotations

import re
from collections.abc import Iterator

from hardening.dockerfile.shell_model import Command
from hardening.model import Finding, Fix, Severity, unknown
from hardening.rules.frame import Example, Rule
from hardening.rules.support import Run, facts
from hardening.rules.support_fixes import append_command
from hardening.rules.support_secret_writes import secret_of, where_written
from hardening.rules.support_secrets import lowered
from hardening.subject import Subject

rule = Rule(
    title="Do not write a secret into a layer",
    severity=Severity.HIGH,
    why="A mounted secret is gone after the RUN, a copy of it in .npmrc, .gitconfig or "
    ".netrc is not: "
    "it stays in the layer, where whoever has the image reads it.",
    references=("https://docs.docker.com/build/building/secrets/",),
    aliases=("cis-docker:4.10",),
    bad=(
        Example(
            "FROM node:24\nRUN --mount=type=secret,id=NPM_TOKEN,env=NPM_TOKEN \\\n"
            '    echo "//registry.example/:_authToken=${NPM_TOKEN}" > .npmrc && npm ci\n',
            "FROM node:24\nRUN --mount=type=secret,id=NPM_TOKEN,env=NPM_TOKEN \\\n"
            '    echo "//registry.example/:_authToken=${NPM_TOKEN}" > .npmrc && npm ci '
            "&& rm -f .npmrc\n",
        ),
        Example(
            "FROM alpine:3.22\nARG GIT_TOKEN\nRUN git config --global "
            "url.https://x:${GIT_TOKEN}@git.example/.insteadOf https://git.example/\n"
        ),
        Example("FROM alpine:3.22\nRUN echo $(cat /run/secrets/pw) | tee /etc/app.conf\n"),
    ),
    good=(
        Example(
            "FROM node:24\nRUN --mount=type=secret,id=NPM_TOKEN,env=NPM_TOKEN \\\n"
            '    echo "//registry.example/:_authToken=${NPM_TOKEN}" > .npmrc && npm ci '
            "&& rm -f .npmrc\n"
        ),
        Example("FROM node:24\nRUN --mount=type=secret,id=npmrc,target=/root/.npmrc npm ci\n"),
        Example(
            "FROM node:24\nRUN echo '//registry.example/:_authToken=${NPM_TOKEN}' > .npmrc\n",
            note="in single quotes: npm itself reads the variable",
        ),
        Example("FROM node:24\nRUN echo $TOKEN_TTL > /etc/ttl\n"),
    ),
)


@rule.check
def find(subject: Subject) -> Iterator[Finding]:
    for run in facts(subject).runs:
        seen: set[str] = set()
        for command in run.script.commands:
            name = secret_of(command)
            target = where_written(run, command) if name else None
            if name is None or target is None or name in seen:
                continue
            seen.add(name)
            yield rule.finding(
                subject,
                f"{name} is written into {target}, which stays in the layer",
                at=command.span,
                about=f"{name} {target}",
                fixes=tuple(_fixes(subject, run, command, target)),
                severity=None if run.shipped else lowered(lowered(rule.severity)),
                tip="Mount the file itself (--mount=type=secret,target=...), or delete it in "
                "the same "
                "RUN",
            )


def _fixes(subject: Subject, run: Run, command: Command, target: str) -> Iterator[Fix]:
    """Deletes the file at the end of the RUN, where something used it in between and its place is
    certain."""
    end = max(one.span.end for one in run.script.pipeline_of(command))
    later = any(one.span.start > end for one in run.script.commands)
    moves = bool(run.script.named("cd", "pushd"))
    plain = re.fullmatch(r"[\w./~-]+", target) is not None
    certain = plain and (not moves or target.startswith(("/", "~")))
    if not later or not certain or run.placed.deferred:
        return
    dockerfile = facts(subject).dockerfile
    edit = append_command(dockerfile, run.instruction, run.script, f"rm -f {target}")
    if edit is None:
        return
    yield Fix(
        "remove-file",
        f"End the RUN with rm -f {target}",
        (edit,),
        (unknown(f"Nothing later reads {target}", "A later RUN, or the program, may need it"),),
        "The file is gone before the layer is closed.",
    )
