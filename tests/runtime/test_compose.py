"""Edits to Compose files: exactly the wanted keys, every other byte kept, or no edit at all."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hardening.model import RunConfiguration
from hardening.opening import memory_subject
from hardening.runtime.compose import compose_text, service_edits
from hardening.runtime.compose_items import publish_edits, read_only_edits
from hardening.runtime.flag_model import ComposeValue, HardenedRun
from hardening.runtime.limit_flags import is_open, on_loopback
from hardening.runtime.yaml_places import NoPlace
from hardening.workspace import prepare_edits, splice
from hardening.yaml_reading import read_yaml
from tui.runflags import run_text

CHANGES: dict[str, ComposeValue] = {
    "cap_drop": ("ALL",),
    "read_only": True,
    "security_opt": ("no-new-privileges:true",),
    "mem_limit": "512m",
}


def edited(text: str, changes: dict[str, ComposeValue] | None = None, service: str = "web") -> str:
    edits = service_edits(text, "compose.yaml", service, CHANGES if changes is None else changes)
    return splice(text, prepare_edits(text, list(edits)))


BLOCK = (
    "    cap_drop:\n      - ALL\n    read_only: true\n"
    "    security_opt:\n      - no-new-privileges:true\n    mem_limit: 512m\n"
)


@pytest.mark.parametrize(
    ("before", "after"),
    [
        pytest.param(
            "# top\nservices:\n  web: # the shop\n    image: x   # bump\n\n  db:\n    image: y\n",
            "# top\nservices:\n  web: # the shop\n    image: x   # bump\n"
            + BLOCK
            + "\n  db:\n    image: y\n",
            id="comments and a service below",
        ),
        pytest.param(
            "services:\n  web:\n    image: x",
            "services:\n  web:\n    image: x\n" + BLOCK.rstrip("\n"),
            id="no newline at the end",
        ),
        pytest.param(
            "services: {web: {image: x}}  # one line\n",
            "services: {web: {image: x, cap_drop: [ALL], read_only: true, "
            'security_opt: ["no-new-privileges:true"], mem_limit: 512m}}  # one line\n',
            id="flow style",
        ),
        pytest.param(
            "services:\n  web:\n    cap_drop: [NET_RAW]  # keep\n    read_only: false\n"
            "    security_opt:\n    - seccomp:unconfined\n    mem_limit: 1g\n    image: x\n",
            "services:\n  web:\n    cap_drop: [NET_RAW, ALL]  # keep\n    read_only: true\n"
            "    security_opt:\n    - seccomp:unconfined\n    - no-new-privileges:true\n"
            "    mem_limit: 512m\n    image: x\n",
            id="keys that are there",
        ),
        pytest.param(
            "x-common: &common\n  cap_drop: [MKNOD]\nservices:\n  web:\n    <<: *common\n"
            "    image: x\n",
            "x-common: &common\n  cap_drop: [MKNOD]\nservices:\n  web:\n    <<: *common\n"
            "    image: x\n    cap_drop:\n      - MKNOD\n      - ALL\n"
            + BLOCK.partition("ALL\n")[2],
            id="a merge key",
        ),
        pytest.param(
            "services:\n    web:\n        command: |\n            one\n            two\n"
            "    db: {}\n",
            "services:\n    web:\n        command: |\n            one\n            two\n"
            "        cap_drop:\n            - ALL\n        read_only: true\n"
            "        security_opt:\n            - no-new-privileges:true\n"
            "        mem_limit: 512m\n    db: {}\n",
            id="a block scalar last, four blanks",
        ),
        pytest.param(
            "services:\n  web:\n    cap_drop:\n    image: x\n    read_only:\n",
            "services:\n  web:\n    cap_drop: [ALL]\n    image: x\n    read_only: true\n"
            "    security_opt:\n      - no-new-privileges:true\n    mem_limit: 512m\n",
            id="keys without a value",
        ),
    ],
)
def test_the_service_gets_the_keys_and_nothing_else_changes(before: str, after: str) -> None:
    assert edited(before) == after
    assert edited(after) == after, "a second edit does nothing"
    with_crlf = before.replace("\n", "\r\n")
    assert edited(with_crlf) == after.replace("\n", "\r\n")


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("services:\n  web:\n\timage: x\n", "not valid YAML"),
        ("services:\n  web: &w\n    image: x\n  db:\n    <<: *w\n", "shares these lines"),
        ("x: &w\n  image: x\nservices:\n  web: *w\n", "not written out"),
        ("services:\n  web:\n", "not written out"),
        ("services:\n  db: {image: x}\n", "no service web"),
        ("services: [web]\n", "no services"),
        ("version: '3'\n", "no services"),
        ("", "cannot be read as YAML|empty"),
        ("services:\n  web:\n    cap_drop: {a: b}\n", "not written as one"),
        ("services:\n  web: {a: " + "[" * 90 + "]" * 90 + "}\n", "nested too deeply"),
        ("services:\n  web:\n    image: x\n    image: y\n", "a key twice"),
        ("services:\n  web:\n    image: \x07\n", "YAML"),
    ],
)
def test_no_edit_is_offered_where_it_would_be_a_guess(text: str, why: str) -> None:
    with pytest.raises(NoPlace, match=why):
        edited(text)


def test_an_alias_bomb_costs_nothing() -> None:
    lines = ["a0: &a0 [x, x, x, x, x, x, x, x, x, x]"]
    lines += [f"a{i}: &a{i} [{', '.join([f'*a{i - 1}'] * 10)}]" for i in range(1, 12)]
    with pytest.raises(NoPlace):
        edited("\n".join(lines) + "\nservices:\n  web: {image: x}\n")


def test_ports_move_to_the_loopback_address() -> None:
    before = (
        "services:\n  web:\n    ports:\n      - '80:80' # http\n      - 127.0.0.1:1:1\n"
        "      - 9000\n      - target: 53\n        published: 53\n        protocol: udp\n"
        "      - 0.0.0.0:5:5/udp\n    image: x\n"
    )
    edits = publish_edits(before, "compose.yaml", "web")
    assert splice(before, prepare_edits(before, list(edits))) == (
        "services:\n  web:\n    ports:\n      - '127.0.0.1:80:80' # http\n      - 127.0.0.1:1:1\n"
        "      - 9000\n      - target: 53\n        published: 53\n        protocol: udp\n"
        "        host_ip: 127.0.0.1\n"
        '      - "127.0.0.1:5:5/udp"\n    image: x\n'
    )


@pytest.mark.parametrize(
    ("port", "closed"),
    [
        ("80:80", "127.0.0.1:80:80"),
        ("8000-8010:8000-8010", "127.0.0.1:8000-8010:8000-8010"),
        ("0.0.0.0:53:53/udp", "127.0.0.1:53:53/udp"),
        ("[::]:80:80", "127.0.0.1:80:80"),
        ("80", None),
        ("127.0.0.1:80:80", None),
        ("192.0.2.1:80:80", None),
        ("[::1]:80:80", None),
        ("${PORT}:80", None),
    ],
)
def test_open_ports(port: str, closed: str | None) -> None:
    assert is_open(port) == (closed is not None)
    if closed is not None:
        assert on_loopback(port) == closed
        assert not is_open(closed)


VALUES = st.recursive(
    st.sampled_from(("x", '"q: # no"', "'s'", "1", "true", "null", "~", "a b")),
    lambda inner: st.lists(inner, max_size=3).map(lambda many: f"[{', '.join(many)}]"),
    max_leaves=4,
)


@settings(max_examples=80, deadline=None)
@given(
    st.dictionaries(st.sampled_from(("image", "build", "cap_drop", "x-a", "read_only")), VALUES),
    st.sampled_from(("\n", "\r\n")),
    st.sampled_from(("", " # c", "   ")),
    st.booleans(),
    st.sampled_from(("", "\n", "\n\n# end\n", "\nvolumes:\n  v: {}\n")),
)
def test_whatever_stood_there_stays(
    keys: dict[str, str], newline: str, tail: str, above: bool, end: str
) -> None:
    body = "\n".join(f"    {key}: {value}{tail}" for key, value in keys.items())
    other = "  db:\n    image: y\n" if above else ""
    text = (f"services:\n{other}  web:\n{body}{end}").replace("\n", newline)
    try:
        after = edited(text)
    except NoPlace:
        return
    changed = read_yaml(after, "c").value
    assert isinstance(changed, dict) and isinstance(changed["services"], dict)
    web = changed["services"]["web"]
    assert isinstance(web, dict) and isinstance(web["cap_drop"], list)
    assert web["read_only"] is True and "ALL" in web["cap_drop"]
    for key, value in keys.items():
        if key not in CHANGES:
            assert f"    {key}: {value}{tail}" in after
    assert after.count("\r\n") == (after.count("\n") if newline == "\r\n" else 0)


def test_a_new_file_is_valid_compose() -> None:
    text = compose_text(HardenedRun(()), service="app", build=".", image="shop:1 2")
    assert read_yaml(text, "c").value == {"services": {"app": {"build": ".", "image": "shop:1 2"}}}


def test_a_new_file_names_a_dockerfile_of_another_name() -> None:
    text = compose_text(
        HardenedRun(()), service="app", build=".", image=None, dockerfile="docker/web.Dockerfile"
    )
    build = {"context": ".", "dockerfile": "docker/web.Dockerfile"}
    assert read_yaml(text, "c").value == {"services": {"app": {"build": build}}}


@pytest.mark.parametrize(
    ("before", "after"),
    [
        pytest.param(
            "services:\n  web:\n    build: .\n    # why\n    pid: host # c\n    # kept\n  db: {}\n",
            "services:\n  web:\n    build: .\n    # why\n    # kept\n  db: {}\n",
            id="a line between comments",
        ),
        pytest.param(
            "services:\r\n  web:\r\n    pid: 'host'\r\n    build: .\r\n",
            "services:\r\n  web:\r\n    build: .\r\n",
            id="the first key, Windows lines",
        ),
        pytest.param(
            "services: {web: {pid: host, build: .}}",
            "services: {web: {build: .}}",
            id="flow, first",
        ),
        pytest.param(
            "services: {web: {build: ., pid: host }}",
            "services: {web: {build: . }}",
            id="flow, last",
        ),
        pytest.param(
            "services:\n  web:\n    build: .\n    pid: host",
            "services:\n  web:\n    build: .",
            id="the last line",
        ),
        pytest.param("services:\n  web:\n    build: .\n", None, id="not there"),
    ],
)
def test_a_key_is_taken_out(before: str, after: str | None) -> None:
    edits = service_edits(before, "compose.yaml", "web", {}, without=("pid",))
    text = splice(before, prepare_edits(before, list(edits)))
    assert text == (before if after is None else after)


@pytest.mark.parametrize(
    "text",
    [
        "x: &x\n  pid: host\nservices:\n  web:\n    <<: *x\n    build: .\n",
        "services:\n  web: &w\n    pid: host\n    build: .\n  db: *w\n",
        "services:\n  web:\n    pid: &p host\n    build: .\n  db:\n    pid: *p\n    image: x\n",
        "services:\n  web:\n    pid: host\n",
        "services:\n  web:\n    pid: |\n      host\n    build: .\n",
        "services: {web: {build: ., # why\n  pid: host}}",
        "x: &x\n  pid: host\nservices:\n  web:\n    <<: *x\n    pid: host\n    build: .\n",
    ],
)
def test_a_key_that_others_share_stays(text: str) -> None:
    with pytest.raises(NoPlace):
        service_edits(text, "compose.yaml", "web", {}, without=("pid",))


@pytest.mark.parametrize("newline", ["", "\n"])
def test_a_key_goes_and_others_come(newline: str) -> None:
    text = f"services:\n  web:\n    build: .\n    privileged: true{newline}"
    edits = service_edits(
        text, "compose.yaml", "web", {"cap_drop": ("ALL",)}, without=("privileged",)
    )
    after = splice(text, prepare_edits(text, list(edits)))
    assert after == f"services:\n  web:\n    build: .\n    cap_drop:\n      - ALL{newline}"


@pytest.mark.parametrize(
    ("volume", "after"),
    [
        ("/usr:/usr", "/usr:/usr:ro"),
        ("'/usr:/usr' # c", "'/usr:/usr:ro' # c"),
        ("{type: bind, source: /usr, target: /usr}",
         "{type: bind, source: /usr, target: /usr, read_only: true}"),
    ],
)  # fmt: skip
def test_a_volume_becomes_read_only(volume: str, after: str) -> None:
    head = "services:\n  web:\n    volumes:\n      - type: tmpfs\n        target: /tmp\n"
    text = f"{head}      - data:/data\n      - {volume}\n"
    edits = read_only_edits(text, "compose.yaml", "web", 1)
    assert splice(text, prepare_edits(text, list(edits))) == text.replace(volume, after)


@pytest.mark.parametrize("volume", ["/usr:/usr:z", "${A:-/usr}:/usr", "/usr:/usr:rw", "[a]"])
def test_a_volume_with_options_stays(volume: str) -> None:
    text = f"services:\n  web:\n    volumes:\n      - {volume}\n"
    with pytest.raises(NoPlace):
        read_only_edits(text, "compose.yaml", "web", 0)


@pytest.mark.parametrize(
    ("build", "expected"),
    [
        ("./web", "    build: ./web\n"),
        ("{context: ./web}", "    build: ./web\n"),
        ("{context: ./web, dockerfile: ../a.Dockerfile, target: run}",
         "    build:\n      context: ./web\n      dockerfile: ../a.Dockerfile\n"
         "      target: run\n"),
    ],
)  # fmt: skip
def test_the_build_of_the_service_is_the_one_of_its_file(build: str, expected: str) -> None:
    compose = f"services:\n  web:\n    build: {build}\n"
    subject = memory_subject(
        "FROM debian:13\n",
        files={"compose.yaml": compose},
        run=RunConfiguration("compose.yaml#web", "compose.yaml", "web"),
    )
    assert expected in run_text(HardenedRun(()), subject, compose=True)


def test_without_a_service_the_dockerfile_is_built() -> None:
    subject = memory_subject("FROM debian:13\n", path="Containerfile")
    expected = "    build:\n      context: .\n      dockerfile: Containerfile\n"
    assert expected in run_text(HardenedRun(()), subject, compose=True)
    subject = memory_subject("FROM debian:13\n")
    assert "    build: .\n" in run_text(HardenedRun(()), subject, compose=True)
