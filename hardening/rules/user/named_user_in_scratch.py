"""A name of a user where no /etc/passwd is."""

from __future__ import annotations

from collections.abc import Iterator

from hardening.dockerfile.edits import replace_span
from hardening.model import Finding, Fix, Severity, Span, unknown
from hardening.rules.frame import Example, Rule
from hardening.rules.support import Facts, Placed, facts
from hardening.subject import Subject

NUMBERS = {"nobody": "65534", "nonroot": "65532", "nogroup": "65534", "root": "0"}

rule = Rule(
    title="Name users by number where there is no /etc/passwd",
    severity=Severity.HIGH,
    why="An image from scratch knows no names: the build stops at --chown, and the container does "
    "not start, so somebody runs it as root to get it going.",
    references=("https://docs.docker.com/reference/dockerfile/#user",),
    aliases=("tally:named-identity-in-passwdless-stage",),
    bad=(
        Example(
            "FROM scratch\nCOPY app /app\nUSER nobody\n",
            "FROM scratch\nCOPY app /app\nUSER 65534\n",
            files={"app": "x"},
        ),
        Example("FROM scratch\nCOPY --chown=app:app app /app\nUSER 1\n", files={"app": "x"}),
    ),
    good=(
        Example("FROM scratch\nCOPY app /app\nUSER 65534:65534\n", files={"app": "x"}),
        Example(
            "FROM debian:13 AS b\nFROM scratch\n"
            "COPY --from=b /etc/passwd /etc/passwd\n"
            "USER nobody\n"
        ),
        Example("FROM scratch\nADD rootfs.tar.xz /\nUSER www-data\n", files={"rootfs.tar.xz": "x"}),
        Example("FROM scratch\nCOPY app /app\nUSER ${UID}\n", files={"app": "x"}),
        Example("FROM debian:13\nUSER nobody\n"),
        Example("FROM debian:13 AS b\nFROM scratch\nCOPY --from=b / /\nUSER nobody\n"),
    ),
)


def _has_accounts(known: Facts, placed: Placed) -> bool:
    """True when an earlier COPY or ADD may have brought /etc/passwd."""
    if placed.stage is None:
        return True
    stages = {link.index for link in known.dockerfile.chain(placed.stage)}
    for one in known.all("COPY", "ADD"):
        instruction = one.instruction
        if (
            instruction.stage not in stages
            or instruction.span.start > placed.instruction.span.start
        ):
            continue
        target = instruction.words[-1].value.rstrip("/") if instruction.words else ""
        sources = [word.value.rstrip("/") for word in instruction.words[:-1]]
        wide = target in ("", "/etc") and (
            instruction.keyword == "ADD" or any(one in ("", ".", "/etc") for one in sources)
        )
        if wide or "passwd" in instruction.value or "rootfs" in instruction.value:
            return True
    return False


def _names(text: str) -> list[str]:
    parts = [part.strip("\"'") for part in text.split(":")]
    return [one for one in parts if one and not one.isdigit() and "$" not in one]


def _numeric(text: str) -> str | None:
    parts = [part if part.isdigit() else NUMBERS.get(part, "") for part in text.split(":")]
    return ":".join(parts) if all(parts) else None


@rule.check
def find(subject: Subject) -> Iterator[Finding]:
    known = facts(subject)
    for placed in known.all("USER", "COPY", "ADD"):
        instruction = placed.instruction
        if placed.stage is None or placed.deferred:
            continue
        if known.dockerfile.chain(placed.stage)[0].base.value != "scratch":
            continue
        flag = instruction.flag("chown")
        span: Span | None = instruction.arguments
        text = instruction.value
        if instruction.keyword != "USER":
            text, span = (flag.value or "", flag.value_span) if flag is not None else ("", None)
        if span is None or not _names(text) or _has_accounts(known, placed):
            continue
        number = _numeric(text)
        fixes: tuple[Fix, ...] = ()
        if number is not None:
            condition = unknown(f"{text} means {number}", "These are the usual numbers")
            fixes = (
                Fix(
                    "numeric",
                    f"Write {number}",
                    (replace_span(known.dockerfile, span, number),),
                    (condition,),
                    "The builder and the engine need no /etc/passwd.",
                ),
            )
        yield rule.finding(
            subject,
            f"{instruction.keyword} names {', '.join(_names(text))}, and the stage has no "
            "/etc/passwd",
            at=instruction,
            about=text,
            fixes=fixes,
            tip="Write numbers, such as 65532:65532",
        )
