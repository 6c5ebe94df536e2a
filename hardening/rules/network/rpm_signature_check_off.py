"""rpm told not to check signatures."""

from __future__ import annotations

from collections.abc import Iterator

from hardening.model import Finding, Severity
from hardening.rules.frame import Example, Rule
from hardening.rules.support_settings import flag_uses, switched_off
from hardening.subject import Subject

rule = Rule(
    title="Let rpm check signatures",
    severity=Severity.HIGH,
    why="A package that was changed on its way is installed as root without a word.",
    references=("https://rpm.org/docs/4.20.x/man/rpm.8",),
    aliases=("checkov:CKV2_DOCKER_10", "cis-docker:4.11"),
    bad=(
        Example(
            "FROM rockylinux:9\nRUN rpm -ivh --nosignature /tmp/tool.rpm\n",
            "FROM rockylinux:9\nRUN rpm -ivh /tmp/tool.rpm\n",
        ),
    ),
    good=(Example("FROM rockylinux:9\nRUN rpm -ivh /tmp/tool.rpm\n"),),
)


@rule.check
def find(subject: Subject) -> Iterator[Finding]:
    uses = flag_uses(subject, ("rpm",), ("--nosignature", "--nodigest", "--noverify"))
    yield from switched_off(
        subject,
        rule,
        uses,
        message=lambda use: (
            f"{use.command.name} {use.word.text} installs a package whose signature is not checked"
        ),
        statement="The package is signed by a key that the image trusts",
        reason="The signature is not checked now",
    )
