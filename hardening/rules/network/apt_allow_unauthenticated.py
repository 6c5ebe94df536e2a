"""apt that installs packages without a signature."""

from __future__ import annotations

import re
from collections.abc import Iterator

from hardening.model import Finding, Severity
from hardening.rules.frame import Example, Rule
from hardening.rules.support import facts
from hardening.rules.support_config_files import SIGNED, options_off, written, written_findings
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
        Example(
            "FROM debian:13\n"
            "RUN echo 'APT::Get::AllowUnauthenticated \"true\";' > /etc/apt/apt.conf.d/x\n",
            "FROM debian:13\n"
            "RUN echo 'APT::Get::AllowUnauthenticated \"false\";' > /etc/apt/apt.conf.d/x\n",
            note="in the configuration",
        ),
        Example(
            "FROM debian:13\n"
            "RUN echo 'deb [trusted=yes] https://a.example ./' > /etc/apt/sources.list.d/a.list\n",
            note="for a whole repository",
        ),
    ),
    good=(
        Example("FROM debian:13\nRUN apt-get install -y tool\n"),
        Example(
            "FROM debian:13\n"
            "RUN echo 'deb [trusted=yes] file:/built ./' > /etc/apt/sources.list.d/a.list\n",
            note="what the build itself made",
        ),
    ),
)


_NAMES = (
    r"(?:APT::Get::AllowUnauthenticated|Acquire::AllowInsecureRepositories"
    r"|Acquire::AllowDowngradeToInsecureRepositories)"
)
_ON = r"(?:1|true|yes|on|with|enable)\b"
_CONF = re.compile(r"/apt\.conf")
_SETTING = re.compile(rf"""(?i)(?:\b|(?<=\\n)){_NAMES}['"\\]*[\s=]+['"\\]*({_ON})""")
_OPTION = re.compile(rf"(?i){_NAMES}=['\"]?{_ON}['\"]?")
_LISTS = re.compile(r"/sources\.list")
_TRUSTED = re.compile(
    r"(?im)\[[^\[\]\n]{0,500}\b(trusted=yes)\b[^\[\]\n]{0,500}\](?!\s*(?:file|copy|cdrom):)"
    r"|^(trusted:\s*yes)\b"
)
_TIP = "Name the repository's key with signed-by"


@rule.check
def find(subject: Subject) -> Iterator[Finding]:
    yield from _configured(subject)
    yield from _flags(subject)


def _configured(subject: Subject) -> Iterator[Finding]:
    known = facts(subject)
    yield from written_findings(
        subject,
        rule,
        written(known, _CONF, _SETTING),
        message="apt is configured to accept packages that nobody signed",
        value="false",
        condition=SIGNED,
        tip=_TIP,
    )
    yield from written_findings(
        subject,
        rule,
        written(known, _LISTS, _TRUSTED),
        message="trusted=yes lets the repository install packages that nobody signed",
        value=None,
        condition=SIGNED,
        tip=_TIP,
    )
    yield from options_off(
        subject,
        rule,
        ("apt-get", "apt", "aptitude"),
        lambda text: _OPTION.fullmatch(text) is not None,
        message=lambda text: f"{text} accepts packages that nobody signed",
        tip=_TIP,
    )


def _flags(subject: Subject) -> Iterator[Finding]:
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
