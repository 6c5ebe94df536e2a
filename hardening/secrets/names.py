"""Which names of variables and settings promise a secret, and which values cannot be one."""

from __future__ import annotations

import re
from typing import Final

_WORDS = (
    "apikey|auth|credential|credentials|key|password|pword|passwd|secret|token|pass|pwd|passphrase"
    "|secrets|tokens|passwords"
)
_SECRET_NAME = re.compile(rf"(?i)(?:^|[_.-])(?:{_WORDS})(?:$|[_.-])")
_JOINED_NAME = re.compile(
    r"(?i)(?:password|passwd|passphrase|secret|token|apikey|api_key|accesskey|privatekey|authkey"
    r"|credentials?)$"
)
_PUBLIC_NAME = re.compile(
    r"(?i)(?:^|[_.-])(?:public|pub|publishable|fingerprint|gpg|pgp)(?:$|[_.-])"
)
_ABOUT_NAME: Final = re.compile(
    r"(?i)(?:^|[_.-])(?:file|files|path|dir|directory|url|uri|endpoint|host|name|id|ids|type|kind"
    r"|length|len|size|ttl|expiry|expires|expiration|timeout|age|version|algorithm|alg|method|mode"
    r"|enabled|disabled|required|provider|header|prefix|suffix|format|policy|count|limit|max|min"
    r"|issuer|audience|scope|scopes|realm|ref|manager|server|service|class|field|column|param"
    r"|encryption|hashing|cipher|classname|toolkit|prompt|message|label|text|title|description|hint|error|help|placeholder|regex|pattern"
    r"|hash|checksum|sha256|sha512|md5|digest|sum|ring|rotation|store|strategy)$"
)
_NOT_A_VALUE = re.compile(
    r"(?i)^(?:|true|false|yes|no|on|off|none|null|nil|undefined|required|optional|default|string"
    r"|password|passwd|secret|token|key|user|root|admin_user|env|file|basic|bearer|bool|int|\d{1,3})$"
)
_ACCESS_KEY = re.compile(r"(?i)access_?key_?id$")
_PLAIN = re.compile(r"(?i)^(?:true|false|yes|no|on|off|none|null|required|optional|\d{1,3})$")
_SWITCH = re.compile(r"(?i)^(?:true|false|none|null|undefined|default|required|string)$")
_CODE = re.compile(r"^[A-Za-z_][\w.]*(?:\(.*|\[.*\]|->.*|::.*)$|^(?:self|this|os|process)\.")
_PATH = re.compile(r"^(?:\$\w+/|~?/|\.{1,2}/|[A-Za-z]:\\)[\w./\\ -]*$|^/run/secrets/")
_VERSION = re.compile(r"^[~^<>=]{0,2}\s?v?\d+(?:\.\d+){1,3}(?:-[\w.]+)?$")
_FILE_NAME = re.compile(
    r"(?i)^[\w.-]+\.(?:cer|crt|pem|key|jks|p12|pfx|txt|json|ya?ml|xml|conf|env|properties|html?|php|js|py"
    r"|sh|md|rst|tmpl|j2)$"
)
_ABOUT_CAMEL = re.compile(
    r"[a-z](?:Ids?|Files?|Path|Dir|Names?|Ur[li]|Host|Types?|Length|Size|Ttl|Expiry|Timeout|Version"
    r"|Method|Mode|Enabled|Provider|Header|Prefix|Policy|Count|Limit|Field|Class|Service|Endpoint)$"
)
_ADDRESS = re.compile(r"^[a-z][a-z0-9+.-]*://[^@]*$")


def is_secret_name(name: str) -> bool:
    """True when a variable of this name promises a secret: `NPM_TOKEN`, `db.password`,
    `AWS_SECRET_ACCESS_KEY`; not `TOKEN_TTL`, `PUBLIC_KEY` or `GPG_KEY`."""
    if _ACCESS_KEY.search(name):
        return True
    if is_public_name(name) or is_about_name(name):
        return False
    return bool(_SECRET_NAME.search(name) or _JOINED_NAME.search(name))


def is_public_name(name: str) -> bool:
    """True when the name says that its value is public."""
    return bool(_PUBLIC_NAME.search(name))


def is_about_name(name: str) -> bool:
    """True when the name talks about a secret only: `TOKEN_TTL`, `password_file`."""
    return bool(_ABOUT_NAME.search(name) or _ABOUT_CAMEL.search(name))


def is_value(value: str) -> bool:
    """False for switches where a password should stand: `true`, `none`."""
    value = value.strip()
    return len(value) >= 4 and not _SWITCH.match(value)


def is_plainly_none(value: str) -> bool:
    """True for switches, paths and addresses: the value of a variable that only has a secret's
    name, in a place where the name alone is taken seriously."""
    value = value.strip()
    return bool(_PLAIN.match(value) or _PATH.match(value) or _ADDRESS.match(value))


def can_be_secret(value: str) -> bool:
    """False for switches, type names, code, paths and addresses: settings that only have a
    secret's name."""
    value = value.strip()
    if len(value) < 4 or _NOT_A_VALUE.match(value):
        return False
    if _FILE_NAME.match(value) or _CODE.match(value) or _PATH.match(value) or _ADDRESS.match(value):
        return False
    return not _VERSION.match(value)
