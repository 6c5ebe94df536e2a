"""Python packages without a version."""

from __future__ import annotations

from collections.abc import Iterator

from hardening.dockerfile.shell_model import PackageCall, ShellWord
from hardening.image.synthetic import ImageSketch, LayerSketch
from hardening.model import Finding, Severity
from hardening.rules.frame import Example, Profile, Rule
from hardening.rules.support import Run, facts
from hardening.rules.support_packages import has_flag, unpinned
from hardening.subject import Subject

rule = Rule(
    title="Name the version of each Python package",
    severity=Severity.LOW,
    profile=Profile.ALL,
    why="Two builds of the same Dockerfile may install different versions, so what was tested is "
    "not what ships; a bad release reaches the image without a change of the Dockerfile.",
    references=("https://pip.pypa.io/en/stable/topics/repeatable-installs/",),
    aliases=(
        "hadolint:DL3013",
        "kics:unpinned_package_version_in_pip_install",
        "slim:ID.20018",
    ),
    bad=(
        Example("FROM python:3.14\nRUN pip install --no-cache-dir Flask gunicorn\n"),
        Example(
            "FROM python:3.14\nRUN pip install --no-cache-dir Flask gunicorn\n",
            "FROM python:3.14\nRUN pip install --no-cache-dir Flask==3.1.2 gunicorn==23.0.0\n",
            image=ImageSketch(
                layers=(
                    LayerSketch(
                        {
                            "usr/lib/python3/site-packages/flask-3.1.2.dist-info/METADATA": "",
                            "usr/lib/python3/site-packages/gunicorn-23.0.0.dist-info/METADATA": "",
                        }
                    ),
                )
            ),
            note="the image tells the version",
        ),
    ),
    good=(
        Example("FROM python:3.14\nRUN pip install --no-cache-dir flask==3.1.0\n"),
        Example("FROM python:3.14\nRUN pip install -r requirements.txt\n"),
        Example("FROM python:3.14\nRUN pip install .\n"),
        Example("FROM python:3.14\nRUN pip install ./dist/app.whl\n"),
        Example("FROM python:3.14\nRUN pip install git+https://git.example/org/repo.git@v1.0\n"),
        Example(
            "FROM python:3.14\nRUN pip install --index-url https://registry.example/simple "
            "flask==3.1.0\n"
        ),
        Example("FROM python:3.14\nRUN pip install -c constraints.txt flask\n"),
    ),
)


def _is_pinned(run: Run, call: PackageCall, word: ShellWord) -> bool:
    text = word.text.strip("\"'")
    if has_flag(call, "-r", "--requirement", "-c", "--constraint", "--build-constraint"):
        return True
    if word.value is None and not any(sign in text for sign in "=~<>@"):
        return True
    if any(sign in text for sign in ("==", "===", ">=", "<=", "~=", "!=", "<", ">")):
        return True
    if "@" in text or text.endswith((".whl", ".tar.gz", ".zip")):
        return True
    return text in (".", "..") or text.startswith((".", "/")) or text.endswith("/")


@rule.check
def find(subject: Subject) -> Iterator[Finding]:
    yield from unpinned(
        subject,
        rule,
        managers=("pip",),
        verbs=frozenset({"install"}),
        is_pinned=_is_pinned,
        how="Write name==version, or install from a file with --require-hashes",
    )
    for _run, command in facts(subject).commands("pipx"):
        words = [word for word in command.positionals() if word.value != "install"]
        loose = [word for word in words if word.value and not _fixed(word.value)]
        if "install" in [word.value for word in command.positionals()[:1]] and loose:
            yield rule.finding(
                subject,
                f"pipx install takes whatever version of {loose[0].text} is newest",
                at=command.span,
                about=f"pipx {loose[0].text}",
                tip="Write name==version",
            )


def _fixed(text: str) -> bool:
    return any(sign in text for sign in "=<>@/") or text.startswith(".")
