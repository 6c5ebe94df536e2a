"""Random Dockerfiles on which BuildKit's own parser must agree with ours.

Left out are the oracle's own faults: flags in its Latin-1, words that lose their beginning before
`${x:-y}`; and what its version does not know yet: the `check` directive, and that nothing may
follow a JSON array.
"""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.dockerfile.test_conformance import agree

_KEYWORDS = (
    "FROM RUN COPY ADD ENV ARG CMD ENTRYPOINT HEALTHCHECK ONBUILD LABEL USER WORKDIR SHELL EXPOSE "
    "VOLUME STOPSIGNAL MAINTAINER"
)
_FRAGMENTS = (
    *(keyword + " " for keyword in _KEYWORDS.split()),
    "\n", "\n", "\r\n", "\\\n", "\\ \t\n", "\\\r\n", "`\n", "# escape=`\n", "# syntax=x\n", "#",
    " # c\n", "\t", " ", " ", "'", '"', "\\", "$", "$A", "=", "a ", "b", "x=y ", "AS ", "CMD ",
    '["a", "b"]\n', '["a", 1]\n', "[", "]", "--mount=type=cache,target=/x ", "--from=base ", "-- ",
    "--link ", '--chown="1:1" ', "<<EOF", "<<-EOF", '<<"E F"', "3<<A <<B", "\nEOF\n", "E F", "A",
    "&&", "|", ";", "NONE", "\x0b", "\x0c",
)  # fmt: skip

dockerfiles = st.lists(st.sampled_from(_FRAGMENTS), max_size=16).map("".join)


@given(dockerfiles, st.booleans())
@settings(max_examples=800, deadline=None)
def test_any_dockerfile_agrees_with_buildkit(text: str, with_stage: bool) -> None:
    agree("FROM a\n" + text if with_stage else text)
