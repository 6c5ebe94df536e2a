"""How right the rules are, beside hadolint: `python -m benchmarks.rules [LABELLED.json…] [WILD…]`.

A labelled file is a JSON list of `{"dockerfile": text, "expect": {"rule": ID, "fires": bool},
"config": {...}, "verified": bool}`, one assertion each, with ids of hadolint unless they carry a
tool's name (`trivy:DS-0002`). Recall and precision are printed per id and per tool, for drydock
and, in the same run, for hadolint's own binary on the cases that need no configuration.

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
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import Any

from hardening.analyse import analyse
from hardening.dockerfile.source import decode
from hardening.model import Profile
from hardening.opening import memory_subject
from hardening.rules import Rule, all_rules
from hardening.settings import Settings

OPEN = Path(__file__).resolve().parents[2] / "shared" / "data"
TODAY = date(2026, 11, 24)


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


def fires(rules: tuple[Rule, ...], case: dict[str, Any]) -> bool:
    config = case.get("config") or {}
    settings = Settings(
        profile=Profile.ALL,
        allowed_registries=tuple(config.get("trustedRegistries", ())),
        labels=config.get("label-schema", {}),
        strict_labels=bool(config.get("strict-labels")),
    )
    subject = replace(memory_subject(case["dockerfile"], settings=settings), today=TODAY)
    report = analyse(subject, rules=rules, today=TODAY)
    if report.failures:
        print(f"crash: {report.failures[0].rule}: {report.failures[0].error}", file=sys.stderr)
    return bool(report.findings)


def alias_of(name: str) -> str:
    return name if ":" in name else f"hadolint:{name}"


def run_hadolint(texts: Iterable[str]) -> list[set[str]] | None:
    """The ids that hadolint reports for each text, in one call; None without its binary."""
    binary = shutil.which("hadolint", path=str(Path(sys.executable).parent)) or shutil.which(
        "hadolint"
    )
    if binary is None:
        return None
    with tempfile.TemporaryDirectory(prefix="drydock-bench-") as name:
        files = []
        for number, text in enumerate(texts):
            file = Path(name) / f"{number:05}.Dockerfile"
            file.write_text(text, encoding="utf-8", errors="surrogateescape", newline="")
            files.append(str(file))
        done = subprocess.run(
            [binary, "--no-fail", "-f", "json", *files], capture_output=True, check=False
        )
        found: list[set[str]] = [set() for _ in files]
        for one in json.loads(done.stdout or b"[]"):
            found[int(Path(one["file"]).name.split(".")[0])].add(one["code"])
    return found


def labelled(path: Path) -> None:
    cases = json.loads(path.read_text(encoding="utf-8"))
    index = by_alias()
    ours: dict[str, Score] = defaultdict(Score)
    theirs: dict[str, Score] = defaultdict(Score)
    unknown: Counter[str] = Counter()
    for case in cases:
        alias = alias_of(case["expect"]["rule"])
        rules = index.get(alias)
        if rules is None:
            unknown[alias] += 1
            continue
        ours[alias].add(expected=case["expect"]["fires"], fired=fires(rules, case))
    plain = [one for one in cases if not one.get("config") and not one.get("onbuild")]
    reports = run_hadolint(one["dockerfile"] for one in plain)
    for case, codes in zip(plain, reports or [], strict=False):
        alias = alias_of(case["expect"]["rule"])
        if alias in index:
            name = case["expect"]["rule"].rpartition(":")[2]
            theirs[alias].add(expected=case["expect"]["fires"], fired=name in codes)
    print(f"\n{path}: {len(cases)} assertions, {sum(unknown.values())} of ids without a rule")
    for alias, score in sorted(ours.items()):
        if score.found != score.wanted or score.alarms:
            print(f"  {alias:24} {score.line()}")
    for tool in sorted({alias.partition(":")[0] for alias in ours}):
        total = sum_of(score for alias, score in ours.items() if alias.startswith(tool + ":"))
        print(f"  all of {tool:17} {total.line()}")
    if reports is not None:
        print(f"  hadolint itself, {len(plain)} plain cases: {sum_of(theirs.values()).line()}")


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
        given = [OPEN / "lint-hadolint" / "cases.json", *sorted(OPEN.glob("dockerfiles-*"))]
    if not given:
        print("Name labelled JSON files or folders of Dockerfiles.", file=sys.stderr)
        return 2
    for path in given:
        if path.is_dir():
            wild(path)
        else:
            labelled(path)
    return 0


if __name__ == "__main__":
    sys.exit(main())
