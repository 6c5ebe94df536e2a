"""Instructions of which only the last one of a stage counts."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator

from hardening.dockerfile.edits import delete_instruction
from hardening.dockerfile.model import Instruction
from hardening.model import Finding, Fix, holds
from hardening.rules.frame import Rule
from hardening.rules.support import facts
from hardening.subject import Subject


def overridden(subject: Subject, rule: Rule, keyword: str) -> Iterator[Finding]:
    """One finding for each instruction that a later one of the same stage replaces."""
    known = facts(subject)
    groups: dict[int, list[Instruction]] = defaultdict(list)
    for placed in known.all(keyword):
        if not placed.deferred:
            groups[placed.instruction.stage].append(placed.instruction)
    for group in groups.values():
        last = group[-1]
        for number, dead in enumerate(group[:-1], 1):
            fix = Fix(
                "delete",
                f"Delete this {keyword}",
                (delete_instruction(known.dockerfile, dead),),
                (
                    holds(
                        "A later one of the same stage replaces it",
                        f"Line {last.start_line} has another {keyword}",
                    ),
                ),
                "Nothing changes: it never took effect.",
            )
            yield rule.finding(
                subject,
                f"This {keyword} has no effect: the one on line {last.start_line} replaces it",
                at=dead,
                about=f"{keyword} {number} of {len(group)}",
                also=(known.dockerfile.place(last.span),),
                fixes=(fix,),
            )
