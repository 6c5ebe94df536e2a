"""What the large rewrites keep, whatever the Dockerfile looks like."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from hardening.dockerfile import parse
from hardening.model import Safety
from hardening.opening import memory_subject
from hardening.rewrites.multi_stage import multi_stage
from hardening.rewrites.non_root_user import non_root_user
from hardening.runtime.start import start_of
from hardening.workspace import prepare_edits, splice

BASES = ("golang:1.22", "node:20", "python:3.11", "rust:1.79", "debian:12", "alpine", "scratch",
         "nginx", "ubi9/ubi", "foo/bar", "node:${V}", "php:8-apache")  # fmt: skip
LINES = (
    "WORKDIR /app", "WORKDIR work", "COPY . .", "COPY a b /x/", "RUN npm ci", "RUN npm run build",
    "RUN go build -o /bin/app .", "RUN CGO_ENABLED=0 go build \\\n  # note\n  -o app ./cmd/app",
    "RUN pip install -r requirements.txt", "RUN cargo build --release", "RUN <<EOF\nmake\nEOF",
    "ENV A=1 HOME=/root", "ENV CGO_ENABLED=0", "ARG X=1", "LABEL a=$X", "EXPOSE 80/tcp 443",
    "VOLUME /data", 'VOLUME ["/app/data"]', "USER root", "USER node", "USER 1000:1000",
    "RUN useradd shop", "RUN adduser -D shop && echo done", "USER shop", "HEALTHCHECK CMD true",
    'CMD ["app"]', "CMD ./app serve", 'ENTRYPOINT ["/bin/app"]', "ENTRYPOINT exec $APP",
    'CMD ["node", "x.js"]', "ONBUILD RUN echo", "STOPSIGNAL SIGINT", "# a comment", "",
    "RUN apt-get update && apt-get install -y gcc libpq-dev", "SHELL [\"/bin/bash\", \"-c\"]",
)  # fmt: skip


@st.composite
def dockerfiles(draw: st.DrawFn) -> str:
    head = draw(st.sampled_from(("", "# syntax=docker/dockerfile:1\n", "ARG V=20\n", "\ufeff")))
    base = draw(st.sampled_from(BASES))
    lines = draw(st.lists(st.sampled_from(LINES), max_size=12))
    newline = draw(st.sampled_from(("\n", "\r\n")))
    end = draw(st.sampled_from(("", "\n", "\n\n# end\n")))
    return (head + "\n".join([f"FROM {base}", *lines]) + end).replace("\n", newline)


@settings(max_examples=120, deadline=None)
@given(dockerfiles())
def test_the_build_stage_stays_byte_for_byte(text: str) -> None:
    subject = memory_subject(text)
    fix = multi_stage(subject)
    if fix is None:
        return
    changed = splice(text, prepare_edits(text, list(fix.edits)))
    assert changed.replace(" AS build", "", 1).startswith(text)
    again = parse(changed)
    assert not again.unparsed
    assert len(again.stages) in (2, 3)
    assert fix.safety is not Safety.SAFE
    assert multi_stage(subject.with_texts({"Dockerfile": changed})) is None


@settings(max_examples=120, deadline=None)
@given(dockerfiles())
def test_the_user_rewrite_leaves_root_and_keeps_every_other_line(text: str) -> None:
    subject = memory_subject(text)
    if not start_of(subject).user.root:
        return
    fix = non_root_user(subject)
    if fix is None or fix.safety is Safety.MANUAL:
        return
    changed = splice(text, prepare_edits(text, list(fix.edits)))
    again = subject.with_texts({"Dockerfile": changed})
    assert again.dockerfile is not None
    assert not again.dockerfile.unparsed
    user = start_of(again).user
    assert user.root is False
    assert user.value.partition(":")[0].isdigit()
    assert user.value.partition(":")[2].isdigit()
    kept = [line for line in text.splitlines() if not line.startswith(("USER", "RUN"))]
    found = changed.splitlines()
    assert all(line in found for line in kept)
