"""Opening files: what stands behind a path, and what is said of paths that hold nothing good."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from hardening.candidates import find_candidates, is_dockerfile_name
from hardening.context import default_ignore_path
from hardening.errors import InputError, UsageError
from hardening.opening import memory_subject, open_files, open_text
from hardening.opening.text_files import MAX_TEXT

COMPOSE = "services:\n  web:\n    build: .\n    user: '10'\n  db:\n    image: db:1\n"


def _project(folder: Path, files: dict[str, str]) -> Path:
    for name, text in files.items():
        file = folder / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text)
    return folder


def test_a_dockerfile_with_its_folder_as_context(tmp_path: Path) -> None:
    root = _project(
        tmp_path, {"Dockerfile": "FROM a\n", ".dockerignore": "x\n", "app": "", "x": ""}
    )
    subject = open_files(root / "Dockerfile")
    assert subject.root == root
    assert dict(subject.texts) == {"Dockerfile": "FROM a\n", ".dockerignore": "x\n"}
    assert subject.dockerfile is not None and subject.dockerfile.path == "Dockerfile"
    assert subject.context is not None
    assert sorted(subject.context.paths()) == [".dockerignore", "Dockerfile", "app"]
    assert subject.missing == () and subject.run_configuration is None


def test_the_dockerfiles_own_ignore_file_comes_first(tmp_path: Path) -> None:
    root = _project(
        tmp_path,
        {"d/Dockerfile": "FROM a\n", "d/Dockerfile.dockerignore": "b\n", ".dockerignore": "a\n",
         "a": "", "b": ""},
    )  # fmt: skip
    subject = open_files(root / "d" / "Dockerfile", context=root)
    assert subject.root == root
    assert subject.dockerfile is not None and subject.dockerfile.path == "d/Dockerfile"
    assert subject.context is not None
    assert subject.context.ignore_path == "d/Dockerfile.dockerignore"
    assert subject.context.exists("a") and not subject.context.exists("b")


def test_a_dockerfile_beside_its_context_has_their_common_root(tmp_path: Path) -> None:
    root = _project(
        tmp_path, {"docker/Dockerfile": "FROM a\n", "app/x": "", "app/.dockerignore": "y"}
    )
    subject = open_files(root / "docker" / "Dockerfile", context=root / "app")
    assert subject.root == root
    assert sorted(subject.texts) == ["app/.dockerignore", "docker/Dockerfile"]
    assert subject.context is not None
    assert list(subject.context.paths()) == [".dockerignore", "x"]
    assert default_ignore_path(subject.context) == "app/.dockerignore"


def test_a_folder_finds_its_dockerfile_and_the_service_that_builds_it(tmp_path: Path) -> None:
    root = _project(
        tmp_path, {"Dockerfile": "FROM a\n", "Dockerfile.dev": "", "compose.yaml": COMPOSE}
    )
    subject = open_files(root)
    assert subject.dockerfile is not None and subject.dockerfile.path == "Dockerfile"
    run = subject.run_configuration
    assert run is not None
    assert (run.service, run.user, run.compose_path) == ("web", "10", "compose.yaml")
    assert run.source == "compose.yaml#web"
    assert "compose.yaml" in subject.texts


@pytest.mark.parametrize("name", ["Containerfile", "Dockerfile.prod", "prod.Dockerfile"])
def test_a_folder_with_one_file_of_another_name(tmp_path: Path, name: str) -> None:
    subject = open_files(_project(tmp_path, {name: "FROM a\n", "README.md": ""}))
    assert subject.dockerfile is not None and subject.dockerfile.path == name


def test_a_folder_with_several_asks_for_one(tmp_path: Path) -> None:
    root = _project(tmp_path, {"Dockerfile.a": "FROM a\n", "Dockerfile.b": "FROM a\n"})
    with pytest.raises(UsageError, match=r"several Dockerfiles.*Dockerfile\.a, Dockerfile\.b"):
        open_files(root)


def test_a_compose_file_opens_its_one_build(tmp_path: Path) -> None:
    root = _project(tmp_path, {"Dockerfile": "FROM a\n", "compose.yaml": COMPOSE})
    subject = open_files(root / "compose.yaml")
    assert subject.dockerfile is not None and subject.dockerfile.path == "Dockerfile"
    assert subject.run_configuration is not None and subject.run_configuration.service == "web"
    other = open_files(root / "compose.yaml", service="db")
    assert other.dockerfile is None
    assert [one.what for one in other.missing] == ["Dockerfile"]
    assert "--image db:1" in other.missing[0].next_step


def test_a_compose_build_in_a_subfolder(tmp_path: Path) -> None:
    compose = (
        "services:\n  a:\n    build:\n      context: api\n      dockerfile: ../docker/D\n"
        "      args: {V: 1}\n"
    )
    root = _project(
        tmp_path,
        {"docker/D": "FROM a\n", "api/x": "", "api/.dockerignore": "z\n", "dc.yml": compose},
    )
    subject = open_files(root / "dc.yml")
    assert subject.root == root
    assert sorted(subject.texts) == ["api/.dockerignore", "dc.yml", "docker/D"]
    assert dict(subject.build_args) == {"V": "1"}
    assert subject.context is not None and subject.context.exists("x")


def test_compose_services_are_chosen_by_name(tmp_path: Path) -> None:
    text = "services:\n  a: {build: .}\n  b: {build: .}\n"
    root = _project(tmp_path, {"Dockerfile": "FROM a\n", "compose.yaml": text})
    with pytest.raises(UsageError, match="several services: a, b"):
        open_files(root / "compose.yaml")
    with pytest.raises(UsageError, match="no service c: its services: a, b"):
        open_files(root / "compose.yaml", service="c")
    with pytest.raises(UsageError, match="no services"):
        open_files(root / "Dockerfile", service="a")
    assert open_files(root, service="b").run_configuration is not None
    assert open_files(root).run_configuration is None, "two services build it: neither is meant"


def test_inline_and_remote_builds_have_no_dockerfile_to_show(tmp_path: Path) -> None:
    text = (
        "services:\n  a:\n    build:\n      dockerfile_inline: |\n        FROM x\n"
        "  b:\n    build: https://git.example/x.git\n"
    )
    root = _project(tmp_path, {"compose.yaml": text})
    for service, reason in (("a", "inside the Compose file"), ("b", "not a local folder")):
        subject = open_files(root / "compose.yaml", service=service)
        assert subject.dockerfile is None
        assert reason in subject.missing[0].reason


def test_bytes_are_kept(tmp_path: Path) -> None:
    (tmp_path / "Dockerfile").write_bytes(b"\xef\xbb\xbfFROM a\r\n# caf\xe9\r\nRUN x")
    subject = open_files(tmp_path)
    assert subject.texts["Dockerfile"] == "\ufeffFROM a\r\n# caf\udce9\r\nRUN x"


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"FROM a\0b\n", "binary file"),
        (b"\x7fELF\0\0", "binary file"),
        (b"\x1f\x8b\x08", "is an archive"),
        (b"a" * 257 + b"ustar" + b"\0" * 300, "is an archive"),
        (b"#" * (MAX_TEXT + 1), "too large"),
    ],
)
def test_what_is_no_dockerfile_is_refused(tmp_path: Path, content: bytes, says: str) -> None:
    (tmp_path / "Dockerfile").write_bytes(content)
    with pytest.raises(InputError, match=says):
        open_files(tmp_path / "Dockerfile")


def test_paths_that_lead_nowhere(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="does not exist"):
        open_files(tmp_path / "nothing")
    with pytest.raises(InputError, match="has no Dockerfile"):
        open_files(tmp_path)
    (tmp_path / "Dockerfile").mkdir()
    with pytest.raises(InputError, match="has no Dockerfile"):
        open_files(tmp_path / "Dockerfile")
    (tmp_path / "gone").symlink_to(tmp_path / "nothing")
    with pytest.raises(InputError, match="does not exist"):
        open_files(tmp_path / "gone")
    (tmp_path / "loop").symlink_to(tmp_path / "loop")
    with pytest.raises(InputError, match="cannot be read"):
        open_files(tmp_path / "loop")
    with pytest.raises(InputError):
        open_files("a\0b")


def test_an_unreadable_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(path: object, flags: int) -> int:
        raise PermissionError(13, "Permission denied", str(path))

    (tmp_path / "Dockerfile").write_text("FROM a\n")
    monkeypatch.setattr(os, "open", refuse)
    with pytest.raises(InputError, match="cannot be read: permission denied"):
        open_files(tmp_path / "Dockerfile")


def test_a_device_is_no_dockerfile() -> None:
    with pytest.raises(InputError, match="not a regular file"):
        open_files("/dev/zero")


def test_a_broken_ignore_file_is_said_not_fatal(tmp_path: Path) -> None:
    (tmp_path / "Dockerfile").write_text("FROM a\n")
    (tmp_path / ".dockerignore").write_bytes(b"\0")
    subject = open_files(tmp_path)
    assert subject.dockerfile is not None
    assert [one.what for one in subject.missing] == ["ignore file"]


def test_candidates_are_offered_likeliest_first(tmp_path: Path) -> None:
    _project(
        tmp_path,
        {
            "Dockerfile": "", "Dockerfile.dev": "", "sub/Containerfile": "",
            "compose.yaml": COMPOSE,
            "node_modules/x/Dockerfile": "", ".git/Dockerfile": "", "a/b/c/d/e/Dockerfile": "",
            "Dockerfile.bak": "", "bad/compose.yml": "[", "values.yaml": "a: 1",
        },
    )  # fmt: skip
    found = find_candidates(tmp_path)
    assert [one.label for one in found] == [
        "Dockerfile", "Dockerfile.dev", "compose.yaml#db", "compose.yaml#web",
        "sub/Containerfile", "bad/compose.yml",
    ]  # fmt: skip
    assert found[-1].detail.endswith("is not valid YAML")


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("Dockerfile", True),
        ("dockerfile", True),
        ("Dockerfile-dev", True),
        ("api.dockerfile", True),
        ("Containerfile.x", True),
        ("Dockerfile.dockerignore", False),
        ("Dockerfile.bak", False),
        ("MyDockerfiles", False),
    ],
)
def test_dockerfile_names(name: str, expected: bool) -> None:
    assert is_dockerfile_name(name) is expected


def test_text_without_a_file(tmp_path: Path) -> None:
    subject = open_text("FROM a\nCOPY x /x\n")
    assert subject.context is None and [one.what for one in subject.missing] == ["build context"]
    (tmp_path / "x").write_text("")
    (tmp_path / ".dockerignore").write_text("x\n")
    with_context = open_text("FROM a\n", context=tmp_path)
    assert with_context.context is not None and not with_context.context.exists("x")
    assert with_context.missing == ()


def test_reread_follows_the_texts() -> None:
    subject = memory_subject("FROM a\nRUN x\n", files={"secret": "s", "app": "a"})
    assert subject.context is not None and subject.context.ignore_path is None
    changed = subject.with_texts({**subject.texts, ".dockerignore": "secret\n"})
    assert changed.context is not None
    assert changed.context.ignore_path == ".dockerignore"
    assert not changed.context.exists("secret") and changed.context.exists("app")
    assert changed.dockerfile is subject.dockerfile, "an unchanged text is not parsed again"
    again = changed.with_texts({**changed.texts, "Dockerfile": "FROM b\n", ".dockerignore": ""})
    assert again.dockerfile is not None and again.dockerfile.stages[0].base.value == "b"
    assert again.context is not None and again.context.exists("secret")
    assert subject.context.exists("secret"), "the original is as it was"


def test_reread_follows_the_compose_file(tmp_path: Path) -> None:
    root = _project(tmp_path, {"Dockerfile": "FROM a\n", "compose.yaml": COMPOSE})
    subject = open_files(root)
    text = subject.texts["compose.yaml"].replace("'10'", "'20'")
    changed = subject.with_texts({**subject.texts, "compose.yaml": text})
    assert changed.run_configuration is not None and changed.run_configuration.user == "20"
    broken = subject.with_texts({**subject.texts, "compose.yaml": "["})
    assert broken.run_configuration == subject.run_configuration


def test_settings_come_from_the_project(tmp_path: Path) -> None:
    root = _project(tmp_path, {"a/Dockerfile": "FROM a\n", "drydock.toml": 'profile = "all"\n'})
    settings = open_files(root / "a").settings
    assert settings is not None and settings.file == root / "drydock.toml"
