"""A secret in the configuration or history of the built image."""

from __future__ import annotations

from collections.abc import Iterator

from hardening.image.synthetic import ImageSketch, LayerSketch
from hardening.model import ConfigPlace, Evidence, Finding, Severity
from hardening.rules.frame import Example, Need, Rule
from hardening.rules.support import facts
from hardening.rules.support_secrets import digests_of_text, how_to_rotate, where
from hardening.secrets.judge import PUBLIC
from hardening.secrets.model import Secret
from hardening.subject import Subject

rule = Rule(
    title="Keep secrets out of the image's configuration and history",
    severity=Severity.HIGH,
    why="docker inspect and docker history show environment, labels, commands and build arguments "
    "to everybody who can pull the image, without starting it.",
    references=("https://docs.docker.com/build/building/secrets/",),
    aliases=("dockle:CIS-DI-0010", "cis-docker:4.10"),
    needs=frozenset({Need.IMAGE, Need.SECRETS}),
    bad=(
        Example(
            "FROM alpine:3.22\nRUN true\n",
            image=ImageSketch(
                layers=(
                    LayerSketch({"a": "b"}, command="|1 NPM_TOKEN=hunter42x /bin/sh -c npm ci"),
                )
            ),
            note="a build argument stays in the history",
        ),
        Example(
            "FROM alpine:3.22\nRUN true\n",
            image=ImageSketch(layers=(LayerSketch({"a": "b"}),), env={"DB_PASSWORD": "hunter42x"}),
        ),
    ),
    good=(
        Example(
            "FROM alpine:3.22\nRUN true\n",
            image=ImageSketch(
                layers=(LayerSketch({"a": "b"}, command="RUN |1 NODE_ENV=production npm ci"),),
                env={
                    "PATH": "/usr/bin",
                    "TOKEN_TTL": "3600",
                    "GPG_KEY": "A035C8C19219BA821ECEA86B",
                },
            ),
        ),
    ),
)


@rule.check
def find(subject: Subject) -> Iterator[Finding]:
    image = subject.image
    for secret in subject.secrets or ():
        kept = tuple(place for place in secret.places if isinstance(place, ConfigPlace))
        if (
            not kept
            or image is None
            or secret.demoted == PUBLIC
            or _seen_in_dockerfile(subject, secret, kept)
        ):
            continue
        history = sum(place.key.startswith("history[") for place in kept)
        yield rule.finding(
            subject,
            f"{secret.title} in {where(kept)} of the image",
            at=kept[0],
            about=secret.sha256[:12],
            also=kept[1:],
            evidence=tuple(_evidence(secret, history)),
            severity=Severity.LOW if secret.demoted else max(secret.severity, Severity.MEDIUM),
            tip=f"{how_to_rotate(secret)} Then build again without it",
        )


def _evidence(secret: Secret, history: int) -> Iterator[Evidence]:
    yield Evidence(f"{secret.title}: {secret.masked}")
    if history:
        yield Evidence(f"In {history} history entries: a rebuild alone does not take it back")
    if secret.demoted:
        yield Evidence(f"Probably none: {secret.demoted}")


def _seen_in_dockerfile(subject: Subject, secret: Secret, kept: tuple[ConfigPlace, ...]) -> bool:
    """True when the Dockerfile itself holds the value or sets the variable: the rules about its
    instructions speak then."""
    if subject.dockerfile is None:
        return False
    if secret.sha256 in digests_of_text(subject.dockerfile):
        return True
    names = {pair.key for one in facts(subject).all("ENV") for pair in one.instruction.pairs}
    return all(place.key.removeprefix("Env.") in names for place in kept)
