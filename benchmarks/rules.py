"""How right the rules are, beside hadolint: `python -m benchmarks.rules [LABELLED…] [WILD…]`.

Labelled sets are described in `benchmarks.labelled`. Recall and precision are printed per id and
per tool, for each set and for all together, for drydock and, in the same run, for hadolint's own
binary on the cases that are Dockerfiles and need no configuration.

A wild folder holds Dockerfiles without labels: what each rule says there is counted, and hadolint's
findings on the same files. Without arguments the open sets beside the checkout are used.
"""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
import tempfile
import time
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from benchmarks.labelled import TODAY, Case, cases_of, is_labelled
from hardening.analyse import analyse
from hardening.dockerfile.source import decode
from hardening.model import Profile
from hardening.opening import memory_subject
from hardening.rules import Rule, all_rules
from hardening.settings import Settings

OPEN = Path(__file__).resolve().parents[2] / "shared" / "data"


@dataclass
class Score:
    """Assertions that a rule fires (`wanted`), or stays silent, and how many were met."""

    wanted: int = 0
    found: int = 0
    silent: int = 0
    alarms: int = 0

    def add(self, *, expected: bool, fired: bool) -> None:
        if expected:
            self.wanted += 1
            self.found += fired
        else:
            self.silent += 1
            self.alarms += fired

    def line(self) -> str:
        recall = f"{self.found / self.wanted:.3f}" if self.wanted else "    -"
        hits = self.found + self.alarms
        precision = f"{self.found / hits:.3f}" if hits else "    -"
        return (
            f"recall {recall} ({self.found}/{self.wanted})  precision {precision} "
            f"({self.alarms} of {self.silent} silent cases fire)"
        )


def by_alias() -> dict[str, tuple[Rule, ...]]:
    index: dict[str, list[Rule]] = defaultdict(list)
    for rule in all_rules():
        for alias in rule.aliases:
            index[alias].append(rule)
    return {alias: tuple(rules) for alias, rules in index.items()}


def fires(rules: tuple[Rule, ...], case: Case) -> bool:
    report = analyse(case.subject, rules=rules, today=TODAY)
    if report.failures:
        print(f"crash: {report.failures[0].rule}: {report.failures[0].error}", file=sys.stderr)
    return bool(report.findings)


def run_hadolint(texts: Iterable[str]) -> list[set[str]] | None:
    """The ids that hadolint reports for each text, in one call; None without its binary."""
    binary = shutil.which("hadolint", path=str(Path(sys.executable).parent)) or shutil.which(
        "hadolint"
    )
    if binary is None:
        return None
    with tempfile.TemporaryDirectory(prefix="drydock-bench-") as name:
        files: list[str] = []
        for number, text in enumerate(texts):
            file = Path(name) / f"{number:05}.Dockerfile"
            file.write_text(text, encoding="utf-8", errors="surrogateescape", newline="")
            files.append(str(file))
        if not files:
            return []
        done = subprocess.run(
            [binary, "--no-fail", "-f", "json", *files], capture_output=True, check=False
        )
        found: list[set[str]] = [set() for _ in files]
        for one in json.loads(done.stdout or b"[]"):
            found[int(Path(one["file"]).name.split(".")[0])].add(one["code"])
    return found


def labelled(path: Path) -> dict[str, Score]:
    """Print how one labelled set is met; the scores of drydock by id."""
    cases = cases_of(path)
    index = by_alias()
    ours: dict[str, Score] = defaultdict(Score)
    theirs: dict[str, Score] = defaultdict(Score)
    unknown: Counter[str] = Counter()
    missed = []
    for case in cases:
        rules = index.get(case.alias)
        if rules is None:
            unknown[case.alias] += 1
            continue
        fired = fires(rules, case)
        ours[case.alias].add(expected=case.fires, fired=fired)
        if fired != case.fires:
            missed.append(f"{case.alias} {'fires' if fired else 'is silent'} in {case.name}")
    plain = [one for one in cases if one.text is not None and one.alias in index]
    reports = run_hadolint(one.text for one in plain if one.text is not None)
    for case, codes in zip(plain, reports or [], strict=False):
        name = case.alias.rpartition(":")[2]
        theirs[case.alias].add(expected=case.fires, fired=name in codes)
    print(f"\n{path}: {len(cases)} assertions, {sum(unknown.values())} of ids without a rule")
    if unknown:
        print("  ids without a rule: " + ", ".join(sorted(unknown)))
    print_scores(ours)
    for line in missed:
        print(f"    not as labelled: {line}")
    if reports:
        print(f"  hadolint itself, {len(plain)} plain cases: {sum_of(theirs.values()).line()}")
        for alias, score in sorted(theirs.items()):
            if score.found != score.wanted or score.alarms:
                print(f"    hadolint itself, {alias:20} {score.line()}")
    return ours


def print_scores(scores: Mapping[str, Score]) -> None:
    for alias, score in sorted(scores.items()):
        print(f"  {alias:36} {score.line()}")
    for tool in sorted({alias.partition(":")[0] for alias in scores}):
        total = sum_of(score for alias, score in scores.items() if alias.startswith(tool + ":"))
        print(f"  all of {tool:29} {total.line()}")


def sum_of(scores: Iterable[Score]) -> Score:
    total = Score()
    for one in scores:
        total.wanted += one.wanted
        total.found += one.found
        total.silent += one.silent
        total.alarms += one.alarms
    return total


def wild(folder: Path) -> None:
    files = [
        one
        for one in sorted(folder.rglob("*"))
        if one.is_file()
        and any(word in one.name.lower() for word in ("dockerfile", "containerfile"))
    ]
    if not files:
        print(f"\n{folder}: no Dockerfiles and no labelled cases")
        return
    texts = [decode(one.read_bytes()) for one in files]
    counts: dict[str, Counter[str]] = {profile.value: Counter() for profile in Profile}
    crashes = 0
    start = time.perf_counter()
    for profile in Profile:
        for text in texts:
            subject = memory_subject(text, settings=Settings(profile=profile))
            report = analyse(replace(subject, today=TODAY, context=None), today=TODAY)
            crashes += len(report.failures)
            counts[profile.value].update({finding.rule for finding in report.findings})
    seconds = (time.perf_counter() - start) / len(Profile)
    start = time.perf_counter()
    reports = run_hadolint(texts)
    taken = time.perf_counter() - start
    print(f"\n{folder}: {len(files)} files, {crashes} crashes, {seconds:.1f} s for each profile")
    for name, counter in counts.items():
        total = sum(counter.values())
        print(f"  drydock, profile {name}: {total} (rule, file) pairs")
        for rule, number in counter.most_common():
            print(f"    {number:5} {rule}")
    if reports is not None:
        codes = Counter(code for found in reports for code in found)
        print(f"  hadolint: {sum(codes.values())} (id, file) pairs in {taken:.1f} s")
        for code, number in codes.most_common():
            print(f"    {number:5} {code}")


def main() -> int:
    given = [Path(one) for one in sys.argv[1:]]
    if not given and OPEN.is_dir():
        given = [*sorted(OPEN.glob("lint-*")), *sorted(OPEN.glob("dockerfiles-*"))]
    if not given:
        print("Name labelled JSON files, labelled folders or folders of Dockerfiles.")
        return 2
    together: dict[str, Score] = defaultdict(Score)
    for path in (one for one in given if is_labelled(one)):
        for alias, score in labelled(path).items():
            together[alias] = sum_of((together[alias], score))
    if together:
        print("\nall labelled sets together")
        print_scores(together)
    for path in (one for one in given if not is_labelled(one)):
        wild(path)
    return 0


if __name__ == "__main__":
    sys.exit(main())
