"""A list of packages that syft made says the same as the image it was made from."""

from __future__ import annotations

import gzip
import json
import subprocess
from pathlib import Path
from typing import Any

import pytest

from hardening.advisories.importing import import_path
from hardening.cli import main
from tests.advisories.building import record, until
from tests.inventory.referee import syft

IMAGE = Path(__file__).resolve().parents[2] / "sample_dockerfiles" / "python-flask" / "image.tar.gz"
ECOSYSTEMS = {"deb": "Debian:12", "pypi": "PyPI"}
NEVER = {"deb": "99:99", "pypi": "99"}
"""Versions that no package has reached."""
FORMS = ("cyclonedx-json@1.4", "cyclonedx-json@1.5", "cyclonedx-json@1.6", "spdx-json@2.3")


@pytest.fixture(scope="module")
def lists(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """By form, what syft writes of the image, in one run."""
    folder = tmp_path_factory.mktemp("syft")
    archive = folder / "image.tar"
    archive.write_bytes(gzip.decompress(IMAGE.read_bytes()))
    files = {form: folder / f"{form}.json" for form in FORMS}
    outputs = [word for form, file in files.items() for word in ("-o", f"{form}={file}")]
    subprocess.run([syft(), "-q", f"docker-archive:{archive}", *outputs], check=True, timeout=300)
    return files


def rows(document: dict[str, Any]) -> set[tuple[str, str | None, str, tuple[str, ...]]]:
    return {
        (one["id"], one["fixed"], one["installed"], tuple(sorted(map(str.lower, one["packages"]))))
        for one in document["vulnerabilities"]
    }


@pytest.mark.parametrize("form", FORMS)
def test_the_same_rows(
    form: str,
    lists: dict[str, Path],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setenv("DRYDOCK_DATA_DIR", str(tmp_path))
    assert main(["sbom", str(IMAGE), "--format", "json"]) == 0
    packages = json.loads(capsys.readouterr().out)["packages"]
    sources = sorted({(one["type"], one["source_name"]) for one in packages})
    made = [
        record(
            f"CVE-2026-{number}", ECOSYSTEMS[kind], name, *until("99:99" if kind == "deb" else "99")
        )
        for number, (kind, name) in enumerate(sources, start=1000)
        if kind in ECOSYSTEMS
    ]
    (tmp_path / "feed.jsonl").write_text("".join(json.dumps(one) + "\n" for one in made))
    import_path(tmp_path / "feed.jsonl")
    assert main(["vulns", str(IMAGE), "--format", "json"]) == 1
    direct = json.loads(capsys.readouterr().out)
    assert main(["vulns", str(lists[form]), "--format", "json"]) == 1
    listed = json.loads(capsys.readouterr().out)
    assert len(rows(direct)) == len(made)
    assert rows(listed) == rows(direct)
    assert listed["assessed"] == direct["assessed"]
