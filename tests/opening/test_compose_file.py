"""Services of a Compose file: builds, run options, and texts made to hurt."""

from __future__ import annotations

from pathlib import Path

import pytest

from hardening.compose_file import services, size_in_bytes
from hardening.errors import InputError

FULL = """\
# a comment
x-common: &common
  restart: always
  cap_drop: [ALL]
services:
  web:
    <<: *common
    build:
      context: ./web
      dockerfile: Dockerfile.prod
      target: run
      args:
        VERSION: "1.2"
        DEBUG: true
    user: "1000:1000"
    cap_add:
      - NET_BIND_SERVICE
    read_only: true
    tmpfs: /tmp
    security_opt: ["no-new-privileges:true"]
    pids_limit: 100
    mem_limit: 512m
    cpus: 0.5
    init: true
    ports:
      - "8080:80"
      - target: 443
        published: 8443
        protocol: tcp
      - target: 53
        published: "53"
        protocol: udp
        host_ip: 127.0.0.1
    volumes:
      - data:/data
      - type: bind
        source: ./conf
        target: /conf
        read_only: true
      - type: tmpfs
        target: /run
    environment:
      - MODE=prod
      - FROM_OUTSIDE
    network_mode: ${NET:-bridge}
  db:
    image: registry.example/db:${TAG:-1}
    privileged: true
    deploy:
      resources:
        limits: {memory: 1G, cpus: "2", pids: 50}
    environment: {A: 1, B: null, C: "${UNSET}"}
    build: .
"""


def test_reads_what_a_service_builds_and_how_it_runs() -> None:
    web, db = services(FULL, "compose.yaml")
    assert (web.name, web.line, web.image) == ("web", 6, None)
    assert web.build is not None
    assert web.build.context_in(Path("/p")) == Path("/p/web")
    assert web.build.dockerfile_in(Path("/p")) == Path("/p/web/Dockerfile.prod")
    assert (web.build.target, dict(web.build.args)) == ("run", {"VERSION": "1.2", "DEBUG": "true"})
    run = web.run
    assert run.source == "compose.yaml#web" and run.compose_path == "compose.yaml"
    assert run.user == "1000:1000"
    assert run.cap_drop == ("ALL",) and run.cap_add == ("NET_BIND_SERVICE",)
    assert run.read_only and run.init and not run.privileged
    assert run.tmpfs == ("/tmp", "/run")
    assert run.security_opt == ("no-new-privileges:true",)
    assert (run.pids_limit, run.memory, run.cpus) == (100, 512 << 20, 0.5)
    assert run.ports == ("8080:80", "8443:443", "127.0.0.1:53:53/udp")
    assert run.volumes == ("data:/data", "./conf:/conf:ro")
    assert dict(run.environment) == {"MODE": "prod"}
    assert run.network_mode == "bridge"
    assert db.image == "registry.example/db:1"
    assert (db.run.memory, db.run.cpus, db.run.pids_limit) == (1 << 30, 2.0, 50)
    assert db.run.privileged
    assert dict(db.run.environment) == {"A": "1", "C": "${UNSET}"}
    assert db.build is not None and db.build.context == "."


def test_a_remote_context_has_no_folder() -> None:
    text = "services:\n  a:\n    build: https://git.example/x.git\n"
    (service,) = services(text)
    assert service.build is not None
    assert service.build.context_in(Path("/p")) is None
    assert service.build.dockerfile_in(Path("/p")) is None


@pytest.mark.parametrize(
    ("text", "size"),
    [
        ("512m", 512 << 20),
        ("1.5gb", 3 << 29),
        ("1024", 1024),
        ("2KiB", 2048),
        ("x", None),
        (None, None),
    ],
)
def test_sizes(text: str | None, size: int | None) -> None:
    assert size_in_bytes(text) == size


def _bomb(levels: int) -> str:
    lines = ["a0: &a0 [x, x, x, x, x, x, x, x, x]"]
    lines += [
        f"a{level}: &a{level} [" + ", ".join([f"*a{level - 1}"] * 9) + "]"
        for level in range(1, levels)
    ]
    return "\n".join([*lines, f"services: {{web: {{ports: *a{levels - 1}}}}}"])


def _merge_bomb(levels: int) -> str:
    lines = ["a0: &a0 {x: 1}"]
    lines += [
        f"a{level}: &a{level} {{<<: [" + ", ".join([f"*a{level - 1}"] * 9) + "]}"
        for level in range(1, levels)
    ]
    return "\n".join([*lines, f"services: {{web: *a{levels - 1}}}"])


@pytest.mark.parametrize(
    "text",
    [
        "",
        "services: [",
        "services:\n\t- x",
        "just text",
        "services: []",
        "[" * 5000,
        "{a: " * 5000,
        "services:\n" + "".join(" " * level + "a:\n" for level in range(1, 500)),
        _bomb(12),
        _merge_bomb(12),
        "services: &s\n  web: *s\n",
        "services: {web: *nowhere}",
        "%YAML 9.9\n---\nservices: {}",
        "services: {a: !!python/object/apply:os.system [true]}\nx: \x07",
        "\ud800",
    ],
    ids=[
        "empty", "unclosed", "tab", "scalar", "list", "deep flow", "deep map", "deep block", "bomb",
        "merge bomb", "itself", "no anchor", "version", "tag", "surrogate",
    ],
)  # fmt: skip
def test_hostile_text_ends_in_an_input_error(text: str) -> None:
    with pytest.raises(InputError):
        services(text)


def test_odd_values_are_left_out_rather_than_believed() -> None:
    text = """
services:
  a: null
  b:
    user: [1]
    cap_drop: {x: y}
    ports: 80
    volumes: {a: b}
    environment: text
    pids_limit: many
    cpus: 1e400
    build: [a]
    tmpfs: {a: b}
    deploy: [1]
"""
    (service,) = services(text)
    assert service.name == "b"
    assert service.build is None and service.run.user is None
    assert service.run.cap_drop == () and service.run.ports == () and service.run.tmpfs == ()
    assert service.run.pids_limit is None and service.run.cpus is None


ELSEWHERE = """\
include: [other.yaml]
services:
  web:
    extends: {service: db}
    env_file: .env
    build:
      context: .
      privileged: true
    volumes:
      - disk:/disk
      - disk:/again:ro
      - type: volume
        source: disk
        target: /long
        read_only: true
      - share:/share
      - plain:/plain
      - ./disk:/own
  db:
    build:
      context: .
      entitlements: [network.host, security.insecure]
volumes:
  disk:
    driver: local
    driver_opts: {type: none, o: "rw,bind", device: /etc}
  share:
    driver_opts: {type: nfs, o: "addr=10.0.0.1,rw", device: ":/data"}
  plain:
"""


def test_a_named_volume_that_is_a_folder_of_the_host_is_one() -> None:
    web, _ = services(ELSEWHERE)
    assert web.run.volumes == (
        "/etc:/disk", "/etc:/again:ro", "/etc:/long:ro", "share:/share", "plain:/plain",
        "./disk:/own",
    )  # fmt: skip


def test_a_privileged_build_is_told() -> None:
    assert [one.run.privileged_build for one in services(ELSEWHERE)] == [True, True]
    assert not any(one.run.privileged_build for one in services(FULL))


def test_what_comes_from_elsewhere_is_named() -> None:
    web, db = services(ELSEWHERE)
    assert web.run.not_read == ("include", "extends", "env_file")
    assert db.run.not_read == ("include",)
    assert not any(one.run.not_read for one in services(FULL))


@pytest.mark.parametrize("volumes", ["[]", "text", "{a: text}", "{a: {driver_opts: [1]}}"])
def test_volumes_of_any_shape_are_read(volumes: str) -> None:
    text = f"services:\n  web:\n    volumes: [a:/a]\nvolumes: {volumes}\n"
    assert services(text)[0].run.volumes == ("a:/a",)
