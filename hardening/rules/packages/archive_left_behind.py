"""An archive that is downloaded, unpacked and kept."""

from __future__ import annotations

from collections.abc import Iterator

from hardening.dockerfile.downloads import downloads
from hardening.dockerfile.shell_model import Command
from hardening.model import Finding, Fix, Severity
from hardening.rules.frame import Example, Rule
from hardening.rules.support import Run, facts
from hardening.rules.support_archives import (
    ARCHIVES,
    base_name,
    removed,
    safe_deletions,
    unpackers,
)
from hardening.rules.support_fixes import append_command, literal, status_kept, unconditional
from hardening.subject import Subject

rule = Rule(
    title="Delete archives after unpacking",
    severity=Severity.LOW,
    why="The archive stays in the layer next to what came out of it: twice the size, and a second "
    "copy of every vulnerable file for scanners to report.",
    references=("https://docs.docker.com/build/building/best-practices/#run",),
    aliases=("parfum:tarSomethingRmTheSomething",),
    bad=(
        Example(
            "FROM debian:13\nRUN curl -fsSLo /tmp/a.tar.gz https://example.com/a.tar.gz "
            "&& tar -xzf /tmp/a.tar.gz -C /opt\n",
            "FROM debian:13\nRUN curl -fsSLo /tmp/a.tar.gz https://example.com/a.tar.gz "
            "&& tar -xzf /tmp/a.tar.gz -C /opt && rm -f /tmp/a.tar.gz\n",
        ),
        Example(
            "FROM debian:13\nRUN wget -O /tmp/a.tgz https://example.com/a.tgz && "
            "tar xf /tmp/a.tgz -C /opt\nRUN rm /tmp/a.tgz\n",
            "FROM debian:13\nRUN wget -O /tmp/a.tgz https://example.com/a.tgz && "
            "tar xf /tmp/a.tgz -C /opt && rm -f /tmp/a.tgz\n",
            note="deleted a layer too late",
        ),
        Example(
            "FROM debian:13\nRUN wget -O /tmp/a.tgz https://example.com/a.tgz && "
            "tar xf /tmp/a.tgz -C /opt\nRUN sha256sum /tmp/a.tgz > /opt/sum\n",
            note="still needed later",
        ),
        Example(
            "FROM debian:13\nRUN set -eux; \\\n    wget -O a.zip https://example.com/a.zip; \\\n"
            "    unzip a.zip -d /opt\n",
            "FROM debian:13\nRUN set -eux; \\\n    wget -O a.zip https://example.com/a.zip; \\\n"
            "    unzip a.zip -d /opt; \\\n    rm -f a.zip\n",
        ),
    ),
    good=(
        Example(
            "FROM debian:13\nRUN curl -fsSLo a.tgz https://example.com/a.tgz && tar xf a.tgz && "
            "rm a.tgz\n"
        ),
        Example(
            "FROM debian:13\nRUN curl -fsSLo /tmp/x/a.tgz https://example.com/a.tgz && tar xf "
            "/tmp/x/a.tgz "
            "&& rm -rf /tmp/*\n"
        ),
        Example(
            "FROM debian:13\nRUN curl -fsSL https://example.com/a.tgz | tar xz\n",
            note="never stored",
        ),
        Example(
            "FROM debian:13\nRUN --mount=type=tmpfs,target=/tmp wget -O /tmp/a.tgz "
            "https://example.com/a "
            "&& tar xf /tmp/a.tgz -C /opt\n"
        ),
        Example("FROM debian:13\nRUN wget -O app.jar https://example.com/app.jar\n"),
    ),
)


def _fixes(subject: Subject, run: Run, name: str, users: list[Command]) -> Iterator[Fix]:
    edit = append_command(facts(subject).dockerfile, run.instruction, run.script, f"rm -f {name}")
    if edit is None:
        return
    deletions, needed = safe_deletions(subject, run, name)
    yield Fix(
        "delete-archive",
        f"End the RUN with rm -f {name}",
        (edit, *deletions),
        (
            literal(users[-1]),
            unconditional(users[-1]),
            status_kept(),
            needed,
        ),
        "The layer holds the unpacked files only.",
    )


@rule.check
def find(subject: Subject) -> Iterator[Finding]:
    known = facts(subject)
    for run in known.runs:
        if not run.shipped:
            continue
        fetched = [one for one in downloads(run.script) if one.output]
        if not fetched:
            continue
        unpacking = unpackers(run)
        names, folders, unclear = removed(run)
        changes = any(one.name in ("cd", "pushd") for one in run.script.commands)
        for download in fetched:
            name = download.output or ""
            if "$" in name or not name.endswith(ARCHIVES) or run.is_volatile(name):
                continue
            start = download.command.span.start
            users = [one for one in unpacking.get(base_name(name), ()) if one.span.start > start]
            if not users or unclear or base_name(name) in names or name.startswith(folders):
                continue
            fixes = (
                tuple(_fixes(subject, run, name, users)) if name[0] == "/" or not changes else ()
            )
            yield rule.finding(
                subject,
                f"{name} is unpacked and stays in the layer",
                at=download.command.span,
                about=name,
                fixes=fixes,
                tip=f"Delete {name} in the same RUN",
            )
