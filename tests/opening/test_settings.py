"""`drydock.toml`: what it may say; every mistake names the file, the key and the way out."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from hardening.errors import DrydockError, UsageError
from hardening.model import Profile, Severity
from hardening.settings import Settings, known_rules, load_settings

DIGEST = "a" * 64
FULL = f"""
profile = "all"
fail-on = "high"
allowed-registries = ["docker.io/library", "registry.example"]

[severity]
unpinned-base = "critical"

[[ignore]]
rule = "hadolint:DL3008"
reason = "pinned by snapshot"
path = "legacy/*"
stage = "build"
expires = 2026-12-31

[[ignore]]
rule = "unpinned-base"
reason = "x"

[[allow-secret]]
sha256 = "{DIGEST.upper()}"
reason = "documented example"
"""


def _load(folder: Path, text: str) -> Settings:
    (folder / "drydock.toml").write_text(text)
    return load_settings(folder)


def test_reads_everything(tmp_path: Path) -> None:
    settings = _load(tmp_path, FULL)
    assert settings.profile is Profile.ALL
    assert settings.fail_on is Severity.HIGH
    assert settings.severities == {"unpinned-base": Severity.CRITICAL}
    first, second = settings.ignores
    assert (first.rule, first.path, first.stage) == ("hadolint:DL3008", "legacy/*", "build")
    assert first.expires == date(2026, 12, 31) and second.expires is None
    assert first.where == "drydock.toml ignore[1]"
    allowed = settings.allowed_secret(DIGEST)
    assert allowed is not None and allowed.reason == "documented example"
    assert settings.allowed_secret("b" * 64) is None
    assert settings.file == tmp_path / "drydock.toml"


def test_is_found_in_a_parent_up_to_the_repository(tmp_path: Path) -> None:
    (tmp_path / "drydock.toml").write_text('profile = "all"\n')
    below = tmp_path / "a" / "b"
    below.mkdir(parents=True)
    assert load_settings(below).profile is Profile.ALL
    (tmp_path / "a" / ".git").mkdir()
    assert load_settings(below) == Settings(), "another repository's settings are not ours"


def test_without_a_file_there_are_defaults(tmp_path: Path) -> None:
    (tmp_path / ".git").mkdir()
    assert load_settings(tmp_path) == Settings()
    assert Settings().profile is Profile.HARDENING


@pytest.mark.parametrize(
    ("reference", "allowed"),
    [
        ("debian:12", True),
        ("docker.io/library/debian", True),
        ("bitnami/redis:7", False),
        ("registry.example/team/app:1", True),
        ("registry.example@sha256:00", True),
        ("registry.example.evil/app", False),
        ("registry.example:5000/app", True),
        ("localhost/app", False),
    ],
)
def test_allowed_registries(tmp_path: Path, reference: str, allowed: bool) -> None:
    assert _load(tmp_path, FULL).allows_registry(reference) is allowed
    assert Settings().allows_registry(reference)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("profil = 1", ("unknown key profil", "profile, fail-on", "Did you mean profile?")),
        ('profile = "x"', ("profile", "hardening, all")),
        ('fail-on = "bad"', ("fail-on", "critical")),
        ("severity = 1", ("severity",)),
        (
            '[severity]\nunpinned-bas = "low"',
            ("Did you mean unpinned-base?",),
        ),
        ('[severity]\n"hadolint:DL3008" = "low"', ("severity.hadolint:DL3008",)),
        ('[severity]\nunpinned-base = "huge"', ("severity.unpinned-base", "info, low")),
        ("ignore = 1", ("ignore", "[[ignore]]")),
        ('[[ignore]]\nrule = "unpinned-base"', ("ignore[1].reason", "required")),
        ('[[ignore]]\nreason = "x"', ("ignore[1].rule", "required")),
        ('[[ignore]]\nrule = "unpinned-base"\nreason = "  "', ("ignore[1].reason",)),
        ('[[ignore]]\nrule = "no-such"\nreason = "x"', ("ignore[1].rule names no rule",)),
        (
            '[[ignore]]\nrule = "unpinned-base"\nreason = "x"\nuntil = 1',
            ("unknown key ignore[1].until",),
        ),
        (
            '[[ignore]]\nrule = "unpinned-base"\nreason = "x"\nexpires = "soon"',
            ("ignore[1].expires",),
        ),
        ('[[allow-secret]]\nsha256 = "abc"\nreason = "x"', ("allow-secret[1].sha256", "64")),
        ("[[allow-secret]]\nsha256 = 1", ("allow-secret[1].sha256",)),
        ("allowed-registries = [1]", ("allowed-registries",)),
        ("strict-labels = 1", ("strict-labels", "true or false")),
        ('shellcheck = "yes"', ("shellcheck", "true or false")),
        ("labels = 1", ("labels",)),
        ('[labels]\nx = "y"', ("labels", "semver")),
        ("= broken", ("not valid TOML", "line 1")),
        ("x = " + "[" * 20000, ("not valid TOML",)),
    ],
)
def test_a_mistake_names_file_key_and_way_out(
    tmp_path: Path, text: str, says: tuple[str, ...]
) -> None:
    with pytest.raises(UsageError) as caught:
        _load(tmp_path, text)
    message = str(caught.value)
    assert "drydock.toml" in message
    for part in says:
        assert part in message


def test_a_file_that_is_no_text(tmp_path: Path) -> None:
    (tmp_path / "drydock.toml").write_bytes(b"\xff\xfe")
    with pytest.raises(UsageError, match="not UTF-8"):
        load_settings(tmp_path)


def test_a_file_that_is_too_large(tmp_path: Path) -> None:
    (tmp_path / "drydock.toml").write_bytes(b"#" * ((1 << 20) + 1))
    with pytest.raises(DrydockError, match="too large"):
        load_settings(tmp_path)


def test_the_known_rules_are_the_rules() -> None:
    from hardening.rules import all_rules

    assert known_rules() == {rule.id for rule in all_rules()}
