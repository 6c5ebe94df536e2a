"""`download | shell` written as: download to a file, compare with a hash, run, delete."""

from __future__ import annotations

import re
from collections.abc import Iterator

from hardening.dockerfile.downloads import pipes_into_shell
from hardening.dockerfile.edits import insert_line_before, replace_span
from hardening.dockerfile.shell_model import Command
from hardening.model import Fix, Safety, Span, holds, unknown
from hardening.rules.support import Run, facts
from hardening.rules.support_copy import checksum_name
from hardening.rules.support_fixes import command_end, literal
from hardening.rules.support_pipes import pipefail_fixes
from hardening.subject import Subject

_ADDRESS = re.compile(r"^[\"']?(?:https?|ftp)://|^[\"']?\$")
_SHELLS = ("sh", "bash", "ash", "dash", "zsh")


def is_replaced(subject: Subject, run: Run, command: Command) -> bool:
    """True for a downloader whose pipe into a shell is taken away by the fix of pipe-into-shell,
    and that no safe fix can give pipefail before: nothing else need be said of that pipe."""
    if "replaced pipes" not in run.memo:
        safe = any(one.safety is Safety.SAFE for one in pipefail_fixes(subject, run))
        run.memo["replaced pipes"] = {
            pipe[0].span
            for pipe in (() if safe else pipes_into_shell(run.script))
            if (address := address_of(pipe[0])) and any(script_fixes(subject, run, pipe, address))
        }
    return command.span in run.memo["replaced pipes"]


def address_of(command: Command) -> str | None:
    """The one address that a downloader fetches, as written."""
    found = [word.text for word in command.arguments if _ADDRESS.match(word.text)]
    return found[0] if len(found) == 1 else None


def script_fixes(
    subject: Subject, run: Run, pipe: tuple[Command, Command], address: str
) -> Iterator[Fix]:
    """Only for a downloader and a shell with nothing but the pipe between them, both word for word
    in the file."""
    downloader, shell = pipe
    if run.placed.deferred or not _is_plain(downloader, shell):
        return
    if not _adjacent(subject, downloader, shell):
        return
    name = checksum_name(address.strip("\"'"))
    text = _checked(subject, pipe, address, name)
    if text is None:
        return
    dockerfile = facts(subject).dockerfile
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


def _is_plain(downloader: Command, shell: Command) -> bool:
    if downloader.pipeline != shell.pipeline or downloader.pipeline_length != 2:
        return False
    redirected = downloader.redirections or shell.redirections
    return shell.position == 1 and not downloader.wrappers and not redirected


def _checked(
    subject: Subject, pipe: tuple[Command, Command], address: str, name: str
) -> str | None:
    """The commands that stand for the pipe, None where one of the two cannot be taken over."""
    downloader, shell = pipe
    arguments, fetch = _script_arguments(shell), _fetch(subject, downloader, address)
    if arguments is None or fetch is None:
        return None
    path = address.strip("\"'").split("?")[0].rstrip("/")
    base = re.sub(r"[^A-Za-z0-9._-]", "", path.rpartition("/")[2])
    target = f"/tmp/{base or 'download'}"
    interpreter = facts(subject).dockerfile.text[_start(shell) : shell.words[0].span.end]
    script = " ".join([interpreter, target, *arguments])
    return (
        f"{fetch[0]} {target} {fetch[1]} && "
        f'echo "${{{name}}}  {target}" | sha256sum -c - && {script} && rm {target}'
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
