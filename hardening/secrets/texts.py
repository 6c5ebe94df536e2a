"""Secrets of one text: the Dockerfile, before any image is there."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import TYPE_CHECKING

from hardening.model import FilePlace, Severity, Span
from hardening.secrets.credential_files import read_structure
from hardening.secrets.engine import Hit, without_overlaps
from hardening.secrets.grouping import Seen, grouped
from hardening.secrets.judge import reason_to_demote
from hardening.secrets.kinds import kind_of_file
from hardening.secrets.model import Secret
from hardening.secrets.occurrences import hits_in_command

if TYPE_CHECKING:
    from hardening.dockerfile.model import Dockerfile, Instruction
    from hardening.dockerfile.shell_model import Command

_DOCKERFILE = re.compile(
    r"(?i)/(?:[^/]*[._-])?(?:docker|container)file(?:[._-][^/]*)?$|\.dockerfile$"
)
_INTO = (">", ">>", ">|")
COMMAND = kind_of_file("command-password", "Password on a command line", Severity.HIGH)


def scan_text(text: str, path: str) -> tuple[Secret, ...]:
    """Secrets of one text; places are spans of the file `path`."""
    return _secrets(text, path, hits_in_command(text))


def scan_dockerfile(dockerfile: Dockerfile) -> tuple[Secret, ...]:
    """Secrets of a Dockerfile's text, and of the files that its here-documents write, each read by
    that file's own structure."""
    return _secrets(dockerfile.text, dockerfile.path, _hits(dockerfile))


def scan_file(text: str, path: str) -> tuple[Secret, ...]:
    """Secrets of a text as its name says that it is to be read."""
    if not is_dockerfile(path):
        return scan_text(text, path)
    data = text.encode("utf-8", "surrogateescape")
    return _secrets(text, path, hits_in_dockerfile(data, path))


def is_dockerfile(path: str) -> bool:
    return bool(_DOCKERFILE.search(f"/{path}"))


def hits_in_dockerfile(data: bytes, path: str) -> tuple[Hit, ...]:
    """All of it as hits: also the passwords in the arguments of its commands. Offsets are into
    `data`, which is UTF-8 or nearly so."""
    from hardening.dockerfile import parse
    from hardening.secrets.command_lines import passwords_in

    dockerfile = parse(data.decode("utf-8", "surrogateescape"), path)
    hits = list(_hits(dockerfile))
    for one in _every(dockerfile):
        for password in passwords_in(one):
            hit = _hit_at(dockerfile.text, password.span)
            hits.append(replace(hit, name=password.option, doubt=password.demoted))
    return without_overlaps(hits)


def _every(dockerfile: Dockerfile) -> Iterator[Instruction]:
    for one in dockerfile.instructions:
        yield one.trigger if one.trigger is not None else one


def _hit_at(text: str, span: Span) -> Hit:
    start = len(text[: span.start].encode("utf-8", "surrogateescape"))
    value = span.slice(text).encode("utf-8", "surrogateescape")
    return Hit(COMMAND, value, start, start + len(value))


def _hits(dockerfile: Dockerfile) -> tuple[Hit, ...]:
    written = tuple(_of_heredocs(dockerfile))
    hits = hits_in_command(dockerfile.text)
    return without_overlaps((*written, *hits)) if written else hits


def _of_heredocs(dockerfile: Dockerfile) -> Iterator[Hit]:
    for one in _every(dockerfile):
        for number, document in enumerate(one.heredocs):
            path = _written_to(one, number)
            if not path:
                continue
            before = dockerfile.text[: document.body.start].encode("utf-8", "surrogateescape")
            body = document.body.slice(dockerfile.text).encode("utf-8", "surrogateescape")
            for hit in read_structure(path.lstrip("/"), body):
                shift = len(before)
                yield replace(hit, start=hit.start + shift, end=hit.end + shift)


def _written_to(instruction: Instruction, number: int) -> str:
    """The file that the here-document of that number becomes, "" when it cannot be said."""
    if instruction.keyword in ("COPY", "ADD"):
        target = instruction.words[-1].value if instruction.words else ""
        name = instruction.heredocs[number].name
        return f"{target}{name}" if target.endswith("/") else target
    script = instruction.shell
    for command in script.commands if script is not None else ():
        name = instruction.heredocs[number].name
        into = next((one.target for one in command.redirections if one.operator in _INTO), None)
        if into is not None and _reads(command, name):
            return into.text.strip("\"'")
    return ""


def _reads(command: Command, name: str) -> bool:
    return any(
        one.operator.startswith("<<") and one.target is not None
        and one.target.text.strip("\"'") == name
        for one in command.redirections
    )  # fmt: skip


def _secrets(text: str, path: str, hits: Iterable[Hit]) -> tuple[Secret, ...]:
    data = text.encode("utf-8", "surrogateescape")
    seen = []
    offset = characters = 0
    line = 1
    for hit in sorted(hits, key=lambda one: one.start):
        before = data[offset : hit.start].decode("utf-8", "surrogateescape")
        characters += len(before)
        line += before.count("\n")
        offset = hit.start
        length = len(hit.value.decode("utf-8", "surrogateescape"))
        lines = hit.value.rstrip(b"\n").count(b"\n")
        place = FilePlace(path, Span(characters, characters + length), line, line + lines)
        seen.append(Seen(hit, place, reason_to_demote(hit, path), line))
    return grouped(seen, None)
