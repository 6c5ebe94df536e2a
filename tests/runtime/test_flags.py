"""Which flags, why, and how sure."""

from __future__ import annotations

import struct

import pytest

from hardening.image.synthetic import FileSketch, ImageSketch, LayerSketch
from hardening.model import RunConfiguration, Safety, Verdict
from hardening.opening import memory_subject
from hardening.runtime.capabilities import NAMES, decode_file_capabilities
from hardening.runtime.flags import docker_run_text, hardened
from hardening.runtime.needs import needs_of
from hardening.subject import Subject

APP = 'FROM debian:12\nUSER 1000:1000\nENTRYPOINT ["/app"]\n'
NET_BIND = bytes.fromhex("0100000200040000" + "00" * 12)
"""cap_net_bind_service=ep as the kernel stores it."""


def capabilities(subject: Subject) -> set[str]:
    return {one.name for one in needs_of(subject).capabilities}


def writable(subject: Subject) -> set[str]:
    return {one.path for one in needs_of(subject).writable}


def test_file_capabilities_are_decoded() -> None:
    decoded = decode_file_capabilities(NET_BIND, "usr/bin/x")
    assert decoded is not None
    assert (decoded.permitted, decoded.effective) == (("NET_BIND_SERVICE",), True)
    raw = struct.pack("<5I", 0x02000000, 0, 0, 1 << (NAMES.index("BPF") - 32), 0)
    high = decode_file_capabilities(raw)
    assert high is not None and high.permitted == ("BPF",) and not high.effective
    assert decode_file_capabilities(b"") is None
    assert decode_file_capabilities(b"\x01\x00\x00\x09" + b"x" * 20) is None


def test_an_unprivileged_user_needs_no_capability() -> None:
    subject = memory_subject(APP)
    assert capabilities(subject) == set()
    flag = hardened(subject).flag("cap-drop")
    assert flag is not None and flag.words == ("--cap-drop", "ALL")
    assert flag.safety is Safety.REVIEW, "file capabilities are unknown without the image"


def test_the_image_can_prove_that_dropping_all_is_safe() -> None:
    image = ImageSketch(
        (LayerSketch({"app": FileSketch("x", 0o755), "etc/passwd": "root:x:0:0::/:/bin/sh\n"}),),
        user="1000:1000",
        entrypoint=("/app",),
    )
    flag = hardened(memory_subject(APP, image=image)).flag("cap-drop")
    assert flag is not None and flag.safety is Safety.SAFE


def test_a_program_with_file_capabilities_keeps_them() -> None:
    image = ImageSketch(
        (LayerSketch({"app": FileSketch("x", 0o755, capabilities=NET_BIND)}),),
        user="1000:1000",
        entrypoint=("/app",),
    )
    subject = memory_subject(APP, image=image)
    run = hardened(subject)
    flag = run.flag("cap-drop")
    assert flag is not None and "NET_BIND_SERVICE" in flag.words
    privileges = run.flag("security-opt")
    assert privileges is not None and privileges.safety is Safety.MANUAL


def test_an_entrypoint_that_drops_root_keeps_what_it_needs() -> None:
    script = '#!/bin/sh\nset -e\nif [ "$1" = x ]; then\n  chown app /data\nfi\nexec gosu app "$@"\n'
    text = 'FROM debian:12\nCOPY run.sh /\nENTRYPOINT ["/run.sh"]\nCMD ["shop"]\n'
    subject = memory_subject(text, files={"run.sh": script})
    assert capabilities(subject) == {"CHOWN", "SETUID", "SETGID"}


@pytest.mark.parametrize(
    ("line", "more"),
    [
        ("chown -R app /data", {"DAC_OVERRIDE"}),
        ("find /data ! -user app -exec chown app {} +", {"DAC_OVERRIDE"}),
        ("chown app /data; chmod 700 /data", {"FOWNER"}),
    ],
)
def test_what_is_given_away_must_be_reached_again(line: str, more: set[str]) -> None:
    script = f'#!/bin/sh\nset -e\n{line}\nexec gosu app "$@"\n'
    text = 'FROM debian:12\nCOPY run.sh /\nENTRYPOINT ["/run.sh"]\nCMD ["shop"]\n'
    subject = memory_subject(text, files={"run.sh": script})
    assert capabilities(subject) == {"CHOWN", "SETUID", "SETGID"} | more


def test_what_is_as_good_as_root_is_named_and_never_proposed() -> None:
    subject = memory_subject("FROM debian:12\nCMD mount /dev/x /mnt && app\n")
    flag = hardened(subject).flag("cap-drop")
    assert flag is not None
    assert flag.safety is Safety.MANUAL
    assert "SYS_ADMIN" not in flag.words


@pytest.mark.parametrize(("mode", "expected"), [("host", {"NET_BIND_SERVICE"}), (None, set())])
def test_low_ports_need_a_capability_only_in_a_shared_network(
    mode: str | None, expected: set[str]
) -> None:
    run = RunConfiguration("c#web", network_mode=mode)
    subject = memory_subject('FROM debian:12\nEXPOSE 80\nCMD ["/app"]\n', run=run)
    assert capabilities(subject) == expected


def test_writable_paths_of_known_servers_and_volumes() -> None:
    assert writable(memory_subject("FROM nginx\n")) == {"/tmp", "/run", "/var/cache/nginx"}
    assert writable(memory_subject("FROM debian\nVOLUME /data /x/y\n")) == {"/tmp", "/data", "/x/y"}
    assert "/var/lib/nginx" in writable(memory_subject("FROM debian\nCMD nginx -g 'daemon off;'\n"))
    database = memory_subject('FROM python\nWORKDIR /app\nENV DB=sqlite:///var.db\nCMD ["x"]\n')
    assert "/app" in writable(database)


def test_the_whole_command_is_one_for_a_shell() -> None:
    subject = memory_subject(APP + "EXPOSE 8080\n")
    assert docker_run_text(hardened(subject), "shop:1").splitlines() == [
        "docker run --rm \\",
        "  --cap-drop ALL \\",
        "  --read-only \\",
        "  --tmpfs /tmp:rw,noexec,nosuid,nodev,size=64m,mode=1777 \\",
        "  --security-opt no-new-privileges \\",
        "  --pids-limit 256 \\",
        "  --memory 512m \\",
        "  --publish 127.0.0.1:8080:8080 \\",
        "  shop:1",
    ]


def test_flags_that_the_service_has_are_known() -> None:
    run = RunConfiguration(
        "c#web", read_only=True, cap_drop=("all",), security_opt=("no-new-privileges=true",),
        pids_limit=10, memory=1,
    )  # fmt: skip
    flags = hardened(memory_subject(APP, run=run)).flags
    assert {one.name for one in flags if one.present} == {
        "cap-drop", "read-only", "security-opt", "pids-limit", "memory",
    }  # fmt: skip


def test_every_flag_gives_reasons_and_evidence() -> None:
    for text in (APP, "FROM nginx\n", "FROM openjdk:17\nCMD java -jar x.jar\n", "FROM scratch\n"):
        for flag in hardened(memory_subject(text)).flags:
            assert flag.reason and flag.preconditions
            assert all(one.evidence for one in flag.preconditions), flag.name
            assert flag.name == "init" or flag.cis.startswith("5.")


def test_a_tmpfs_that_would_hide_files_is_said() -> None:
    image = ImageSketch(
        (LayerSketch({"var/cache/nginx/kept": "x", "etc/passwd": ""}),), cmd=("nginx",)
    )
    flag = hardened(memory_subject("FROM nginx\n", image=image)).flag("read-only")
    assert flag is not None
    hidden = [one for one in flag.preconditions if "kept" in one.evidence]
    assert [one.verdict for one in hidden] == [Verdict.UNKNOWN]


def test_an_init_is_proposed_only_where_none_is() -> None:
    assert hardened(memory_subject('FROM node\nCMD ["node", "x"]\n')).flag("init") is not None
    with_tini = memory_subject('FROM node\nENTRYPOINT ["tini", "--"]\nCMD ["node", "x"]\n')
    assert hardened(with_tini).flag("init") is None


def test_the_user_flag_needs_an_account_that_was_seen() -> None:
    text = 'FROM node:20\nENTRYPOINT ["node", "x"]\n'
    passwd = "root:x:0:0::/root:/bin/sh\nnode:x:1000:1000::/home/node:/bin/sh\n"
    image = ImageSketch((LayerSketch({"etc/passwd": passwd, "bin/sh": "x"}),))
    flag = hardened(memory_subject(text, image=image)).flag("user")
    assert flag is not None
    assert (flag.words, flag.safety) == (("--user", "1000:1000"), Safety.REVIEW)
    assert hardened(memory_subject(text)).flag("user") is None
    patched = memory_subject(text + "USER 1000:1000\n", image=image)
    assert hardened(patched).flag("user") is None


def test_debian_keeps_the_data_of_redis_elsewhere() -> None:
    own = memory_subject('FROM redis:7\nCMD ["redis-server"]\n')
    debian = memory_subject('FROM debian:12\nCMD ["redis-server"]\n')
    assert (writable(own), writable(debian)) == ({"/tmp", "/data"}, {"/tmp", "/var/lib/redis"})


def test_no_tmpfs_hides_a_folder_of_the_system() -> None:
    script = "#!/bin/sh\ntouch /etc/marker\nmkdir -p /usr/local/bin /var/lib/app\n"
    text = 'FROM debian:12\nCOPY run.sh /\nENTRYPOINT ["/run.sh"]\n'
    subject = memory_subject(text, files={"run.sh": script})
    assert writable(subject) == {"/tmp", "/var/lib/app"}


def test_sudo_may_need_capabilities_that_its_caller_has_not() -> None:
    subject = memory_subject('FROM debian:12\nUSER 5\nCMD ["sudo", "app"]\n')
    flag = hardened(subject).flag("cap-drop")
    assert flag is not None
    assert Verdict.UNKNOWN in {
        one.verdict for one in flag.preconditions if "CMD runs sudo" in one.evidence
    }


def test_an_own_setuid_program_keeps_its_way_to_root() -> None:
    files = {"rootid": FileSketch("x", mode=0o4755)}
    image = ImageSketch((LayerSketch(files),), user="5", entrypoint=("/rootid",))
    text = 'FROM debian:12\nUSER 5\nENTRYPOINT ["/rootid"]\n'
    run = hardened(memory_subject(text, image=image))
    flag, dropped = run.flag("security-opt"), run.flag("cap-drop")
    assert flag is not None and flag.safety is Safety.MANUAL
    assert dropped is not None and dropped.safety is Safety.REVIEW


@pytest.mark.parametrize(
    ("command", "safety"),
    [
        ('["nginx", "-g", "daemon off;"]', Safety.SAFE),
        ('["tini", "--", "redis-server"]', Safety.SAFE),
        ('["/app"]', Safety.REVIEW),
        ('["java", "-jar", "a.jar"]', Safety.REVIEW),
    ],
)
def test_a_limit_on_processes_is_safe_for_servers_that_start_few(
    command: str, safety: Safety
) -> None:
    flag = hardened(memory_subject(f"FROM debian:12\nCMD {command}\n")).flag("pids-limit")
    assert flag is not None and flag.safety is safety


@pytest.mark.parametrize(
    ("run", "safety"),
    [
        ("apt-get install -y sudo", Safety.REVIEW),
        ("chmod u+s /usr/local/bin/helper", Safety.REVIEW),
        ("chmod 4755 /usr/local/bin/helper", Safety.REVIEW),
        ("chmod 0755 /usr/local/bin/helper && chmod a+x /b", Safety.SAFE),
    ],
)
def test_a_setuid_program_is_there_for_a_purpose(run: str, safety: Safety) -> None:
    text = f'FROM debian:12\nRUN {run}\nUSER 5\nCMD ["/app"]\n'
    flag = hardened(memory_subject(text)).flag("security-opt")
    assert flag is not None and flag.safety is safety
