"""A temporary directory that stays."""

from __future__ import annotations

from collections.abc import Iterator

from hardening.model import Finding, Fix, Precondition, Severity, holds, unknown
from hardening.rules.frame import Example, Rule
from hardening.rules.support import Run, facts
from hardening.rules.support_fixes import append_command, literal, status_kept
from hardening.subject import Subject

rule = Rule(
    title="Delete temporary directories in the RUN that made them",
    severity=Severity.LOW,
    why="What was downloaded or built there, keyrings and sources among it, stays in the layer for"
    " anybody who has the image.",
    references=("https://docs.docker.com/build/building/best-practices/#run",),
    aliases=("parfum:rmRecursiveAfterMktempD",),
    bad=(
        Example(
            'FROM debian:13\nRUN dir="$(mktemp -d)" && make -C "$dir" install\n',
            'FROM debian:13\nRUN dir="$(mktemp -d)" && make -C "$dir" install && rm -rf "$dir"\n',
        ),
    ),
    good=(
        Example('FROM debian:13\nRUN dir="$(mktemp -d)" && make -C "$dir" && rm -rf "$dir"\n'),
        Example(
            'FROM debian:13\nRUN export GNUPGHOME="$(mktemp -d)"; gpg a; rm -r "$GNUPGHOME" a.asc\n'
        ),
        Example(
            'FROM debian:13\nRUN --mount=type=tmpfs,target=/tmp dir="$(mktemp -d)" && make -C '
            '"$dir"\n'
        ),
        Example('FROM debian:13\nRUN file="$(mktemp)" && make > "$file"\n'),
        Example('FROM debian:13 AS a\nRUN d="$(mktemp -d)" && make -C "$d"\nFROM debian:13\n'),
        Example(
            'FROM debian:13\nRUN d="$(mktemp -d)" && trap \'rm -rf "$d"\' EXIT && make -C "$d"\n'
        ),
    ),
)


_USERS = frozenset({
    "cd", "pushd", "tar", "unzip", "curl", "wget", "cp", "git", "dpkg", "cat", "mkdir", "ls",
    "test", "[", "chmod", "gpg", "sha256sum", "make", "cmake", "install", "apt-get", "gunzip",
    "find", "mktemp",
})  # fmt: skip


def _made(run: Run) -> Iterator[str]:
    """Names of variables that hold a fresh temporary directory."""
    for command in run.script.commands:
        pairs = [(key, word.text if word is not None else "") for key, word in command.assignments]
        if command.name in ("export", "local", "declare", "readonly"):
            for word in command.arguments:
                key, equals, text = word.text.partition("=")
                if equals:
                    pairs.append((key, text))
        for key, text in pairs:
            if "mktemp" in text and " -d" in text.replace(" --directory", " -d"):
                yield key


def _removed(run: Run, name: str) -> bool:
    marks = (f"${name}", "${" + name + "}")
    for command in run.script.named("rm", "trap", "mv", "gpgconf"):
        if command.name != "gpgconf" and any(
            mark in word.text for word in command.arguments for mark in marks
        ):
            return True
    return False


def _nothing_kept(run: Run, name: str) -> Precondition:
    statement = "Nothing keeps a path into it"
    marks = (f"${name}", "${" + name + "}")
    for command in run.script.commands:
        editable = any(word.text in ("-e", "--editable") for word in command.arguments)
        if editable and (command.name or "").startswith("pip"):
            return unknown(statement, "An editable installation points to it")
        named = any(mark in word.text for word in command.arguments for mark in marks)
        if named and command.name not in _USERS:
            return unknown(statement, f"{command.name or 'a command'} gets its name")
    return holds(statement, "Only commands that use it up get its name")


@rule.check
def find(subject: Subject) -> Iterator[Finding]:
    known = facts(subject)
    for run in known.runs:
        if not run.shipped or run.is_volatile("/tmp/x") or run.script.errors:
            continue
        for name in dict.fromkeys(_made(run)):
            if _removed(run, name):
                continue
            text = f'rm -rf "${name}"'
            edit = append_command(known.dockerfile, run.instruction, run.script, text)
            last = run.script.commands[-1]
            fixes: tuple[Fix, ...] = ()
            if edit is not None:
                conditions = (literal(last), _nothing_kept(run, name), status_kept())
                effect = "Nothing of the directory is left in the layer."
                fixes = (Fix("delete", f"End the RUN with {text}", (edit,), conditions, effect),)
            yield rule.finding(
                subject,
                f"The temporary directory ${name} stays in the layer",
                at=run.instruction,
                about=name,
                fixes=fixes,
                tip=f"End the RUN with {text}",
            )
