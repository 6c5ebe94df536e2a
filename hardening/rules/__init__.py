"""Every rule, found by walking this package: adding a rule touches no list."""

from __future__ import annotations

import importlib
import pkgutil
from functools import cache
from pathlib import Path

from hardening.model import Profile
from hardening.rules.frame import Example, Need, Rule

__all__ = ["Example", "Need", "Profile", "Rule", "all_rules", "rule_by_id"]


@cache
def all_rules() -> tuple[Rule, ...]:
    """Every rule, sorted by id. Raises TypeError for a module without `rule`, or two of one id."""
    found: dict[str, Rule] = {}
    for theme in sorted(pkgutil.iter_modules([str(Path(__file__).parent)])):
        if not theme.ispkg:
            continue
        package = importlib.import_module(f"{__name__}.{theme.name}")
        for module_info in pkgutil.iter_modules(package.__path__):
            if module_info.name.startswith("_"):
                continue
            module = importlib.import_module(f"{package.__name__}.{module_info.name}")
            rule = getattr(module, "rule", None)
            if not isinstance(rule, Rule):
                raise TypeError(f"{module.__name__} has no `rule`")
            rule.id = module_info.name.replace("_", "-")
            rule.theme = theme.name
            if rule.id in found:
                raise TypeError(f"two rules are called {rule.id}")
            found[rule.id] = rule
    return tuple(found[key] for key in sorted(found))


def rule_by_id(name: str) -> Rule | None:
    """The rule of that id or alias (`hadolint:DL3002`), None when there is none."""
    for rule in all_rules():
        if name == rule.id or name in rule.aliases:
            return rule
    return None
