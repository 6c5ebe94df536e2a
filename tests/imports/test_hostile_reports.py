"""Reports of any shape: nothing but InputError comes out, and what was read can be merged."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hardening.analyse import analyse
from hardening.errors import InputError
from hardening.image.synthetic import ImageSketch, LayerSketch
from hardening.imports import reading
from hardening.imports.model import Imported
from hardening.opening import memory_subject

SUBJECT = memory_subject(
    "FROM debian:13\nRUN a | b\nWORKDIR x\n",
    image=ImageSketch(layers=(LayerSketch({"etc/a": "x"}),)),
)
VALID: dict[str, Any] = {
    "sarif": {
        "version": "2.1.0",
        "runs": [
            {
                "tool": {"driver": {"name": "x", "rules": [{"id": "a"}]}},
                "results": [
                    {
                        "ruleId": "a",
                        "ruleIndex": 0,
                        "level": "error",
                        "message": {"text": "m"},
                        "locations": [
                            {
                                "physicalLocation": {
                                    "artifactLocation": {"uri": "Dockerfile"},
                                    "region": {"startLine": 1, "endLine": 1},
                                }
                            }
                        ],
                    }
                ],
            }
        ],
    },
    "trivy": {
        "SchemaVersion": 2,
        "ArtifactName": "a",
        "ArtifactType": "container_image",
        "Results": [
            {
                "Target": "etc/a",
                "Type": "debian",
                "Misconfigurations": [
                    {"ID": "DS-1", "Status": "FAIL", "CauseMetadata": {"StartLine": 1}}
                ],
                "Secrets": [{"RuleID": "github-pat", "StartLine": 1}],
                "Vulnerabilities": [
                    {"VulnerabilityID": "CVE-1", "PkgName": "a", "InstalledVersion": "1"}
                ],
            }
        ],
    },
    "grype": {
        "descriptor": {},
        "matches": [
            {
                "vulnerability": {"id": "CVE-1", "severity": "High"},
                "relatedVulnerabilities": [{"id": "CVE-2"}],
                "artifact": {"name": "a", "version": "1", "type": "deb"},
            }
        ],
    },
    "dockle": {
        "summary": {"fatal": 1},
        "details": [{"code": "CIS-DI-0010", "level": "FATAL", "title": "t", "alerts": ["a"]}],
    },
    "checkov": {
        "check_type": "dockerfile",
        "results": {
            "failed_checks": [
                {"check_id": "CKV_DOCKER_1", "file_path": "/Dockerfile", "file_line_range": [1, 2]}
            ]
        },
    },
    "hadolint": [{"code": "DL3000", "file": "Dockerfile", "line": 3, "level": "error"}],
    "shellcheck": {"comments": [{"file": "Dockerfile", "line": 2, "code": 2086, "level": "info"}]},
}


def places(value: Any, way: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """Every place in a document."""
    pairs: list[tuple[Any, Any]] = []
    if isinstance(value, dict | list):
        pairs = list(value.items() if isinstance(value, dict) else enumerate(value))
    return [way, *(one for key, inner in pairs for one in places(inner, (*way, key)))]


KEYS = sorted({key for one in VALID.values() for way in places(one) for key in map(str, way)})
SCALARS = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.sampled_from([10**400, -(2**63), 2**64]),
    st.floats(allow_nan=True, allow_infinity=True),
    st.text(max_size=8),
    st.sampled_from(
        ["FAIL", "HIGH", "Dockerfile", "../../etc", "\x00", "\ud800", "container_image", "DL3000"]
    ),
)
VALUES = st.recursive(
    SCALARS,
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(KEYS), inner, max_size=5)
    ),
    max_leaves=20,
)


def merged(imported: Imported) -> None:
    report = analyse(replace(SUBJECT, imported=(imported,)))
    assert not report.failures
    for one in report.findings:
        assert one.message and f"{one.rule} {one.message}".encode()


def read(path: Path, data: bytes) -> Imported | None:
    path.write_bytes(data)
    reading._read.cache_clear()
    try:
        return reading.read_import(path)
    except InputError as error:
        assert error.what and str(path) in error.what
        return None


@pytest.fixture(scope="module")
def path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("reports") / "report.json"


def changed(document: Any, way: tuple[Any, ...], value: Any) -> Any:
    if not way:
        return value
    copy = dict(document) if isinstance(document, dict) else list(document)
    copy[way[0]] = changed(document[way[0]], way[1:], value)
    return copy


@pytest.mark.parametrize("name", sorted(VALID))
def test_the_valid_ones_are_read(path: Path, name: str) -> None:
    found = read(path, json.dumps(VALID[name]).encode())
    assert found is not None and found.results
    merged(found)


@settings(max_examples=400, deadline=None)
@given(st.data())
def test_one_place_of_a_valid_report_holds_something_else(path: Path, data: st.DataObject) -> None:
    document = VALID[data.draw(st.sampled_from(sorted(VALID)))]
    way = data.draw(st.sampled_from(places(document)))
    found = read(path, json.dumps(changed(document, way, data.draw(VALUES))).encode())
    if found is not None:
        merged(found)


@settings(max_examples=300, deadline=None)
@given(VALUES)
def test_any_json(path: Path, document: Any) -> None:
    found = read(path, json.dumps(document).encode())
    if found is not None:
        merged(found)


@settings(max_examples=150, deadline=None)
@given(st.binary(max_size=40))
def test_any_bytes(path: Path, data: bytes) -> None:
    found = read(path, data)
    assert found is None or not found.results


@pytest.mark.parametrize(
    "data",
    [
        b"[" * 200_000,
        b'{"a":' * 200_000,
        b"[" + b"9" * 100_000 + b"]",
        b'{"runs": [{"results": [{"ruleIndex": 1e999, "message": {"text": NaN}}]}]}',
        b'\xef\xbb\xbf[{"code": "DL3000", "line": 3, "file": "Dockerfile", "level": "error"}]',
        b'[{"code": "DL3000", "line": -1e400, "file": "Dockerfile"}]',
    ],
    ids=["deep lists", "deep objects", "long number", "numbers that are none", "BOM", "infinity"],
)
def test_extremes(path: Path, data: bytes) -> None:
    found = read(path, data)
    if found is not None:
        merged(found)
