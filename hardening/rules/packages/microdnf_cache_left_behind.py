"""microdnf that leaves its cache in the layer."""

from __future__ import annotations

from collections.abc import Iterator

from hardening.dockerfile.shell_model import Command
from hardening.model import Finding, Severity
from hardening.rules.frame import Example, Rule
from hardening.rules.support_package_caches import Cache, caches_left
from hardening.subject import Subject

rule = Rule(
    title="End the RUN with microdnf clean all",
    severity=Severity.LOW,
    why="Package files and metadata stay in the layer for good: a larger image, stale data for a "
    "later install, and more files that scanners and intruders find.",
    references=("https://github.com/rpm-software-management/microdnf",),
    aliases=(
        "trivy:DS-0027",
        "hadolint:DL3040",
    ),
    bad=(
        Example(
            "FROM rockylinux:9-minimal\nRUN microdnf install -y httpd\n",
            "FROM rockylinux:9-minimal\nRUN microdnf install -y httpd && microdnf clean all\n",
        ),
    ),
    good=(
        Example("FROM rockylinux:9-minimal\nRUN microdnf install -y httpd && microdnf clean all\n"),
        Example(
            "FROM rockylinux:9-minimal\nRUN microdnf install -y httpd && rm -rf /var/cache/yum/*\n"
        ),
        Example(
            "FROM rockylinux:9-minimal\nRUN --mount=type=cache,target=/var/cache/yum microdnf "
            "install -y httpd\n"
        ),
    ),
)


def _cleans(command: Command) -> bool:
    return command.name in ("microdnf", "dnf") and "clean" in [
        one.text for one in command.arguments
    ]


CACHE = Cache(
    ("/var/cache/yum", "/var/cache/dnf", "/var/cache/libdnf5"),
    "microdnf clean all",
    frozenset({"install", "reinstall", "module", "upgrade", "update"}),
    _cleans,
)


@rule.check
def find(subject: Subject) -> Iterator[Finding]:
    yield from caches_left(subject, rule, managers=("microdnf",), cache=CACHE)
