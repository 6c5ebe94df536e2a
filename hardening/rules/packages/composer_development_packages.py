"""Composer that installs development packages into the image that ships."""

from __future__ import annotations

from collections.abc import Iterator

from hardening.dockerfile.shell_model import PackageCall
from hardening.model import Finding, Fix, Severity, unknown
from hardening.rules.frame import Example, Rule
from hardening.rules.support import facts
from hardening.rules.support_fixes import insert_flag, literal
from hardening.rules.support_packages import has_flag
from hardening.subject import Subject

rule = Rule(
    title="Install PHP packages without the development ones",
    severity=Severity.MEDIUM,
    why="Test tools and debug bars are code that nobody reviewed for production: PHPUnit's own "
    "eval-stdin.php has been a way into thousands of servers.",
    references=("https://getcomposer.org/doc/03-cli.md#install-i",),
    aliases=("tally:composer-no-dev-in-production",),
    bad=(
        Example(
            "FROM php:8.5-apache\nRUN composer install --prefer-dist --no-cache\n",
            "FROM php:8.5-apache\nRUN composer install --no-dev --prefer-dist --no-cache\n",
        ),
    ),
    good=(
        Example("FROM php:8.5-apache\nRUN composer install --no-dev\n"),
        Example("FROM php:8.5-apache\nENV COMPOSER_NO_DEV=1\nRUN composer install\n"),
        Example(
            "FROM composer:2.9 AS vendor\nRUN composer install\nFROM php:8.5-apache\n",
            note="does not ship",
        ),
        Example("FROM php:8.5-apache\nRUN composer dump-autoload\n"),
        Example(
            "FROM php:8.5-apache\nRUN composer install && composer install --no-dev\n",
            note="taken out again",
        ),
    ),
)


def _fix(subject: Subject, call: PackageCall) -> Fix:
    return Fix(
        "no-dev",
        "Add --no-dev",
        (insert_flag(facts(subject).dockerfile, call, "--no-dev"),),
        (
            literal(call.command),
            unknown("Nothing that ships needs a development package", "Only a build can show it"),
        ),
        "Packages of require-dev are not in the image.",
    )


@rule.check
def find(subject: Subject) -> Iterator[Finding]:
    known = facts(subject)
    for run, call in known.calls("composer"):
        if call.verb not in ("install", "update") or call.packages or not run.shipped:
            continue
        if has_flag(call, "--no-dev") or known.is_set(run, call.command, "COMPOSER_NO_DEV"):
            continue
        later = (
            one
            for other, one in known.calls("composer")
            if other.shipped and one.command.span.start > call.command.span.start
        )
        if any(has_flag(one, "--no-dev") for one in later):
            continue
        yield rule.finding(
            subject,
            f"{call.written} also installs what is for development only",
            at=call.command.span,
            about=f"composer {call.verb}",
            fixes=(_fix(subject, call),),
        )
