"""A patched sample builds, and runs under the hardened flags as the user that it names."""

from __future__ import annotations

import shutil
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from hardening.analyse import analyse
from hardening.image.loading import load_files, open_image
from hardening.model import Safety
from hardening.opening import attach_image, open_files, scan_secrets
from hardening.replay import Replayed, all_fixes
from hardening.runtime.flags import hardened
from hardening.subject import Subject
from hardening.writing import write
from tests.engine import docker
from tests.lab.conftest import PREFIX, build

pytestmark = [pytest.mark.engine, pytest.mark.xdist_group("lab")]

TRIES = 60
REQUEST = "GET / HTTP/1.0\\r\\n\\r\\n"
QUESTIONS = {
    "python-worker": (
        ("python3", "-c", "import urllib.request as r; print(r.urlopen('http://127.0.0.1:8000').read())"),
        "uid=10001",
    ),
    "static-nginx": (
        ("bash", "-c", f"exec 3<>/dev/tcp/127.0.0.1/8080; printf '{REQUEST}' >&3; cat <&3"),
        "All ships in",
    ),
    "leaky-secrets": (("sh", "-c", "echo alive"), "alive"),
}  # fmt: skip
USERS = {"python-worker": "10001", "static-nginx": "10001", "leaky-secrets": "1000"}


def opened(project: Path, tag: str) -> Subject:
    image = load_files(open_image(f"{PREFIX}/{project.name}:{tag}"))
    return attach_image(open_files(project), image)


def patched(project: Path, safety: Safety) -> Replayed:
    done = all_fixes(opened(project, "before"), safety)
    assert not done.conflicts
    assert not done.report.failures
    return done


@contextmanager
def running(image: str, words: tuple[str, ...]) -> Iterator[str]:
    """A container that is removed again, whatever happens."""
    container = docker("run", "-d", "--network", "none", *words, image).strip()
    try:
        yield container
    finally:
        docker("rm", "-f", container)


def answer(container: str, question: tuple[str, ...], wanted: str) -> str:
    """What the container says, asked until it says what is wanted or has been asked often."""
    heard = ""
    for _ in range(TRIES):
        try:
            heard = docker("exec", container, *question)
        except AssertionError as error:
            heard = str(error)
        if wanted in heard:
            return heard
        time.sleep(0.25)
    return heard + docker("logs", container)


@pytest.fixture(scope="session")
def mended(project: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the project with all fixes written that need no answer, built as `NAME:after`."""
    folder = tmp_path_factory.mktemp("mended") / project.name
    shutil.copytree(project, folder)
    # the secret mounts of this one need a newer Dockerfile frontend than an offline engine has
    safety = Safety.SAFE if project.name == "leaky-secrets" else Safety.REVIEW
    done = patched(folder, safety)
    assert done.workspace.changed
    write(done.workspace)
    build(folder, f"{PREFIX}/{project.name}:after")
    return folder


def test_it_runs_hardened_as_its_user(mended: Path) -> None:
    subject = opened(mended, "after")
    assert subject.image is not None
    user = USERS[mended.name]
    assert subject.image.config.user.partition(":")[0] == user
    flags = [flag for flag in hardened(subject).usable if flag.name != "publish"]
    words = tuple(word for flag in flags for word in flag.words)
    assert {"--read-only", "--cap-drop"} <= set(words)
    question, wanted = QUESTIONS[mended.name]
    with running(f"{PREFIX}/{mended.name}:after", words) as container:
        assert wanted in answer(container, question, wanted)
        processes = docker("top", container, "-eo", "pid,uid,args").splitlines()[1:]
        assert processes
        assert {line.split()[1] for line in processes} == {user}
        status = docker("exec", container, "cat", "/proc/1/status")
        assert int(field(status, "CapEff"), 16) == 0
        assert field(status, "NoNewPrivs") == "1"


def field(status: str, name: str) -> str:
    lines = (line.split(":", 1) for line in status.splitlines())
    return next(value.strip() for key, value in lines if key == name)


def test_the_patch_mends_what_it_promised(project: Path, mended: Path) -> None:
    before = analyse(scan_secrets(opened(project, "before")))
    after = analyse(scan_secrets(opened(mended, "after")))
    rules = {one.rule for one in after.findings}
    assert not rules & {"root-user", "shell-form-command", "add-instead-of-copy"}
    assert "apt-lists-left-behind" not in rules
    assert before.score is not None
    assert after.score is not None
    assert after.score > before.score
