"""The bases that one could move to, read one after another: what each mends and brings, and what
choosing it does to the findings. Runs in worker threads; no Textual."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from hardening.base_choice import KEY, base_choice
from hardening.image.model import Origin
from hardening.model import Finding, Fix
from hardening.plan import Plan, finding_key_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from hardening.cli.base import Assessed
    from hardening.rewrites.base_delta import Delta
    from hardening.subject import Subject

BASE_RULES = frozenset({
    "better-base", "end-of-life-base", "vulnerable-base", "unpinned-base", "untagged-base",
    "latest-base", "deprecated-base", "base-choice",
})  # fmt: skip
"""Rules whose findings are mended by another base."""

Values = Mapping[str, Any]
"""What `hardening.cli.base.base_values` says of one base."""


@dataclass(frozen=True)
class Bases:
    """The base now and the rows, as far as they were read. `reading` names the one that is being
    read, "" for none; `is_read` once the local engine was asked for all of them."""

    values: Values
    finding: Finding | None = None
    deltas: Mapping[str, Delta] = field(default_factory=dict)
    """Image → vulnerabilities that the move mends, brings and leaves; only where both were read."""
    size: int | None = None
    """Bytes of the layers that came with the base now."""
    reading: str = ""
    is_read: bool = False

    @property
    def rows(self) -> list[Values]:
        return list(self.values["rows"])

    def fix(self, row: Values) -> Fix | None:
        """What choosing a row does; None where it cannot be written down."""
        fixes = self.finding.fixes if self.finding is not None else ()
        return next((one for one in fixes if one.name == row["fix"]), None)


@dataclass(frozen=True, slots=True)
class Effect:
    """What choosing a base does to the findings. `mended` and `brought` are findings; scores are
    None where there is none. `refused` says why the fix does not go into the text."""

    before: int
    after: int
    score_before: int | None
    score_after: int | None
    mended: tuple[Finding, ...] = ()
    brought: tuple[Finding, ...] = ()
    refused: str = ""


def read_bases(subject: Subject, stopped: Callable[[], bool]) -> Iterator[Bases]:
    """What is known at once, then more with each base that the local engine holds. Raises
    InputError."""
    from hardening.cli.base import assess, known_numbers
    from hardening.cli.base_numbers import Known, read_numbers

    found = assess(subject, ask=False, libc=False)
    found = replace(found, known=known_numbers(found, read=False))
    first = _bases(found)
    names = [str(row["image"]) for row in first.rows]
    platform = subject.image.platform if subject.image is not None else None
    for number, name in enumerate(names):
        yield replace(_bases(found), reading=name)
        if stopped():
            return
        known, base = found.known, str(first.values["base"])
        wants_base = number == 0 and known.base is None
        one = read_numbers(base, [name], subject.assessment, platform=platform,
                           read_base=wants_base, lists={})  # fmt: skip
        joined = Known(known.base or one.base, known.source or one.source,
                       {**known.rows, **one.rows}, known.data or one.data)  # fmt: skip
        found = replace(found, known=joined)
    yield replace(_bases(found), is_read=True)


def known_bases(subject: Subject) -> Bases:
    """What is known without asking the engine. Raises InputError."""
    return next(read_bases(subject, lambda: True))


def _bases(found: Assessed) -> Bases:
    from hardening.cli.base import base_values
    from hardening.rewrites.base_delta import delta

    known = found.known
    deltas = {}
    if known.base is not None:
        for name, row in known.rows.items():
            if row.numbers is not None:
                deltas[name] = delta(known.base, row.numbers)
    return Bases(base_values(found), base_choice(found.subject), deltas, _base_size(found.subject))


def _base_size(subject: Subject) -> int | None:
    image = subject.image
    layers = image.layers if image is not None else ()
    size = sum(one.size for one in layers if one.attribution.origin is Origin.BASE)
    return size or None


def plan_with(plan: Plan, fix: Fix) -> Plan:
    """The plan that moves to another base: other fixes that do so give way."""
    kept = (one for one in plan.fixes if rule_of(one) not in BASE_RULES)
    return Plan(tuple(kept)).accept(f"{KEY}/{fix.name}")


def rule_of(key: str) -> str:
    """The rule of a finding's or a fix's key."""
    return finding_key_of(f"{key}/").partition(":")[0]


def chosen_in(plan: Plan) -> str | None:
    """The name of the chosen row's fix."""
    return next((one.partition("/")[2] for one in plan.fixes if finding_key_of(one) == KEY), None)


def effect_of(subject: Subject, plan: Plan, fix: Fix) -> Effect:
    """What is found with the plan that moves to this base, beside what is found now."""
    from hardening.replay import replay

    before, done = replay(subject, plan), replay(subject, plan_with(plan, fix))
    old, new = before.report, done.report
    had, has = {one.key for one in old.findings}, {one.key for one in new.findings}
    told = [one.reason for one in done.dropped if finding_key_of(one.key) == KEY]
    told += [one.reason for one in done.conflicts if finding_key_of(one.fix) == KEY]
    return Effect(
        len(had), len(has), old.score, new.score,
        tuple(one for one in old.findings if one.key not in has),
        tuple(one for one in new.findings if one.key not in had),
        told[0] if told else "",
    )  # fmt: skip
