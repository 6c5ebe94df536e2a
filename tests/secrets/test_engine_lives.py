"""The life stories of secrets in images that an engine built, each secret by one way of bringing
it in and of getting rid of it."""

from __future__ import annotations

import hashlib
import subprocess
import tarfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from hardening.image.loading import load_files, open_image
from hardening.image.model import Image
from hardening.secrets.model import Secret
from hardening.secrets.scanner import scan_image
from tests.engine import client, docker, require_engine

pytestmark = [pytest.mark.engine, pytest.mark.xdist_group("lab")]

TAG = "drydock-secrets/lives:1"
SQUASHED = "drydock-secrets/lives:squashed"


def token(name: str) -> str:
    """A token of its own for each case, put together at run time."""
    digest = hashlib.sha256(name.encode()).hexdigest()
    letters = "".join(one if number % 2 else one.upper() for number, one in enumerate(digest))
    return "ghp_" + letters[:36]


FILES = ("removed", "chmodded", "moved", "overwritten", "builder", "opaque/a", "linked", "kept")
DOCKERFILE = f"""# syntax=docker/dockerfile:1
FROM debian:12 AS builder
COPY builder /builder
RUN grep -c ghp /builder > /count

FROM debian:12
ARG BUILD_TOKEN
COPY kept /srv/kept
COPY removed /srv/removed
RUN rm /srv/removed
COPY chmodded /srv/chmodded
RUN chmod 600 /srv/chmodded
COPY moved /srv/moved
RUN mv /srv/moved /srv/elsewhere
COPY overwritten /srv/overwritten
RUN echo nothing > /srv/overwritten
COPY opaque /opt/opaque
RUN rm -rf /opt/opaque && mkdir /opt/opaque && echo new > /opt/opaque/b
COPY linked /srv/linked
RUN ln /srv/linked /srv/link && rm /srv/linked
ADD inside.tar /srv/tar/
RUN rm -rf /srv/tar
COPY --from=builder /count /srv/count
RUN test -n "$BUILD_TOKEN"
RUN --mount=type=secret,id=mounted test -s /run/secrets/mounted
RUN echo {token("same")} > /tmp/same && rm /tmp/same
ENV APP_TOKEN={token("env")}
LABEL app.token={token("label")}
CMD ["app", "--token", "{token("command")}"]
"""


def make(folder: Path) -> None:
    for name in FILES:
        file = folder / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(f"TOKEN={token(name)}\n")
    (folder / "in-tar").write_text(f"TOKEN={token('tar')}\n")
    with tarfile.open(folder / "inside.tar", "w") as tar:
        tar.add(folder / "in-tar", "deep/in-tar")
    (folder / "in-tar").unlink()
    (folder / "Dockerfile").write_text(DOCKERFILE.replace("# syntax=docker/dockerfile:1\n", ""))
    squashed = folder / "squashed"
    squashed.mkdir()
    (squashed / "Dockerfile").write_text(
        f"FROM {TAG} AS whole\nFROM scratch\nCOPY --from=whole / /\n"
    )


@pytest.fixture(scope="module")
def images(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, Image]]:
    require_engine()
    folder = tmp_path_factory.mktemp("lives")
    make(folder)
    secret = folder.parent / "mounted-secret"
    secret.write_text(token("mounted"))
    docker("build", "--network", "none", "--build-arg", f"BUILD_TOKEN={token('arg')}",
           "--secret", f"id=mounted,src={secret}", "-t", TAG, str(folder))  # fmt: skip
    docker("build", "-t", SQUASHED, str(folder / "squashed"))
    yield {tag: load_files(open_image(tag)) for tag in (TAG, SQUASHED)}
    subprocess.run([client(), "rmi", "-f", TAG, SQUASHED], capture_output=True, check=False)


@pytest.fixture(scope="module")
def found(images: dict[str, Image]) -> dict[str, Secret]:
    return {one.reveal(): one for one in scan_image(images[TAG])}


def first_layer(image: Image, needle: str) -> int:
    return next(layer.index for layer in image.layers if needle in layer.command)


@pytest.mark.parametrize(
    ("name", "copied", "ended"),
    [
        ("kept", "COPY kept", None),
        ("removed", "COPY removed", "rm /srv/removed"),
        ("overwritten", "COPY overwritten", "echo nothing"),
        ("opaque/a", "COPY opaque", "rm -rf /opt/opaque"),
        ("tar", "ADD inside.tar", "rm -rf /srv/tar"),
    ],
)
def test_added_and_removed(
    images: dict[str, Image], found: dict[str, Secret], name: str, copied: str, ended: str | None
) -> None:
    secret, image = found[token(name)], images[TAG]
    added = first_layer(image, copied)
    assert secret.life.added == added
    assert secret.life.removed == (first_layer(image, ended) if ended else None)
    assert secret.life.recoverable_from == (added,)
    assert not secret.life.in_history


@pytest.mark.parametrize(
    ("name", "copied", "again"),
    [
        ("chmodded", "COPY chmodded", "chmod 600"),
        ("moved", "COPY moved", "mv /srv/moved"),
        ("linked", "COPY linked", "ln /srv/linked"),
    ],
)
def test_still_there_and_in_two_layers(
    images: dict[str, Image], found: dict[str, Secret], name: str, copied: str, again: str
) -> None:
    life, image = found[token(name)].life, images[TAG]
    assert life.removed is None
    assert life.recoverable_from == (first_layer(image, copied), first_layer(image, again))


@pytest.mark.parametrize("name", ["env", "label", "command", "arg", "same"])
def test_in_configuration_and_history(found: dict[str, Secret], name: str) -> None:
    life = found[token(name)].life
    assert life.in_history
    assert life.in_config is (name in ("env", "label", "command"))
    assert life.recoverable_from == ()


@pytest.mark.parametrize("name", ["builder", "mounted"])
def test_what_the_right_way_keeps_out(found: dict[str, Secret], name: str) -> None:
    assert token(name) not in found


def test_squashed_image_holds_what_was_left_only(images: dict[str, Image]) -> None:
    names = {one.reveal() for one in scan_image(images[SQUASHED]) if not one.demoted}
    assert names == {token(one) for one in ("kept", "chmodded", "moved", "linked")}
