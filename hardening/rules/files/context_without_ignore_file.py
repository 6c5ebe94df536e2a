"""The whole build context copied, with nothing or too little left out."""

from __future__ import annotations

from collections.abc import Iterator

from hardening.model import Evidence, Finding, Severity
from hardening.rules.frame import Example, Need, Rule
from hardening.rules.support_copy import Transfer, is_whole_context, transfers
from hardening.rules.support_ignore import BASE_LINES, ignore_fix, missing_lines
from hardening.subject import Subject

_ALL = "".join(f"{line}\n" for line in BASE_LINES)

rule = Rule(
    title="Keep secrets and history out of the build context",
    severity=Severity.MEDIUM,
    why="COPY . takes everything that lies in the folder: .git with every old version, .env files, "
    "private keys. Whoever has the image, or a pushed build cache, has them too.",
    references=("https://docs.docker.com/build/concepts/context/#dockerignore-files",),
    aliases=("slim:ID.10001", "slim:ID.10002"),
    needs=frozenset({Need.DOCKERFILE, Need.CONTEXT}),
    bad=(
        Example(
            "FROM python:3.13-slim\nCOPY . /srv\n",
            "FROM python:3.13-slim\nCOPY . /srv\n",
            files={"app.py": "print('hello')\n"},
            files_after={".dockerignore": _ALL},
        ),
        Example(
            "FROM python:3.13-slim\nWORKDIR /srv\nCOPY . .\n",
            "FROM python:3.13-slim\nWORKDIR /srv\nCOPY . .\n",
            note="an ignore file that leaves the history in",
            files={".dockerignore": "*.log", ".git/config": "[core]\n", "app.py": "x = 1\n"},
            files_after={".dockerignore": "*.log\n**/.git\n"},
        ),
        Example(
            "FROM python:3.13-slim\nCOPY .env.example /srv/.env.example\nCOPY . /srv\n",
            "FROM python:3.13-slim\nCOPY .env.example /srv/.env.example\nCOPY . /srv\n",
            note="what a COPY names is not left out",
            files={".env.example": "TOKEN=\n"},
            files_after={".dockerignore": _ALL.replace("**/.env.*\n", "")},
        ),
        Example(
            "FROM python:3.13-slim\nWORKDIR /srv\nCOPY . .\nRUN cp .env.example .env\n",
            "FROM python:3.13-slim\nWORKDIR /srv\nCOPY . .\nRUN cp .env.example .env\n",
            note="a template is let through",
            files={".env.example": "PORT=\n"},
            files_after={".dockerignore": _ALL + "!**/.env.example\n"},
        ),
    ),
    good=(
        Example(
            "FROM python:3.13-slim\nCOPY . /srv\n",
            files={".dockerignore": "**/.git\n**/.env*\n", "app.py": "x = 1\n", ".git/HEAD": "x"},
        ),
        Example("FROM python:3.13-slim\nCOPY src /srv\n", files={"src/app.py": "x = 1\n"}),
        Example("FROM a AS b\nFROM alpine:3.22\nCOPY --from=b . /srv\n"),
    ),
)


@rule.check
def find(subject: Subject) -> Iterator[Finding]:
    context = subject.context
    copies = [one for one in transfers(subject) if _takes_all(one)]
    if context is None or not copies:
        return
    missing = missing_lines(subject, context)
    if not missing.lines:
        return
    first = next((one for one in copies if one.placed.shipped), copies[0])
    where = f"{context.ignore_path} lets through" if context.ignore_path else "no .dockerignore for"
    shown = ", ".join(missing.files[:3]) or "what the folder holds"
    yield rule.finding(
        subject,
        f"The whole build context is copied, and {where} {shown}",
        at=first.instruction,
        about="build context",
        fixes=(
            ignore_fix(
                subject,
                context,
                missing.lines,
                name="ignore-file",
                title="Add lines to .dockerignore"
                if context.ignore_path
                else "Add a .dockerignore",
            ),
        ),
        evidence=(Evidence(f"{path} is in the build context") for path in missing.files[:10]),
        severity=None if first.placed.shipped else Severity.LOW,
    )


def _takes_all(one: Transfer) -> bool:
    return any(is_whole_context(word.value) for word in one.local)
