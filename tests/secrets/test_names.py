"""Names that promise a secret, and names that only talk about one."""

from __future__ import annotations

import pytest

from hardening.opening import memory_subject
from hardening.rules import rule_by_id
from hardening.secrets.names import is_secret_name


@pytest.mark.parametrize(
    "name",
    [
        "SECRET_PASSPHRASE",
        "SUPER_Secret",
        "password",
        "super_duper_secret_token",
        "auth",
        "apikey",
        "git_key",
        "NPM_TOKEN",
        "AWS_SECRET_ACCESS_KEY",
        "AWS_ACCESS_KEY_ID",
        "DB_PASS",
        "db.password",
        "OPENAI_API_KEY",
        "githubToken",
        "PGPASSWORD",
        "MYSQL_PWD",
        "client-secret",
    ],
)
def test_promises_a_secret(name: str) -> None:
    assert is_secret_name(name)


@pytest.mark.parametrize(
    "name",
    [
        "PUBLIC_KEY",
        "public_token",
        "GPG_KEY",
        "TOKEN_TTL",
        "PASSWORD_FILE",
        "SECRET_NAME",
        "KEYBOARD",
        "AUTHOR",
        "TOKENIZERS_PARALLELISM",
        "MONKEY",
        "KEY_ID",
        "SSH_AUTH_SOCK_PATH",
        "sunflower",
        "PASSENGER_VERSION",
        "KEYCLOAK_URL",
    ],
)
def test_promises_none(name: str) -> None:
    assert not is_secret_name(name)


@pytest.mark.parametrize(
    ("line", "count"),
    [
        ("ENV password=bar secret=baz", 2),
        ("ENV SUPER_Secret=foo", 1),
        ("ENV git_key=", 1),
        ("ENV apikey=bar sunflower=foo", 1),
        ("ENV REQUIRE_PASSWORD=true DB_PASSWORD=/run/secrets/db", 0),
        ("ENV TOKEN=https://login.example/token", 0),
    ],
)
def test_names_in_env(line: str, count: int) -> None:
    rule = rule_by_id("secret-in-env")
    assert rule is not None
    assert len(rule.run(memory_subject(f"FROM scratch\n{line}\n"))) == count
