"""Tools of an intruder that ship with the image."""

from __future__ import annotations

from collections.abc import Iterator

from hardening.dockerfile.shell_model import PackageCall, ShellWord
from hardening.model import Finding, Fix, Severity, unknown
from hardening.rules.frame import Example, Rule
from hardening.rules.support import facts
from hardening.rules.support_fixes import literal, remove_words
from hardening.rules.support_tools import (
    DEBUGGERS,
    NETWORK,
    has_companion,
    installs,
    is_used,
    package_names,
)
from hardening.subject import Subject

TOOLS = NETWORK | DEBUGGERS

rule = Rule(
    title="Leave network and debugging tools out of the image",
    severity=Severity.LOW,
    why="They are what an intruder would have to bring along: to look around the network, open a "
    "way out, or read the memory of a process.",
    references=("https://csrc.nist.gov/pubs/sp/800/190/final",),
    aliases=("dockle:CIS-DI-0003", "cis-docker:4.3"),
    bad=(
        Example(
            "FROM debian:13\nRUN apt-get update && apt-get install -y --no-install-recommends "
            "nginx nmap "
            "&& rm -rf /var/lib/apt/lists/*\n",
            "FROM debian:13\nRUN apt-get update && apt-get install -y --no-install-recommends "
            "nginx "
            "&& rm -rf /var/lib/apt/lists/*\n",
        ),
        Example(
            "FROM debian:13\nRUN apt-get update && apt-get install -y --no-install-recommends \\\n"
            "      nginx \\\n      telnet \\\n    && rm -rf /var/lib/apt/lists/*\n",
            "FROM debian:13\nRUN apt-get update && apt-get install -y --no-install-recommends \\\n"
            "      nginx \\\n    && rm -rf /var/lib/apt/lists/*\n",
        ),
        Example(
            "FROM alpine:3.24\nRUN apk add --no-cache \\\n"
            "    nginx \\\n    nmap \\\n    strace\nUSER 1\n",
            "FROM alpine:3.24\nRUN apk add --no-cache \\\n    nginx\nUSER 1\n",
            note="the last ones of the list",
        ),
        Example("FROM alpine:3.24\nRUN apk add --no-cache socat\n", note="nothing else: no fix"),
    ),
    good=(
        Example("FROM debian:13\nRUN apt-get install -y nginx\n"),
        Example(
            "FROM debian:13\nRUN apt-get install -y mariadb-server socat\n",
            note="the server's own scripts call it",
        ),
        Example(
            "FROM debian:13\nRUN apt-get install -y netcat-openbsd && nc -z localhost 1\n",
            note="used by this Dockerfile",
        ),
        Example("FROM debian:13 AS test\nRUN apt-get install -y nmap\nFROM debian:13\n"),
        Example(
            'FROM alpine:3.24\nRUN apk add --no-cache socat\nENTRYPOINT ["socat"]\n',
            note="it is the service",
        ),
        Example(
            'FROM debian:13\nRUN apt-get install -y netcat\nENTRYPOINT ["netcat"]\n',
            note="the program under the name of its package",
        ),
        Example(
            "FROM alpine:3.24\nRUN apk add --no-cache --virtual .t gdb && apk del .t\n",
            note="removed again",
        ),
    ),
)


def _removed(call: PackageCall, others: tuple[PackageCall, ...]) -> bool:
    gone = {word.text for one in others if one.verb in ("remove", "purge") for word in one.packages}
    virtual = {word.text for word in call.command.words}
    return bool(gone & virtual)


def _fixes(subject: Subject, call: PackageCall, found: dict[str, ShellWord]) -> Iterator[Fix]:
    words = tuple(found.values())
    edits = remove_words(facts(subject).dockerfile, call.command, words)
    hidden = any(word.value is None for word in words)
    if hidden or len(words) == len(call.packages) or not edits:
        return
    yield Fix(
        "drop-packages",
        f"Do not install {', '.join(word.text for word in words)}",
        edits,
        (
            literal(call.command),
            unknown("No script of the image calls them", "Only a run can show it"),
        ),
        "The tools are not in the image.",
    )


@rule.check
def find(subject: Subject) -> Iterator[Finding]:
    for run, call in installs(subject):
        found = {
            name: word
            for name, word in package_names(run, call)
            if name in TOOLS and not is_used(subject, name) and not has_companion(call, name)
        }
        if found and not _removed(call, run.calls):
            names = ", ".join(found)
            yield rule.finding(
                subject,
                f"{names} would help an intruder and nothing here uses it",
                at=call.command.span,
                about=names,
                fixes=tuple(_fixes(subject, call, found)),
                tip="Install it in a debug image only, or attach a debug container when needed",
            )
