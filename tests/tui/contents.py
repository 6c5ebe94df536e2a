"""A subject whose image holds packages with known vulnerabilities, made in memory."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from hardening.advisories.assessment import Assessment, Row
from hardening.advisories.model import Feed, Rating, Vulnerability
from hardening.image.synthetic import FileSketch, ImageSketch, LayerSketch
from hardening.inventory.model import Inventory, Package
from hardening.model import Severity
from hardening.opening import memory_subject
from hardening.opening.packages import take_inventory
from hardening.skipped import Skipped
from hardening.subject import Subject

DOCKERFILE = """\
FROM debian:12
RUN apt-get install -y curl
COPY requirements.txt .
RUN pip install -r requirements.txt
CMD ["python3"]
"""
RELEASE = 'ID=debian\nVERSION_ID="12"\nVERSION_CODENAME=bookworm\nPRETTY_NAME="Debian 12"\n'
FEED = Feed("made up", 9, "2026-11-01T08:00:00+00:00", "2026-10-30T00:00:00Z", "CC0-1.0")


def dpkg(*packages: tuple[str, str, str]) -> str:
    """A dpkg status file of (name, version, source)."""
    return "".join(
        f"Package: {name}\nStatus: install ok installed\nArchitecture: amd64\n"
        f"Version: {version}\n" + (f"Source: {source}\n" if source else "") + "\n"
        for name, version, source in packages
    )


def metadata(name: str, version: str) -> str:
    return f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n"


BASE = (
    ("bash", "5.2.15-2", ""),
    ("libssl3", "3.0.11-1", "openssl"),
    ("linux-libc-dev", "6.1.55-1", "linux"),
    ("openssl", "3.0.11-1", ""),
)
OWN = (("curl", "7.88.1-10", ""), ("libcurl4", "7.88.1-10", "curl"))
SITE = "usr/lib/python3/dist-packages"


def sketch() -> ImageSketch:
    """Two layers of packages: four of the base, two of apt, three of Python of which one is owned
    by a system package."""
    return ImageSketch(
        reference="shop:2.0",
        base_layers=1,
        layers=(
            LayerSketch(
                command="/bin/sh -c #(nop) ADD file:1a2b3c in / ",
                files={
                    "etc/os-release": RELEASE,
                    "var/lib/dpkg/status": dpkg(*BASE),
                    "bin/bash": FileSketch(b"\x7fELF", mode=0o755, size=1_265_648),
                },
            ),
            LayerSketch(
                command="RUN /bin/sh -c apt-get install -y curl # buildkit",
                files={
                    "var/lib/dpkg/status": dpkg(*BASE, *OWN),
                    f"{SITE}/six-1.16.0.dist-info/METADATA": metadata("six", "1.16.0"),
                    "var/lib/dpkg/info/curl.list": f"/{SITE}/six-1.16.0.dist-info/METADATA\n",
                },
            ),
            LayerSketch(
                command="COPY requirements.txt . # buildkit", files={"requirements.txt": "flask\n"}
            ),
            LayerSketch(
                command="RUN /bin/sh -c pip install -r requirements.txt # buildkit",
                files={
                    f"{SITE}/flask-2.2.0.dist-info/METADATA": metadata("Flask", "2.2.0"),
                    f"{SITE}/jinja2-3.1.0.dist-info/METADATA": metadata("Jinja2", "3.1.0"),
                },
            ),
        ),
    )


def _one(
    name: str,
    package: str,
    fixed: str,
    severity: Severity | None,
    summary: str,
    *,
    kev: bool = False,
    epss: float | None = None,
    hidden: str = "",
) -> Vulnerability:
    ecosystem = "PyPI" if package in ("flask", "jinja2") else "Debian:12"
    rating = Rating(severity, "a made up rater" if severity is not None else "", None)
    return Vulnerability(name, package, ecosystem, "", fixed, rating, f"ADV-{name}", (f"X-{name}",),
                         summary, kev, epss, hidden)  # fmt: skip


FOUND = (
    _one("CVE-2099-0001", "openssl", "3.0.13-1", Severity.CRITICAL, "A crafted name overflows",
         kev=True, epss=0.94),
    _one("CVE-2099-0002", "openssl", "", Severity.LOW, "A timing difference", epss=0.0004),
    _one("CVE-2099-0003", "curl", "7.88.1-12", Severity.HIGH, "A cookie goes too far", epss=0.031),
    _one("CVE-2099-0004", "flask", "2.2.5", Severity.MEDIUM, "A session is kept in a cache"),
    _one("CVE-2099-0005", "bash", "", None, "Nobody rated this one"),
    _one("CVE-2099-0006", "linux", "", Severity.HIGH, "A driver of the kernel",
         hidden="kernel headers: the kernel is the host's"),
)  # fmt: skip


def assessment_of(
    inventory: Inventory,
    found: tuple[Vulnerability, ...] = FOUND,
    skipped: tuple[Skipped, ...] = (),
) -> Assessment:
    """The vulnerabilities with the packages that have them."""
    rows: list[Row] = []
    for one in found:
        packages = tuple(p for p in inventory.packages if _speaks_of(one, p))
        if packages:
            rows.append(Row(replace(one, installed=packages[0].source_version), packages))
    return Assessment(tuple(rows), (FEED,), skipped, len(inventory.packages))


def _speaks_of(one: Vulnerability, package: Package) -> bool:
    return one.package == package.source_name.lower() and package.owned_by is None


def packed_subject(
    assess: Callable[[Inventory], Assessment | None] = assessment_of,
) -> Subject:
    """The subject with its packages read and looked up; `assess` says what was found."""
    subject = take_inventory(
        memory_subject(DOCKERFILE, files={"requirements.txt": "flask\n"}, image=sketch())
    )
    assert subject.inventory is not None
    return replace(subject, assessment=assess(subject.inventory))
