"""Commands that make no sense in a build."""

from __future__ import annotations

from collections.abc import Iterator

from hardening.dockerfile.edits import delete_instruction
from hardening.dockerfile.shell_model import Command
from hardening.model import Finding, Fix, Severity, holds, unknown
from hardening.rules.frame import Example, Rule
from hardening.rules.support import Run, facts
from hardening.rules.support_fixes import literal
from hardening.subject import Subject

INTERACTIVE = frozenset({"ssh", "vim", "vi", "nano", "emacs", "top", "htop", "less", "more"})
HOST = frozenset({"shutdown", "reboot", "halt", "poweroff", "mount", "umount", "ifconfig", "free"})
HOST |= {"ps", "systemctl", "iptables", "service", "kill"}
READ_ONLY = frozenset({"top", "htop", "free", "ps", "ifconfig"})
MESSAGES = ("--version", "-V", "--help", "-h")

rule = Rule(
    title="Leave out commands that do nothing in a build",
    severity=Severity.INFO,
    why="There is no terminal, host or init system in a build: such a command fails, waits for "
    "ever or hides that something was meant to happen when the container starts.",
    references=("https://github.com/hadolint/hadolint/wiki/DL3001",),
    aliases=("hadolint:DL3001", "kics:run_utilities_and_posix_commands", "slim:ID.20022"),
    bad=(
        Example("FROM debian:13\nRUN top\nRUN true\n", "FROM debian:13\nRUN true\n"),
        Example("FROM debian:13\nRUN apt-get install -y openssh-client && ssh host.example\n"),
    ),
    good=(
        Example("FROM debian:13\nRUN apt-get install -y vim ssh\n", note="installed, not called"),
        Example("FROM debian:13\nRUN vim --version\n"),
        Example(
            "FROM debian:13\nRUN --mount=type=ssh ssh -T git@git.example || true\n",
            note="the agent is there on purpose",
        ),
        Example("FROM debian:13\nRUN systemctl enable nginx\n", note="only makes a link"),
        Example("FROM debian:13\nRUN vim +PluginInstall +qall\n", note="not interactive"),
        Example("FROM debian:13\nRUN command -v ps\n"),
        Example(
            "FROM debian:13\nRUN service postgresql start && psql -c 'select 1'\n",
            note="needed by the rest of the RUN",
        ),
    ),
)


def _senseless(run: Run, command: Command) -> bool:
    words = [word.text for word in command.arguments]
    if command.name not in INTERACTIVE | HOST or any(one in MESSAGES for one in words):
        return False
    if "command" in command.wrappers:
        return False
    if command.name == "ssh" and run.instruction.mounts("ssh"):
        return False
    if command.name in ("vim", "vi", "nano", "emacs"):
        return not any(one.startswith(("+", "-")) for one in words) and command.position == 0
    if command.name == "systemctl":
        return not {"enable", "disable", "mask", "unmask", "preset", "set-default"} & set(words)
    if command.name == "kill":
        return len(run.script.commands) == 1
    if command.name == "service":
        return run.script.commands[-1] is command
    if command.name in ("less", "more", "ps", "free", "mount"):
        return command.pipeline_length == 1 and not command.conditional
    return command.position == 0 or command.name == "ssh"


def _fixes(subject: Subject, run: Run, command: Command) -> Iterator[Fix]:
    if len(run.script.commands) > 1 or run.placed.deferred or run.instruction.heredocs:
        return
    harmless = "The command changes nothing"
    condition = (
        holds(harmless, f"{command.name} only shows something")
        if command.name in READ_ONLY
        else unknown(harmless, f"{command.name} acts on something outside of the build")
    )
    yield Fix(
        "delete",
        "Delete the RUN",
        (delete_instruction(facts(subject).dockerfile, run.instruction),),
        (literal(command), condition),
        "One layer less; nothing is missing.",
    )


@rule.check
def find(subject: Subject) -> Iterator[Finding]:
    for run, command in facts(subject).commands(*sorted(INTERACTIVE | HOST)):
        if _senseless(run, command):
            yield rule.finding(
                subject,
                f"{command.name} makes no sense in a build",
                at=command.span,
                about=command.name or "",
                fixes=tuple(_fixes(subject, run, command)),
                tip="Remove it, or do it when the container starts",
            )
