"""Nothing says under which limits the container runs."""

from __future__ import annotations

from collections.abc import Iterator

from hardening.model import (
    Edit,
    Evidence,
    Finding,
    Fix,
    Precondition,
    RunConfiguration,
    Severity,
    Span,
)
from hardening.rules.frame import At, Example, Need, Profile, Rule
from hardening.rules.support_profile import judges_everything
from hardening.rules.support_run import compose_edits, service_place
from hardening.runtime.flags import docker_run_text, hardened
from hardening.runtime.purpose import only_a_base
from hardening.runtime.start import start_of
from hardening.subject import Subject

NEW_FILE = "compose.hardened.yaml"
_FLAGS = ("cap-drop", "read-only", "security-opt", "pids-limit", "memory")
_NEEDS: frozenset[Need] = frozenset()
_TEXT = 'FROM debian:12-slim\nUSER 1000:1000\nENTRYPOINT ["/app"]\n'
_KEYS = (
    "    cap_drop:\n      - ALL\n    read_only: true\n    tmpfs:\n"
    "      - /tmp:rw,noexec,nosuid,nodev,size=64m,mode=1777\n"
    "    security_opt:\n      - no-new-privileges:true\n    pids_limit: 256\n    mem_limit: 512m\n"
)

rule = Rule(
    title="Run the container with hardened flags",
    severity=Severity.INFO,
    why=(
        "By default a container may write all its files, keeps fourteen capabilities, may gain "
        "privileges through setuid programs and has no limits: the image alone cannot change that."
    ),
    references=(
        "https://docs.docker.com/engine/security/",
        "https://docs.docker.com/reference/compose-file/services/",
    ),
    aliases=("cis-docker:5.4", "cis-docker:5.13", "cis-docker:5.26"),
    needs=_NEEDS,
    profile=Profile.HARDENING,
    bad=(
        Example(
            _TEXT,
            files_after={NEW_FILE: "services:\n  app:\n    build: .\n" + _KEYS},
            note="No Compose file: a new one is offered, and the docker run text",
            findings=1,
        ),
        Example(
            _TEXT,
            files={"compose.yaml": "services:\n  web: # the shop\n    build: .\n"},
            files_after={"compose.yaml": "services:\n  web: # the shop\n    build: .\n" + _KEYS},
            run=RunConfiguration("compose.yaml#web", "compose.yaml", "web"),
            note="A service without any of the flags",
        ),
    ),
    good=(
        Example(_TEXT, run=RunConfiguration("compose.yaml#web", cap_drop=("ALL",))),
        Example("FROM mcr.example/windows/servercore:ltsc2022\n", note="Windows"),
        Example('FROM debian:13\nCMD ["bash"]\n', note="there to be built on, not to be run"),
        Example("FROM team/app:1\nRUN make tools\n", note="nothing says that it starts anything"),
    ),
)


@rule.check
def find(subject: Subject) -> Iterator[Finding]:
    start = start_of(subject)
    if start.final is None or start.is_windows:
        return
    run = subject.run_configuration
    hardening = hardened(subject)
    flags = tuple(one for one in hardening.usable if one.name in _FLAGS)
    at: At
    if run is not None:
        if any(one.present for one in hardening.flags if one.name in _FLAGS) or not flags:
            return
        edits, refused = compose_edits(subject, flags)
        at, where = service_place(subject, "HostConfig"), run.source or "The container"
        message = f"{where} runs with none of the hardened flags"
    elif NEW_FILE in subject.texts or (subject.image is None and not _runs_something(subject)):
        return
    else:
        edits, refused = (_new_file(subject),), ()
        at = start.final.origin
        message = "Nothing says how the container runs: the engine's defaults are wide"
    conditions: tuple[Precondition, ...] = tuple(
        dict.fromkeys(one for flag in flags for one in flag.preconditions)
    )
    reference = subject.image.reference if subject.image is not None else "IMAGE"
    command = docker_run_text(hardening, reference)
    effect = "The container keeps only what it needs: " + ", ".join(f"--{f.name}" for f in flags)
    fix = Fix("all-flags", "Add the hardened flags", edits, (*conditions, *refused), effect)
    yield rule.finding(
        subject,
        message,
        at=at,
        about="flags",
        fixes=(fix,),
        evidence=(Evidence(command),),
        tip=f"Start it with: {command}",
    )


def _runs_something(subject: Subject) -> bool:
    """True when the Dockerfile says what is started, or what is listened to; what a base that
    nobody has read may start is no reason to ask."""
    start = start_of(subject)
    told = bool(start.argv or start.ports or start.all("EXPOSE"))
    return (told or judges_everything(subject)) and not only_a_base(start)


def _new_file(subject: Subject) -> Edit:
    from hardening.runtime.compose import compose_text

    image = subject.image.reference if subject.image is not None else None
    path = subject.dockerfile.path if subject.dockerfile is not None else "Dockerfile"
    text = compose_text(hardened(subject), service="app", build=".", image=image, dockerfile=path)
    return Edit(NEW_FILE, Span(0, 0), text)
