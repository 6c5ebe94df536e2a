"""Fixes to review of projects that write where only root could: built and run as the new user,
under the hardened flags too, they say what they said before."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from hardening.image.loading import load_files, open_image
from hardening.model import Safety
from hardening.opening import attach_image, open_files
from hardening.replay import all_fixes
from hardening.runtime.flags import hardened
from hardening.writing import write
from tests.engine import client
from tests.lab.conftest import PREFIX, build

pytestmark = [pytest.mark.engine, pytest.mark.xdist_group("lab")]

TAGS = tuple(f"{PREFIX}/review:{when}" for when in ("before", "after"))
SCRIPT = "#!/bin/bash\nset -e\n"
CASES = {
    "empty folders and a database that the build makes": (
        "FROM debian:12\nWORKDIR /srv/app\nRUN mkdir logs spool && echo 1 > state.db\n"
        'COPY bin/run /usr/local/bin/\nCMD ["run"]\n',
        "echo x > logs/today; echo y > spool/job; echo 2 >> state.db; wc -l < state.db\n",
    ),
    "folders that only a run fills": (
        "FROM debian:12\nENV LOGS=/var/log/thing\nRUN mkdir -p $LOGS /srv/app/cache\n"
        'WORKDIR /srv/app\nCOPY bin/run /usr/local/bin/\nCMD ["run"]\n',
        'echo x > "$LOGS/today"; echo y > cache/one; cat cache/one /var/log/thing/today\n',
    ),
    "a folder that a variable names and the entrypoint makes": (
        "FROM debian:12\nENV PLACE=/var/lib/place\nCOPY bin/run /bin/start\nWORKDIR /data\n"
        'VOLUME /data\nENTRYPOINT ["start"]\nCMD ["a", "b c"]\n',
        'mkdir -p "$PLACE/jobs"; echo "$@" > $PLACE/jobs/1; cat $PLACE/jobs/1; touch /data/x\n',
    ),
}


@pytest.fixture(params=CASES)
def project(request: pytest.FixtureRequest, base_images: None, tmp_path: Path) -> Iterator[Path]:
    """A case, built as `before`."""
    text, script = CASES[request.param]
    (tmp_path / "bin").mkdir()
    (tmp_path / "Dockerfile").write_text(text)
    program = tmp_path / "bin" / "run"
    program.write_text(SCRIPT + script)
    program.chmod(0o755)
    build(tmp_path, TAGS[0])
    yield tmp_path
    for tag in TAGS:
        subprocess.run([client(), "rmi", "-f", tag], capture_output=True, check=False)


def said(tag: str, *words: str) -> tuple[int, str]:
    command = [client(), "run", "--rm", "--network", "none", *words, tag]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    return done.returncode, done.stdout + done.stderr


def test_it_works_as_the_new_user(project: Path) -> None:
    folder = project
    image = load_files(open_image(TAGS[0]))
    done = all_fixes(attach_image(open_files(folder), image), Safety.REVIEW)
    assert not done.conflicts
    write(done.workspace)
    for path in folder.rglob("*.bak"):
        path.unlink()
    build(folder, TAGS[1])
    after = attach_image(open_files(folder), load_files(open_image(TAGS[1])))
    assert after.image is not None
    assert after.image.config.user.partition(":")[0] not in ("", "0", "root")
    before = said(TAGS[0])
    assert before[0] == 0
    assert said(TAGS[1]) == before
    flags = [flag for flag in hardened(after).usable if flag.name != "publish"]
    words = [word for flag in flags for word in flag.words]
    assert "--cap-drop" in words
    assert said(TAGS[1], *words) == before
