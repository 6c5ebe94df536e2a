"""A download that is run by a shell as it arrives."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from hardening.dockerfile.downloads import pipes_into_shell
from hardening.model import Finding, Severity
from hardening.rules.frame import Example, Rule
from hardening.rules.support import facts
from hardening.rules.support_piped_script import address_of, is_replaced, script_fixes
from hardening.rules.support_pipes import PIPEFAIL_ALIASES, is_unsafe
from hardening.subject import Subject

rule = Rule(
    title="Do not run a download unseen",
    severity=Severity.HIGH,
    why="Whatever the server sends at build time runs as the build's user, usually root; "
    "nobody has "
    "seen it, nobody notices that it changed, and half a script runs when the line breaks.",
    references=("https://docs.docker.com/build/building/best-practices/#run",),
    aliases=("cis-docker:4.11",),
    bad=(
        Example(
            "FROM debian:13\nRUN curl -fsSL https://example.com/install.sh | sh\n",
            "FROM debian:13\nARG INSTALL_SH_SHA256\nRUN curl -fsSL -o /tmp/install.sh "
            "https://example.com/install.sh && "
            'echo "${INSTALL_SH_SHA256}  /tmp/install.sh" | sha256sum -c - && '
            "sh /tmp/install.sh && rm /tmp/install.sh\n",
        ),
        Example(
            "FROM debian:13\nRUN apt-get update \\\n"
            "    && wget -qO- https://example.com/setup | bash -s -- --yes \\\n"
            "    && apt-get clean\n",
            "FROM debian:13\nARG SETUP_SHA256\nRUN apt-get update \\\n"
            "    && wget -q -O /tmp/setup https://example.com/setup && "
            'echo "${SETUP_SHA256}  /tmp/setup" | sha256sum -c - && '
            "bash /tmp/setup --yes && rm /tmp/setup \\\n    && apt-get clean\n",
            note="wget, and arguments for the script",
        ),
        Example('FROM debian:13\nRUN bash -c "$(curl -fsSL https://example.com/install.sh)"\n'),
        Example(
            "FROM debian:13\nRUN curl -fsSL https://example.com/setup_20.x | sudo -E bash -\n",
            "FROM debian:13\nARG SETUP_20_X_SHA256\nRUN curl -fsSL -o /tmp/setup_20.x "
            "https://example.com/setup_20.x && "
            'echo "${SETUP_20_X_SHA256}  /tmp/setup_20.x" | sha256sum -c - && '
            "sudo -E bash /tmp/setup_20.x && rm /tmp/setup_20.x\n",
            note="sudo stays as it is",
        ),
        Example(
            "FROM debian:13\nRUN (curl -s https://example.com/a || wget -qO- "
            "https://example.com/a) | sh\n",
            note="two ways to get it: left to the author",
        ),
        Example("FROM debian:13\nRUN bash <(curl -fsSL https://example.com/install.sh)\n"),
    ),
    good=(
        Example("FROM debian:13\nRUN curl -fsSL https://example.com/data.json | jq .version\n"),
        Example("FROM debian:13\nRUN curl -fsSL https://example.com/key.asc | gpg --dearmor\n"),
        Example("FROM debian:13\nRUN echo 'echo hello' | sh\n"),
    ),
)


@rule.check
def find(subject: Subject) -> Iterator[Finding]:
    for run in facts(subject).runs:
        for pipe in pipes_into_shell(run.script):
            downloader, shell = pipe
            address = address_of(downloader)
            shown = address.strip("\"'") if address else "a download"
            found = rule.finding(
                subject,
                f"{shown} is run by {shell.name} without being checked",
                at=downloader.span,
                about=shown.rpartition("://")[2],
                fixes=() if address is None else tuple(script_fixes(subject, run, pipe, address)),
                severity=None if run.shipped else Severity.MEDIUM,
                tip="Download it to a file, compare it with the publisher's checksum, then run it",
            )
            joined = is_replaced(subject, run, downloader) and is_unsafe(run.script, downloader)
            yield replace(found, aliases=(*rule.aliases, *PIPEFAIL_ALIASES)) if joined else found
