"""gem update --system that leaves /root/.gem."""

from __future__ import annotations

from collections.abc import Iterator

from hardening.model import Finding, Fix, Severity, holds
from hardening.rules.frame import Example, Profile, Rule
from hardening.rules.support import Run, facts
from hardening.rules.support_fixes import append_command, literal, unconditional
from hardening.rules.support_packages import removes, with_sudo
from hardening.subject import Subject

_HOMES = ("/root/.gem", "/root/.local/share/gem")

rule = Rule(
    title="Remove gem's own files after it updated itself",
    severity=Severity.INFO,
    why="The update leaves its downloads in root's home, which every pull then carries.",
    references=("https://guides.rubygems.org/command-reference/#gem-update",),
    aliases=("parfum:gemUpdateSystemRmRootGem",),
    profile=Profile.ALL,
    bad=(
        Example(
            "FROM ruby:3.4\nRUN gem update --no-document --system 3.6.0\n",
            "FROM ruby:3.4\nRUN gem update --no-document --system 3.6.0 && rm -rf /root/.gem\n",
        ),
    ),
    good=(
        Example("FROM ruby:3.4\nRUN gem update --no-document --system && rm -rf /root/.gem/\n"),
        Example("FROM ruby:3.4\nRUN gem install --no-document rack\n"),
    ),
)


@rule.check
def find(subject: Subject) -> Iterator[Finding]:
    for run, command in facts(subject).commands("gem"):
        if not command.has_flag("--system") or not run.shipped:
            continue
        if any(removes(one, *_HOMES) for one in run.script.after(command)):
            continue
        yield rule.finding(
            subject,
            "gem update --system leaves its downloads in /root/.gem",
            at=command.span,
            about="gem update --system",
            fixes=tuple(_fixes(subject, run)),
            tip="End the RUN with rm -rf /root/.gem",
        )


def _fixes(subject: Subject, run: Run) -> Iterator[Fix]:
    dockerfile = facts(subject).dockerfile
    command = run.script.named("gem")[-1]
    text = with_sudo(command, "rm -rf /root/.gem")
    edit = append_command(dockerfile, run.instruction, run.script, text)
    if edit is not None:
        yield Fix(
            "clean-home",
            "End the RUN with rm -rf /root/.gem",
            (edit,),
            (
                literal(command),
                unconditional(command),
                holds(
                    "Gems are installed elsewhere", "gem update --system keeps them in its prefix"
                ),
            ),
            "The downloads are gone before the layer is closed.",
        )
