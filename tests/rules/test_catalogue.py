"""The catalogue as a whole."""

from __future__ import annotations

from hardening.rules import Profile, all_rules


def test_at_least_eighty_rules_have_a_patch() -> None:
    assert sum(rule.fixable for rule in all_rules()) >= 80


def test_both_profiles_are_there_and_every_theme_has_rules() -> None:
    profiles = {rule.profile for rule in all_rules()}
    assert profiles == {Profile.HARDENING, Profile.ALL}
    themes = {rule.theme for rule in all_rules()}
    assert {
        "base",
        "build",
        "files",
        "image",
        "network",
        "packages",
        "runtime",
        "secrets",
        "user",
    } <= themes


def test_discovery_loses_nothing() -> None:
    rules = all_rules()
    assert len({rule.id for rule in rules}) == len(rules) > 150
    assert all(rule.id == rule.id.lower() and " " not in rule.id for rule in rules)
