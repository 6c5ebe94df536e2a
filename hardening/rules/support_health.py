"""How a service may be asked whether it is well, from evidence only: a route that its source
names, or a web server that answers at its root, and a probe program that is there."""

from __future__ import annotations

import json
import re
from itertools import islice
from typing import Final, NamedTuple

from hardening.context import BuildContext
from hardening.dockerfile.edits import insert_line_after, insert_line_before
from hardening.dockerfile.model import Stage
from hardening.model import Edit, Fix, holds, unknown
from hardening.rules.support import facts, image_has
from hardening.rules.support_cache import remembered
from hardening.subject import Subject

MAX_SOURCES: Final = 200
_ROUTE: Final = re.compile(
    rb"[\"'`](/(?:api/)?(?:healthz?|health[-_]?check|livez|readyz|ping|status/health|actuator/health"
    rb"|_health|up))/?[\"'`]"
)
_SOURCE: Final = re.compile(r"\.(?:py|js|mjs|cjs|ts|go|rb|java|kt|php|rs|cs|ex|exs)$")
_SKIPPED: Final = re.compile(r"(?:^|/)(?:node_modules|vendor|tests?|spec|\.git|dist|target)/")
_WEB_SERVERS: Final = re.compile(r"(?:^|/)(?:nginx|httpd|caddy|nginx-unprivileged)(?::|@|$)")


class Probe(NamedTuple):
    """A command that asks the service; `tool_found` is False where its program is only likely."""

    command: tuple[str, ...]
    address: str
    evidence: str
    tool_found: bool


def known_probe(subject: Subject, final: Stage) -> Probe | None:
    """The probe that the evidence gives, None when there is not enough of it."""
    port = _only_port(subject, final)
    route, evidence = _route(subject)
    if route is None and _WEB_SERVERS.search(_base(subject, final)):
        route, evidence = "/", f"{final.base.value} is a web server"
        port = port or "80"
    if route is None or port is None:
        return None
    address = f"http://127.0.0.1:{port}{route}"
    tool = _tool(subject, final, address)
    return None if tool is None else Probe(tool[0], address, evidence, tool[1])


def _base(subject: Subject, final: Stage) -> str:
    root = facts(subject).dockerfile.chain(final)[0]
    return root.base_expanded or root.base.value


def _only_port(subject: Subject, final: Stage) -> str | None:
    ports = {
        word.value.removesuffix("/tcp")
        for link in facts(subject).dockerfile.chain(final)
        for one in link.all("EXPOSE")
        for word in one.words
        if not word.value.endswith("/udp")
    }
    return ports.pop() if len(ports) == 1 and next(iter(ports)).isdigit() else None


def _route(subject: Subject) -> tuple[str | None, str]:
    return (None, "") if subject.context is None else _route_in(subject.context)


@remembered
def _route_in(context: BuildContext) -> tuple[str | None, str]:
    """The first health route that a source file of the context names."""
    paths = (one for one in islice(context.paths(), 20_000) if _SOURCE.search(one))
    for path in islice((one for one in paths if not _SKIPPED.search(one)), MAX_SOURCES):
        found = _ROUTE.search(context.read(path, 1 << 18) or b"")
        if found:
            return found[1].decode(), f"{path} names the route {found[1].decode()}"
    return None, ""


def _tool(subject: Subject, final: Stage, address: str) -> tuple[tuple[str, ...], bool] | None:
    base = _base(subject, final)
    if image_has(subject, "usr/bin/curl", "bin/curl"):
        return ("curl", "-fsS", "-o", "/dev/null", address), True
    if image_has(subject, "usr/bin/wget", "bin/wget"):
        return ("wget", "-q", "--spider", address), True
    if re.search(r"(?:^|/)python(?::|@|$)", base):
        code = f"import urllib.request as r; r.urlopen('{address}', timeout=3)"
        return ("python", "-c", code), True
    if re.search(r"(?:^|/)node(?::|@|$)", base):
        code = f"fetch('{address}').then(r => process.exit(r.ok ? 0 : 1), () => process.exit(1))"
        return ("node", "-e", code), True
    if subject.image is None and re.search(r"alpine", base):
        return ("wget", "-q", "--spider", address), False
    return None


def healthcheck_fix(subject: Subject, final: Stage, probe: Probe) -> Fix:
    """HEALTHCHECK with a probe, before what the stage starts."""
    program = f"{probe.command[0]} is in the image"
    return Fix(
        "add-healthcheck",
        f"Ask {probe.address}",
        (_edit(subject, final, f"HEALTHCHECK CMD {json.dumps(list(probe.command))}"),),
        (
            holds(program, "Known from the image or its base")
            if probe.tool_found
            else unknown(program, "The files of the image are not known"),
            unknown(f"{probe.address} answers when the service is well", probe.evidence),
        ),
        "docker ps shows healthy or unhealthy, and an orchestrator can replace the container.",
    )


def _edit(subject: Subject, final: Stage, line: str) -> Edit:
    dockerfile = facts(subject).dockerfile
    start = min(final.all("CMD", "ENTRYPOINT"), key=lambda one: one.span.start, default=None)
    if start is not None:
        return insert_line_before(dockerfile, start, line)
    last = final.instructions[-1] if final.instructions else final.origin
    return insert_line_after(dockerfile, last, line)
