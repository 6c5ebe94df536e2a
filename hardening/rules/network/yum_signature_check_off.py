"""yum, dnf or zypper told not to check signatures."""

from __future__ import annotations

from collections.abc import Iterator

from hardening.model import Finding, Severity
from hardening.rules.frame import Example, Rule
from hardening.rules.support_settings import flag_uses, switched_off
from hardening.subject import Subject

rule = Rule(
    title="Let the package manager check signatures",
    severity=Severity.HIGH,
    why="Whoever controls a mirror, or the way to it, can have any package installed as root.",
    references=("https://dnf.readthedocs.io/en/latest/command_ref.html",),
    aliases=("checkov:CKV2_DOCKER_9", "cis-docker:4.11"),
    bad=(
        Example(
            "FROM rockylinux:9\nRUN dnf install -y --nogpgcheck tool\n",
            "FROM rockylinux:9\nRUN dnf install -y tool\n",
        ),
        Example(
            "FROM opensuse/leap:15.6\nRUN zypper --no-gpg-checks -n install tool\n",
            "FROM opensuse/leap:15.6\nRUN zypper -n install tool\n",
        ),
    ),
    good=(Example("FROM rockylinux:9\nRUN dnf install -y tool\n"),),
)


@rule.check
def find(subject: Subject) -> Iterator[Finding]:
    uses = flag_uses(
        subject,
        ("yum", "dnf", "microdnf", "tdnf", "zypper", "dnf5"),
        ("--nogpgcheck", "--no-gpgchecks", "--no-gpg-checks"),
    )
    yield from switched_off(
        subject,
        rule,
        uses,
        message=lambda use: (
            f"{use.command.name} {use.word.text} installs packages whose signature is not checked"
        ),
        statement="The package is signed by a key that the image trusts",
        reason="The signature is not checked now",
    )
