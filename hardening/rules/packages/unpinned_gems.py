"""Ruby gems without a version."""

from __future__ import annotations

from collections.abc import Iterator

from hardening.dockerfile.shell_model import PackageCall, ShellWord
from hardening.image.synthetic import ImageSketch, LayerSketch
from hardening.model import Finding, Severity
from hardening.rules.frame import Example, Profile, Rule
from hardening.rules.support import Run
from hardening.rules.support_packages import has_flag, unpinned
from hardening.subject import Subject

SWITCHES = frozenset({"--no-document", "--no-ri", "--no-rdoc", "--pre", "--prerelease", "--force"})
SWITCHES |= {"--local", "--both", "--remote", "--conservative", "--development", "--verbose"}
SWITCHES |= {
    "--quiet",
    "--silent",
    "--user-install",
    "--default",
    "--minimal-deps",
    "--no-wrappers",
}
SWITCHES |= {"--ignore-dependencies", "--clear-sources", "--env-shebang", "--wrappers"}
"""Flags of `gem install` without a value: what follows them is a gem."""

rule = Rule(
    title="Name the version of each gem",
    severity=Severity.LOW,
    profile=Profile.ALL,
    why="Two builds of the same Dockerfile may install different versions, so what was tested is "
    "not what ships; a bad release reaches the image without a change of the Dockerfile.",
    references=("https://guides.rubygems.org/command-reference/#gem-install",),
    aliases=(
        "hadolint:DL3028",
        "kics:gem_install_without_version",
    ),
    bad=(
        Example("FROM ruby:3.4\nRUN gem install rake\n"),
        Example(
            "FROM ruby:3.4\nRUN gem install rake\n",
            "FROM ruby:3.4\nRUN gem install rake:13.3.1\n",
            image=ImageSketch(
                layers=(LayerSketch({"usr/local/bundle/gems/rake-13.3.1/rakefile": ""}),)
            ),
            note="the image tells the version",
        ),
    ),
    good=(
        Example("FROM ruby:3.4\nRUN gem install bundler:2.7.2\n"),
        Example("FROM ruby:3.4\nRUN gem install bundler --version 2.7.2\n"),
        Example("FROM ruby:3.4\nRUN gem install bundler -v 2.7.2\n"),
        Example("FROM ruby:3.4\nRUN gem install ./pkg/local.gem\n"),
    ),
)


def _is_pinned(run: Run, call: PackageCall, word: ShellWord) -> bool:
    text = word.text.strip("\"'")
    if has_flag(call, "-v", "--version") or any(one.text.startswith("-v") for one in call.flags):
        return True
    words = call.command.words
    before = words[words.index(word) - 1].text
    if any(one.text == "--" for one in words[: words.index(word)]):
        return True
    if before.startswith("--") and before not in SWITCHES and "=" not in before:
        return True
    return word.value is None or ":" in text or text.endswith(".gem")


@rule.check
def find(subject: Subject) -> Iterator[Finding]:
    yield from unpinned(
        subject,
        rule,
        managers=("gem",),
        verbs=frozenset({"install"}),
        is_pinned=_is_pinned,
        how="Write gem install name:version, or use a Gemfile.lock",
    )
