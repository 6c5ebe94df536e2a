"""VOLUME on a directory of the kernel or the system."""

from __future__ import annotations

from collections.abc import Iterator

from hardening.dockerfile.edits import delete_instruction
from hardening.model import Finding, Fix, Severity, unknown
from hardening.rules.frame import Example, Rule
from hardening.rules.support import facts
from hardening.subject import Subject

SYSTEM = ("/dev", "/proc", "/sys", "/etc", "/bin", "/sbin", "/usr", "/lib", "/boot")
WHOLE_ONLY = ("/etc", "/usr", "/lib")

rule = Rule(
    title="Mount no volume over the system's directories",
    severity=Severity.HIGH,
    why="A volume there outlives the container and can be shared: devices, settings or programs of "
    "one container become those of another, and a patched image still runs the old files.",
    references=("https://docs.docker.com/reference/dockerfile/#volume",),
    aliases=("dockle:DKL-DI-0002",),
    bad=(
        Example("FROM debian:13\nVOLUME /proc\nUSER 1\n", "FROM debian:13\nUSER 1\n"),
        Example('FROM debian:13\nVOLUME ["/data", "/dev/shm"]\n', note="one of several: no fix"),
    ),
    good=(
        Example("FROM debian:13\nVOLUME /data\n"),
        Example("FROM debian:13\nVOLUME /etc/app\n", note="a directory of one program"),
        Example("FROM debian:13\nVOLUME /devices\n"),
        Example("FROM debian:13\nVOLUME $DATA\n"),
    ),
)


def _is_system(path: str) -> bool:
    bare = path.rstrip("/")
    if bare in SYSTEM:
        return True
    return any(bare.startswith(one + "/") for one in SYSTEM if one not in WHOLE_ONLY)


@rule.check
def find(subject: Subject) -> Iterator[Finding]:
    known = facts(subject)
    for placed in known.all("VOLUME"):
        paths = [word.value for word in placed.instruction.words]
        wrong = [path for path in paths if _is_system(path)]
        if not placed.shipped or not wrong:
            continue
        fixes: tuple[Fix, ...] = ()
        if len(paths) == 1 and not placed.deferred:
            fixes = (
                Fix(
                    "delete",
                    "Delete the VOLUME",
                    (delete_instruction(known.dockerfile, placed.instruction),),
                    (unknown("Nobody relies on the volume", "Only a run can show it"),),
                    "The container uses its own directory.",
                ),
            )
        yield rule.finding(
            subject,
            f"VOLUME {', '.join(wrong)} covers a directory of the system",
            at=placed.instruction,
            about=", ".join(wrong),
            fixes=fixes,
            tip="Keep data in a directory of your own",
        )
