"""Makes the small images that two samples carry: `python tools/make_sample_images.py`.

They are laid out as BuildKit would have built them: a Debian package database with real package
names and versions, real layout and modes, and dummy programs (ELF headers and filler). Every
secret in them is invented or comes from a manual. The same input gives the same bytes.
"""

from __future__ import annotations

import gzip
import hashlib
import io
import json
import tarfile
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
SAMPLES = ROOT / "sample_dockerfiles"
CREATED = "2026-03-02T09:00:00Z"
MTIME = 1772442000
MEBI = 1 << 20


@dataclass(frozen=True)
class File:
    data: bytes = b""
    mode: int = 0o644
    link: str | None = None
    directory: bool = False
    uid: int = 0
    gid: int = 0


@dataclass(frozen=True)
class Step:
    """One history entry; no files means an empty layer. None is a whiteout."""

    command: str
    files: Mapping[str, File | None] = field(default_factory=dict)


def elf(size: int, *, interpreter: str | None = "/lib64/ld-linux-x86-64.so.2") -> bytes:
    """An x86-64 ELF header with a PT_INTERP, filled up to `size` bytes."""
    text = (interpreter or "").encode() + b"\0"
    header = b"\x7fELF\x02\x01\x01" + bytes(9)
    header += (2).to_bytes(2, "little") + (62).to_bytes(2, "little") + (1).to_bytes(4, "little")
    header += (0x401000).to_bytes(8, "little") + (64).to_bytes(8, "little") + bytes(8 + 4)
    count = 1 if interpreter else 0
    for number in (64, 56, count, 64, 0, 0):
        header += number.to_bytes(2, "little")
    if interpreter:
        header += (3).to_bytes(4, "little") + (4).to_bytes(4, "little")
        for number in (120, 120, 120, len(text), len(text), 1):
            header += number.to_bytes(8, "little")
        header += text
    return header.ljust(size, b"\x90")


def filler(label: str, size: int) -> bytes:
    """`size` bytes of text that compress to nearly nothing."""
    line = f"{label} filler of the sample image\n".encode()
    return (line * (size // len(line) + 1))[:size]


def stanza(row: str) -> str:
    name, version, architecture, source, source_version = row.split()
    origin = "" if (source, source_version) == (name, version) else f"Source: {source}"
    if origin and source_version != version:
        origin += f" ({source_version})"
    lines = [
        f"Package: {name}",
        "Status: install ok installed",
        "Priority: optional",
        f"Architecture: {architecture}",
        *([origin] if origin else []),
        f"Version: {version}",
        f"Description: {name} as packaged by Debian",
    ]
    return "\n".join(lines) + "\n\n"


def status(*names: str) -> File:
    rows = [row for name in names for row in (ROOT / "tools" / name).read_text().splitlines()]
    return File("".join(stanza(row) for row in sorted(rows)).encode())


PASSWD = """root:x:0:0:root:/root:/bin/bash
daemon:x:1:1:daemon:/usr/sbin:/usr/sbin/nologin
bin:x:2:2:bin:/bin:/usr/sbin/nologin
sys:x:3:3:sys:/dev:/usr/sbin/nologin
man:x:6:12:man:/var/cache/man:/usr/sbin/nologin
www-data:x:33:33:www-data:/var/www:/usr/sbin/nologin
_apt:x:42:65534::/nonexistent:/usr/sbin/nologin
nobody:x:65534:65534:nobody:/nonexistent:/usr/sbin/nologin
"""
GROUP = (
    "root:x:0:\ndaemon:x:1:\nbin:x:2:\nsys:x:3:\nshadow:x:42:\nwww-data:x:33:\nnogroup:x:65534:\n"
)
OS_RELEASE = """PRETTY_NAME="Debian GNU/Linux 12 (bookworm)"
NAME="Debian GNU/Linux"
VERSION_ID="12"
VERSION="12 (bookworm)"
VERSION_CODENAME=bookworm
ID=debian
"""


def debian_base() -> dict[str, File | None]:
    """The file system of a slim Debian 12, much abridged."""
    files: dict[str, File | None] = {
        "bin": File(link="usr/bin"),
        "lib": File(link="usr/lib"),
        "lib64": File(link="usr/lib64"),
        "sbin": File(link="usr/sbin"),
        "etc/passwd": File(PASSWD.encode()),
        "etc/group": File(GROUP.encode()),
        "etc/shadow": File(b"root:*:19700:0:99999:7:::\n", 0o640, gid=42),
        "etc/debian_version": File(b"12.11\n"),
        "usr/lib/os-release": File(OS_RELEASE.encode()),
        "etc/os-release": File(link="../usr/lib/os-release"),
        "etc/apt/sources.list.d/debian.sources": File(b"Types: deb\nSuites: bookworm\n"),
        "root/.bashrc": File(b"umask 022\n"),
        "tmp": File(directory=True, mode=0o1777),
        "var/lib/dpkg/status": status("debian12-slim-packages.txt"),
        "usr/lib/x86_64-linux-gnu/libc.so.6": File(elf(1922136), 0o755),
        "usr/lib/x86_64-linux-gnu/libcrypto.so.3": File(elf(4709136)),
        "usr/lib64/ld-linux-x86-64.so.2": File(elf(210968, interpreter=None), 0o755),
        "usr/share/zoneinfo/tzdata.zi": File(filler("zone", 109000)),
        "usr/share/perl5/Debconf/Db.pm": File(filler("debconf", 60000)),
    }
    sizes = {
        "bash": 1265648,
        "dash": 125640,
        "ls": 151344,
        "cat": 44016,
        "apt-get": 51864,
        "dpkg": 318176,
        "perl": 3836640,
        "tar": 531984,
        "gzip": 98136,
        "sed": 126424,
        "chmod": 64448,
        "id": 48144,
        "sleep": 43888,
    }
    for name, size in sizes.items():
        files[f"usr/bin/{name}"] = File(elf(size), 0o755)
    files["usr/bin/sh"] = File(link="dash")
    for name in ("useradd", "groupadd"):
        files[f"usr/sbin/{name}"] = File(elf(147640), 0o755)
    for name in ("su", "mount", "umount", "passwd", "chsh", "chfn", "newgrp", "gpasswd"):
        files[f"usr/bin/{name}"] = File(elf(72000), 0o4755)
    for name in ("chage", "expiry"):
        files[f"usr/bin/{name}"] = File(elf(80000), 0o2755, gid=42)
    return files


def apt_leftovers() -> dict[str, File | None]:
    lists = "var/lib/apt/lists/mirror.example_debian_dists_bookworm"
    return {
        f"{lists}_main_binary-amd64_Packages.lz4": File(filler("packages", 8 * MEBI)),
        f"{lists}_InRelease": File(filler("release", 151 * 1024)),
        "var/cache/apt/pkgcache.bin": File(filler("pkgcache", 5 * MEBI)),
        "var/log/dpkg.log": File(filler("dpkg log", 40000)),
    }


def leaky_secrets() -> tuple[list[Step], dict[str, object]]:
    folder = SAMPLES / "leaky-secrets"
    key = (folder / "keys" / "id_rsa").read_bytes()
    token = (folder / "Dockerfile").read_text().split("GITHUB_TOKEN=")[1].split("\n")[0]
    netrc = f"machine git.example.com login ci password {token}\n".encode()
    git: dict[str, File | None] = {
        "usr/bin/git": File(elf(3720000), 0o755),
        "usr/lib/git-core/git-remote-https": File(elf(1810000), 0o755),
        "etc/ssl/certs/ca-certificates.crt": File(filler("certificate", 219000)),
        "var/lib/dpkg/status": status("debian12-slim-packages.txt", "git-packages.txt"),
        **apt_leftovers(),
    }
    run = "RUN |1 GITHUB_TOKEN=" + token + " /bin/sh -c "
    env = {
        "AWS_ACCESS_KEY_ID": "AKIAIOSFODNN7EXAMPLE",
        "AWS_SECRET_ACCESS_KEY": "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY",
        "DB_PASSWORD": "hunter2-Vd93kPq",
    }
    keys = list(env)
    pair = f"ENV {keys[0]}={env[keys[0]]} {keys[1]}={env[keys[1]]}"
    steps = [
        Step("# debian.sh --arch 'amd64' out/ 'bookworm' '@1772409600'", debian_base()),
        Step(f"ARG GITHUB_TOKEN={token}"),
        Step(pair),
        Step(f"ENV {keys[2]}={env[keys[2]]}"),
        Step(
            run + "apt-get update && apt-get install -y --no-install-recommends git "
            "ca-certificates # buildkit",
            git,
        ),
        Step(
            "COPY keys/id_rsa /root/.ssh/id_rsa # buildkit",
            {
                "root/.ssh": File(directory=True, mode=0o755),
                "root/.ssh/id_rsa": File(key),
            },
        ),
        Step(
            run + 'echo "machine git.example.com login ci password $GITHUB_TOKEN" > /root/.netrc '
            "    && chmod 600 /root/.netrc /root/.ssh/id_rsa # buildkit",
            {
                "root/.netrc": File(netrc, 0o600),
                "root/.ssh/id_rsa": File(key, 0o600),
            },
        ),
        Step(
            "COPY job.sh /usr/local/bin/job # buildkit",
            {
                "usr/local/bin/job": File((folder / "job.sh").read_bytes(), 0o755),
            },
        ),
        Step(
            run + "rm -rf /root/.ssh /root/.netrc # buildkit",
            {"root/.ssh": None, "root/.netrc": None},
        ),
        Step("USER 1000"),
        Step('CMD ["/usr/local/bin/job"]'),
    ]
    config = {"User": "1000", "Env": environment(env), "Cmd": ["/usr/local/bin/job"]}
    return steps, config


def python_packages(files: dict[str, File | None]) -> None:
    site = "usr/local/lib/python3.9/site-packages"
    rows = (
        ("Flask", "2.2.5", 96000),
        ("gunicorn", "20.1.0", 240000),
        ("psycopg2", "2.9.6", 900000),
        ("Jinja2", "3.1.2", 470000),
        ("Werkzeug", "2.3.7", 640000),
        ("click", "8.1.3", 350000),
        ("itsdangerous", "2.1.2", 50000),
        ("MarkupSafe", "2.1.3", 80000),
    )
    for name, version, size in rows:
        info = f"{site}/{name}-{version}.dist-info"
        files[f"{info}/METADATA"] = File(
            f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n".encode()
        )
        files[f"{info}/INSTALLER"] = File(b"pip\n")
        files[f"{site}/{name.lower()}/__init__.py"] = File(filler(name, size))
    files["root/.cache/pip/http/a/1/wheel"] = File(filler("wheel cache", 6 * MEBI), 0o600)


def python_flask() -> tuple[list[Step], dict[str, object]]:
    folder = SAMPLES / "python-flask"
    text = (folder / "Dockerfile").read_text()
    secret = text.split("SECRET_KEY=")[1].split("\n")[0]
    source = {
        "app/" + str(path.relative_to(folder)): File(path.read_bytes())
        for path in sorted(folder.rglob("*"))
        if path.is_file() and not path.name.startswith("image.")
    }
    python: dict[str, File | None] = {
        "usr/local/bin/python3.9": File(elf(14320), 0o755),
        "usr/local/bin/python3": File(link="python3.9"),
        "usr/local/lib/libpython3.9.so.1.0": File(elf(4800000), 0o755),
        "usr/local/lib/python3.9/os.py": File(filler("os", 39000)),
        "usr/local/bin/pip": File(b"#!/usr/local/bin/python3.9\n", 0o755),
    }
    compiler: dict[str, File | None] = {
        "usr/bin/x86_64-linux-gnu-gcc-12": File(elf(1030000), 0o755),
        "usr/bin/gcc": File(link="x86_64-linux-gnu-gcc-12"),
        "usr/libexec/gcc/x86_64-linux-gnu/12/cc1": File(elf(9 * MEBI), 0o755),
        "usr/include/stdio.h": File(filler("stdio", 31000)),
        "var/lib/dpkg/status": status("debian12-slim-packages.txt", "gcc-packages.txt"),
        "var/cache/apt/pkgcache.bin": File(filler("pkgcache again", 5 * MEBI)),
    }
    wheels: dict[str, File | None] = {
        "usr/local/bin/gunicorn": File(b"#!/usr/local/bin/python3.9\n", 0o755)
    }
    python_packages(wheels)
    shell = "RUN /bin/sh -c "
    steps = [
        Step("# debian.sh --arch 'amd64' out/ 'bookworm' '@1772409600'", debian_base()),
        Step(
            "ENV PATH=/usr/local/bin:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
        ),
        Step("ENV PYTHON_VERSION=3.9.25"),
        Step(shell + "set -eux; ./configure; make install # buildkit", python),
        Step('CMD ["python3"]'),
        Step("MAINTAINER web-team@example.com"),
        Step(f"ENV FLASK_APP=app SECRET_KEY={secret}"),
        Step("WORKDIR /app", {"app": File(directory=True, mode=0o755)}),
        Step(shell + "apt-get update # buildkit", apt_leftovers()),
        Step(shell + "apt-get install -y gcc libpq-dev # buildkit", compiler),
        Step(
            "COPY pip.conf /etc/pip.conf # buildkit",
            {"etc/pip.conf": File((folder / "pip.conf").read_bytes())},
        ),
        Step(
            "ADD requirements.txt . # buildkit",
            {"app/requirements.txt": File((folder / "requirements.txt").read_bytes())},
        ),
        Step(shell + "pip install -r requirements.txt # buildkit", wheels),
        Step(shell + "rm /etc/pip.conf # buildkit", {"etc/pip.conf": None}),
        Step("COPY . . # buildkit", source),
        Step("EXPOSE map[8000/tcp:{}]"),
        Step('CMD ["/bin/sh" "-c" "gunicorn --bind 0.0.0.0:8000 app:create_app"]'),
    ]
    config = {
        "Env": [
            "PATH=/usr/local/bin:/usr/local/sbin:/usr/sbin:/usr/bin:/sbin:/bin",
            "PYTHON_VERSION=3.9.25",
            "FLASK_APP=app",
            f"SECRET_KEY={secret}",
        ],
        "WorkingDir": "/app",
        "ExposedPorts": {"8000/tcp": {}},
        "Cmd": ["/bin/sh", "-c", "gunicorn --bind 0.0.0.0:8000 app:create_app"],
    }
    return steps, config


def environment(values: Mapping[str, str]) -> list[str]:
    path = "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
    return [path, *(f"{key}={value}" for key, value in values.items())]


def add(archive: tarfile.TarFile, name: str, file: File) -> None:
    member = tarfile.TarInfo(name)
    member.mtime, member.mode, member.uid, member.gid = MTIME, file.mode, file.uid, file.gid
    if file.link is not None:
        member.type, member.linkname, member.mode = tarfile.SYMTYPE, file.link, 0o777
    elif file.directory:
        member.type = tarfile.DIRTYPE
    else:
        member.size = len(file.data)
    archive.addfile(member, io.BytesIO(file.data) if member.isreg() else None)


def layer_tar(files: Mapping[str, File | None]) -> bytes:
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w", format=tarfile.PAX_FORMAT) as archive:
        folders: set[str] = {
            name for name, file in files.items() if file and (file.directory or file.link)
        }
        for name in sorted(files):
            for parent in [str(one) for one in reversed(Path(name).parents) if str(one) != "."]:
                if parent not in folders:
                    folders.add(parent)
                    add(archive, parent, File(mode=0o755, directory=True))
            file = files[name]
            if file is None:
                path = Path(name)
                add(archive, str(path.with_name(".wh." + path.name)), File())
            else:
                add(archive, name, file)
    return buffer.getvalue()


def archive_of(steps: list[Step], config: dict[str, object], tag: str) -> bytes:
    """A `docker save` archive with OCI blobs."""
    blobs: dict[str, bytes] = {}

    def put(data: bytes) -> str:
        digest = hashlib.sha256(data).hexdigest()
        blobs[digest] = data
        return digest

    layers = [put(layer_tar(step.files)) for step in steps if step.files]
    document = {
        "architecture": "amd64",
        "os": "linux",
        "created": CREATED,
        "config": config,
        "rootfs": {"type": "layers", "diff_ids": [f"sha256:{one}" for one in layers]},
        "history": [
            {
                "created": CREATED,
                "created_by": step.command,
                "comment": "buildkit.dockerfile.v0",
                **({} if step.files else {"empty_layer": True}),
            }
            for step in steps
        ],
    }
    config_data = json.dumps(document, separators=(",", ":")).encode()
    config_digest = put(config_data)
    oci = "application/vnd.oci.image"
    manifest = json.dumps(
        {
            "schemaVersion": 2,
            "mediaType": f"{oci}.manifest.v1+json",
            "config": {
                "mediaType": f"{oci}.config.v1+json",
                "digest": f"sha256:{config_digest}",
                "size": len(config_data),
            },
            "layers": [
                {
                    "mediaType": f"{oci}.layer.v1.tar",
                    "digest": f"sha256:{one}",
                    "size": len(blobs[one]),
                }
                for one in layers
            ],
        },
        separators=(",", ":"),
    ).encode()
    manifest_digest = put(manifest)
    index = {
        "schemaVersion": 2,
        "mediaType": f"{oci}.index.v1+json",
        "manifests": [
            {
                "mediaType": f"{oci}.manifest.v1+json",
                "digest": f"sha256:{manifest_digest}",
                "size": len(manifest),
                "annotations": {"io.containerd.image.name": tag},
            }
        ],
    }
    legacy = [
        {
            "Config": f"blobs/sha256/{config_digest}",
            "RepoTags": [tag],
            "Layers": [f"blobs/sha256/{one}" for one in layers],
        }
    ]
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w", format=tarfile.PAX_FORMAT) as archive:
        for digest in sorted(blobs):
            add(archive, f"blobs/sha256/{digest}", File(blobs[digest]))
        add(archive, "index.json", File(json.dumps(index).encode()))
        add(archive, "manifest.json", File(json.dumps(legacy).encode()))
        add(archive, "oci-layout", File(b'{"imageLayoutVersion":"1.0.0"}'))
    return buffer.getvalue()


def main() -> None:
    for name, make in (("leaky-secrets", leaky_secrets), ("python-flask", python_flask)):
        steps, config = make()
        data = gzip.compress(archive_of(steps, config, f"drydock/{name}:1"), 9, mtime=0)
        (SAMPLES / name / "image.tar.gz").write_bytes(data)


if __name__ == "__main__":
    main()
