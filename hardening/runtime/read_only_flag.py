"""`--read-only` with a tmpfs for each path that is shown to be written."""

from __future__ import annotations

from hardening.model import Precondition, fails, holds, unknown
from hardening.runtime.flag_model import RunFlag
from hardening.runtime.programs import start_programs
from hardening.runtime.start import Start
from hardening.runtime.writable import WritablePath, writable_paths

COVERED = "Every path that is written at run time is a tmpfs or a volume"
EXECUTES = "Nothing is run from a tmpfs"
HIDDEN = "No tmpfs hides files of the image"
_UNPACKERS = ("java", "node", "npm", "dotnet", "php", "catalina.sh")
TMPFS_SIZE = "64m"


def tmpfs_option(path: str, mode: str, ids: tuple[int, int] | None) -> str:
    """`PATH:OPTIONS`; a tmpfs over an existing folder takes that folder's owner and mode unless
    they are given."""
    options = f"rw,noexec,nosuid,nodev,size={TMPFS_SIZE}"
    if ids is not None and mode != "1777":
        options += f",uid={ids[0]},gid={ids[1]}"
    return f"{path}:{options},mode={mode}"


def read_only_flag(start: Start) -> RunFlag:
    """The root file system read-only, `/tmp` and what else is written in memory. `docker run` gets
    every tmpfs, the service only those that it lacks."""
    run = start.subject.run_configuration
    covered = {one.partition(":")[0] for one in run.tmpfs} if run is not None else set()
    mounted = _mounted(start)
    paths = [one for one in writable_paths(start) if not one.kept]
    ids = _ids(start)
    mounts = tuple(
        tmpfs_option(one.path, _mode(start, one, ids), ids)
        for one in paths
        if one.path not in covered | mounted
    )
    kept = [one for one in writable_paths(start) if one.kept and one.path not in mounted]
    given = run.tmpfs if run is not None else ()
    words = ["--read-only"]
    for mount in (*given, *mounts):
        words += ["--tmpfs", mount]
    compose: list[tuple[str, bool | tuple[str, ...]]] = [("read_only", True)]
    if mounts:
        compose.append(("tmpfs", mounts))
    shown = "; ".join(f"{one.path}: {one.evidence}" for one in paths)
    return RunFlag(
        "read-only",
        "Make the root file system read-only",
        tuple(words),
        tuple(compose),
        f"An intruder cannot leave or change a program. Written here: {shown}.",
        (_covered(start, kept), _executes(start), _hidden(start, paths)),
        cis="5.13",
        present=run is not None and run.read_only,
    )


def _mode(start: Start, path: WritablePath, ids: tuple[int, int] | None) -> str:
    """Closed to others where the owner is known: the user by number, or root."""
    if path.path in ("/tmp", "/var/tmp") or path.kept:
        return path.mode
    if ids is not None:
        return "0700"
    return "0755" if start.user.root else path.mode


def _mounted(start: Start) -> set[str]:
    """Container paths that the run configuration mounts volumes on."""
    run = start.subject.run_configuration
    if run is None:
        return set()
    parts = (volume.split(":") for volume in run.volumes)
    return {part[1] if len(part) > 1 else part[0] for part in parts if part}


def _ids(start: Start) -> tuple[int, int] | None:
    """Numbers of the user that it runs as, None for root and for names without a number."""
    run = start.subject.run_configuration
    value = run.user if run is not None and run.user else start.user.value
    if start.accounts is not None:
        ids = start.accounts.ids(value)
        if ids is not None:
            return ids if ids[0] else None
    user, _, group = value.partition(":")
    if not user.isdigit() or int(user) == 0:
        return None
    return int(user), int(group) if group.isdigit() else 0


def _covered(start: Start, kept: list[WritablePath]) -> Precondition:
    declared = {volume.path for volume in start.volumes}
    loose = [one for one in kept if one.path not in declared]
    if loose:
        one = loose[0]
        return fails(COVERED, f"{one.path} needs a volume ({one.evidence})")
    return unknown(COVERED, "Only a run under this flag can show it")


def _executes(start: Start) -> Precondition:
    found = start_programs(start).named(*_UNPACKERS)
    if found is not None:
        return unknown(EXECUTES, f"{found.name} may unpack native libraries into /tmp")
    return holds(EXECUTES, "Nothing that starts is known to unpack native code into /tmp")


def _hidden(start: Start, paths: list[WritablePath]) -> Precondition:
    image = start.image
    if image is None or not image.files_read:
        only_tmp = all(one.path == "/tmp" for one in paths)
        if only_tmp:
            return holds(HIDDEN, "Only /tmp is one, where an image keeps nothing")
        return unknown(HIDDEN, "The image was not read")
    for one in paths:
        entry = image.tree.resolve(one.path.lstrip("/"))
        if entry is not None and image.tree.children(entry.path):
            names = ", ".join(image.tree.children(entry.path)[:3])
            return unknown(HIDDEN, f"{one.path} holds {names} in the image")
    return holds(HIDDEN, "The image has no files there")
