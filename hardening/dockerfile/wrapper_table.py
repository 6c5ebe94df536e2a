"""Which programs run another command, and where their own words end."""

from __future__ import annotations

from typing import NamedTuple

SHELLS = frozenset({"sh", "bash", "ash", "dash", "ksh", "mksh", "zsh", "rbash"})
"""Programs that run shell scripts; their `-c` string is read as a script."""


class Wrapper(NamedTuple):
    """How a wrapper's own words end: flags with a separate value, then so many operands."""

    valued: frozenset[str] = frozenset()
    operands: int = 0
    assignments: bool = False
    numeric: bool = False
    """`nice -10 cmd`: a number is a flag."""
    asks: frozenset[str] = frozenset()
    """First flags with which it runs nothing: `command -v`."""
    behind_dashes: bool = False
    """The command stands behind `--` and nowhere else: `mise exec node@20 -- npm ci`."""
    verb_is_command: bool = False
    """What stands for a verb is the command itself: `corepack yarn install`."""


def _flags(text: str) -> frozenset[str]:
    return frozenset(text.split())


WRAPPERS: dict[str, Wrapper] = {
    "sudo": Wrapper(
        _flags(
            "-u --user -g --group -p --prompt -C -D --chdir -h --host -r --role -t --type -T -U "
            "-R --chroot"
        ),
        assignments=True,
    ),
    "doas": Wrapper(_flags("-u -C")),
    "env": Wrapper(_flags("-u --unset -C --chdir -S"), assignments=True),
    "exec": Wrapper(_flags("-a")),
    "time": Wrapper(_flags("-f --format -o --output")),
    "nice": Wrapper(_flags("-n --adjustment"), numeric=True),
    "ionice": Wrapper(_flags("-c --class -n --classdata")),
    "nohup": Wrapper(),
    "command": Wrapper(asks=_flags("-v -V -pv -pV")),
    "builtin": Wrapper(),
    "eatmydata": Wrapper(),
    "fakeroot": Wrapper(_flags("-l --lib -f --faked -s -i -b")),
    "setsid": Wrapper(),
    "stdbuf": Wrapper(_flags("-i --input -o --output -e --error")),
    "timeout": Wrapper(_flags("-s --signal -k --kill-after"), operands=1),
    "flock": Wrapper(_flags("-w --wait --timeout -E --conflict-exit-code"), operands=1),
    "gosu": Wrapper(operands=1),
    "su-exec": Wrapper(operands=1),
    "setpriv": Wrapper(_flags("--reuid --regid --groups --inh-caps --bounding-set --ambient-caps")),
    "chroot": Wrapper(operands=1),
    "linux32": Wrapper(),
    "linux64": Wrapper(),
    "setarch": Wrapper(operands=1),
    "tini": Wrapper(_flags("-p -e")),
    "dumb-init": Wrapper(_flags("-r --rewrite")),
    "xvfb-run": Wrapper(_flags("-s --server-args -e --error-file -f -n --server-num -p -w")),
    "busybox": Wrapper(),
    "chronic": Wrapper(),
    "unbuffer": Wrapper(),
    "catchsegv": Wrapper(),
    "dbus-run-session": Wrapper(_flags("--config-file --dbus-daemon")),
    "ssh-agent": Wrapper(_flags("-a -E -t -P -O")),
    "torsocks": Wrapper(_flags("-a --address -P --port -u --user -p --pass")),
    "proxychains": Wrapper(_flags("-f")),
    "proxychains4": Wrapper(_flags("-f")),
    "setuser": Wrapper(operands=1),
    "setuidgid": Wrapper(operands=1),
    "s6-setuidgid": Wrapper(operands=1),
    "chpst": Wrapper(_flags("-u -U -e -/ -n -m -d -o -p -f -c -t -l -L")),
    "faketime": Wrapper(operands=1),
    "strace": Wrapper(_flags("-a -b -e -E -I -o -O -p -P -s -S -u -X -z")),
    "unshare": Wrapper(
        _flags("-S --setuid -G --setgid -R --root -w --wd --propagation --map-user --map-group")
    ),
    "xargs": Wrapper(
        _flags(
            "-I -n -P -L -d -a -E -s --max-args --max-procs --max-lines --delimiter --arg-file "
            "--replace --max-chars"
        )
    ),
}
RUNNERS: dict[tuple[str, str], Wrapper] = {
    **dict.fromkeys(
        (("conda", "run"), ("mamba", "run"), ("micromamba", "run")),
        Wrapper(_flags("-n --name -p --prefix --cwd -r --root-prefix")),
    ),
    ("poetry", "run"): Wrapper(),
    ("pipenv", "run"): Wrapper(),
    ("bundle", "exec"): Wrapper(),
    ("rbenv", "exec"): Wrapper(),
    ("pyenv", "exec"): Wrapper(),
    ("nodenv", "exec"): Wrapper(),
    ("direnv", "exec"): Wrapper(operands=1),
    ("opam", "exec"): Wrapper(_flags("--switch --root"), behind_dashes=True),
    **dict.fromkeys(
        (("mise", "exec"), ("mise", "x"), ("asdf", "exec"), ("scl", "enable")),
        Wrapper(behind_dashes=True),
    ),
    ("uv", "run"): Wrapper(
        _flags(
            "-p --python --with --with-editable --with-requirements --extra --group --only-group "
            "--no-group --no-extra --directory --project --env-file --index --default-index "
            "--package --isolated-env -m --module -s --script"
        )
    ),
    ("pdm", "run"): Wrapper(_flags("-p --project -e --env-file")),
    **dict.fromkeys(
        (("corepack", "yarn"), ("corepack", "pnpm"), ("corepack", "npm")),
        Wrapper(verb_is_command=True),
    ),
    ("runuser", "-u"): Wrapper(operands=1),
}
"""Programs that run another command behind a verb."""
SWITCH_USER = frozenset({"su", "runuser"})
TAKES_STRING = frozenset({"flock", "script", "scl"})
"""Programs that are no shell and hand a string to one: `flock FILE -c '...'`."""
RUNNER_NAMES = frozenset(name for name, _ in RUNNERS)
PROJECT_RUNNERS = RUNNER_NAMES - SWITCH_USER
"""Programs that run a command inside the environment of a project: `bundle exec`, `conda run`."""
ALL = frozenset(WRAPPERS) | SHELLS | SWITCH_USER | TAKES_STRING | {"eval", "trap"}
