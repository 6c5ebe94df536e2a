"""Secrets for a build without leaving them in the image: `RUN --mount=type=secret`.

A variable becomes `--mount=type=secret,id=NAME,env=NAME` on the RUNs that use it, a copied file a
mount with its target. Sources: BuildKit's reference of RUN --mount (`env` came with frontend
1.10; a file is mounted 0400 for uid 0 unless `uid` is set; `required` defaults to false).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from hardening.dockerfile.edits import delete_instruction, insert_at, replace_span
from hardening.dockerfile.model import Dockerfile, Instruction, KeyValue
from hardening.dockerfile.shell_model import Command
from hardening.model import Edit, Fix, Precondition, Span, fails, holds, unknown
from hardening.rewrites.frontend import frontend_version, require_frontend
from hardening.subject import Subject

ENV_FRONTEND: Final = (1, 10)
MAX_FIXES: Final = 50
"""Each fix reads the whole file: a file with more such variables gets no more fixes."""

_READERS_OF_NAMES: Final = (
    (re.compile(r"(?i)^(?:NPM_|NODE_AUTH|YARN_|PNPM_)"), ("npm", "npx", "yarn", "pnpm", "bun")),
    (
        re.compile(r"(?i)^(?:PIP_|UV_|POETRY_|PYPI_|TWINE_)"),
        ("pip", "pip3", "uv", "poetry", "twine"),
    ),
    (re.compile(r"(?i)^AWS_"), ("aws", "terraform", "cdk", "sam")),
    (re.compile(r"(?i)^(?:COMPOSER_)"), ("composer",)),
    (re.compile(r"(?i)^(?:BUNDLE_|GEM_)"), ("bundle", "bundler", "gem")),
    (re.compile(r"(?i)^(?:CARGO_)"), ("cargo",)),
    (re.compile(r"(?i)^(?:GH_|GITHUB_)"), ("gh", "goreleaser", "composer")),
    (re.compile(r"(?i)^(?:NUGET_)"), ("dotnet", "nuget")),
    (re.compile(r"(?i)^(?:SENTRY_)"), ("sentry-cli",)),
)


_DEAF: Final = frozenset({
    "apt-get", "apt", "apk", "yum", "dnf", "microdnf", "zypper", "mkdir", "rm", "rmdir", "ln", "cp",
    "mv", "chmod", "chown", "chgrp", "install", "touch", "echo", "printf", "cat", "sed", "tar",
    "unzip", "find", "useradd", "groupadd", "adduser", "addgroup", "usermod", "set", "cd", "true",
    ":", "test", "[", "ls", "id", "sha256sum", "sleep",
})  # fmt: skip
"""Programs that read no secret from their environment."""


@dataclass(frozen=True, slots=True)
class Use:
    """Where a variable of the build is declared and used."""

    name: str
    declarations: tuple[tuple[Instruction, KeyValue], ...]
    runs: tuple[Instruction, ...]
    others: tuple[Instruction, ...]
    """Instructions other than RUN that expand it."""
    guessed: bool
    """The RUNs were found by the program they call, not by the variable's name."""


def use_of(dockerfile: Dockerfile, name: str, readers: tuple[Instruction, ...] = ()) -> Use:
    """Everything in the Dockerfile that declares or expands the variable. `readers` are RUNs whose
    scripts speak of it."""
    pattern = re.compile(rf"\$(?:{re.escape(name)}(?![A-Za-z0-9_])|\{{{re.escape(name)}[}}:#%/])")
    declarations, runs, others = [], [], []
    text = dockerfile.text
    for one, deferred in _instructions(dockerfile):
        if one.keyword in ("ENV", "ARG"):
            declarations += [(one, pair) for pair in one.pairs if pair.key == name]
        if not pattern.search(one.span.slice(text)):
            continue
        if one.keyword == "RUN" and not deferred:
            runs.append(one)
        elif not (one.keyword == "ENV" and all(pair.key == name for pair in one.pairs)):
            others.append(one)
    origins = (stage.origin for stage in dockerfile.stages)
    others += [origin for origin in origins if pattern.search(origin.span.slice(text))]
    guessed = () if runs else readers or tuple(_runs_of_programs(dockerfile, name))
    return Use(name, tuple(declarations), tuple(runs) or guessed, tuple(others), bool(guessed))


def _runs_of_programs(dockerfile: Dockerfile, name: str) -> Iterator[Instruction]:
    programs = next((two for one, two in _READERS_OF_NAMES if one.match(name)), ())
    seen: set[int] = set()
    for run, _ in commands(dockerfile, *programs):
        if run.index not in seen:
            seen.add(run.index)
            yield run


def _instructions(dockerfile: Dockerfile) -> Iterator[tuple[Instruction, bool]]:
    """Every instruction, what ONBUILD defers in its place and marked."""
    for one in dockerfile.instructions:
        if one.keyword != "ONBUILD":
            yield one, False
        elif one.trigger is not None:
            yield one.trigger, True


def commands(dockerfile: Dockerfile, *names: str) -> Iterator[tuple[Instruction, Command]]:
    """Every call of these programs in a RUN, with the RUN."""
    for one in dockerfile.instructions:
        if one.keyword == "RUN" and one.shell is not None:
            for command in one.shell.named(*names):
                yield one, command


def variable_to_mount(
    subject: Subject, name: str, *, readers: tuple[Instruction, ...] = ()
) -> Fix | None:
    """The fix that takes a secret ENV or ARG out and mounts it where a RUN uses it. None when it
    is declared in an ONBUILD."""
    dockerfile = subject.dockerfile
    if dockerfile is None:
        return None
    use = use_of(dockerfile, name, readers)
    if not use.declarations or any(one.owner is None for one, _ in use.declarations):
        return None
    edits = list(_without_declarations(dockerfile, use))
    option = f" --mount=type=secret,id={name},env={name},required=true"
    edits += [insert_at(dockerfile, flags_end(run), option) for run in use.runs]
    if use.runs:
        syntax = require_frontend(dockerfile, *ENV_FRONTEND)
        edits += [syntax] if syntax is not None else []
    command = f"docker build --secret id={name},env={name} ."
    effect = (
        f"The value no longer reaches the image; build with: {command}"
        if use.runs
        else "The variable is gone from the image and its history."
    )
    title = f"Mount {name} as a secret where a RUN needs it" if use.runs else f"Remove {name}"
    return Fix(
        "secret-mount", title, tuple(edits), tuple(_conditions(dockerfile, use, command)), effect
    )


def _conditions(dockerfile: Dockerfile, use: Use, command: str) -> Iterator[Precondition]:
    statement = f"Only RUN instructions use {use.name}"
    if use.others:
        line = use.others[0].start_line
        yield fails(statement, f"{use.others[0].keyword} in line {line} uses it too")
    else:
        yield holds(statement, "No other instruction expands it")
    yield from _run_time(dockerfile, use)
    if use.guessed:
        yield unknown(
            f"The RUNs with the mount are those that read {use.name}",
            "Found by the programs that they call",
        )
    elif not use.runs:
        yield _unseen(dockerfile, use)
    writer = next((run for run in use.runs if _keeps(run, use.name)), None)
    if writer is not None:
        yield unknown(
            "No RUN writes the value into a file that stays",
            f"Line {writer.start_line} redirects it into a file: mount that file instead",
        )
    if use.runs:
        yield usable_frontend(dockerfile, ENV_FRONTEND, "env= of a secret mount")
        yield unknown("Whoever builds passes the secret", command)


def _unseen(dockerfile: Dockerfile, use: Use) -> Precondition:
    """A program may read its environment without a word of it in the Dockerfile."""
    statement = f"No RUN reads {use.name} from its environment"
    first = min((one.span.start for one, _ in use.declarations), default=0)
    for run in dockerfile.instructions:
        script = run.shell if run.keyword == "RUN" else None
        if run.keyword != "RUN" or run.span.start < first:
            continue
        names = [one.name for one in script.commands] if script is not None else [None]
        stranger = next((one for one in names if one not in _DEAF), None)
        if stranger is not None or None in names:
            return unknown(statement, f"Line {run.start_line} runs {stranger or 'a program'}")
    return holds(statement, "Only package managers and file tools run after it")


def _run_time(dockerfile: Dockerfile, use: Use) -> Iterator[Precondition]:
    statement = f"The program does not read {use.name} at run time"
    envs = [one for one, _ in use.declarations if one.keyword == "ENV"]
    final = dockerfile.final_stage
    shipped = {stage.index for stage in dockerfile.chain(final)} if final is not None else set()
    if any(one.stage in shipped for one in envs):
        yield unknown(
            statement,
            "ENV is part of the image's configuration: pass it with --env-file "
            "or a secret when the container starts",
        )
    else:
        yield holds(statement, "ARG and the ENV of other stages are not there at run time")


def _keeps(run: Instruction, name: str) -> bool:
    """True when a command of the RUN redirects the variable into a file."""
    script = run.shell
    for command in script.commands if script is not None else ():
        into_file = any(
            one.operator in (">", ">>", ">|")
            and one.target is not None
            and not one.target.text.startswith("/dev/")
            for one in command.redirections
        )
        if into_file and any(
            f"${name}" in word.text or f"{{{name}" in word.text for word in command.words
        ):
            return True
    return False


def usable_frontend(dockerfile: Dockerfile, needed: tuple[int, int], what: str) -> Precondition:
    statement = f"The builder can use a frontend that knows {what}"
    version = frontend_version(dockerfile)
    if version is not None and (version[1] is None or version >= needed):
        return holds(statement, "The # syntax= line names one")
    if any(one.name == "syntax" for one in dockerfile.directives):
        if version is None:
            return unknown(statement, "Another frontend is named")
        return unknown(statement, "The # syntax= line is raised; the builder must fetch it")
    return unknown(statement, "A # syntax= line is added; the builder must fetch that frontend")


def _without_declarations(dockerfile: Dockerfile, use: Use) -> Iterator[Edit]:
    seen: set[int] = set()
    for instruction, _ in use.declarations:
        if instruction.index in seen:
            continue
        seen.add(instruction.index)
        gone = [pair for pair in instruction.pairs if pair.key == use.name]
        if len(gone) == len(instruction.pairs):
            yield delete_instruction(dockerfile, instruction)
            continue
        for pair in gone:
            yield replace_span(dockerfile, _with_blanks(dockerfile, instruction, pair.span), "")


def _with_blanks(dockerfile: Dockerfile, instruction: Instruction, span: Span) -> Span:
    """The span with the blanks (and continuation) that part it from its neighbour."""
    text = dockerfile.text
    end = span.end
    while end < instruction.span.end and text[end] in " \t\r\n" + dockerfile.escape:
        end += 1
    if end < instruction.span.end:
        return Span(span.start, end)
    start = span.start
    while text[start - 1] in " \t\r\n" + dockerfile.escape:
        start -= 1
    return Span(start, span.end)


def flags_end(run: Instruction) -> int:
    return max([run.keyword_span.end, *(flag.span.end for flag in run.flags)])


def literal_to_mount(
    subject: Subject, run: Instruction, spans: tuple[Span, ...], name: str
) -> Fix | None:
    """The fix that puts a mounted variable in place of a secret written into a RUN. None where the
    shell would not expand it (single quotes, a quoted here-document, exec form)."""
    dockerfile = subject.dockerfile
    if dockerfile is None:
        return None
    if (
        run.shell is None
        or run.owner is None
        or not all(_expands(dockerfile, run, span) for span in spans)
    ):
        return None
    option = f" --mount=type=secret,id={name},env={name},required=true"
    edits = [
        insert_at(dockerfile, flags_end(run), option),
        *(replace_span(dockerfile, span, f"${{{name}}}") for span in spans),
    ]
    syntax = require_frontend(dockerfile, *ENV_FRONTEND)
    edits += [syntax] if syntax is not None else []
    command = f"docker build --secret id={name},env={name} ."
    return Fix(
        "secret-mount",
        f"Mount the secret as {name}",
        tuple(edits),
        (
            holds("The shell expands a variable in this place", "It is not in single quotes"),
            usable_frontend(dockerfile, ENV_FRONTEND, "env= of a secret mount"),
            unknown("Whoever builds passes the secret", command),
        ),
        f"The value no longer stands in the Dockerfile and the history; build with: {command}",
    )


def _expands(dockerfile: Dockerfile, run: Instruction, span: Span) -> bool:
    for heredoc in run.heredocs:
        if heredoc.body.contains(span) and not heredoc.expand:
            return False
    script = run.shell
    commands = script.commands if script is not None else ()
    for command in commands:
        words = [*command.words, *(word for _, word in command.assignments if word is not None)]
        for word in words:
            if word.span.contains(span):
                before = dockerfile.text[word.span.start : span.start]
                return command.editable and not _in_single_quotes(before)
    return False


def _in_single_quotes(before: str) -> bool:
    quote = ""
    position = 0
    while position < len(before):
        letter = before[position]
        if letter == "\\" and quote != "'":
            position += 2
            continue
        if letter in "'\"" and quote in ("", letter):
            quote = "" if quote else letter
        position += 1
    return quote == "'"
