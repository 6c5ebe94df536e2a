"""The package index that apt-get update leaves in the layer."""

from __future__ import annotations

from collections.abc import Iterator

from hardening.dockerfile.shell_model import PackageCall
from hardening.model import Finding, Fix, Severity
from hardening.rules.frame import Example, Rule
from hardening.rules.support import Run, facts
from hardening.rules.support_apt import cleans_lists, no_later_install
from hardening.rules.support_fixes import (
    append_command,
    literal,
    no_volatile,
    status_kept,
    unconditional,
)
from hardening.rules.support_packages import APT, APT_LISTS, with_sudo
from hardening.subject import Subject

CLEAN = f"rm -rf {APT_LISTS}/*"

rule = Rule(
    title="Delete the apt lists in the RUN that fetched them",
    severity=Severity.LOW,
    why="The index stays in the layer for good: megabytes that grow stale, tell an attacker "
    "exactly which versions were on offer, and let a later install work from old data.",
    references=("https://docs.docker.com/build/building/best-practices/#apt-get",),
    aliases=(
        "hadolint:DL3009",
        "dockle:DKL-DI-0005",
        "kics:apt_get_install_lists_were_not_deleted",
        "parfum:aptGetInstallThenRemoveAptLists",
    ),
    bad=(
        Example(
            "FROM debian:13\nRUN apt-get update && apt-get install -y --no-install-recommends "
            "curl\n",
            "FROM debian:13\nRUN apt-get update && apt-get install -y --no-install-recommends curl "
            "&& rm -rf /var/lib/apt/lists/*\n",
        ),
        Example(
            "FROM debian:13\nRUN apt-get update \\\n"
            "    && apt-get install -y --no-install-recommends "
            "\\\n       curl \\\n       git\n",
            "FROM debian:13\nRUN apt-get update \\\n"
            "    && apt-get install -y --no-install-recommends "
            "\\\n       curl \\\n       git \\\n    && rm -rf /var/lib/apt/lists/*\n",
            note="the continuation style is kept",
        ),
        Example(
            "FROM debian:13\nRUN <<EOF\nset -e\napt-get update\n"
            "apt-get install -y --no-install-recommends curl\nEOF\n",
            "FROM debian:13\nRUN <<EOF\nset -e\napt-get update\n"
            "apt-get install -y --no-install-recommends curl\nrm -rf /var/lib/apt/lists/*\nEOF\n",
            note="heredoc",
        ),
        Example(
            "FROM debian:13\r\nRUN apt-get update && \\\r\n    apt-get install -y "
            "--no-install-recommends curl\r\n",
            "FROM debian:13\r\nRUN apt-get update && \\\r\n    apt-get install -y "
            "--no-install-recommends curl && \\\r\n    rm -rf /var/lib/apt/lists/*\r\n",
            note="CRLF, operators at the line ends",
        ),
    ),
    good=(
        Example(
            "FROM debian:13\nRUN apt-get update && apt-get install -y git && rm -r "
            "/var/lib/apt/lists/*\n"
        ),
        Example(
            "FROM debian:13\nRUN apt-get update && apt-get install -y git && rm -rf "
            "/var/lib/{apt,dpkg}/\n"
        ),
        Example(
            "FROM debian:13\nRUN --mount=type=cache,target=/var/lib/apt,sharing=locked \\\n"
            "    --mount=type=cache,target=/var/cache/apt,sharing=locked \\\n"
            "    apt-get update && apt-get install -y git\n",
            note="the lists go to a cache mount",
        ),
        Example(
            "FROM debian:13 AS build\nRUN apt-get update && apt-get install -y gcc\n"
            "FROM debian:13-slim\nCOPY --from=build /app /app\n",
            note="a build stage does not ship",
        ),
    ),
)


def _fixes(subject: Subject, run: Run, call: PackageCall) -> Iterator[Fix]:
    text = with_sudo(call.command, CLEAN)
    edit = append_command(facts(subject).dockerfile, run.instruction, run.script, text)
    if edit is None:
        return
    yield Fix(
        "delete-lists",
        "Delete the lists at the end of the RUN",
        (edit,),
        (
            literal(call.command),
            unconditional(call.command),
            no_volatile(run, APT_LISTS),
            no_later_install(subject, run),
            status_kept(),
        ),
        "The layer no longer carries the package index.",
    )


@rule.check
def find(subject: Subject) -> Iterator[Finding]:
    known = facts(subject)
    seen: set[int] = set()
    for run, call in known.calls(*APT):
        if call.verb != "update" or not run.shipped or id(run) in seen:
            continue
        if run.is_volatile(APT_LISTS) or run.happens_after(
            call.command, "clean apt lists", cleans_lists
        ):
            continue
        seen.add(id(run))
        yield rule.finding(
            subject,
            f"{call.manager} update leaves its package lists in the layer",
            at=call.command.span,
            about="apt lists",
            fixes=tuple(_fixes(subject, run, call)),
            tip=f"End the same RUN with: {CLEAN}",
        )
