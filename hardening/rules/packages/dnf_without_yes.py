"""dnf that waits for an answer."""

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
    title="Answer dnf's question with -y",
    severity=Severity.MEDIUM,
    why="Without -y dnf asks before it changes anything; a build has nobody to answer and aborts.",
    references=("https://dnf.readthedocs.io/en/latest/command_ref.html",),
    aliases=(
        "hadolint:DL3038",
        "kics:missing_flag_from_dnf_install",
    ),
    bad=(
        Example(
            "FROM fedora:44\nRUN dnf install httpd && dnf clean all\n",
            "FROM fedora:44\nRUN dnf install -y httpd && dnf clean all\n",
        ),
    ),
    good=(
        Example("FROM fedora:44\nRUN dnf -y install httpd && dnf clean all\n"),
        Example("FROM fedora:44\nRUN dnf install --assumeyes httpd\n"),
        Example("FROM fedora:44\nRUN dnf list installed\n", note="nothing is changed"),
        Example(
            "FROM fedora:44\nRUN echo 'assumeyes=1' >> /etc/dnf/dnf.conf && dnf install httpd\n"
        ),
    ),
)


@rule.check
def find(subject: Subject) -> Iterator[Finding]:
    known = facts(subject)
    yield from prompts(
        subject,
        rule,
        managers=("dnf", "microdnf"),
        verbs=VERBS,
        answered=lambda run, call: rpm_answered(known, run, call),
        flag="-y",
    )
