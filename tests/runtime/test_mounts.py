"""What of the host a run configuration hands over."""

from __future__ import annotations

import pytest

from hardening.compose_file import services
from hardening.model import RunConfiguration
from hardening.runtime.mounts import Bind, binds, engine_socket, sensitive_path


def only(volume: str) -> Bind:
    (bind,) = binds(RunConfiguration(volumes=(volume,)))
    return bind


@pytest.mark.parametrize(
    ("volume", "source", "target", "read_only"),
    [
        ("/a:/b", "/a", "/b", False),
        ("/a/../etc/:/b/:ro", "/etc", "/b", True),
        ("//var//run:/b:z,ro", "/var/run", "/b", True),
        ("~/.ssh:/k", "~/.ssh", "/k", False),
        ("$HOME/.ssh:/k", "~/.ssh", "/k", False),
        ("${HOME}:/k:rw", "~", "/k", False),
        ("${DATA:?say where}:/k:ro", "${DATA:?say where}", "/k", True),
        ("./etc:/etc", "./etc", "/etc", False),
        ("/:/host", "/", "/host", False),
    ],
)
def test_a_bind_is_read(volume: str, source: str, target: str, read_only: bool) -> None:
    assert only(volume) == Bind(0, source, target, read_only)


@pytest.mark.parametrize("volume", ["/data", "data:/data", "C:\\etc:/etc", "c:/etc:/etc", "", ":"])
def test_what_is_no_bind(volume: str) -> None:
    assert binds(RunConfiguration(volumes=(volume,))) == ()


@pytest.mark.parametrize(
    "volume",
    [
        "/var/run/docker.sock:/x",
        "/run/user/1000/podman/podman.sock:/x",
        "~/.docker/run/docker.sock:/x",
        "/run/k3s/containerd/containerd.sock:/x",
        "/var/run:/var/run",
        "/run/:/host/run:ro",
        "${SOCK}:/var/run/docker.sock",
        "//./pipe/docker_engine://./pipe/docker_engine",
        "\\\\.\\pipe\\docker_engine:\\\\.\\pipe\\docker_engine",
    ],
)
def test_a_socket_of_an_engine(volume: str) -> None:
    assert engine_socket(only(volume))


@pytest.mark.parametrize(
    "volume",
    ["/run/dbus/system_bus_socket:/x", "./docker.sock:/x", "${DATA}:/data", "/run/secrets:/x"],
)
def test_no_socket_of_an_engine(volume: str) -> None:
    assert engine_socket(only(volume)) is None


@pytest.mark.parametrize(
    "source",
    ["/", "/etc", "/etc/shadow", "/proc", "/proc/sys/net", "/sys", "/dev", "/boot", "/root",
     "/var/lib/docker", "/usr/bin/env", "/home/ann/.ssh", "/root/.kube/config", "~/.aws"],
)  # fmt: skip
def test_a_path_that_decides_over_the_host(source: str) -> None:
    assert sensitive_path(only(f"{source}:/x"))


@pytest.mark.parametrize(
    "source",
    ["/etc/localtime", "/etc/nginx", "/etcetera", "/dev/snd", "/srv", "/home/ann/app", "/root/app",
     "/usr/share/zoneinfo", "/var/log", "/opt/bin", "./etc", "~/app", "${DATA}"],
)  # fmt: skip
def test_a_path_of_little_weight(source: str) -> None:
    assert sensitive_path(only(f"{source}:/x")) is None


def test_the_modes_of_a_service_are_read() -> None:
    (service,) = services(
        "services:\n  web:\n    image: x\n    privileged: ${P:-true}\n    pid: host\n"
        "    ipc: ${IPC:-host}\n    uts: host\n    userns_mode: host\n    read_only: 'false'\n"
        "    volumes:\n      - {type: bind, source: /etc, target: /x, read_only: true}\n"
    )
    run = service.run
    assert run.privileged
    assert not run.read_only
    assert (run.pid_mode, run.ipc_mode, run.uts_mode, run.userns_mode) == ("host",) * 4
    assert run.volumes == ("/etc:/x:ro",)
