"""sudo in a build or in the image."""

from __future__ import annotations

from collections.abc import Iterator

from hardening.dockerfile.edits import replace_span
from hardening.dockerfile.shell_model import Command
from hardening.model import Finding, Fix, Precondition, Severity, fails, holds, unknown
from hardening.rules.frame import Example, Rule
from hardening.rules.support import Facts, Placed, facts
from hardening.rules.support_fixes import literal
from hardening.rules.support_stages import last_before
from hardening.subject import Subject

rule = Rule(
    title="Do without sudo",
    severity=Severity.MEDIUM,
    why="sudo is a setuid program made to become root: in an image it is the shortest way from a "
    "hole in the application to all rights, and a build is root already or can switch with USER.",
    references=("https://docs.docker.com/build/building/best-practices/#user",),
    aliases=(
        "hadolint:DL3004",
        "trivy:DS-0010",
        "dockle:DKL-DI-0001",
        "checkov:CKV2_DOCKER_1",
        "kics:run_using_sudo",
        "parfum:DL3004",
    ),
    bad=(
        Example("FROM debian:13\nRUN sudo make install\n", "FROM debian:13\nRUN make install\n"),
        Example(
            "FROM debian:13\nRUN sudo -E make && \\\n    sudo ldconfig\n",
            "FROM debian:13\nRUN make && \\\n    ldconfig\n",
            findings=2,
        ),
        Example("FROM debian:13\nUSER 1000\nRUN sudo make install\n", note="not root here: no fix"),
    ),
    good=(
        Example("FROM debian:13\nRUN echo sudo\n"),
        Example("FROM debian:13\nUSER root\nRUN make install\nUSER 1000\n"),
        Example("FROM debian:13\nRUN grep -q sudo /etc/group || true\n"),
    ),
)


def _is_root(known: Facts, placed: Placed) -> Precondition:
    statement = "The RUN is executed as root"
    instruction = last_before(known, placed, "USER")
    if instruction is None:
        base = ""
        if placed.stage is not None:
            root = known.dockerfile.chain(placed.stage)[0]
            base = root.base.value.partition("@")[0].partition(":")[0]
        if base in ("debian", "ubuntu", "alpine", "fedora", "centos", "python", "golang", "node"):
            return holds(statement, f"Nothing switches the user, and {base} starts as root")
        return unknown(statement, "Nothing switches the user; that of the base is not known")
    line, user = instruction.start_line, instruction.value.strip("\"'")
    if user.partition(":")[0] in ("root", "0"):
        return holds(statement, f"Line {line} switches to {user}")
    return fails(statement, f"Line {line} switches to {user}")


def _fixes(known: Facts, placed: Placed, command: Command) -> Iterator[Fix]:
    if command.wrapper_span is None or command.wrappers != ("sudo",):
        return
    source = command.wrapper_span.slice(known.dockerfile.text)
    words = source.split()
    plain = all(word in ("sudo", "-E", "-H", "-n", "-S", "--") for word in words)
    kept = "sudo runs the command as root with the environment of the RUN"
    yield Fix(
        "drop-sudo",
        "Run the command without sudo",
        (replace_span(known.dockerfile, command.wrapper_span, ""),),
        (
            literal(command),
            _is_root(known, placed),
            holds(kept, "No option names another user") if plain else fails(kept, source.strip()),
        ),
        "The same command runs as the user that the build already is.",
    )


@rule.check
def find(subject: Subject) -> Iterator[Finding]:
    known = facts(subject)
    for placed in known.all("RUN", "CMD", "ENTRYPOINT"):
        script = placed.instruction.shell
        for command in script.commands if script is not None else ():
            if command.name != "sudo" and "sudo" not in command.wrappers:
                continue
            shown = command.name or "a command"
            # what a shell is given may be changed by the fix of another rule
            kept = 1 if shown in ("sh", "bash", "dash", "ash", "zsh") else 3
            yield rule.finding(
                subject,
                f"sudo runs {shown}" if command.name != "sudo" else "sudo is called",
                at=command.span,
                about=f"sudo {' '.join(word.text for word in command.words[:kept])}",
                fixes=tuple(_fixes(known, placed, command)),
                tip="Switch with USER root before the RUN and back after it",
            )
        words = placed.instruction.exec_words or ()
        if words[:1] == ("sudo",) or words[:1] == ("/usr/bin/sudo",):
            yield rule.finding(
                subject,
                "sudo is called",
                at=placed.instruction,
                about="sudo",
                tip="Switch with USER",
            )
