"""A package that is malware itself."""

from __future__ import annotations

from collections.abc import Iterator

from hardening.image.synthetic import ImageSketch, LayerSketch
from hardening.model import Finding, Severity
from hardening.rules.frame import Example, Need, Rule
from hardening.rules.support_known import known
from hardening.subject import Subject

_PATH = "usr/lib/python3/site-packages/reqeusts-1.0.dist-info/METADATA"
_IMAGE = ImageSketch(layers=(LayerSketch({_PATH: "Name: reqeusts\nVersion: 1.0\n"}),))
_FOUND = known("MAL-2099-1", "reqeusts", "PyPI", "1.0", "")

rule = Rule(
    title="Remove packages that are malware",
    severity=Severity.CRITICAL,
    why="The package was published to attack whoever installs it: it has run during the build "
    "already, with the build's secrets and network.",
    references=("https://github.com/ossf/malicious-packages",),
    needs=frozenset({Need.IMAGE, Need.ADVISORIES}),
    bad=(
        Example(
            "FROM python:3.14\nRUN pip install reqeusts\n", image=_IMAGE, vulnerabilities=(_FOUND,)
        ),
    ),
    good=(
        Example("FROM python:3.14\nRUN pip install requests\n", image=_IMAGE, vulnerabilities=()),
    ),
)


@rule.check
def find(subject: Subject) -> Iterator[Finding]:
    from hardening.rules.support_vulnerabilities import evidence, is_malicious, places

    for row in subject.assessment.rows if subject.assessment is not None else ():
        if not is_malicious(row.vulnerability):
            continue
        where = places(subject, (row,), None)
        package = row.packages[0]
        yield rule.finding(
            subject,
            f"{package.name} {package.version} is a malicious package ({row.vulnerability.id})",
            at=where[0],
            about=f"{package.type} {package.name}",
            also=where[1:],
            evidence=evidence((row,)),
            tip="Remove it, build again, and rotate every secret that the build could read",
        )
