"""Bytes that one layer writes and a later one deletes or replaces."""

from __future__ import annotations

from collections.abc import Iterator

from hardening.image.synthetic import ImageSketch, LayerSketch
from hardening.model import Evidence, Finding, LayerPlace, Severity
from hardening.rules.frame import Example, Need, Rule
from hardening.rules.support_layers import is_base, lines_of, size_text
from hardening.subject import Subject

SMALLEST = 1_000_000
SHARE = 0.05

rule = Rule(
    title="Delete files in the layer that writes them",
    severity=Severity.LOW,
    why="Deleting in a later instruction hides a file and keeps its bytes: every pull "
    "carries them, "
    "and whoever has the image can read what was meant to be gone.",
    references=(
        "https://docs.docker.com/build/building/best-practices/#sort-multi-line-arguments",
    ),
    aliases=("slim:ID.20021",),
    needs=frozenset({Need.IMAGE}),
    bad=(
        Example(
            "FROM debian:13\nRUN curl -o /tmp/big https://example.com/big\nRUN rm /tmp/big\n",
            image=ImageSketch(
                layers=(
                    LayerSketch(
                        {"tmp/big": "x" * 1_200_000},
                        command="RUN /bin/sh -c curl -o /tmp/big https://example.com/big # "
                        "buildkit",
                    ),
                    LayerSketch({"tmp/big": None}, command="RUN /bin/sh -c rm /tmp/big # buildkit"),
                )
            ),
        ),
    ),
    good=(
        Example(
            "FROM debian:13\nRUN true\n",
            image=ImageSketch(layers=(LayerSketch({"a": "x" * 2_000_000}),)),
        ),
    ),
)


@rule.check
def find(subject: Subject) -> Iterator[Finding]:
    image = subject.image
    if image is None or not image.files_read:
        return
    for layer in image.layers:
        if (
            layer.wasted < SMALLEST
            or layer.wasted < SHARE * layer.size
            or is_base(image, layer.index)
        ):
            continue
        yield rule.finding(
            subject,
            f"{size_text(layer.wasted)} of layer {layer.index} are deleted or replaced by a later "
            "layer",
            at=LayerPlace(layer.index),
            about=f"layer {layer.diff_id}",
            also=lines_of(subject, (layer.index,)),
            evidence=(
                Evidence(f"{layer.command[:200]}", LayerPlace(layer.index)),
                Evidence(f"The layer has {size_text(layer.size)}"),
            ),
            tip="Write and delete in one RUN, or do the work in a build stage that does not ship",
        )
