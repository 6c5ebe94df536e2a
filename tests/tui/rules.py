"""A fixed set of small rules, so that what the screen shows does not move with the real ones."""

from __future__ import annotations

from collections.abc import Iterator

from hardening.dockerfile.edits import insert_line_before, replace_span
from hardening.model import Finding, Fix, ImagePathPlace, Severity, fails, holds, unknown
from hardening.rules.frame import Example, Need, Rule
from hardening.subject import Subject


def _rule(name: str, title: str, severity: Severity, *aliases: str) -> Rule:
    rule = Rule(
        title=title,
        severity=severity,
        why=f"Because of {title.lower()}, an attacker gains what nobody meant to give.",
        references=("https://docs.example/hardening",),
        aliases=aliases,
        needs=frozenset({Need.DOCKERFILE}),
        bad=(Example("FROM a\n"),),
        good=(Example("FROM b\n"),),
    )
    rule.id, rule.theme = name, "test"
    return rule


add = _rule("add-instead-of-copy", "Use COPY for local files", Severity.LOW, "hadolint:DL3020")


@add.check
def _find_add(subject: Subject) -> Iterator[Finding]:
    assert subject.dockerfile is not None
    for one in subject.dockerfile.instructions:
        if one.keyword == "ADD":
            edit = replace_span(subject.dockerfile, one.keyword_span, "COPY")
            fix = Fix("use-copy", "Write COPY", (edit,), (holds("The source is a local file"),))
            yield add.finding(subject, "ADD copies a local file", at=one, about="add", fixes=(fix,))


user = _rule("root-user", "Run as an unprivileged user", Severity.HIGH, "cis-docker:4.1")


@user.check
def _find_root(subject: Subject) -> Iterator[Finding]:
    dockerfile = subject.dockerfile
    assert dockerfile is not None
    stage = dockerfile.final_stage
    if stage is None or stage.last("USER") is not None:
        return
    command = stage.last("CMD") or stage.instructions[-1]
    fixes = (
        Fix("add-user", "Add USER 10001:10001 before the start", (
            insert_line_before(dockerfile, command, "USER 10001:10001"),), (
            holds("The base has a shell", "/bin/bash is in layer 0"),
            unknown("The program binds no port below 1024", "EXPOSE says 5000"),
        ), "Processes lose the rights of root."),
        Fix("use-nobody", "Use the account nobody", (
            insert_line_before(dockerfile, command, "USER 65534:65534"),), (
            unknown("Nobody else uses the account nobody"),)),
        Fix("rootless-base", "Move to a base that has a user", (), (
            fails("The base has an unprivileged variant"),)),
    )  # fmt: skip
    yield user.finding(subject, "The container runs as root", at=stage, about="user", fixes=fixes)


maintainer = _rule("maintainer", "Use a label instead of MAINTAINER", Severity.INFO)


@maintainer.check
def _find_maintainer(subject: Subject) -> Iterator[Finding]:
    assert subject.dockerfile is not None
    for one in subject.dockerfile.instructions:
        if one.keyword == "MAINTAINER":
            edit = replace_span(subject.dockerfile, one.span, f'LABEL authors="{one.value}"')
            fix = Fix("use-label", "Write a LABEL", (edit,), (holds("MAINTAINER is deprecated"),))
            yield maintainer.finding(subject, "MAINTAINER is deprecated", at=one, about="m",
                                     fixes=(fix,))  # fmt: skip


pinned = _rule("unpinned-base", "Pin the base image by digest", Severity.MEDIUM)


@pinned.check
def _find_unpinned(subject: Subject) -> Iterator[Finding]:
    assert subject.dockerfile is not None
    for stage in subject.dockerfile.stages:
        if "@" not in stage.base.value and stage.base.value != "scratch":
            yield pinned.finding(
                subject,
                f"{stage.base.value} is not pinned by digest",
                at=stage,
                about=stage.base.value,
                tip="docker pull prints the digest",
            )


setuid = _rule("setuid-files", "Take setuid bits away", Severity.LOW)


@setuid.check
def _find_setuid(subject: Subject) -> Iterator[Finding]:
    if subject.image is None:
        return
    for layer in subject.image.layers:
        for entry in layer.entries():
            if entry.is_file and entry.mode & 0o4000:
                yield setuid.finding(subject, f"/{entry.path} runs as its owner",
                                     at=ImagePathPlace(layer.index, entry.path),
                                     about=entry.path)  # fmt: skip


RULES = (add, maintainer, pinned, user, setuid)


def rule_by_id(name: str) -> Rule | None:
    return next((rule for rule in RULES if rule.id == name), None)
