"""All engines find the same: Vectorscan, RE2, `re` behind keywords. The measure is `re` with every
pattern over every byte."""

from __future__ import annotations

import io
import json
import lzma
import re
import tarfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hardening.secrets import engine, vectorscan
from hardening.secrets.engine import AutomatonMatcher, Hit, Matcher, PlainMatcher, find
from hardening.secrets.formats import Format, all_formats
from hardening.secrets.vectorscan import VectorMatcher, compiled_matcher, kept_matcher
from tests.engine import refuse
from tests.secrets.tokens import example
from tests.shared import shared_data

TOKENS = [example(one) for one in all_formats()]


class EverythingMatcher:
    """No automaton, no keywords, no triggers."""

    def __init__(self) -> None:
        self._patterns = {one.id: re.compile(one.pattern) for one in all_formats()}

    def candidates(self, data: bytes) -> tuple[Format, ...]:
        return all_formats()

    def matches(self, one: Format, data: bytes) -> Iterator[re.Match[bytes]]:
        return self._patterns[one.id].finditer(data)


@pytest.fixture(autouse=True, scope="module")
def own_cache(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("DRYDOCK_CACHE_DIR", str(tmp_path_factory.mktemp("cache")))
        yield


@pytest.fixture(scope="module")
def matchers(own_cache: None) -> dict[str, Matcher]:
    exact = AutomatonMatcher(all_formats())
    vector = compiled_matcher(all_formats(), exact)
    if vector is None:
        refuse("hyperscan is not installed")
    return {"vectorscan": vector, "re2": exact, "keywords": PlainMatcher(all_formats())}


def _texts() -> Iterator[bytes]:
    data = lzma.decompress((shared_data("secrets-gitleaks") / "cases.jsonl.xz").read_bytes())
    rows: list[dict[str, Any]] = [json.loads(line) for line in io.BytesIO(data)]
    yield from (row["text"].encode() for row in rows)
    for name in ("secrets-detect-secrets", "secrets-leaky-repo"):
        with tarfile.open(shared_data(name) / "files.tar.xz") as tar:
            for member in tar:
                handle = tar.extractfile(member)
                if handle is not None:
                    yield handle.read()


def _places(hits: tuple[Hit, ...]) -> list[tuple[str, int, int]]:
    return [(hit.format.id, hit.start, hit.end) for hit in hits]


@pytest.mark.shared
def test_every_engine_finds_what_a_plain_pass_finds(matchers: dict[str, Matcher]) -> None:
    plain = EverythingMatcher()
    count = 0
    for text in _texts():
        expected = _places(find(text, chosen=plain))
        count += len(expected)
        for name, matcher in matchers.items():
            assert _places(find(text, chosen=matcher)) == expected, (name, text[:200])
    assert count > 1_000


@given(st.lists(st.sampled_from([*TOKENS, "=", "\n", " ", "x", "'", "API_KEY"]), max_size=6))
def test_tokens_side_by_side(matchers: dict[str, Matcher], parts: list[str]) -> None:
    text = "".join(parts).encode()
    expected = _places(find(text, chosen=matchers["keywords"]))
    for name in ("vectorscan", "re2"):
        assert _places(find(text, chosen=matchers[name])) == expected


def test_a_compiled_database_is_kept(matchers: dict[str, Matcher]) -> None:
    exact = matchers["re2"]
    kept = kept_matcher(all_formats(), exact)
    assert isinstance(kept, VectorMatcher)
    text = "\n".join(TOKENS).encode()
    assert list(kept.candidates(text)) == list(matchers["vectorscan"].candidates(text))
    assert kept_matcher(all_formats()[1:], exact) is None


def test_a_damaged_database_is_as_none(
    matchers: dict[str, Matcher], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(vectorscan, "get_derived", lambda kind, key: b"no database")
    assert kept_matcher(all_formats(), matchers["re2"]) is None


def test_only_much_data_is_worth_compiling(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DRYDOCK_CACHE_DIR", str(tmp_path))
    engine.matcher.cache_clear()
    try:
        engine.prepare(vectorscan.WORTH_COMPILING - 1)
        assert not isinstance(engine.matcher(), VectorMatcher)
        engine.prepare(vectorscan.WORTH_COMPILING)
        assert isinstance(engine.matcher(), VectorMatcher)
    finally:
        engine.matcher.cache_clear()
