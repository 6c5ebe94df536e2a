"""A folder of the host that decides over the host is mounted into the service."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from hardening.model import Finding, Fix, RunConfiguration, Severity, unknown
from hardening.rules.frame import Example, Need, Rule
from hardening.rules.support_run import read_only_mount_edits, volume_place
from hardening.runtime.mounts import Bind, binds, engine_socket, sensitive_path
from hardening.subject import Subject

_NEEDS: frozenset[Need] = frozenset()
_TEXT = 'FROM debian:12-slim\nUSER 1000:1000\nENTRYPOINT ["/app"]\n'
_RUN = RunConfiguration("compose.yaml#web", "compose.yaml", "web")
_HEAD = "services:\n  web:\n    build: .\n    volumes:\n"
_LONG = "      - type: bind\n        source: /usr\n        target: /host/usr\n"

rule = Rule(
    title="Mount no path of the host that decides over the host",
    severity=Severity.HIGH,
    why=(
        "A writable mount of the host's settings, programs or kernel switches lets an intruder of "
        "the service leave a job, an account or a program that the host runs as root. A read-only "
        "one still shows keys and password hashes where the path holds them."
    ),
    references=(
        "https://docs.docker.com/engine/storage/bind-mounts/",
        "https://docs.docker.com/engine/security/#docker-daemon-attack-surface",
    ),
    aliases=("cis-docker:5.6", "kics:volume_has_sensitive_host_directory"),
    needs=_NEEDS,
    bad=(
        Example(
            _TEXT,
            files={"compose.yaml": _HEAD + '      - "/lib/modules:/lib/modules" # WireGuard\n'},
            files_after={
                "compose.yaml": _HEAD + '      - "/lib/modules:/lib/modules:ro" # WireGuard\n'
            },
            run=replace(_RUN, volumes=("/lib/modules:/lib/modules",)),
            note="Nothing secret in it: read-only is enough",
            findings=1,
        ),
        Example(
            _TEXT,
            files={"compose.yaml": _HEAD + _LONG},
            files_after={"compose.yaml": _HEAD + _LONG + "        read_only: true\n"},
            run=replace(_RUN, volumes=("/usr:/host/usr",)),
            note="The long form",
        ),
        Example(
            _TEXT,
            run=replace(_RUN, volumes=("/:/rootfs:ro", "/proc:/host/proc:ro", "/etc:/x")),
            note="What a read-only mount still shows",
            findings=3,
        ),
        Example(_TEXT, run=replace(_RUN, volumes=("${HOME}/.ssh:/root/.ssh:ro",))),
    ),
    good=(
        Example(
            _TEXT,
            run=replace(
                _RUN,
                volumes=(
                    "/etc/localtime:/etc/localtime:ro",
                    "/etc/nginx:/etc/nginx",
                    "/etc/ssl/certs:/etc/ssl/certs:ro",
                    "/etc/passwd:/etc/passwd:ro",
                ),
            ),
            note="Single files and folders of one program",
        ),
        Example(
            _TEXT,
            run=replace(_RUN, volumes=("/sys:/host/sys:ro", "/dev/net/tun:/dev/net/tun")),
            note="The engine shows /sys read-only anyway; one device is not /dev",
        ),
        Example(
            _TEXT,
            run=replace(_RUN, volumes=("etc:/etc", "./etc:/etc", "/srv/data:/data", "/var/cache")),
            note="A named volume, the project's own folder, an anonymous volume",
        ),
        Example(_TEXT, note="Nobody said how it runs"),
    ),
)


def _fix(subject: Subject, bind: Bind) -> Fix:
    edits, refused = read_only_mount_edits(subject, bind.number)
    writes = unknown(f"The service writes nothing to {bind.target}", "Only a run shows that")
    effect = f"The service can read {bind.source} of the host and no longer change it."
    return Fix("read-only", f"Mount {bind.source} read-only", edits, (writes, *refused), effect)


@rule.check
def find(subject: Subject) -> Iterator[Finding]:
    run = subject.run_configuration
    for bind in binds(run) if run is not None else ():
        path = sensitive_path(bind) if engine_socket(bind) is None else None
        severity = (path.read_only if bind.read_only else path.writable) if path else None
        if run is None or path is None or severity is None:
            continue
        how = "read-only" if bind.read_only else "writable"
        yield rule.finding(
            subject,
            f"{bind.source} of the host is mounted {how}: {path.gives}",
            at=volume_place(subject, bind.number),
            about=f"{run.service or 'container'} {bind.source}:{bind.target}",
            severity=severity,
            fixes=(_fix(subject, bind),) if path.read_only is None else (),
            tip="Mount the single file or folder that the service reads, with :ro",
        )
