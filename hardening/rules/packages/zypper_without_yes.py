"""zypper that waits for an answer."""

from __future__ import annotations

from collections.abc import Iterator

from hardening.model import Finding, Severity
from hardening.rules.frame import Example, Rule
from hardening.rules.support_packages import has_flag, prompts
from hardening.subject import Subject

VERBS = frozenset({"install", "remove", "upgrade", "update", "patch", "dist-upgrade"})
VERBS |= {"source-install", "dup", "in"}
YES = ("-n", "--non-interactive", "-y", "--no-confirm", "-D", "--dry-run")

rule = Rule(
    title="Run zypper without questions",
    severity=Severity.MEDIUM,
    why="Without --non-interactive zypper asks before it changes anything; a build has nobody to "
    "answer and aborts.",
    references=("https://en.opensuse.org/SDB:Zypper_manual",),
    aliases=("hadolint:DL3034", "kics:missing_zypper_non_interactive_switch"),
    bad=(
        Example(
            "FROM opensuse/leap:16.0\nRUN zypper install httpd && zypper clean --all\n",
            "FROM opensuse/leap:16.0\nRUN zypper --non-interactive install httpd && zypper clean "
            "--all\n",
        ),
    ),
    good=(
        Example("FROM opensuse/leap:16.0\nRUN zypper -n install httpd && zypper clean\n"),
        Example("FROM opensuse/leap:16.0\nRUN zypper install -y httpd\n"),
        Example("FROM opensuse/leap:16.0\nRUN zypper in --no-confirm httpd\n"),
        Example("FROM opensuse/leap:16.0\nRUN zypper search httpd\n", note="nothing is changed"),
    ),
)


@rule.check
def find(subject: Subject) -> Iterator[Finding]:
    yield from prompts(
        subject,
        rule,
        managers=("zypper",),
        verbs=VERBS,
        answered=lambda run, call: has_flag(call, *YES) or call.command.position > 0,
        flag="--non-interactive",
        program_flag=True,
    )
