"""The comments that ask a tool to leave findings out, read as each tool reads them.

    # drydock: ignore=RULE[,RULE] reason="..." [until=2026-12-31]   the instruction below or around
    # hadolint ignore=DL3006,DL3008                                 the instruction on the next line
    # hadolint global ignore=DL3008                                 the file
    # hadolint stage ignore=DL3008                                  the stage of the next line
    # check=skip=A,B;error=true                                     BuildKit's directive: the file
    #trivy:ignore:DS-0002[:exp:2026-01-01]                          the instruction below or around
    #checkov:skip=CKV_DOCKER_2:reason                               the file
    # kics-scan ignore-line | ignore-block                          the instruction on the next line
    # kics-scan disable=ID[,ID] | ignore                            the file

A `check=skip` comment above an instruction counts for that instruction, as tally has it; BuildKit
itself does not read it there.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date

from hardening.dockerfile.model import Comment, Dockerfile, Instruction
from hardening.model import Span
from hardening.settings import closest_rule, is_known_rule

OURS = "drydock"
EVERYTHING = "*"
"""Name of a pragma that leaves out all that its tool could say."""

MAX_LENGTH = 2_000
"""Characters of a comment; a longer one is no pragma."""

_ANY = re.compile(
    r"drydock|hadolint|check\s*=|trivy:ignore|(?:checkov|bridgecrew|cortex):skip|kics-scan", re.I
)
_OURS = re.compile(r"#\s*drydock\s*:\s*(.*)", re.I | re.S)
_OURS_IN_LINE = re.compile(r"(?:^|(?<=\s))#\s*drydock\s*:\s*(.*)", re.I)
_OPTION = re.compile(r'([A-Za-z-]+)\s*=\s*(?:"([^"]*)"|\'([^\']*)\'|(\S+))')
_HADOLINT = re.compile(
    r"#[ \t]*hadolint[ \t]+(global[ \t]+|stage[ \t]+)?ignore[ \t]*=[ \t]*"
    r"([DLSC0-9]+(?:[ \t]*,[ \t]*[DLSC0-9]+)*)[ \t]*(?:#\s*(.*))?"
)
_CHECK = re.compile(r"#\s*check\s*=\s*(.*)", re.I)
_TRIVY = re.compile(r"(?:trivy|tfsec):ignore:([A-Za-z0-9_*.-]+)(?::exp:(\d{4}-\d{2}-\d{2}))?", re.I)
_CHECKOV = re.compile(r"(?:checkov|bridgecrew|cortex):skip=\s*([A-Z_\d]+)(?::(.*))?")
_KICS = re.compile(
    r"#\s*kics-scan\s+(ignore-line|ignore-block|ignore|disable)\b\s*=?\s*([^#\s]*)", re.I
)


@dataclass(frozen=True, slots=True)
class Pragma:
    """One comment. `instruction` is the index of the one instruction that it is about, None for
    the whole file; `problem` says why it is not honoured. In a file that is no Dockerfile (`path`)
    it is about its own line and the next."""

    tool: str
    names: tuple[str, ...]
    span: Span
    line: int
    instruction: int | None = None
    reason: str = ""
    until: date | None = None
    problem: str = ""
    path: str | None = None


def read_line_pragmas(path: str, text: str) -> tuple[Pragma, ...]:
    """Our own comments in a Compose or ignore file: `# drydock: ...` on the line above or behind
    the value on the same line."""
    if "drydock" not in text.lower():
        return ()
    found: list[Pragma] = []
    offset = 0
    for number, line in enumerate(text.split("\n"), 1):
        match = _OURS_IN_LINE.search(line) if len(line) <= MAX_LENGTH else None
        if match is not None:
            span = Span(offset + match.start(), offset + len(line.rstrip("\r")))
            comment = Comment(match[0], span, number)
            found.append(replace(_ours(match[1], comment, 0), instruction=None, path=path))
        offset += len(line) + 1
    return tuple(found)


def read_pragmas(dockerfile: Dockerfile) -> tuple[Pragma, ...]:
    """Every pragma of the file, in order; those that nobody can honour carry their problem."""
    if not _ANY.search(dockerfile.text):
        return ()
    above = _instruction_by_comment(dockerfile)
    found: list[Pragma] = []
    for comment in dockerfile.comments:
        if _ANY.search(comment.text):
            found.extend(_read(dockerfile, comment, above.get(comment.line)))
    for directive in dockerfile.directives:
        if directive.name == "check":
            names = _skipped_checks(directive.value)
            if names:
                found.append(Pragma("buildkit", names, directive.span, directive.line))
    return tuple(sorted(found, key=lambda one: one.line))


def _instruction_by_comment(dockerfile: Dockerfile) -> dict[int, Instruction]:
    """Line of a comment → the instruction that it stands directly above or in."""
    found: dict[int, Instruction] = {}
    for instruction in dockerfile.instructions:
        for comment in (*instruction.leading_comments, *instruction.comments):
            found[comment.line] = instruction
    return found


def _read(
    dockerfile: Dockerfile, comment: Comment, instruction: Instruction | None
) -> Iterator[Pragma]:
    text = comment.text.strip()
    if len(text) > MAX_LENGTH:
        return
    index = None if instruction is None else instruction.index
    if match := _OURS.match(text):
        yield _ours(match[1], comment, index)
        return
    if match := _HADOLINT.fullmatch(text):
        yield from _hadolint(dockerfile, match, comment)
        return
    if match := _CHECK.fullmatch(text):
        names = _skipped_checks(match[1])
        if names and index is not None:
            yield Pragma("buildkit", names, comment.span, comment.line, index)
        return
    for match in _TRIVY.finditer(text):
        if index is not None:
            name, until = trivy_id(match[1]), _date(match[2])
            yield Pragma("trivy", (name,), comment.span, comment.line, index, until=until)
    for match in _CHECKOV.finditer(text):
        reason = (match[2] or "").strip()
        yield Pragma("checkov", (match[1],), comment.span, comment.line, reason=reason)
    if match := _KICS.match(text):
        yield from _kics(dockerfile, match, comment)


def _ours(body: str, comment: Comment, index: int | None) -> Pragma:
    options: dict[str, str] = {}
    problem = ""
    for match in _OPTION.finditer(body):
        key = match[1].lower()
        options[key] = next((value for value in match.groups()[1:] if value is not None), "")
        if key not in ("ignore", "reason", "until"):
            problem = problem or f"knows no {key}=: write ignore=, reason= and until="
    names = tuple(name for name in re.split(r"[,\s]+", options.get("ignore", "")) if name)
    unknown = next((name for name in names if not is_known_rule(name)), None)
    until = _date(options.get("until"))
    if not names:
        problem = "names no rule: write ignore=RULE"
    elif unknown is not None:
        problem = f"names an unknown rule {unknown}. {closest_rule(unknown)}".rstrip()
    elif not options.get("reason", "").strip():
        problem = 'gives no reason: write reason="..."'
    elif "until" in options and until is None:
        problem = f"has a date that is none: {options['until']}"
    elif index is None and not problem:
        problem = "stands above no instruction"
    return Pragma(
        OURS,
        names,
        comment.span,
        comment.line,
        index,
        options.get("reason", "").strip(),
        until,
        problem,
    )


def _hadolint(dockerfile: Dockerfile, match: re.Match[str], comment: Comment) -> Iterator[Pragma]:
    names = tuple(name.strip() for name in match[2].split(","))
    reason = (match[3] or "").strip()
    scope = (match[1] or "").strip()
    if scope == "global":
        yield Pragma("hadolint", names, comment.span, comment.line, reason=reason)
        return
    below = _starting_at(dockerfile, comment.line + 1)
    if below is not None and scope == "stage":
        for one in dockerfile.instructions:
            if one.stage == below.stage:
                yield Pragma("hadolint", names, comment.span, comment.line, one.index, reason)
    elif below is not None:
        yield Pragma("hadolint", names, comment.span, comment.line, below.index, reason)


def _kics(dockerfile: Dockerfile, match: re.Match[str], comment: Comment) -> Iterator[Pragma]:
    command = match[1].lower()
    if command == "disable":
        names = tuple(name for name in match[2].split(",") if name)
        if names:
            yield Pragma("kics", names, comment.span, comment.line)
        return
    if command == "ignore":
        first = dockerfile.instructions[:1]
        if not first or comment.line < first[0].start_line:
            yield Pragma("kics", (EVERYTHING,), comment.span, comment.line)
        return
    below = _starting_at(dockerfile, comment.line + 1)
    if below is not None:
        yield Pragma("kics", (EVERYTHING,), comment.span, comment.line, below.index)


def _starting_at(dockerfile: Dockerfile, line: int) -> Instruction | None:
    return next((one for one in dockerfile.instructions if one.start_line == line), None)


def _skipped_checks(value: str) -> tuple[str, ...]:
    """`skip=A,B;error=true` → the names; `skip=all` is everything."""
    for part in value.split(";"):
        key, equals, names = part.partition("=")
        if equals and key.strip().lower() == "skip":
            found = tuple(name.strip() for name in names.split(",") if name.strip())
            return tuple(EVERYTHING if name.lower() == "all" else name for name in found)
    return ()


def trivy_id(name: str) -> str:
    """Trivy's ids in one spelling: `AVD-DS-0002`, `DS002` and `ds-0002` are `DS-0002`."""
    plain = name.upper().removeprefix("AVD-")
    match = re.fullmatch(r"DS-?0*(\d+)", plain)
    return f"DS-{int(match[1]):04d}" if match else plain


def _date(text: str | None) -> date | None:
    try:
        return None if text is None else date.fromisoformat(text)
    except ValueError:
        return None
