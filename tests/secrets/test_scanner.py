"""Texts and images in, secrets with their life stories out. Tokens are put together at run time,
so that no scanner of this repository takes a test for a leak."""

from __future__ import annotations

import pytest

from hardening.errors import Cancelled
from hardening.image.synthetic import FileSketch, ImageSketch, LayerSketch, make_image
from hardening.model import ConfigPlace, FilePlace, ImagePathPlace, Severity
from hardening.progress import Silent
from hardening.secrets.configuration import split_build_args
from hardening.secrets.model import Secret
from hardening.secrets.scanner import scan_image, scan_text

GITHUB = "ghp_" + "aB3dE5fG7hJ9kL1mN3pQ5rS7tU9vW1xY3zA5"
NPM = "npm_" + "q9Rw7Et5Yu3Io1Pa8Sd6Fg4Hj2KlZx0CvBnM"
AWS_EXAMPLE = "AKIA" + "IOSFODNN7EXAMPLE"
KEY_BODY = "\n".join(["MIIEpAIBAAKCAQEA7bq3Zz9x" + "Qk4vN8pLr2TtYw6uHgJfD5sA0cXe1M"] * 5)
KEY = f"-----BEGIN RSA PRIVATE {'KEY'}-----\n{KEY_BODY}\n-----END RSA PRIVATE KEY-----\n"


def image_of(*layers: LayerSketch, **more: object) -> tuple[Secret, ...]:
    return scan_image(make_image(ImageSketch(layers=layers, **more)))  # type: ignore[arg-type]


def test_text_gives_the_exact_span_and_line() -> None:
    text = f"FROM alpine\n# héllo\nENV TOKEN={GITHUB}\n"
    (secret,) = scan_text(text, "Dockerfile")
    (place,) = secret.places
    assert isinstance(place, FilePlace)
    assert place.span.slice(text) == GITHUB
    assert (place.start_line, place.end_line) == (3, 3)
    assert secret.rule == "github-token"
    assert secret.reveal() == GITHUB


def test_surrogates_do_not_shift_the_span() -> None:
    text = f"# \udcff\udcfe\nARG T={NPM}\n"
    (secret,) = scan_text(text, "Dockerfile")
    place = secret.places[0]
    assert isinstance(place, FilePlace)
    assert place.span.slice(text) == NPM


def test_nothing_but_the_mask_is_shown() -> None:
    (secret,) = scan_text(f"T={GITHUB}", "x")
    assert GITHUB not in repr(secret)
    assert secret.masked == f"ghp_••••{GITHUB[-2:]}"


def test_short_values_show_nothing() -> None:
    (secret,) = scan_text("DB_PASSWORD=hunter42!\n", "Dockerfile")
    assert secret.masked == "••••"


def test_deleted_later_is_recoverable() -> None:
    (secret,) = image_of(
        LayerSketch({"etc/os-release": "ID=alpine\n"}),
        LayerSketch({"root/.npmrc": f"//registry.example/:_authToken={NPM}\n"}),
        LayerSketch({"root/.npmrc": None}),
    )
    assert secret.life.added == 1
    assert secret.life.removed == 2
    assert secret.life.recoverable_from == (1,)
    assert secret.places == (ImagePathPlace(1, "root/.npmrc"),)


def test_overwritten_and_directory_deletion_and_opaque_end_a_life() -> None:
    layers = (LayerSketch({"app/a.env": f"T={GITHUB}\n"}),)
    overwritten = image_of(*layers, LayerSketch({"app/a.env": "empty\n"}))
    deleted = image_of(*layers, LayerSketch({"other": "x"}), LayerSketch({"app": None}))
    opaque = image_of(*layers, LayerSketch({"app/b": "x"}, opaque=("app",)))
    replaced = image_of(*layers, LayerSketch({"app": FileSketch("now a file")}))
    ends = [found[0].life.removed for found in (overwritten, deleted, opaque, replaced)]
    assert ends == [1, 2, 1, 1]


def test_a_copy_that_lives_keeps_the_secret_alive() -> None:
    (secret,) = image_of(
        LayerSketch({"a.env": f"T={GITHUB}\n", "b.env": f"T={GITHUB}\n"}),
        LayerSketch({"a.env": None}),
    )
    assert secret.life.removed is None
    assert len(secret.places) == 2


def test_environment_history_and_build_arguments() -> None:
    (secret,) = image_of(
        LayerSketch({}, command=f"|1 NPM_TOKEN={NPM} /bin/sh -c npm ci"),
        env={"NPM_TOKEN": NPM},
    )
    assert secret.life.in_history
    assert secret.life.in_config
    assert set(secret.places) == {ConfigPlace("Env.NPM_TOKEN"), ConfigPlace("history[0]")}
    assert secret.life.recoverable_from == ()


def test_a_secret_by_its_name_alone() -> None:
    (secret,) = image_of(env={"DB_PASSWORD": "hunter42!", "PATH": "/usr/bin", "TOKEN_TTL": "3600"})
    assert secret.places == (ConfigPlace("Env.DB_PASSWORD"),)
    assert secret.severity is Severity.MEDIUM


@pytest.mark.parametrize(
    ("created_by", "pairs"),
    [
        ("|2 A=1 B=two words /bin/sh -c make", (("A", "1"), ("B", "two words"))),
        ("RUN |1 TOKEN=abc /bin/sh -c make # buildkit", (("TOKEN", "abc"),)),
        ("|1 URL=a=b&c /bin/sh -c x", (("URL", "a=b&c"),)),
        ("/bin/sh -c make", ()),
        ("|9 A=1", (("A", "1"),)),
    ],
)
def test_build_arguments_of_history(created_by: str, pairs: tuple[tuple[str, str], ...]) -> None:
    assert split_build_args(created_by)[0] == pairs


def test_documented_example_is_demoted_not_dropped() -> None:
    (secret,) = scan_text(f"ENV AWS_ACCESS_KEY_ID={AWS_EXAMPLE}\n", "Dockerfile")
    assert secret.demoted == "documented example"
    assert secret.severity is Severity.INFO


def test_template_and_placeholder_are_demoted() -> None:
    text = "ENV A_TOKEN='${TOKEN_OF_BUILD}'\nENV B_PASSWORD=changeme\n"
    assert {one.demoted for one in scan_text(text, "Dockerfile")} == {
        "template that something else fills in",
        "placeholder",
    }


def test_private_key_needs_a_body() -> None:
    assert not image_of(LayerSketch({"usr/bin/ssh": KEY.splitlines()[0].encode() + b"\0\0"}))
    (secret,) = image_of(LayerSketch({"root/.ssh/id_rsa": KEY}))
    assert secret.rule == "private-key"
    assert KEY_BODY.splitlines()[0] not in secret.masked


def test_key_inside_json_is_found() -> None:
    escaped = KEY.replace("\n", "\\n")
    text = f'{{"type": "service_account", "private_key": "{escaped}"}}'
    (secret,) = image_of(LayerSketch({"srv/account.json": text}))
    assert secret.rule == "private-key"


def test_unchanged_file_of_a_package_is_demoted() -> None:
    from hashlib import md5

    content = f"token = {GITHUB}\n"
    digest = md5(content.encode()).hexdigest()
    found = image_of(
        LayerSketch(
            {
                "usr/share/doc/pkg/demo.conf": content,
                "var/lib/dpkg/info/pkg.md5sums": f"{digest}  usr/share/doc/pkg/demo.conf\n",
            }
        )
    )
    assert [one.demoted for one in found] == ["unchanged file of package pkg"]
    changed = image_of(
        LayerSketch(
            {
                "usr/share/doc/pkg/demo.conf": content + "# edited\n",
                "var/lib/dpkg/info/pkg.md5sums": f"{digest}  usr/share/doc/pkg/demo.conf\n",
            }
        )
    )
    assert [one.demoted for one in changed] == [""]


def test_each_place_has_its_own_reason() -> None:
    from hashlib import md5

    content = f"token = {GITHUB}\n"
    digest = md5(content.encode()).hexdigest()
    files: dict[str, str | bytes | FileSketch | None] = {}
    for package in ("one", "two"):
        files[f"usr/share/{package}.conf"] = content
        files[f"var/lib/dpkg/info/{package}.md5sums"] = f"{digest}  usr/share/{package}.conf\n"
    (secret,) = image_of(LayerSketch(files))
    assert dict(zip(secret.places, secret.reasons, strict=True)) == {
        ImagePathPlace(0, f"usr/share/{package}.conf"): f"unchanged file of package {package}"
        for package in ("one", "two")
    }


def test_apk_and_wheel_records_demote_too() -> None:
    from base64 import b64encode, urlsafe_b64encode
    from hashlib import sha1, sha256

    content = f"k={GITHUB}\n".encode()
    apk = b64encode(sha1(content).digest()).decode()
    wheel = urlsafe_b64encode(sha256(content).digest()).decode().rstrip("=")
    site = "usr/lib/python3.12/site-packages"
    found = image_of(
        LayerSketch(
            {
                "etc/tool.conf": content,
                "lib/apk/db/installed": f"P:tool\nF:etc\nR:tool.conf\nZ:Q1{apk}\n\n",
            }
        ),
    )
    assert [one.demoted for one in found] == ["unchanged file of package tool"]
    found = image_of(
        LayerSketch(
            {
                f"{site}/demo/data.cfg": content,
                f"{site}/demo-1.0.dist-info/RECORD": f"demo/data.cfg,sha256={wheel},9\n",
            }
        ),
    )
    assert [one.demoted for one in found] == ["unchanged file of package demo"]


def test_digests_of_rpm_demote_too() -> None:
    from hashlib import sha256

    from tests.inventory.test_rpm import header, ndb

    content = f"k={GITHUB}\n".encode()
    blob = header(
        name="tool",
        version="1",
        files="/etc/tool.conf",
        digests=sha256(content).hexdigest(),
        algorithm="8",
    )
    for data, reason in ((content, "unchanged file of package tool"), (content + b"#", "")):
        files = {"etc/tool.conf": data, "usr/lib/sysimage/rpm/Packages.db": ndb(blob)}
        (secret,) = image_of(LayerSketch(files))
        assert secret.demoted == reason


def test_a_merged_usr_is_seen_through() -> None:
    from hashlib import md5

    content = f"k={GITHUB}\n".encode()
    sums = f"{md5(content).hexdigest()}  lib/tool.conf\n"
    files: dict[str, str | bytes | FileSketch | None]
    files = {"usr/lib/tool.conf": content, "var/lib/dpkg/info/tool.md5sums": sums}
    (secret,) = image_of(LayerSketch(files))
    assert secret.demoted == "unchanged file of package tool"


@pytest.mark.parametrize(
    ("path", "content", "rule"),
    [
        ("root/.netrc", "machine api.example login bob password s3cretpw\n", "netrc-password"),
        ("root/.pgpass", "db:5432:app:bob:s3cretpw\n", "pgpass-password"),
        ("root/.npmrc", "//r.example/:_auth=Ym9iOnMzY3JldHB3\n", "npmrc-auth"),
        ("root/.git-credentials", "https://bob:s3cretpw@git.example\n", "password-in-address"),
        (
            "root/.docker/config.json",
            '{"auths": {"r.example": {"auth": "Ym9iOnMzY3JldHB3"}}}',
            "docker-auth",
        ),
        (
            "root/.kube/config",
            "users:\n- user:\n    token: abcdefgh12345678\n",
            "kubeconfig-credential",
        ),
        (
            "srv/terraform.tfstate",
            '{"resources": [{"db": {"password": "s3cretpw"}}]}',
            "credential-field",
        ),
        ("app/.env", "DB_PASSWORD=s3cretpw\n", "env-setting"),
        ("root/.pypirc", "[pypi]\npassword = s3cretpw9\n", "secret-setting"),
        ("root/.bash_history", "curl https://bob:s3cretpw@api.example\n", "password-in-address"),
        ("var/www/wp-config.php", "define('DB_PASSWORD', 's3cretpw');\n", "php-define"),
        ("root/.m2/settings.xml", "<password>s3cretpw</password>", "xml-password"),
        ("srv/store.jks", b"\xfe\xed\xfe\xed\x00\x00\x00\x02" + b"\0" * 40, "key-store"),
        ("root/.vault-token", "s3cretpws3cretpw\n", "secret-file"),
    ],
)
def test_credential_files_are_read_by_their_structure(
    path: str, content: str | bytes, rule: str
) -> None:
    found = image_of(LayerSketch({path: content}))
    assert rule in {one.rule for one in found}
    assert not any(one.demoted for one in found if one.rule == rule)


def test_hostile_bytes_end() -> None:
    hostile = (
        b"\xff\xfe" * 5000,
        b"eyJ" * 100_000,
        b"://a:" * 50_000,
        b"\0" * 100_000,
        b"password=" * 50_000,
        b"-----BEGIN PRIVATE KEY-----" * 5000,
        b"{" * 100_000,
        b"[" * 100_000,
        b"aws" + b" " * 100_000 + b"=",
    )
    for number, data in enumerate(hostile):
        for name in ("x", ".env", "config.json", "RECORD", "settings.xml", ".npmrc"):
            scan_image(make_image(ImageSketch((LayerSketch({f"{number}/{name}": data}),))))
        scan_text(data.decode("utf-8", "surrogateescape"), "Dockerfile")


def test_a_person_can_stop_the_scan() -> None:
    class Stop(Silent):
        def check(self) -> None:
            raise Cancelled("Stopped")

    image = make_image(ImageSketch((LayerSketch({"a": "b"}),)))
    with pytest.raises(Cancelled):
        scan_image(image, progress=Stop())


@pytest.mark.parametrize(
    ("text", "found"),
    [
        (KEY, True),
        (KEY.replace("\n", "\r\n"), True),
        (KEY.replace("\n", "\\n"), True),
        ("".join(f'  "{line}\\n" +\n' for line in KEY.splitlines()), True),
        (KEY.replace("KEY-----\nMII", "KEY-----\nProc-Type: 4,ENCRYPTED\n\nMII", 1), True),
        (KEY.partition("-----END")[0], True),
        (f"-----BEGIN PRIVATE {'KEY'}-----\n...\n-----END PRIVATE KEY-----\n", False),
        (f'<m v="-----BEGIN PGP PRIVATE {"KEY"} BLOCK-----" offset="0"/>' + "<x/>" * 99, False),
        (f"looks for -----BEGIN PRIVATE {'KEY'}----- and reads on until the end", False),
        (f"-----BEGIN PUBLIC {'KEY'}-----\n{KEY_BODY}\n-----END PUBLIC KEY-----\n", False),
    ],
)
def test_what_makes_a_private_key(text: str, found: bool) -> None:
    secrets = image_of(LayerSketch({"srv/some.txt": text}))
    assert ("private-key" in {one.rule for one in secrets}) is found


@pytest.mark.parametrize(
    ("command", "found"),
    [
        ("/bin/sh -c #(nop) ENV PASS=ADMIN", True),
        ("ENV PASS=ADMIN", True),
        ("/bin/sh -c #(nop) ENV PASS=", False),
        ("/bin/sh -c #(nop) ENV abc=hello password=sensibledata", True),
        ("/bin/sh -c #(nop) ENV ABC=hello PASS= ", False),
        ('/bin/sh -c SECRET_API_KEY=63AF7AA15067C05616FDDD88A3A2E8F2 echo "data"', True),
        ('/bin/sh -c HELLO="PASS=\\"notThis\\"" echo "no"', False),
        ('/bin/sh -c SECRET="hello world" run', True),
        ("/bin/sh -c echo 'secret = foo;' > test.conf", False),
        ('/bin/sh -c PASSWORD_PROMPT="Enter the password" run', False),
    ],
)
def test_secrets_of_history(command: str, found: bool) -> None:
    assert bool(image_of(LayerSketch({"a": "b"}, command=command))) is found


def test_what_is_commented_out_is_demoted() -> None:
    found = image_of(
        LayerSketch(
            {
                "etc/app.conf": "# password = s3cretpw1\npassword = s3cretpw2\n",
                "root/.m2/settings.xml": "<!-- <password>s3cretpw3</password> -->"
                "<password>s3cretpw4</password>",
            }
        )
    )
    assert {one.reveal(): one.demoted for one in found} == {
        "s3cretpw1": "commented out",
        "s3cretpw2": "",
        "s3cretpw3": "commented out",
        "s3cretpw4": "",
    }


def test_configuration_file_as_its_package_shipped_it_is_demoted() -> None:
    from hashlib import md5

    content = "password = s3cretpw9\n"
    status = f"Package: tool\nConffiles:\n /etc/tool.conf {md5(content.encode()).hexdigest()}\n"
    files = {"etc/tool.conf": content, "var/lib/dpkg/status": status}
    (secret,) = image_of(LayerSketch(files))
    assert secret.demoted == "unchanged file of package tool"
    (secret,) = image_of(LayerSketch({**files, "etc/tool.conf": content + "edited = 1\n"}))
    assert secret.demoted == ""
