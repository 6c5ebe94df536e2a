"""COPY of a file that .dockerignore leaves out."""

from __future__ import annotations

from collections.abc import Iterator

from hardening.context import BuildContext
from hardening.model import Edit, Finding, Fix, Severity, Span, holds, unknown
from hardening.rules.frame import Example, Need, Rule
from hardening.rules.support_copy import transfers
from hardening.secrets.credential_names import is_credential_file
from hardening.subject import Subject

rule = Rule(
    title="Do not copy what .dockerignore leaves out",
    severity=Severity.MEDIUM,
    why="The builder does not get the file, so the build stops, or a pattern silently copies less "
    "than the author believes.",
    references=("https://docs.docker.com/reference/build-checks/copy-ignored-file/",),
    aliases=("buildkit:CopyIgnoredFile",),
    needs=frozenset({Need.DOCKERFILE, Need.CONTEXT}),
    bad=(
        Example(
            "FROM alpine:3.22\nCOPY config.ini /srv/\n",
            "FROM alpine:3.22\nCOPY config.ini /srv/\n",
            files={".dockerignore": "*.ini\n", "config.ini": "[a]\n"},
            files_after={".dockerignore": "*.ini\n!config.ini\n"},
        ),
        Example(
            "FROM alpine:3.22\nCOPY .env /srv/\n",
            files={".dockerignore": ".env\n", ".env": "A=1\n"},
            note="it holds credentials by its name: better not copied",
        ),
    ),
    good=(
        Example(
            "FROM alpine:3.22\nCOPY config.ini /srv/\n",
            files={".dockerignore": "*.pem\n", "config.ini": "[a]\n"},
        ),
        Example(
            "FROM alpine:3.22\nCOPY conf /srv/\n",
            files={".dockerignore": "conf\n!conf/app.ini\n", "conf/app.ini": "[a]\n"},
            note="an exception lets a part through",
        ),
    ),
)


def _fixes(subject: Subject, context: BuildContext, source: str) -> Iterator[Fix]:
    path = context.ignore_path
    text = subject.texts.get(path or "")
    if path is None or text is None or is_credential_file(source):
        return
    joint = "" if not text or text.endswith("\n") else "\n"
    yield Fix(
        "let-through",
        f"Let {source} through",
        (Edit(path, Span(len(text), len(text)), f"{joint}!{source}\n"),),
        (
            holds("The file's name does not promise credentials", source),
            unknown("The file was left out by mistake", "A COPY names it"),
        ),
        "The builder receives the file, and the build no longer stops.",
    )


@rule.check
def find(subject: Subject) -> Iterator[Finding]:
    context = subject.context
    if context is None or context.ignore_path is None:
        return
    for one in transfers(subject):
        for word in one.local:
            source = word.value.strip("/")
            if word.has_variable or not source or set(source) & set("*?["):
                continue
            if not context.is_ignored(source) or context.exists(source):
                continue
            yield rule.finding(
                subject,
                f"{source} is left out by {context.ignore_path}, so it cannot be copied",
                at=word.span,
                about=source,
                fixes=tuple(_fixes(subject, context, source)),
                tip=f"Take the pattern out of {context.ignore_path} or add !{source} below it",
            )
