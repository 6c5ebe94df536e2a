from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hardening.dockerfile import parse
from hardening.image.attribution import attribute, with_attribution
from hardening.image.model import Attribution, Origin
from hardening.image.stored import StoredImage
from hardening.image.synthetic import ImageSketch, LayerSketch, make_image

DOCKERFILE = """ARG BASE=debian:12-slim
FROM $BASE AS build
ARG VERSION=1.2
RUN mkdir -p /out \\
    # comment inside
    && echo "$VERSION" > /out/v
FROM debian:12-slim AS common
ENV APP_HOME=/srv/app A="b c"
LABEL org.x="y z"
WORKDIR $APP_HOME
FROM common
ARG MODE=prod
RUN echo $MODE   >  /mode
COPY --from=build --chown=1000:1000 /out/v ./v
COPY a.txt Dockerfile sub/
ADD a.txt ${APP_HOME}/b.txt
WORKDIR data
SHELL ["/bin/bash", "-o", "pipefail", "-c"]
RUN echo hi | cat > /hi
RUN ["/bin/true"]
USER 1000
EXPOSE 8000 9000/udp
VOLUME /data /d2
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=30s CMD test -e /hi || exit 1
ONBUILD RUN echo x
ENTRYPOINT ["/bin/cat", "-"]
CMD echo "x y"
"""

# What Docker 20.10 really wrote for it, a "-" before entries without a layer.
BUILDKIT = r"""
-ENV APP_HOME=/srv/app A=b c
-LABEL org.x=y z
WORKDIR /srv/app
-ARG MODE=prod
RUN |1 MODE=prod /bin/sh -c echo $MODE   >  /mode # buildkit
COPY /out/v ./v # buildkit
COPY a.txt Dockerfile sub/ # buildkit
ADD a.txt /srv/app/b.txt # buildkit
WORKDIR /srv/app/data
-SHELL [/bin/bash -o pipefail -c]
RUN |1 MODE=prod /bin/bash -o pipefail -c echo hi | cat > /hi # buildkit
RUN |1 MODE=prod /bin/true # buildkit
-USER 1000
-EXPOSE map[8000/tcp:{} 9000/udp:{}]
-VOLUME [/data /d2]
-STOPSIGNAL SIGTERM
-HEALTHCHECK &{["CMD-SHELL" "test -e /hi || exit 1"] "30s" "0s" "0s" '\x00'}
-ENTRYPOINT ["/bin/cat" "-"]
-CMD ["/bin/bash" "-o" "pipefail" "-c" "echo \"x y\""]
"""
LEGACY = r"""
-/bin/sh -c #(nop)  ENV APP_HOME=/srv/app A=b c
-/bin/sh -c #(nop)  LABEL org.x=y z
/bin/sh -c #(nop) WORKDIR /srv/app
-/bin/sh -c #(nop)  ARG MODE=prod
|1 MODE=prod /bin/sh -c echo $MODE   >  /mode
/bin/sh -c #(nop) COPY --chown=1000:1000file:beb433bf09d2e6c5104e2b7efae07a8ab4645ee9ea0 in ./v
/bin/sh -c #(nop) COPY multi:b068f785a1ca4c3d8c50845fb3e29f530675ae1d9893bc3955162936 in sub/
/bin/sh -c #(nop) ADD file:7a379d0ef3d363574f9a38cf03a78aa104889c30582434cdb486 in /srv/app/b.txt
/bin/sh -c #(nop) WORKDIR /srv/app/data
-/bin/bash -o pipefail -c #(nop)  SHELL [/bin/bash -o pipefail -c]
|1 MODE=prod /bin/bash -o pipefail -c echo hi | cat > /hi
|1 MODE=prod /bin/true
-/bin/bash -o pipefail -c #(nop)  USER 1000
-/bin/bash -o pipefail -c #(nop)  EXPOSE 8000 9000/udp
-/bin/bash -o pipefail -c #(nop)  VOLUME [/data /d2]
-/bin/bash -o pipefail -c #(nop)  STOPSIGNAL SIGTERM
-/bin/bash -o pipefail -c #(nop)  HEALTHCHECK &{["CMD-SHELL" "test -e /hi || exit 1"] "30s"}
-/bin/bash -o pipefail -c #(nop)  ONBUILD RUN echo x
-/bin/bash -o pipefail -c #(nop)  ENTRYPOINT ["/bin/cat" "-"]
-/bin/bash -o pipefail -c #(nop)  CMD ["/bin/bash" "-o" "pipefail" "-c" "echo \"x y\""]
"""
BASE = ("/bin/sh -c #(nop) ADD file:0123456789abcdef in / ", '-/bin/sh -c #(nop)  CMD ["bash"]')


def layers_of(lines: tuple[str, ...]) -> tuple[LayerSketch, ...]:
    return tuple(
        LayerSketch(
            {} if line.startswith("-") else {f"f{n}": ""},
            line.removeprefix("-"),
            line.startswith("-"),
        )
        for n, line in enumerate(lines)
    )


def image_of(history: str | tuple[str, ...], base: tuple[str, ...] = BASE) -> StoredImage:
    lines = tuple(history.strip().splitlines()) if isinstance(history, str) else history
    return make_image(ImageSketch(layers=layers_of((*base, *lines))))


def lines_of(dockerfile: str, found: tuple[Attribution, ...]) -> list[str | None]:
    """First line of the instruction of each layer, "BASE" for the base's."""
    parsed = parse(dockerfile)
    names: list[str | None] = []
    for one in found:
        if one.origin is Origin.BASE:
            names.append("BASE")
        elif one.instruction is None:
            names.append(None)
        else:
            instruction = parsed.instructions[one.instruction]
            names.append(instruction.span.slice(dockerfile).splitlines()[0])
    return names


@pytest.mark.parametrize("history", [BUILDKIT, LEGACY], ids=["buildkit", "legacy"])
def test_real_histories_of_both_builders(history: str) -> None:
    image = image_of(history)
    found = attribute(image, parse(DOCKERFILE))
    assert lines_of(DOCKERFILE, found) == [
        "BASE",
        "WORKDIR $APP_HOME",
        "RUN echo $MODE   >  /mode",
        "COPY --from=build --chown=1000:1000 /out/v ./v",
        "COPY a.txt Dockerfile sub/",
        "ADD a.txt ${APP_HOME}/b.txt",
        "WORKDIR data",
        "RUN echo hi | cat > /hi",
        'RUN ["/bin/true"]',
    ]
    assert not any(one.estimated for one in found)


def test_layers_of_an_image_carry_their_attribution() -> None:
    image = image_of(BUILDKIT)
    done = with_attribution(image, attribute(image, parse(DOCKERFILE)))
    assert [layer.attribution.origin for layer in done.layers[:2]] == [Origin.BASE, Origin.OWN]


def test_heredocs() -> None:
    text = (
        "FROM debian:12\nRUN <<EOF\nset -e\n  make all\nEOF\n"
        "RUN cat <<A > /a && cat <<B > /b\n1\nA\n2\nB\n"
        "RUN <<PY\n#!/usr/bin/env python3\nprint(1)\nPY\n"
        "COPY <<CONF /etc/app.conf\nx=1\nCONF\n"
    )
    image = image_of(
        (
            "RUN /bin/sh -c set -e\n  make all\n # buildkit",
            "RUN /bin/sh -c cat <<A > /a && cat <<B > /b\n1\nA\n2\nB # buildkit",
            "RUN /bin/sh -c /dev/pipes/PY # buildkit",
            "COPY <<CONF /etc/app.conf # buildkit",
        )
    )
    found = attribute(image, parse(text))
    assert [one.instruction for one in found] == [None, 1, 2, 3, 4]
    assert not any(one.estimated for one in found)


def test_build_arguments_are_read_from_the_history() -> None:
    text = "FROM debian:12\nARG DIR=/default\nCOPY a $DIR/a\nWORKDIR ${DIR}\nRUN make\n"
    image = image_of(
        ("-ARG DIR=/given", "COPY a /given/a # buildkit", "WORKDIR /given", "RUN /bin/sh -c make")
    )
    found = attribute(image, parse(text))
    assert [one.instruction for one in found] == [None, 2, 3, 4]
    assert not any(one.estimated for one in found)


def test_a_variable_of_the_base_stands_for_anything() -> None:
    text = "FROM debian:12\nCOPY a $HOME_OF_BASE/bin/\nRUN make\n"
    image = image_of(("COPY a /opt/x/bin/ # buildkit", "RUN /bin/sh -c make # buildkit"))
    assert [one.instruction for one in attribute(image, parse(text))] == [None, 1, 2]


def test_a_changed_line_is_paired_and_marked_as_estimated() -> None:
    text = (
        "FROM debian:12\nRUN apt-get update && apt-get install -y --no-install-recommends curl\n"
        "COPY app /app\nRUN make install\n"
    )
    image = image_of(
        (
            "RUN /bin/sh -c apt-get update && apt-get install -y curl # buildkit",
            "COPY app /app # buildkit",
            "RUN /bin/sh -c make install # buildkit",
        )
    )
    found = attribute(image, parse(text))
    assert [one.instruction for one in found] == [None, 1, 2, 3]
    assert [one.estimated for one in found] == [True, True, False, False]
    assert "resembles" in found[1].evidence


def test_a_new_line_in_the_dockerfile_moves_no_other() -> None:
    text = "FROM debian:12\nCOPY a /a\nRUN brand new thing\nCOPY b /b\nCMD x\n"
    image = image_of(("COPY a /a # buildkit", "COPY b /b # buildkit"))
    found = attribute(image, parse(text))
    assert [one.instruction for one in found] == [None, 1, 3]
    assert not any(one.estimated for one in found)


def test_an_entry_that_no_line_explains_is_still_own() -> None:
    text = "FROM debian:12\nCOPY a /a\nCOPY b /b\nCOPY c /c\n"
    image = image_of(("COPY a /a", "RUN /bin/sh -c removed since", "COPY b /b", "COPY c /c"))
    found = attribute(image, parse(text))
    assert [one.instruction for one in found] == [None, 1, None, 2, 3]
    assert found[2].origin is Origin.OWN
    assert "no line" in found[2].evidence


def test_another_dockerfile_attributes_nothing_for_certain() -> None:
    text = "FROM node:22\nCOPY package.json ./\nRUN npm ci\nCOPY . .\nRUN npm run build\n"
    image = image_of(BUILDKIT)
    found = attribute(image, parse(text))
    assert all(one.instruction is None for one in found)
    assert all(one.estimated for one in found)


def test_without_a_dockerfile_the_last_cmd_is_a_guess() -> None:
    image = image_of(BUILDKIT)
    found = attribute(image, None)
    assert [one.origin for one in found] == [Origin.BASE] + [Origin.OWN] * 8
    assert all(one.estimated for one in found)
    assert "guess" in found[0].evidence


def test_nothing_tells() -> None:
    image = image_of(("COPY a /a",), base=("ADD rootfs /",))
    found = attribute(image, None)
    assert {one.origin for one in found} == {Origin.UNKNOWN}


def test_from_scratch_everything_is_own() -> None:
    image = image_of(("COPY app /app # buildkit",), base=())
    found = attribute(image, parse("FROM scratch\nCOPY app /app\n"))
    assert found == (Attribution(Origin.OWN, 1, False, "the history repeats this COPY"),)


def test_the_base_image_at_hand_decides() -> None:
    lines = (*BASE, "RUN /bin/sh -c python setup", '-CMD ["python3"]')
    base = make_image(ImageSketch(layers=layers_of(lines), reference="python:3.12"))
    built = make_image(ImageSketch(layers=layers_of((*lines, "COPY a /a", "RUN /bin/sh -c b"))))
    found = attribute(built, parse("FROM python:3.12\nCOPY a /a\nRUN b\n"), base=base)
    assert [one.origin for one in found] == [Origin.BASE] * 2 + [Origin.OWN] * 2
    assert [one.instruction for one in found] == [None, None, 1, 2]
    assert not any(one.estimated for one in found)
    assert "python:3.12" in found[0].evidence


def test_the_base_decides_against_a_dockerfile_that_does_not_fit() -> None:
    base = make_image(ImageSketch(layers=layers_of(BASE)))
    built = image_of(BUILDKIT)
    found = attribute(built, parse("FROM other\nRUN x\nRUN y\n"), base=base)
    assert [one.origin for one in found] == [Origin.BASE] + [Origin.OWN] * 8
    assert not found[0].estimated
    assert all(one.instruction is None for one in found)


def test_a_base_that_was_rebuilt_since_is_not_taken() -> None:
    base = make_image(ImageSketch(layers=layers_of(("ADD newer /", '-CMD ["bash"]'))))
    found = attribute(image_of(BUILDKIT), parse(DOCKERFILE), base=base)
    assert found[0].origin is Origin.BASE
    assert "history" in found[0].evidence


def test_what_the_image_says_of_itself_is_kept() -> None:
    sketch = ImageSketch(layers=layers_of(("ADD a /", "ADD b /", "COPY c /")), base_layers=2)
    found = attribute(make_image(sketch), parse("FROM x\nCOPY c /\n"))
    assert [one.origin for one in found] == [Origin.BASE, Origin.BASE, Origin.OWN]
    assert [one.instruction for one in found] == [None, None, 1]


def test_a_flattened_image_cannot_be_attributed() -> None:
    image = image_of((), base=("",))
    found = attribute(image, parse(DOCKERFILE))
    assert found[0].origin is Origin.UNKNOWN
    assert "squashed" in found[0].evidence


def test_a_history_that_does_not_count_the_layers() -> None:
    image = image_of(("RUN a", "RUN b"))
    history = tuple(replace(entry, layer=None) for entry in image.history)
    mixed = replace(image, history=history)
    found = attribute(mixed, parse("FROM x\nRUN a\nRUN b\n"))
    assert {one.instruction for one in found} == {None}
    assert all("cannot attribute" in one.evidence for one in found)


def test_the_layer_of_a_squashed_build_is_own_but_of_no_line() -> None:
    image = image_of(("-RUN /bin/sh -c a", "-COPY file:0123456789 in /b", "-CMD x", "squash-me"))
    history = tuple(
        replace(one, created_by="", comment="merge sha256:a to sha256:b")
        if one.created_by == "squash-me"
        else one
        for one in image.history
    )
    squashed = replace(image, history=history)
    found = attribute(squashed, parse("FROM x\nRUN a\nCOPY z /b\nCMD x\n"))
    assert [one.origin for one in found] == [Origin.BASE, Origin.OWN]
    assert found[1].instruction is None
    assert "squashed" in found[1].evidence


def test_annotations_are_shown_as_evidence() -> None:
    labels = {"org.opencontainers.image.base.name": "debian:12-slim"}
    image = make_image(ImageSketch(layers=layers_of((*BASE, "COPY a /a")), labels=labels))
    found = attribute(image, parse("FROM debian:12-slim\nCOPY a /a\n"))
    assert "debian:12-slim" in found[0].evidence


def test_windows_shells() -> None:
    text = "FROM mcr/windows\nRUN powershell -Command Get-Item\nRUN dir\n"
    image = image_of(
        ("RUN cmd /S /C powershell -Command Get-Item # buildkit", "cmd /S /C dir"), base=("ADD",)
    )
    assert [one.instruction for one in attribute(image, parse(text))] == [None, 1, 2]


@settings(max_examples=60, deadline=None)
@given(st.lists(st.text(max_size=60), max_size=12), st.text(max_size=200))
def test_any_history_and_any_dockerfile(history: list[str], text: str) -> None:
    lines = tuple(f"RUN{line}" for line in history)
    image = image_of(lines, base=())
    assert len(attribute(image, parse(text))) == len(image.layers)


def test_monstrous_histories_are_bounded() -> None:
    history = tuple(f"RUN /bin/sh -c step {n} of many" for n in range(900))
    text = "FROM x\n" + "".join(f"RUN step {n} of others\n" for n in range(900))
    assert len(attribute(image_of(history), parse(text))) == 901
