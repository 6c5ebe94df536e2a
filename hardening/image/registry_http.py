"""One HTTP conversation with a registry: TLS, authentication, bounds, limits, plain words.

Plain HTTP is spoken to loopback only. Redirects are followed a few times, never to a plain
address elsewhere, and `Authorization` stays with the host it was made for.
"""

from __future__ import annotations

import ipaddress
import ssl
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urljoin, urlsplit

from hardening.errors import InputError
from hardening.image.registry_answers import (
    Answer,
    RateLimit,
    headers_of,
    json_object,
    rate_limit,
    retry_after,
)
from hardening.image.registry_auth import Challenge, Credentials, challenges, chosen
from hardening.image.registry_credentials import credentials_for
from hardening.image.registry_watch import Watch

if TYPE_CHECKING:
    import httpx

HUB = "registry-1.docker.io"
HUB_NAMES = ("docker.io", "index.docker.io", HUB)
TIMEOUT = 20.0
WHOLE_ANSWER = 60.0
UNSAID_WAIT = 60
MAX_REDIRECTS = 3
MAX_TOKEN = 1 << 16
_CERTIFICATES = Path("/etc/docker/certs.d")


def is_loopback(host: str) -> bool:
    """Whether `host[:port]` is this machine, by name or address alone."""
    name = (urlsplit(f"//{host}").hostname or "").lower()
    if name == "localhost" or name.endswith(".localhost"):
        return True
    try:
        return ipaddress.ip_address(name).is_loopback
    except ValueError:
        return False


class Conversation:
    """Requests to one registry. Not for several threads at once; close it after use."""

    def __init__(
        self,
        registry: str,
        *,
        ca_file: Path | None = None,
        credential_files: tuple[Path, ...] | None = None,
    ) -> None:
        self.registry = registry
        self.host = HUB if registry in HUB_NAMES else registry
        self.rate_limit: RateLimit | None = None
        self._ca_file = ca_file
        self._credential_files = credential_files
        self._client: httpx.Client | None = None
        self._base = ""
        self._authorization: dict[str, str] = {}
        self._credentials: Credentials | None = None
        self._asked_credentials = False
        self._wait_until = 0.0
        self._watch = Watch(WHOLE_ANSWER)

    def close(self) -> None:
        if self._client is not None:
            self._client.close()

    def ask(self, method: str, path: str, *, accept: str, scope: str, limit: int) -> Answer:
        """The answer to one request below `/v2/`, after authentication when that is demanded.
        Raises InputError: no connection, too large, refused, or too many requests."""
        if not self._base:
            self._base = self._find_base()
        url = urljoin(self._base, path)
        if urlsplit(url)[:2] != urlsplit(self._base)[:2]:
            raise InputError(f"{self.registry} points to another host for more", "",
                             "It was not followed.")  # fmt: skip
        headers = {"Accept": accept}
        answer = self._send(method, url, headers, limit, self._authorization.get(scope))
        if answer.status == 401:
            fresh = self._authenticate(answer, scope)
            self._authorization[scope] = fresh
            answer = self._send(method, url, headers, limit, fresh)
        if answer.status in (401, 403):
            self._refuse(answer)
        return answer

    def _http(self) -> httpx.Client:
        if self._client is None:
            import httpx

            context = ssl.create_default_context()
            for file in self._extra_certificates():
                context.load_verify_locations(file)
            self._client = httpx.Client(
                verify=context,
                timeout=TIMEOUT,
                follow_redirects=False,
                trust_env=not is_loopback(self.host),
                headers={"User-Agent": "drydock", "Accept-Encoding": "identity"},
            )
        return self._client

    def _extra_certificates(self) -> list[Path]:
        """Certificates that people gave docker for this registry."""
        own = [self._ca_file] if self._ca_file else []
        if "/" in self.host or self.host.startswith("."):
            return own
        return own + sorted((_CERTIFICATES / self.host).glob("*.crt"))

    def _find_base(self) -> str:
        """`https://HOST/`; of a registry on loopback without TLS `http://HOST/`."""
        secure = f"https://{self.host}/"
        if not is_loopback(self.host):
            return secure
        import httpx

        try:
            with (
                self._watch.running(self.registry) as trace,
                self._http().stream("GET", f"{secure}v2/", extensions={"trace": trace}),
            ):
                pass
        except httpx.TransportError as error:
            text = str(error).lower()
            if "ssl" in text and "certificate" not in text:
                return f"http://{self.host}/"
            raise self._unreachable(error) from None
        return secure

    def _send(
        self, method: str, url: str, headers: dict[str, str], limit: int, authorization: str | None,
        *, form: dict[str, str] | None = None,
    ) -> Answer:  # fmt: skip
        import httpx

        if time.monotonic() < self._wait_until:
            raise self._too_many(self._wait_until - time.monotonic())
        origin = urlsplit(url)[:2]
        for _ in range(MAX_REDIRECTS + 1):
            own = urlsplit(url)[:2] == origin
            sent = {**headers, "Authorization": authorization} if own and authorization else headers
            try:
                with (
                    self._watch.running(self.registry) as trace,
                    self._http().stream(
                        method, url, headers=sent, data=form, extensions={"trace": trace}
                    ) as response,
                ):
                    body = b"" if method == "HEAD" else self._read(response, limit)
                    answer = Answer(response.status_code, headers_of(response), body, url)
            except (httpx.HTTPError, httpx.InvalidURL, UnicodeError) as error:
                raise self._unreachable(error) from None
            self._note_limits(answer)
            target = answer.headers.get("location", "")
            if answer.status not in (301, 302, 303, 307, 308) or not target or form is not None:
                return answer
            url = urljoin(url, target)
            if not self._may_follow(url):
                raise InputError(f"{self.registry} redirects to this machine, or to an address "
                                 "without TLS", "", "It was not followed.")  # fmt: skip
        raise InputError(f"{self.registry} redirects again and again", "", "")

    def _may_follow(self, url: str) -> bool:
        parts = urlsplit(url)
        if is_loopback(parts.netloc) and not is_loopback(self.host):
            return False
        if parts.scheme == "https":
            return bool(parts.netloc)
        return parts.scheme == "http" and is_loopback(parts.netloc) and is_loopback(self.host)

    def _read(self, response: httpx.Response, limit: int) -> bytes:
        if response.headers.get("content-encoding", "identity") != "identity":
            raise InputError(f"{self.registry} sends a compressed answer nobody asked for")
        chunks, size = [], 0
        for chunk in response.iter_raw():
            size += len(chunk)
            if size > limit:
                raise InputError(f"The answer of {self.registry} is too large",
                                 f"more than {limit} bytes")  # fmt: skip
            chunks.append(chunk)
        return b"".join(chunks)

    def _note_limits(self, answer: Answer) -> None:
        self.rate_limit = rate_limit(answer.headers) or self.rate_limit
        if answer.status == 429:
            asked = retry_after(answer.headers.get("retry-after", ""), datetime.now(UTC))
            seconds = UNSAID_WAIT if asked is None else min(asked, 86400)
            self._wait_until = time.monotonic() + seconds
            raise self._too_many(seconds)

    def _too_many(self, seconds: float) -> InputError:
        return InputError(
            f"{self.registry} was asked too often",
            f"it wants no request for {max(1, round(seconds))} seconds",
            "Wait that long, or log in: `docker login`.",
        )

    def _unreachable(self, error: Exception) -> InputError:
        text = str(error) or type(error).__name__
        if "CERTIFICATE_VERIFY_FAILED" in text:
            hint = "Give its authority to docker: /etc/docker/certs.d/HOST/ca.crt"
            return InputError(
                f"The certificate of {self.registry} is not trusted", text[:200], hint
            )
        return InputError(f"{self.registry} cannot be reached", text[:200],
                          "Check the name and the network, or use --offline.")  # fmt: skip

    def _refuse(self, answer: Answer) -> None:
        known = self._credentials is not None
        raise InputError(
            f"{self.registry} gives no access",
            f"status {answer.status}" + (" with the credentials of docker" if known else ""),
            f"Run `docker login {self.registry}`; the image may also not exist.",
        )

    def _authenticate(self, answer: Answer, scope: str) -> str:
        """The value of `Authorization` that a challenge asks for."""
        if urlsplit(answer.url)[:2] != urlsplit(self._base)[:2]:
            raise InputError(f"{self.registry} redirects to a host that wants credentials", "",
                             "They were not sent.")  # fmt: skip
        if not self._asked_credentials:
            self._credentials = credentials_for(self.registry, files=self._credential_files)
            self._asked_credentials = True
        offered = challenges(answer.headers.get("www-authenticate", "").split("\n"))
        challenge = chosen(offered, self._credentials)
        if challenge is None:
            self._refuse(answer)
            raise AssertionError
        if challenge.scheme == "basic":
            return _basic(self._credentials)
        return f"Bearer {self._token(challenge, scope)}"

    def _token(self, challenge: Challenge, scope: str) -> str:
        realm = challenge.get("realm")
        if not self._may_follow(realm):
            raise InputError(f"{self.registry} names an address without TLS to log in at", "",
                             "Nothing was sent there.")  # fmt: skip
        values = {"service": challenge.get("service"), "scope": scope}
        given = {key: value for key, value in values.items() if value}
        who = self._credentials
        json_only = {"Accept": "application/json"}
        if who is not None and who.identity_token:
            form = {**given, "grant_type": "refresh_token", "client_id": "drydock",
                    "refresh_token": who.identity_token}  # fmt: skip
            answer = self._send("POST", realm, json_only, MAX_TOKEN, None, form=form)
        else:
            import httpx

            url = str(httpx.URL(realm).copy_merge_params(given))
            password = _basic(who) if who is not None and who.password else None
            answer = self._send("GET", url, json_only, MAX_TOKEN, password)
        if answer.status != 200:
            self._refuse(answer)
        found = json_object(answer.body, f"the log-in of {self.registry}")
        token = found.get("token") or found.get("access_token")
        if (
            not isinstance(token, str)
            or not token
            or not token.isascii()
            or not token.isprintable()
        ):
            raise InputError(f"The log-in of {self.registry} gives no token")
        return token


def _basic(credentials: Credentials | None) -> str:
    import base64

    who = credentials or Credentials()
    return "Basic " + base64.b64encode(f"{who.username}:{who.password}".encode()).decode()
