"""What a RUN does, with spans that are true in the file."""

from __future__ import annotations

import pytest

from hardening.dockerfile import Command, Script, parse


def _script(text: str) -> tuple[str, Script]:
    whole = "FROM a\n" + text
    script = parse(whole).instructions[-1].shell
    assert script is not None
    return whole, script


def _commands(text: str) -> tuple[Command, ...]:
    return _script(text)[1].commands


def _said(commands: tuple[Command, ...]) -> list[str]:
    return [" ".join(word.text for word in command.words) for command in commands]


@pytest.mark.parametrize(
    "text",
    [
        "RUN apt-get update && apt-get install -y curl\n",
        "RUN apt-get update \\\n  && apt-get install -y curl\n",
        "RUN apt-get update \\\r\n\r\n  # why\r\n  && apt-get install -y curl\r\n",
        "RUN apt-get update && \\\n# at the margin\napt-get install \\\n\n-y \\\n curl",
        "RUN <<EOF\napt-get update\napt-get install -y curl\nEOF\n",
        "RUN <<-EOF\n\tapt-get update\n\t\tapt-get install -y curl\n\tEOF\n",
        "RUN sh -c 'apt-get update && apt-get install -y curl'\n",
        'RUN bash -lc "apt-get update; apt-get install -y curl"\n',
        "RUN set -e; { apt-get update; (apt-get install -y curl); }\n",
        "RUN bash <<'EOF'\napt-get update\napt-get install -y curl\nEOF\n",
        "RUN <<EOF bash -e\napt-get update\napt-get install -y curl\nEOF\n",
        "RUN echo 'é日本😀' && apt-get update && apt-get install -y curl\n",
        "RUN if apt-get update; then apt-get install -y curl; fi\n",
    ],
)
def test_spans_of_commands_and_words_are_true(text: str) -> None:
    whole, script = _script(text)
    assert not script.errors
    calls = script.named("apt-get")
    assert _said(calls) == ["apt-get update", "apt-get install -y curl"]
    for command in calls:
        for word in command.words:
            assert word.span.slice(whole) == word.text
        assert command.span.start == command.words[0].span.start
        assert command.span.end == command.words[-1].span.end


def test_a_word_broken_by_a_continuation_is_whole() -> None:
    whole, script = _script("RUN apt-get inst\\\n# c\nall x\n")
    word = script.commands[0].words[1]
    assert word.value == word.text == "install"
    assert word.span.slice(whole) == "inst\\\n# c\nall"


@pytest.mark.parametrize(
    ("source", "value"),
    [
        ("a", "a"), ("'a b'", "a b"), ('"a b"', "a b"), ('"a\\"b"', 'a"b'), ("a\\ b", "a b"),
        ("a'b'\"c\"", "abc"), ("$a", None), ('"$a"', None), ("'$a'", "$a"), ("x$(a)", None),
        ("`a`", None), ("${a:-b}", None), ("a=b", "a=b"), ("*.deb", "*.deb"), ("1", "1"),
        ("$((1+2))", None), ("<(a)", None), ("é", "é"), ('""', ""),
    ],
)  # fmt: skip
def test_values_of_words(source: str, value: str | None) -> None:
    _, script = _script(f"RUN echo {source}\n")
    word = next(one for one in script.commands if one.name == "echo").words[1]
    assert word.text == source
    assert word.value == value


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a && b || c; d & e", [("a", ""), ("b", "&&"), ("c", "||"), ("d", ";"), ("e", "&")]),
        ("a | b |& c", [("a", ""), ("b", "|"), ("c", "|")]),
        ("a && (b; c) && d", [("a", ""), ("b", "&&"), ("c", ";"), ("d", "&&")]),
        ("! a || b", [("a", ""), ("b", "||")]),
        ("a && b | c", [("a", ""), ("b", "&&"), ("c", "|")]),
    ],
)
def test_joints(text: str, expected: list[tuple[str | None, str]]) -> None:
    assert [(one.name, one.joined_by) for one in _commands(f"RUN {text}\n")] == expected


def test_pipelines_are_numbered() -> None:
    _, script = _script("RUN a | b && c | { d; e; } | f\n")
    places = [(one.name, one.position, one.pipeline_length) for one in script.commands]
    assert places == [("a", 0, 2), ("b", 1, 2), ("c", 0, 3), ("d", 1, 3), ("e", 1, 3), ("f", 2, 3)]
    assert [one.name for one in script.pipeline_of(script.commands[0])] == ["a", "b"]
    assert [one.name for one in script.pipeline_of(script.commands[3])] == ["c", "d", "e", "f"]


def test_what_may_not_run_is_conditional() -> None:
    text = (
        "RUN if a; then b; elif c; then d; else e; fi; while f; do g; done; "
        "case x in y) h;; esac; k() { i; }; for z in 1 2; do j; done\n"
    )
    conditional = [one.name for one in _commands(text) if one.conditional]
    assert conditional == ["b", "c", "d", "e", "g", "h", "i"]


@pytest.mark.parametrize(
    ("text", "name", "wrappers", "cut"),
    [
        ("sudo apt-get update", "apt-get", ("sudo",), "sudo "),
        ("sudo -E -u root A=b apt-get update", "apt-get", ("sudo",), "sudo -E -u root A=b "),
        ("env -u X A=b apt-get update", "apt-get", ("env",), "env -u X A=b "),
        ("exec gosu app:app server", "server", ("exec", "gosu"), "exec gosu app:app "),
        ("time -p nice -n 5 make", "make", ("time", "nice"), "time -p nice -n 5 "),
        ("timeout -k 5 10 wget x", "wget", ("timeout",), "timeout -k 5 10 "),
        ("/usr/bin/sudo /usr/bin/apt-get update", "apt-get", ("sudo",), "/usr/bin/sudo "),
        ("busybox wget x", "wget", ("busybox",), "busybox "),
        ("xargs -0 rm -f", "rm", ("xargs",), "xargs -0 "),
        ("command -p apt-get", "apt-get", ("command",), "command -p "),
    ],
)
def test_wrappers_are_taken_off(text: str, name: str, wrappers: tuple[str, ...], cut: str) -> None:
    whole, script = _script(f"RUN {text}\n")
    (command,) = script.commands
    assert (command.name, command.wrappers) == (name, wrappers)
    assert command.wrapper_span is not None
    assert command.wrapper_span.slice(whole) == cut


@pytest.mark.parametrize("text", ["sudo -v", "exec > /log", "env", "sudo", "sh", "bash x.sh"])
def test_a_wrapper_around_nothing_is_a_command(text: str) -> None:
    (command,) = _commands(f"RUN {text}\n")
    assert command.name == text.split()[0]
    assert command.wrapper_span is None


def test_commands_of_a_string_know_their_shell() -> None:
    _, script = _script('RUN sudo bash -eo pipefail -c \'a | b\' && sh -c "c \\"d\\"" && e\n')
    a, b, c, e = script.commands
    assert a.wrappers == b.wrappers == ("sudo", "bash")
    assert a.shell_options == ("-e", "-o", "pipefail")
    assert (a.editable, c.editable, e.editable) == (True, False, True)
    assert c.words[1].value == "d"
    assert (c.wrappers, e.wrappers) == (("sh",), ())


def test_a_string_with_a_substitution_stays_the_shells() -> None:
    names = [one.name for one in _commands('RUN sh -c "$(curl x)"\n')]
    assert names == ["sh", "curl"]


def test_redirections() -> None:
    whole, script = _script('RUN a >/dev/null 2>&1 <"in put" && { b; c; } >> log; d <<< word\n')
    a, b, c, d = script.commands
    assert [(one.operator, one.target.value if one.target else None) for one in a.redirections] == [
        (">", "/dev/null"), ("2>&", None), ("<", "in put"),
    ]  # fmt: skip
    assert [one.span.slice(whole) for one in a.redirections][:2] == [">/dev/null", "2>&1"]
    assert b.redirections == c.redirections
    assert [one.operator for one in b.redirections] == [">>"]
    assert d.redirections[0].target is not None
    assert d.redirections[0].target.value == "word"


def test_a_redirection_belongs_to_the_last_command_of_a_list() -> None:
    a, b = _commands("RUN a && b > f\n")
    assert (len(a.redirections), len(b.redirections)) == (0, 1)


def test_assignments() -> None:
    first, second, third = _commands("RUN A=b C= cmd; D=$(e)\n")
    assert first.name == "cmd"
    assert [(name, word.value if word else None) for name, word in first.assignments] == [
        ("A", "b"), ("C", None),
    ]  # fmt: skip
    assert (second.name, second.words) == (None, ())
    assert third.name == "e"


def test_a_heredoc_on_a_command_keeps_the_rest_of_its_line() -> None:
    commands = _commands("RUN cat <<EOF | tee /f && c\nbody $(sub)\nEOF\n")
    assert [one.name for one in commands] == ["cat", "tee", "c", "sub"]
    assert commands[0].redirections[0].operator == "<<"
    assert (commands[1].position, commands[2].joined_by) == (1, "&&")


def test_operators_are_those_of_the_redirection_alone() -> None:
    cat, update = _commands("RUN cat > /etc/x <<EOF && apt-get update\na\nEOF\n")
    assert [one.operator for one in cat.redirections] == [">", "<<"]
    assert update.joined_by == "&&"


def test_a_pipe_into_nothing_makes_no_command() -> None:
    _, script = _script("RUN curl x |\n")
    assert [one.name for one in script.commands] == ["curl"]
    assert script.errors


def test_a_heredoc_for_python_is_no_shell() -> None:
    assert [one.name for one in _commands("RUN python3 <<EOF\nimport os\nEOF\n")] == ["python3"]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("RUN <<EOF\n#!/bin/bash -eu\na\nEOF", ("/bin/bash", ("-e", "-u"))),
        ("RUN <<EOF\n#!/usr/bin/env bash\na\nEOF", ("bash", ())),
        ("RUN <<EOF\n#!/usr/bin/env python3\na\nEOF", None),
        ('SHELL ["/bin/bash", "-euxo", "pipefail", "-c"]\nRUN a',
         ("/bin/bash", ("-e", "-u", "-x", "-o", "pipefail"))),
        ('SHELL ["powershell", "-Command"]\nRUN a', None),
        ('SHELL ["C:\\\\\\\\Windows\\\\\\\\cmd.exe", "/S", "/C"]\nRUN a', None),
        ('SHELL ["/bin/bash", "-c"]\nFROM a\nRUN a', ("/bin/sh", ())),
        ("RUN set -ex; set -o pipefail; a", ("/bin/sh", ("-e", "-x", "-o", "pipefail"))),
        ("RUN a; set -e", ("/bin/sh", ())),
        ("FROM mcr.microsoft.com/windows/servercore:ltsc2022\nRUN dir", None),
        ("FROM --platform=windows/amd64 x\nRUN dir", None),
        ('RUN ["sh", "-c", "a"]', None),
        ("USER a", None),
    ],
)  # fmt: skip
def test_the_shell_in_force(text: str, expected: tuple[str, tuple[str, ...]] | None) -> None:
    script = parse("FROM a\n" + text.replace("\\\\\\\\", "\\\\")).instructions[-1].shell
    assert (script and (script.shell, script.options)) == expected


def test_a_stage_inherits_the_shell_of_its_parent() -> None:
    text = (
        'FROM a AS b\nSHELL ["/bin/bash", "-c"]\nFROM B\nRUN x\nSHELL ["/bin/ash", "-c"]\nRUN y\n'
    )
    x, y = (one.shell for one in parse(text).instructions if one.keyword == "RUN")
    assert x is not None and y is not None
    assert (x.shell, y.shell) == ("/bin/bash", "/bin/ash")


@pytest.mark.parametrize(
    "text", ["CMD node a.js && b", "ENTRYPOINT node a.js && b", "HEALTHCHECK CMD node a.js && b"]
)
def test_shell_forms_of_other_instructions(text: str) -> None:
    whole, script = _script(text)
    assert _said(script.commands) == ["node a.js", "b"]
    assert script.commands[1].span.slice(whole) == "b"


def test_an_onbuild_trigger_has_a_script() -> None:
    trigger = parse("FROM a\nONBUILD RUN a \\\n && b\n").instructions[1].trigger
    assert trigger is not None and trigger.shell is not None
    assert _said(trigger.shell.commands) == ["a", "b"]


def test_errors_are_spans_and_the_rest_is_still_read() -> None:
    whole, script = _script("RUN a && b; )c; d\n")
    assert script.errors
    assert all(7 <= one.start <= one.end <= len(whole) for one in script.errors)
    assert script.commands[0].name == "a"
    assert script.commands[0].editable


@pytest.mark.parametrize(
    "text",
    [
        "(" * 3000, "$(a " * 3000, "{ " * 3000, "if a; then " * 3000, "a && " * 3000 + "b",
        "a | " * 3000 + "b", "'" * 3001, "sh -c '" + "a;" * 3000 + "'", "`" * 999, "<<A " * 500,
    ],
)  # fmt: skip
def test_hostile_nesting_is_bounded(text: str) -> None:
    instruction = parse("FROM a\nRUN " + text).instructions[-1]
    script = instruction.shell
    if script is not None:
        assert all(instruction.span.contains(one.span) for one in script.commands)


@pytest.mark.parametrize("character", ["é", "\u00a0", "日", "😀", "\U0010ffff", "\udc80", "\0"])
def test_no_character_upsets_the_grammar(character: str) -> None:
    """The grammar's scanner looks characters up in C tables: `{😀` crashed it."""
    whole, script = _script(
        f"RUN a {{{character} {character}{{1..2}} ${character} && {character}x\n"
    )
    assert [one.name for one in script.commands] == ["a", character + "x"]
    assert script.commands[1].span.slice(whole) == character + "x"
    assert script.commands[0].words[1].text == "{" + character


def test_strings_in_strings_are_followed_to_a_bound() -> None:
    text = "x"
    for _ in range(9):
        text = "sh -c '" + text + "'" if "'" not in text else 'sh -c "' + text + '"'
        if '"' in text and "'" in text:
            break
    assert _commands("RUN " + text)[0].name == "x"


def test_long_chains_keep_their_order() -> None:
    lines = " && \\\n  ".join(f"c{number} é" for number in range(2000))
    whole, script = _script("RUN " + lines)
    assert [one.name for one in script.commands] == [f"c{number}" for number in range(2000)]
    assert script.commands[-1].span.slice(whole) == "c1999 é"
