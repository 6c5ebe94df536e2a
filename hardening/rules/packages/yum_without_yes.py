"""yum that waits for an answer."""

from __future__ import annotations

from collections.abc import Iterator

from hardening.model import Finding, Severity
from hardening.rules.frame import Example, Rule
from hardening.rules.support import facts
from hardening.rules.support_configured import rpm_answered
from hardening.rules.support_packages import prompts
from hardening.subject import Subject

VERBS = frozenset({"install", "reinstall", "remove", "upgrade", "update", "downgrade"})
VERBS |= {"groupinstall", "localinstall", "group-install", "erase", "autoremove"}

rule = Rule(
    title="Answer yum's question with -y",
    severity=Severity.MEDIUM,
    why="Without -y yum asks before it changes anything; a build has nobody to answer and aborts.",
    references=("https://man7.org/linux/man-pages/man8/yum.8.html",),
    aliases=(
        "hadolint:DL3030",
        "kics:yum_install_allows_manual_input",
        "parfum:yumInstallForceYes",
    ),
    bad=(
        Example(
            "FROM centos:7\nRUN yum install httpd && yum clean all\n",
            "FROM centos:7\nRUN yum install -y httpd && yum clean all\n",
        ),
    ),
    good=(
        Example("FROM centos:7\nRUN yum -y install httpd && yum clean all\n"),
        Example("FROM centos:7\nRUN yum install --assumeyes httpd\n"),
        Example("FROM centos:7\nRUN yum list installed\n", note="nothing is changed"),
        Example("FROM centos:7\nRUN echo 'assumeyes=1' >> /etc/yum.conf && yum install httpd\n"),
    ),
)


@rule.check
def find(subject: Subject) -> Iterator[Finding]:
    known = facts(subject)
    yield from prompts(
        subject,
        rule,
        managers=("yum",),
        verbs=VERBS,
        answered=lambda run, call: rpm_answered(known, run, call),
        flag="-y",
    )
