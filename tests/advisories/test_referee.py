"""What `drydock vulns` says of many packages, against a reading of the same records that shares
nothing with it: no miss, nothing too much, and no fix that is none."""

from __future__ import annotations

import json
import random
import re
import shutil
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest

from hardening.advisories.importing import import_path
from hardening.cli import main
from tests.advisories import referee
from tests.shared import shared_data

pytestmark = pytest.mark.shared
MOST_VERSIONS = 6
RELEASES = {"Debian": ("debian", "11", "deb"), "Alpine": ("alpine", "3.11.6", "apk")}
"""The newest release that the real records speak of: id, version, type of package."""
TYPES = {"PyPI": "pypi", "npm": "npm", "Go": "golang"}
Entry = list[tuple[dict[str, Any], dict[str, Any]]]
Entries = dict[str, Entry]


def entries_of(family: str) -> Entries:
    """By package: each record that is not withdrawn, with its entry for the package."""
    found: Entries = defaultdict(list)
    wanted = {"Debian": "Debian:11", "Alpine": "Alpine:v3.11"}.get(family, family)
    for record in referee.records(shared_data(f"advisories-{family.lower()}")):
        for affected in record["affected"]:
            if affected["package"]["ecosystem"] == wanted:
                name = affected["package"]["name"]
                if family == "PyPI":
                    name = re.sub(r"[-_.]+", "-", name).lower()
                found[name].append((record, affected))
    return found


def versions_of(entries: Entry, chance: random.Random) -> list[str]:
    """Every end of a range is worth asking, and some of the versions that are listed."""
    ends = {
        value
        for _, affected in entries
        for span in affected.get("ranges", ())
        if span["type"] != "GIT"
        for event in span["events"]
        for value in event.values()
        if value not in ("0", "*")
    }
    listed = sorted({one for _, affected in entries for one in affected.get("versions", ())})
    some = chance.sample(sorted(ends), min(len(ends), MOST_VERSIONS))
    some += chance.sample(listed, min(len(listed), MOST_VERSIONS // 2))
    return sorted({*some, *(f"{one}~rc1" for one in some[:1] if "-" in one)})


def url_of(family: str, name: str, version: str) -> str:
    if family in RELEASES:
        identity, release, kind = RELEASES[family]
        return f"pkg:{kind}/{identity}/{quote(name)}@{quote(version)}?distro={identity}-{release}"
    path = "/".join(quote(part) for part in name.split("/"))
    version = f"v{version}" if family == "Go" and name != "stdlib" else version
    return f"pkg:{TYPES[family]}/{path}@{quote(version)}"


def vulns(
    folder: Path, urls: list[tuple[str, str]], capsys: pytest.CaptureFixture[str]
) -> dict[str, Any]:
    """What the program says of a list of packages."""
    components = [{"type": "library", "name": name, "purl": one} for name, one in urls]
    file = folder / "list.json"
    file.write_text(json.dumps({"bomFormat": "CycloneDX", "components": components}))
    assert main(["vulns", str(file), "--format", "json"]) == 1
    told: dict[str, Any] = json.loads(capsys.readouterr().out)
    return told


@pytest.mark.parametrize("family", ["Debian", "Alpine", "PyPI", "npm", "Go"])
def test_no_miss_and_nothing_too_much(
    family: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("DRYDOCK_DATA_DIR", str(tmp_path))
    import_path(shared_data(f"advisories-{family.lower()}") / "osv.jsonl.xz")
    compare, entries = referee.COMPARE[family], entries_of(family)
    chance = random.Random(7)
    asked = [(name, one) for name in sorted(entries) for one in versions_of(entries[name], chance)]
    told = vulns(tmp_path, [(one[0], url_of(family, *one)) for one in asked], capsys)
    rows: dict[tuple[str, str], list[dict[str, Any]]] = defaultdict(list)
    for row in told["vulnerabilities"]:
        installed = row["installed"].removeprefix("v") if family == "Go" else row["installed"]
        rows[row["package"], installed].append(row)
    missed, too_much, wrong = [], [], []
    checked = 0
    for name, version in asked:
        sure, ids = judged(compare, version, entries[name])
        known = {one for row in rows[name, version] for one in (row["id"], *row["aliases"])}
        missed += [(name, version, one) for one in sorted(sure - known)]
        for row in rows[name, version]:
            own = {row["id"], *row["aliases"]}
            hits = own & sure
            checked += 1
            if not hits and not own & ids:
                too_much.append((name, version, row["id"]))
            wrong += [
                (name, version, row["fixed"], record["id"])
                for record, affected in entries[name]
                if row["fixed"] and record["id"] in hits
                and still(compare, row["fixed"], version, affected)
            ]  # fmt: skip
    assert not missed, (len(missed), missed[:10])
    assert not too_much, (len(too_much), too_much[:10])
    assert not wrong, (len(wrong), wrong[:10])
    assert checked > 250


def judged(compare: referee.Compare, version: str, entries: Entry) -> tuple[set[str], set[str]]:
    """Records that affect the version, and those whose ranges cannot be read with it."""
    sure, unsure = set(), set()
    for record, affected in entries:
        try:
            if any(referee.is_affected(compare, version, one) for one in meant(affected, version)):
                sure.add(record["id"])
        except referee.Unreadable:
            unsure.add(record["id"])
    return sure, unsure


def meant(affected: dict[str, Any], version: str) -> Iterator[dict[str, Any]]:
    """Go's database keeps ranges that its own form cannot write elsewhere; it then says that every
    version is affected. Of a module without tags (`v0.0.0-...`) that is all that it says."""
    custom = affected.get("ecosystem_specific", {}).get("custom_ranges")
    if not custom or [one["events"] for one in affected["ranges"]] != [[{"introduced": "0"}]]:
        yield affected
        return
    ends = [value for one in custom for event in one["events"] for value in event.values()]
    readable = all(one == "0" or referee.is_go_version(one) for one in ends)
    if readable:
        yield {**affected, "ranges": custom}
    if not readable or version.startswith("0.0.0-"):
        yield affected


def still(compare: referee.Compare, fixed: str, version: str, affected: dict[str, Any]) -> bool:
    """Whether a version that should mend is affected itself, or is no newer one."""
    try:
        return compare(fixed, version) <= 0 or any(
            referee.is_affected(compare, fixed, {**one, "versions": ()})
            for one in meant(affected, fixed)
        )
    except referee.Unreadable:
        return False


@pytest.mark.skipif(shutil.which("dpkg") is None, reason="there is no dpkg here to ask")
def test_the_referee_agrees_with_dpkg() -> None:
    versions = sorted(
        {
            value
            for entries in entries_of("Debian").values()
            for _, affected in entries
            for span in affected["ranges"]
            for event in span["events"]
            for value in event.values()
        }
    )
    chance = random.Random(11)
    for _ in range(250):
        left, right = chance.choice(versions), chance.choice(versions)
        if chance.random() < 0.6:
            right = re.sub(r"\d+(?=\D*$)", lambda found: str(int(found[0]) + 1), left)
        if chance.random() < 0.3:
            right = left + chance.choice(["~", "+b1", ".1", "~deb11u1", "+deb11u2", "a"])
        assert referee.debian(left, right) == referee.dpkg(left, right), (left, right)
