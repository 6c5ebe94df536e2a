"""Version order agrees with the package managers' own."""

from __future__ import annotations

import json
import lzma
from collections.abc import Iterator
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hardening.advisories.versions import InvalidVersion, compare, key_of, scheme_of
from tests.shared import shared_data

pytestmark = pytest.mark.shared

SCHEMES = {
    "apk": "alpine",
    "deb": "debian",
    "maven": "maven",
    "nuget": "nuget",
    "rpm": "rpm",
    "semver": "semver",
}
NOT_OURS = {"alpm", "conan", "gentoo", "openssl"}
"""No advisory ecosystem that we match uses them."""

ARGUED = {
    ("Packagist", "1.2.3.#", "1.2.3.1"),
}
"""`#` equals any number there, which no order can hold."""

REFUSED = {"Alpine": 40, "PyPI": 11, "RubyGems": 2, "Debian": 1}
"""At most so many vectors of a set are no versions of their scheme (apk says "invalid" too)."""


def vectors(name: str) -> Iterator[dict[str, str]]:
    with lzma.open(shared_data(name) / "vectors.jsonl.xz") as lines:
        for line in lines:
            yield json.loads(line)


@pytest.mark.parametrize("name", ["versions-osv-scalibr", "versions-knqyf263", "versions-univers"])
def test_vectors(name: str) -> None:
    wrong, refused, seen = [], dict.fromkeys(REFUSED, 0), 0
    for one in vectors(name):
        ecosystem, left, right = one["eco"], one["a"], one["b"]
        scheme = SCHEMES.get(ecosystem) or scheme_of(ecosystem)
        if scheme is None:
            assert ecosystem in NOT_OURS
            continue
        seen += 1
        try:
            order = compare(scheme, left, right)
        except InvalidVersion:
            assert ecosystem in refused, (ecosystem, left, right)
            refused[ecosystem] += 1
            continue
        holds = {
            "<": order < 0,
            "=": order == 0,
            ">": order > 0,
            "<=": order <= 0,
            ">=": order >= 0,
            "!=": order != 0,
        }[one["op"]]
        if not holds and (ecosystem, left, right) not in ARGUED:
            wrong.append((ecosystem, left, one["op"], right))
    assert seen > 500
    assert not wrong
    assert all(refused[ecosystem] <= most for ecosystem, most in REFUSED.items()), refused


def test_python_versions_in_order() -> None:
    versions = json.loads((shared_data("versions-packaging") / "ordered_versions.json").read_text())
    keys = [key_of("pypi", version) for version in versions]
    assert all(low < high for low, high in pairwise(keys))
    for text in json.loads((shared_data("versions-packaging") / "invalid.json").read_text()):
        with pytest.raises(InvalidVersion):
            key_of("pypi", text)


ALL = sorted({*SCHEMES.values(), "pypi", "gem", "pub", "packagist", "numeric"})


@pytest.mark.parametrize("scheme", ALL)
@given(a=st.text("0123456789.-~+_rabpe:^vR", max_size=12), b=st.text(max_size=8))
def test_any_text_compares_or_is_refused(scheme: str, a: str, b: str) -> None:
    try:
        assert compare(scheme, a, a) == 0
        assert compare(scheme, a, b) == -compare(scheme, b, a)
    except InvalidVersion:
        return


def test_own_cases() -> None:
    assert compare("debian", "1:2.38.1-5+deb12u3", "2.38.1-5+deb12u9") > 0
    assert compare("alpine", "1.2.3_rc1-r0", "1.2.3-r0") < 0
    assert compare("rpm", "1.0~rc1-1", "1.0-1") < 0
    assert compare("semver", "v1.2.3", "1.2.3-0.20240101") > 0
    assert compare("maven", "1.0-SNAPSHOT", "1.0") < 0
    assert compare("gem", "1.0.0.pre1", "1.0.0") < 0
    assert compare("packagist", "2.0.0-beta3", "2.0.0RC1") < 0
    assert scheme_of("Debian:12") == "debian"
    assert scheme_of("Fedora:40") is None
