"""Stores and inventories for tests."""

from __future__ import annotations

import json
from contextlib import closing
from pathlib import Path
from typing import Any

from hardening.advisories.importing import import_path
from hardening.advisories.matching import match
from hardening.advisories.model import Matched, Target, Vulnerability
from hardening.advisories.store import open_store
from hardening.image.model import Origin
from hardening.inventory.model import Package


def record(
    identifier: str, ecosystem: str, name: str, *events: tuple[str, str], **more: Any
) -> dict[str, Any]:
    """An OSV record of one package with one range."""
    affected = {
        "package": {"ecosystem": ecosystem, "name": name},
        "ranges": [{"type": "ECOSYSTEM", "events": [{kind: value} for kind, value in events]}],
        **more.pop("affected", {}),
    }
    return {"id": identifier, "modified": "2026-11-01T00:00:00Z", "affected": [affected], **more}


def until(version: str) -> tuple[tuple[str, str], tuple[str, str]]:
    """Everything below this version is affected."""
    return ("introduced", "0"), ("fixed", version)


def store_of(folder: Path, *documents: Any, name: str = "feed.jsonl") -> Path:
    """The store of a folder, with these documents added as one feed."""
    source, store = folder / name, folder / "advisories.sqlite"
    source.write_text("\n".join(json.dumps(one) for one in documents))
    import_path(source, store=store)
    return store


def matched(store: Path, *targets: tuple[str, str, str]) -> Matched:
    opened = open_store(store)
    assert opened is not None
    with closing(opened):
        return match(opened, [Target(*one) for one in targets])


def fixes(found: Matched) -> list[tuple[str, str]]:
    return [(one.id, one.fixed) for one in found.vulnerabilities]


def only(found: Matched) -> Vulnerability:
    (row,) = found.vulnerabilities
    return row


def package(
    kind: str,
    name: str,
    version: str,
    *,
    source: tuple[str, str] | None = None,
    vendor: str = "",
    owned_by: str | None = None,
    base: Origin = Origin.UNKNOWN,
) -> Package:
    source_name, source_version = source or (name, version)
    return Package(
        kind, name, version, source_name, source_version, f"pkg:{kind}/{name}@{version}",
        "", 0, base, owned_by=owned_by, vendor=vendor,
    )  # fmt: skip
