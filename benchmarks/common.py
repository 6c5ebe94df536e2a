"""What the benchmarks share: whole processes, wall time and peak memory, medians of rounds that
take turns, so that a busy machine is busy for everybody."""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Run:
    """Wall seconds, peak resident megabytes and CPU seconds of one process. The peak is that of its
    largest process when it starts others."""

    seconds: float
    peak_mb: float
    cpu_seconds: float = 0.0


@dataclass
class Contestant:
    """A command to time. `before` runs ahead of each round, untimed."""

    name: str
    command: Sequence[str]
    environment: Mapping[str, str] = field(default_factory=dict)
    before: Callable[[], None] | None = None
    runs: list[Run] = field(default_factory=list)

    @property
    def seconds(self) -> float:
        return statistics.median(run.seconds for run in self.runs)

    @property
    def cpu_seconds(self) -> float:
        return statistics.median(run.cpu_seconds for run in self.runs)

    @property
    def peak_mb(self) -> float:
        return max(run.peak_mb for run in self.runs)


def run_once(command: Sequence[str], environment: Mapping[str, str] | None = None) -> Run:
    """Run a command with its output thrown away. Raises RuntimeError when it fails."""
    started = time.perf_counter()
    process = subprocess.Popen(
        command,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        env={**os.environ, **(environment or {})},
    )
    assert process.stderr is not None
    error = process.stderr.read()
    _, status, usage = os.wait4(process.pid, 0)
    seconds = time.perf_counter() - started
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise RuntimeError(f"{command[0]} failed: {error.decode(errors='replace')[-2000:]}")
    scale = 1 << 20 if sys.platform == "darwin" else 1 << 10
    return Run(seconds, usage.ru_maxrss / scale, usage.ru_utime + usage.ru_stime)


def race(contestants: Sequence[Contestant], rounds: int) -> None:
    """Run everybody `rounds` times, taking turns, after one round that warms the page cache."""
    for number in range(rounds + 1):
        for one in contestants:
            if one.before is not None:
                one.before()
            run = run_once(one.command, one.environment)
            if number:
                one.runs.append(run)


def report(contestants: Sequence[Contestant]) -> None:
    """Print medians, spread and peaks."""
    width = max(len(one.name) for one in contestants)
    for one in contestants:
        times = [run.seconds for run in one.runs]
        print(
            f"  {one.name:{width}}  {one.seconds:7.3f} s"
            f"  ({min(times):.3f}..{max(times):.3f})  {one.peak_mb:6.0f} MB"
        )


def judge(what: str, measured: float, bound: float) -> bool:
    """Print one target and whether it is met."""
    met = measured <= bound
    print(f"  {'met   ' if met else 'MISSED'}  {what}: {measured:.2f} (at most {bound:g})")
    return met
