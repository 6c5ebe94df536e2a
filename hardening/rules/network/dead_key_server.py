"""Keys from a key server pool that is no longer there."""

from __future__ import annotations

import re
from collections.abc import Iterator

from hardening.dockerfile.edits import replace_span
from hardening.model import Finding, Fix, Severity, Span, unknown
from hardening.rules.frame import Example, Rule
from hardening.rules.support import facts
from hardening.rules.support_fixes import literal
from hardening.subject import Subject

_POOL = re.compile(r"[a-z0-9.-]*\bsks-keyservers\.net", re.I)
_PROGRAMS = ("gpg", "gpg2", "apt-key", "dirmngr", "curl", "wget")

rule = Rule(
    title="Use a key server that still answers",
    severity=Severity.MEDIUM,
    why="The SKS pools were switched off in 2021; their names may be taken by anybody, and a build "
    "that cannot get the key invites people to drop the check.",
    references=("https://keys.openpgp.org/about/",),
    aliases=("parfum:gpgUseHaPools",),
    bad=(
        Example(
            "FROM debian:13\nRUN gpg --batch --keyserver hkps://ha.pool.sks-keyservers.net "
            "--recv-keys 0123456789ABCDEF0123456789ABCDEF01234567\n",
            "FROM debian:13\nRUN gpg --batch --keyserver hkps://keyserver.ubuntu.com "
            "--recv-keys 0123456789ABCDEF0123456789ABCDEF01234567\n",
        ),
        Example(
            "FROM debian:13\nRUN apt-key adv --keyserver hkp://p80.pool.sks-keyservers.net:80 "
            "--recv-keys 01234567\n",
            "FROM debian:13\nRUN apt-key adv --keyserver hkp://keyserver.ubuntu.com:80 "
            "--recv-keys 01234567\n",
        ),
    ),
    good=(
        Example("FROM debian:13\nRUN gpg --batch --keyserver keys.openpgp.org --recv-keys 0123\n"),
    ),
)


@rule.check
def find(subject: Subject) -> Iterator[Finding]:
    dockerfile = facts(subject).dockerfile
    for _, command in facts(subject).commands(*_PROGRAMS):
        for word in command.arguments:
            found = _POOL.search(word.text)
            if found is None:
                continue
            span = Span(word.span.start + found.start(), word.span.start + found.end())
            fix = Fix(
                "living-server",
                "Use keyserver.ubuntu.com",
                (replace_span(dockerfile, span, "keyserver.ubuntu.com"),),
                (literal(command), unknown("The key is on that server", "Nobody asked it")),
                "The key comes from a server that is kept running.",
            )
            yield rule.finding(
                subject,
                f"{found[0]} is no longer a working key server",
                at=word.span,
                about=" ".join([found[0].lower(), *(one.text for one in command.positionals())])[
                    :300
                ],
                fixes=(fix,) if span.slice(dockerfile.text) == found[0] else (),
                tip="Use keys.openpgp.org or keyserver.ubuntu.com, or keep the key in the "
                "repository",
            )
