"""What a registry says of an image: digests, manifests, sizes and tags.

The OCI distribution API (distribution-spec v1.1): `HEAD` and `GET` of `/v2/NAME/manifests/REF`,
`GET` of `/v2/NAME/tags/list` with `Link` paging. Nothing is downloaded but manifests, and
everything is bounded: a registry is a stranger.
"""

from __future__ import annotations

import re
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Any

from hardening.errors import InputError
from hardening.image.digests import digest_of
from hardening.image.registry_answers import Answer, RateLimit, json_object
from hardening.image.registry_http import HUB_NAMES, Conversation

INDEXES = ("application/vnd.oci.image.index.v1+json",
           "application/vnd.docker.distribution.manifest.list.v2+json")  # fmt: skip
MANIFESTS = ("application/vnd.oci.image.manifest.v1+json",
             "application/vnd.docker.distribution.manifest.v2+json")  # fmt: skip
ACCEPT = ", ".join(INDEXES + MANIFESTS)
MAX_MANIFEST = 4 << 20
MAX_PAGE = 4 << 20
MAX_PAGES = 200
MAX_TAGS = 100_000
WHOLE_LIST = 120.0
"""Seconds for all pages of a tag list together."""
PAGE = 1000
SPARE = 10
MAX_KNOWN = 64
_NAME = re.compile(
    r"\A[a-z0-9]+(?:(?:\.|_|__|-+)[a-z0-9]+)*(?:/[a-z0-9]+(?:(?:\.|_|__|-+)[a-z0-9]+)*)*\Z"
)
_TAG = re.compile(r"\A\w[\w.-]{0,127}\Z", re.ASCII)
_DIGEST = re.compile(r"\Asha256:[0-9a-f]{64}\Z|\Asha512:[0-9a-f]{128}\Z")
_HOST = re.compile(
    r"\A(?:[A-Za-z0-9](?:[A-Za-z0-9.-]*[A-Za-z0-9])?|\[[0-9a-fA-F:]+\])(?::\d{1,5})?\Z"
)
_NEXT = re.compile(r'<([^<>\s]{1,2000})>\s*;[^,]*\brel\s*=\s*"?next\b')


@dataclass(frozen=True, slots=True)
class Name:
    """An image by registry (`docker.io`), repository (`library/python`) and a tag or digest."""

    registry: str
    repository: str
    reference: str

    @property
    def shown(self) -> str:
        mark = "@" if ":" in self.reference else ":"
        return f"{self.registry}/{self.repository}{mark}{self.reference}"


@dataclass(frozen=True, slots=True)
class Manifest:
    """A manifest or index: its digest (of the very bytes), media type and content."""

    digest: str
    media_type: str
    content: Mapping[str, Any]

    @property
    def is_index(self) -> bool:
        return self.media_type in INDEXES or "manifests" in self.content

    @property
    def platforms(self) -> tuple[str, ...]:
        """`linux/amd64`, `linux/arm/v7`, ... of an index, attestations left out."""
        return tuple(name for name, _ in platform_digests(self.content))

    @property
    def download_size(self) -> int | None:
        """Compressed bytes of all layers of a manifest; None for an index or when unsaid."""
        layers = self.content.get("layers")
        if not isinstance(layers, list):
            return None
        sizes = [one.get("size") if isinstance(one, dict) else None for one in layers]
        known = [
            one for one in sizes if isinstance(one, int) and not isinstance(one, bool) and one >= 0
        ]
        return sum(known) if len(known) == len(sizes) else None


@dataclass(frozen=True, slots=True)
class Tags:
    """Tags in the registry's order. `complete` is False when there were more than the bounds."""

    names: tuple[str, ...]
    complete: bool


def parse_name(text: str) -> Name:
    """`[REGISTRY/]REPOSITORY[:TAG][@DIGEST]` as docker reads it. Raises InputError."""
    rest, _, digest = text.strip().partition("@")
    head, slash, tail = rest.partition("/")
    if slash and ("." in head or ":" in head or head == "localhost"):
        registry, path = head, tail
    else:
        registry, path = "docker.io", rest
    name, _, tag = path.partition(":")
    if registry in HUB_NAMES and "/" not in name:
        name = f"library/{name}"
    registry = "docker.io" if registry in HUB_NAMES else registry
    reference = digest or tag or "latest"
    fits = _DIGEST.match(reference) if digest else _TAG.match(reference)
    if not fits or not _NAME.match(name) or len(name) > 255 or not _HOST.match(registry):
        raise InputError(f"{text[:200]!r} is not the name of an image", "",
                         "Write it like registry.example/team/app:1.2.")  # fmt: skip
    return Name(registry, name, reference)


class WrongDigest(InputError):
    """What a registry sent is not what its digest says."""


class Registry:
    """One registry; a context manager. Every method raises InputError in a person's words."""

    def __init__(
        self,
        registry: str,
        *,
        ca_file: Path | None = None,
        credential_files: tuple[Path, ...] | None = None,
    ) -> None:
        self._talk = Conversation(registry, ca_file=ca_file, credential_files=credential_files)
        self._known: dict[Name, Manifest] = {}

    def __enter__(self) -> Registry:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._talk.close()

    @property
    def rate_limit(self) -> RateLimit | None:
        """What the registry last said is left, None when it said nothing."""
        return self._talk.rate_limit

    def digest(self, name: Name) -> str | None:
        """The digest that a tag has now (an index's where there is one); None when the tag does
        not exist. A `HEAD`, which registries do not count; older ones need a `GET`."""
        answer = self._manifest("HEAD", name)
        if answer.status == 404:
            return None
        stated = answer.headers.get("docker-content-digest", "")
        if answer.status == 200 and _DIGEST.match(stated):
            return stated
        found = self.manifest(name)
        return found.digest if found is not None else None

    def manifest(self, name: Name) -> Manifest | None:
        """The manifest or index, its bytes checked against every digest stated; None for 404. What
        is named by digest is asked for once."""
        if name in self._known:
            return self._known[name]
        found = self._fetched(name)
        if found is not None and ":" in name.reference and len(self._known) < MAX_KNOWN:
            self._known[name] = found
        return found

    def _fetched(self, name: Name) -> Manifest | None:
        left = self.rate_limit
        if left is not None and left.remaining <= SPARE:
            raise InputError(f"{name.registry} allows {left.remaining} more requests only", "",
                             "They are left for your builds; try later or log in.")  # fmt: skip
        answer = self._manifest("GET", name)
        if answer.status == 404:
            return None
        if answer.status != 200:
            raise _unexpected(name, answer)
        stated = answer.headers.get("docker-content-digest", "")
        asked = name.reference if ":" in name.reference else ""
        for wanted in filter(_DIGEST.match, (asked, stated)):
            if digest_of(answer.body, wanted) != wanted:
                raise WrongDigest(f"The manifest of {name.shown} does not match its digest",
                                  f"it should be {wanted}", "Do not use this image.")  # fmt: skip
        content = json_object(answer.body, name.shown)
        kind = answer.headers.get("content-type", "").partition(";")[0].strip()
        return Manifest(asked or digest_of(answer.body), kind, content)

    def for_platform(self, name: Name, platform: str) -> Manifest | None:
        """The manifest for `os/arch[/variant]`: of an index the child, else the manifest itself;
        None when the tag or the platform is not there."""
        found = self.manifest(name)
        if found is None or not found.is_index:
            return found
        digests = dict(reversed(platform_digests(found.content)))
        child = digests.get(platform)
        if child is None:
            return None
        return self.manifest(Name(name.registry, name.repository, child))

    def blob(self, name: Name, digest: str, *, limit: int) -> bytes | None:
        """A blob of the repository, checked against its digest; None when it is not there."""
        if not _DIGEST.match(digest):
            raise InputError(f"{digest[:100]!r} is no digest", name.shown)
        path = f"/v2/{name.repository}/blobs/{digest}"
        answer = self._ask("GET", path, name, "application/octet-stream, */*", limit)
        if answer.status == 404:
            return None
        if answer.status != 200:
            raise _unexpected(name, answer)
        if digest_of(answer.body, digest) != digest:
            raise WrongDigest(f"A blob of {name.shown} does not match its digest",
                              f"it should be {digest}", "Do not use this image.")  # fmt: skip
        return answer.body

    def tags(self, name: Name) -> Tags:
        """All tags of the repository, as far as the bounds go."""
        path, found, seen = (
            f"/v2/{name.repository}/tags/list?n={PAGE}",
            dict[str, None](),
            set[str](),
        )
        until = time.monotonic() + WHOLE_LIST
        for _ in range(MAX_PAGES):
            if time.monotonic() > until:
                break
            seen.add(path)
            answer = self._ask("GET", path, name, "application/json", MAX_PAGE)
            if answer.status != 200:
                raise _unexpected(name, answer)
            for tag in _names(answer, name):
                found[tag] = None
                if len(found) >= MAX_TAGS:
                    return Tags(tuple(found), False)
            following = _NEXT.search(answer.headers.get("link", ""))
            if following is None:
                return Tags(tuple(found), True)
            path = _beside(answer.url, following[1])
            if path in seen:
                raise InputError(
                    f"The tag list of {name.registry} never ends", "a page names itself"
                )
        return Tags(tuple(found), False)

    def _manifest(self, method: str, name: Name) -> Answer:
        path = f"/v2/{name.repository}/manifests/{name.reference}"
        return self._ask(method, path, name, ACCEPT, MAX_MANIFEST)

    def _ask(self, method: str, path: str, name: Name, accept: str, limit: int) -> Answer:
        scope = f"repository:{name.repository}:pull"
        return self._talk.ask(method, path, accept=accept, scope=scope, limit=limit)


def platform_digests(index: Mapping[str, Any]) -> tuple[tuple[str, str], ...]:
    """Platform and digest of every image of an index, attestations left out."""
    found = []
    children = index.get("manifests")
    for child in children[:1000] if isinstance(children, list) else ():
        if not isinstance(child, dict) or not isinstance(child.get("platform"), dict):
            continue
        platform, digest = child["platform"], child.get("digest")
        parts = [platform.get("os"), platform.get("architecture"), platform.get("variant")]
        words = [one for one in parts if isinstance(one, str) and one]
        if isinstance(digest, str) and _DIGEST.match(digest) and words[:1] != ["unknown"]:
            found.append(("/".join(words), digest))
    return tuple(found)


def _beside(url: str, link: str) -> str:
    from urllib.parse import urljoin

    return urljoin(url, link)


def _names(answer: Answer, name: Name) -> list[str]:
    tags = json_object(answer.body, f"the tag list of {name.registry}").get("tags")
    listed = tags if isinstance(tags, list) else []
    return [one for one in listed if isinstance(one, str) and _TAG.match(one)]


def _unexpected(name: Name, answer: Answer) -> InputError:
    if answer.status == 404:
        return InputError(f"{name.registry} does not know {name.repository}", "",
                          "Check the name of the image.")  # fmt: skip
    return InputError(f"{name.registry} answers with status {answer.status}", name.shown,
                      "Try again later.")  # fmt: skip
