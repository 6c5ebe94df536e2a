"""USER with a name instead of a number."""

from __future__ import annotations

import re
from collections.abc import Iterator

from hardening.dockerfile.edits import replace_span
from hardening.dockerfile.model import Instruction
from hardening.image.synthetic import ImageSketch, LayerSketch
from hardening.model import Finding, Fix, Severity, holds
from hardening.rules.frame import Example, Rule
from hardening.rules.support import Facts, Placed, facts
from hardening.rules.support_numbers import (
    group_number,
    joins_groups,
    numbers_in_dockerfile,
    numbers_in_image,
)
from hardening.subject import Subject

NUMERIC = re.compile(r"\A\d+(?::.*)?\Z")
ROOT = ("root", "0")

rule = Rule(
    title="Name the user by number",
    severity=Severity.LOW,
    why="Kubernetes cannot tell whether a name is root: with runAsNonRoot it refuses to start the "
    "container, and without it a changed /etc/passwd in the base decides who the program runs as.",
    references=("https://kubernetes.io/docs/tasks/configure-pod-container/security-context/",),
    aliases=("hadolint:DL3066",),
    bad=(
        Example(
            "FROM debian:13\nRUN groupadd -g 10001 app && useradd -u 10001 -g 10001 app\n"
            "USER app\n",
            "FROM debian:13\nRUN groupadd -g 10001 app && useradd -u 10001 -g 10001 app\n"
            "USER 10001:10001\n",
            note="the Dockerfile gives the numbers",
        ),
        Example(
            "FROM node:26\nUSER node\n",
            "FROM node:26\nUSER 1000:1001\n",
            image=ImageSketch(
                layers=(
                    LayerSketch(
                        {
                            "etc/passwd": "node:x:1000:1001::/home/node:/bin/sh\n",
                            "etc/group": "node:x:1001:\n",
                        }
                    ),
                )
            ),
            note="the image gives the numbers",
        ),
        Example("FROM example/base:1\nUSER app\n", note="nobody gives the number"),
        Example(
            "FROM debian:13\nRUN groupadd -g 10001 app && groupadd -g 300 web && "
            "useradd -u 10001 -G web -g app app\nUSER app\n",
            "FROM debian:13\nRUN groupadd -g 10001 app && groupadd -g 300 web && "
            "useradd -u 10001 -G web -g app app\nUSER 10001\n",
            note="in another group too, which a written group would drop",
        ),
        Example(
            "FROM debian:13\nRUN groupadd -g 300 web && useradd -u 10001 -g web app\n"
            "USER app:web\n",
            "FROM debian:13\nRUN groupadd -g 300 web && useradd -u 10001 -g web app\n"
            "USER 10001:300\n",
        ),
    ),
    good=(
        Example("FROM debian:13\nUSER 10001:10001\n"),
        Example("FROM debian:13\nUSER 10001\n"),
        Example("ARG UID\nFROM debian:13\nUSER ${UID}\n", note="a variable"),
        Example("FROM debian:13\nUSER root\nRUN true\nUSER 10001\n", note="not the last one"),
        Example("FROM debian:13\nUSER root\n", note="another rule's finding"),
        Example("FROM node:26 AS build\nUSER node\nFROM debian:13\nUSER 1\n", note="does not ship"),
        Example("FROM mcr.microsoft.com/windows/nanoserver:ltsc2025\nUSER ContainerUser\n"),
    ),
)


def _last_user(known: Facts) -> Placed | None:
    users = [one for one in known.all("USER") if one.shipped and not one.deferred]
    return users[-1] if users else None


def _fixes(subject: Subject, instruction: Instruction, name: str) -> Iterator[Fix]:
    known = facts(subject)
    user, colon, group = name.partition(":")
    if colon and not group.isdigit():
        group = group_number(subject, known, group) or ""
        if not group:
            return
    found = numbers_in_dockerfile(known, user)
    if found is None:
        found = numbers_in_image(subject, user)
    if found is None or found[0].startswith("0:"):
        return
    uid, _, gid = found[0].partition(":")
    alone = not colon and joins_groups(subject, known, user)
    value = uid if alone else f"{uid}:{group or gid}"
    explicit = holds(
        "Supplementary groups stay",
        "Without a group the engine looks them up" if alone else "The account is in its own only",
    )
    yield Fix(
        "numeric",
        f"Write USER {value}",
        (replace_span(known.dockerfile, instruction.arguments, value),),
        (holds("The numbers are those of the account", found[1]), explicit),
        "The container runs as the same account; Kubernetes can see that it is not root.",
    )


@rule.check
def find(subject: Subject) -> Iterator[Finding]:
    known = facts(subject)
    placed = _last_user(known)
    if placed is None or known.is_windows(placed):
        return
    name = placed.instruction.value.strip("\"'")
    if not name or "$" in name or NUMERIC.match(name) or name.partition(":")[0] in ROOT:
        return
    yield rule.finding(
        subject,
        f"USER {name} is a name: Kubernetes cannot check that it is not root",
        at=placed.instruction,
        about=name.partition(":")[0],
        fixes=tuple(_fixes(subject, placed.instruction, name)),
        tip="Write the numeric uid:gid of the account",
    )
