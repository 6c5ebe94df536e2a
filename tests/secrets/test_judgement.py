"""Each demotion attacked: a real secret that dresses as a placeholder, lies where tests lie or in a
package's file is still believed; what is none is shown with its reason and never left out."""

from __future__ import annotations

import hashlib
from base64 import urlsafe_b64encode

import pytest

from hardening.image.synthetic import ImageSketch, LayerSketch, make_image
from hardening.secrets.model import Secret
from hardening.secrets.scanner import scan_image

REAL = "Zx81kQ0pLm37Vb" + "N2Lw5tRy9uHs4D"
GITHUB = "ghp_" + "aB3dE5fG7hJ9kL1mN3pQ5rS7tU9vW1xY3zA5"
AWS_ID = "AKIA" + "Q3EGRB7XPZ2LMW5T"
KEY_BODY = "\n".join(["MIIEpAIBAAKCAQEA7bq3Zz9x" + "Qk4vN8pLr2TtYw6uHgJfD5sA0cXe1M"] * 5)
KEY = f"-----BEGIN RSA PRIVATE {'KEY'}-----\n{KEY_BODY}\n-----END RSA PRIVATE KEY-----\n"


def found_in(files: dict[str, str | bytes]) -> tuple[Secret, ...]:
    return scan_image(make_image(ImageSketch((LayerSketch(dict(files)),))))


@pytest.mark.parametrize(
    ("path", "content"),
    [
        ("srv/app.env", f"API_KEY=example-{REAL}\n"),
        ("srv/app.env", f"API_KEY=fake_{REAL}\n"),
        ("srv/app.env", f"DB_PASSWORD=my{REAL}\n"),
        ("srv/app.env", f"DB_PASSWORD={REAL}example\n"),
        ("srv/app.env", "DB_PASSWORD=Fakenham2024!\n"),
        ("srv/app.env", "DB_PASSWORD=a<b9X!zQ7\n"),
        ("srv/app.env", "DB_PASSWORD=Pa$sword1xQ\n"),
        ("srv/app.yml", "password: 'S0me[thing]Real9'\n"),
        ("srv/app.yml", f"# password: {REAL}\n"),
        ("srv/app.yml", f"url: https://bob:{REAL}@db.example.com/x\n"),
        ("srv/app.yml", "url: postgres://app:S3cretpw9@example.org:5432/app\n"),
        ("srv/app.env", f"//TOKEN={GITHUB}\n"),
        ("test/app.env", f"DB_PASSWORD={REAL}\n"),
        ("test/id_rsa", KEY),
        ("tests/config/prod.yml", f"password: {REAL}\n"),
        ("srv/tests/test_api.py", f"token = '{GITHUB}'\n"),
        ("srv/tests/.npmrc", f"//r.example/:_authToken={REAL}\n"),
        ("srv/test/fixtures/.env", f"DB_PASSWORD={REAL}\n"),
        ("srv/examples/deploy.sh", f"export AWS_ACCESS_KEY_ID={AWS_ID}\n"),
        ("srv/spec/id_ed25519", KEY.replace("RSA", "OPENSSH")),
        ("usr/src/app/config/settings.yml", f"password: {REAL}\n"),
        ("usr/share/nginx/html/config.json", f'{{"password": "{REAL}"}}'),
        ("usr/lib/python3/dist-packages/own/keys.py", f"K = '{GITHUB}'\n"),
        ("srv/node_modules/own/index.js", f"const k = '{GITHUB}'\n"),
        ("usr/bin/tool", b"\x7fELF\0\0\0" + b"\0" * 9000 + GITHUB.encode() + b"\0"),
        ("srv/app.ps1", f'$password = "{REAL}"\r\n'.encode("utf-16")),
        ("srv/win.config", f'password = "{REAL}"\r\n'.encode("utf-16-le")),
        ("srv/app.env", f"A=1\r\nDB_PASSWORD={REAL}\r\n"),
        ("srv/old.env", f"A=1\rDB_PASSWORD={REAL}\r"),
        ("srv/app.json", "{" + " " * 3_000_000 + f'"k": "{GITHUB}"' + "}"),
    ],
)
def test_a_real_secret_is_believed(path: str, content: str | bytes) -> None:
    text = content if isinstance(content, str) else content.replace(b"\0", b"").decode("latin-1")
    secrets = found_in({path: content})
    believed = [one.reveal() for one in secrets if not one.demoted]
    whole = next((one for one in (GITHUB, AWS_ID, KEY_BODY, REAL) if one in text), "")
    assert any(whole in one for one in believed), [(one.rule, one.demoted) for one in secrets]


@pytest.mark.parametrize(
    ("path", "content", "reason"),
    [
        ("srv/app.env", "DB_PASSWORD=changeme\n", "placeholder"),
        ("srv/app.env", "DB_PASSWORD=your-password-here\n", "placeholder"),
        ("srv/app.env", "API_KEY=xxxxxxxxxxxxxxxx\n", "placeholder"),
        ("srv/app.env", "API_TOKEN=<your-token>\n", "template that something else fills in"),
        ("srv/app.yml", "password: '${DB_PASSWORD}'\n", "template that something else fills in"),
        ("srv/app.yml", 'password: "{{db_password}}"\n', "template that something else fills in"),
        ("srv/app.conf", "# password = s3cretpw9\n", "commented out"),
        ("srv/app.env", f"A={'AKIA' + 'IOSFODNN7EXAMPLE'}\n", "documented example"),
        ("srv/app.yml", f"public_token: {REAL}\n", "public key"),
        ("srv/app.env", f"STRIPE_API_KEY=pk_live_{REAL}\n", "public key"),
        ("srv/app.env", "A=https://5f0c92d7a1be4c63b8e2d7419ac05e3d@o1.ingest.sentry.io/1\n",
         "public key"),
        ("srv/tests/test_login.yml", "password: s3cretpw9\n", "test data"),
        ("srv/node_modules/a/test/keys.js", f"k = '{GITHUB}'\n", "test data"),
        ("srv/tests/certs/server.pem", KEY, "test data"),
    ],
)  # fmt: skip
def test_what_is_none_is_shown_with_its_reason(path: str, content: str, reason: str) -> None:
    reasons = {one.demoted for one in found_in({path: content})}
    assert reason in reasons
    assert reasons == {reason}


def wheel(content: bytes, *, direct: bool) -> dict[str, str | bytes]:
    site = "usr/lib/python3.12/site-packages"
    digest = urlsafe_b64encode(hashlib.sha256(content).digest()).decode().rstrip("=")
    files: dict[str, str | bytes] = {
        f"{site}/own/keys.py": content,
        f"{site}/own-1.0.dist-info/RECORD": f"own/keys.py,sha256={digest},9\n",
    }
    if direct:
        files[f"{site}/own-1.0.dist-info/direct_url.json"] = (
            '{"url": "file:///src", "dir_info": {}}'
        )
    return files


def test_a_wheel_of_the_own_source_does_not_excuse_its_secrets() -> None:
    content = f"K = '{GITHUB}'\n".encode()
    (secret,) = found_in(wheel(content, direct=False))
    assert secret.demoted == "unchanged file of package own"
    (secret,) = found_in(wheel(content, direct=True))
    assert secret.demoted == ""


def test_one_believed_place_does_not_hide_the_reasons_of_the_others() -> None:
    content = f"K = '{GITHUB}'\n".encode()
    files = {**wheel(content, direct=False), "srv/app.py": content}
    (secret,) = found_in(files)
    assert secret.demoted == ""
    assert sorted(secret.reasons) == ["", "unchanged file of package own"]


def test_a_package_that_names_itself_in_its_record_only_does_not_cover_appended_lines() -> None:
    content = f"K = '{GITHUB}'\n".encode()
    files = wheel(content, direct=False)
    files["usr/lib/python3.12/site-packages/own/keys.py"] = content + b"# more\n"
    (secret,) = found_in(files)
    assert secret.demoted == ""
