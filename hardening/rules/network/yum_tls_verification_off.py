"""yum or dnf told not to verify certificates."""

from __future__ import annotations

from collections.abc import Iterator

from hardening.model import Finding, Severity
from hardening.rules.frame import Example, Rule
from hardening.rules.support import facts
from hardening.rules.support_settings import flag_uses, switched_off
from hardening.subject import Subject

_OFF = ("sslverify=0", "sslverify=false", "sslverify=no")

rule = Rule(
    title="Let yum and dnf verify certificates",
    severity=Severity.HIGH,
    why="The list of packages comes from whoever answers, who can hold back updates or, where "
    "signatures are off too, choose what is installed.",
    references=("https://dnf.readthedocs.io/en/latest/conf_ref.html#repo-options",),
    aliases=("checkov:CKV2_DOCKER_15",),
    bad=(
        Example(
            "FROM rockylinux:9\nRUN dnf install -y --setopt=sslverify=false tool\n",
            "FROM rockylinux:9\nRUN dnf install -y tool\n",
        ),
        Example(
            "FROM rockylinux:9\nRUN yum-config-manager --save --setopt=sslverify=0 && yum -y "
            "update\n",
            "FROM rockylinux:9\nRUN yum-config-manager --save && yum -y update\n",
        ),
        Example("FROM rockylinux:9\nRUN echo sslverify=false >> /etc/yum.conf\n"),
    ),
    good=(
        Example("FROM rockylinux:9\nRUN dnf install -y --setopt=sslverify=true tool\n"),
        Example("FROM rockylinux:9\nRUN dnf install -y tool\n"),
    ),
)


@rule.check
def find(subject: Subject) -> Iterator[Finding]:
    programs = ("yum", "dnf", "dnf5", "microdnf", "tdnf", "yum-config-manager")
    uses = flag_uses(subject, programs, ("--setopt",))
    yield from switched_off(
        subject,
        rule,
        (use for use in uses if use.word.text.lower().endswith(_OFF)),
        message=lambda use: f"{use.word.text} lets {use.command.name} accept every certificate",
        statement="The image trusts the certificates of the repositories",
        reason="A certificate authority of your own can be named with sslcacert",
        title="Take out the option",
    )
    for _, command in facts(subject).commands("echo", "printf", "sed"):
        texts = [word.text.strip("\"'").replace(" ", "").lower() for word in command.words]
        if any(text.endswith(_OFF) or text.rstrip("/gi").endswith(_OFF) for text in texts):
            yield rule.finding(
                subject,
                "sslverify is switched off in a configuration file",
                at=command.span,
                about="sslverify",
                tip="Take the line out; name a certificate authority with sslcacert instead",
            )
