"""zypper that waits for an answer."""

from __future__ import annotations

from collections.abc import Iterator

from hardening.dockerfile.package_tables import MANAGERS
from hardening.dockerfile.packages import letters
from hardening.dockerfile.shell_model import PackageCall
from hardening.model import Finding, Severity
from hardening.rules.frame import Example, Rule
from hardening.rules.support_configured import is_fed
from hardening.rules.support_packages import has_flag, prompts
from hardening.subject import Subject

VERBS = frozenset({"install", "remove", "upgrade", "update", "patch", "dist-upgrade"})
VERBS |= {"source-install", "dup", "in"}
YES = ("--non-interactive", "-y", "--no-confirm", "-D", "--dry-run")

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
        Example(
            "FROM opensuse/leap:15.6\nRUN zypper in -n curl\n",
            "FROM opensuse/leap:15.6\nRUN zypper --non-interactive in -n curl\n",
            note="behind the verb -n means --name",
        ),
    ),
    good=(
        Example("FROM opensuse/leap:16.0\nRUN zypper -n install httpd && zypper clean\n"),
        Example("FROM opensuse/leap:16.0\nRUN zypper install -y httpd\n"),
        Example("FROM opensuse/leap:16.0\nRUN zypper in --no-confirm httpd\n"),
        Example("FROM opensuse/leap:16.0\nRUN zypper search httpd\n", note="nothing is changed"),
    ),
)


def _global(call: PackageCall) -> bool:
    """`-n` in front of the verb; behind it it means that packages are given by name."""
    verb = call.verb_span
    first = (one for one in call.flags if verb is None or one.span.end <= verb.start)
    valued = MANAGERS[call.manager].valued
    return any("n" in letters(one.text, valued) for one in first if one.text[:2] != "--")


@rule.check
def find(subject: Subject) -> Iterator[Finding]:
    yield from prompts(
        subject,
        rule,
        managers=("zypper",),
        verbs=VERBS,
        answered=lambda run, call: has_flag(call, *YES) or _global(call) or is_fed(call),
        flag="--non-interactive",
        program_flag=True,
    )
