"""dnf that leaves its cache in the layer."""

from __future__ import annotations

from collections.abc import Iterator

from hardening.dockerfile.shell_model import Command
from hardening.model import Finding, Severity
from hardening.rules.frame import Example, Rule
from hardening.rules.support_package_caches import Cache, caches_left
from hardening.subject import Subject

rule = Rule(
    title="End the RUN with dnf clean all",
    severity=Severity.LOW,
    why="Package files and metadata stay in the layer for good: a larger image, stale data for a "
    "later install, and more files that scanners and intruders find.",
    references=("https://dnf.readthedocs.io/en/latest/command_ref.html#clean-command",),
    aliases=(
        "hadolint:DL3040",
        "trivy:DS-0019",
        "kics:missing_dnf_clean_all",
    ),
    bad=(
        Example(
            "FROM fedora:44\nRUN dnf install -y httpd\n",
            "FROM fedora:44\nRUN dnf install -y httpd && dnf clean all\n",
        ),
    ),
    good=(
        Example("FROM fedora:44\nRUN dnf install -y httpd && dnf clean all\n"),
        Example(
            "FROM fedora:44\nRUN dnf -y install httpd && rm -rf /var/cache/yum /var/cache/dnf\n"
        ),
        Example(
            "FROM fedora:44\nRUN --mount=type=cache,target=/var/cache/libdnf5 dnf install -y "
            "httpd\n"
        ),
        Example(
            "FROM fedora:44 AS build\nRUN dnf install -y gcc\n"
            "FROM scratch\nCOPY --from=build /app /app\n"
        ),
        Example("FROM fedora:44\nRUN dnf list installed\n"),
    ),
)


def _cleans(command: Command) -> bool:
    return command.name in ("yum", "dnf", "dnf5") and "clean" in [
        one.text for one in command.arguments
    ]


CACHE = Cache(
    ("/var/cache/dnf", "/var/cache/libdnf5", "/var/cache/yum"),
    "dnf clean all",
    frozenset(
        {"install", "reinstall", "module", "upgrade", "update", "groupinstall", "distro-sync"}
    ),
    _cleans,
)


@rule.check
def find(subject: Subject) -> Iterator[Finding]:
    yield from caches_left(subject, rule, managers=("dnf",), cache=CACHE)
