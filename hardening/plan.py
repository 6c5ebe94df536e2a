"""The fixes that a person accepted: a value; undo is the plan before."""

from __future__ import annotations

from dataclasses import dataclass

from hardening.model import Finding, Fix


def fix_key(finding: Finding, fix: Fix) -> str:
    """Stable name of one fix of one finding: `root-user:3fa921:09bc1d/add-user`."""
    return f"{finding.key}/{fix.name}"


def finding_key_of(key: str) -> str:
    """The finding's part of a fix key."""
    return key.rpartition("/")[0]


@dataclass(frozen=True, slots=True)
class Plan:
    """Accepted fix keys in the order of acceptance; at most one fix per finding."""

    fixes: tuple[str, ...] = ()

    def accept(self, key: str) -> Plan:
        """The plan with this fix too; another fix of the same finding gives way."""
        finding = finding_key_of(key)
        kept = tuple(one for one in self.fixes if finding_key_of(one) != finding)
        return Plan((*kept, key))

    def without(self, key: str) -> Plan:
        """The plan without this fix; the same plan when it is not in it."""
        return Plan(tuple(one for one in self.fixes if one != key))

    def fix_for(self, finding: Finding) -> str | None:
        """The accepted fix key of a finding, None when there is none."""
        return next((one for one in self.fixes if finding_key_of(one) == finding.key), None)

    def __contains__(self, key: object) -> bool:
        return key in self.fixes

    def __len__(self) -> int:
        return len(self.fixes)
