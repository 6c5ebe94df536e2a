"""How the time of all rules grows with the length of a file: `python -m benchmarks.growth`.

Processor time, collector off, opening excluded and shown apart. Rules whose time grows more than
half again as fast as the file are named.
"""

from __future__ import annotations

import gc
import sys
import time
from collections.abc import Callable
from dataclasses import replace

from benchmarks.labelled import TODAY
from hardening.model import Profile
from hardening.opening import memory_subject
from hardening.rules import all_rules
from hardening.settings import Settings
from tests.rules.long_files import SHAPES, of_commands

SIZES = (100, 1_000, 4_000)
COMMANDS = (100, 500, 2_000)
WORTH_NAMING = 0.02
"""Seconds."""


def times_of_rules(text: str) -> tuple[float, dict[str, float]]:
    """Seconds of opening, and of each rule on a new subject."""
    started = time.process_time()
    subject = memory_subject(text, settings=Settings(profile=Profile.ALL))
    opening = time.process_time() - started
    subject = replace(subject, today=TODAY)
    found = {}
    for rule in all_rules():
        started = time.process_time()
        rule.run(subject)
        found[rule.id] = time.process_time() - started
    return opening, found


def grow(shape: str, make: Callable[[int, int], str], sizes: tuple[int, ...]) -> None:
    print(f"\n{shape}")
    before: dict[str, float] = {}
    for position, size in enumerate(sizes):
        opening, found = times_of_rules(make(size, 10_000 * (position + 1)))
        total = sum(found.values())
        each = total / size * 1e6
        print(f"  {size:6}: opening {opening:.3f} s, rules {total:.3f} s, {each:.0f} µs each")
        factor = size / sizes[position - 1] if position else 0.0
        for rule, seconds in sorted(found.items(), key=lambda one: -one[1]):
            if before and seconds > WORTH_NAMING and seconds > 1.5 * factor * before[rule]:
                print(f"          {rule}: {before[rule]:.3f} s → {seconds:.3f} s")
        before = found


def main() -> int:
    times_of_rules(of_commands(20))  # load and compile
    gc.disable()
    for shape, make in SHAPES.items():
        in_one = shape in ("commands of one RUN", "lines of a here-document")
        grow(shape, make, COMMANDS if in_one else SIZES)
    return 0


if __name__ == "__main__":
    sys.exit(main())
