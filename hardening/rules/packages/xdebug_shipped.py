"""Xdebug in the image that ships."""

from __future__ import annotations

from collections.abc import Iterator

from hardening.model import Finding, Severity
from hardening.rules.frame import Example, Rule
from hardening.rules.support import facts
from hardening.subject import Subject

INSTALLERS: tuple[str, ...] = (
    "pecl",
    "docker-php-ext-enable",
    "docker-php-ext-install",
    "install-php-extensions",
    "pie",
)
INSTALLERS += ("apt-get", "apt", "apk", "dnf", "yum", "phpenmod")

rule = Rule(
    title="Leave Xdebug out of the image that ships",
    severity=Severity.HIGH,
    why="Xdebug connects to whoever asks for a debug session: that one can run any code in the "
    "service and read all of its memory.",
    references=("https://xdebug.org/docs/step_debug#security",),
    aliases=("tally:no-xdebug-in-final-image",),
    bad=(
        Example(
            "FROM php:8.5-apache\nRUN pecl install xdebug && docker-php-ext-enable xdebug\n",
            findings=1,
        ),
        Example("FROM debian:13\nRUN apt-get install -y php-xdebug\n"),
    ),
    good=(
        Example(
            "FROM php:8.5 AS dev\nRUN pecl install xdebug\nFROM php:8.5-apache\n",
            note="does not ship",
        ),
        Example("FROM php:8.5-apache\nRUN pecl install redis\n"),
        Example("FROM php:8.5-apache\nRUN echo xdebug\n"),
    ),
)


@rule.check
def find(subject: Subject) -> Iterator[Finding]:
    for run, command in facts(subject).commands(*INSTALLERS):
        words = [word.text for word in command.arguments]
        if run.shipped and any("xdebug" in word for word in words):
            yield rule.finding(
                subject,
                "Xdebug is in the image that ships",
                at=command.span,
                about="xdebug",
                tip="Install it in a stage of its own for development",
            )
            return
