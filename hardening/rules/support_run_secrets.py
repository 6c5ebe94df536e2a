"""The secret values that stand in one command, each with all its places."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from hardening.dockerfile.model import Dockerfile, Instruction
from hardening.model import Span
from hardening.rules.support_secrets import secrets_in
from hardening.secrets.command_lines import passwords_in
from hardening.secrets.judge import PUBLIC, TEMPLATE
from hardening.secrets.model import Secret


@dataclass
class Value:
    """One value and every place where an instruction has it."""

    secret: Secret | None
    option: str
    spans: list[Span]
    demoted: str = ""
    """Why a password after an option is probably none."""

    def add(self, span: Span) -> None:
        if span not in self.spans:
            self.spans.append(span)


def values_in(dockerfile: Dockerfile, instruction: Instruction) -> Iterable[Value]:
    """What looks like a secret by itself, then what stands where a program takes a password."""
    found: dict[str, Value] = {}
    for secret, span in secrets_in(dockerfile, instruction):
        text = span.slice(dockerfile.text)
        if secret.demoted not in (TEMPLATE, PUBLIC) and "$" not in text:
            found.setdefault(text, Value(secret, "", [])).add(span)
    taken = [span for value in found.values() for span in value.spans]
    for password in passwords_in(instruction):
        span = password.span
        if any(one.start < span.end and span.start < one.end for one in taken):
            continue
        text = span.slice(dockerfile.text)
        found.setdefault(text, Value(None, password.option, [], password.demoted)).add(span)
    return found.values()


def free_name(dockerfile: Dockerfile, instruction: Instruction, secret: Secret | None) -> str:
    """A name for the mounted variable that the RUN does not use yet."""
    rule_name = secret.rule if secret is not None else "password"
    generic = rule_name in ("password-in-address", "secret-setting", "curl-user")
    base = "PASSWORD" if generic else re.sub(r"[^A-Z0-9]+", "_", rule_name.upper()).strip("_")
    if base[:1].isdigit():
        base = f"KEY_{base}"
    text = instruction.span.slice(dockerfile.text)
    name, number = base, 2
    while re.search(rf"\b{name}\b", text):
        name, number = f"{base}_{number}", number + 1
    return name
