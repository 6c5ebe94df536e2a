"""The structure of a Dockerfile, case by case."""

from __future__ import annotations

import pytest

from hardening.dockerfile import Dockerfile, Form, Instruction, parse
from hardening.dockerfile.source import decode
from hardening.model import FilePlace


def _only(text: str) -> Instruction:
    """The instruction after `FROM a`."""
    dockerfile = parse("FROM a\n" + text)
    assert not dockerfile.unparsed
    assert len(dockerfile.instructions) == 2
    return dockerfile.instructions[1]


def _values(one: Instruction) -> list[str]:
    return [word.value for word in one.words]


def test_directives_stand_on_top_only() -> None:
    text = "# syntax=docker/dockerfile:1\n#  Escape = `\n# check=skip=all\n# escape=\\\nFROM a\n"
    dockerfile = parse(text.replace("# escape=\\\n", ""))
    assert [(one.name, one.value, one.line) for one in dockerfile.directives] == [
        ("syntax", "docker/dockerfile:1", 1), ("escape", "`", 2), ("check", "skip=all", 3),
    ]  # fmt: skip
    assert dockerfile.escape == "`"
    assert dockerfile.comments == ()


@pytest.mark.parametrize("before", ["\n", "# a comment\n", "FROM a\n", "# unknown=x\n"])
def test_a_late_directive_is_a_comment(before: str) -> None:
    dockerfile = parse(before + "# escape=`\nFROM b\n")
    assert dockerfile.directives == ()
    assert dockerfile.escape == "\\"
    assert dockerfile.comments[-1].text == "# escape=`"


def test_the_backtick_continues_and_the_backslash_does_not() -> None:
    dockerfile = parse("# escape=`\nFROM a\nCOPY a `\n  C:\\\nUSER b\n")
    assert [one.keyword for one in dockerfile.instructions] == ["FROM", "COPY", "USER"]
    assert _values(dockerfile.instructions[1]) == ["a", "C:\\"]


def test_comments_and_blank_lines_inside_a_continuation_are_dropped() -> None:
    one = _only("RUN a \\\n  # first\n\n\t# second \\\n  && b\n")
    assert _values(one) == ["a", "&&", "b"]
    assert [comment.text for comment in one.comments] == ["# first", "# second \\"]
    assert (one.start_line, one.end_line) == (2, 6)


def test_a_doubled_escape_does_not_continue() -> None:
    dockerfile = parse("FROM a\nRUN a \\\\\nUSER b\n")
    assert [one.keyword for one in dockerfile.instructions] == ["FROM", "RUN", "USER"]


def test_leading_comments_stand_directly_above() -> None:
    dockerfile = parse("# far\n\n# near\n# nearer\nFROM a\n# b\nRUN x\n")
    first, second = dockerfile.instructions
    assert [comment.text for comment in first.leading_comments] == ["# near", "# nearer"]
    assert [comment.text for comment in second.leading_comments] == ["# b"]


def test_a_word_broken_over_lines_is_one_word() -> None:
    one = _only("COPY some\\\nthing /x\n")
    assert _values(one) == ["something", "/x"]
    assert one.words[0].text == "some\\\nthing"
    assert one.words[0].raw == "something"


def test_every_flag_is_read_with_its_value() -> None:
    one = _only(
        "RUN --mount=type=secret,id=x,required --mount=target=/c,type=cache --network=none "
        '--security="sandbox" make\n'
    )
    assert [(flag.name, flag.value) for flag in one.flags] == [
        ("mount", "type=secret,id=x,required"), ("mount", "target=/c,type=cache"),
        ("network", "none"), ("security", "sandbox"),
    ]  # fmt: skip
    assert one.mounts("secret") == ({"type": "secret", "id": "x", "required": ""},)
    assert one.mounts("bind") == ()
    assert _values(one) == ["make"]


def test_flags_of_copy_and_add() -> None:
    text = (
        "FROM a\nCOPY --from=b --chown=1:1 --chmod=755 --link --parents --exclude=*.md x /y\n"
        "ADD --checksum=sha256:00 --keep-git-dir=true https://x/y /z\n"
    )
    dockerfile = parse(text)
    copy, add = dockerfile.instructions[1:]
    names = [flag.name for flag in copy.flags]
    assert names == ["from", "chown", "chmod", "link", "parents", "exclude"]
    link = copy.flag("link")
    assert link is not None and link.value is None
    checksum = add.flag("checksum")
    assert checksum is not None and checksum.value_span is not None
    assert checksum.value_span.slice(text) == "sha256:00"


@pytest.mark.parametrize(
    ("text", "form", "words"),
    [
        ('CMD ["a", "b c"]', Form.EXEC, ["a", "b c"]),
        ('CMD [ "a" ,\\\n "b" ]', Form.EXEC, ["a", "b"]),
        ("CMD []", Form.EXEC, []),
        ("CMD ['a']", Form.SHELL, ["['a']"]),
        ('CMD ["a"', Form.SHELL, ['["a"']),
        ('CMD ["a"] x', Form.SHELL, ['["a"]', "x"]),
        ('CMD ["\\u00e9\\n"]', Form.EXEC, ["é\n"]),
        ('COPY ["a b", "/c d"]', Form.EXEC, ["a b", "/c d"]),
        ('COPY "a" /b', Form.SHELL, ["a", "/b"]),
        ('VOLUME ["/a"]', Form.EXEC, ["/a"]),
        ('SHELL ["/bin/bash", "-c"]', Form.EXEC, ["/bin/bash", "-c"]),
        ("USER a b", None, ["a b"]),
        ('WORKDIR "/a b"', None, ["/a b"]),
        ("EXPOSE 80 443/udp", None, ["80", "443/udp"]),
        ("HEALTHCHECK NONE", None, ["NONE"]),
        ('HEALTHCHECK --interval=5s CMD ["a"]', Form.EXEC, ["CMD", "a"]),
        ("HEALTHCHECK cmd a || b", Form.SHELL, ["cmd", "a", "||", "b"]),
    ],
)
def test_forms_and_words(text: str, form: Form | None, words: list[str]) -> None:
    one = _only(text + "\n")
    assert one.form is form
    assert _values(one) == words


def test_exec_words_of_a_healthcheck_leave_cmd_out() -> None:
    assert _only('HEALTHCHECK CMD ["a", "b"]').exec_words == ("a", "b")
    assert _only("HEALTHCHECK CMD a").exec_words is None


@pytest.mark.parametrize(
    ("text", "pairs"),
    [
        ("ENV a=b c=\"d e\" f='g' h=i\\ j", [("a", "b"), ("c", "d e"), ("f", "g"), ("h", "i j")]),
        ("ENV a b  c", [("a", "b  c")]),
        ("ENV a  'b c'", [("a", "b c")]),
        ("ENV a=", [("a", "")]),
        ("ENV a=$b", [("a", "$b")]),
        ("ENV a=b \\\n  c=d", [("a", "b"), ("c", "d")]),
        ('LABEL "x.y"="z" q=1', [("x.y", "z"), ("q", "1")]),
        ("ARG a", [("a", None)]),
        ("ARG a=b c d='e f'", [("a", "b"), ("c", None), ("d", "e f")]),
    ],
)
def test_pairs(text: str, pairs: list[tuple[str, str | None]]) -> None:
    one = _only(text)
    assert [(pair.key, pair.value.value if pair.value else None) for pair in one.pairs] == pairs


def test_has_variable_follows_dockers_quotes() -> None:
    words = _only("COPY $a '$b' \\$c ${d:-x} e /f").words
    assert [word.has_variable for word in words] == [True, False, False, True, False, False]


def test_heredocs_of_all_forms() -> None:
    text = (
        "FROM a\nRUN <<EOF\nUSER root\nEOF\nCOPY <<one <<-'two' /x/\n1\none\n\t\t2\n\ttwo\n"
        'RUN 3<<"a b" cat\nx\na b\nRUN echo <<<no\nRUN echo "<<no"\nUSER b\n'
    )
    dockerfile = parse(text)
    assert not dockerfile.unparsed
    keywords = [one.keyword for one in dockerfile.instructions]
    assert keywords == ["FROM", "RUN", "COPY", "RUN", "RUN", "RUN", "USER"]
    first, second = dockerfile.instructions[2].heredocs
    assert (first.name, first.content, first.expand, first.strip_tabs) == (
        "one",
        "1\n",
        True,
        False,
    )
    assert (second.name, second.content, second.expand, second.strip_tabs) == (
        "two", "2\n", False, True,
    )  # fmt: skip
    assert second.terminator.slice(text) == "\ttwo"
    assert dockerfile.instructions[3].heredocs[0].name == "a b"
    assert dockerfile.instructions[4].heredocs == ()
    assert dockerfile.instructions[5].heredocs == ()


def test_an_escaped_heredoc_name_still_expands() -> None:
    """BuildKit counts quotes, and a backslash is none."""
    assert _only("COPY <<\\EOF /x\n1\nEOF\n").heredocs[0].expand


def test_onbuild_defers_its_trigger() -> None:
    one = _only("ONBUILD RUN --mount=type=cache,target=/c a \\\n  b\n")
    assert one.trigger is not None
    assert one.trigger.keyword == "RUN"
    assert _values(one.trigger) == ["a", "b"]
    assert one.trigger.flag("mount") is not None
    assert one.trigger.owner is one.owner
    assert one.trigger.stage == one.stage == 0


def test_onbuild_with_a_heredoc() -> None:
    one = _only("ONBUILD COPY <<X /y\nz\nX\n")
    assert one.trigger is not None
    assert one.trigger.heredocs[0].content == "z\n"
    assert one.end_line == 4


STAGES = """\
ARG TAG=3
FROM golang:${TAG} AS Build
RUN a
FROM --platform=$BUILDPLATFORM build AS second
FROM ${MISSING}
FROM BUILD as build
FROM build
COPY --from=0 /a /b
"""


def test_stages_and_their_parents() -> None:
    stages = parse(STAGES).stages
    assert [one.name for one in stages] == ["build", "second", None, "build", None]
    assert [one.base_expanded for one in stages] == ["golang:3", "build", None, "BUILD", "build"]
    assert [one.parent for one in stages] == [None, 0, None, 0, 3]
    assert stages[1].platform == "$BUILDPLATFORM"
    assert [one.keyword for one in stages[0].instructions] == ["RUN"]


def test_chains_and_references() -> None:
    dockerfile = parse(STAGES)
    final = dockerfile.final_stage
    assert final is not None
    assert [one.index for one in dockerfile.chain(final)] == [0, 3, 4]
    assert _index(dockerfile, "BUILD", before=3) == 0
    assert _index(dockerfile, "build", before=4) == 3
    assert _index(dockerfile, "1", before=2) == 1
    assert _index(dockerfile, "1", before=1) is None
    assert _index(dockerfile, "debian", before=4) is None


def _index(dockerfile: Dockerfile, reference: str, *, before: int) -> int | None:
    stage = dockerfile.stage_named(reference, before=before)
    return stage.index if stage else None


def test_lower_case_keywords_tabs_bom_and_no_final_newline() -> None:
    dockerfile = parse("\ufefffrom\ta\r\nrun\t\tb\tc\r\nuser d")
    assert [one.keyword for one in dockerfile.instructions] == ["FROM", "RUN", "USER"]
    assert dockerfile.instructions[0].span.start == 1
    assert _values(dockerfile.instructions[1]) == ["b", "c"]
    assert dockerfile.newline == "\r\n"


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("FROM a b", "FROM requires either one or three arguments"),
        ("FROM a is b", "FROM takes an image and then AS with a name"),
        ("FROM a AS 1b", "invalid name for a build stage: '1b'"),
        ("FROM a\nFOO x", "unknown instruction 'FOO'"),
        ("FROM a\nCOPY x", "a source and a destination are needed"),
        ("FROM a\nCOPY x <<E\nE", "COPY cannot take a here-document as its destination"),
        ("FROM a\nSHELL bash", "SHELL requires the arguments to be in JSON form"),
        ("FROM a\nONBUILD FROM b", "ONBUILD takes no FROM"),
        ("FROM a\nHEALTHCHECK TCP 1", "unknown type 'TCP' in HEALTHCHECK"),
        ("FROM a\nHEALTHCHECK CMD", "no command after HEALTHCHECK CMD"),
        ("FROM a\nHEALTHCHECK NONE x", "HEALTHCHECK NONE takes no arguments"),
        ("FROM a\nVOLUME", "VOLUME needs at least one argument"),
        ("FROM a\nUSER", "exactly one argument is needed"),
        ("FROM a\nARG =x", "ARG names must not be blank"),
    ],
)
def test_a_refused_instruction_is_unparsed_and_no_instruction(text: str, reason: str) -> None:
    dockerfile = parse(text + "\nUSER 1\n")
    assert [one.reason for one in dockerfile.unparsed if "before the first" not in one.reason] == [
        reason
    ]
    assert dockerfile.instructions[-1].keyword == "USER"
    span = dockerfile.unparsed[0].span
    assert not any(span.contains(one.span) for one in dockerfile.instructions)


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("RUN x\nFROM a", "RUN stands before the first FROM"),
        ("FROM a\nCOPY --chwon=1 x /y", "COPY knows no flag --chwon"),
        ("FROM a\nCOPY --chown=1 --chown=2 x /y", "--chown is given twice"),
        ("FROM a\nCOPY --link=maybe x /y", "--link takes true or false"),
        ("FROM a\nCOPY --from x /y", "--from needs a value"),
    ],
)
def test_a_well_formed_instruction_that_cannot_be_built_is_shown_as_both(
    text: str, reason: str
) -> None:
    dockerfile = parse(text)
    assert [one.reason for one in dockerfile.unparsed] == [reason]
    span = dockerfile.unparsed[0].span
    assert any(one.span == span for one in dockerfile.instructions)


def test_places_and_offsets() -> None:
    text = "FROM a\nRUN b \\\n c\n\nUSER d\n"
    dockerfile = parse(text, "sub/Dockerfile")
    run = dockerfile.instructions[1]
    assert dockerfile.place(run.span) == FilePlace("sub/Dockerfile", run.span, 2, 3)
    assert dockerfile.instruction_at(run.span.start) is run
    assert dockerfile.instruction_at(run.span.end) is run
    assert dockerfile.instruction_at(run.span.end + 1) is None
    assert dockerfile.instruction_at(len(text) - 2) is dockerfile.instructions[2]


def test_bytes_that_are_no_utf_8_survive() -> None:
    dockerfile = parse(decode(b"FROM a\nENV x=\xff\xfe\nRUN echo \xe9 && b\n"))
    assert [one.keyword for one in dockerfile.instructions] == ["FROM", "ENV", "RUN"]
    script = dockerfile.instructions[2].shell
    assert script is not None
    assert [one.name for one in script.commands] == ["echo", "b"]


def test_parses_are_shared_between_equal_texts() -> None:
    assert parse("FROM a\n") is parse("FROM a\n")
