"""The package index that apt-get update leaves in the layer."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator

from hardening.dockerfile.shell_model import Command, PackageCall
from hardening.model import Finding, Fix, Precondition, Severity, fails, holds
from hardening.rules.frame import Example, Rule
from hardening.rules.support import Facts, Run, facts
from hardening.rules.support_fixes import (
    append_command,
    literal,
    no_volatile,
    status_kept,
    unconditional,
)
from hardening.rules.support_packages import APT, APT_LISTS, removes, with_sudo
from hardening.subject import Subject

CLEAN = f"rm -rf {APT_LISTS}/*"

rule = Rule(
    title="Delete the apt lists in the RUN that fetched them",
    severity=Severity.LOW,
    why="The index stays in the layer for good: megabytes that grow stale, tell an attacker "
    "exactly "
    "which versions were on offer, and let a later install work from old data.",
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
            "FROM debian:13\nRUN set -eux; \\\n\tapt-get update; \\\n\tapt-get install -y "
            "--no-install-recommends curl\n",
            "FROM debian:13\nRUN set -eux; \\\n\tapt-get update; \\\n\tapt-get install -y "
            "--no-install-recommends curl; \\\n\trm -rf /var/lib/apt/lists/*\n",
            note="set -e and semicolons",
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


def _cleans(command: Command) -> bool:
    if removes(command, APT_LISTS):
        return True
    verbs = (word.text for word in command.positionals()[:1])
    return command.name in APT and any(verb in ("distclean", "dist-clean") for verb in verbs)


def _stale_installs(known: Facts) -> tuple[list[int], list[int]]:
    """Offsets and lines of RUNs that ship and install without an update of their own."""
    if "stale apt installs" not in known.memo:
        found = [
            (run.instruction.span.start, run.instruction.start_line)
            for run in known.runs
            if run.shipped
            and any(one.manager in APT and one.verb == "install" for one in run.calls)
            and not any(one.manager in APT and one.verb == "update" for one in run.calls)
        ]
        known.memo["stale apt installs"] = ([one[0] for one in found], [one[1] for one in found])
    starts, lines = known.memo["stale apt installs"]
    return starts, lines


def _later_install(known: Facts, run: Run) -> Precondition:
    statement = "No later RUN installs from these lists"
    starts, lines = _stale_installs(known)
    position = bisect_right(starts, run.instruction.span.start)
    if position < len(starts):
        return fails(statement, f"Line {lines[position]} installs without an update of its own")
    return holds(statement, "Every later RUN that installs updates first")


def _fixes(known: Facts, run: Run, call: PackageCall) -> Iterator[Fix]:
    text = with_sudo(call.command, CLEAN)
    edit = append_command(known.dockerfile, run.instruction, run.script, text)
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
            _later_install(known, run),
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
            call.command, "clean apt lists", _cleans
        ):
            continue
        seen.add(id(run))
        yield rule.finding(
            subject,
            f"{call.manager} update leaves its package lists in the layer",
            at=call.command.span,
            about="apt lists",
            fixes=tuple(_fixes(known, run, call)),
            tip=f"End the same RUN with: {CLEAN}",
        )
