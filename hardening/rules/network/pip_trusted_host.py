"""pip told to trust a host without verifying it."""

from __future__ import annotations

from collections.abc import Iterator

from hardening.model import Finding, Severity, unknown
from hardening.rules.frame import Example, Rule
from hardening.rules.support import facts
from hardening.rules.support_settings import flag_uses, setting_findings, settings, switched_off
from hardening.subject import Subject

_STATEMENT = "The host has a certificate that the image trusts"
_REASON = "A certificate authority of your own can be named with --cert or PIP_CERT"

rule = Rule(
    title="Do not tell pip to trust a host blindly",
    severity=Severity.HIGH,
    why="Packages run code when they are installed; from a trusted host pip takes them over plain "
    "HTTP or with any certificate, so whoever stands in between chooses that code.",
    references=("https://pip.pypa.io/en/stable/cli/pip/#cmdoption-trusted-host",),
    aliases=("checkov:CKV2_DOCKER_4", "checkov:CKV2_DOCKER_16"),
    bad=(
        Example(
            "FROM python:3.13\n"
            "RUN pip install --trusted-host registry.example --no-cache-dir -r requirements.txt\n",
            "FROM python:3.13\nRUN pip install --no-cache-dir -r requirements.txt\n",
        ),
        Example(
            "FROM python:3.13\nENV PIP_TRUSTED_HOST=pypi.example\nRUN pip install flask\n",
            "FROM python:3.13\nRUN pip install flask\n",
        ),
        Example("FROM python:3.13\nRUN pip config set global.trusted-host pypi.example\n"),
    ),
    good=(Example("FROM python:3.13\nRUN pip install --no-cache-dir flask\n"),),
)


@rule.check
def find(subject: Subject) -> Iterator[Finding]:
    programs = ("pip", "pip3", "pip2", "python", "python3", "uv", "pipenv")
    uses = flag_uses(
        subject, programs, ("--trusted-host", "--allow-insecure-host"), takes_value=True
    )
    yield from switched_off(
        subject,
        rule,
        uses,
        message=lambda use: f"{use.command.name} trusts a host without verifying it",
        statement=_STATEMENT,
        reason=_REASON,
        title="Take out --trusted-host",
    )
    yield from setting_findings(
        subject,
        rule,
        settings(subject, "PIP_TRUSTED_HOST", "UV_INSECURE_HOST"),
        message=lambda one: f"{one.name} makes pip trust {one.value} without verifying it",
        condition=unknown(_STATEMENT, _REASON),
    )
    for _, command in facts(subject).commands("pip", "pip3"):
        if any(word.text.strip("\"'").endswith(".trusted-host") for word in command.arguments):
            yield rule.finding(
                subject,
                "pip's configuration trusts a host without verifying it",
                at=command.span,
                about="trusted-host",
                tip="Take the setting out; name a certificate authority with global.cert instead",
            )
