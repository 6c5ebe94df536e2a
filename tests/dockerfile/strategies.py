"""Dockerfiles for property tests: any text, and text made of what Dockerfiles are made of."""

from __future__ import annotations

from hypothesis import strategies as st

_FRAGMENTS = (
    "FROM debian:12", "FROM base AS Final", "RUN ", "COPY ", "ADD ", "ENV A=b", "ENV a b",
    "ARG X=1", "CMD ", "ENTRYPOINT ", "HEALTHCHECK CMD ", "ONBUILD ", "LABEL a=b", "USER 1:1",
    "WORKDIR /a",
    "SHELL ", '["a", "b"]', '["a", 1]', "[", "]", "--mount=type=cache,target=/x ", "--from=base ",
    "--chown=1:1 ", "<<EOF", "<<-EOF", '<<"E F"', "3<<A <<B", "EOF", "E F", "A", "B", "\n", "\r\n",
    "\\\n", "\\ \t\n", "`\n", "\\\r\n", "# escape=`\n", "# syntax=x\n", "#", " # c\n", "\t", " ",
    "'", '"', "\\", "$", "${X:-y}", "${X", "$(a)", "&&", "||", "|", ";", "(", ")", "{", "}", ">",
    "apt-get install -y a", "curl x | sh", "sh -c 'a && b'", "if a; then b; fi", "é", "日本",
    "\u2028", "\x0b", "\x0c", "\x1c", "\ufeff", "\x00", "\udc80", "😀",
)  # fmt: skip

any_text = st.text(max_size=120)
dockerfile_like = st.lists(st.sampled_from(_FRAGMENTS), max_size=24).map("".join)
texts = st.one_of(
    dockerfile_like,
    any_text,
    st.binary(max_size=80).map(lambda data: data.decode("utf-8", "surrogateescape")),
)
