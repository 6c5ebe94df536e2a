"""A secret in a file that the image ships."""

from __future__ import annotations

from collections.abc import Iterator

from hardening.image.synthetic import ImageSketch, LayerSketch
from hardening.model import Evidence, Finding, ImagePathPlace, Severity
from hardening.rules.frame import Example, Need, Rule
from hardening.rules.support_layers import is_base, lines_of
from hardening.rules.support_secrets import how_to_keep_out, how_to_rotate, where
from hardening.subject import Subject

rule = Rule(
    title="Ship no secrets in files",
    severity=Severity.HIGH,
    why="Every file of an image can be read by whoever can pull it, and by an attacker who gets "
    "into one container; the secret then opens other systems.",
    references=("https://docs.docker.com/build/building/secrets/",),
    aliases=("dockle:CIS-DI-0010", "trivy:SECRET-CRITICAL", "cis-docker:4.10"),
    needs=frozenset({Need.IMAGE, Need.SECRETS}),
    bad=(
        Example(
            "FROM alpine:3.22\nCOPY app /srv/\n",
            image=ImageSketch(layers=(LayerSketch({"srv/.env": "DB_PASSWORD=s3cretpw9\n"}),)),
        ),
    ),
    good=(
        Example(
            "FROM alpine:3.22\nCOPY app /srv/\n",
            image=ImageSketch(layers=(LayerSketch({"srv/.env": "DB_PASSWORD=${DB_PASSWORD}\n"}),)),
        ),
        Example(
            "FROM alpine:3.22\nCOPY app /srv/\n",
            note="a documented placeholder",
            image=ImageSketch(layers=(LayerSketch({"srv/.env": "DB_PASSWORD=changeme\n"}),)),
        ),
    ),
)


@rule.check
def find(subject: Subject) -> Iterator[Finding]:
    image = subject.image
    for secret in subject.secrets or ():
        files = tuple(place for place in secret.places if isinstance(place, ImagePathPlace))
        if not files or image is None or secret.demoted or secret.life.removed is not None:
            continue
        origin = " (base image)" if is_base(image, files[0].layer) else ""
        more = f" and {len(files) - 1} more" if len(files) > 1 else ""
        yield rule.finding(
            subject,
            f"{secret.title} in {where(files)}{more}{origin}",
            at=files[0],
            about=secret.sha256[:12],
            also=(*files[1:20], *lines_of(subject, (one.layer for one in files))),
            evidence=(Evidence(f"{secret.title}: {secret.masked}", files[0]),),
            severity=secret.severity,
            tip=f"{how_to_rotate(secret)} {how_to_keep_out(secret, files[0])}",
        )
