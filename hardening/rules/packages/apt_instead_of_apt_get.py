"""apt in a script."""

from __future__ import annotations

from collections.abc import Iterator

from hardening.dockerfile.edits import replace_span
from hardening.dockerfile.shell_model import PackageCall
from hardening.model import Edit, Finding, Fix, Severity, holds
from hardening.rules.frame import Example, Rule
from hardening.rules.support import facts
from hardening.rules.support_fixes import literal
from hardening.rules.support_packages import about
from hardening.subject import Subject

SAME = frozenset(
    {"install", "reinstall", "remove", "purge", "update", "autoremove", "autopurge", "clean"}
    | {"autoclean", "download", "source", "build-dep", "satisfy"}
)

rule = Rule(
    title="Call apt-get instead of apt",
    severity=Severity.LOW,
    why="apt is made for people: its output and its options may change between releases, so a "
    "build that works today breaks, or installs something else, after a base update.",
    references=("https://manpages.debian.org/bookworm/apt/apt.8.en.html",),
    aliases=("hadolint:DL3027", "checkov:CKV_DOCKER_9", "kics:run_using_apt", "parfum:DL3027"),
    bad=(
        Example(
            "FROM debian:13\nRUN apt update && apt install -y --no-install-recommends curl "
            "&& rm -rf /var/lib/apt/lists/*\n",
            "FROM debian:13\nRUN apt-get update && apt-get install -y --no-install-recommends curl "
            "&& rm -rf /var/lib/apt/lists/*\n",
        ),
        Example(
            "FROM debian:13\nRUN apt-get update && apt upgrade -y && rm -rf /var/lib/apt/lists/*\n",
            "FROM debian:13\nRUN apt-get update && apt-get upgrade --with-new-pkgs -y "
            "&& rm -rf /var/lib/apt/lists/*\n",
            note="apt upgrade may install new packages; apt-get needs a flag for that",
        ),
    ),
    good=(
        Example("FROM debian:13\nRUN apt-get install -y curl && apt-cache policy curl\n"),
        Example("FROM debian:13\nRUN echo apt install -y curl\n", note="only printed"),
        Example("FROM debian:13\nRUN ls /etc/apt && apt-key list\n"),
    ),
)


def _edits(call: PackageCall) -> tuple[tuple[str, str], ...] | None:
    """(word, replacement) pairs; None when apt-get has no such verb."""
    if call.verb in SAME:
        return ()
    if call.verb == "upgrade":
        return (("upgrade", "upgrade --with-new-pkgs"),)
    if call.verb in ("full-upgrade", "dist-upgrade"):
        return (("full-upgrade", "dist-upgrade"),)
    return None


def _fix(subject: Subject, call: PackageCall) -> Iterator[Fix]:
    dockerfile = facts(subject).dockerfile
    words = call.command.words
    changes = _edits(call)
    if changes is None or words[0].text.rpartition("/")[2] != "apt":
        return
    first = words[0].span
    edits: list[Edit] = [replace_span(dockerfile, first, words[0].text + "-get")]
    for word in words[1:]:
        edits += [
            replace_span(dockerfile, word.span, new) for old, new in changes if word.text == old
        ]
    condition = holds("apt-get takes the same operands", f"It knows {call.verb}")
    yield Fix(
        "apt-get",
        "Call apt-get",
        tuple(edits),
        (literal(call.command), condition),
        "The same packages through the interface that is kept stable for scripts.",
    )


@rule.check
def find(subject: Subject) -> Iterator[Finding]:
    for _run, call in facts(subject).calls("apt"):
        yield rule.finding(
            subject,
            f"apt {call.verb} is meant for people; its behaviour is not kept stable for scripts",
            at=call.command.span,
            about=about(call),
            fixes=tuple(_fix(subject, call)),
            tip="Use apt-get, or apt-cache for queries",
        )
