"""Every JSON that a command prints is what its schema in docs/ says, no more and no less."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from hardening.advisories.importing import import_path
from tests.cli.conftest import Run

ROOT = Path(__file__).parents[2]
SCHEMAS = sorted((ROOT / "docs").glob("*.schema.json"))
SAMPLES = ROOT / "sample_dockerfiles"
LEAKY, FLASK = SAMPLES / "leaky-secrets", SAMPLES / "python-flask"
COMMANDS: tuple[tuple[str | Path, ...], ...] = (
    ("check", LEAKY, "--image", LEAKY / "image.tar.gz", "--format", "json"),
    ("check", FLASK, SAMPLES / "nothing", "--format", "json"),
    ("layers", LEAKY / "image.tar.gz", "--format", "json"),
    ("sbom", FLASK / "image.tar.gz"),
    ("vulns", FLASK / "image.tar.gz", "--format", "json"),
    ("secrets", LEAKY, LEAKY / "image.tar.gz", ROOT / "README.md", "--format", "json"),
    ("base", FLASK, "--format", "json"),
    ("base", LEAKY, "--image", LEAKY / "image.tar.gz", "--format", "json"),
    ("rules", "--format", "json"),
    ("rules", "root-user", "--format", "json"),
    ("db", "status", "--format", "json"),
)


@pytest.fixture(autouse=True)
def own_store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DRYDOCK_DATA_DIR", str(tmp_path))


def _schema(name: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((ROOT / "docs" / f"{name}.schema.json").read_text())
    return found


def _valid(text: str) -> dict[str, Any]:
    """The document, checked against the schema that it names."""
    document: dict[str, Any] = json.loads(text)
    name = document["schema"].removeprefix("drydock.").partition("/")[0]
    jsonschema.Draft202012Validator(_schema(name)).validate(document)
    return document


@pytest.mark.parametrize("arguments", COMMANDS, ids=lambda one: f"{one[0]}-{len(one)}")
def test_what_a_command_prints_is_valid(run: Run, arguments: tuple[str | Path, ...]) -> None:
    _valid(run(*arguments).out)


def test_rows_of_a_store_are_valid(run: Run, tmp_path: Path) -> None:
    events = [{"introduced": "0"}, {"fixed": "99"}]
    affected = {
        "package": {"ecosystem": "PyPI", "name": "flask"},
        "ranges": [{"type": "ECOSYSTEM", "events": events}],
    }
    record = {"id": "CVE-2026-1", "modified": "2026-01-01T00:00:00Z", "affected": [affected]}
    (tmp_path / "feed.json").write_text(json.dumps(record))
    import_path(tmp_path / "feed.json")
    found = _valid(run("vulns", FLASK / "image.tar.gz", "--format", "json").out)
    assert [one["id"] for one in found["vulnerabilities"]] == ["CVE-2026-1"]
    status = _valid(run("db", "status", "--format", "json").out)
    assert [one["records"] for one in status["feeds"]] == [1]


def test_every_schema_has_a_command_that_prints_it() -> None:
    named = {path.name.partition(".")[0] for path in SCHEMAS}
    tested = {{"check": "report"}.get(str(one[0]), str(one[0])) for one in COMMANDS}
    assert named == tested


@pytest.mark.parametrize("path", SCHEMAS, ids=lambda path: path.name)
def test_a_schema_describes_all_fields_and_allows_nothing_else(path: Path) -> None:
    schema = json.loads(path.read_text())
    jsonschema.Draft202012Validator.check_schema(schema)
    assert schema["$id"] == schema["properties"]["schema"]["const"]
    for one in _objects(schema):
        assert one["additionalProperties"] is False
        assert sorted(one["required"]) == sorted(one["properties"])


def _objects(value: Any) -> list[dict[str, Any]]:
    """The descriptions of objects with named fields, at any depth."""
    if isinstance(value, list):
        return [found for one in value for found in _objects(one)]
    if not isinstance(value, dict):
        return []
    own = [value] if value.get("type") == "object" and "properties" in value else []
    return own + [found for one in value.values() for found in _objects(one)]
