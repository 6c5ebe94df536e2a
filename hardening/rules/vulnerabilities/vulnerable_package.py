"""Packages with a known vulnerability and a version that mends it, which the image adds itself."""

from __future__ import annotations

from collections.abc import Iterator

from hardening.image.synthetic import FileSketch, ImageSketch, LayerSketch
from hardening.model import Finding, Severity
from hardening.rules.frame import Example, Need, Rule
from hardening.rules.support_known import known
from hardening.subject import Subject

_FLASK = known("CVE-2099-1", "flask", "PyPI", "2.0.0", "2.2.5")
_LODASH = known("CVE-2099-2", "lodash", "npm", "4.17.20", "4.17.21")
_CURL = known("CVE-2099-3", "curl", "Debian:13", "8.14.1-1", "8.14.1-2")


def _own(path: str, text: str) -> ImageSketch:
    """An image whose own layer holds this one file."""
    layers = (LayerSketch({"etc/hostname": "x"}), LayerSketch({path: text}))
    return ImageSketch(base_layers=1, layers=layers)


_PYTHON = _own(
    "usr/lib/python3/site-packages/flask-2.0.0.dist-info/METADATA",
    "Name: Flask\nVersion: 2.0.0\n",
)
_NODE = _own("app/node_modules/lodash/package.json", '{"name": "lodash", "version": "4.17.20"}')
_DEBIAN = ImageSketch(
    layers=(
        LayerSketch(
            {
                "etc/os-release": 'ID=debian\nVERSION_ID="13"\n',
                "usr/bin/apt-get": FileSketch("\x7fELF", mode=0o755),
                "var/lib/dpkg/status": "Package: curl\nStatus: x ok installed\nVersion: 8.14.1-1\n",
            }
        ),
    )
)
_PIP = "FROM python:3.14-slim-trixie\nCOPY . .\nRUN pip install -r requirements.txt\n"
_NPM = "FROM node:24-trixie-slim\nCOPY . .\nRUN npm install\n"

rule = Rule(
    title="Raise packages to a version without known holes",
    severity=Severity.HIGH,
    why="The holes are public and often come with a ready exploit: whoever reaches the program "
    "needs no research, and the version that closes them is out.",
    references=("https://osv.dev/", "https://www.cisa.gov/known-exploited-vulnerabilities-catalog"),
    needs=frozenset({Need.IMAGE, Need.ADVISORIES}),
    bad=(
        Example(
            _PIP,
            files={
                "requirements.txt": "# web\nFlask[async] == 2.0.0 ; python_version > '3'  # x\n"
            },
            files_after={
                "requirements.txt": "# web\nFlask[async] == 2.2.5 ; python_version > '3'  # x\n"
            },
            image=_PYTHON,
            vulnerabilities=(_FLASK,),
        ),
        Example(
            _PIP,
            files={"requirements.txt": "flask==2.0.0 \\\n  --hash=sha256:00\n"},
            image=_PYTHON,
            vulnerabilities=(_FLASK,),
            note="the hash is for people",
        ),
        Example(
            "FROM python:3.14-slim-trixie\nRUN pip install 'flask==2.0.0'\n",
            "FROM python:3.14-slim-trixie\nRUN pip install 'flask==2.2.5'\n",
            image=_PYTHON,
            vulnerabilities=(_FLASK,),
        ),
        Example(
            _NPM,
            files={"package.json": '{"dependencies": {"lodash": "^4.17.20"}}\n'},
            files_after={"package.json": '{"dependencies": {"lodash": "^4.17.21"}}\n'},
            image=_NODE,
            vulnerabilities=(_LODASH,),
        ),
        Example(
            _NPM.replace("install", "ci"),
            files={
                "package.json": '{"dependencies": {"lodash": "4.17.20"}}\n',
                "package-lock.json": "{}",
            },
            image=_NODE,
            vulnerabilities=(_LODASH,),
        ),
        Example(
            "FROM debian:13\nRUN apt-get update && apt-get install -y curl=8.14.1-1\n",
            "FROM debian:13\nRUN apt-get update && apt-get install -y curl=8.14.1-2\n",
            image=_DEBIAN,
            vulnerabilities=(_CURL,),
        ),
        Example(
            "FROM debian:13\n",
            "FROM debian:13\nRUN apt-get update \\\n    && apt-get install -y "
            "--no-install-recommends --only-upgrade curl \\\n    && rm -rf /var/lib/apt/lists/*\n",
            image=_DEBIAN,
            vulnerabilities=(_CURL,),
        ),
    ),
    good=(
        Example(_PIP, files={"requirements.txt": "flask\n"}, image=_PYTHON, vulnerabilities=()),
        Example(_NPM, files={"package.json": "{}"}, image=_NODE, note="not looked up"),
    ),
)


@rule.check
def find(subject: Subject) -> Iterator[Finding]:
    from hardening.rules.support_vulnerabilities import evidence, places, shares, worst
    from hardening.rules.support_vulnerable_package import fixes, groups, message, tip

    rows = [row for row in shares(subject).own if row.vulnerability.fixed]
    for group in groups(subject, rows) if rows else ():
        where = [*places(subject, group.rows, None), *(pin.place for pin in group.pinned)]
        tried = tuple(fixes(subject, group))
        yield rule.finding(
            subject,
            message(group),
            at=where[0],
            about=group.about,
            also=where[1:],
            fixes=tried,
            evidence=evidence(group.rows),
            severity=worst(group.rows),
            tip=tip(subject, group, tried),
        )
