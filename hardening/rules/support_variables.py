"""Variables that an instruction uses, and whether anybody gives them a value."""

from __future__ import annotations

from collections.abc import Iterator

from hardening.dockerfile.expansion import expand, references, scope_at
from hardening.dockerfile.model import Instruction, Stage
from hardening.rules.support import Facts, Placed, facts
from hardening.subject import Subject

PLATFORM = frozenset(
    f"{kind}{part}"
    for kind in ("TARGET", "BUILD")
    for part in ("PLATFORM", "OS", "ARCH", "VARIANT")
)
ALWAYS = frozenset({"PATH", "HOME", "HOSTNAME", "TERM", "PWD", "SOURCE_DATE_EPOCH"})
MAX_NAMES = 100
PLAIN = frozenset({"scratch", "alpine", "debian", "ubuntu", "busybox", "almalinux", "rockylinux"})
PLAIN |= {"amazonlinux", "opensuse/leap"}
"""Bases that set PATH and nothing else."""
PROXY = frozenset({"HTTP_PROXY", "HTTPS_PROXY", "FTP_PROXY", "NO_PROXY", "ALL_PROXY"})


def value_of(instruction: Instruction, text: str) -> str:
    """A text with the values of its variables; as written where one has none."""
    if "$" not in text or instruction.owner is None:
        return text
    scope = scope_at(instruction.owner, instruction, {})
    return expand(text, scope, instruction.owner.escape) or text


def used_names(instruction: Instruction, escape: str) -> Iterator[str]:
    """Variables without a default of their own."""
    texts = [word.raw or word.text for word in instruction.words]
    if instruction.pairs:
        texts = [(pair.value.raw or pair.value.text) for pair in instruction.pairs if pair.value]
    own = {pair.key for pair in instruction.pairs}
    for text in texts:
        for name in sorted(references(text, escape)):
            has_default = any(f"${{{name}{sign}" in text for sign in ":-+")
            if not has_default and not (instruction.keyword == "ENV" and name in own):
                yield name


def similar_name(known: Facts, stage: Stage, name: str, more: frozenset[str] = frozenset()) -> str:
    """A declared name that is nearly the same; "" in stages of very many names."""
    import difflib

    names = known.names(stage) | more
    if len(names) > MAX_NAMES:
        return ""
    return next(iter(difflib.get_close_matches(name, sorted(names), n=1, cutoff=0.8)), "")


def why_undefined(subject: Subject, placed: Placed, name: str) -> str | None:
    """Why the variable is surely unknown; None when it may come from the base."""
    known = facts(subject)
    stage = placed.stage
    if stage is None:
        return None
    if name in known.global_arguments:
        return "declared above the first FROM only"
    if name in PLATFORM:
        return "not declared in this stage"
    root = known.dockerfile.chain(stage)[0]
    base = root.base.value.lower().partition("@")[0].partition(":")[0].removeprefix("docker.io/")
    if base.removeprefix("library/") in PLAIN:
        close = similar_name(known, stage, name, ALWAYS)
        hint = f" (did you mean {close}?)" if close else f", and {base} does not set it"
        return f"not declared{hint}"
    if placed.shipped and subject.image is not None:
        if name not in subject.image.config.environment():
            return "neither declared nor in the environment of the image"
        return None
    close = similar_name(known, stage, name)
    return f"not declared (did you mean {close}?)" if close else None
