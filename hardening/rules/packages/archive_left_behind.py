"""An archive that is downloaded, unpacked and kept."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator

from hardening.dockerfile.downloads import downloads
from hardening.dockerfile.edits import delete_instruction
from hardening.dockerfile.shell_model import Command
from hardening.model import Edit, Finding, Fix, Precondition, Severity, fails, holds
from hardening.rules.frame import Example, Rule
from hardening.rules.support import Facts, Run, facts
from hardening.rules.support_fixes import append_command, literal, status_kept, unconditional
from hardening.subject import Subject

UNPACKERS = ("tar", "unzip", "bsdtar", "7z", "dpkg", "rpm", "gunzip", "unxz")
ARCHIVES = (
    ".tar",
    ".tgz",
    ".gz",
    ".xz",
    ".bz2",
    ".zip",
    ".txz",
    ".tbz2",
    ".zst",
    ".7z",
    ".deb",
    ".rpm",
)

rule = Rule(
    title="Delete archives after unpacking",
    severity=Severity.LOW,
    why="The archive stays in the layer next to what came out of it: twice the size, and a second "
    "copy of every vulnerable file for scanners to report.",
    references=("https://docs.docker.com/build/building/best-practices/#run",),
    aliases=("parfum:tarSomethingRmTheSomething",),
    bad=(
        Example(
            "FROM debian:13\nRUN curl -fsSLo /tmp/a.tar.gz https://example.com/a.tar.gz "
            "&& tar -xzf /tmp/a.tar.gz -C /opt\n",
            "FROM debian:13\nRUN curl -fsSLo /tmp/a.tar.gz https://example.com/a.tar.gz "
            "&& tar -xzf /tmp/a.tar.gz -C /opt && rm -f /tmp/a.tar.gz\n",
        ),
        Example(
            "FROM debian:13\nRUN wget -O /tmp/a.tgz https://example.com/a.tgz && "
            "tar xf /tmp/a.tgz -C /opt\nRUN rm /tmp/a.tgz\n",
            "FROM debian:13\nRUN wget -O /tmp/a.tgz https://example.com/a.tgz && "
            "tar xf /tmp/a.tgz -C /opt && rm -f /tmp/a.tgz\n",
            note="deleted a layer too late",
        ),
        Example(
            "FROM debian:13\nRUN wget -O /tmp/a.tgz https://example.com/a.tgz && "
            "tar xf /tmp/a.tgz -C /opt\nRUN sha256sum /tmp/a.tgz > /opt/sum\n",
            note="still needed later",
        ),
        Example(
            "FROM debian:13\nRUN set -eux; \\\n    wget -O a.zip https://example.com/a.zip; \\\n"
            "    unzip a.zip -d /opt\n",
            "FROM debian:13\nRUN set -eux; \\\n    wget -O a.zip https://example.com/a.zip; \\\n"
            "    unzip a.zip -d /opt; \\\n    rm -f a.zip\n",
        ),
    ),
    good=(
        Example(
            "FROM debian:13\nRUN curl -fsSLo a.tgz https://example.com/a.tgz && tar xf a.tgz && "
            "rm a.tgz\n"
        ),
        Example(
            "FROM debian:13\nRUN curl -fsSLo /tmp/x/a.tgz https://example.com/a.tgz && tar xf "
            "/tmp/x/a.tgz "
            "&& rm -rf /tmp/*\n"
        ),
        Example(
            "FROM debian:13\nRUN curl -fsSL https://example.com/a.tgz | tar xz\n",
            note="never stored",
        ),
        Example("FROM debian:13\nRUN tar xf /src/a.tgz\n", note="not downloaded here"),
        Example(
            "FROM debian:13 AS get\nRUN wget -O a.tgz https://example.com/a.tgz && tar xf a.tgz\n"
            "FROM debian:13\n",
            note="does not ship",
        ),
        Example(
            "FROM debian:13\nRUN --mount=type=tmpfs,target=/tmp wget -O /tmp/a.tgz "
            "https://example.com/a "
            "&& tar xf /tmp/a.tgz -C /opt\n"
        ),
        Example("FROM debian:13\nRUN wget -O app.jar https://example.com/app.jar\n"),
    ),
)


def _base(text: str) -> str:
    return text.strip("\"'").rpartition("/")[2]


def _unpackers(run: Run) -> dict[str, list[Command]]:
    """Base name of an operand → the commands that unpack it."""
    found: dict[str, list[Command]] = defaultdict(list)
    for command in run.script.named(*UNPACKERS):
        for word in command.arguments:
            found[_base(word.value or word.text)].append(command)
    return found


def _removed(run: Run) -> tuple[frozenset[str], tuple[str, ...], bool]:
    """What the RUN deletes or moves: base names, folders, and whether anything is unclear."""
    names: set[str] = set()
    folders: set[str] = set()
    unclear = False
    for command in run.script.named("rm", "mv", "find", "gunzip", "unxz", "shred"):
        for word in command.arguments:
            text = word.text.strip("\"'")
            names.add(_base(text))
            folders.add(text.rstrip("/*") + "/")
            unclear = unclear or "*" in _base(text).removesuffix("*") or "$" in text or text == "*"
    return frozenset(names), tuple(folders - {"/"}), unclear


def _later_uses(known: Facts, run: Run, name: str) -> Iterator[Run]:
    """RUNs of the same stage, further down, that speak of the file."""
    base = name.rpartition("/")[2]
    for one in known.runs:
        same = one.instruction.stage == run.instruction.stage
        if same and one.instruction.index > run.instruction.index:
            words = (word for command in one.script.commands for word in command.words)
            if any(base in word.text for word in words):
                yield one


def _only_deletes(run: Run, name: str) -> bool:
    commands = run.script.commands
    if len(commands) != 1 or commands[0].name != "rm" or run.script.errors:
        return False
    return [word.value for word in commands[0].positionals()] == [name]


def _take_out(known: Facts, run: Run) -> Edit:
    return delete_instruction(known.dockerfile, run.instruction)


def _not_needed(users: list[Run]) -> Precondition:
    statement = "No later RUN needs the archive"
    if not users:
        return holds(statement)
    return fails(statement, f"line {users[0].instruction.start_line} speaks of it")


@rule.check
def find(subject: Subject) -> Iterator[Finding]:
    known = facts(subject)
    for run in known.runs:
        if not run.shipped:
            continue
        fetched = [one for one in downloads(run.script) if one.output]
        if not fetched:
            continue
        unpackers = _unpackers(run)
        names, folders, unclear = _removed(run)
        changes = any(one.name in ("cd", "pushd") for one in run.script.commands)
        for download in fetched:
            name = download.output or ""
            if "$" in name or not name.endswith(ARCHIVES) or run.is_volatile(name):
                continue
            start = download.command.span.start
            users = [one for one in unpackers.get(_base(name), ()) if one.span.start > start]
            if not users or unclear or _base(name) in names or name.startswith(folders):
                continue
            edit = append_command(known.dockerfile, run.instruction, run.script, f"rm -f {name}")
            later = tuple(_later_uses(known, run, name))
            fixes: tuple[Fix, ...] = ()
            if edit is not None and (name.startswith("/") or not changes):
                deletions = tuple(one for one in later if _only_deletes(one, name))
                fixes = (
                    Fix(
                        "delete-archive",
                        f"End the RUN with rm -f {name}",
                        (edit, *(_take_out(known, one) for one in deletions)),
                        (
                            literal(users[-1]),
                            unconditional(users[-1]),
                            status_kept(),
                            _not_needed([one for one in later if one not in deletions]),
                        ),
                        "The layer holds the unpacked files only.",
                    ),
                )
            yield rule.finding(
                subject,
                f"{name} is unpacked and stays in the layer",
                at=download.command.span,
                about=name,
                fixes=fixes,
                tip=f"Delete {name} in the same RUN",
            )
