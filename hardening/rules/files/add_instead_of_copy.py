"""ADD where COPY does the same and nothing else."""

from __future__ import annotations

from collections.abc import Iterator

from hardening.dockerfile.edits import replace_span
from hardening.model import Finding, Fix, Precondition, Severity, holds, unknown
from hardening.rules.frame import Example, Rule
from hardening.rules.support import facts
from hardening.rules.support_copy import ARCHIVE_NAME, Transfer, holds_tar, transfers
from hardening.subject import Subject

_STATEMENT = "No source is an archive that ADD unpacks"

rule = Rule(
    title="Use COPY for files of the build context",
    severity=Severity.LOW,
    why="ADD also downloads addresses and unpacks archives by their content: a swapped file or a "
    "build argument turns a plain copy into something else. COPY only copies.",
    references=("https://docs.docker.com/build/building/best-practices/#add-or-copy",),
    aliases=(
        "hadolint:DL3020",
        "trivy:DS-0005",
        "checkov:CKV_DOCKER_4",
        "kics:add_instead_of_copy",
        "dockle:CIS-DI-0009",
        "parfum:DL3020",
        "cis-docker:4.9",
    ),
    bad=(
        Example(
            "FROM alpine:3.22\nADD app.py requirements.txt /srv/\n",
            "FROM alpine:3.22\nCOPY app.py requirements.txt /srv/\n",
            files={"app.py": "print('hello')\n", "requirements.txt": "flask\n"},
        ),
        Example(
            'FROM alpine:3.22\nadd --chown=10001:10001 ["my app.py", "/srv/"]\n',
            'FROM alpine:3.22\ncopy --chown=10001:10001 ["my app.py", "/srv/"]\n',
            note="lower case and the list form stay",
            files={"my app.py": "print('hello')\n"},
        ),
        Example(
            "FROM alpine:3.22\nADD assets.zip /srv/\n",
            "FROM alpine:3.22\nCOPY assets.zip /srv/\n",
            note="ADD does not unpack zip files",
            files={"assets.zip": "PK\x03\x04"},
        ),
        Example(
            "FROM alpine:3.22\nARG WHAT=app\nADD $WHAT /srv/\n",
            "FROM alpine:3.22\nARG WHAT=app\nCOPY $WHAT /srv/\n",
            note="what the variable holds is not certain: review",
        ),
    ),
    good=(
        Example("FROM alpine:3.22\nCOPY app.py /srv/\n"),
        Example("FROM scratch\nADD rootfs.tar.xz /\n", note="an archive is unpacked"),
        Example("FROM alpine:3.22\nADD https://example.com/a.sh /srv/\n"),
        Example("FROM alpine:3.22\nADD https://github.com/moby/moby.git#v27.0.0 /src\n"),
        Example(
            "FROM alpine:3.22\nARG FROM=https://example.com/a.sh\nADD $FROM /srv/\n",
            note="the variable holds an address",
        ),
    ),
)


@rule.check
def find(subject: Subject) -> Iterator[Finding]:
    dockerfile = facts(subject).dockerfile
    for one in transfers(subject, "ADD"):
        if len(one.local) < len(one.sources) or not one.sources:
            continue
        flags = {flag.name for flag in one.instruction.flags}
        if flags & {"checksum", "keep-git-dir", "unpack"} or _unpacks(subject, one):
            continue
        keyword = one.instruction.keyword_span
        written = keyword.slice(dockerfile.text)
        fix = Fix(
            "use-copy",
            "Replace ADD by COPY",
            (replace_span(dockerfile, keyword, "copy" if written.islower() else "COPY"),),
            (
                holds("Every source is a file of the build context", _shown(one)),
                _no_archive(subject, one),
            ),
            "The same files end up in the same place.",
        )
        yield rule.finding(
            subject,
            f"ADD is used to copy {_shown(one)} from the build context",
            at=one.instruction,
            about=_shown(one),
            fixes=(fix,),
        )


def _shown(one: Transfer) -> str:
    return " ".join(word.value for word in one.sources)


def _unpacks(subject: Subject, one: Transfer) -> bool:
    """True when ADD is right: a source is an archive, or looks like one and cannot be read."""
    for word in one.sources:
        known = None
        if subject.context is not None and not word.has_variable:
            known = holds_tar(subject.context, word.value)
        if known or (known is None and ARCHIVE_NAME.search(one.value(word))):
            return True
    return False


def _no_archive(subject: Subject, one: Transfer) -> Precondition:
    context = subject.context
    if context is None:
        return unknown(_STATEMENT, "The build context is not known")
    for word in one.sources:
        if word.has_variable:
            return unknown(_STATEMENT, f"{word.value} depends on a variable")
        if holds_tar(context, word.value) is None:
            return unknown(_STATEMENT, f"{word.value} is not in the build context here")
    return holds(_STATEMENT, "Content of the files in the build context")
