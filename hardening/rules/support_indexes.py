"""Package indexes that are fetched in a RUN of their own."""

from __future__ import annotations

from collections.abc import Iterator

from hardening.dockerfile.edits import replace_span
from hardening.dockerfile.model import Dockerfile
from hardening.dockerfile.shell_model import PackageCall
from hardening.model import Fix, Precondition, Span, fails, holds, unknown
from hardening.rules.support import Facts, Run
from hardening.rules.support_fixes import command_end, literal
from hardening.rules.support_packages import APT, APT_LISTS

# fmt: off
INSTALLS = frozenset({
    "install", "reinstall", "upgrade", "dist-upgrade", "full-upgrade", "build-dep", "download",
    "source", "fetch", "in", "dup", "update", "search", "list", "info", "policy",
})
# fmt: on
RPM = ("yum", "dnf", "microdnf")
FAMILIES = {
    **dict.fromkeys(APT, APT),
    "apk": ("apk",),
    "zypper": ("zypper",),
    **dict.fromkeys(RPM, RPM),
}
INDEX = {**dict.fromkeys(APT, ("update",)), "apk": ("update",), "zypper": ("update",)}
KEPT = {**dict.fromkeys(APT, APT_LISTS), "apk": "/var/cache/apk", "zypper": "/var/cache/zypp"}


def is_alone(run: Run, call: PackageCall) -> bool:
    family = FAMILIES[call.manager]
    for other in run.calls:
        same = other.manager in family and other.command.span.start > call.command.span.start
        if same and other.verb in INSTALLS and other.verb not in INDEX[call.manager]:
            return False
    known = {id(one.command) for one in run.calls}
    quiet = ("echo", "set", "rm", "true", ":", "cd", "mkdir", "export")
    return all(id(one) in known or one.name in quiet for one in run.script.commands)


def _gap(dockerfile: Dockerfile, run: Run, following: Run) -> Span | None:
    """From the end of the first script to the beginning of the second, when nothing that
    matters stands between."""
    instruction, target = run.instruction, following.instruction
    if instruction.heredocs or target.heredocs or target.leading_comments:
        return None
    if not following.script.commands or following.script.errors or run.script.errors:
        return None
    end = max(command_end(one) for one in run.script.commands)
    between = dockerfile.text[instruction.span.end : target.span.start]
    if dockerfile.text[end : instruction.span.end].strip() or between.strip():
        return None
    return Span(end, target.arguments.start)


def _leaves_nothing(run: Run) -> Precondition:
    """A directory, a variable or an option of the first shell would now reach the second RUN."""
    statement = "Nothing of the first RUN's shell reaches into the second"
    for command in run.script.commands:
        strict = command.name == "set" and command.has_flag("-u", "-f", "-n", "-C")
        if strict or command.name in ("cd", "export") or (command.name or "") == "":
            shown = " ".join(word.text for word in command.words)
            return unknown(statement, f"{shown or 'An assignment'} would hold there too")
    return holds(statement, "It only fetches the index")


def merge_with_install(known: Facts, run: Run, call: PackageCall) -> Iterator[Fix]:
    dockerfile = known.dockerfile
    instruction = run.instruction
    following = next(
        (one for one in known.runs if one.instruction.index == instruction.index + 1), None
    )
    if following is None or following.placed.deferred or run.placed.deferred:
        return
    family = FAMILIES[call.manager]
    if not any(one.manager in family and one.verb == "install" for one in following.calls):
        return
    span = _gap(known.dockerfile, run, following)
    if span is None:
        return
    target = following.instruction
    joined = all(one.joined_by in ("", "&&", "|") for one in following.script.commands)
    same_flags = [(one.name, one.value) for one in instruction.flags] == [
        (one.name, one.value) for one in target.flags
    ]
    order = "An update that fails still stops the build"
    flags = "Both RUNs have the same flags"
    yield Fix(
        "merge",
        "Join the update with the RUN that installs",
        (
            replace_span(
                dockerfile,
                span,
                f" && {dockerfile.escape}\n    ",
            ),
        ),
        (
            literal(call.command),
            _leaves_nothing(run),
            holds("Nothing stands between the two RUNs", "They follow each other"),
            holds(order, "Everything is joined by &&")
            if joined
            else unknown(order, "The second RUN joins commands by something else than &&"),
            holds(flags) if same_flags else fails(flags, "Their mounts or flags differ"),
        ),
        "Index and packages are always from the same moment.",
    )
