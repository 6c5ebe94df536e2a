"""apk add that stores its index in the layer."""

from __future__ import annotations

from collections.abc import Iterator

from hardening.dockerfile.shell_model import Command, PackageCall
from hardening.model import Finding, Fix, Severity
from hardening.rules.frame import Example, Rule
from hardening.rules.support import Run, facts
from hardening.rules.support_fixes import insert_flag, literal, no_volatile
from hardening.rules.support_packages import about, has_flag, names, removes
from hardening.subject import Subject

QUIET = ("--no-cache", "--no-network")
_FIRST = "first apk add --no-cache"
PATHS = ("/var/cache/apk", "/etc/apk/cache")

rule = Rule(
    title="Install with apk add --no-cache",
    severity=Severity.LOW,
    why="Without --no-cache apk keeps its index in the layer: it grows stale, and a later install "
    "may take versions from it that have known holes.",
    references=("https://docs.alpinelinux.org/user-handbook/0.1a/Working/apk.html",),
    aliases=(
        "hadolint:DL3019",
        "trivy:DS-0025",
        "dockle:DKL-DI-0004",
        "kics:apk_add_using_local_cache_path",
        "parfum:apkAddUseNoCache",
    ),
    bad=(
        Example(
            "FROM alpine:3.24\nRUN apk add curl\n",
            "FROM alpine:3.24\nRUN apk add --no-cache curl\n",
        ),
        Example(
            "FROM alpine:3.24\nRUN apk add --virtual .deps \\\n      gcc \\\n    && make\n",
            "FROM alpine:3.24\nRUN apk add --no-cache --virtual .deps \\\n"
            "      gcc \\\n    && make\n",
        ),
    ),
    good=(
        Example("FROM alpine:3.24\nRUN apk --no-cache add curl\n", note="before the verb"),
        Example("FROM alpine:3.24\nRUN apk update && apk add curl && rm -rf /var/cache/apk/*\n"),
        Example("FROM alpine:3.24\nRUN --mount=type=cache,target=/var/cache/apk apk add -U curl\n"),
        Example(
            "FROM alpine:3.24 AS build\nRUN apk add gcc\n"
            "FROM scratch\nCOPY --from=build /app /app\n",
            note="a build stage does not ship",
        ),
        Example(
            "FROM alpine:3.24\nRUN apk add --no-network --virtual .run $deps\n",
            note="nothing is fetched",
        ),
        Example(
            "FROM alpine:3.24\nRUN apk add --no-cache --virtual .b gcc && make && "
            "apk add --virtual .run $found && apk del .b\n",
            note="what is there already gets a name",
        ),
        Example("FROM alpine:3.24\nRUN apk del curl\n"),
    ),
)


def _cleans(command: Command) -> bool:
    return removes(command, *PATHS)


def _only_names(run: Run, call: PackageCall) -> bool:
    """`apk add --virtual .run $found` after a build with --no-cache: what was found to be needed
    is there already, so nothing is fetched."""
    if not has_flag(call, "--virtual", "-t") or any("$" not in one.text for one in call.packages):
        return False
    if _FIRST not in run.memo:
        installs = (one for one in run.calls if one.manager == "apk" and one.verb == "install")
        quiet = (one.command.span.start for one in installs if has_flag(one, *QUIET))
        run.memo[_FIRST] = min(quiet, default=call.command.span.start)
    return bool(run.memo[_FIRST] < call.command.span.start)


def _fix(subject: Subject, run: Run, call: PackageCall) -> Fix:
    return Fix(
        "no-cache",
        "Add --no-cache",
        (insert_flag(facts(subject).dockerfile, call, "--no-cache"),),
        (literal(call.command), no_volatile(run, *PATHS)),
        "apk fetches the index for this install and does not store it.",
    )


@rule.check
def find(subject: Subject) -> Iterator[Finding]:
    for run, call in facts(subject).calls("apk"):
        if call.verb != "install" or not run.shipped or has_flag(call, *QUIET):
            continue
        if run.is_volatile(*PATHS) or not call.packages:
            continue
        if run.happens_after(call.command, "clean apk", _cleans) or _only_names(run, call):
            continue
        yield rule.finding(
            subject,
            f"apk add of {names(call.packages)} stores the package index in the layer",
            at=call.command.span,
            about=about(call),
            fixes=(_fix(subject, run, call),),
        )
