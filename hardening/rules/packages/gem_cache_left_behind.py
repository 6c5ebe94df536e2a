"""gem that leaves archives in the layer."""

from __future__ import annotations

from collections.abc import Iterator

from hardening.dockerfile.shell_model import Command
from hardening.model import Finding, Profile, Severity
from hardening.rules.frame import Example, Rule
from hardening.rules.support_package_caches import Cache, caches_left
from hardening.subject import Subject

rule = Rule(
    title="Delete what gem update leaves in /root/.gem",
    severity=Severity.LOW,
    profile=Profile.ALL,
    why="gem update --system keeps the archive and index it downloaded in root's home; in a layer "
    "nothing reads them again.",
    references=("https://guides.rubygems.org/command-reference/#gem-update",),
    aliases=("parfum:gemUpdateSystemRmRootGem",),
    bad=(
        Example(
            "FROM ruby:3.4\nRUN gem update --system\n",
            "FROM ruby:3.4\nRUN gem update --system && rm -rf /root/.gem\n",
        ),
    ),
    good=(
        Example("FROM ruby:3.4\nRUN gem update --system && rm -r /root/.gem/\n"),
        Example("FROM ruby:3.4\nRUN gem install rake:13.3.1\n"),
        Example("FROM ruby:3.4 AS build\nRUN gem update --system\nFROM debian:13\n"),
    ),
)


def _cleans(command: Command) -> bool:
    return command.name == "gem" and "cleanup" in [one.text for one in command.arguments]


CACHE = Cache(("/root/.gem", "~/.gem"), "rm -rf /root/.gem", frozenset({"update"}), _cleans)


@rule.check
def find(subject: Subject) -> Iterator[Finding]:
    yield from caches_left(subject, rule, managers=("gem",), cache=CACHE)
