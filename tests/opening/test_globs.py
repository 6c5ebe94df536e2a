"""Go's filepath.Match: the table of its own test, by pattern, name and result."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hardening.context.globs import BadPatternError, matches


@pytest.mark.parametrize(
    ("pattern", "name", "expected"),
    [
        ("abc", "abc", True),
        ("*", "abc", True),
        ("*c", "abc", True),
        ("a*", "a", True),
        ("a*", "ab/c", False),
        ("a*/b", "abc/b", True),
        ("a*/b", "a/c/b", False),
        ("a*b*c*d*e*/f", "axbxcxdxe/f", True),
        ("a*b*c*d*e*/f", "axbxcxdxexxx/f", True),
        ("a*b*c*d*e*/f", "axbxcxdxe/xxx/f", False),
        ("a*b*c*d*e*/f", "axbxcxdxexxx/fff", False),
        ("a*b?c*x", "abxbbxdbxebxczzx", True),
        ("a*b?c*x", "abxbbxdbxebxczzy", False),
        ("ab[c]", "abc", True),
        ("ab[b-d]", "abc", True),
        ("ab[e-g]", "abc", False),
        ("ab[^c]", "abc", False),
        ("ab[^e-g]", "abc", True),
        ("a\\*b", "a*b", True),
        ("a\\*b", "ab", False),
        ("a?b", "a☺b", True),
        ("a[^a]b", "a☺b", True),
        ("a???b", "a☺b", False),
        ("[a-ζ]*", "α", True),
        ("*[a-ζ]", "A", False),
        ("a?b", "a/b", False),
        ("[\\]a]", "]", True),
        ("[\\-]", "-", True),
        ("[x\\-]", "z", False),
        ("*x", "xxx", True),
        (".*", ".env", True),
        ("**", "abc", True),
        ("**", "a/b", False),
    ],
)
def test_matches_as_go_does(pattern: str, name: str, expected: bool) -> None:
    assert matches(pattern, name) is expected


@pytest.mark.parametrize(
    "pattern", ["[]a]", "[-]", "[x-]", "[-x]", "[a-b-c]", "[", "[^", "[^bc", "*a\\"]
)
def test_a_malformed_pattern_is_an_error(pattern: str) -> None:
    with pytest.raises(BadPatternError):
        matches(pattern, "abc")


def test_many_stars_take_no_exponential_time() -> None:
    assert matches("*a" * 200 + "b", "a" * 2000) is False
    assert matches("*a" * 200 + "*", "a" * 2000) is True


@given(st.text(alphabet="ab*?", max_size=12), st.text(alphabet="ab", max_size=10))
def test_many_stars_agree_with_a_plain_matcher(pattern: str, name: str) -> None:
    def plain(wanted: str, given: str) -> bool:
        if not wanted:
            return not given
        if wanted[0] == "*":
            return plain(wanted[1:], given) or (bool(given) and plain(wanted, given[1:]))
        return bool(given) and wanted[0] in ("?", given[0]) and plain(wanted[1:], given[1:])

    assert matches(pattern, name) is plain(pattern, name)
