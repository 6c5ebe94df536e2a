"""yum, dnf or zypper told not to check signatures."""

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
        Example(
            "FROM rockylinux:9\nRUN printf '[a]\\ngpgcheck=0\\n' > /etc/yum.repos.d/a.repo\n",
            "FROM rockylinux:9\nRUN printf '[a]\\ngpgcheck=1\\n' > /etc/yum.repos.d/a.repo\n",
            note="in the repository's file",
        ),
        Example(
            "FROM rockylinux:9\nRUN dnf install -y --setopt=gpgcheck=0 tool\n",
            note="as an option",
        ),
    ),
    good=(
        Example("FROM rockylinux:9\nRUN dnf install -y tool\n"),
        Example("FROM rockylinux:9\nRUN grep -r gpgcheck=0 /etc/yum.repos.d || true\n"),
    ),
)


_MANAGERS = ("yum", "dnf", "microdnf", "tdnf")
_FILES = re.compile(r"/yum\.repos\.d\b|/(?:yum|dnf)\.conf|/etc/(?:yum|dnf)\b|/zypp/repos\.d\b")
_SETTING = re.compile(r"(?i)(?:\b|(?<=\\n))gpgcheck\s*=\s*(0|no|false|off)\b")
_OPTION = re.compile(r"(?i)(?:.*\.)?(?:pkg_)?gpgcheck=(?:0|no|false|off)")
_TIP = "Name the key with gpgkey= in the repository's file and leave gpgcheck on"


@rule.check
def find(subject: Subject) -> Iterator[Finding]:
    yield from written_findings(
        subject,
        rule,
        written(facts(subject), _FILES, _SETTING),
        message="gpgcheck is set to off: packages may come from anybody",
        value="1",
        condition=SIGNED,
        tip=_TIP,
    )
    yield from options_off(
        subject,
        rule,
        _MANAGERS,
        lambda text: _OPTION.fullmatch(text) is not None,
        message=lambda text: f"{text} installs packages whose signature is not checked",
        tip=_TIP,
    )
    for _, command in facts(subject).commands("yum-config-manager"):
        for word in command.arguments:
            if _OPTION.fullmatch(word.text.strip("\"'").removeprefix("--setopt=")):
                yield rule.finding(
                    subject,
                    f"{word.text} lets every later install skip the signature",
                    at=command.span,
                    about=word.text,
                    tip=_TIP,
                )
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
