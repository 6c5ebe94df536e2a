"""Composer that leaves its cache in the layer."""

from __future__ import annotations

from collections.abc import Iterator

from hardening.dockerfile.shell_model import Command, PackageCall
from hardening.model import Finding, Severity
from hardening.rules.frame import Example, Rule
from hardening.rules.support import Run, facts
from hardening.rules.support_package_caches import Cache, caches_left
from hardening.rules.support_packages import has_flag
from hardening.subject import Subject

rule = Rule(
    title="End the RUN with composer clear-cache",
    severity=Severity.LOW,
    why="Composer keeps every archive it downloaded; in a layer nothing reads it again.",
    references=("https://getcomposer.org/doc/03-cli.md#clear-cache-clearcache-cc",),
    aliases=(),
    bad=(
        Example(
            "FROM composer:2.9\nRUN composer install --no-dev\n",
            "FROM composer:2.9\nRUN composer install --no-dev && composer clear-cache\n",
        ),
    ),
    good=(
        Example("FROM composer:2.9\nRUN composer install --no-dev && composer clear-cache\n"),
        Example("FROM composer:2.9\nRUN composer install --no-dev --no-cache\n"),
        Example(
            "FROM php:8.5-cli\nENV COMPOSER_CACHE_DIR=/dev/null\nRUN composer install --no-dev\n"
        ),
        Example(
            "FROM composer:2.9\nRUN --mount=type=cache,target=/root/.composer/cache composer "
            "install\n"
        ),
        Example(
            "FROM composer:2.9 AS vendor\nRUN composer install\n"
            "FROM php:8.5-apache\nCOPY --from=vendor /app/vendor vendor\n"
        ),
    ),
)


def _cleans(command: Command) -> bool:
    return command.name == "composer" and any(
        one.text in ("clear-cache", "clearcache", "cc") for one in command.arguments
    )


CACHE = Cache(
    ("~/.composer/cache", "~/.cache/composer", "/root/.composer/cache", "/tmp/cache"),
    "composer clear-cache",
    frozenset({"install", "require", "update", "create-project"}),
    _cleans,
)


@rule.check
def find(subject: Subject) -> Iterator[Finding]:
    known = facts(subject)

    def uncached(run: Run, call: PackageCall) -> bool:
        folder = known.variable(run.instruction, "COMPOSER_CACHE_DIR") or ""
        return has_flag(call, "--no-cache") or folder in ("/dev/null", "/tmp")

    yield from caches_left(subject, rule, managers=("composer",), cache=CACHE, silent=uncached)
