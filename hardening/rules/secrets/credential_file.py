"""A file of the image that by its name holds credentials."""

from __future__ import annotations

from collections.abc import Iterator

from hardening.image.model import Entry
from hardening.image.synthetic import ImageSketch, LayerSketch
from hardening.model import Confidence, Finding, ImagePathPlace, Severity
from hardening.rules.frame import Example, Need, Rule
from hardening.rules.support_layers import lines_of, listing, places, severity_by_origin, shipped
from hardening.secrets.credential_names import is_credential_file
from hardening.subject import Subject

rule = Rule(
    title="Ship no credential files",
    severity=Severity.MEDIUM,
    why="Key files, client configurations and shell histories are the first that an intruder looks "
    "for; their place in an image is known, and so are their contents once it is pulled.",
    references=("https://docs.docker.com/build/concepts/context/#dockerignore-files",),
    aliases=("dockle:CIS-DI-0010", "cis-docker:4.10"),
    needs=frozenset({Need.IMAGE}),
    confidence=Confidence.MEDIUM,
    bad=(
        Example(
            "FROM alpine:3.22\nCOPY . /srv\n",
            image=ImageSketch(
                layers=(LayerSketch({"root/.bash_history": "ls\n", "srv/prod.tfvars": "a = 1\n"}),)
            ),
            findings=1,
        ),
    ),
    good=(
        Example(
            "FROM alpine:3.22\nCOPY . /srv\n",
            image=ImageSketch(
                layers=(LayerSketch({"srv/.env.example": "A=\n", "root/.bash_history": ""}),)
            ),
        ),
    ),
)


@rule.check
def find(subject: Subject) -> Iterator[Finding]:
    image = subject.image
    if image is None:
        return
    known = {
        (place.layer, place.path)
        for secret in subject.secrets or ()
        for place in secret.places
        if isinstance(place, ImagePathPlace) and not secret.demoted
    }
    files = [one for one in shipped(image, _is_credential) if (one.layer, one.path) not in known]
    if not files:
        return
    more = f" and {len(files) - 1} more" if len(files) > 1 else ""
    yield rule.finding(
        subject,
        f"/{files[0].path}{more} usually holds credentials",
        at=places(files)[0],
        about="credential files",
        also=(*places(files)[1:], *lines_of(subject, (one.layer for one in files))),
        evidence=listing(image, files),
        severity=severity_by_origin(image, files, rule.severity),
        tip="Leave it out with .dockerignore, or mount it for the RUN that needs it",
    )


def _is_credential(entry: Entry) -> bool:
    return entry.is_file and entry.size > 0 and is_credential_file(entry.path)
