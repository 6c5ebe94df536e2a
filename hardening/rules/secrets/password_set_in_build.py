"""A login password set during the build."""

from __future__ import annotations

from collections.abc import Iterator

from hardening.dockerfile.shell_model import Command
from hardening.model import Finding, Severity
from hardening.rules.frame import Example, Rule
from hardening.rules.support import facts
from hardening.subject import Subject

rule = Rule(
    title="Set no login password in the build",
    severity=Severity.MEDIUM,
    why="Every container of the image has the same password, its hash can be taken out of "
    "the image "
    "and guessed at leisure, and a literal one stands in the history.",
    references=("https://man7.org/linux/man-pages/man8/chpasswd.8.html",),
    aliases=("checkov:CKV2_DOCKER_17", "cis-docker:4.10"),
    bad=(
        Example("FROM debian:13\nRUN echo 'root:s3cretpw9' | chpasswd\n"),
        Example("FROM rockylinux:9\nRUN echo s3cretpw9 | passwd --stdin root\n"),
        Example("FROM debian:13\nRUN useradd -m -p '$6$abc' bob\n"),
    ),
    good=(
        Example("FROM debian:13\nRUN useradd -r -u 10001 app\n"),
        Example("FROM debian:13\nRUN passwd -l root\n", note="locking an account"),
    ),
)


@rule.check
def find(subject: Subject) -> Iterator[Finding]:
    names = ("chpasswd", "passwd", "useradd", "usermod", "adduser")
    for run, command in facts(subject).commands(*names):
        if not _sets(command):
            continue
        yield rule.finding(
            subject,
            f"{command.name} sets a password that every container will have",
            at=command.span,
            about=command.name or "",
            severity=None if run.shipped else Severity.LOW,
            tip="Leave the account without a password and use docker exec",
        )


def _sets(command: Command) -> bool:
    if command.name == "chpasswd":
        return True
    if command.name == "passwd":
        return command.has_flag("--stdin") or (
            command.position > 0 and not command.has_flag("-l", "-d", "-S", "--lock", "--delete")
        )
    return command.has_flag("-p", "--password") and command.name != "adduser"
