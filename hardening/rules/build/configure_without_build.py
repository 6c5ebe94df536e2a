"""./configure that guesses the machine."""

from __future__ import annotations

from collections.abc import Iterator

from hardening.model import Finding, Severity
from hardening.rules.frame import Example, Profile, Rule
from hardening.rules.support import facts
from hardening.subject import Subject

rule = Rule(
    title="Tell configure which machine it builds for",
    severity=Severity.INFO,
    why="An old configure script guesses the machine and is wrong on newer ones: the same "
    "Dockerfile gives another program, or none, on the next architecture.",
    references=(
        "https://www.gnu.org/software/autoconf/manual/autoconf.html#Specifying-Target-Triplets",
    ),
    aliases=("parfum:configureShouldUseBuildFlag",),
    profile=Profile.ALL,
    bad=(Example("FROM debian:13\nRUN ./configure --prefix=/usr && make install\n"),),
    good=(Example('FROM debian:13\nRUN ./configure --build="$(uname -m)-linux-gnu" && make\n'),),
)


@rule.check
def find(subject: Subject) -> Iterator[Finding]:
    for _, command in facts(subject).commands("configure"):
        if command.has_flag("--build", "--host", "--help", "--version"):
            continue
        yield rule.finding(
            subject,
            "configure guesses the machine that it builds on",
            at=command.span,
            about="configure",
            tip='On Debian: --build="$(dpkg-architecture --query DEB_BUILD_GNU_TYPE)" from '
            "dpkg-dev",
        )
