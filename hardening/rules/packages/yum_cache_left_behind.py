"""yum that leaves its cache in the layer."""

from __future__ import annotations

from collections.abc import Iterator

from hardening.dockerfile.shell_model import Command
from hardening.model import Finding, Severity
from hardening.rules.frame import Example, Rule
from hardening.rules.support_package_caches import Cache, caches_left
from hardening.subject import Subject

rule = Rule(
    title="End the RUN with yum clean all",
    severity=Severity.LOW,
    why="Package files and metadata stay in the layer for good: a larger image, stale data for a "
    "later install, and more files that scanners and intruders find.",
    references=("https://docs.docker.com/build/building/best-practices/#run",),
    aliases=(
        "hadolint:DL3032",
        "trivy:DS-0015",
        "kics:yum_clean_all_missing",
        "parfum:yumInstallRmVarCacheYum",
    ),
    bad=(
        Example(
            "FROM centos:7\nRUN yum install -y httpd\n",
            "FROM centos:7\nRUN yum install -y httpd && yum clean all\n",
        ),
    ),
    good=(
        Example("FROM centos:7\nRUN yum install -y httpd && yum clean all\n"),
        Example("FROM centos:7\nRUN yum -y install httpd && rm -rf /var/cache/yum/*\n"),
        Example(
            "FROM centos:7\nRUN --mount=type=cache,target=/var/cache/yum yum install -y httpd\n"
        ),
        Example(
            "FROM centos:7 AS build\nRUN yum install -y gcc\n"
            "FROM scratch\nCOPY --from=build /app /app\n"
        ),
        Example("FROM centos:7\nRUN yum repolist\n"),
    ),
)


def _cleans(command: Command) -> bool:
    return command.name in ("yum", "dnf") and "clean" in [one.text for one in command.arguments]


CACHE = Cache(
    ("/var/cache/yum",),
    "yum clean all",
    frozenset({"install", "reinstall", "upgrade", "update", "groupinstall", "localinstall"}),
    _cleans,
)


@rule.check
def find(subject: Subject) -> Iterator[Finding]:
    yield from caches_left(subject, rule, managers=("yum",), cache=CACHE)
