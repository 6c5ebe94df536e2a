"""`drydock rules`: the rules, or one of them with its reasons and examples."""

from __future__ import annotations

import argparse
import re

from hardening.cli import codes
from hardening.cli.output import look_of, put, put_json
from hardening.errors import UsageError
from hardening.rules import Rule, all_rules


def rules(options: argparse.Namespace) -> int:
    """Print the list or one rule. Raises UsageError for an unknown id."""
    chosen = all_rules() if options.id is None else named_rules(options.id)
    if options.format == "json":
        from hardening.reports.rule_text import rule_values

        values = [rule_values(rule) for rule in chosen]
        put_json({"schema": "drydock.rules/1", "rules": values}, options)
    elif options.format == "markdown":
        from hardening.reports.markdown import rule_section, rules_page

        sections = (rule_section(one) for one in chosen)
        page = rules_page(chosen) if options.id is None else "\n".join(sections)
        put(page, options)
    else:
        from hardening.reports.rule_text import rule_list, rule_page

        look = look_of(options)
        pages = (rule_page(one, look) for one in chosen)
        put(rule_list(chosen, look) if options.id is None else "\n".join(pages), options)
    return codes.CLEAN


def named_rules(name: str) -> tuple[Rule, ...]:
    """The rule of an id, or all that have an alias, with or without the tool's name (`DL3008`).
    Raises UsageError."""
    wanted = name.lower()
    found = tuple(one for one in all_rules() if wanted == one.id) or tuple(
        one for one in all_rules() if wanted in _alias_names(one)
    )
    if found:
        return found
    if re.fullmatch(r"(?:shellcheck:)?sc\d{4}", wanted):
        raise UsageError(
            f"{name} is ShellCheck's",
            "drydock merges its answers and repeats none of its checks",
            "Ask it with `drydock check --shellcheck`.",
        )
    from hardening.settings import closest_rule

    raise UsageError(f"There is no rule {name}", closest_rule(name), "`drydock rules` lists them.")


def _alias_names(rule: Rule) -> frozenset[str]:
    names = (alias.lower() for alias in rule.aliases)
    return frozenset(one for name in names for one in (name, name.partition(":")[2]))
