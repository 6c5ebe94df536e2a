"""The socket of the container engine is handed into the service."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from hardening.model import Confidence, Finding, RunConfiguration, Severity
from hardening.rules.frame import Example, Need, Rule
from hardening.rules.support_run import starts_as_root, volume_place
from hardening.runtime.mounts import Bind, binds, engine_socket
from hardening.subject import Subject

_NEEDS: frozenset[Need] = frozenset()
_TEXT = 'FROM debian:12-slim\nUSER 1000:1000\nENTRYPOINT ["/app"]\n'
_SOCKET = "/var/run/docker.sock:/var/run/docker.sock"
_RUN = RunConfiguration("compose.yaml#web", "compose.yaml", "web", volumes=(_SOCKET,))
_COMPOSE = f"services:\n  web:\n    build: .\n    volumes:\n      - {_SOCKET}\n"

rule = Rule(
    title="Keep the container engine's socket out of containers",
    severity=Severity.HIGH,
    why=(
        "Whoever may write to this socket starts a container with the host's disk in it, and is "
        "root there. Mounting it read-only does not help: that protects the file's name, while "
        "requests still go through."
    ),
    references=(
        "https://docs.docker.com/engine/security/#docker-daemon-attack-surface",
        "https://docs.docker.com/engine/security/protect-access/",
    ),
    aliases=("cis-docker:5.32", "kics:docker_socket_mounted_in_container"),
    needs=_NEEDS,
    bad=(
        Example(_TEXT, files={"compose.yaml": _COMPOSE}, run=_RUN, findings=1),
        Example(
            _TEXT,
            run=replace(_RUN, volumes=("//var/run/docker.sock:/sock:ro",)),
            note="Read-only does not help",
        ),
        Example(
            _TEXT,
            run=replace(_RUN, volumes=("${XDG_RUNTIME_DIR}/podman/podman.sock:/sock",)),
            note="A rootless engine: everything of its user",
        ),
        Example(
            _TEXT,
            run=replace(_RUN, volumes=("/run/containerd:/run/containerd", "data:/data")),
            note="The folder of the socket",
            findings=1,
        ),
        Example(
            _TEXT,
            run=replace(_RUN, volumes=("${ENGINE:?}:/var/run/docker.sock",)),
            note="A variable: the path in the container tells",
        ),
    ),
    good=(
        Example(
            _TEXT,
            run=replace(_RUN, volumes=(), environment={"DOCKER_HOST": "tcp://socket-proxy:2375"}),
            note="A filtering proxy in a service of its own",
        ),
        Example(
            _TEXT,
            run=replace(_RUN, volumes=("./test/docker.sock:/tmp/docker.sock", "run:/var/run")),
            note="A file of the project, and a named volume",
        ),
        Example(_TEXT, run=replace(_RUN, volumes=("/run/postgresql:/run/postgresql",))),
        Example(_TEXT, note="Nobody said how it runs"),
    ),
)


def _message(socket: str, bind: Bind) -> str:
    name = f"{socket} (of the engine)" if socket.startswith("$") else socket
    if socket.endswith((".sock", "engine")) or socket.startswith("$"):
        said = f"{name} is mounted: it commands the engine of the host"
    else:
        said = f"{name} is mounted, with the sockets of the host's engines in it"
    return f"{said}; read-only does not keep requests out" if bind.read_only else said


@rule.check
def find(subject: Subject) -> Iterator[Finding]:
    run = subject.run_configuration
    for bind in binds(run) if run is not None else ():
        socket = engine_socket(bind)
        if socket is None:
            continue
        yield rule.finding(
            subject,
            _message(socket, bind),
            at=volume_place(subject, bind.number),
            about=f"{run.service if run else ''} {bind.source}:{bind.target}",
            severity=Severity.CRITICAL if starts_as_root(subject) else None,
            confidence=Confidence.MEDIUM if socket.startswith("$") else None,
            tip=(
                "Take it out; what only reads the state of containers can ask a proxy in a "
                "service of its own that lets single requests through"
            ),
        )
