"""A secret whose file was deleted in a later layer."""

from __future__ import annotations

from collections.abc import Iterator

from hardening.image.synthetic import ImageSketch, LayerSketch
from hardening.model import Evidence, Finding, ImagePathPlace, LayerPlace, Severity
from hardening.rules.frame import Example, Need, Rule
from hardening.rules.support_layers import lines_of
from hardening.rules.support_secrets import how_to_keep_out, how_to_rotate
from hardening.subject import Subject

rule = Rule(
    title="Delete a secret in the layer that added it, or never add it",
    severity=Severity.HIGH,
    why="A file deleted by a later instruction is still in the layer below; docker save and "
    "tar are "
    "all that it takes to read it.",
    references=(
        "https://docs.docker.com/build/building/secrets/",
        "https://github.com/opencontainers/image-spec/blob/main/layer.md#whiteouts",
    ),
    aliases=("dockle:CIS-DI-0010", "slim:ID.20021", "cis-docker:4.10"),
    needs=frozenset({Need.IMAGE, Need.SECRETS}),
    bad=(
        Example(
            "FROM node:24\nCOPY .npmrc /root/\nRUN npm ci\nRUN rm /root/.npmrc\n",
            image=ImageSketch(
                layers=(
                    LayerSketch({"root/.npmrc": "//r.example/:_authToken=Qm9iOnMzY3JldHB3OQ\n"}),
                    LayerSketch({"srv/app.js": "1\n"}),
                    LayerSketch({"root/.npmrc": None}),
                )
            ),
        ),
    ),
    good=(
        Example(
            "FROM node:24\nCOPY settings /root/\nRUN rm /root/settings\n",
            image=ImageSketch(
                layers=(
                    LayerSketch({"root/settings": "color=blue\n"}),
                    LayerSketch({"root/settings": None}),
                )
            ),
        ),
    ),
)


@rule.check
def find(subject: Subject) -> Iterator[Finding]:
    for secret in subject.secrets or ():
        life = secret.life
        files = tuple(place for place in secret.places if isinstance(place, ImagePathPlace))
        if not files or secret.demoted or life.removed is None:
            continue
        layers = ", ".join(str(one) for one in life.recoverable_from)
        yield rule.finding(
            subject,
            f"{secret.title} in /{files[0].path} was removed in layer {life.removed} but can "
            f"be read "
            f"from layer {layers}",
            at=files[0],
            about=secret.sha256[:12],
            also=(
                *files[1:20],
                LayerPlace(life.removed),
                *lines_of(subject, (*life.recoverable_from, life.removed)),
            ),
            evidence=(
                Evidence(f"{secret.title}: {secret.masked}", files[0]),
                Evidence(f"Added in layer {life.added}", files[0]),
                Evidence(f"Deleted or replaced in layer {life.removed}", LayerPlace(life.removed)),
            ),
            severity=secret.severity,
            tip=f"{how_to_rotate(secret)} {how_to_keep_out(secret, files[0])}",
        )
