"""Which paths a container is shown to write, so that the rest can be read-only."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from hardening.dockerfile.expansion import expand
from hardening.runtime.base_facts import split_reference
from hardening.runtime.copied import copied_files
from hardening.runtime.made_folders import DATABASES, made_databases, made_folders
from hardening.runtime.programs import start_programs
from hardening.runtime.start import Start


@dataclass(frozen=True, slots=True)
class WritablePath:
    """An absolute path that is written at run time. `kept` is true for data that must outlive the
    container (a volume), false for what a tmpfs may hold. `mode` is octal."""

    path: str
    evidence: str
    kept: bool = False
    mode: str = "1777"


_SERVERS: dict[str, tuple[tuple[str, bool], ...]] = {
    "nginx": (("/var/cache/nginx", False), ("/run", False)),
    "debian-nginx": (("/var/lib/nginx", False), ("/var/log/nginx", False), ("/run", False)),
    "httpd": (("/usr/local/apache2/logs", False),),
    "apache2": (("/run", False), ("/run/lock", False), ("/var/log/apache2", False)),
    "php-fpm": (("/run", False),),
    "postgres": (("/var/run/postgresql", False), ("/var/lib/postgresql/data", True)),
    "mysql": (("/var/run/mysqld", False), ("/var/lib/mysql", True)),
    "mariadb": (("/run/mysqld", False), ("/var/lib/mysql", True)),
    "redis": (("/data", True),),
    "debian-redis": (("/var/lib/redis", True),),
    "valkey": (("/data", True),),
    "mongo": (("/data/db", True), ("/data/configdb", True)),
    "tomcat": (
        ("/usr/local/tomcat/logs", False), ("/usr/local/tomcat/temp", False),
        ("/usr/local/tomcat/work", False),
    ),
    "jetty": (("/tmp/jetty", False),),
    "sshd": (("/run", False), ("/run/sshd", False)),
    "supervisord": (("/run", False), ("/var/log/supervisor", False)),
    "cron": (("/run", False),),
    "crond": (("/run", False),),
    "haproxy": (("/run", False),),
    "varnishd": (("/var/lib/varnish", False),),
    "squid": (("/var/spool/squid", False), ("/var/log/squid", False), ("/run", False)),
    "rabbitmq": (("/var/lib/rabbitmq", True),),
    "grafana": (("/var/lib/grafana", True),),
}  # fmt: skip
_PROGRAM_SERVERS = {
    "nginx": "nginx", "httpd": "httpd", "httpd-foreground": "httpd", "apache2": "apache2",
    "apache2ctl": "apache2", "apachectl": "apache2", "apache2-foreground": "apache2",
    "php-fpm": "php-fpm", "postgres": "postgres", "mysqld": "mysql", "mariadbd": "mariadb",
    "redis-server": "redis", "valkey-server": "valkey", "mongod": "mongo", "sshd": "sshd",
    "supervisord": "supervisord", "cron": "cron", "crond": "crond", "haproxy": "haproxy",
    "catalina.sh": "tomcat", "varnishd": "varnishd", "squid": "squid",
}  # fmt: skip
SYSTEM = frozenset({
    "/dev", "/proc", "/sys", "/tmp", "/etc", "/usr", "/bin", "/sbin", "/lib", "/lib64", "/var",
    "/opt", "/home", "/root", "/srv", "/boot", "/usr/bin", "/usr/sbin", "/usr/lib", "/usr/local",
    "/usr/local/bin", "/usr/local/lib", "/usr/share", "/var/lib", "/var/log", "/var/cache",
})  # fmt: skip
"""Folders that no tmpfs may hide and no account may be given."""
_WRITERS = ("mkdir", "touch", "tee", "install")


def servers_of(start: Start) -> tuple[tuple[str, str], ...]:
    """Well-known servers that the container runs, each with its evidence."""
    found: dict[str, str] = {}
    for program in start_programs(start).commands:
        server = _PROGRAM_SERVERS.get(program.name)
        if server is not None:
            found.setdefault(server, f"{program.where} runs {program.name}")
    if start.base is not None and start.entrypoint is None:
        reference = split_reference(start.base)
        if reference.name in _SERVERS and start.command is None:
            found.setdefault(reference.name, f"the base image is {start.base}")
        if reference.name == "php" and "apache" in reference.tag and start.command is None:
            found.setdefault("apache2", f"the base image is {start.base}")
        if reference.name == "php" and "fpm" in reference.tag and start.command is None:
            found.setdefault("php-fpm", f"the base image is {start.base}")
    for server in ("nginx", "redis"):
        if server in found and start.base and split_reference(start.base).name != server:
            found[f"debian-{server}"] = found.pop(server)
    return tuple(found.items())


def writable_paths(start: Start) -> tuple[WritablePath, ...]:
    """Every path shown to be written, outermost only, `/tmp` always; sorted."""
    found: dict[str, WritablePath] = {}
    for volume in start.volumes:
        found[volume.path] = WritablePath(volume.path, volume.evidence, kept=True, mode="0755")
    for server, evidence in servers_of(start):
        for path, kept in _SERVERS[server]:
            mode = "0755" if kept else "1777"
            found.setdefault(
                path, WritablePath(path, f"{evidence}, which writes there", kept, mode)
            )
    holds_files = _Filled(start)
    for path, evidence in scripted_folders(start):
        kept = path in holds_files
        found.setdefault(path, WritablePath(path, evidence, kept, "0755" if kept else "1777"))
    for path, evidence in _data_files(start):
        found.setdefault(path, WritablePath(path, evidence, kept=True, mode="0755"))
    for path in made_databases(start):
        folder = path.rpartition("/")[0] or "/"
        said = f"the build makes the database file {path}"
        found.setdefault(folder, WritablePath(folder, said, kept=True, mode="0755"))
    for path, evidence in made_folders(start):
        found.setdefault(path, WritablePath(path, evidence))
    found.setdefault("/tmp", WritablePath("/tmp", "almost every program expects a writable /tmp"))
    return tuple(one for path, one in sorted(found.items()) if not _inside_another(path, found))


class _Filled:
    """The folders into which the Dockerfile puts files: a tmpfs would hide them."""

    def __init__(self, start: Start) -> None:
        self.workdir = start.workdir
        self.targets = {target.rstrip("/") or "/" for _, _, target in copied_files(start)}
        self.above = {folder for target in self.targets for folder in _folders_above(target)}

    def __contains__(self, path: object) -> bool:
        if path == self.workdir or path in self.above or path in self.targets - {"/"}:
            return True
        return any(folder in self.targets for folder in _folders_above(str(path)))


def _folders_above(path: str) -> Iterator[str]:
    """The folders that an absolute path lies in, without the root."""
    end = path.rfind("/")
    while end > 0:
        yield path[:end]
        end = path.rfind("/", 0, end)


def _inside_another(path: str, others: dict[str, WritablePath]) -> bool:
    if path != "/" and "/" in others and others["/"].kept:
        return True
    return any(one in others and others[one].kept for one in _folders_above(path))


def scripted_folders(start: Start) -> list[tuple[str, str]]:
    """Absolute folders that the entrypoint script makes or writes."""
    programs = start_programs(start)
    found = []
    for program in programs.commands:
        if program.name not in _WRITERS:
            continue
        for word in program.words[1:]:
            path = _known_path(start, word, relative=program.name == "mkdir")
            if path is not None:
                folder = path if program.name in ("mkdir", "install") else path.rpartition("/")[0]
                clean = folder.rstrip("/")
                kernel = clean.startswith(("/dev/", "/proc/", "/sys/", "/tmp/"))
                if clean and clean not in SYSTEM and not kernel:
                    found.append((clean, f"{program.where} runs {program.name} on {word}"))
    return found


def _known_path(start: Start, word: str, *, relative: bool) -> str | None:
    """The absolute path that a word of a script means, with the variables of the image; None for
    a flag and for what only the script knows. A bare name counts for a folder that is made."""
    text = word.strip('"')
    if "$" in text:
        expanded = expand(text, start.environment)
        text = expanded if expanded is not None and "$" not in expanded else ""
    if not text or text.startswith("-") or any(one in text for one in "*?{`'\" "):
        return None
    if text.startswith("/"):
        return text
    if relative and text.isidentifier():
        return start.absolute(text)
    return None


def _data_files(start: Start) -> list[tuple[str, str]]:
    """Folders of a database file that an environment variable names."""
    found = []
    for key, value in sorted(start.environment.items()):
        path = value.removeprefix("sqlite:///").removeprefix("file:")
        if path.endswith(DATABASES) and "://" not in path and "$" not in path and " " not in path:
            folder = start.absolute(path).rpartition("/")[0]
            if folder:
                found.append((folder, f"ENV {key} names the database file {path}"))
    return found
