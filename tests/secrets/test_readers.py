"""Every file that usually holds credentials gives up exactly its secret, whatever its folder."""

from __future__ import annotations

from base64 import b64encode

import pytest

from hardening.image.synthetic import ImageSketch, LayerSketch, make_image
from hardening.secrets.scanner import scan_image

PW = "S3cret" + "pw9"
TOKEN = "Zx81kQ0pLm37Vb" + "N2Lw5tRy9u"
B64 = b64encode(f"bob:{PW}".encode()).decode()
KEY_BODY = "\n".join(["MIIEpAIBAAKCAQEA7bq3Zz9x" + "Qk4vN8pLr2TtYw6uHgJfD5sA0cXe1M"] * 5)
PEM = f"-----BEGIN PRIVATE {'KEY'}-----\n{KEY_BODY}\n-----END PRIVATE KEY-----"
HASH = "$6$Qm4Xz8Lr" + "$" + "aB3dE5fG7hJ9kL1mN3pQ5rS7tU9vW1xY3zA5" * 2

FILES: list[tuple[str, str, str]] = [
    ("root/.npmrc", f"//r.example/:_authToken={TOKEN}\n", TOKEN),
    ("root/.npmrc", f"_auth = {B64}\n", B64),
    ("root/.npmrc", f"//r.example/:_password={B64}\n", B64),
    ("usr/etc/npmrc", f"//r.example/:_authToken={TOKEN}\n", TOKEN),
    ("srv/.yarnrc.yml", f"npmAuthToken: {TOKEN}\n", TOKEN),
    ("root/.pypirc", f"[pypi]\nusername = bob\npassword = {PW}\n", PW),
    ("etc/pip.conf", f"[global]\nindex-url = https://bob:{PW}@pypi.example/simple\n", PW),
    ("srv/requirements.txt", f"--index-url https://bob:{PW}@pypi.example/simple\n", PW),
    ("srv/requirements.txt", f"x @ git+https://{TOKEN}@git.example/a/b.git\n", TOKEN),
    ("root/.netrc", f"machine a.example\n  login bob\n  password {PW}\n", PW),
    ("root/_netrc", f"machine a.example login bob password {PW}", PW),
    ("root/.git-credentials", f"https://bob:{PW}@git.example\n", PW),
    ("srv/.git/config", f'[remote "o"]\n\turl = https://x:{TOKEN}@git.example/a\n', TOKEN),
    ("srv/.git/config", f"[http]\n\textraheader = AUTHORIZATION: basic {B64}\n", B64),
    ("root/.ssh/id_rsa", PEM, PEM),
    ("etc/ssl/private/server.key", PEM, PEM),
    ("srv/server.pem", f"cert\n{PEM}\n", PEM),
    ("root/.aws/credentials", f"[a]\naws_secret_access_key = {TOKEN}{TOKEN[:16]}\n", TOKEN),
    ("srv/sa.json", '{"type": "service_account", "private_key": "' + PEM.replace("\n", "\\n")
     + '"}', "-----BEGIN"),
    ("root/.config/gcloud/application_default_credentials.json",
     f'{{"client_secret": "{TOKEN}", "refresh_token": "1//{PW}"}}', TOKEN),
    ("root/.kube/config", f"users:\n- user:\n    token: {TOKEN}\n", TOKEN),
    ("root/.kube/config", f"users:\n- user:\n    client-key-data: {TOKEN * 3}\n", TOKEN),
    ("srv/secret.yaml", f"kind: Secret\ndata:\n  password: {B64}\n", B64),
    ("srv/secret.yaml", f"kind: Secret\ndata:\n  file: >\n    {B64}\n", B64),
    ("root/.docker/config.json", f'{{"auths": {{"r.example": {{"auth": "{B64}"}}}}}}', B64),
    ("kaniko/.docker/config.json", f'{{"auths":{{"r":{{"identitytoken":"{TOKEN}"}}}}}}', TOKEN),
    ("root/.dockercfg", f'{{"r.example": {{"auth": "{B64}"}}}}', B64),
    ("root/.azure/accessTokens.json", f'[{{"accessToken": "{TOKEN}"}}]', TOKEN),
    ("root/.azure/msal_token_cache.json", f'{{"RefreshToken": {{"a": {{"secret": "{TOKEN}"}}}}}}',
     TOKEN),
    ("root/.azure/service_principal_entries.json", f'[{{"client_secret": "{TOKEN}"}}]', TOKEN),
    ("srv/.env", f"DB_PASSWORD={PW}\n", PW),
    ("srv/.env.production", f"export DB_PASSWORD='{PW}'\n", PW),
    ("srv/prod.env", f'API_KEY="{TOKEN}"\n', TOKEN),
    ("srv/.envrc", f"export DB_PASSWORD={PW}\n", PW),
    ("etc/environment", f"DB_PASSWORD={PW}\n", PW),
    ("srv/terraform.tfstate", f'{{"resources":[{{"attributes":{{"password":"{PW}"}}}}]}}', PW),
    ("srv/prod.tfvars", f'db_password = "{PW}"\n', PW),
    ("root/.terraform.d/credentials.tfrc.json",
     f'{{"credentials": {{"t.example": {{"token": "{TOKEN}"}}}}}}', TOKEN),
    ("root/.terraformrc", f'credentials "t.example" {{\n  token = "{TOKEN}"\n}}\n', TOKEN),
    ("var/www/wp-config.php", f"<?php define( 'DB_PASSWORD', '{PW}' );\n", PW),
    ("var/www/wp-config.php", f"define('AUTH_KEY', '{TOKEN}');\n", TOKEN),
    ("srv/application-prod.yml", f"spring:\n  datasource:\n    password: {PW}\n", PW),
    ("srv/application.properties", f"spring.datasource.password={PW}\n", PW),
    ("srv/appsettings.Production.json",
     f'{{"ConnectionStrings": {{"Db": "Server=db;User Id=sa;Password={PW};"}}}}', PW),
    ("root/.m2/settings.xml", f"<server><password>{PW}</password></server>", PW),
    ("root/.m2/settings-security.xml", f"<s><master>{{{TOKEN}=}}</master></s>", TOKEN),
    ("root/.nuget/NuGet/NuGet.Config", f'<add key="ClearTextPassword" value="{PW}" />', PW),
    ("root/.pgpass", f"db.example:5432:app:bob:{PW}\n", PW),
    ("root/.my.cnf", f"[client]\nuser=root\npassword={PW}\n", PW),
    ("root/.composer/auth.json",
     f'{{"http-basic": {{"r.example": {{"username": "b", "password": "{PW}"}}}}}}', PW),
    ("root/.composer/auth.json", f'{{"github-oauth": {{"github.example": "{TOKEN}"}}}}', TOKEN),
    ("root/.gradle/gradle.properties", f"repoPassword={PW}\n", PW),
    ("root/.cargo/credentials.toml", f'[registry]\ntoken = "{TOKEN}"\n', TOKEN),
    ("root/.cargo/credentials", f'[registry]\ntoken = "{TOKEN}"\n', TOKEN),
    ("root/.bundle/config", f'---\nBUNDLE_GEMS__EXAMPLE__ORG: "bob:{PW}"\n', f"bob:{PW}"),
    ("root/.config/gh/hosts.yml", f"github.example:\n  oauth_token: {TOKEN}\n", TOKEN),
    ("root/.s3cfg", f"[default]\nsecret_key = {TOKEN}\n", TOKEN),
    ("root/.boto", f"[Credentials]\naws_secret_access_key = {TOKEN}\n", TOKEN),
    ("root/.config/rclone/rclone.conf", f"[r]\ntype = s3\nsecret_access_key = {TOKEN}\n", TOKEN),
    ("root/.vault-token", TOKEN, TOKEN),
    ("srv/config/master.key", "0f1e2d3c4b5a69780f1e2d3c4b5a6978", "0f1e2d3c"),
    ("var/lib/rabbitmq/.erlang.cookie", "QWERTZUIOPASDFGHJKLY", "QWERTZUIOPASDFGHJKLY"),
    ("etc/shadow", f"root:{HASH}:19000:0:99999:7:::\n", HASH),
    ("etc/nginx/.htpasswd", f"bob:$apr1$Qm4Xz8Lr${TOKEN[:22]}\n", "$apr1$"),
    ("etc/nginx/.htpasswd", "bob:{SHA}" + "Qm4Xz8Lr2Tt6Yw0uHgJfDsA5cXe=\n", "Qm4Xz8Lr2Tt6"),
    ("etc/redis/redis.conf", f"requirepass {PW}\n", PW),
    ("etc/wireguard/wg0.conf", f"[Interface]\nPrivateKey = {TOKEN}Qm4Xz8Lr2Tt6Yw0uHgJ=\n", TOKEN),
    ("root/.bash_history", f"ls\nmysql -uroot -p{PW} app\n", PW),
    ("root/.zsh_history", f": 1700000000:0;curl -u bob:{PW} https://x.example\n", PW),
    ("root/.ash_history", f"#1700000000\nexport DB_PASSWORD={PW}\n", PW),
    ("root/.viminfo", f":!mysql --password={PW}\n", PW),
    ("etc/kubernetes/admin.conf", f"users:\n- user:\n    client-key-data: {TOKEN * 3}\n", TOKEN),
    ("srv/docker-compose.yml", f"environment:\n  MYSQL_ROOT_PASSWORD: {PW}\n", PW),
    ("srv/docker-compose.yml", f"environment:\n  - MYSQL_ROOT_PASSWORD={PW}\n", PW),
    ("srv/settings.py", f"SECRET_KEY = '{TOKEN}'\n", TOKEN),
    ("etc/app.service", f"[Service]\nEnvironment=DB_PASSWORD={PW}\n", PW),
    ("srv/entrypoint.sh", f"#!/bin/sh\nexport DB_PASSWORD={PW}\n", PW),
    ("srv/init.sql", f"CREATE USER 'app'@'%' IDENTIFIED BY '{PW}';\n", PW),
]  # fmt: skip

STORES: list[tuple[str, bytes]] = [
    ("srv/key.jks", b"\xfe\xed\xfe\xed" + b"\0\0\0\2" * 50),
    ("srv/key.p12", b"\x30\x82\x0a\x14\x02\x01\x03\x30" + b"\x01" * 200),
    ("srv/pw.kdbx", b"\x03\xd9\xa2\x9a" + b"\x01" * 200),
    ("etc/krb5.keytab", b"\x05\x02\0\0\0\x3c" + b"\x01" * 100),
    ("root/.gnupg/private-keys-v1.d/AB.key", b"(21:protected-private-key(3:rsa" + b"1" * 99),
    ("root/.config/gcloud/credentials.db", b"SQLite format 3\0" + b"\0" * 100),
    ("root/.mylogin.cnf", b"\0\0\0\0" + b"\x07" * 20 + b"\x20\0\0\0" + b"\x81" * 32),
    ("root/.vnc/passwd", b"\x81\x92\xa3\xb4\xc5\xd6\xe7\xf8"),
]


@pytest.mark.parametrize(("path", "content", "value"), FILES, ids=lambda one: str(one)[:40])
def test_secret_of_a_file(path: str, content: str, value: str) -> None:
    found = scan_image(make_image(ImageSketch((LayerSketch({path: content}),))))
    believed = [one.reveal() for one in found if not one.demoted]
    assert any(one == value or value in one for one in believed), [
        (one.rule, one.demoted) for one in found
    ]
    assert len(believed) <= 2


@pytest.mark.parametrize(("path", "content"), STORES, ids=lambda one: str(one)[:40])
def test_store(path: str, content: bytes) -> None:
    (secret,) = scan_image(make_image(ImageSketch((LayerSketch({path: content}),))))
    assert secret.demoted == ""
    assert secret.rule in ("key-store", "scrambled-password")
