"""A download that is run by a shell as it arrives."""

from __future__ import annotations

import re
from collections.abc import Iterator

from hardening.dockerfile.downloads import pipes_into_shell
from hardening.dockerfile.edits import insert_line_before, replace_span
from hardening.dockerfile.shell_model import Command
from hardening.model import Finding, Fix, Severity, Span, holds, unknown
from hardening.rules.frame import Example, Rule
from hardening.rules.support import Run, facts
from hardening.rules.support_copy import checksum_name
from hardening.rules.support_fixes import command_end, literal
from hardening.subject import Subject

_ADDRESS = re.compile(r"^[\"']?(?:https?|ftp)://|^[\"']?\$")
_SHELLS = ("sh", "bash", "ash", "dash", "zsh")

rule = Rule(
    title="Do not run a download unseen",
    severity=Severity.HIGH,
    why="Whatever the server sends at build time runs as the build's user, usually root; "
    "nobody has "
    "seen it, nobody notices that it changed, and half a script runs when the line breaks.",
    references=("https://docs.docker.com/build/building/best-practices/#run",),
    aliases=("cis-docker:4.11",),
    bad=(
        Example(
            "FROM debian:13\nRUN curl -fsSL https://example.com/install.sh | sh\n",
            "FROM debian:13\nARG INSTALL_SH_SHA256\nRUN curl -fsSL -o /tmp/install.sh "
            "https://example.com/install.sh && "
            'echo "${INSTALL_SH_SHA256}  /tmp/install.sh" | sha256sum -c - && '
            "sh /tmp/install.sh && rm /tmp/install.sh\n",
        ),
        Example(
            "FROM debian:13\nRUN apt-get update \\\n"
            "    && wget -qO- https://example.com/setup | bash -s -- --yes \\\n"
            "    && apt-get clean\n",
            "FROM debian:13\nARG SETUP_SHA256\nRUN apt-get update \\\n"
            "    && wget -q -O /tmp/setup https://example.com/setup && "
            'echo "${SETUP_SHA256}  /tmp/setup" | sha256sum -c - && '
            "bash /tmp/setup --yes && rm /tmp/setup \\\n    && apt-get clean\n",
            note="wget, and arguments for the script",
        ),
        Example('FROM debian:13\nRUN bash -c "$(curl -fsSL https://example.com/install.sh)"\n'),
        Example(
            "FROM debian:13\nRUN curl -fsSL https://example.com/setup_20.x | sudo -E bash -\n",
            "FROM debian:13\nARG SETUP_20_X_SHA256\nRUN curl -fsSL -o /tmp/setup_20.x "
            "https://example.com/setup_20.x && "
            'echo "${SETUP_20_X_SHA256}  /tmp/setup_20.x" | sha256sum -c - && '
            "sudo -E bash /tmp/setup_20.x && rm /tmp/setup_20.x\n",
            note="sudo stays as it is",
        ),
        Example(
            "FROM debian:13\nRUN (curl -s https://example.com/a || wget -qO- "
            "https://example.com/a) | sh\n",
            note="two ways to get it: left to the author",
        ),
        Example("FROM debian:13\nRUN bash <(curl -fsSL https://example.com/install.sh)\n"),
    ),
    good=(
        Example("FROM debian:13\nRUN curl -fsSL https://example.com/data.json | jq .version\n"),
        Example("FROM debian:13\nRUN curl -fsSL https://example.com/key.asc | gpg --dearmor\n"),
        Example("FROM debian:13\nRUN echo 'echo hello' | sh\n"),
    ),
)


@rule.check
def find(subject: Subject) -> Iterator[Finding]:
    for run in facts(subject).runs:
        for downloader, shell in pipes_into_shell(run.script):
            address = _address(downloader)
            shown = address.strip("\"'") if address else "a download"
            yield rule.finding(
                subject,
                f"{shown} is run by {shell.name} without being checked",
                at=downloader.span,
                about=shown.rpartition("://")[2],
                fixes=tuple(_fixes(subject, run, downloader, shell, address)),
                severity=None if run.shipped else Severity.MEDIUM,
                tip="Download it to a file, compare it with the publisher's checksum, then run it",
            )


def _address(command: Command) -> str | None:
    found = [word.text for word in command.arguments if _ADDRESS.match(word.text)]
    return found[0] if len(found) == 1 else None


def _fixes(
    subject: Subject, run: Run, downloader: Command, shell: Command, address: str | None
) -> Iterator[Fix]:
    """Only for `download | shell`, both words for words in the file."""
    arguments = _script_arguments(shell)
    plain = (
        address is not None
        and downloader.pipeline == shell.pipeline
        and downloader.pipeline_length == 2
        and shell.position == 1
        and not downloader.wrappers
        and not (downloader.redirections or shell.redirections)
        and not run.placed.deferred
    )
    fetch = _fetch(subject, downloader, address or "")
    if (
        not plain
        or not _adjacent(subject, downloader, shell)
        or arguments is None
        or fetch is None
        or address is None
    ):
        return
    dockerfile = facts(subject).dockerfile
    bare = address.strip("\"'")
    name = checksum_name(bare)
    base = re.sub(r"[^A-Za-z0-9._-]", "", bare.split("?")[0].rstrip("/").rpartition("/")[2])
    target = f"/tmp/{base or 'download'}"
    interpreter = dockerfile.text[_start(shell) : shell.words[0].span.end]
    script = " ".join([interpreter, target, *arguments])
    text = (
        f"{fetch[0]} {target} {fetch[1]} && "
        f'echo "${{{name}}}  {target}" | sha256sum -c - && {script} && rm {target}'
    )
    yield Fix(
        "verify-script",
        "Download, compare with a SHA-256, then run",
        (
            insert_line_before(dockerfile, run.instruction, f"ARG {name}"),
            replace_span(dockerfile, Span(downloader.span.start, command_end(shell)), text),
        ),
        (
            literal(downloader),
            literal(shell),
            holds("sha256sum is there", "It comes with coreutils and with busybox"),
            unknown("The publisher's SHA-256 is at hand", "It is not in the Dockerfile"),
        ),
        f"The build needs --build-arg {name}=<sha256 from the publisher> and stops when the script "
        "is another one.",
    )


def _start(shell: Command) -> int:
    """Where the shell's side of the pipe begins: its wrapper, its first assignment, its name."""
    starts = [shell.span.start, shell.words[0].span.start]
    if shell.wrapper_span is not None:
        starts.append(shell.wrapper_span.start)
    return min(starts)


def _adjacent(subject: Subject, downloader: Command, shell: Command) -> bool:
    """True when nothing but the pipe (and a continued line) stands between the two."""
    dockerfile = facts(subject).dockerfile
    between = dockerfile.text[command_end(downloader) : _start(shell)]
    cut = shell.wrappers and shell.wrapper_span is None
    return not cut and between.replace(dockerfile.escape, "").strip() == "|"


def _fetch(subject: Subject, downloader: Command, address: str) -> tuple[str, str] | None:
    """The downloader's own words up to `-o`, and from the address on; None where it writes to a
    file or is no downloader that we know."""
    text = facts(subject).dockerfile.text
    words = [word.span.slice(text) for word in downloader.words]
    if downloader.name == "curl":
        if downloader.has_flag("-o", "-O", "--output", "--remote-name"):
            return None
        before = [word for word in words if word != address]
        return " ".join([*before, "-o"]), address
    if downloader.name == "wget":
        kept = []
        for word in words:
            if word in (address, "-O-", "-", "-O", "--output-document=-"):
                continue
            kept.append(re.sub(r"^(-[a-zA-NP-Z]+)O-?$", r"\1", word))
        return " ".join([*kept, "-O"]), address
    return None


def _script_arguments(shell: Command) -> list[str] | None:
    """Arguments for the script: `-s -- a b` → `a b`; None for flags of the shell itself."""
    if shell.name not in _SHELLS:
        return [] if len(shell.words) == 1 else None
    texts = [word.text for word in shell.arguments]
    if texts in ([], ["-"], ["-s"]):
        return []
    if texts[0] in ("-s", "-"):
        rest = texts[1:]
        return rest[1:] if rest[:1] == ["--"] else rest
    return None if texts[0] != "--" else texts[1:]
