"""A download over plain HTTP."""

from __future__ import annotations

import re
from collections.abc import Iterator

from hardening.dockerfile.edits import replace_span
from hardening.model import Finding, Fix, Severity, Span, unknown
from hardening.rules.frame import Example, Rule
from hardening.rules.support import facts
from hardening.rules.support_copy import transfers
from hardening.rules.support_downloads import fetched, is_verified, is_verified_strongly
from hardening.rules.support_variables import value_of
from hardening.subject import Subject

_HTTP = re.compile(r"^[\"']?(http)://", re.I)
_LOCAL = re.compile(
    r"^[\"']?http://(?:localhost|127\.|0\.0\.0\.0|\[::1\]|169\.254\.|host\.docker\.internal)"
)

rule = Rule(
    title="Download over HTTPS",
    severity=Severity.MEDIUM,
    why="Over plain HTTP everybody on the way can read the request and change what comes back; the "
    "image ships what they sent.",
    references=("https://everything.curl.dev/http/https.html",),
    aliases=("parfum:curlUseHttpsUrl", "parfum:wgetUseHttpsUrl", "cis-docker:4.11"),
    bad=(
        Example(
            "FROM alpine:3.22\nRUN curl -fsSL http://example.com/a -o /a\n",
            "FROM alpine:3.22\nRUN curl -fsSL https://example.com/a -o /a\n",
        ),
        Example(
            'FROM alpine:3.22\nRUN wget -q "http://example.com/a"\n',
            'FROM alpine:3.22\nRUN wget -q "https://example.com/a"\n',
        ),
        Example(
            "FROM alpine:3.22\nADD http://example.com/a /a\n",
            "FROM alpine:3.22\nADD https://example.com/a /a\n",
        ),
        Example(
            "FROM alpine:3.22\nARG MIRROR=http://example.com\nRUN curl -fsSLO $MIRROR/a\n",
            note="the address stands in a variable",
        ),
    ),
    good=(
        Example(
            'FROM alpine:3.22\nRUN wget -q http://example.com/a && echo "$A_SHA256  a" | '
            "sha256sum -c -\n",
            note="a change on the way is noticed",
        ),
        Example("FROM alpine:3.22\nRUN curl -fsSL https://example.com/a -o /a\n"),
        Example("FROM alpine:3.22\nRUN curl -fsSL http://localhost:8080/ready\n"),
    ),
)


@rule.check
def find(subject: Subject) -> Iterator[Finding]:
    seen: set[int] = set()
    for one in fetched(subject):
        word = one.download.url
        if word.span.start not in seen and one.download.command.editable:
            seen.add(word.span.start)
            if is_verified_strongly(one):
                continue
            checked = is_verified(one)
            yield from _finding(subject, word.text, word.span, checked=checked)
            text = word.text.strip('"')
            if text.startswith("$") and "'" not in text:
                value = value_of(one.run.instruction, text)
                yield from _from_variable(subject, text, value, word.span, checked=checked)
    for transfer in transfers(subject, "ADD"):
        if transfer.instruction.flag("checksum") is not None:
            continue
        for source in transfer.sources:
            yield from _finding(subject, source.text, source.span, checked=False)
            if source.value.startswith("$"):
                value = transfer.value(source)
                yield from _from_variable(subject, source.value, value, source.span, checked=False)


def _from_variable(
    subject: Subject, text: str, value: str, span: Span, *, checked: bool
) -> Iterator[Finding]:
    """An address that ENV or ARG gives: what is to be changed stands there."""
    if _HTTP.match(value) is None or _LOCAL.match(value):
        return
    yield rule.finding(
        subject,
        f"{text} is {value}, which is downloaded without encryption",
        at=span,
        about=text,
        severity=Severity.LOW if checked else None,
        tip="Give the variable an address that begins with https://",
    )


def _finding(subject: Subject, text: str, span: Span, *, checked: bool) -> Iterator[Finding]:
    """`checked`: a hash that can be forged is compared afterwards."""
    found = _HTTP.match(text)
    if found is None or _LOCAL.match(text):
        return
    start = span.start + found.start(1)
    scheme = Span(start, start + 4)
    dockerfile = facts(subject).dockerfile
    if scheme.slice(dockerfile.text).lower() != "http":
        return
    address = text.strip("\"'")
    fix = Fix(
        "use-https",
        "Use https://",
        (replace_span(dockerfile, scheme, "https"),),
        (unknown("The server answers over HTTPS with the same file", "Nobody asked it"),),
        "The download is encrypted and the server proves who it is.",
    )
    yield rule.finding(
        subject,
        f"{address} is downloaded without encryption",
        at=span,
        about=address.partition("://")[2],
        fixes=(fix,),
        severity=Severity.LOW if checked else None,
    )
