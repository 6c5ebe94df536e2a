"""Limits on processes and memory, an init process, and where ports are published."""

from __future__ import annotations

from hardening.dockerfile.model import Form
from hardening.model import Precondition, holds, unknown
from hardening.runtime.flag_model import RunFlag
from hardening.runtime.programs import start_programs
from hardening.runtime.start import Start

PROCESSES = 256
MEMORY = "512m"
MEMORY_JVM = "1g"
LOOPBACK = "127.0.0.1"
_MANY_THREADS = ("java", "chrome", "chromium", "google-chrome", "chromium-browser", "catalina.sh",
                 "mongod", "mysqld", "dotnet", "npm")  # fmt: skip
_JVM = ("java", "catalina.sh", "elasticsearch", "kafka-server-start.sh")
_FEW = frozenset({"nginx", "redis-server", "valkey-server", "memcached", "haproxy", "exec", "tini",
                  "dumb-init", "catatonit", "docker-init"})  # fmt: skip
_INITS = ("tini", "dumb-init", "catatonit", "s6-svscan", "docker-init", "supervisord", "systemd")
_NO_REAPING = ("node", "npm", "yarn", "python", "python3", "sh", "bash", "java")


def pids_flag(start: Start) -> RunFlag:
    run = start.subject.run_configuration
    programs = start_programs(start)
    many = programs.named(*_MANY_THREADS)
    statement = f"It needs fewer than {PROCESSES} processes and threads"
    if many is not None:
        precondition = unknown(statement, f"{many.where} runs {many.name}, which starts many")
    elif not programs.known:
        precondition = unknown(statement, "Neither the Dockerfile nor the image says what runs")
    elif all(one.name in _FEW for one in programs.commands):
        first = programs.commands[0]
        precondition = holds(statement, f"{first.where} runs {first.name}, which starts a handful")
    else:
        first = next(one for one in programs.commands if one.name not in _FEW)
        shown = f"{first.where} runs {first.name}; only a run can show how many it starts"
        precondition = unknown(statement, shown)
    return RunFlag(
        "pids-limit",
        f"Allow {PROCESSES} processes at most",
        ("--pids-limit", str(PROCESSES)),
        (("pids_limit", PROCESSES),),
        "A fork bomb or a leak stops at the container instead of taking the host with it.",
        (precondition,),
        cis="5.29",
        present=run is not None and run.pids_limit is not None and run.pids_limit > 0,
    )


def memory_flag(start: Start) -> RunFlag:
    run = start.subject.run_configuration
    jvm = start_programs(start).named(*_JVM)
    size = MEMORY_JVM if jvm is not None else MEMORY
    return RunFlag(
        "memory",
        f"Allow {size} of memory at most",
        ("--memory", size),
        (("mem_limit", size),),
        "A leak or an attack is stopped in this container before the host kills something else.",
        (unknown(f"It never needs more than {size}", "Measure its peak and set twice that"),),
        cis="5.11",
        present=run is not None and bool(run.memory),
    )


def init_flag(start: Start) -> RunFlag | None:
    """For a first process that neither reaps children nor handles signals; None when it does."""
    run = start.subject.run_configuration
    programs = start_programs(start)
    if not programs.known or programs.named(*_INITS) is not None:
        return None
    shell_form = any(
        one is not None and one.form is Form.SHELL for one in (start.entrypoint, start.command)
    )
    first = programs.commands[0]
    if not shell_form and first.name not in _NO_REAPING:
        return None
    shown = "a shell" if shell_form else first.name
    return RunFlag(
        "init",
        "Start it under a small init process",
        ("--init",),
        (("init", True),),
        f"{shown[0].upper()}{shown[1:]} as process 1 leaves zombies and may not hear SIGTERM.",
        (holds("No other init process is started", f"{first.where} runs {first.name}"),),
        present=run is not None and run.init,
    )


def publish_flag(start: Start) -> RunFlag | None:
    """Ports on the loopback address; None when none is published or exposed."""
    run = start.subject.run_configuration
    reason = "What is published on all addresses is open to the network, past most host firewalls."
    if run is not None and run.source:
        open_ports = tuple(port for port in run.ports if is_open(port))
        if not open_ports:
            return None
        words: list[str] = []
        for port in open_ports:
            words += ["--publish", on_loopback(port)]
        evidence = f"{run.source} publishes {', '.join(open_ports)} on all addresses"
        return _publish(tuple(words), reason, evidence)
    words = []
    for exposed in start.ports:
        suffix = "" if exposed.protocol == "tcp" else f"/{exposed.protocol}"
        words += ["--publish", f"{LOOPBACK}:{exposed.number}:{exposed.number}{suffix}"]
    return _publish(tuple(words), reason, start.ports[0].evidence) if words else None


def _publish(words: tuple[str, ...], reason: str, evidence: str) -> RunFlag:
    precondition: Precondition = unknown("Only this host has to reach the port", evidence)
    return RunFlag(
        "publish",
        "Publish ports on the loopback address",
        words,
        (),
        reason,
        (precondition,),
        "5.14",
    )


def is_open(port: str) -> bool:
    """True for a short-form port that is published on every address of the host."""
    if "$" in port:
        return False
    text = port.partition("/")[0]
    if text.startswith("["):
        return text.startswith("[::]:")
    parts = text.split(":")
    if len(parts) == 3:
        return parts[0] in ("0.0.0.0", "")
    return len(parts) == 2 and all(parts)


def on_loopback(port: str) -> str:
    """The same port on 127.0.0.1."""
    text = port.removeprefix("[::]:").removeprefix("0.0.0.0:").removeprefix(":")
    return f"{LOOPBACK}:{text}"
