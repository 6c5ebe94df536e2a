"""No value of a secret leaves drydock: every command and format, every view of the screen, every
file that a run leaves behind. The one exception is the patch of `drydock fix` in a pipe or file,
which could not be applied without the lines of the file; on a terminal it is masked too."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from hardening.cli import main
from hardening.opening import OpenRequest
from tests.image.builders import config, docker_save, file, tar
from tests.tui.conftest import Opener, Screen, fixed_rules, open_screen, settle

__all__ = ["fixed_rules", "open_screen"]

ENV = "Zx81kQ0pLm37VbN2Lw5t" + "Ry9uHs4D"
ARG = "Qm4Xz8Lr2Tt6Yw0u" + "HgJfDsA5cXe"
LABEL = "ghp_" + "aB3dE5fG7hJ9kL1mN3pQ5rS7tU9vW1xY3zA5"
COPIED = "npm_" + "q9Rw7Et5Yu3Io1Pa8Sd6Fg4Hj2KlZx0CvBnM"
RUN = "S3cret" + "pw9Qx7"
COMMENT = "Fh7Jk2Lm9" + "Pq4Rs"
CMD = "Wx3Yz8Ab5" + "Cd1Ef6"
KEY = "MIIEpAIBAAKCAQEA7bq3Zz9x" + "Qk4vN8pLr2TtYw6uHgJfD5sA0cXe1M"
VALUES = (ENV, ARG, LABEL, COPIED, RUN, COMMENT, CMD, KEY)

DOCKERFILE = f"""FROM node:24
# was https://bob:{COMMENT}@git.example/
ARG NPM_TOKEN={ARG}
ENV DB_PASSWORD={ENV}
LABEL token={LABEL}
COPY .npmrc /root/.npmrc
RUN npm ci && mysql -uroot -p{RUN} app
RUN rm /root/.npmrc
CMD ["app", "--password", "{CMD}"]
"""
PEM = f"-----BEGIN RSA PRIVATE {'KEY'}-----\n{(KEY + chr(10)) * 6}-----END RSA PRIVATE KEY-----\n"


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A Dockerfile, its context, and the image that it made, with secrets in every place."""
    for name in ("XDG_DATA_HOME", "XDG_CONFIG_HOME", "XDG_STATE_HOME", "DRYDOCK_CACHE_DIR"):
        monkeypatch.setenv(name, str(tmp_path / "left" / name.lower()))
    folder = tmp_path / "project"
    folder.mkdir()
    (folder / "Dockerfile").write_text(DOCKERFILE)
    npmrc = f"//r.example/:_authToken={COPIED}\n"
    (folder / ".npmrc").write_text(npmrc)
    layers = [
        tar(
            file("etc/os-release", b"ID=debian\nVERSION_ID=12\n"), file("srv/id_rsa", PEM.encode())
        ),
        tar(file("root/.npmrc", npmrc.encode())),
        tar(file("srv/a", b"x")),
        tar(file("root/.wh..npmrc", b"")),
    ]
    history = [
        {"created_by": "/bin/sh -c #(nop) ADD file:1 in / "},
        {"created_by": "COPY .npmrc /root/.npmrc # buildkit"},
        {"created_by": f"|1 NPM_TOKEN={ARG} /bin/sh -c npm ci && mysql -uroot -p{RUN} app"},
        {"created_by": f"RUN |1 NPM_TOKEN={ARG} /bin/sh -c rm /root/.npmrc # buildkit"},
    ]
    document = config(layers, history=history, config={
        "Env": ["PATH=/bin", f"DB_PASSWORD={ENV}"], "Labels": {"token": LABEL},
        "Cmd": ["app", "--password", CMD],
    })  # fmt: skip
    (tmp_path / "image.tar").write_bytes(docker_save(layers, document=document))
    yield folder


COMMANDS = [
    ["check", "DOCKERFILE", "--image", "IMAGE"],
    ["check", "DOCKERFILE", "--image", "IMAGE", "--format", "json"],
    ["check", "DOCKERFILE", "--image", "IMAGE", "--profile", "all"],
    ["check", "--image", "IMAGE", "--format", "json"],
    ["secrets", "PROJECT"],
    ["secrets", "PROJECT", "--format", "json"],
    ["secrets", "IMAGE", "DOCKERFILE"],
    ["secrets", "IMAGE", "--format", "json"],
    ["layers", "IMAGE"],
    ["layers", "IMAGE", "--format", "json"],
    ["sbom", "IMAGE"],
    ["sbom", "IMAGE", "--format", "cyclonedx"],
    ["sbom", "IMAGE", "--format", "spdx"],
    ["sbom", "IMAGE", "--format", "text"],
    ["vulns", "IMAGE", "--offline"],
    ["vulns", "IMAGE", "--offline", "--format", "json"],
    ["base", "DOCKERFILE", "--offline"],
    ["base", "DOCKERFILE", "--offline", "--format", "json"],
]


def leaks(text: str) -> list[str]:
    return [line for line in text.splitlines() if any(value in line for value in VALUES)]


def run(arguments: list[str], project: Path) -> int:
    words = {
        "DOCKERFILE": str(project / "Dockerfile"),
        "IMAGE": str(project.parent / "image.tar"),
        "PROJECT": str(project),
    }
    return main([words.get(one, one) for one in arguments])


@pytest.mark.parametrize("arguments", COMMANDS, ids=" ".join)
def test_no_command_prints_a_value(
    project: Path, capsys: pytest.CaptureFixture[str], arguments: list[str]
) -> None:
    assert run(arguments, project) in (0, 1)
    shown = capsys.readouterr()
    assert shown.out
    assert leaks(shown.out + shown.err) == []


@pytest.mark.parametrize("safety", ["safe", "review"])
def test_a_patch_in_a_pipe_is_exact_and_says_so(
    project: Path, capsys: pytest.CaptureFixture[str], safety: str
) -> None:
    run(["fix", "DOCKERFILE", "--image", "IMAGE", "--safety", safety], project)
    shown = capsys.readouterr()
    assert leaks(shown.err) == []
    assert all(line[0] in "-+ " for line in leaks(shown.out))
    assert "the patch holds secrets" in shown.err


def test_a_patch_on_a_terminal_is_masked(
    project: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sys.stdout.isatty", lambda: True)
    run(["fix", "DOCKERFILE", "--image", "IMAGE", "--safety", "review"], project)
    shown = capsys.readouterr()
    assert "--- " in shown.out
    assert leaks(shown.out + shown.err) == []


def test_nothing_stays_behind_on_disk(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for arguments in COMMANDS:
        run(arguments, project)
    capsys.readouterr()
    left = [path for path in (project.parent / "left").rglob("*") if path.is_file()]
    for path in left:
        data = path.read_bytes()
        assert not [value for value in VALUES if value.encode() in data], path.name


def test_what_is_shown_names_every_secret(
    project: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    from hashlib import sha256

    run(["secrets", "IMAGE", "PROJECT", "--format", "json"], project)
    found = {row["sha256"] for row in json.loads(capsys.readouterr().out)["secrets"]}
    wanted = {sha256(value.encode()).hexdigest() for value in VALUES if value != KEY}
    assert wanted <= found


def screen_text(screen: Screen) -> str:
    top = screen.app.screen
    return "\n".join(strip.text for strip in top._compositor.render_strips())


@pytest.mark.parametrize("size", [(80, 24), (160, 50)])
async def test_no_view_of_the_screen_shows_a_value(
    project: Path, open_screen: Opener, size: tuple[int, int]
) -> None:
    request = OpenRequest(project / "Dockerfile", image=str(project.parent / "image.tar"))
    async with open_screen(request=request, size=size) as screen:
        seen: list[str] = []
        for keys in (
            "1jjj",
            "2jjjjjjjjjjjj",
            "3jjjjjjjj",
            "4jjjjjjj",
            "5",
            "6",
            "7jjj",
            "8",
            "9",
            "0",
        ):
            for key in keys:
                await screen.press(key)
                seen.append(screen_text(screen))
        await screen.press("A", "5", "w")
        seen.append(screen_text(screen))
        await screen.press("escape", "2", "j", "a", "5")
        seen.append(screen_text(screen))
        await screen.press("v")
        seen.append(screen_text(screen))
        await screen.press("x")
        seen.append(screen_text(screen))
        await settle(screen.pilot)
        assert len(set(seen)) > 10
        assert leaks("\n".join(seen)) == []
