"""A service that ships in debug mode."""

from __future__ import annotations

from collections.abc import Iterator

from hardening.dockerfile.edits import replace_span
from hardening.model import Finding, Fix, Severity, unknown
from hardening.rules.frame import Example, Rule
from hardening.rules.support import Facts, facts
from hardening.subject import Subject

TRUE = ("1", "true", "on", "yes")
SWITCHES: tuple[str, ...] = (
    "FLASK_DEBUG",
    "DJANGO_DEBUG",
    "APP_DEBUG",
    "SYMFONY_DEBUG",
    "QUARKUS_DEBUG",
)
SWITCHES += ("WERKZEUG_DEBUG_PIN_OFF",)
MODES = {
    "FLASK_ENV": "production",
    "NODE_ENV": "production",
    "RAILS_ENV": "production",
    "RACK_ENV": "production",
    "APP_ENV": "production",
    "ASPNETCORE_ENVIRONMENT": "Production",
    "DOTNET_ENVIRONMENT": "Production",
}
DEVELOPMENT = ("development", "dev", "debug")
AGENTS = (
    "-agentlib:jdwp",
    "-Xrunjdwp",
    "--inspect=0.0.0.0",
    "--inspect-brk=0.0.0.0",
    "debugpy --listen 0.0.0.0",
)

rule = Rule(
    title="Ship the service with debugging off",
    severity=Severity.HIGH,
    why="Debug pages show secrets and let a visitor run code (Werkzeug, Laravel, Rails), and an "
    "open debug port is a way in without a password.",
    references=("https://owasp.org/www-project-top-ten/",),
    aliases=(),
    bad=(
        Example(
            'FROM python:3.14\nENV FLASK_DEBUG=1\nCMD ["flask", "run"]\n',
            'FROM python:3.14\nENV FLASK_DEBUG=0\nCMD ["flask", "run"]\n',
        ),
        Example(
            "FROM node:26\nENV NODE_ENV=development PORT=80\n",
            "FROM node:26\nENV NODE_ENV=production PORT=80\n",
        ),
        Example('FROM node:26\nCMD ["node", "--inspect=0.0.0.0:9229", "app.js"]\n'),
        Example(
            "FROM eclipse-temurin:25\nENV "
            'JAVA_TOOL_OPTIONS="-agentlib:jdwp=transport=dt_socket,server=y"\n'
        ),
    ),
    good=(
        Example(
            "FROM node:26\nENV NODE_ENV=development\nENV NODE_ENV=production\n", note="set again"
        ),
        Example(
            "FROM node:26 AS dev\nENV NODE_ENV=development\nFROM node:26\n", note="does not ship"
        ),
    ),
)


def _better(key: str, value: str) -> str | None:
    if key in SWITCHES and value.lower() in TRUE:
        return {"1": "0", "true": "false", "on": "off", "yes": "no"}[value.lower()]
    if key in MODES and value.lower() in DEVELOPMENT:
        return MODES[key]
    return None


def _variables(subject: Subject, known: Facts) -> Iterator[Finding]:
    last = {
        pair.key: pair
        for placed in known.all("ENV")
        if placed.shipped and not placed.deferred
        for pair in placed.instruction.pairs
    }
    for key, pair in last.items():
        value = pair.value
        if value is None:
            continue
        better = _better(key, value.value)
        agent = next((one for one in AGENTS if one in value.value), None)
        if better is None and agent is None:
            continue
        fixes: tuple[Fix, ...] = ()
        if better is not None and value.text.strip("\"'") == value.value:
            text = value.text.replace(value.value, better)
            fixes = (
                Fix(
                    "off",
                    f"Write {key}={better}",
                    (replace_span(known.dockerfile, value.span, text),),
                    (unknown("The service runs without debugging", "Only a run can show it"),),
                    "Errors no longer show code or give a console.",
                ),
            )
        yield rule.finding(
            subject,
            f"{key}={value.value if better is not None else agent} ships the service in debug mode",
            at=pair.span,
            about=key,
            fixes=fixes,
            tip="Set it when you debug, not in the image",
        )


@rule.check
def find(subject: Subject) -> Iterator[Finding]:
    known = facts(subject)
    yield from _variables(subject, known)
    for placed in known.all("CMD", "ENTRYPOINT"):
        text = placed.instruction.value
        agent = next((one for one in AGENTS if one in text), None)
        if placed.shipped and agent is not None:
            yield rule.finding(
                subject,
                f"{agent} opens a debug port to everybody",
                at=placed.instruction,
                about=agent,
                tip="Start it with the option when you debug, bound to 127.0.0.1",
            )
