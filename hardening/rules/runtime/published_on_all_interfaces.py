"""The service publishes a port on every address of the host."""

from __future__ import annotations

from collections.abc import Iterator

from hardening.model import Confidence, Finding, Fix, RunConfiguration, Severity, fails
from hardening.rules.frame import Example, Need, Rule
from hardening.rules.support_run import EDITABLE, service_place
from hardening.runtime.flags import hardened
from hardening.subject import Subject

_NEEDS: frozenset[Need] = frozenset()
_RUN = RunConfiguration("compose.yaml#web", "compose.yaml", "web", ports=("8080:80",))
_TEXT = "FROM debian:12-slim\nUSER 1000:1000\n"

rule = Rule(
    title="Publish ports on the address that needs them",
    severity=Severity.LOW,
    why=(
        "A port published without an address is open on every interface of the host, and the "
        "engine's own firewall rules come before those that the host was given."
    ),
    references=(
        "https://docs.docker.com/engine/network/port-publishing/",
        "https://docs.docker.com/reference/compose-file/services/#ports",
    ),
    aliases=("cis-docker:5.14",),
    needs=_NEEDS,
    confidence=Confidence.MEDIUM,
    bad=(
        Example(
            _TEXT,
            files={
                "compose.yaml": 'services:\n  web:\n    build: .\n    ports:\n      - "8080:80"\n'
            },
            files_after={
                "compose.yaml": "services:\n  web:\n    build: .\n    ports:\n"
                '      - "127.0.0.1:8080:80"\n'
            },
            run=_RUN,
            findings=1,
        ),
        Example(
            _TEXT,
            files={
                "compose.yaml": "services:\n  web:\n    ports:\n      - target: 80\n"
                "        published: 8080\n    build: .\n"
            },
            files_after={
                "compose.yaml": "services:\n  web:\n    ports:\n      - target: 80\n"
                "        published: 8080\n        host_ip: 127.0.0.1\n    build: .\n"
            },
            run=_RUN,
            note="The long form",
        ),
    ),
    good=(
        Example(_TEXT, run=RunConfiguration("x", ports=("127.0.0.1:80:80", "9000"))),
        Example(_TEXT),
    ),
)


@rule.check
def find(subject: Subject) -> Iterator[Finding]:
    run = subject.run_configuration
    flag = hardened(subject).flag("publish")
    if run is None or not run.source or flag is None:
        return
    text = subject.texts.get(run.compose_path) if run.compose_path else None
    conditions = flag.preconditions
    fixes: tuple[Fix, ...] = ()
    if text is not None and run.compose_path is not None and run.service is not None:
        from hardening.runtime.compose_items import publish_edits
        from hardening.runtime.yaml_places import NoPlace

        try:
            edits = publish_edits(text, run.compose_path, run.service)
        except NoPlace as error:
            edits, conditions = (), (*conditions, fails(EDITABLE, f"{run.compose_path}: {error}"))
        fixes = (Fix("loopback", flag.title, edits, conditions, flag.reason),)
    yield rule.finding(
        subject,
        flag.preconditions[0].evidence,
        at=service_place(subject, "HostConfig.PortBindings"),
        about=run.service or "container",
        fixes=fixes,
        tip=f"Write {' '.join(flag.words)}",
    )
