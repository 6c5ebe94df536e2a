"""Which files hold credentials or settings, told by their names alone."""

from __future__ import annotations

import re
from typing import Final

_NAMES: Final = frozenset(
    [
        "id_rsa",
        "id_dsa",
        "id_ecdsa",
        "id_ed25519",
        ".npmrc",
        ".netrc",
        "_netrc",
        ".git-credentials",
        ".pgpass",
        ".pypirc",
        ".vault-token",
        ".dockercfg",
        ".my.cnf",
        ".mylogin.cnf",
        ".s3cfg",
        ".htpasswd",
        ".bash_history",
        ".zsh_history",
        ".ash_history",
        ".sh_history",
        ".python_history",
        ".mysql_history",
        ".psql_history",
        ".node_repl_history",
        ".irb_history",
        ".rediscli_history",
        ".sqlite_history",
    ]
)
_MAYBE: Final = frozenset(
    {
        "pip.conf",
        "pip.ini",
        ".yarnrc.yml",
        "settings.xml",
        "auth.json",
        "gradle.properties",
        "nuget.config",
        ".condarc",
        "sources.list",
        "uv.toml",
        "poetry.toml",
        "config.json",
        "kubeconfig",
    }
)
_ENDINGS: Final = (".tfstate", ".tfvars", ".jks", ".p12", ".pfx", ".kdbx", ".ppk", ".keystore")
_PLACES: Final = (
    "/.aws/credentials",
    "/.docker/config.json",
    "/.kube/config",
    "/.azure/accesstokens.json",
    "/.config/gh/hosts.yml",
    "/.config/gcloud/credentials.db",
    "/.config/gcloud/application_default_credentials.json",
)
_ENV_NAME: Final = re.compile(r"\.env(?:\.[\w-]+)?$")
_TEMPLATE_NAME: Final = re.compile(r"(?i)\.(?:example|sample|dist|template|tmpl|defaults?)$")


def may_hold_credentials(path: str) -> bool:
    """True for client configurations that hold credentials now and then: their content decides."""
    return path.lower().rpartition("/")[2] in _MAYBE


def is_credential_file(path: str) -> bool:
    """True when a file of this name usually holds credentials: `.npmrc`, `id_rsa`, `.env`; not
    `.env.example`."""
    lowered = path.lower()
    name = lowered.rpartition("/")[2]
    named = (
        name in _NAMES
        or name.endswith(_ENDINGS)
        or (name.startswith(".env") and bool(_ENV_NAME.match(name)))
        or f"/{lowered}".endswith(_PLACES)
    )
    return named and not is_template(path)


def is_template(path: str) -> bool:
    """True for a file to be copied and filled in: `.env.example`."""
    return bool(_TEMPLATE_NAME.search(path))


_SETTINGS: Final = re.compile(
    r"(?i)\.(?:env|ini|cfg|cnf|conf|config|ya?ml|json|properties|toml|xml|tf|tfvars|tfstate|hcl|sh|bash"
    r"|zsh|php|inc|rb|sql|service|netrc|txt|list|plist|gradle|credentials|secret|secrets|auth|pass"
    r"|viminfo|history|reg|ps1|bat|cmd|neon|j2|erb|tpl)$"
    r"|(?:^|/)(?:\.[^/.]+|\.env[^/]*|\.[\w-]+rc|Dockerfile[^/]*|Containerfile|Makefile|credentials"
    r"|config|hub|passwd|secrets?|settings\.py|local_settings\.py|config\.py|config\.js|\w*history"
    r"|environment|[\w-]*passw(?:or)?d)$"
)
_VENDORED: Final = re.compile(
    r"(?:^|/)(?:node_modules|site-packages|dist-packages|vendor|gems|\.cargo/registry|go/pkg/mod"
    r"|__pycache__)/"
)
_OF_SYSTEM: Final = re.compile(
    r"^usr/(?:share|lib|lib64|libx?32|include|libexec)/|^lib(?:64|x?32)?/|^usr/local/lib/"
    r"|^usr/src/(?:linux|kernels)|^var/lib/dpkg/|^lib/apk/"
)
_OF_APPLICATIONS: Final = re.compile(
    r"^usr/(?:local/)?(?:share|lib)/(?:nginx/html|httpd|tomcat\d*|jetty|wordpress|phpmyadmin|elasticsearch"
    r"|opensearch|logstash|kibana|grafana|apps?|webapps?|www|jenkins|keycloak)/"
)


def is_vendored(path: str) -> bool:
    """True for what a language's package manager put beside the application."""
    return bool(_VENDORED.search(path))


def is_settings_file(path: str) -> bool:
    """True for files whose settings are believed by name alone: configuration, environment and
    shell files outside what package managers installed."""
    if not _SETTINGS.search(path) or _VENDORED.search(path):
        return False
    return not _OF_SYSTEM.search(path) or bool(_OF_APPLICATIONS.search(path))
