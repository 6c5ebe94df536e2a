"""Every SAFE fix of Dockerfiles that are easy to break: built and run before and after, the same
words come out, and no file differs but for the setuid bits that were taken away."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from hardening.image.loading import load_files, open_image
from hardening.model import Safety
from hardening.opening import attach_image, open_files
from hardening.replay import all_fixes
from hardening.writing import write
from tests.engine import client, docker
from tests.lab.conftest import PREFIX, build

pytestmark = [pytest.mark.engine, pytest.mark.xdist_group("lab")]

EXECUTABLE = 0o755
PROGRAM_FOLDER = "bin/"


@dataclass(frozen=True)
class Case:
    """`rules` must be among those whose SAFE fixes were applied; `kept` stands in the text after
    them as before."""

    text: str
    files: dict[str, str] = field(default_factory=dict)
    rules: frozenset[str] = frozenset()
    kept: tuple[str, ...] = ()


CASES = {
    "a script that only a shell can start": Case(
        "FROM debian:12\nWORKDIR app\nADD bin/ ./\nRUN cd /usr\nCMD ./run a 'b c'\n",
        {"bin/run": 'echo "$1-$2" $PWD $(id -u)\n'},
        frozenset({"add-instead-of-copy", "relative-workdir", "cd-without-effect"}),
        ("CMD ./run a 'b c'",),
    ),
    "a program that the kernel starts": Case(
        "FROM debian:12\nMAINTAINER J <j@example.com>\nWORKDIR /opt/tool\nCOPY bin/tool .\n"
        "ENV PATH=/opt/tool:$PATH\nCMD tool --flag 'a \"b\"' \\\n  c\\ d\n",
        {"bin/tool": '#!/bin/sh\nprintf "%s|" "$@" $PWD\n'},
        frozenset({"shell-form-command", "maintainer-deprecated"}),
    ),
    "a builtin that is no program": Case(
        "FROM debian:12\nCMD echo 'a\\tb'\n", kept=("CMD echo 'a\\tb'",)
    ),
    "files that the build reads": Case(
        "FROM debian:12\nWORKDIR /app\nCOPY . .\nRUN ./version.sh > /VERSION\n"
        'RUN cp .env.example /settings\nCMD ["cat", "/VERSION", "/settings"]\n',
        {
            "version.sh": "#!/bin/sh\nset -e\ncut -c1-4 .git/HEAD\n",
            ".git/HEAD": "ref: refs/heads/main\n",
            ".env.example": "PORT=8000\n",
        },
    ),
    "users and groups": Case(
        "FROM debian:12 AS base\nRUN useradd -m -u 1000 dev\nUSER dev\n\nFROM base\nUSER root\n"
        "RUN groupadd -g 3000 shared && usermod -aG shared dev && mkdir /data && "
        "chgrp shared /data && chmod 2770 /data\nUSER dev\nCMD id; touch /data/x && echo wrote\n",
        rules=frozenset({"setuid-files", "named-user"}),
    ),
    "a setuid program that the container calls": Case(
        "FROM debian:12\nRUN cp /usr/bin/id /usr/local/bin/rootid && "
        "chmod u+s /usr/local/bin/rootid\nCOPY bin/run /usr/local/bin/run\nUSER 1000\n"
        'ENTRYPOINT ["run"]\n',
        {"bin/run": "#!/bin/bash\nrootid -u\n"},
        kept=("chmod u+s /usr/local/bin/rootid",),
    ),
    "pipes that end early, braces that stay": Case(
        "FROM debian:12\nRUN tar cf - /usr/lib 2>/dev/null | dd of=/first count=1 2>/dev/null\n"
        "RUN tar cf - /etc | tar tf - > /dev/null && mkdir -p /y/{a,b}\n"
        "RUN d=$(mktemp -d) && cp /etc/group $d/g && ln -s $d/g /keep\n"
        "CMD ls /y; cat /keep | wc -l; wc -c < /first\n",
        kept=("RUN tar cf - /usr/lib",),
    ),
    "a variable that a script reads": Case(
        "FROM debian:12\nARG DB_PASSWORD=hunter22secret\nCOPY set.sh /\nRUN /set.sh\n"
        'CMD ["cat", "/conf"]\n',
        {"set.sh": '#!/bin/sh\nset -eu\necho "pw=$DB_PASSWORD" > /conf\n'},
        kept=("ARG DB_PASSWORD",),
    ),
}
TAGS = tuple(f"{PREFIX}/safe:{when}" for when in ("before", "after"))


@pytest.fixture(params=CASES)
def project(
    request: pytest.FixtureRequest, base_images: None, tmp_path: Path
) -> Iterator[tuple[Path, Case]]:
    """A case written to a folder and built as `before`; its images are removed again."""
    case = CASES[request.param]
    folder = tmp_path / "project"
    for name, text in {"Dockerfile": case.text, **case.files}.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
        if name.endswith(".sh") or name.startswith(PROGRAM_FOLDER):
            path.chmod(EXECUTABLE)
    build(folder, TAGS[0])
    yield folder, case
    for tag in TAGS:
        subprocess.run([client(), "rmi", "-f", tag], capture_output=True, check=False)


def outcome(tag: str) -> tuple[int, str]:
    """Exit status and output of the container."""
    done = subprocess.run(
        [client(), "run", "--rm", "--network", "none", tag],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    return done.returncode, done.stdout + done.stderr


def listing(tag: str) -> set[str]:
    """Every file with its kind, mode without special bits, and owner; what is temporary apart."""
    found = docker(
        "run", "--rm", "--user", "0", "--entrypoint", "find", tag, "/", "-xdev",
        "-not", "-path", "/proc/*", "-not", "-path", "/sys/*", "-not", "-path", "/dev/*",
        "-not", "-path", "/tmp/*", "-not", "-path", "/app/.dockerignore",
        "-printf", "%p %y %m %u:%g\\n",
    )  # fmt: skip
    return {without_special_bits(line) for line in found.splitlines()}


def without_special_bits(line: str) -> str:
    path, kind, mode, owner = line.rsplit(" ", 3)
    return f"{path} {kind} {int(mode, 8) & 0o777:o} {owner}" if kind == "f" else line


def test_safe_fixes_change_neither_build_nor_run(project: tuple[Path, Case]) -> None:
    folder, case = project
    image = load_files(open_image(TAGS[0]))
    subject = attach_image(open_files(folder), image)
    done = all_fixes(subject, Safety.SAFE)
    assert not done.conflicts
    assert case.rules <= {one.finding.rule for one in done.applied}
    after = done.subject.texts["Dockerfile"]
    assert all(words in after for words in case.kept)
    copy = folder.parent / "after"
    shutil.copytree(folder, copy, symlinks=True)
    write(all_fixes(attach_image(open_files(copy), image), Safety.SAFE).workspace)
    (copy / "Dockerfile.bak").unlink(missing_ok=True)
    build(copy, TAGS[1])
    assert outcome(TAGS[1]) == outcome(TAGS[0])
    assert listing(TAGS[1]) == listing(TAGS[0])
