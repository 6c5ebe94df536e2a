"""npm packages without a version."""

from __future__ import annotations

from collections.abc import Iterator

from hardening.dockerfile.shell_model import PackageCall, ShellWord
from hardening.image.synthetic import ImageSketch, LayerSketch
from hardening.model import Finding, Severity
from hardening.rules.frame import Example, Profile, Rule
from hardening.rules.support import Run
from hardening.rules.support_packages import unpinned
from hardening.subject import Subject

ARCHIVES = (".tgz", ".tar.gz", ".tar")

rule = Rule(
    title="Name the version of each npm package",
    severity=Severity.LOW,
    profile=Profile.ALL,
    why="Two builds of the same Dockerfile may install different versions, so what was tested is "
    "not what ships; a bad release reaches the image without a change of the Dockerfile.",
    references=("https://docs.npmjs.com/cli/v11/commands/npm-install",),
    aliases=(
        "hadolint:DL3016",
        "kics:npm_install_without_pinned_version",
    ),
    bad=(
        Example("FROM node:26\nRUN npm install -g express\n"),
        Example(
            "FROM node:26\nRUN npm install -g express\n",
            "FROM node:26\nRUN npm install -g express@5.1.0\n",
            image=ImageSketch(
                layers=(
                    LayerSketch(
                        {"usr/local/lib/node_modules/express/package.json": '{"version": "5.1.0"}'}
                    ),
                )
            ),
            note="the image tells the version",
        ),
    ),
    good=(
        Example("FROM node:26\nRUN npm install -g express@5.1.0\n"),
        Example("FROM node:26\nRUN npm install\n"),
        Example("FROM node:26\nRUN npm install @scope/name@1.2.3\n"),
        Example("FROM node:26\nRUN npm install ./local ~/other /abs\n"),
        Example("FROM node:26\nRUN npm install git+https://git.example/org/repo.git#v1.0\n"),
    ),
)


def _is_pinned(run: Run, call: PackageCall, word: ShellWord) -> bool:
    text = word.text.strip("\"'")
    if word.value is None and "@" not in text[1:]:
        return True
    if text.startswith(("/", "./", "../", "~/", "file:")) or text.endswith(ARCHIVES):
        return True
    if "/" in text and not text.startswith("@"):
        return "#" in text
    return text.startswith(".") or "@" in text[1:] or text.endswith(ARCHIVES)


@rule.check
def find(subject: Subject) -> Iterator[Finding]:
    yield from unpinned(
        subject,
        rule,
        managers=("npm",),
        verbs=frozenset({"install"}),
        is_pinned=_is_pinned,
        how="Write name@version, or install from a lock file with npm ci",
    )
