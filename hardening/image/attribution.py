"""Where each layer came from: the base image or a line of the Dockerfile.

Evidence, best first: a base image at hand whose layers are a prefix of this one's; the history's
tail aligned with the last stage of the Dockerfile; the last CMD below the topmost layer, which is
no more than a guess. What rests on a guess or on a text that only resembles is `estimated`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from hardening.dockerfile.model import Dockerfile
from hardening.image.alignment import Pair, align
from hardening.image.base import base_layers, guessed_base_layers, shared_layers, stated_base
from hardening.image.created_by import Told, told
from hardening.image.model import Attribution, Image, Origin
from hardening.image.recorded import Recorded, recorded

TRUSTED_SHARE = 0.5
"""Share of the RUN, COPY and ADD lines that the history must repeat exactly before the Dockerfile
counts as the one that the image was built from."""


@dataclass(frozen=True, slots=True)
class _Boundary:
    """How many layers are the base's; `sure` is false for an estimate, `count` None for unknown."""

    count: int | None
    sure: bool
    evidence: str


def attribute(
    image: Image, dockerfile: Dockerfile | None, *, base: Image | None = None
) -> tuple[Attribution, ...]:
    """One attribution for each layer, lowest first.

    Works from config, history and layer list alone, files need not be read. An origin that the
    image already carries for certain is kept. Never raises.
    """
    entries = tuple(told(entry.created_by, entry.comment) for entry in image.history)
    wanted = _wanted(image, dockerfile, entries, base)
    start = _history_start(image, base)
    pairs = [
        Pair(pair.wanted, pair.told + start, pair.fit) for pair in align(wanted, entries[start:])
    ]
    trusted = _is_trusted(wanted, pairs)
    if not trusted:
        pairs = []
    boundary = _boundary(image, dockerfile, base, wanted, pairs)
    flat = _flattened(image, wanted, pairs)
    if flat and boundary.count is None:
        return (Attribution(evidence=flat),) * len(image.layers)
    return _attributions(image, entries, wanted, pairs, boundary, flat)


def with_attribution(image: Image, attributions: Sequence[Attribution]) -> Image:
    """The same image with its layers attributed."""
    stored: Any = image
    result: Image = stored.with_attributions(tuple(attributions))
    return result


def _wanted(
    image: Image, dockerfile: Dockerfile | None, entries: Sequence[Told], base: Image | None
) -> tuple[Recorded, ...]:
    if dockerfile is None:
        return ()
    environment = base.config.environment() if base is not None else None
    folder = base.config.working_dir if base is not None else "/"
    return recorded(dockerfile, _build_arguments(entries), environment, folder)


def _build_arguments(entries: Sequence[Told]) -> Mapping[str, str]:
    """Values that the history shows for ARG lines: those that the build really used."""
    found = {}
    for entry in entries:
        if entry.keyword == "ARG":
            name, equals, value = entry.text.partition("=")
            if equals and name.isidentifier():
                found[name] = value
    return found


def _history_start(image: Image, base: Image | None) -> int:
    """Index of the first history entry that is not the base's."""
    count = base_layers(image, base) if base is not None else None
    if base is None or count is None:
        return 0
    mine = [entry.created_by for entry in image.history]
    theirs = [entry.created_by for entry in base.history]
    if theirs and mine[: len(theirs)] == theirs:
        return len(theirs)
    below = [n for n, entry in enumerate(image.history) if entry.layer == count - 1]
    return below[0] + 1 if below else 0


def _is_trusted(wanted: Sequence[Recorded], pairs: Sequence[Pair]) -> bool:
    """True when enough of the Dockerfile stands in the history word for word."""
    makers = [one for one in wanted if one.makes_layer]
    exact = [wanted[pair.wanted] for pair in pairs if pair.exact]
    if makers:
        return sum(one.makes_layer for one in exact) >= TRUSTED_SHARE * len(makers)
    return len(exact) >= max(1, TRUSTED_SHARE * len(wanted))


def _boundary(
    image: Image,
    dockerfile: Dockerfile | None,
    base: Image | None,
    wanted: Sequence[Recorded],
    pairs: Sequence[Pair],
) -> _Boundary:
    if (known := _already_known(image)) is not None:
        return _Boundary(known, True, image.layers[0].attribution.evidence)
    if base is not None and (count := base_layers(image, base)) is not None:
        return _Boundary(count, True, f"these layers are those of {base.reference}")
    if pairs and dockerfile is not None and _is_from_scratch(dockerfile):
        return _Boundary(0, True, "the Dockerfile starts from scratch")
    least = shared_layers(image, base) if base is not None else 0
    if pairs:
        return _boundary_of_alignment(image, wanted, pairs, least)
    guess = guessed_base_layers(image.history)
    if guess is not None:
        evidence = "a guess: the last CMD or ENTRYPOINT below the topmost layer ends the base"
        return _Boundary(max(guess, least), False, _with_label(image, evidence))
    if least:
        return _Boundary(least, False, "the base at hand shares these layers")
    return _Boundary(None, False, "nothing tells where the base ends")


def _boundary_of_alignment(
    image: Image, wanted: Sequence[Recorded], pairs: Sequence[Pair], least: int
) -> _Boundary:
    first = pairs[0]
    below = [entry.layer for entry in image.history[: first.told] if entry.layer is not None]
    count = max(len(below), least)
    missing = any(one.makes_layer for one in wanted[: first.wanted])
    sure = first.exact and not missing and count == len(below)
    evidence = "the history below the first line of the Dockerfile"
    if not sure:
        evidence += ", whose beginning differs from the history"
    return _Boundary(count, sure, _with_label(image, evidence))


def _with_label(image: Image, evidence: str) -> str:
    name = stated_base(image.config.labels)
    return f"{evidence}; the image names {name[:200]} as its base" if name else evidence


def _already_known(image: Image) -> int | None:
    """Layers of the base when whoever made the image said so for every layer."""
    origins = [layer.attribution.origin for layer in image.layers]
    estimated = any(layer.attribution.estimated for layer in image.layers)
    if not origins or Origin.UNKNOWN in origins or estimated:
        return None
    count = origins.count(Origin.BASE)
    return count if all(one is Origin.BASE for one in origins[:count]) else None


def _is_from_scratch(dockerfile: Dockerfile) -> bool:
    stage = dockerfile.final_stage
    if stage is None:
        return False
    root = dockerfile.chain(stage)[0]
    return root.parent is None and root.base.value.lower() == "scratch"


def _flattened(image: Image, wanted: Sequence[Recorded], pairs: Sequence[Pair]) -> str:
    """Why layers cannot be told apart at all, "" when they can."""
    if not image.layers:
        return ""
    if not image.history:
        return "cannot attribute: the image carries no history"
    if all(entry.layer is None for entry in image.history):
        told_of = sum(not entry.empty for entry in image.history)
        return (
            f"cannot attribute: the history tells of {told_of} layers, "
            f"the image has {len(image.layers)}"
        )
    makers = sum(one.makes_layer for one in wanted)
    if len(image.layers) == 1 and makers > 1 and not any(pair.exact for pair in pairs):
        return "cannot attribute: the image is squashed into one layer"
    return ""


def _attributions(
    image: Image,
    entries: Sequence[Told],
    wanted: Sequence[Recorded],
    pairs: Sequence[Pair],
    boundary: _Boundary,
    flat: str,
) -> tuple[Attribution, ...]:
    by_entry = {pair.told: pair for pair in pairs}
    entry_of = {entry.layer: n for n, entry in enumerate(image.history) if entry.layer is not None}
    found = []
    for number in range(len(image.layers)):
        index = entry_of.get(number)
        if boundary.count is not None and number < boundary.count:
            found.append(Attribution(Origin.BASE, None, not boundary.sure, boundary.evidence))
        elif index is not None and index in by_entry:
            pair = by_entry[index]
            found.append(_of_pair(wanted[pair.wanted], pair))
        else:
            squashed = index is not None and entries[index].squashed
            found.append(_of_unmatched(boundary, flat, squashed))
    return tuple(found)


def _of_pair(wanted: Recorded, pair: Pair) -> Attribution:
    if pair.exact:
        evidence = f"the history repeats this {wanted.keyword}"
        return Attribution(Origin.OWN, wanted.instruction, False, evidence)
    evidence = f"the history holds a {wanted.keyword} that resembles this one"
    return Attribution(Origin.OWN, wanted.instruction, True, evidence)


def _of_unmatched(boundary: _Boundary, flat: str, squashed: bool) -> Attribution:
    origin = Origin.UNKNOWN if boundary.count is None else Origin.OWN
    if squashed:
        evidence = "cannot attribute: squashed from several instructions"
    elif flat:
        evidence = flat
    elif boundary.count is None:
        evidence = boundary.evidence
    else:
        evidence = "no line of the Dockerfile matches its history"
    return Attribution(origin, None, origin is Origin.OWN and not boundary.sure, evidence)
