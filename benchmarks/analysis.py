"""How long the rules take: `python -m benchmarks.analysis`.

In one process, warm, medians: all rules on a Dockerfile of about 100 lines (at most 15 ms), the
same file grown to 2,000 lines (time per line must not grow), and replaying 20 accepted fixes
(at most 300 ms, nothing cached).
"""

from __future__ import annotations

import statistics
import sys
import time
from collections.abc import Callable
from pathlib import Path

from benchmarks.common import judge
from hardening import analyse as analysis
from hardening.dockerfile.parser import forget as forget_parses
from hardening.model import Safety
from hardening.opening import memory_subject
from hardening.plan import Plan
from hardening.replay import all_fixes, replay

SAMPLES = Path(__file__).resolve().parent.parent / "sample_dockerfiles"
ROUNDS = 15


def joined(lines: int) -> str:
    """The samples' own Dockerfiles one after another, as stages, until there are `lines` lines."""
    texts = [path.read_text() for path in sorted(SAMPLES.glob("*/Dockerfile"))]
    collected: list[str] = []
    number = 0
    while len(collected) < lines:
        text = texts[number % len(texts)].replace("# syntax=docker/dockerfile:1\n", "")
        collected.extend(text.rstrip("\n").split("\n"))
        number += 1
    return "\n".join(collected[:lines]).rstrip("\\\n ") + "\n"


def forget() -> None:
    """Empty every cache keyed by text, so that each round does the whole work."""
    analysis.forget()
    forget_parses()


def median_ms(work: Callable[[], object]) -> float:
    work()
    times = []
    for _ in range(ROUNDS):
        forget()
        started = time.perf_counter()
        work()
        times.append((time.perf_counter() - started) * 1000)
    return statistics.median(times)


def main() -> int:
    hundred, long = joined(100), joined(2000)
    short_ms = median_ms(lambda: analysis.analyse(memory_subject(hundred)))
    long_ms = median_ms(lambda: analysis.analyse(memory_subject(long)))
    subject = memory_subject(hundred)
    plan = Plan(all_fixes(subject, Safety.REVIEW).plan.fixes[:20])
    replay_ms = median_ms(lambda: replay(subject, plan))
    print(f"all rules, 100 lines: {short_ms:.1f} ms; 2,000 lines: {long_ms:.1f} ms")
    print(f"replaying {len(plan)} fixes: {replay_ms:.0f} ms")
    met = [
        judge("all rules on 100 lines, ms", short_ms, 15),
        judge("time per line, 2,000 lines over 100", long_ms / 20 / short_ms, 1.5),
        judge("replaying 20 fixes, ms", replay_ms, 300),
    ]
    return 0 if all(met) and len(plan) == 20 else 1


if __name__ == "__main__":
    sys.exit(main())
