"""The catalogue as a whole."""

from __future__ import annotations

import subprocess
import sys

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


def test_rules_load_no_reader_of_packages_or_advisories() -> None:
    """A check of one Dockerfile starts without them."""
    code = (
        "import sys, hardening.rules as rules; rules.all_rules();"
        "print(*[one for one in sys.modules if one.startswith(('hardening.advisories.',"
        " 'hardening.inventory.', 'sqlite3', 'packageurl', 'cvss'))])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.split() == []
