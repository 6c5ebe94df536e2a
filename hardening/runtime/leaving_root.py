"""Whether what starts could start as an ordinary user at all."""

from __future__ import annotations

from hardening.dockerfile.packages import package_calls
from hardening.model import Precondition, fails, holds, unknown
from hardening.runtime.base_facts import Family
from hardening.runtime.capabilities import root_reason
from hardening.runtime.programs import start_programs
from hardening.runtime.start import Start

_SYSTEM_SERVICES = {
    "sshd": "sshd logs people in as other users",
    "cron": "cron runs jobs as other users",
    "crond": "crond runs jobs as other users",
    "systemd": "systemd is an init system that runs as root",
    "init": "it starts an init system that runs as root",
    "s6-svscan": "s6 starts as root",
    "dockerd": "dockerd needs root",
}
_NEED_ROOT = ("gosu", "su-exec", "setpriv", "runuser", "chpst", "setuidgid", "s6-setuidgid")
_MASTERS = ("nginx", "httpd", "httpd-foreground", "apache2", "apache2ctl", "apachectl",
            "apache2-foreground", "php-fpm", "supervisord")  # fmt: skip
ENTRYPOINT = "The entrypoint does not need root"


def entrypoint_precondition(start: Start) -> Precondition:
    programs = start_programs(start)
    for program in programs.commands:
        reason = _SYSTEM_SERVICES.get(program.name)
        if reason is not None:
            return fails(ENTRYPOINT, f"{program.where}: {reason}")
    shell = _remote_shell(start)
    if shell is not None:
        return fails(ENTRYPOINT, shell)
    for program in programs.commands:
        if program.name in _NEED_ROOT and not program.conditional:
            evidence = f"{program.where} always runs {program.name}, which only root may do"
            return fails(ENTRYPOINT, evidence)
    for program in programs.commands:
        wants = root_reason(program)
        if wants is not None:
            return unknown(ENTRYPOINT, wants)
        if program.name in _MASTERS:
            evidence = f"{program.where} runs {program.name}, which starts its workers from root"
            return unknown(ENTRYPOINT, evidence)
    if programs.unread:
        return unknown(ENTRYPOINT, f"{programs.unread[0]} could not be read")
    if not programs.known:
        return unknown(ENTRYPOINT, "Neither the Dockerfile nor the image says what runs")
    scratch = start.family[0] is Family.SCRATCH
    if start.entrypoint is None and start.image is None and not scratch:
        return unknown(ENTRYPOINT, f"The entrypoint of {start.base or 'the base'} was not read")
    first = programs.commands[0]
    return holds(ENTRYPOINT, f"{first.where} runs {first.name}")


def _remote_shell(start: Start) -> str | None:
    """Evidence that the container is there to log in to, which needs root."""
    exposed = next((port for port in start.ports if port.number == 22), None)
    if exposed is None:
        return None
    for instruction in start.all("RUN"):
        script = instruction.shell
        for call in package_calls(script) if script is not None else ():
            if call.verb == "install" and any(
                (word.value or "").startswith("openssh") for word in call.packages
            ):
                installed = f"line {instruction.start_line} installs an ssh server"
                return f"{exposed.evidence}, and {installed}"
    return None
