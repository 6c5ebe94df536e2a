"""What the rules about secrets share: hits in the Dockerfile, places in words, severities."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import islice

from hardening.dockerfile.model import Dockerfile, Instruction
from hardening.model import (
    ConfigPlace,
    FilePlace,
    ImagePathPlace,
    Place,
    Severity,
    Span,
)
from hardening.rules.support import Placed, facts
from hardening.secrets.model import Secret
from hardening.secrets.names import is_plainly_none, is_secret_name
from hardening.subject import Subject

_CACHE = "_secrets_of_text"
_DIGESTS = "_digests_of_secrets"


def secrets_of_text(dockerfile: Dockerfile) -> tuple[tuple[Secret, Span], ...]:
    """Every secret of the Dockerfile's own text with each of its spans, in order. Kept with the
    Dockerfile, so that it is worked out once."""
    cached = dockerfile.__dict__.get(_CACHE)
    if cached is None:
        from hardening.secrets.texts import scan_dockerfile

        found = [
            (secret, place.span)
            for secret in scan_dockerfile(dockerfile)
            for place in secret.places
            if isinstance(place, FilePlace)
        ]
        cached = dockerfile.__dict__[_CACHE] = tuple(sorted(found, key=lambda one: one[1]))
    return cached


def digests_of_text(dockerfile: Dockerfile) -> frozenset[str]:
    """SHA-256 of every secret that stands in the Dockerfile, passwords of its commands included."""
    cached = dockerfile.__dict__.get(_DIGESTS)
    if cached is None:
        from hardening.secrets.command_lines import passwords_in
        from hardening.secrets.mask import identity

        found = {secret.sha256 for secret, _ in secrets_of_text(dockerfile)}
        for one in dockerfile.instructions:
            for password in passwords_in(one.trigger if one.trigger is not None else one):
                text = password.span.slice(dockerfile.text)
                found.add(identity(text.encode("utf-8", "surrogateescape")))
        cached = dockerfile.__dict__[_DIGESTS] = frozenset(found)
    return cached


def secrets_in(dockerfile: Dockerfile, instruction: Instruction) -> Iterator[tuple[Secret, Span]]:
    found = secrets_of_text(dockerfile)
    first = bisect_left(found, instruction.span.start, key=lambda one: one[1].start)
    for secret, span in islice(found, first, None):
        if span.start > instruction.span.end:
            return
        if instruction.span.contains(span):
            yield secret, span


@dataclass(frozen=True, slots=True)
class Variable:
    """A variable of ENV or ARG that is, or by its name is meant to be, a secret."""

    name: str
    placed: Placed
    span: Span
    value: str | None
    secret: Secret | None
    """What its value looks like, None when only the name speaks."""


def secret_variables(subject: Subject, keyword: str) -> dict[str, list[Variable]]:
    """By name, every declaration with that keyword."""
    known = facts(subject)
    found: dict[str, list[Variable]] = {}
    for placed in known.all(keyword):
        hits = tuple(secrets_in(known.dockerfile, placed.instruction))
        for pair in placed.instruction.pairs:
            inside = [secret for secret, span in hits if pair.span.contains(span)]
            secret = next((one for one in inside if not one.demoted), inside[0] if inside else None)
            specific = secret is not None and not secret.demoted and secret.rule != "secret-setting"
            if not specific and not is_secret_name(pair.key):
                continue
            value = pair.value.value if pair.value is not None else None
            if value and not specific and is_plainly_none(value):
                continue
            one = Variable(pair.key, placed, pair.span, value, secret)
            found.setdefault(pair.key, []).append(one)
    return found


def severity_of(variables: list[Variable]) -> Severity:
    """The worst of its declarations: a real token, a value, a name without one."""
    return max(_severity(one) for one in variables)


def _severity(one: Variable) -> Severity:
    secret = one.secret
    if secret is not None and not secret.demoted:
        level = max(secret.severity, Severity.HIGH)
    elif one.value is None or "$" in one.value or secret is not None:
        level = Severity.MEDIUM
    elif one.value:
        level = Severity.HIGH
    else:
        level = Severity.LOW
    return level if one.placed.shipped else lowered(level)


def lowered(level: Severity) -> Severity:
    """One step less, for stages that do not ship."""
    return Severity(max(level - 1, Severity.LOW))


def config_places(subject: Subject, digests: Iterable[str]) -> tuple[ConfigPlace, ...]:
    """Where the image's configuration and history hold these secrets."""
    wanted = frozenset(digests)
    found = (
        place
        for secret in subject.secrets or ()
        if secret.sha256 in wanted
        for place in secret.places
        if isinstance(place, ConfigPlace)
    )
    return tuple(dict.fromkeys(found))


def how_to_rotate(secret: Secret) -> str:
    """The steps at its provider, as one text."""
    from hardening.secrets.rotation import at_provider

    return " ".join(at_provider(secret))


def how_to_keep_out(secret: Secret, place: ImagePathPlace) -> str:
    """What keeps a file with this secret out of the image, in words."""
    name = place.path.rpartition("/")[2]
    leave = f"Leave it out with **/{name} in .dockerignore"
    if secret.rule in ("private-key", "putty-key"):
        return f"{leave}; give a RUN that needs it --mount=type=ssh"
    mount = f"--mount=type=secret,id=NAME,target=/{place.path}"
    return f"{leave}; mount it where a RUN needs it ({mount}), or use a stage that does not ship"


def where(places: tuple[Place, ...]) -> str:
    """The first place in words."""
    place = places[0]
    if isinstance(place, ImagePathPlace):
        return f"/{place.path} of layer {place.layer}"
    if isinstance(place, ConfigPlace):
        return place.key
    return "the image"
