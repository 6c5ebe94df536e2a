"""What the root-user rule says where a plain alarm would be wrong."""

from __future__ import annotations

from hardening.image.synthetic import FileSketch, ImageSketch, LayerSketch
from hardening.model import Confidence, Finding, Profile, RunConfiguration, Safety, Severity
from hardening.opening import memory_subject
from hardening.replay import all_fixes
from hardening.rules import rule_by_id
from hardening.settings import Settings
from hardening.subject import Subject

GUARDED = '#!/bin/sh\nif [ "$(id -u)" = 0 ]; then\n  exec gosu app "$@"\nfi\nexec "$@"\n'


def findings(subject: Subject) -> tuple[Finding, ...]:
    rule = rule_by_id("root-user")
    assert rule is not None
    return rule.run(subject)


def test_an_entrypoint_that_leaves_root_is_low_and_says_so() -> None:
    text = 'FROM debian:12\nRUN useradd app\nCOPY run.sh /\nENTRYPOINT ["/run.sh"]\nCMD ["x"]\n'
    (found,) = findings(memory_subject(text, files={"run.sh": GUARDED}))
    assert found.severity is Severity.LOW
    assert "gosu" in found.message
    assert found.fixes[0].safety is Safety.REVIEW
    (official,) = findings(memory_subject("FROM postgres:16\n"))
    assert official.severity is Severity.LOW
    assert "postgres" in official.message


def test_an_unknown_base_is_said_to_be_unknown() -> None:
    (found,) = findings(memory_subject("FROM team/base:1\n"))
    assert found.confidence is Confidence.MEDIUM
    assert "team/base:1" in found.message


def test_an_image_without_a_dockerfile_is_judged_by_its_configuration() -> None:
    image = ImageSketch((LayerSketch({"bin/sh": "x"}),))
    (found,) = findings(memory_subject(None, image=image))
    assert found.tip and not found.fixes
    assert not findings(memory_subject(None, image=ImageSketch((LayerSketch({}),), user="7")))


def test_an_image_that_starts_unprivileged_silences_the_rule() -> None:
    image = ImageSketch((LayerSketch({"etc/passwd": "app:x:7:7::/:/bin/sh\n"}),), user="app")
    assert not findings(memory_subject('FROM team/base:1\nCMD ["x"]\n', image=image))


def test_low_ports_in_the_network_of_the_host_forbid_the_fix() -> None:
    run = RunConfiguration("compose.yaml#web", network_mode="host")
    (found,) = findings(memory_subject('FROM debian:12\nEXPOSE 80\nCMD ["x"]\n', run=run))
    assert found.fixes[0].safety is Safety.MANUAL


def test_a_container_to_log_in_to_stays_root() -> None:
    text = 'FROM debian:12\nRUN apt-get install -y openssh-server\nEXPOSE 22\nCMD ["x"]\n'
    (found,) = findings(memory_subject(text))
    assert found.fixes[0].safety is Safety.MANUAL


def test_the_account_of_the_image_is_used_and_its_number_is_never_taken_twice() -> None:
    passwd = "root:x:0:0::/root:/bin/sh\nnode:x:1000:1000::/home/node:/bin/sh\n"
    files = {"etc/passwd": passwd, "bin/sh": "x", "usr/sbin/useradd": "x", "usr/sbin/groupadd": "x"}
    image = ImageSketch((LayerSketch(files),))
    (found,) = findings(memory_subject('FROM team/base:1\nCMD ["x"]\n', image=image))
    assert found.fixes[0].edits[-1].text == "USER 1000:1000\n"
    taken = passwd.replace("node:x:1000:1000", "app:x:10001:10001").replace("root:x", "root:x")
    crowded = ImageSketch((LayerSketch({**files, "etc/passwd": taken}),))
    (other,) = findings(memory_subject('FROM team/base:1\nCMD ["x"]\n', image=crowded))
    assert "USER 10001:10001" in other.fixes[0].edits[-1].text


def test_an_image_without_shell_or_account_runs_as_a_number() -> None:
    image = ImageSketch((LayerSketch({"app": "x", "etc/os-release": "ID=debian\n"}),))
    (found,) = findings(memory_subject('FROM team/base:1\nCMD ["/app"]\n', image=image))
    assert found.fixes[0].safety is Safety.REVIEW
    assert [edit.text for edit in found.fixes[0].edits] == ["USER 65532:65532\n"]


def test_a_base_to_build_on_is_low() -> None:
    text = 'FROM buildpack-deps:trixie\nCMD ["python3"]\n'
    assert not findings(memory_subject(text))
    everything = Settings(profile=Profile.ALL)
    for subject in (
        memory_subject(text, settings=everything),
        memory_subject(text + "USER root\n"),
        memory_subject(text + "COPY . /app\n"),
    ):
        (found,) = findings(subject)
        assert (found.severity, found.confidence) == (Severity.LOW, Confidence.MEDIUM)
        assert "python3" in found.message
    (service,) = findings(memory_subject('FROM debian:13\nCMD ["python3", "app.py"]\n'))
    assert service.severity is Severity.HIGH


def test_a_master_that_gives_its_workers_an_account_is_medium() -> None:
    for text in ('FROM debian:13\nCMD ["php-fpm"]\n', "FROM php:8.4-apache\nCOPY . /var/www\n"):
        (found,) = findings(memory_subject(text))
        assert found.severity is Severity.MEDIUM, text


def test_a_tool_for_leaving_root_counts_where_the_entrypoint_is_not_known() -> None:
    text = (
        "FROM debian:13\nRUN apt-get install -y gosu\nCOPY docker-entrypoint.sh /\n"
        'ENTRYPOINT ["/docker-entrypoint.sh"]\nCMD ["serve"]\n'
    )
    (found,) = findings(memory_subject(text))
    assert (found.severity, found.confidence) == (Severity.LOW, Confidence.MEDIUM)
    (known,) = findings(memory_subject(text, files={"docker-entrypoint.sh": "#!/bin/sh\nexec x\n"}))
    assert known.severity is Severity.HIGH


def test_a_template_does_not_say_who_its_base_starts_as() -> None:
    assert not findings(memory_subject('FROM %%FROM%%\nCMD ["serve"]\n'))


def test_nothing_runs_in_a_stage_that_has_left_its_shell_behind() -> None:
    """A Go program moves to scratch: the setuid files of the image at hand stay behind with its
    shell."""
    program = FileSketch("\x7fELF", mode=0o755)
    files = {"bin/sh": program, "usr/bin/find": program, "bin/su": FileSketch("x", mode=0o4755)}
    image = ImageSketch(layers=(LayerSketch(dict(files)),))
    text = "FROM golang:1.26\nWORKDIR /app\nCOPY . .\nRUN CGO_ENABLED=0 go build -o /api\n"
    context = {"go.mod": "module api\n", "main.go": "package main\n"}
    subject = memory_subject(f'{text}CMD ["/api"]\n', files=dict(context), image=image)
    after = all_fixes(subject, Safety.REVIEW).subject.texts["Dockerfile"]
    shipped = after.rpartition("FROM ")[2]
    assert shipped.startswith("scratch\n")
    assert "RUN" not in shipped
    assert "USER 65532:65532" in shipped
