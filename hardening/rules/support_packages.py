"""What the rules about package managers share: prompts, caches, versions."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from hardening.dockerfile.known_script import holds_flags
from hardening.dockerfile.packages import call_has_flag, name_and_version
from hardening.dockerfile.shell_model import Command, PackageCall, ShellWord
from hardening.model import (
    Edit,
    Finding,
    Fix,
    Precondition,
    Severity,
    Span,
    holds,
    unknown,
)
from hardening.rules.frame import Rule
from hardening.rules.support import Run, facts
from hardening.rules.support_fixes import (
    insert_flag,
    literal,
)
from hardening.rules.support_installed import pin_installed
from hardening.subject import Subject

APT = ("apt-get", "apt", "aptitude")
APT_LISTS = "/var/lib/apt/lists"


def names(words: tuple[ShellWord, ...], limit: int = 3) -> str:
    """`curl, git and 4 more`."""
    texts = [word.text for word in words]
    if not texts:
        return "packages"
    shown = ", ".join(texts[:limit])
    return shown if len(texts) <= limit else f"{shown} and {len(texts) - limit} more"


def shown(call: PackageCall) -> str:
    """`apt-get install of curl, git`; without operands the bare call."""
    verb = call.written
    return f"{verb} of {names(call.packages)}" if call.packages else verb


def about(call: PackageCall) -> str:
    """A stable name for a call: manager, verb and operands."""
    operands = " ".join(name_and_version(call, word)[0] for word in call.packages)
    return f"{manager_of(call)} {call.verb} {operands}".strip()


def manager_of(call: PackageCall) -> str:
    """The manager's name; one for all that speak to apt."""
    return "apt-get" if call.manager in APT else call.manager


def has_flag(call: PackageCall, *flags: str) -> bool:
    """True when a call has one of the flags, or a variable that may hold it (`$APT_OPTIONS`)."""
    return call_has_flag(call, *flags) or any(holds_flags(word) for word in call.packages)


def option_values(call: PackageCall, *flags: str) -> Iterator[str]:
    """Values of `-o X`, `-oX`, `--option=X`, `--option X`."""
    words = call.command.words
    for word, following in zip(words, (*words[1:], None), strict=True):
        for flag in flags:
            if word.text == flag and following is not None:
                yield following.text.strip("\"'")
            elif flag.startswith("--") and word.text.startswith(flag + "="):
                yield word.text[len(flag) + 1 :].strip("\"'")
            elif not flag.startswith("--") and word.text.startswith(flag) and word.text != flag:
                yield word.text[len(flag) :].strip("\"'")


def later(run: Run, command: Command) -> tuple[Command, ...]:
    """Commands of the same RUN after this one."""
    return run.script.after(command)


def removes(command: Command, *paths: str) -> bool:
    """True when a command deletes (part of) one of the paths: `rm -rf`, `find ... -delete`."""
    if command.name not in ("rm", "find", "rmdir", "shred"):
        return False
    texts = (word.text if word.value is None else word.value for word in command.words[1:])
    bare = [from_folder(command, text.replace('"', "").replace("'", "")) for text in texts]
    return any(_touches(text, path) for text in bare for path in paths)


def from_folder(command: Command, text: str) -> str:
    """An operand as it reads from the root, where a `cd` before it says where it stands."""
    if not command.folder or text[:1] in ("/", "~", "$", "-", ""):
        return text
    text = text.removeprefix("./")
    return command.folder if text == "." else f"{command.folder.rstrip('/')}/{text}"


def _touches(text: str, path: str) -> bool:
    if path.startswith("~/"):
        return path[1:] in text or text.rstrip("/*").endswith(path[1:].rpartition("/")[0] or "\0")
    if "{" in text:
        return (
            text.startswith("/var/") and path.split("/")[-1 if path.count("/") < 3 else 3] in text
        )
    bare = text.rstrip("/*") or "/"
    return (
        bare == path
        or bare.startswith(path + "/")
        or (len(bare) > 4 and path.startswith(bare + "/"))
    )


def prompts(
    subject: Subject,
    rule: Rule,
    *,
    managers: tuple[str, ...],
    verbs: frozenset[str],
    answered: Callable[[Run, PackageCall], bool],
    flag: str,
    program_flag: bool = False,
) -> Iterator[Finding]:
    """Calls that would wait for an answer that nobody gives during a build.

    `program_flag` puts the flag before the verb (zypper's global options).
    """
    dockerfile = facts(subject).dockerfile
    for run, call in facts(subject).calls(*managers):
        if call.verb not in verbs or answered(run, call):
            continue
        if program_flag:
            first = call.command.words[0].span
            edit = Edit(dockerfile.path, Span(first.end, first.end), f" {flag}")
        else:
            edit = insert_flag(dockerfile, call, flag)
        fix = Fix(
            "answer-yes",
            f"Add {flag}",
            (edit,),
            (literal(call.command), _no_answer_piped(call)),
            "The build no longer stops at the confirmation prompt.",
        )
        yield rule.finding(
            subject,
            f"{shown(call)} asks for confirmation, which fails in a build",
            at=call.command.span,
            about=about(call),
            fixes=(fix,),
        )


def _no_answer_piped(call: PackageCall) -> Precondition:
    statement = "Nothing else answers the prompt"
    if call.command.position > 0:
        return unknown(statement, "Something is piped into the command")
    return holds(statement, "Its standard input is not redirected by a pipe")


def with_sudo(command: Command, text: str) -> str:
    """The new command with the privileges of the old one."""
    return f"sudo {text}" if "sudo" in command.wrappers else text


def _bare(call: PackageCall, word: ShellWord) -> str:
    return name_and_version(call, word)[0]


def unpinned(
    subject: Subject,
    rule: Rule,
    *,
    managers: tuple[str, ...],
    verbs: frozenset[str],
    is_pinned: Callable[[Run, PackageCall, ShellWord], bool],
    how: str,
    severity: Severity | None = None,
) -> Iterator[Finding]:
    """Calls that install whatever version is newest on the day of the build."""
    for run, call in facts(subject).calls(*managers):
        if call.verb not in verbs:
            continue
        loose = tuple(word for word in call.packages if not is_pinned(run, call, word))
        if not loose:
            continue
        yield rule.finding(
            subject,
            f"{call.written} takes whatever version of {names(loose)} is newest",
            at=call.command.span,
            about=f"{manager_of(call)} {call.verb} {' '.join(_bare(call, word) for word in loose)}",
            severity=severity,
            fixes=tuple(pin_installed(subject, run, call, loose)),
            tip=how,
        )
