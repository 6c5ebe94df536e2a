"""Bundler that installs development gems into the image that ships."""

from __future__ import annotations

from collections.abc import Iterator

from hardening.dockerfile.edits import insert_line_before
from hardening.dockerfile.shell_model import Command
from hardening.model import Finding, Fix, Severity, holds, unknown
from hardening.rules.frame import Example, Rule
from hardening.rules.support import Facts, Run, facts
from hardening.subject import Subject

LINE = "ENV BUNDLE_WITHOUT=development:test"

rule = Rule(
    title="Install gems without the development ones",
    severity=Severity.MEDIUM,
    why="Consoles and debuggers of the development group let whoever reaches an error page run "
    "code, and every gem is one more to patch.",
    references=("https://bundler.io/man/bundle-config.1.html",),
    aliases=("tally:missing-bundle-without-development",),
    bad=(
        Example(
            "FROM ruby:3.4-slim\nRUN bundle install\n",
            "FROM ruby:3.4-slim\nENV BUNDLE_WITHOUT=development:test\nRUN bundle install\n",
        ),
    ),
    good=(
        Example('FROM ruby:3.4-slim\nENV BUNDLE_WITHOUT="development:test"\nRUN bundle install\n'),
        Example(
            "FROM ruby:3.4-slim\nRUN bundle config set --local without 'development test' "
            "&& bundle install\n"
        ),
        Example("FROM ruby:3.4-slim\nRUN bundle install --without development test\n"),
        Example("FROM ruby:3.4 AS build\nRUN bundle install\nFROM ruby:3.4-slim\n"),
        Example("FROM ruby:3.4-slim\nRUN bundle exec rake\n"),
        Example("FROM ruby:3.4-slim\nENV BUNDLE_ONLY=production\nRUN bundle install\n"),
    ),
)


def _is_chosen(known: Facts, run: Run, command: Command) -> bool:
    for name in ("BUNDLE_WITHOUT", "BUNDLE_ONLY"):
        if known.variable(run.instruction, name) or known.is_set(run, command, name):
            return True
    if command.has_flag("--without", "--only"):
        return True
    for _run, other in known.commands("bundle", "bundler"):
        words = [word.text for word in other.arguments]
        if words[:1] == ["config"] and ("without" in words or "only" in words):
            return True
    return False


@rule.check
def find(subject: Subject) -> Iterator[Finding]:
    known = facts(subject)
    for run, command in known.commands("bundle", "bundler"):
        words = [word.text for word in command.positionals()]
        if words[:1] not in (["install"], ["i"]) or not run.shipped:
            continue
        if _is_chosen(known, run, command):
            continue
        fixes: tuple[Fix, ...] = ()
        if run.stage is not None and not run.placed.deferred:
            fixes = (
                Fix(
                    "without-development",
                    f"Write {LINE} before it",
                    (insert_line_before(known.dockerfile, run.instruction, LINE),),
                    (
                        holds("Bundler reads the variable", "At install and at run time"),
                        unknown("The program needs none of these gems", "Only a run can show it"),
                    ),
                    "Gems of the groups development and test are not in the image.",
                ),
            )
        yield rule.finding(
            subject,
            "bundle install also installs what is for development only",
            at=command.span,
            about="bundle install",
            fixes=fixes,
        )
        return
