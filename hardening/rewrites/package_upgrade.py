"""Upgrading named system packages of the base: one RUN right after the FROM that ships."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from datetime import date

from hardening.dockerfile.edits import insert_line_after
from hardening.dockerfile.model import Dockerfile, Stage
from hardening.dockerfile.packages import name_and_version, package_calls
from hardening.dockerfile.shell_model import PackageCall
from hardening.facts.eol import release_of
from hardening.image.created_by import told
from hardening.image.model import Image, Origin
from hardening.image.release import OsRelease, package_managers
from hardening.model import Fix, Precondition, fails, holds, unknown
from hardening.rewrites.version_pins import PLAIN_VERSION
from hardening.runtime.base_facts import non_root_by_name

ALL = "*"
"""Stands for every package among names that are upgraded."""
_TOOLS = {
    "deb": ("apt-get",),
    "apk": ("apk",),
    "rpm": ("dnf", "microdnf", "tdnf", "yum", "zypper"),
}
_UPGRADES = frozenset({"upgrade", "dist-upgrade", "patch"})
FACTS_NAMES = {"rocky": "rockylinux", "ol": "oraclelinux", "amzn": "amazonlinux"}
"""os-release ids whose official image has another name."""
_NAMES_IN_A_LINE = 6
_PLAIN = re.compile(r"[A-Za-z0-9][A-Za-z0-9+._-]{0,200}\Z")
"""Names come out of an image that may be hostile: nothing else is written into a RUN."""


def manager_of(image: Image, kind: str) -> str | None:
    """The program in the image that upgrades packages of a type; None for none, as in images
    without a shell."""
    there = package_managers(image)
    return next((one for one in _TOOLS.get(kind, ()) if one in there), None)


def upgrade_line(manager: str, names: Iterable[str], escape: str) -> str:
    """The RUN that upgrades just these packages and leaves no index or cache behind."""
    wanted = sorted(set(names))
    joint = f" {escape}\n    && "
    between = f" {escape}\n        " if len(wanted) > _NAMES_IN_A_LINE else " "
    listed = between.join(wanted)
    if manager == "apk":
        return f"RUN apk add --no-cache --upgrade{between}{listed}"
    if manager == "apt-get":
        install = f"apt-get install -y --no-install-recommends --only-upgrade{between}{listed}"
        return joint.join(("RUN apt-get update", install, "rm -rf /var/lib/apt/lists/*"))
    if manager == "zypper":
        update = f"RUN zypper --non-interactive update{between}{listed}"
        return joint.join((update, "zypper clean --all"))
    verb = "update" if manager in ("yum", "tdnf") else "upgrade"
    return joint.join((f"RUN {manager} {verb} -y{between}{listed}", f"{manager} clean all"))


def upgrade_fix(
    dockerfile: Dockerfile,
    image: Image,
    kind: str,
    names: Iterable[str],
    *,
    release: OsRelease | None,
    today: date,
    built: Dockerfile | None = None,
) -> Fix | None:
    """A RUN after the FROM of the image that ships; None where nothing in it can upgrade. `built`
    is the text of which the image was made, where it is not `dockerfile`."""
    manager, wanted = manager_of(image, kind), sorted(filter(_PLAIN.match, set(names)))
    final = dockerfile.final_stage
    if manager is None or final is None or not wanted:
        return None
    root = dockerfile.chain(final)[0]
    if root.base.value == "scratch":
        return None
    line = upgrade_line(manager, wanted, dockerfile.escape)
    return Fix(
        "upgrade-packages",
        f"Upgrade {_shown(wanted)} with {manager} after FROM",
        (insert_line_after(dockerfile, root.origin, line),),
        (
            _starts_as_root(image, root, built or dockerfile),
            *_archive(release, today),
        ),
        "The image carries a layer with the fixed packages until the base has them itself.",
    )


def pip_fix(
    dockerfile: Dockerfile,
    image: Image,
    wanted: Mapping[str, str],
    paths: Iterable[str],
    *,
    built: Dockerfile | None = None,
) -> Fix | None:
    """A RUN after FROM that raises Python packages which the base installed with pip: name to
    lowest version; `paths` are their files. None without pip."""
    plain = {
        name: version
        for name, version in sorted(wanted.items())
        if _PLAIN.match(name) and PLAIN_VERSION.match(version)
    }
    final = dockerfile.final_stage
    if final is None or not plain or "pip" not in package_managers(image):
        return None
    root = dockerfile.chain(final)[0]
    if root.base.value == "scratch":
        return None
    words = " ".join(f'"{name}>={version}"' for name, version in plain.items())
    return Fix(
        "upgrade-python-packages",
        f"Raise {_shown(list(plain))} with pip after FROM",
        (insert_line_after(dockerfile, root.origin, f"RUN pip install --no-cache-dir {words}"),),
        (
            _starts_as_root(image, root, built or dockerfile),
            _pip_may(image, paths),
            unknown("Every other package accepts the new versions", "Only a build shows it"),
        ),
        "The image carries a layer with the fixed packages until the base has them itself.",
    )


def _pip_may(image: Image, paths: Iterable[str]) -> Precondition:
    """PEP 668: a distribution's own Python forbids pip to change it, by a file in its library."""
    statement = "pip may change the packages of this Python"
    folders = {re.split("/(?:site|dist)-packages/", path)[0] for path in paths}
    for folder in sorted(folders):
        if image.tree.get(f"{folder}/EXTERNALLY-MANAGED") is not None:
            return fails(statement, f"/{folder}/EXTERNALLY-MANAGED forbids it")
    return holds(statement, f"No EXTERNALLY-MANAGED in {', '.join(sorted(folders)[:3])}")


def _shown(names: list[str]) -> str:
    listed = ", ".join(names[:3])
    return listed if len(names) <= 3 else f"{listed} and {len(names) - 3} more"


def _starts_as_root(image: Image, root: Stage, built: Dockerfile) -> Precondition:
    statement = "The base runs its commands as root"
    base = root.base_expanded or root.base.value
    if non_root_by_name(base):
        return fails(statement, f"{base} starts as another user")
    user = next(reversed(_base_users(image, built)), "")
    if user.partition(":")[0] not in ("", "root", "0"):
        return fails(statement, f"The history of the base says USER {user}")
    if all(one.attribution.origin is Origin.UNKNOWN for one in image.layers):
        return unknown(statement, "It is not known which layers are the base's")
    return holds(statement, "The history of the base names no other user")


def _base_users(image: Image, built: Dockerfile) -> list[str]:
    """The users that the base's part of the history names. Behind its last layer the base's USER
    lines and those of the text stand side by side: the text's are the last ones."""
    final = built.final_stage
    own = sum(len(tuple(one.all("USER"))) for one in built.chain(final)) if final else 0
    users: list[tuple[str, bool]] = []
    certain = True
    for entry in image.history:
        origin = None if entry.layer is None else image.layers[entry.layer].attribution.origin
        if origin is Origin.OWN:
            certain = False
        elif origin is not None:  # all before a layer of the base is the base's
            users = [(text, True) for text, _ in users]
        one = told(entry.created_by, entry.comment)
        if one.keyword == "USER":
            users.append((one.text, False) if certain else ("", False))
    behind = [text for text, firm in users if not firm]
    theirs = behind[: max(0, len(behind) - own)]
    return [text for text, firm in users if firm] + [text for text in theirs if text]


def _archive(release: OsRelease | None, today: date) -> Iterator[Precondition]:
    statement = "The archive still serves the fixed versions"
    name = release.id if release is not None else ""
    version = release.version_id if release is not None else ""
    known = release_of(FACTS_NAMES.get(name, name), version) if name and version else None
    if known is not None and known.is_over(today):
        yield fails(statement, known.said)
    else:
        yield unknown(statement, "Advisories announce them; only a build shows it")


def upgraded(dockerfile: Dockerfile | None) -> frozenset[str]:
    """Names of system packages that a RUN of the image that ships upgrades, `ALL` among them where
    it upgrades everything."""
    final = dockerfile.final_stage if dockerfile is not None else None
    if dockerfile is None or final is None:
        return frozenset()
    return frozenset(
        name
        for stage in dockerfile.chain(final)
        for one in stage.all("RUN")
        if one.shell is not None
        for call in package_calls(one.shell)
        for name in _upgraded(call)
    )


def _upgraded(call: PackageCall) -> Iterator[str]:
    names = [name_and_version(call, word)[0] for word in call.packages]
    managers = {one for group in _TOOLS.values() for one in group} | {"apt", "aptitude"}
    if call.manager not in managers:
        return
    if call.verb in _UPGRADES:
        yield from names or (ALL,)
    elif call.command.has_flag("--only-upgrade", "--upgrade", "-u"):
        yield from names
