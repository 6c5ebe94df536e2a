"""A package index fetched in a RUN of its own."""

from __future__ import annotations

from collections.abc import Iterator

from hardening.dockerfile.edits import replace_span
from hardening.dockerfile.shell_model import PackageCall
from hardening.model import Finding, Fix, Severity, Span, fails, holds, unknown
from hardening.rules.frame import Example, Rule
from hardening.rules.support import Facts, Run, facts
from hardening.rules.support_fixes import command_end, literal
from hardening.rules.support_packages import APT, APT_LISTS
from hardening.subject import Subject

INSTALLS = frozenset(
    {"install", "reinstall", "upgrade", "dist-upgrade", "full-upgrade", "build-dep"}
)
INSTALLS |= {
    "download",
    "source",
    "fetch",
    "in",
    "dup",
    "update",
    "search",
    "list",
    "info",
    "policy",
}
FAMILIES = {**dict.fromkeys(APT, APT), "apk": ("apk",), "zypper": ("zypper",)}
INDEX = {**dict.fromkeys(APT, ("update",)), "apk": ("update",), "zypper": ("update",)}
KEPT = {**dict.fromkeys(APT, APT_LISTS), "apk": "/var/cache/apk", "zypper": "/var/cache/zypp"}

rule = Rule(
    title="Fetch the package index in the RUN that installs",
    severity=Severity.MEDIUM,
    why="The builder caches the update on its own: the next build installs from an index that is "
    "days or months old, so security updates are missed or the packages are gone.",
    references=("https://docs.docker.com/build/building/best-practices/#apt-get",),
    aliases=(
        "trivy:DS-0017",
        "dockle:CIS-DI-0007",
        "checkov:CKV_DOCKER_5",
        "kics:update_instruction_alone",
        "parfum:aptGetUpdatePrecedesInstall",
        "cis-docker:4.7",
    ),
    bad=(
        Example(
            "FROM debian:13\nRUN apt-get update\n"
            "RUN apt-get install -y --no-install-recommends curl "
            "&& rm -rf /var/lib/apt/lists/*\n",
            "FROM debian:13\nRUN apt-get update && \\\n"
            "    apt-get install -y --no-install-recommends "
            "curl && rm -rf /var/lib/apt/lists/*\n",
        ),
        Example(
            "FROM debian:13\nRUN apt-get update\nWORKDIR /app\nRUN apt-get install -y curl\n",
            note="something stands between: no fix",
        ),
        Example("FROM debian:13\nRUN apt-get install -y curl; apt-get update\n", note="too late"),
        Example(
            "FROM alpine:3.24\nRUN apk update\nRUN apk add --no-cache curl\n",
            "FROM alpine:3.24\nRUN apk update && \\\n    apk add --no-cache curl\n",
        ),
    ),
    good=(
        Example("FROM debian:13\nRUN apt-get update && apt-get install -y curl\n"),
        Example("FROM debian:13\nRUN apt-get update; apt-get -y upgrade\n"),
        Example("FROM fedora:44\nRUN dnf update -y\n", note="dnf update upgrades packages"),
        Example(
            "FROM debian:13\nRUN <<EOF\napt-get update\napt-get install -y curl\nEOF\n",
        ),
        Example(
            "FROM debian:13\nRUN --mount=type=cache,target=/var/lib/apt apt-get update\n",
            note="the index is not in the layer",
        ),
        Example(
            "FROM debian:13\nRUN apt-get update && ./install-everything.sh\n",
            note="a script may install",
        ),
    ),
)


def _is_alone(run: Run, call: PackageCall) -> bool:
    family = FAMILIES[call.manager]
    for other in run.calls:
        same = other.manager in family and other.command.span.start > call.command.span.start
        if same and other.verb in INSTALLS and other.verb not in INDEX[call.manager]:
            return False
    known = {id(one.command) for one in run.calls}
    quiet = ("echo", "set", "rm", "true", ":", "cd", "mkdir", "export")
    return all(id(one) in known or one.name in quiet for one in run.script.commands)


def _fixes(known: Facts, run: Run, call: PackageCall) -> Iterator[Fix]:
    dockerfile = known.dockerfile
    instruction = run.instruction
    following = next(
        (one for one in known.runs if one.instruction.index == instruction.index + 1), None
    )
    if following is None or following.placed.deferred or run.placed.deferred:
        return
    family = FAMILIES[call.manager]
    if not any(one.manager in family and one.verb == "install" for one in following.calls):
        return
    target = following.instruction
    commands = following.script.commands
    if instruction.heredocs or target.heredocs or target.leading_comments or not commands:
        return
    end = max(command_end(one) for one in run.script.commands)
    between = dockerfile.text[instruction.span.end : target.span.start]
    if dockerfile.text[end : instruction.span.end].strip() or between.strip():
        return
    joined = all(one.joined_by in ("", "&&", "|") for one in commands)
    same_flags = [(one.name, one.value) for one in instruction.flags] == [
        (one.name, one.value) for one in target.flags
    ]
    order = "An update that fails still stops the build"
    flags = "Both RUNs have the same flags"
    yield Fix(
        "merge",
        "Join the update with the RUN that installs",
        (
            replace_span(
                dockerfile,
                Span(end, target.arguments.start),
                f" && {dockerfile.escape}\n    ",
            ),
        ),
        (
            literal(call.command),
            holds("Nothing stands between the two RUNs", "They follow each other"),
            holds(order, "Everything is joined by &&")
            if joined
            else unknown(order, "The second RUN joins commands by something else than &&"),
            holds(flags) if same_flags else fails(flags, "Their mounts or flags differ"),
        ),
        "Index and packages are always from the same moment.",
    )


@rule.check
def find(subject: Subject) -> Iterator[Finding]:
    known = facts(subject)
    for run, call in known.calls(*FAMILIES):
        if call.verb not in INDEX[call.manager] or run.is_volatile(KEPT[call.manager]):
            continue
        if not _is_alone(run, call):
            continue
        yield rule.finding(
            subject,
            f"{call.manager} {call.verb} stands in a RUN of its own: later builds install from "
            "an old index",
            at=call.command.span,
            about=f"{call.manager} {call.verb}",
            fixes=tuple(_fixes(known, run, call)),
            tip="Join it with the install by && in one RUN",
        )
