"""Fixes that would break a build or a run in these files, seen with a real engine: none is SAFE."""

from __future__ import annotations

from collections.abc import Mapping

import pytest

from hardening.analyse import analyse
from hardening.image.synthetic import FileSketch, ImageSketch, LayerSketch, make_image
from hardening.model import Profile, Safety
from hardening.opening import memory_subject
from hardening.replay import all_fixes
from hardening.rules import rule_by_id
from hardening.settings import Settings


def safeties(
    rule_id: str,
    text: str,
    files: Mapping[str, str] | None = None,
    image: ImageSketch | None = None,
) -> list[Safety]:
    """Of all fixes that one rule offers."""
    rule = rule_by_id(rule_id)
    assert rule is not None
    made = make_image(image) if image is not None else None
    settings = Settings(profile=Profile.ALL)
    subject = memory_subject(text, files=files or {}, image=made, settings=settings)
    report = analyse(subject, rules=(rule,))
    assert not report.failures
    assert report.findings
    return [fix.safety for finding in report.findings for fix in finding.fixes]


@pytest.mark.parametrize(
    "run",
    [
        "fetch | tar x",
        "curl -s a | sed -n 1p | sed 2q",
        "curl -s a | awk '/x/ {print; exit}'",
        "curl -s a | dd of=/b count=1",
        "curl -s a | while read x; do break; done",
        "gpg -k 2>/dev/null | python3 -",
        "wget -qO- a | tar x && mkdir /x/{a,b}",
        "wget -qO- a | tar x && echo -e a",
        "wget -qO- a | tar x && echo 'a\\tb'",
        "wget -qO- a | tar x && [ a == b ] || touch /x",
        "wget -qO- a | tar x && printf '\\x41'",
        "wget -qO- a | tar x && echo $RANDOM",
        "wget -qO- a | tar x && find /nowhere 2>/dev/null | xargs -r rm",
    ],
)
def test_pipefail_waits_for_a_look(run: str) -> None:
    assert safeties("missing-pipefail", f"FROM debian:12\nRUN {run}\n") == [Safety.REVIEW]


@pytest.mark.parametrize("run", ["curl -s a | tar x", "wget -qO- a | sed -e s/q/r/ | sh"])
def test_pipefail_is_safe_for_plain_downloads(run: str) -> None:
    assert safeties("missing-pipefail", f"FROM debian:12\nRUN {run}\n") == [Safety.SAFE]


@pytest.mark.parametrize(
    ("run", "files"),
    [
        ("./version.sh > VERSION", {"version.sh": "cut -c1-7 .git/HEAD\n"}),
        ("bash build/version.sh", {"build/version.sh": "v=$(git describe)\n"}),
        ("gem build x.gemspec", {"x.gemspec": "s.files = `git ls-files -z`.split\n"}),
        ("npm ci", {"package.json": '{"scripts": {"prepare": "husky install"}}'}),
        ("cat .ssh/known_hosts >> /etc/ssh/ssh_known_hosts", {".ssh/known_hosts": "a b c\n"}),
        ("npm run build", {".env.production": "API=https://example.com\n"}),
    ],
)
def test_files_that_a_build_reads_are_not_safe_to_leave_out(
    run: str, files: dict[str, str]
) -> None:
    text = f"FROM debian:12\nCOPY . .\nRUN {run}\n"
    files = {**files, ".git/HEAD": "ref: refs/heads/main\n"}
    assert safeties("context-without-ignore-file", text, files) == [Safety.REVIEW]


def test_history_that_nothing_reads_is_safe_to_leave_out() -> None:
    text = "FROM debian:12\nCOPY . .\nRUN npm ci && make\n"
    files = {
        ".git/HEAD": "x\n",
        "package.json": '{"repository": "https://example.com/a.git"}',
        "Makefile": "all:\n\ttrue\n",
    }
    assert safeties("context-without-ignore-file", text, files) == [Safety.SAFE]


def sketch(files: Mapping[str, bytes], *, working_dir: str = "") -> ImageSketch:
    env = {"PATH": "/usr/local/bin:/usr/bin:/bin"}
    return ImageSketch((LayerSketch(files),), env=env, working_dir=working_dir)


@pytest.mark.parametrize(
    ("command", "files", "safety"),
    [
        ("./run a", {"app/run": b"echo $1\n"}, Safety.MANUAL),
        ("./run a", {"app/run": b"#!/bin/sh\n"}, Safety.SAFE),
        ("./run a", {"run": b"#!/bin/sh\n"}, Safety.REVIEW),
        ("tool", {"opt/tool/bin/tool": b"\x7fELF"}, Safety.SAFE),
        ("tool", {"opt/tool": b"\x7fELF"}, Safety.REVIEW),
        ("echo 'a\\tb'", {"bin/echo": b"\x7fELF"}, Safety.REVIEW),
        ("echo a", {"bin/echo": b"\x7fELF"}, Safety.SAFE),
    ],
)
def test_exec_form_is_safe_where_the_kernel_starts_it(
    command: str, files: dict[str, bytes], safety: Safety
) -> None:
    text = f"FROM debian:12\nWORKDIR /app\nENV PATH=/opt/tool/bin:$PATH\nCMD {command}\n"
    image = sketch(files, working_dir="/app")
    assert safeties("shell-form-command", text, image=image) == [safety]


INSTALL = "FROM debian:12\nRUN apt-get update && apt-get install -y less\n"


@pytest.mark.parametrize(
    ("later", "files", "safety"),
    [
        ("RUN ./i.sh", {"i.sh": "apt-get install -y file\n"}, Safety.MANUAL),
        ("RUN ./i.sh", {"i.sh": "apt-get -q update && apt-get install -y file\n"}, Safety.SAFE),
        ("RUN ./i.sh", {}, Safety.REVIEW),
        ("RUN bash /opt/i.sh -q", {}, Safety.REVIEW),
        ("RUN apt-cache policy less > /v", {}, Safety.MANUAL),
        ("RUN apt-get upgrade -y", {}, Safety.MANUAL),
        ("RUN apt-get install -y ./a.deb", {}, Safety.SAFE),
        ("FROM debian:12\nRUN apt-get install -y file", {}, Safety.SAFE),
        ("RUN make && npm ci", {}, Safety.SAFE),
    ],
)
def test_package_lists_go_where_nothing_reads_them_later(
    later: str, files: dict[str, str], safety: Safety
) -> None:
    text = INSTALL.replace("FROM debian:12", "FROM debian:12 AS a")
    text += f"{later}\nFROM a\n" if "FROM" not in later else f"{later}\nFROM a\nRUN true\n"
    assert safeties("apt-lists-left-behind", text, files)[0] == safety


def test_a_stage_for_tests_may_read_the_lists() -> None:
    test = "FROM a AS test\nRUN apt-get install -y x\n"
    text = f"FROM debian:12 AS a\nRUN apt-get update\n{test}FROM a\n"
    assert safeties("apt-lists-left-behind", text) == [Safety.MANUAL]


@pytest.mark.parametrize(
    ("later", "files", "safety"),
    [
        ("RUN sha256sum a.tgz", {}, Safety.MANUAL),
        ("RUN ./check.sh", {"check.sh": "test -f a.tgz\n"}, Safety.MANUAL),
        ("RUN ./check.sh", {"check.sh": "true\n"}, Safety.SAFE),
        ("RUN ./check.sh", {}, Safety.REVIEW),
        ('CMD ["tar", "tf", "a.tgz"]', {}, Safety.MANUAL),
    ],
)
def test_an_archive_goes_where_nothing_reads_it_later(
    later: str, files: dict[str, str], safety: Safety
) -> None:
    text = f"FROM debian:12\nRUN curl -o a.tgz https://a.example/a.tgz && tar xf a.tgz\n{later}\n"
    assert safeties("archive-left-behind", text, files) == [safety]


def test_an_index_is_not_joined_through_another_directory() -> None:
    text = "FROM debian:12\nRUN cd /tmp && apt-get update\nRUN apt-get install -y x && touch y\n"
    assert safeties("index-update-alone", text) == [Safety.REVIEW]


def test_an_install_as_a_last_resort_gets_no_update() -> None:
    text = f"{INSTALL}RUN which x || apt-get install -y x\n"
    assert safeties("apt-install-without-update", text) == []


def test_an_update_stands_before_the_pipe_that_answers() -> None:
    subject = memory_subject(f"{INSTALL}RUN yes | apt-get install x\n")
    rule = rule_by_id("apt-install-without-update")
    assert rule is not None
    text = all_fixes(subject, Safety.SAFE, rules=(rule,)).subject.texts["Dockerfile"]
    assert "RUN apt-get update && yes | apt-get install x && rm" in text


def test_an_account_of_another_group_keeps_it() -> None:
    passwd = {"etc/passwd": b"app:x:5:6::/:/bin/sh\n", "etc/group": b"app:x:6:\nweb:x:7:app\n"}
    text = "FROM debian:12\nUSER app\n"
    subject = memory_subject(text, image=make_image(sketch(passwd)))
    rule = rule_by_id("named-user")
    assert rule is not None
    text = all_fixes(subject, Safety.SAFE, rules=(rule,)).subject.texts["Dockerfile"]
    assert text.endswith("USER 5\n")


def with_setuid(name: str, script: bytes = b"") -> ImageSketch:
    special = FileSketch("x", mode=0o4755)
    files: dict[str, str | bytes | FileSketch | None] = {"bin/sh": "x", "usr/bin/find": "x"}
    files |= {f"usr/bin/{name}": special, "usr/bin/run": script}
    return ImageSketch((LayerSketch(files),))


@pytest.mark.parametrize(
    ("text", "image", "safety"),
    [
        ("USER root\nRUN true\nUSER 5\nCMD run", with_setuid("su"), Safety.SAFE),
        ("USER 5\nRUN sudo mkdir /d\nCMD run", with_setuid("sudo"), Safety.MANUAL),
        ("USER 5\nCMD run", with_setuid("sudo", b"#!/bin/sh\nsudo id\n"), Safety.MANUAL),
        ("USER 5\nCMD run", with_setuid("rootid", b"#!/bin/sh\nrootid -u\n"), Safety.MANUAL),
        ("USER 5\nCMD run", with_setuid("rootid", b"\x7fELF"), Safety.REVIEW),
        ("USER 5\nENTRYPOINT /opt/entrypoint", with_setuid("su"), Safety.REVIEW),
        ("CMD run", with_setuid("sudo", b"#!/bin/sh\nsu app -c id\n"), Safety.REVIEW),
        ("CMD run", with_setuid("sudo"), Safety.SAFE),
        ("USER 5\nRUN ./x.sh\nCMD run", with_setuid("su"), Safety.REVIEW),
    ],
)
def test_setuid_bits_go_where_nobody_needs_them(
    text: str, image: ImageSketch, safety: Safety
) -> None:
    text = text.replace("CMD run", 'CMD ["run"]')
    assert safeties("setuid-files", f"FROM debian:12\n{text}\n", image=image) == [safety]


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("FROM debian:12 AS a\nUSER 5\nFROM a\nUSER root\nRUN true\nUSER 5\n", 6),
        ("FROM debian:12\nUSER root\nRUN true\nUSER 5\nRUN true\n", 4),
    ],
)
def test_setuid_bits_go_while_the_build_is_root(text: str, line: int) -> None:
    subject = memory_subject(text + 'CMD ["run"]\n', image=make_image(with_setuid("su")))
    rule = rule_by_id("setuid-files")
    assert rule is not None
    after = all_fixes(subject, Safety.SAFE, rules=(rule,)).subject.texts["Dockerfile"]
    assert after.splitlines()[line - 1].startswith("RUN find")


def test_setuid_bits_stay_where_the_stage_is_never_root() -> None:
    text = "FROM debian:12 AS a\nUSER 5\nFROM a\nRUN true\n"
    assert safeties("setuid-files", text, image=with_setuid("su")) == []


@pytest.mark.parametrize(
    ("run", "safety"),
    [
        ("d=$(mktemp -d) && cd $d && curl -o $d/a https://a.example/a && make", Safety.SAFE),
        ("d=$(mktemp -d) && cp /etc/passwd $d/p && ln -s $d/p /keep", Safety.REVIEW),
        ("d=$(mktemp -d) && git clone x $d && cd $d && pip install -e .", Safety.REVIEW),
    ],
)
def test_a_temporary_directory_goes_where_nothing_points_into_it(run: str, safety: Safety) -> None:
    assert safeties("temporary-directory-left-behind", f"FROM debian:12\nRUN {run}\n") == [safety]


@pytest.mark.parametrize(
    ("run", "files", "safety"),
    [
        ("RUN ./setup.sh\n", {}, Safety.REVIEW),
        ("RUN python3 setup.py build\n", {}, Safety.REVIEW),
        ("RUN apt-get update && apt-get install -y less\n", {}, Safety.SAFE),
        ("", {}, Safety.SAFE),
    ],
)
def test_a_secret_argument_that_a_program_may_read_is_not_taken_out_unseen(
    run: str, files: dict[str, str], safety: Safety
) -> None:
    text = f"FROM debian:12\nARG DB_PASSWORD=hunter22secret\n{run}"
    assert safeties("secret-in-arg", text, files) == [safety]


def test_a_script_that_reads_a_secret_argument_gets_the_mount() -> None:
    text = "FROM debian:12\nARG DB_PASSWORD\nCOPY s.sh .\nRUN ./s.sh\n"
    subject = memory_subject(text, files={"s.sh": "echo $DB_PASSWORD > /conf\n"})
    rule = rule_by_id("secret-in-arg")
    assert rule is not None
    after = all_fixes(subject, Safety.REVIEW, rules=(rule,)).subject.texts["Dockerfile"]
    assert "RUN --mount=type=secret,id=DB_PASSWORD,env=DB_PASSWORD,required=true ./s.sh" in after


@pytest.mark.parametrize(
    ("run", "safety"),
    [
        ("apk add --virtual .b nodejs npm && npm install -g x && apk del .b", Safety.MANUAL),
        ("apk add --virtual .b make && npm install -g x && apk del .b", Safety.SAFE),
        ("npm install -g x && apt-get purge -y --auto-remove $deps", Safety.REVIEW),
        ("npm install -g x && apt-get purge -y npm", Safety.MANUAL),
        ("npm install\nRUN npm ci --offline", Safety.MANUAL),
    ],
)
def test_a_cache_is_emptied_while_its_manager_is_there(run: str, safety: Safety) -> None:
    assert safeties("npm-cache-left-behind", f"FROM node:24\nRUN {run}\n")[0] == safety


def test_an_archive_that_a_pattern_deletes_is_gone() -> None:
    run = "curl -o /tmp/a.tgz https://a.example/a && tar xf /tmp/a.tgz && rm /tmp/a.tgz*"
    rule = rule_by_id("archive-left-behind")
    assert rule is not None
    assert not rule.run(memory_subject(f"FROM debian:12\nRUN {run}\n"))


def test_a_signature_that_a_later_line_deletes_is_left_to_it() -> None:
    text = "FROM debian:12\nRUN curl -fO https://a.example/a.asc && gpg --verify a.asc a\n"
    assert safeties("signature-left-behind", text) == [Safety.SAFE]
    assert safeties("signature-left-behind", f"{text}RUN rm a.asc\n") == [Safety.MANUAL]


@pytest.mark.parametrize("command", ["sleep 9 &", "! serve", "serve; # later"])
def test_what_the_shell_does_around_a_command_is_not_lost(command: str) -> None:
    assert safeties("shell-form-command", f"FROM debian:12\nCMD {command}\n") == []


@pytest.mark.parametrize(("end", "fixes"), [("; exit 0", 0), ("&& exec sh x", 0), ("|| exit 1", 1)])
def test_nothing_is_added_where_the_script_has_left(end: str, fixes: int) -> None:
    text = f"FROM debian:12\nRUN apt-get update && apt-get install -y x {end}\n"
    assert len(safeties("apt-lists-left-behind", text)) == fixes
