"""Raised versions and upgraded packages: built before and after, the program says the same, the
vulnerabilities are gone and no other came."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from hardening.advisories.importing import import_path
from hardening.image.loading import load_files, open_image
from hardening.model import Safety
from hardening.opening import attach_image, open_files
from hardening.opening.packages import assess_packages, take_inventory
from hardening.plan import Plan, fix_key
from hardening.replay import replay
from hardening.subject import Subject
from hardening.writing import write
from tests.engine import client, docker
from tests.lab.conftest import PREFIX, build
from tests.lab.registries import python_with_pip

pytestmark = [pytest.mark.engine, pytest.mark.xdist_group("lab")]

TODAY = date(2026, 6, 1)
TAGS = tuple(f"{PREFIX}/raised:{when}" for when in ("before", "after"))
RULES = ("vulnerable-package", "vulnerable-base")
KNOWN = (
    ("PyPI", "idna", "CVE-2024-3651", "3.7"),
    ("PyPI", "certifi", "CVE-2023-37920", "2023.7.22"),
    ("PyPI", "urllib3", "CVE-2023-45803", "1.26.18"),
    ("PyPI", "requests", "CVE-2023-32681", "2.31.0"),
    ("Debian:12", "demo", "CVE-2099-0001", "1.1-1"),
)
FILES = {
    "Dockerfile": "FROM {base} AS install\nWORKDIR /src\nCOPY . .\nARG CERTIFI=2023.5.7\n"
    "RUN python3 -m pip install --target /lib-app -r requirements/prod.txt certifi==$CERTIFI\n\n"
    "FROM {base}\nCOPY --from=install /lib-app /opt/app/site-packages\nCOPY app.py /\n"
    'ENV PYTHONPATH=/opt/app/site-packages\nUSER 1000\nCMD ["python3", "/app.py"]\n',
    "requirements/prod.txt": "-r base.txt\r\n"
    "requests[socks] ~= 2.30.0 ; python_version >= '3.8'  # fetches\r\n",
    "requirements/base.txt": "-c ../limits.txt\nurllib3<2,!=1.26.10\n",
    "limits.txt": "urllib3==1.26.17\nidna==3.6\n",
    "app.py": "import certifi, idna, requests, urllib3\n"
    "print(idna.encode('b\\u00fccher.example'), requests.Request('GET', 'http://a/b').url)\n",
}
ARCHIVE = """\
FROM debian:12-slim
WORKDIR /archive
RUN rm -rf /etc/apt/sources.list /etc/apt/sources.list.d/* && for version in 1.0-1 1.1-1; do \
      mkdir -p $version/DEBIAN $version/usr/share/demo && \
      echo demo > $version/usr/share/demo/said && \
      printf 'Package: demo\\nVersion: %s\\nArchitecture: all\\nMaintainer: D <d@example.com>\\n\
Description: shows\\n' $version > $version/DEBIAN/control && \
      dpkg-deb --build $version demo_$version.deb; done && dpkg -i demo_1.0-1.deb && \
    { dpkg-deb -f demo_1.1-1.deb && echo Filename: ./demo_1.1-1.deb && \
      echo Size: $(stat -c %s demo_1.1-1.deb) && \
      echo SHA256: $(sha256sum demo_1.1-1.deb | cut -d' ' -f1); } > Packages && \
    echo 'deb [trusted=yes] file:/archive ./' > /etc/apt/sources.list
"""
"""A Debian whose archive is a folder of its own, with a newer `demo` than it has installed."""


@pytest.fixture(autouse=True)
def advisories(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DRYDOCK_DATA_DIR", str(tmp_path / "data"))
    monkeypatch.setenv("DRYDOCK_CACHE_DIR", str(tmp_path / "cache"))
    records = [
        {
            "schema_version": "1.6.0",
            "id": number,
            "modified": "2026-11-01T00:00:00Z",
            "affected": [
                {
                    "package": {"ecosystem": ecosystem, "name": name},
                    "ranges": [
                        {"type": "ECOSYSTEM", "events": [{"introduced": "0"}, {"fixed": fixed}]}
                    ],
                }
            ],
        }
        for ecosystem, name, number, fixed in KNOWN
    ]
    path = tmp_path / "known.jsonl"
    path.write_text("".join(json.dumps(one) + "\n" for one in records))
    import_path(path)


@pytest.fixture(autouse=True)
def removed() -> Iterator[None]:
    yield
    for tag in TAGS:
        subprocess.run([client(), "rmi", "-f", tag], capture_output=True, check=False)


def opened(folder: Path, tag: str) -> Subject:
    image = load_files(open_image(tag))
    subject = replace(attach_image(open_files(folder), image), today=TODAY)
    return assess_packages(take_inventory(subject))


def vulnerable(subject: Subject) -> set[tuple[str, str]]:
    assert subject.assessment is not None
    return {
        (row.vulnerability.package, row.vulnerability.installed) for row in subject.assessment.rows
    }


def mended(folder: Path) -> Subject:
    """Writes every fix of the rules about vulnerabilities that may be applied and builds."""
    from hardening.analyse import analyse

    subject = opened(folder, TAGS[0])
    found = [one for one in analyse(subject).findings if one.rule in RULES]
    assert found
    plan = Plan(
        tuple(
            fix_key(one, fix)
            for one in found
            for fix in one.fixes
            if fix.name in ("raise-version", "upgrade-packages")
        )
    )
    done = replay(subject, plan)
    assert not done.conflicts
    assert all(one.fix.safety is Safety.REVIEW and one.silenced for one in done.applied)
    write(done.workspace)
    for path in folder.rglob("*.bak"):
        path.unlink()
    build(folder, TAGS[1])
    return opened(folder, TAGS[1])


def put(folder: Path, files: dict[str, str]) -> Path:
    for name, text in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, newline="")
    return folder


def test_python_requirements(base_images: None, tmp_path: Path) -> None:
    (tmp_path / "base").mkdir()
    base = python_with_pip(tmp_path / "base")
    files = {**FILES, "Dockerfile": FILES["Dockerfile"].replace("{base}", base)}
    folder = put(tmp_path / "project", files)
    build(folder, TAGS[0])
    said = docker("run", "--rm", "--network", "none", TAGS[0])
    assert "xn--bcher-kva" in said
    before = vulnerable(opened(folder, TAGS[0]))
    assert {name for name, _ in before} == {"idna", "certifi", "urllib3", "requests"}
    assert not vulnerable(mended(folder))
    assert docker("run", "--rm", "--network", "none", TAGS[1]) == said
    prod = (folder / "requirements/prod.txt").read_bytes().decode()
    assert prod == FILES["requirements/prod.txt"].replace("2.30.0", "2.31.0")
    assert (folder / "limits.txt").read_text() == "urllib3==1.26.18\nidna==3.7\n"
    assert "ARG CERTIFI=2023.7.22\n" in (folder / "Dockerfile").read_text()


def test_system_packages(base_images: None, tmp_path: Path) -> None:
    base = f"{PREFIX}/raised:archive"
    build(put(tmp_path / "base", {"Dockerfile": ARCHIVE}), base)
    text = f"FROM {base} AS own\nUSER 1000\nENV LANG=C\n\nFROM own\nCMD cat /usr/share/demo/said\n"
    folder = put(tmp_path / "project", {"Dockerfile": text})
    build(folder, TAGS[0])
    assert vulnerable(opened(folder, TAGS[0])) == {("demo", "1.0-1")}
    assert not vulnerable(mended(folder))
    lines = (folder / "Dockerfile").read_text().splitlines()
    assert lines[1] == "RUN apt-get update \\"
    assert lines[4] == "USER 1000"
    version = ("dpkg-query", "-W", "-f", "${Version}", "demo")
    assert docker("run", "--rm", TAGS[1], *version) == "1.1-1"
    assert docker("run", "--rm", TAGS[1]) == "demo\n"
    assert docker("run", "--rm", TAGS[1], "ls", "/var/lib/apt/lists") == ""
    docker("rmi", "--force", base)
