"""apt that installs packages without a signature."""

from __future__ import annotations

from collections.abc import Iterator

from hardening.model import Finding, Severity
from hardening.rules.frame import Example, Rule
from hardening.rules.support_settings import flag_uses, switched_off
from hardening.subject import Subject

rule = Rule(
    title="Install authenticated apt packages only",
    severity=Severity.HIGH,
    why="Packages from a repository that is not signed, or whose signature is wrong, are "
    "installed as root.",
    references=("https://manpages.debian.org/bookworm/apt/apt-secure.8.en.html",),
    aliases=("checkov:CKV2_DOCKER_8", "cis-docker:4.11"),
    bad=(
        Example(
            "FROM debian:13\nRUN apt-get install -y --allow-unauthenticated tool\n",
            "FROM debian:13\nRUN apt-get install -y tool\n",
        ),
        Example(
            "FROM debian:13\nRUN apt-get update --allow-insecure-repositories\n",
            "FROM debian:13\nRUN apt-get update\n",
        ),
    ),
    good=(Example("FROM debian:13\nRUN apt-get install -y tool\n"),),
)


@rule.check
def find(subject: Subject) -> Iterator[Finding]:
    uses = flag_uses(
        subject,
        ("apt-get", "apt", "aptitude"),
        (
            "--allow-unauthenticated",
            "--allow-insecure-repositories",
            "--no-allow-secure-repositories",
        ),
    )
    yield from switched_off(
        subject,
        rule,
        uses,
        message=lambda use: (
            f"{use.command.name} {use.word.text} accepts packages that nobody signed"
        ),
        statement="The package is signed by a key that the image trusts",
        reason="The signature is not checked now",
    )
