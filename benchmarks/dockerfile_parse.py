"""How long a Dockerfile takes: structure, shell commands, and BuildKit's own parser beside it.

    .venv/bin/python -m benchmarks.dockerfile_parse

Milliseconds, medians of rounds that take turns; the text is generated, so nothing else is needed.
"""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable
from itertools import count

from hardening.dockerfile import parse

ROUNDS = 15
_paths = count()
"""A new path each time: equal texts of one path are parsed once."""
BLOCK = """\
# Tools that the service needs
RUN set -eux; \\
    apt-get update \\
    && apt-get install -y --no-install-recommends curl=7.88.1-10 git ca-certificates \\
    # the list is not needed any more
    && rm -rf /var/lib/apt/lists/*
ENV APP_{0}_HOME=/srv/app APP_{0}_MODE=production
COPY --chown=1000:1000 --from=build /out/app{0} /usr/local/bin/
LABEL org.example.part{0}="yes"
RUN curl -fsSL https://example.com/tool{0}.tar.gz | tar -xz -C /opt
"""


def dockerfile_of(lines: int) -> str:
    """A Dockerfile of about so many lines."""
    blocks = lines // BLOCK.count("\n")
    return "FROM debian:13 AS build\n" + "".join(BLOCK.format(number) for number in range(blocks))


def structure(text: str) -> None:
    parse(text, f"{next(_paths)}")


def with_shell(text: str) -> None:
    for instruction in parse(text, f"{next(_paths)}").instructions:
        _ = instruction.shell


def milliseconds(contestants: dict[str, Callable[[str], None]], text: str) -> dict[str, float]:
    """Median time of each, in rounds that take turns."""
    times: dict[str, list[float]] = {name: [] for name in contestants}
    for _ in range(ROUNDS):
        for name, function in contestants.items():
            started = time.perf_counter()
            function(text)
            times[name].append((time.perf_counter() - started) * 1000)
    return {name: statistics.median(taken) for name, taken in times.items()}


def main() -> None:
    contestants: dict[str, Callable[[str], None]] = {
        "structure": structure,
        "structure and shell": with_shell,
    }
    try:
        from dockerfile import parse_string
    except ImportError:
        print("BuildKit's parser (the dockerfile wheel) is not installed: left out")
    else:
        contestants["BuildKit's parser"] = parse_string
    for contestant in contestants.values():
        contestant(BLOCK.format(0))
    for lines in (100, 1000, 2000):
        text = dockerfile_of(lines)
        for name, taken in milliseconds(contestants, text).items():
            print(f"{lines:5} lines  {name:20} {taken:8.2f} ms")
    chain = "FROM a\nRUN true" + "".join(f" \\\n  && echo {number}" for number in range(10_000))
    for name, taken in milliseconds(contestants, chain).items():
        print(f"one RUN of 10,000 lines  {name:20} {taken:8.2f} ms")


if __name__ == "__main__":
    main()
