"""The service lives in a namespace of the host."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final, NamedTuple

from hardening.model import Finding, Fix, RunConfiguration, Severity, unknown
from hardening.rules.frame import Example, Need, Rule
from hardening.rules.support_run import compose_edits, key_place
from hardening.subject import Subject

_NEEDS: frozenset[Need] = frozenset()
_TEXT = 'FROM debian:12-slim\nUSER 1000:1000\nENTRYPOINT ["/app"]\n'


def _run(**modes: str) -> RunConfiguration:
    return RunConfiguration("compose.yaml#web", "compose.yaml", "web", **modes)  # type: ignore[arg-type]


class Namespace(NamedTuple):
    """`key` is the one of Compose, `config` that of the engine; a patch exists with `needless`."""

    key: str
    config: str
    severity: Severity
    gives: str
    needless: str
    tip: str


_NAMESPACES: Final = (
    Namespace("pid", "PidMode", Severity.HIGH,
              "it sees every process of the host, and as root may stop each",
              "Nothing in the service looks at processes of the host",
              "Take pid out; a debugger joins one container with pid: service:NAME"),
    Namespace("ipc", "IpcMode", Severity.MEDIUM,
              "it reads and writes the shared memory of the host's programs",
              "Nothing in the service shares memory with a program of the host",
              "Take ipc out; shm_size gives more memory, ipc: service:NAME joins one container"),
    Namespace("uts", "UTSMode", Severity.LOW, "with SYS_ADMIN it renames the host",
              "Nothing in the service needs the name of the host", "Take uts out"),
    Namespace("userns_mode", "UsernsMode", Severity.LOW,
              "root in it is root of the host, even where the engine maps users apart",
              "The service works with mapped users", "Take userns_mode out"),
    Namespace("network_mode", "NetworkMode", Severity.MEDIUM,
              "it reaches what listens on the host's loopback and opens any port, unfiltered", "",
              "Take network_mode out and publish the ports that it needs with ports"),
)  # fmt: skip

rule = Rule(
    title="Give the container namespaces of its own",
    severity=Severity.MEDIUM,
    why=(
        "Namespaces are what keeps a container from the host's processes, memory and network. One "
        "that is shared is open to whoever gets into the service: local services without a "
        "password, the memory of others, processes to stop or to spy on."
    ),
    references=(
        "https://docs.docker.com/engine/security/#kernel-namespaces",
        "https://docs.docker.com/reference/compose-file/services/#pid",
        "https://docs.docker.com/engine/network/drivers/host/",
    ),
    aliases=(
        "cis-docker:5.10",
        "cis-docker:5.16",
        "cis-docker:5.17",
        "cis-docker:5.21",
        "cis-docker:5.31",
        "kics:host_namespace_is_shared",
        "kics:shared_host_ipc_namespace",
        "kics:shared_host_network_namespace",
        "kics:shared_host_user_namespace",
    ),
    needs=_NEEDS,
    bad=(
        Example(
            _TEXT,
            files={
                "compose.yaml": "services:\n  web:\n    pid: host\n    # kept\n    build: .\n"
                "    ipc: 'host'"
            },
            files_after={"compose.yaml": "services:\n  web:\n    # kept\n    build: ."},
            run=_run(pid_mode="host", ipc_mode="host"),
            note="Two at once, no newline at the end",
            findings=2,
        ),
        Example(
            _TEXT,
            files={"compose.yaml": "services: {web: {build: ., userns_mode: host}}"},
            files_after={"compose.yaml": "services: {web: {build: .}}"},
            run=_run(userns_mode="host"),
        ),
        Example(_TEXT, run=_run(network_mode="host"), note="Its ports must be named: no patch"),
    ),
    good=(
        Example(_TEXT, run=_run(pid_mode="service:db", ipc_mode="shareable", network_mode="none")),
        Example(_TEXT, run=_run(network_mode="container:host")),
        Example(_TEXT, note="Nobody said how it runs"),
    ),
)


def _fixes(subject: Subject, space: Namespace) -> Iterator[Fix]:
    if space.needless:
        edits, refused = compose_edits(subject, (), without=(space.key,))
        told = unknown(space.needless, "Only a run without it shows that")
        title = f"Take {space.key}: host out"
        yield Fix("own-namespace", title, edits, (told, *refused), "It gets one of its own.")


@rule.check
def find(subject: Subject) -> Iterator[Finding]:
    run = subject.run_configuration
    if run is None:
        return
    modes = (run.pid_mode, run.ipc_mode, run.uts_mode, run.userns_mode, run.network_mode)
    for space, mode in zip(_NAMESPACES, modes, strict=True):
        if mode == "host":
            yield rule.finding(
                subject,
                f"{run.source or 'The container'} has {space.key}: host: {space.gives}",
                at=key_place(subject, space.key, f"HostConfig.{space.config}"),
                about=f"{run.service or 'container'} {space.key}",
                severity=space.severity,
                fixes=_fixes(subject, space),
                tip=space.tip,
            )
