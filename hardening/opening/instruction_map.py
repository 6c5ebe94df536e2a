"""Which instruction of a changed Dockerfile an instruction of the original has become."""

from __future__ import annotations

from difflib import SequenceMatcher

from hardening.dockerfile.model import Dockerfile


def moved(before: Dockerfile, after: Dockerfile) -> dict[int, int]:
    """Index in `before` → index in `after`; an instruction that is gone is left out.

    Equal instructions are aligned first; inside a changed block the keywords are paired in order.
    """
    old = [one.span.slice(before.text) for one in before.instructions]
    new = [one.span.slice(after.text) for one in after.instructions]
    found: dict[int, int] = {}
    matcher = SequenceMatcher(None, old, new, autojunk=False)
    for kind, old_from, old_to, new_from, new_to in matcher.get_opcodes():
        if kind == "equal":
            found.update(zip(range(old_from, old_to), range(new_from, new_to), strict=True))
        elif kind == "replace":
            candidate = new_from
            for index in range(old_from, old_to):
                keyword = before.instructions[index].keyword
                for other in range(candidate, new_to):
                    if after.instructions[other].keyword == keyword:
                        found[index] = other
                        candidate = other + 1
                        break
    return found
