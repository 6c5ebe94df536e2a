"""Formats that belong to no provider: keys, passwords in addresses, settings with a secret name."""

from __future__ import annotations

from typing import Final

from hardening.model import Severity
from hardening.secrets.formats import Format, token

_KEY = "Make a new key pair, replace the public half wherever it is trusted, revoke the old one."
_PASSWORD = "Change the password where it is checked, and read that system's log for its use."
_JWT = "Invalidate the session or change the signing key, so that the token is no longer accepted."
_NAME = (
    r"(?i:passw(?:or)?d|passphrase|pwd|secret|token|api[_-]?key|access[_-]?key|auth[_-]?key"
    r"|private[_-]?key|encryption[_-]?key|credential|_pass)"
)

FORMATS: Final[tuple[Format, ...]] = (
    token("private-key", "Private key", "",
          "-----BEGIN (?:[A-Z0-9]{1,16} ){0,3}PRIVATE KEY(?: BLOCK)?-----", Severity.CRITICAL, _KEY,
          entropy=0, prefix="", keywords=("private key",), bounded=False),
    token("putty-key", "PuTTY private key", "", r"PuTTY-User-Key-File-\d: [a-z0-9-]{4,40}",
          Severity.CRITICAL, _KEY, entropy=0, prefix="", bounded=False),
    token("jwt", "JSON web token", "", r"ey[A-Za-z0-9_-]{15,1000}\.ey[A-Za-z0-9_-]{11,1000}"
          r"\.[A-Za-z0-9_-]{10,1000}", Severity.MEDIUM, _JWT, prefix="ey", bounded=False,
          keywords=("ey",),
          trigger=r"ey[A-Za-z0-9_-]{8}[A-Za-z0-9_-]*\.ey[A-Za-z0-9_-]+\.[A-Za-z0-9_-]"),
    token("password-in-address", "Password in an address", "",
          r"://[^\s:@/'\"<>(){}|\\$%`,;]{0,100}:([^\s:@/'\"<>(){}|\\`,;]{3,200})@"
          r"[A-Za-z0-9.\[-]{1,200}",
          Severity.HIGH, _PASSWORD, prefix="", keywords=("://",), bounded=False, entropy=0,
          trigger=r"://[^\s:@/'\"<>(){}|\\$%`,;]*:[^\s:@/'\"<>(){}|\\`,;]+@[A-Za-z0-9.\[-]"),
    token("token-in-address", "Token in an address", "",
          r"https?://([A-Za-z0-9_~+.-]{16,200})@[A-Za-z0-9.\[-]{1,200}",
          Severity.HIGH, _PASSWORD, prefix="", keywords=("://",), bounded=False, entropy=3.2,
          trigger=r"https?://[A-Za-z0-9_~+.-]{16}[A-Za-z0-9_~+.-]*@[A-Za-z0-9.\[-]"),
    token("password-hash", "Password hash", "",
          r"\$(?:1|2[aby]|5|6|7|y|apr1)\$[./A-Za-z0-9,=$]{20,200}", Severity.MEDIUM, _PASSWORD,
          prefix="", keywords=("$",), bounded=False),
    token("ldap-password-hash", "Password hash of a directory", "",
          r"\{S?SHA\}[A-Za-z0-9+/]{27,60}={0,2}", Severity.MEDIUM, _PASSWORD,
          prefix="", keywords=("sha}",), bounded=False),
    token("curl-user", "Password on a curl command line", "",
          r"curl (?:[^\n\\]|\\.|\\\n){0,300}\s(?:-u|--user)[ =]{0,4}[\"']?[^\s\"':$@]{0,80}"
          r":([^\s\"'$]{3,200})",
          Severity.HIGH, _PASSWORD, prefix="", keywords=("curl",), bounded=False, entropy=0,
          trigger=r"curl (?:[^\n\\]|\\.|\\\n)*\s(?:-u|--user)[ =]*[\"']?[^\s\"':$@]*:[^\s\"'$]"),
    token("curl-header", "Key in a header of a curl command line", "",
          r"(?i:curl [^\n]{0,300}(?:-H|--header)[ =]{1,4}[\"'](?:authorization|(?:x-)?"
          r"(?:[a-z]{1,20}-)?(?:api-?key|token|auth|access-token|secret)): {0,4}"
          r"(?:(?:bearer|token|basic) )?)"
          r"([^\s\"'$]{8,800})",
          Severity.HIGH, _PASSWORD, prefix="", keywords=("curl",), bounded=False,
          trigger=r"(?i:curl [^\n]*(?:-H|--header)[ =]+[\"'][a-z-]*"
          r"(?:authorization|api-?key|token|auth|secret): *[a-z0-9])"),
    Format(
        id="sql-password",
        title="Password in a database statement",
        provider="",
        pattern=(rb"(?i:identified\s{1,4}(?:with\s{1,4}\w{1,40}\s{1,4})?by\s{1,4}(?:password\s{1,4})?"
                 rb"|(?:user|role|login)\s[^\n;]{1,120}\spassword\s{0,4}=?\s{0,4})"
                 rb"(?:'([^'\r\n]{3,200})'|\"([^\"\r\n]{3,200})\")"),
        severity=Severity.HIGH,
        rotate=_PASSWORD,
        keywords=(b"identified", b"password"),
        trigger=(rb"(?i:identified\s+(?:with\s+\w+\s+)?by\s+(?:password\s+)?"
                 rb"|(?:user|role|login)\s[^\n;]+\spassword\s*=?\s*)['\"][^'\"\r\n]"),
        generic=True,
        bounded=False,
    ),
    Format(
        id="secret-setting",
        title="Setting with a secret's name",
        provider="",
        pattern=(_NAME + r"""[A-Za-z0-9_.\[\]-]{0,40}['"]?\s{0,20}"""
                 r"""(?:(?:=|=>|:=|:\s)\s{0,3}(?:"([^"\r\n]{4,300})"|'([^'\r\n]{4,300})'"""
                 r"""|([^\s'"#;,<>(){}\[\]]{4,300}))|:(?:"([^"\r\n]{4,300})"|'([^'\r\n]{4,300})'))"""
                 ).encode(),
        severity=Severity.MEDIUM,
        rotate=_PASSWORD,
        keywords=(b"passw", b"passphrase", b"pwd", b"secret", b"token", b"key", b"credential",
                  b"_pass"),
        trigger=(_NAME + r"""[A-Za-z0-9_.\[\]-]*['"]?\s*[=:]>?\s*"""
                 r"""(?:"[^"\r\n]|'[^'\r\n]|[^\s'"#;,<>(){}\[\]])""").encode(),
        entropy=2.0,
        generic=True,
        bounded=False,
    ),
)
