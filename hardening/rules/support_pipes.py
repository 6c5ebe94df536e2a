"""Pipes whose failure goes unnoticed, and what pipefail would change."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from hardening.dockerfile.edits import insert_at, insert_line_before
from hardening.dockerfile.model import Stage
from hardening.dockerfile.shell_model import Command, Script, ShellWord
from hardening.model import Fix, Precondition, holds, unknown
from hardening.rules.support import Facts, Run, facts, image_has
from hardening.subject import Subject

# fmt: off
HARMLESS = frozenset({
    "echo", "printf", "yes", "true", ":", "cat", "env", "printenv", "id", "date", "find", "ls",
    "sort", "uniq", "tr", "cut", "awk", "gawk", "sed", "grep", "egrep", "head", "tail", "wc",
    "paste", "rev", "tac", "comm", "xargs", "seq", "basename", "dirname", "dpkg", "dpkg-query",
    "apt-mark", "apt-cache", "rpm", "ldd", "ldconfig", "scanelf", "readelf", "getconf", "nproc",
    "uname", "arch", "hostname", "readlink", "realpath", "file", "tee", "column", "pwd",
    "lsb_release", "set",
})
"""Commands that only print, list or filter."""
FAIL_RIGHTLY = frozenset({
    "curl", "wget", "echo", "printf", "cat", "find", "ls", "sort", "uniq", "tr", "cut", "awk",
    "gawk", "mawk", "sed", "wc", "paste", "rev", "tac", "comm", "seq", "basename", "dirname",
    "tee", "env", "printenv", "date", "uname", "nproc", "arch", "tar", "gunzip", "zcat", "gzip",
    "xz", "unxz", "xzcat", "bzip2", "bunzip2", "bzcat", "zstd", "unzip", "base64", "gpg", "gpg2",
    "rpm2cpio", "jq", "openssl", "sha256sum", "sha512sum", "md5sum", "sha1sum", "apt-mark",
    "column", "file", "tail", "set", "true", ":",
})
"""Commands that fail only when the build should stop."""
READ_ALL = frozenset({
    "sort", "uniq", "tr", "cut", "awk", "gawk", "mawk", "sed", "wc", "paste", "rev", "tac", "tee",
    "cat", "tail", "column", "tar", "bsdtar", "cpio", "gunzip", "zcat", "gzip", "xz", "unxz",
    "xzcat", "bzip2", "bunzip2", "bzcat", "zstd", "base64", "gpg", "gpg2", "apt-key", "openssl",
    "xargs", "jq", "sha256sum", "sha512sum", "md5sum", "sha1sum", "patch", "chpasswd",
    "debconf-set-selections", "sh", "bash", "ash", "dash", "python", "python3", "php", "perl",
    "ruby", "node",
})
"""Commands that read their input to the end: sed and awk unless told to quit."""
HAVE_BASH = frozenset({
    "debian", "ubuntu", "fedora", "centos", "rockylinux", "almalinux", "amazonlinux", "python",
    "node", "golang", "ruby", "php", "openjdk", "buildpack-deps", "rust",
})
# fmt: on


BASH = 'SHELL ["/bin/bash", "-o", "pipefail", "-c"]'
PIPEFAIL_ALIASES = ("hadolint:DL4006", "kics:shell_running_a_pipe_without_pipefail_flag")
ON_PURPOSE = "No part of a pipe fails or ends early on purpose"
_ECHO_OPTION = re.compile(r"-[nE]*e")
_PRINTF = re.compile(r"\\[xuUe]|%[qQ(]")
_BRACES = re.compile(r"(?<![$\\])\{[^{}\s]*(?:,|\.\.)[^{}\s]*\}")
_BASH_VARIABLE = re.compile(r"\$\{?(?:RANDOM|UID|EUID|SECONDS|HOSTNAME|HOSTTYPE|OSTYPE|BASH\w*)\b")
_SED_QUITS = re.compile(r"(?:^|[\d$;{/\s])[qQ](?:\s|;|}|\d|$)")


def protected(script: Script, command: Command) -> bool:
    if any("pipefail" in option for option in script.options):
        return True
    for earlier in script.commands:
        if earlier.span.start >= command.span.start:
            break
        if earlier.name == "set" and any("pipefail" in word.text for word in earlier.arguments):
            return True
    return "pipefail" in command.shell_options


def unsafe_pipe(script: Script) -> Command | None:
    """The first command of the first pipe that can fail unseen."""
    return next(unsafe_pipes(script), None)


def unsafe_pipes(script: Script) -> Iterator[Command]:
    """The first command of every pipe that can fail unseen."""
    return (one for one in script.commands if is_unsafe(script, one))


def is_unsafe(script: Script, command: Command) -> bool:
    """True for the first command of a pipe that can fail unseen."""
    if command.pipeline_length < 2 or command.position != 0:
        return False
    members = script.pipeline_of(command)
    if all(one.name in HARMLESS for one in members[:-1]) or protected(script, command):
        return False
    # finds nothing when there is nothing, and fails
    return members[-1].name not in ("grep", "egrep")


def takes_shell(run: Run) -> bool:
    """True when a SHELL line can be put before the RUN."""
    return not run.placed.deferred and not run.instruction.heredocs


def first_unsafe(known: Facts, run: Run) -> Run:
    """The first RUN of the stage with an unsafe pipe: one SHELL serves all that follow."""
    key = f"pipefail first {run.instruction.stage}"
    if key not in known.memo:
        same = (one for one in known.runs if one.instruction.stage == run.instruction.stage)
        known.memo[key] = next(
            (one for one in same if takes_shell(one) and unsafe_pipe(one.script) is not None), run
        )
    found: Run = known.memo[key]
    return found


def pipefail_fixes(subject: Subject, run: Run) -> Iterator[Fix]:
    """`set -o pipefail` in the RUN where its shell knows it, else a SHELL before the first such
    RUN."""
    known = facts(subject)
    first = run.script.commands[0]
    plain = first.editable and not first.wrappers and not run.instruction.heredocs
    busybox = "alpine" in root_base(subject, run)
    in_bash = run.script.shell.rpartition("/")[2] == "bash"
    if plain and (busybox or in_bash):
        start = run.instruction.arguments.start
        yield Fix(
            "set-pipefail",
            "Begin the RUN with set -o pipefail",
            (insert_at(known.dockerfile, start, "set -o pipefail && "),),
            (
                holds(
                    "The shell knows pipefail", "bash" if in_bash else "Alpine's busybox ash does"
                ),
                early_end((run.script,)),
            ),
            "The build stops when any command of the pipe fails.",
        )
    elif run.stage is not None and takes_shell(run) and not busybox:
        first_run = first_unsafe(known, run)
        yield Fix(
            "shell-pipefail",
            "Set a shell with pipefail before the first such RUN",
            (insert_line_before(known.dockerfile, first_run.instruction, BASH),),
            (
                has_bash(subject, run),
                *habits(known, run),
                later_shells(known, first_run),
            ),
            "The build stops when any command of a pipe fails; later shell forms run in bash.",
        )


def early_end(scripts: Iterable[Script]) -> Precondition:
    """Holds when every part of every pipe is known to fail only when something is wrong and to
    read all that it is given: a reader that stops early kills its writer, which then counts."""
    for script in scripts:
        for command in script.commands:
            if command.pipeline_length < 2:
                continue
            doubt = _doubt(command, last=command.position == command.pipeline_length - 1)
            if doubt:
                return unknown(ON_PURPOSE, doubt)
    return holds(ON_PURPOSE, "Every reader takes all it is given")


def _doubt(command: Command, *, last: bool) -> str:
    """Why the pipe may fail although all is well, "" when nothing says so."""
    name = command.name or "a command"
    if command.position > 0:
        if name in ("sed", "awk", "gawk", "mawk") and any(map(_quits, command.arguments)):
            return f"{name} may end first and fail the pipe"
        if name not in READ_ALL:
            return f"{name} may end first and fail the pipe"
    if last:
        return ""
    if name not in FAIL_RIGHTLY:
        return f"{name} may fail although all is well"
    silenced = any(one.operator.startswith("2>") for one in command.redirections)
    if silenced and name not in ("curl", "wget"):
        return f"{name} may fail although all is well: its errors are hidden"
    return ""


def _quits(word: ShellWord) -> bool:
    """True for a sed or awk program that may stop before the end of its input."""
    if word.is_flag:
        return False
    return "exit" in word.text or bool(_SED_QUITS.search(word.text.strip("\"'")))


def affected(known: Facts, run: Run) -> list[Script]:
    """The RUNs of this stage and of the stages built on it."""
    key = f"pipefail {run.instruction.stage}"
    if key not in known.memo:
        stages = known.dockerfile.stages
        known.memo[key] = [
            one.script
            for one in known.runs
            if one.stage is run.stage or descends(stages, one.stage, run.stage)
        ]
    found: list[Script] = known.memo[key]
    return found


def habits(known: Facts, run: Run) -> tuple[Precondition, Precondition]:
    """What the RUNs that SHELL changes rely on; the same for all RUNs of a stage."""
    key = f"pipefail habits {run.instruction.stage}"
    if key not in known.memo:
        scripts = affected(known, run)
        known.memo[key] = (early_end(scripts), same_in_bash(scripts, known.dockerfile.text))
    found: tuple[Precondition, Precondition] = known.memo[key]
    return found


def descends(stages: tuple[Stage, ...], stage: Stage | None, ancestor: Stage | None) -> bool:
    while stage is not None and stage.parent is not None:
        stage = stages[stage.parent]
        if stage is ancestor:
            return True
    return False


def same_in_bash(scripts: Iterable[Script], text: str) -> Precondition:
    """Holds when nothing is seen that bash reads otherwise than dash or another plain sh."""
    statement = "No RUN relies on what only sh does"
    for script in scripts:
        if script.shell.rpartition("/")[2] == "bash":
            continue
        for command in script.commands:
            difference = _difference(command, text)
            if difference:
                return unknown(statement, f"{difference} in bash")
    return holds(statement, "Nothing that bash reads in another way")


def _difference(command: Command, source: str) -> str:
    texts = [word.text for word in command.arguments]
    if command.name == "echo":
        if any("\\" in text for text in texts):
            return "echo with a backslash prints something else"
        if any(_ECHO_OPTION.match(text) for text in texts[:1]):
            return "echo takes -e as an option"
    if command.name == "printf" and any(_PRINTF.search(text) for text in texts):
        return "printf knows more escapes"
    if command.name in ("[[", "source", "let", "declare", "shopt", "pushd", "popd"):
        return f"{command.name} works"
    if command.name in ("[", "test") and "==" in command.span.slice(source):
        return f"{command.name} compares with =="
    if any(one.operator.startswith("&>") for one in command.redirections):
        return "&> redirects both streams"
    for text in texts:
        if text[:1] not in "\"'" and _BRACES.search(text):
            return f"the braces of {text} are expanded"
        if text.startswith("$'") or _BASH_VARIABLE.search(text):
            return f"{text} has another value"
    return ""


def later_shells(known: Facts, run: Run) -> Precondition:
    statement = "No later shell-form CMD or ENTRYPOINT changes its shell"
    for placed in known.all("CMD", "ENTRYPOINT", "HEALTHCHECK"):
        after = placed.instruction.span.start > run.instruction.span.start
        if after and placed.instruction.shell is not None:
            line = placed.instruction.start_line
            return unknown(statement, f"Line {line} would run in bash")
    return holds(statement, "There is none")


def has_bash(subject: Subject, run: Run) -> Precondition:
    statement = "The stage has bash"
    base = root_base(subject, run)
    name = base.partition("@")[0].partition(":")[0].rpartition("/")[2]
    slimmed = any(word in base for word in ("alpine", "distroless", "busybox"))
    if run.shipped and image_has(subject, "bin/bash", "usr/bin/bash"):
        return holds(statement, "/bin/bash is in the image")
    if name in HAVE_BASH and not slimmed:
        return holds(statement, f"{name} images carry bash")
    return unknown(statement, f"It is not known whether {base or 'the base'} carries bash")


def root_base(subject: Subject, run: Run) -> str:
    if run.stage is None:
        return ""
    root = facts(subject).dockerfile.chain(run.stage)[0]
    return root.base_expanded or root.base.value
