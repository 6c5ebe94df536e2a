"""The service runs privileged."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from hardening.model import (
    Finding,
    Fix,
    Precondition,
    RunConfiguration,
    Safety,
    Severity,
    fails,
    unknown,
)
from hardening.rules.frame import Example, Need, Rule
from hardening.rules.support_run import compose_edits, key_place, starts_as_root
from hardening.runtime.flags import hardened
from hardening.runtime.start import start_of
from hardening.subject import Subject

NEEDLESS: Final = "Nothing in the service needs the whole host"
_ENGINES: Final = re.compile(r"(?:^|/)(?:docker:[^/]*dind|buildkit(?:[:@]|$))")
_NEEDS: frozenset[Need] = frozenset()
_RUN = RunConfiguration("compose.yaml#web", "compose.yaml", "web", privileged=True)
_TEXT = 'FROM debian:12-slim\nUSER 1000:1000\nENTRYPOINT ["/app"]\n'

rule = Rule(
    title="Run no container privileged",
    severity=Severity.HIGH,
    why=(
        "A privileged container holds every capability and every device of the host, without "
        "seccomp or AppArmor. Root in it mounts the host's disk and is root on the host; cap_drop "
        "and read-only paths beside it change nothing."
    ),
    references=(
        "https://docs.docker.com/reference/cli/docker/container/run/#privileged",
        "https://docs.docker.com/reference/compose-file/services/#privileged",
    ),
    aliases=("cis-docker:5.5", "kics:privileged_containers_enabled"),
    needs=_NEEDS,
    bad=(
        Example(
            _TEXT,
            files={
                "compose.yaml": "services:\n  web: # the shop\n    build: .\n"
                "    # asked for by operations\n    privileged: true # why?\n    restart: always\n"
            },
            files_after={
                "compose.yaml": "services:\n  web: # the shop\n    build: .\n"
                "    # asked for by operations\n    restart: always\n    cap_drop:\n      - ALL\n"
            },
            run=_RUN,
            findings=1,
        ),
        Example(
            _TEXT,
            files={"compose.yaml": "services: {web: {privileged: true, build: .}}"},
            files_after={"compose.yaml": "services: {web: {build: ., cap_drop: [ALL]}}"},
            run=_RUN,
            note="Flow style",
        ),
        Example(
            _TEXT,
            files={
                "compose.yaml": "x-all: &all\n  privileged: true\nservices:\n  web:\n"
                "    <<: *all\n    build: .\n"
            },
            run=_RUN,
            note="Shared with other services: told, not patched",
        ),
        Example(
            "FROM docker:28-dind\n",
            files={"compose.yaml": "services:\n  web:\n    privileged: true\n    build: .\n"},
            run=_RUN,
            note="An engine inside the container needs it: told, not patched",
        ),
    ),
    good=(
        Example(_TEXT, run=RunConfiguration("x", cap_add=("NET_ADMIN",)), note="One capability"),
        Example(_TEXT, run=RunConfiguration("x", privileged=False)),
        Example(_TEXT, note="Nobody said how it runs"),
    ),
)


def _needless(subject: Subject) -> Precondition:
    base = start_of(subject).base or ""
    if _ENGINES.search(base):
        return fails(NEEDLESS, f"{base} starts containers itself")
    return unknown(NEEDLESS, "Only a run without it shows what it was for")


@rule.check
def find(subject: Subject) -> Iterator[Finding]:
    run = subject.run_configuration
    if run is None or not run.privileged:
        return
    flag = hardened(subject).flag("cap-drop")
    added = (flag,) if flag and not flag.present and flag.safety is not Safety.MANUAL else ()
    edits, refused = compose_edits(subject, added, without=("privileged",))
    conditions = (_needless(subject), *(one for each in added for one in each.preconditions))
    listed = flag is not None and (added or flag.present)
    kept = "only the capabilities written out" if listed else "the engine's default capabilities"
    also = f"; d{flag.title[1:]}" if flag and added else ""
    is_root = starts_as_root(subject)
    yield rule.finding(
        subject,
        f"{run.source or 'The container'} runs privileged"
        + (", and starts as root: that is root on the host" if is_root else ""),
        at=key_place(subject, "privileged", "HostConfig.Privileged"),
        about=run.service or "container",
        severity=Severity.CRITICAL if is_root else None,
        fixes=(
            Fix(
                "remove-privileged",
                f"Take privileged out{also}",
                edits,
                (*conditions, *refused),
                f"The container keeps {kept} and no device of the host.",
            ),
        ),
        tip="Name the devices with devices and the capabilities with cap_add that it needs",
    )
