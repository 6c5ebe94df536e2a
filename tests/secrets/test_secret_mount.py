"""Secret mounts in files that are not written as the examples are."""

from __future__ import annotations

import pytest

from hardening.model import Safety
from hardening.opening import memory_subject
from hardening.replay import all_fixes
from hardening.rules import rule_by_id

RULES = tuple(
    rule
    for name in ("secret-in-env", "secret-in-arg", "secret-in-run", "sensitive-file-copied")
    if (rule := rule_by_id(name)) is not None
)
PASSWORD = "s3cret" + "pw9x"


def fixed(text: str, **files: str) -> str:
    subject = memory_subject(text, files=files)
    done = all_fixes(subject, Safety.REVIEW, rules=RULES)
    assert not done.dropped
    assert not done.conflicts
    assert all(one.silenced for one in done.applied)
    assert done.subject.dockerfile is not None
    assert not done.subject.dockerfile.unparsed
    return done.subject.texts["Dockerfile"]


MOUNT = "--mount=type=secret,id=API_TOKEN,env=API_TOKEN,required=true"


def test_crlf_stays() -> None:
    text = f"FROM alpine\r\nENV API_TOKEN={PASSWORD}\r\nRUN use $API_TOKEN\r\n"
    assert fixed(text) == (
        f"# syntax=docker/dockerfile:1\r\nFROM alpine\r\nRUN {MOUNT} use $API_TOKEN\r\n"
    )


def test_no_final_newline_and_old_env_form() -> None:
    text = f"FROM alpine\nENV API_TOKEN {PASSWORD}\nRUN use $API_TOKEN"
    assert fixed(text) == f"# syntax=docker/dockerfile:1\nFROM alpine\nRUN {MOUNT} use $API_TOKEN"


def test_other_mounts_and_continuations_stay() -> None:
    text = (
        "# syntax=docker/dockerfile:1\nFROM alpine\nARG API_TOKEN\n"
        "RUN --mount=type=cache,target=/c \\\n    # why\n    use ${API_TOKEN} \\\n    && done\n"
    )
    assert fixed(text) == (
        "# syntax=docker/dockerfile:1\nFROM alpine\n"
        f"RUN --mount=type=cache,target=/c {MOUNT} \\\n"
        "    # why\n    use ${API_TOKEN} \\\n    && done\n"
    )


def test_heredoc_run_gets_the_mount_before_its_opener() -> None:
    head = "# syntax=docker/dockerfile:1\nFROM alpine\n"
    text = f"{head}ARG API_TOKEN\nRUN <<EOF\nuse $API_TOKEN\nEOF\n"
    assert fixed(text) == (
        f"# syntax=docker/dockerfile:1\nFROM alpine\nRUN {MOUNT} <<EOF\nuse $API_TOKEN\nEOF\n"
    )


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (f"ENV A=1 API_TOKEN={PASSWORD} B=2\n", "ENV A=1 B=2\n"),
        (f"ENV API_TOKEN={PASSWORD} \\\n    B=2\n", "ENV B=2\n"),
        (f"ENV A=1 \\\n    API_TOKEN={PASSWORD} \\\n    B=2\n", "ENV A=1 \\\n    B=2\n"),
        (f"ENV A=1 \\\n    API_TOKEN={PASSWORD}\n", "ENV A=1\n"),
    ],
)
def test_one_pair_of_many(before: str, after: str) -> None:
    head = "# syntax=docker/dockerfile:1\nFROM alpine\n"
    expected = f"{head}{after}RUN {MOUNT} use $API_TOKEN\n"
    assert fixed(f"{head}{before}RUN use $API_TOKEN\n") == expected


def test_name_that_only_begins_alike_is_left() -> None:
    text = (
        "# syntax=docker/dockerfile:1\nFROM alpine\nARG API_TOKEN\n"
        "RUN use $API_TOKEN_FILE\nRUN use $API_TOKEN\n"
    )
    assert fixed(text) == (
        "# syntax=docker/dockerfile:1\nFROM alpine\n"
        f"RUN use $API_TOKEN_FILE\nRUN {MOUNT} use $API_TOKEN\n"
    )


def test_file_for_a_user_that_is_not_root_names_the_user() -> None:
    text = (
        "# syntax=docker/dockerfile:1\nFROM node:24\nWORKDIR /srv\nUSER 1000:1000\n"
        "COPY package.json .npmrc ./\nRUN npm ci\n"
    )
    assert fixed(text) == (
        "# syntax=docker/dockerfile:1\nFROM node:24\nWORKDIR /srv\nUSER 1000:1000\n"
        "COPY package.json ./\n"
        "RUN --mount=type=secret,id=npmrc,target=/srv/.npmrc,required=true,uid=1000 npm ci\n"
    )


def test_file_that_a_later_command_deletes_is_left_to_the_person() -> None:
    text = "FROM node:24\nWORKDIR /srv\nCOPY .npmrc ./\nRUN npm ci && rm .npmrc\n"
    assert fixed(text) == text


def test_same_secret_twice_in_a_run_is_one_finding() -> None:
    text = (
        "# syntax=docker/dockerfile:1\nFROM alpine\n"
        f"RUN curl -u a:{PASSWORD} https://x.example && curl -u a:{PASSWORD} https://y.example\n"
    )
    mount = "--mount=type=secret,id=PASSWORD,env=PASSWORD,required=true"
    assert fixed(text) == (
        "# syntax=docker/dockerfile:1\nFROM alpine\n"
        f"RUN {mount} curl -u a:${{PASSWORD}} https://x.example "
        "&& curl -u a:${PASSWORD} https://y.example\n"
    )


def test_quoted_heredoc_gets_no_patch() -> None:
    text = f"FROM alpine\nRUN <<'EOF'\ncurl -u a:{PASSWORD} https://x.example\nEOF\n"
    assert fixed(text) == text
