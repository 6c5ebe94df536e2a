"""`drydock rules`: the rules, or one of them with its reasons and examples."""

from __future__ import annotations

import argparse
import json
import sys

from hardening.cli import codes
from hardening.errors import UsageError
from hardening.rules import Rule, all_rules, rule_by_id


def rules(options: argparse.Namespace) -> int:
    """Print the list or one rule. Raises UsageError for an unknown id."""
    chosen = all_rules() if options.id is None else (named_rule(options.id),)
    if options.format == "json":
        from hardening.reports.rule_text import rule_values

        values = [rule_values(rule) for rule in chosen]
        sys.stdout.write(
            json.dumps({"schema": "drydock.rules/1", "rules": values}, indent=2) + "\n"
        )
    elif options.format == "markdown":
        from hardening.reports.markdown import rule_section, rules_page

        page = rules_page(chosen) if options.id is None else rule_section(chosen[0])
        sys.stdout.write(page)
    else:
        from hardening.reports.rule_text import rule_list, rule_page

        sys.stdout.write(rule_list(chosen) if options.id is None else rule_page(chosen[0]))
    return codes.CLEAN


def named_rule(name: str) -> Rule:
    """A rule by id, alias, or bare alias (`DL3008`). Raises UsageError."""
    found = rule_by_id(name) or _by_bare_alias(name)
    if found is None:
        from hardening.settings import closest_rule

        raise UsageError(
            f"There is no rule {name}", closest_rule(name), "`drydock rules` lists them."
        )
    return found


def _by_bare_alias(name: str) -> Rule | None:
    wanted = name.lower()
    for rule in all_rules():
        for alias in rule.aliases:
            if wanted in (alias.lower(), alias.partition(":")[2].lower()):
                return rule
    return None
