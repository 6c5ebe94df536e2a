"""Files that hold credentials by their nature, read by their own structure.

Sources of the formats: npmrc(5), netrc(5), git-credential-store(1), docker config.json, kubeconfig,
libpq's passfile, PEP 301 pypirc, Terraform state version 4, Java KeyStore and PKCS 12 headers.
"""

from __future__ import annotations

import re
from base64 import b64decode
from binascii import Error as Base64Error
from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import cache
from typing import Any, Final

from hardening.model import Severity
from hardening.secrets.engine import Hit
from hardening.secrets.formats import Format
from hardening.secrets.key_stores import history, scrambled, store, whole
from hardening.secrets.kinds import kind_of_file
from hardening.secrets.names import can_be_secret, is_secret_name, is_value

MAX_STRUCTURED: Final = 1 << 20
MAX_DEPTH: Final = 40
_SECRET_KEYS: Final = frozenset(
    {
        "auth",
        "identitytoken",
        "registrytoken",
        "pass",
        "private_key",
        "refresh_token",
        "client_secret",
        "encryptedpassword",
        "passwd",
        "_auth",
    }
)
NETRC = kind_of_file("netrc-password", "Password in .netrc", Severity.HIGH)
NPMRC = kind_of_file("npmrc-auth", "Registry credentials in .npmrc", Severity.CRITICAL)
PGPASS = kind_of_file("pgpass-password", "Password in a PostgreSQL password file", Severity.HIGH)
DOCKER = kind_of_file("docker-auth", "Registry credentials of a Docker client", Severity.CRITICAL)
JSON_FIELD = kind_of_file("credential-field", "Secret field of a JSON file", Severity.HIGH)
XML_FIELD = kind_of_file("xml-password", "Password in an XML file", Severity.HIGH)
KUBE = kind_of_file("kubeconfig-credential", "Credential in a kubeconfig", Severity.CRITICAL)
DEFINE = kind_of_file("php-define", "Secret constant in a PHP file", Severity.HIGH)
GIT = kind_of_file("git-credentials", "Password of a git server", Severity.HIGH)
SETTING = kind_of_file("env-setting", "Secret in an environment file", Severity.HIGH)
REDIS = kind_of_file("redis-password", "Password of a Redis server", Severity.HIGH)
BUNDLE = kind_of_file("bundle-credential", "Credentials of a gem server", Severity.HIGH)

Reader = Callable[[bytes], Iterator[Hit]]


def _hit(kind: Format, data: bytes, start: int, end: int) -> Hit:
    return Hit(kind, data[start:end], start, end)


def _by_pattern(kind: Format, pattern: bytes) -> Reader:
    """Compiled when a file asks for it: most runs never do."""

    def read(data: bytes) -> Iterator[Hit]:
        for match in re.compile(pattern).finditer(data):
            if is_value(match[match.lastindex or 0].decode("latin-1")):
                yield _hit(kind, data, *match.span(match.lastindex or 0))

    return read


_netrc = _by_pattern(NETRC, rb"(?m)(?:^|\s)password\s{1,8}([^\s#]\S{0,300})")
_npmrc = _by_pattern(
    NPMRC,
    rb"(?m)^\s{0,8}(?:\S{0,200}:)?_(?:authToken|auth|password)\s{0,4}=\s{0,4}"
    rb"[\"']?([^\s\"']{4,600})",
)
_pgpass = _by_pattern(PGPASS, rb"(?m)^(?!#)(?:[^:\n]{1,300}:){4}([^\s:]{1,300})$")
_xml_field = _by_pattern(
    XML_FIELD,
    rb"(?i)<(?:password|passphrase|pass|privatekey|apikey|token|master)(?:\s[^<>]{0,200})?>([^<>\s]{4,300})<"
    rb"|\s(?:password|passphrase|pass)=\"([^\"\n]{4,300})\"",
)
_kube = _by_pattern(
    KUBE,
    rb"(?m)^\s{0,40}-?\s{0,4}(?:token|client-key-data|password|id-token|refresh-token):\s{1,4}[\"']?([^\s\"'#]{6,8000})",
)
_git = _by_pattern(GIT, rb"(?m)^https?://[^\s:/]{1,200}:(\S{3,300})@[^\s@]{1,300}$")
_bundle = _by_pattern(
    BUNDLE,
    rb"(?m)^BUNDLE_[A-Z0-9_]{3,200}:\s{1,4}[\"']?([^\s:\"'/]{2,100}:[^\s\"'/]{3,300})[\"']?$",
)
_redis = _by_pattern(
    REDIS,
    rb"(?m)^\s{0,8}(?:requirepass|masterauth|sentinel\s{1,4}auth-pass\s{1,4}\S{1,100})\s{1,8}"
    rb"[\"']?([^\s\"'#]{4,300})",
)
_ENV_LINE = re.compile(
    rb"(?m)^\s{0,8}(?:export\s{1,4})?([A-Za-z_][\w.]{0,100})=([\"']?)([^\s\"'#]{4,1000})\2\s{0,8}$"
)
_nuget = _by_pattern(
    XML_FIELD, rb"(?i)key=\"(?:ClearText)?Password\"\s{1,8}value=\"([^\"\n]{4,300})\""
)
_KUBE_SECRET = re.compile(rb"(?im)^[\s\"']{0,8}kind[\"']?:\s{0,4}[\"']?secret\b")
_KUBE_VALUE = re.compile(
    rb"(?m)^[ \t]{1,12}[\w.\"'-]{1,100}:[ \t]{1,8}(?:[|>][-+]?\s{1,40})?[\"']?"
    rb"([A-Za-z0-9+/]{8,8000}={0,2})[\"']?\s*$"
)
_define = _by_pattern(
    DEFINE,
    rb"(?i)define\s{0,4}\(\s{0,4}['\"]\w{0,40}(?:passw|secret|_key|_salt|token)\w{0,40}['\"]\s{0,4},"
    rb"\s{0,40}['\"]([^'\"\n]{4,300})['\"]",
)


def _xml(data: bytes) -> Iterator[Hit]:
    """Password elements and attributes; those inside a comment are marked."""
    comments = [match.span() for match in re.finditer(rb"<!--.*?(?:-->|\Z)", data, re.S)]
    number = 0
    for hit in sorted(_xml_field(data), key=lambda one: one.start):
        while number < len(comments) and comments[number][1] <= hit.start:
            number += 1
        inside = number < len(comments) and comments[number][0] < hit.start
        yield replace(hit, doubt="commented out" if inside else "")


def _kube_secret(data: bytes) -> Iterator[Hit]:
    """Values under `data:` of a Kubernetes Secret, which are base 64 and not encrypted."""
    if not _KUBE_SECRET.search(data):
        return
    start = re.search(rb"(?m)^\s{0,8}(?:data|stringData):", data)
    for match in _KUBE_VALUE.finditer(data, start.end()) if start else ():
        if match[1].lower() not in (b"kubernetes", b"generic", b"namespace"):
            yield _hit(KUBE, data, *match.span(1))


def _env(data: bytes) -> Iterator[Hit]:
    """Lines `NAME=value` whose name promises a secret."""
    for match in _ENV_LINE.finditer(data):
        name, value = match[1].decode("latin-1"), match[3].decode("latin-1")
        if is_secret_name(name) and can_be_secret(value):
            yield _hit(SETTING, data, *match.span(3))


def _json(data: bytes) -> Iterator[Hit]:
    """Fields with a secret's name; registry credentials by their place under `auths`."""
    import json

    try:
        document = json.loads(data)
    except (ValueError, RecursionError):
        return
    last: dict[bytes, int] = {}
    for name, value, path in _fields(document, (), 0):
        raw = json.dumps(value, ensure_ascii=False)[1:-1].encode("utf-8", "surrogatepass")
        start = data.find(raw, last.get(raw, 0))
        if start < 0:
            continue
        last[raw] = start + len(raw)
        in_registry = "auths" in path or (name == "auth" and _is_basic(value))
        kind = DOCKER if in_registry else JSON_FIELD
        yield _hit(kind, data, start, start + len(raw))


def _fields(
    node: Any, path: tuple[str, ...], depth: int
) -> Iterator[tuple[str, str, tuple[str, ...]]]:
    if depth > MAX_DEPTH:
        return
    if isinstance(node, dict):
        for key, value in node.items():
            name = str(key)
            if isinstance(value, str):
                if _is_secret_field(name, value, path):
                    yield name, value, path
            else:
                yield from _fields(value, (*path, name.lower()), depth + 1)
    elif isinstance(node, list):
        for value in node:
            yield from _fields(value, path, depth + 1)


def _is_secret_field(name: str, value: str, path: tuple[str, ...]) -> bool:
    if value.startswith("-----BEGIN") or not can_be_secret(value):
        return False
    lowered = name.lower()
    if lowered == "auth" and "auths" not in path and not _is_basic(value):
        return False
    return lowered in _SECRET_KEYS or is_secret_name(name) or "github-oauth" in path


def _is_basic(value: str) -> bool:
    """`auth` of a Docker client: user:password in base 64."""
    try:
        padded = value + "=" * (-len(value) % 4)
        return b":" in b64decode(padded, validate=True)
    except (ValueError, Base64Error):
        return False


_READERS: Final[tuple[tuple[str, Reader], ...]] = (
    (r"(?:^|/)\.?npmrc$", _npmrc),
    (r"(?:^|/)[._]netrc$", _netrc),
    (r"(?:^|/)\.git-credentials$", _git),
    (r"(?:^|/)\.env(?:\.[\w-]+)?$|\.env$", _env),
    (r"(?:^|/)\.?pgpass(?:\.conf)?$", _pgpass),
    (r"(?:^|/)(?:\.docker/config\.json|\.dockercfg|\.dockerconfigjson)$", _json),
    (
        r"(?:^|/)(?:auth|config|credentials?|secrets?|sftp(?:-config)?|\.?remote-sync|robomongo"
        r"|[\w-]*deploy[\w-]*|heroku|logins|application_default_credentials|service[_-]?account"
        r"|[\w-]*key[\w-]*|[\w-]*tokens?(?:[_-]?cache)?|azureprofile|local\.settings"
        r"|service_principal_entries|credentials\.tfrc|appsettings[\w.]*)\.json$",
        _json,
    ),
    (r"(?:^|/)\.(?:ftpconfig|ftpsync|s3config)$", _json),
    (r"\.(?:tfstate|tfstate\.backup)$", _json),
    (
        r"(?:^|/)(?:settings(?:-security)?|filezilla|recentservers|sitemanager|webservers"
        r"|credentials|web|app|nuget)\.(?:xml|config)$|(?:^|/)[\w-]*data-sources\.xml$",
        _xml,
    ),
    (
        r"(?:^|/)\.?kube(?:/config|config)$|kubeconfig(?:\.ya?ml)?$|(?:^|/)kubelet\.conf$"
        r"|(?:^|/)admin\.conf$",
        _kube,
    ),
    (r"(?:^|/)nuget\.config$", _nuget),
    (r"\.ya?ml$", _kube_secret),
    (r"\.(?:php|inc|phtml)$", _define),
    (r"(?:^|/)(?:\.vault-token|master\.key|\.?erlang\.cookie|\.htpasswd\.txt)$", whole),
    (r"(?:^|/)(?:\.git-token|\.github[_-]token|\.secret|\.?vault[_-]pass(?:word)?)$", whole),
    (
        r"\.(?:jks|keystore|p12|pfx|kdbx|bcfks|keytab)$|(?:^|/)key[34]\.db$"
        r"|/\.gnupg/private-keys-v1\.d/|(?:^|/)(?:credentials|access_tokens)\.db$",
        store,
    ),
    (r"(?:^|/)\.mylogin\.cnf$|/\.vnc/passwd$", scrambled),
    (r"/\.bundle/config$", _bundle),
    (r"(?:^|/)(?:redis|sentinel|valkey)[\w.-]{0,40}\.conf$", _redis),
    (r"_history$|(?:^|/)\.?fish_history$", history),
)


_ENDINGS: Final = frozenset(
    """npmrc netrc _netrc pgpass conf json dockercfg dockerconfigjson ftpconfig ftpsync s3config
    tfstate backup xml config kubeconfig yml yaml php inc phtml key cookie txt git-credentials env
    vault-token git-token github-token github_token secret vault-pass vault_pass vault-password
    vault_password vaultpass vaultpassword jks keystore p12 pfx kdbx bcfks db keytab
    cnf passwd config""".split()  # noqa: SIM905
)
"""What stands after the last dot of a name that a reader may want: asked before any pattern."""


@cache
def _any_reader() -> re.Pattern[str]:
    return re.compile("|".join(pattern for pattern, _ in _READERS), re.I)


def read_structure(path: str, data: bytes) -> tuple[Hit, ...]:
    """What the file's own structure gives away; nothing for files of no known kind."""
    if len(data) > MAX_STRUCTURED:
        return ()
    name = "/" + path
    base = path.rpartition("/")[2].lower()
    if (
        base.rpartition(".")[2] not in _ENDINGS
        and not base.startswith(".env")
        and not base.endswith("_history")
    ):
        return ()
    if not _any_reader().search(name):
        return ()
    readers = (reader for pattern, reader in _READERS if re.search(pattern, name, re.I))
    return tuple(hit for reader in readers for hit in reader(data))
