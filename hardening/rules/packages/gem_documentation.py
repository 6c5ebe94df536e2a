"""gem that installs documentation."""

from __future__ import annotations

from collections.abc import Iterator

from hardening.dockerfile.shell_model import PackageCall
from hardening.model import Finding, Fix, Profile, Severity, holds
from hardening.rules.frame import Example, Rule
from hardening.rules.support import Run, facts
from hardening.rules.support_fixes import insert_flag, literal
from hardening.rules.support_packages import about, has_flag, shown
from hardening.subject import Subject

NONE = ("--no-document", "-N", "--no-doc", "--no-ri", "--no-rdoc", "--document", "--development")

rule = Rule(
    title="Install gems without documentation",
    severity=Severity.INFO,
    profile=Profile.ALL,
    why="Documentation of gems is built by code that runs as root during the build and is read by "
    "nobody in a container; it only adds size and files.",
    references=("https://guides.rubygems.org/command-reference/#gem-install",),
    aliases=("parfum:gemUpdateNoDocument",),
    bad=(
        Example(
            "FROM debian:13\nRUN gem install rake:13.3.1\n",
            "FROM debian:13\nRUN gem install --no-document rake:13.3.1\n",
        ),
        Example(
            "FROM debian:13\nRUN gem update --system\n",
            "FROM debian:13\nRUN gem update --no-document --system\n",
        ),
    ),
    good=(
        Example("FROM debian:13\nRUN gem install -N rake:13.3.1\n"),
        Example(
            "FROM ruby:3.4\nRUN gem install rake:13.3.1\n",
            note="the official image has it in gemrc",
        ),
        Example(
            "FROM debian:13\nRUN echo 'gem: --no-document' > /etc/gemrc\nRUN gem install rake\n"
        ),
        Example("FROM debian:13\nRUN gem list\n"),
    ),
)


def _configured(subject: Subject, run: Run) -> bool:
    known = facts(subject)
    if run.stage is None:
        return False
    base = known.dockerfile.chain(run.stage)[0].base.value.partition(":")[0]
    return base.rpartition("/")[2] in ("ruby", "jruby")


def _fix(subject: Subject, call: PackageCall) -> Fix:
    return Fix(
        "no-document",
        "Add --no-document",
        (insert_flag(facts(subject).dockerfile, call, "--no-document"),),
        (literal(call.command), holds("gem knows the flag", "Since RubyGems 2.0")),
        "The same gems without their documentation.",
    )


@rule.check
def find(subject: Subject) -> Iterator[Finding]:
    known = facts(subject)
    if "gemrc" in known.dockerfile.text:
        return
    for run, call in known.calls("gem"):
        if call.verb not in ("install", "update") or has_flag(call, *NONE):
            continue
        if not run.shipped or _configured(subject, run):
            continue
        yield rule.finding(
            subject,
            f"{shown(call)} builds documentation",
            at=call.command.span,
            about=about(call),
            fixes=(_fix(subject, call),),
        )
