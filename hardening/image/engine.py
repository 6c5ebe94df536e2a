"""The container engine, through the docker SDK: Docker, and Podman's compatible socket.

The SDK is imported when an engine is first asked for. Everything that goes wrong comes out as an
EngineError that says what still works.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, TypeVar

from hardening.errors import EngineError, ImageError
from hardening.image.endpoints import Endpoint, endpoints, usual_places
from hardening.progress import SILENT, Progress

if TYPE_CHECKING:
    from docker import APIClient

    from hardening.image.engine_source import EngineSource
    from hardening.image.model import Image

TIMEOUT = 20
"""Seconds for an answer; an export waits as long as it takes and can be cancelled."""

CHUNK = 1 << 20
LABEL = "drydock.reader"
_STILL_WORKS = (
    "Start it, or name an archive (docker save -o image.tar NAME) or an OCI layout instead: "
    "those need no engine"
)

Result = TypeVar("Result")


@dataclass(frozen=True, slots=True)
class LocalImage:
    """One image that the engine holds. `size` is in bytes; `created` is ISO 8601 in UTC, "" when
    unknown. An image without a name is known by its id alone."""

    id: str
    repo_tags: tuple[str, ...]
    repo_digests: tuple[str, ...]
    size: int
    created: str

    @property
    def reference(self) -> str:
        """What to call it by: its first tag, else its digest, else its id."""
        return next(iter((*self.repo_tags, *self.repo_digests)), self.id)


class Engine:
    """One connected engine. Use as a context manager, or call `close`."""

    def __init__(self, client: APIClient, endpoint: Endpoint) -> None:
        self._client: Any = client
        self.endpoint = endpoint

    def __enter__(self) -> Engine:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Give the connection back."""
        self._client.close()

    def images(self) -> tuple[LocalImage, ...]:
        """Every image but intermediate ones, newest first. Raises EngineError."""
        found = self._ask("list its images", lambda: self._client.images())
        images = (_local_image(one) for one in found if isinstance(one, dict))
        return tuple(sorted(images, key=lambda one: one.created, reverse=True))

    def inspect(self, reference: str) -> Mapping[str, Any]:
        """What the engine says of an image. Raises ImageError when it has none of that name."""
        found = self._ask(
            f"inspect {reference}",
            lambda: self._client.inspect_image(reference),
            missing=ImageError(
                f"There is no image {reference}",
                f"neither a file of that name nor an image in the engine ({self.endpoint.origin})",
                f"Get it with: docker pull {reference}, or build it, or name an archive.",
            ),
        )
        return found if isinstance(found, dict) else {}

    def history(self, image: str) -> Sequence[Mapping[str, Any]]:
        """Its history, newest entry first, as the engine tells it."""
        found = self._ask(f"tell the history of {image}", lambda: self._client.history(image))
        return [one for one in found if isinstance(one, dict)] if isinstance(found, list) else []

    def export(self, image: str) -> Iterator[bytes]:
        """The bytes of `docker save`. Closing the iterator ends the transfer."""
        url = f"{self._client.base_url}/v{self._client.api_version}/images/{image}/get"
        response = self._ask(
            f"export {image}",
            lambda: self._client.get(url, stream=True, timeout=(TIMEOUT, None)),
        )
        try:
            if response.status_code != 200:
                raise EngineError(
                    f"The engine does not export {image}",
                    f"it answered {response.status_code} {response.reason}",
                    "Save it yourself: docker save -o image.tar NAME.",
                )
            with self._told_plainly(f"export {image}"):
                yield from response.iter_content(CHUNK)
        finally:
            response.close()

    def create(self, image: str) -> str:
        """A container of the image that is never started; its id."""
        found = self._ask(
            "create a container to read from",
            lambda: self._client.create_container(
                image, ["/drydock-never-started"], network_disabled=True, labels={LABEL: "1"}
            ),
        )
        return str(found["Id"])

    def remove(self, container: str) -> None:
        """Remove a container and its volumes. Raises EngineError."""
        self._ask(
            f"remove the container {container[:12]}",
            lambda: self._client.remove_container(container, v=True, force=True),
        )

    def archive(self, container: str, path: str) -> Iterator[bytes] | None:
        """A tar with one file of a container; None when it has no such path."""
        absent = FileNotFoundError(path)
        try:
            chunks, _ = self._ask(
                f"read {path}",
                lambda: self._client.get_archive(container, "/" + path, chunk_size=CHUNK),
                missing=absent,
            )
        except FileNotFoundError:
            return None
        result: Iterator[bytes] = chunks
        return result

    def _ask(
        self, what: str, call: Callable[[], Result], *, missing: Exception | None = None
    ) -> Result:
        with self._told_plainly(what, missing):
            return call()

    @contextmanager
    def _told_plainly(self, what: str, missing: Exception | None = None) -> Iterator[None]:
        from docker.errors import APIError, DockerException, NotFound
        from requests.exceptions import RequestException
        from urllib3.exceptions import HTTPError

        try:
            yield
        except NotFound as error:
            if missing is not None:
                raise missing from None
            raise EngineError(f"The engine could not {what}", _reason(error)) from None
        except APIError as error:
            raise EngineError(f"The engine refused to {what}", _reason(error)) from None
        except (DockerException, RequestException, HTTPError, OSError) as error:
            raise EngineError(
                f"The engine did not answer when asked to {what}", _reason(error), _STILL_WORKS
            ) from None


def connect(environment: Mapping[str, str] | None = None) -> Engine:
    """The first engine that answers; DOCKER_HOST, the docker context, then the usual sockets.

    Raises EngineError that names what was tried.
    """
    tried = []
    for endpoint in endpoints(environment):
        try:
            return _connect(endpoint)
        except EngineError as error:
            tried.append(error)
    if tried:
        raise tried[0]
    raise EngineError(
        "No container engine was found",
        "DOCKER_HOST is not set and none of the usual sockets is there: "
        + ", ".join(usual_places(environment)[:3]),
        f"{_STILL_WORKS}.",
    )


def local_images() -> tuple[LocalImage, ...]:
    """The images of the engine that answers, newest first. Raises EngineError."""
    with connect() as engine:
        return engine.images()


def list_images() -> tuple[str, ...]:
    """Every tag of the engine's images, newest image first. Raises EngineError."""
    return tuple(name for image in local_images() for name in image.repo_tags)


def open_engine(
    reference: str, *, platform: str | None = None, progress: Progress = SILENT
) -> EngineSource:
    """The image that the engine knows by this name or id, its files not read.

    `platform` is not chosen here: an engine holds one platform for each name; `open_image` says
    so when it is another than the one asked for. Raises EngineError, ImageError.
    """
    from hardening.image.engine_source import EngineSource

    progress.check()
    engine = connect()
    try:
        return EngineSource(engine, reference)
    except BaseException:
        engine.close()
        raise


def image_of_engine(reference: str) -> Image | None:
    """Config, history and layer list of an image, None when it cannot be had for any reason."""
    from hardening.image.stored import image_of

    try:
        source = open_engine(reference)
        return image_of(reference, source, source.manifest())
    except (EngineError, ImageError):
        return None


def _connect(endpoint: Endpoint) -> Engine:
    from docker import APIClient
    from docker.errors import DockerException
    from docker.tls import TLSConfig

    class Client(APIClient):
        def merge_environment_settings(self, url, proxies, stream, verify, cert):  # type: ignore[no-untyped-def]
            """REQUESTS_CA_BUNDLE speaks of the web; an engine's authority is named with it."""
            chosen = self.verify if verify is None else verify
            return super().merge_environment_settings(url, proxies, stream, chosen, cert)

    try:
        tls: TLSConfig | bool = False
        if endpoint.tls:
            pair = (endpoint.certificate, endpoint.key)
            tls = TLSConfig(
                client_cert=(pair[0], pair[1]) if pair[0] and pair[1] else None,
                ca_cert=endpoint.ca,
                verify=endpoint.verify,
            )
        client = Client(
            base_url=endpoint.address,
            tls=tls,
            timeout=TIMEOUT,
            version="auto",
            use_ssh_client=endpoint.address.startswith("ssh://"),
        )
    except (DockerException, OSError, ValueError) as error:
        raise _no_answer(endpoint, error) from None
    return Engine(client, endpoint)


def _no_answer(endpoint: Endpoint, error: Exception) -> EngineError:
    reason = _reason(error)
    next_step = f"{_STILL_WORKS}."
    if "Permission denied" in reason or "PermissionError" in reason:
        reason = "you may not use its socket"
        next_step = (
            "Join the group that owns it (usually docker) or use a rootless engine. "
            "An archive (docker save) or an OCI layout needs no engine."
        )
    elif "FileNotFoundError" in reason or "No such file" in reason:
        reason = "there is no such socket"
    elif "CERTIFICATE_VERIFY_FAILED" in reason:
        reason = "its TLS certificate is not one that we were told to trust"
        next_step = f"Look at the files in DOCKER_CERT_PATH or the docker context. {next_step}"
    elif "Connection refused" in reason or "ConnectionRefusedError" in reason:
        reason = "nothing listens there"
    what = f"The container engine at {endpoint.address} ({endpoint.origin}) does not answer"
    return EngineError(what, reason, next_step)


def _reason(error: Exception) -> str:
    """The first line of an error, short enough to be read."""
    explanation = getattr(error, "explanation", None) or str(error) or type(error).__name__
    return str(explanation).strip().splitlines()[0][:300]


def _local_image(found: Mapping[str, Any]) -> LocalImage:
    created = found.get("Created")
    return LocalImage(
        id=str(found.get("Id", "")),
        repo_tags=names(found.get("RepoTags")),
        repo_digests=names(found.get("RepoDigests")),
        size=int(found.get("Size") or 0),
        created=iso_time(created) if isinstance(created, int) else "",
    )


def names(found: object) -> tuple[str, ...]:
    """Tags or digests as a list of the engine has them; `<none>` stands for no name."""
    if not isinstance(found, list):
        return ()
    return tuple(one for one in found if isinstance(one, str) and "<none>" not in one)


def iso_time(seconds: int) -> str:
    """Seconds since 1970 as ISO 8601; "" when they cannot be a date."""
    try:
        return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    except (OverflowError, OSError, ValueError):
        return ""
