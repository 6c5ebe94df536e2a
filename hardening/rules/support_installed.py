"""Which version of a package the built image holds, read from the package manager's own records.

Formats: dpkg status (deb-control), apk installed database (apk-tools), Python's `*.dist-info`
folder names (PEP 427), `package.json` of a global npm package, RubyGems' `gems/NAME-VERSION`.
Bounded: at most `MAX_DATABASE` bytes of a database and `MAX_PATHS` paths are looked at.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from itertools import islice

from hardening.dockerfile.edits import insert_at
from hardening.dockerfile.packages import name_and_version
from hardening.dockerfile.shell_model import PackageCall, ShellWord
from hardening.image.model import Image
from hardening.model import Edit, Fix, holds, unknown
from hardening.rules.support import Run, facts
from hardening.rules.support_fixes import literal
from hardening.subject import Subject

MAX_DATABASE = 32 << 20
MAX_PATHS = 500_000
_DIST = re.compile(r"(?:site|dist)-packages/([A-Za-z0-9._]+)-([^/-]+)\.(?:dist-info|egg-info)\Z")
_GEM = re.compile(r"/gems/([A-Za-z0-9_.-]+?)-(\d[A-Za-z0-9.]*)\Z")
_PLAIN = re.compile(r"\A[A-Za-z0-9][A-Za-z0-9+._~:-]*\Z")
APT = ("apt-get", "apt", "aptitude")
SEPARATOR = {"apk": "=", "pip": "==", "npm": "@", "gem": ":", **dict.fromkeys(APT, "=")}


def installed_version(subject: Subject, manager: str, name: str) -> str | None:
    """The version of a package in the image, None when the image does not tell."""
    image = subject.image
    if image is None or not image.files_read:
        return None
    if manager == "npm":
        return _npm(image, name)
    memo = facts(subject).memo
    key = f"installed {'apt-get' if manager in APT else manager}"
    if key not in memo:
        memo[key] = dict(_records(image, manager))
    wanted = _python_name(name) if manager == "pip" else name
    version: str | None = memo[key].get(wanted)
    return version


def _records(image: Image, manager: str) -> Iterator[tuple[str, str]]:
    if manager in APT:
        yield from _stanzas(image, "var/lib/dpkg/status", "Package: ", "Version: ")
    elif manager == "apk":
        yield from _stanzas(image, "lib/apk/db/installed", "P:", "V:")
        yield from _stanzas(image, "usr/lib/apk/db/installed", "P:", "V:")
    elif manager in ("pip", "gem"):
        pattern = _DIST if manager == "pip" else _GEM
        for path in islice(image.tree, MAX_PATHS):
            match = pattern.search(path)
            if match:
                yield (_python_name(match[1]) if manager == "pip" else match[1]), match[2]


def _stanzas(image: Image, path: str, name: str, version: str) -> Iterator[tuple[str, str]]:
    data = image.read(path, limit=MAX_DATABASE)
    current = ""
    for line in (data or b"").decode("utf-8", "replace").splitlines():
        if line.startswith(name):
            current = line[len(name) :].strip()
        elif line.startswith(version) and current:
            yield current, line[len(version) :].strip()


def _npm(image: Image, name: str) -> str | None:
    for root in ("usr/local/lib/node_modules", "usr/lib/node_modules"):
        data = image.read(f"{root}/{name}/package.json", limit=1 << 20)
        if data is None:
            continue
        try:
            version = json.loads(data).get("version")
        except (ValueError, AttributeError, RecursionError):
            return None
        return version if isinstance(version, str) else None
    return None


def _python_name(name: str) -> str:
    """PEP 503."""
    return re.sub(r"[-_.]+", "-", name.partition("[")[0]).lower()


def pin_installed(
    subject: Subject, run: Run, call: PackageCall, words: tuple[ShellWord, ...]
) -> Iterator[Fix]:
    """Write the versions that the image has now; only when it tells all of them."""
    if not run.shipped or call.manager not in SEPARATOR:
        return
    edits: list[Edit] = []
    found: list[str] = []
    for word in words:
        name, _ = name_and_version(call, word)
        plain = name.partition("[")[0].removeprefix("@").replace("/", "-")
        if word.text != word.value or not _PLAIN.match(plain):
            return
        version = installed_version(subject, call.manager, name)
        if version is None or not _PLAIN.match(version):
            return
        suffix = SEPARATOR[call.manager] + version
        edits.append(insert_at(facts(subject).dockerfile, word.span.end, suffix))
        found.append(name + suffix)
    kept = "The version can still be downloaded"
    yield Fix(
        "pin-installed",
        "Write the versions that the image has",
        tuple(edits),
        (
            literal(call.command),
            holds("The versions are those of the image at hand", ", ".join(found[:8])),
            unknown(kept, "Mirrors of a distribution drop old versions")
            if call.manager in (*APT, "apk")
            else holds(kept, "The registry keeps old versions"),
            unknown("The image was built from this Dockerfile", "Only a build can show it"),
        ),
        "The next build installs what the image has now.",
    )
