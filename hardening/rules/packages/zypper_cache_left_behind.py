"""zypper that leaves its cache in the layer."""

from __future__ import annotations

from collections.abc import Iterator

from hardening.dockerfile.shell_model import Command
from hardening.model import Finding, Severity
from hardening.rules.frame import Example, Rule
from hardening.rules.support_package_caches import Cache, caches_left
from hardening.subject import Subject

rule = Rule(
    title="End the RUN with zypper clean",
    severity=Severity.LOW,
    why="Package files and metadata stay in the layer for good: a larger image, stale data for a "
    "later install, and more files that scanners and intruders find.",
    references=("https://en.opensuse.org/SDB:Zypper_manual",),
    aliases=(
        "hadolint:DL3036",
        "trivy:DS-0020",
        "kics:missing_zypper_clean",
    ),
    bad=(
        Example(
            "FROM opensuse/leap:16.0\nRUN zypper --non-interactive install httpd\n",
            "FROM opensuse/leap:16.0\nRUN zypper --non-interactive install httpd && zypper clean "
            "--all\n",
        ),
    ),
    good=(
        Example("FROM opensuse/leap:16.0\nRUN zypper -n install httpd && zypper clean\n"),
        Example("FROM opensuse/leap:16.0\nRUN zypper -n in httpd && zypper cc -a\n"),
        Example("FROM opensuse/leap:16.0\nRUN zypper -n in httpd && rm -rf /var/cache/zypp/*\n"),
        Example(
            "FROM opensuse/leap:16.0\nRUN --mount=type=tmpfs,target=/var/cache/zypp zypper -n in "
            "httpd\n"
        ),
    ),
)


def _cleans(command: Command) -> bool:
    return command.name == "zypper" and any(
        one.text in ("clean", "cc") for one in command.arguments
    )


CACHE = Cache(
    ("/var/cache/zypp",),
    "zypper clean --all",
    frozenset({"install", "upgrade", "update", "patch", "dist-upgrade", "in", "up", "dup"}),
    _cleans,
)


@rule.check
def find(subject: Subject) -> Iterator[Finding]:
    yield from caches_left(subject, rule, managers=("zypper",), cache=CACHE)
