"""Every kind of secret says how to make it worthless, and how it leaves the image."""

from __future__ import annotations

import pytest

from hardening.model import Severity
from hardening.secrets import credential_files, key_stores, texts
from hardening.secrets.formats import Format, all_formats
from hardening.secrets.model import Life, Secret
from hardening.secrets.rotation import _KINDS, _PROVIDERS, at_provider, checklist

KINDS = [
    one
    for module in (credential_files, key_stores, texts)
    for one in vars(module).values()
    if isinstance(one, Format)
]


def secret_of(kind: Format) -> Secret:
    return Secret(
        rule=kind.id, title=kind.title, severity=Severity.HIGH, places=(), masked="**",
        sha256="0" * 64, life=Life(), rotate=kind.rotate,
    )  # fmt: skip


@pytest.mark.parametrize("kind", [*all_formats(), *KINDS], ids=lambda kind: kind.id)
def test_every_kind_has_steps(kind: Format) -> None:
    steps = checklist(secret_of(kind))
    assert len(steps) >= 3 and len(set(steps)) == len(steps)
    assert all(step[0].isupper() or step.startswith("npm ") for step in steps)
    assert all(step.endswith(".") for step in steps)


def test_no_step_is_for_a_kind_that_does_not_exist() -> None:
    formats = (*all_formats(), *KINDS)
    assert _PROVIDERS.keys() <= {one.provider for one in formats}
    assert _KINDS.keys() <= {one.id for one in formats}


def test_a_provider_without_steps_of_its_own_is_named() -> None:
    kind = next(one for one in all_formats() if one.provider == "snyk")
    assert any("snyk" in step for step in at_provider(secret_of(kind)))
