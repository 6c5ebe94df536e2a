"""Python told not to verify certificates."""

from __future__ import annotations

from collections.abc import Iterator

from hardening.model import Finding, Severity, unknown
from hardening.rules.frame import Example, Rule
from hardening.rules.support_settings import OFF, setting_findings, settings
from hardening.subject import Subject

rule = Rule(
    title="Let Python verify certificates",
    severity=Severity.HIGH,
    why="Every HTTPS connection of the standard library accepts every certificate: downloads and "
    "passwords are open to whoever stands in between.",
    references=("https://peps.python.org/pep-0493/",),
    aliases=("checkov:CKV2_DOCKER_5",),
    bad=(
        Example(
            "FROM python:3.13\nENV PYTHONHTTPSVERIFY=0\nRUN python setup.py build\n",
            "FROM python:3.13\nRUN python setup.py build\n",
        ),
        Example(
            "FROM python:3.13\nENV LANG=C PYTHONHTTPSVERIFY=0\n",
            "FROM python:3.13\nENV LANG=C\n",
            note="next to another variable",
        ),
        Example("FROM python:3.13\nRUN export PYTHONHTTPSVERIFY=0 && python setup.py build\n"),
        Example(
            "FROM python:3.13\nRUN PYTHONHTTPSVERIFY=0 python setup.py build\n",
            "FROM python:3.13\nRUN python setup.py build\n",
        ),
    ),
    good=(
        Example("FROM python:3.13\nENV PYTHONHTTPSVERIFY=1\n"),
        Example("FROM python:3.13\nRUN python setup.py build\n"),
    ),
)


@rule.check
def find(subject: Subject) -> Iterator[Finding]:
    found = (one for one in settings(subject, "PYTHONHTTPSVERIFY") if one.value.lower() in OFF)
    yield from setting_findings(
        subject,
        rule,
        found,
        message=lambda one: "PYTHONHTTPSVERIFY=0 lets Python accept every certificate",
        condition=unknown(
            "The image trusts the certificates of the servers",
            "A certificate authority of your own may have to be added to the image first",
        ),
    )
