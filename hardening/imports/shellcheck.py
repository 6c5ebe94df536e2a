"""Asks a ShellCheck program about the RUN scripts of a Dockerfile, when one is on the PATH.

ShellCheck is called as a program, once for a file, with a time limit; nothing of it is part of
drydock. Its answer (`-f json1`) is merged like an imported report. Variables that the Dockerfile
sets are exported in front of each script, so that they do not count as unassigned.
"""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

from hardening.dockerfile.expansion import scope_at
from hardening.dockerfile.mapped import MappedText
from hardening.dockerfile.model import Dockerfile
from hardening.dockerfile.shell import shell_text
from hardening.errors import InputError
from hardening.imports.model import Imported, Result, line_of, rows_of, severity_of, text_of

SECONDS = 60
_EXCLUDED = "SC1090,SC1091,SC2187"
"""Files that it cannot follow, and its note that ash is not one of its shells."""
_SHELLS = ("sh", "bash", "dash", "ksh")
_NAME = re.compile(r"[A-Za-z_]\w*", re.ASCII)


def shellcheck(dockerfile: Dockerfile) -> Imported:
    """What ShellCheck says of every RUN. Raises InputError when it is missing, fails or is slow."""
    program = shutil.which("shellcheck")
    if program is None:
        raise InputError(
            "ShellCheck is not installed",
            "no shellcheck is on the PATH",
            "Install it, or leave out --shellcheck.",
        )
    scripts = list(_scripts(dockerfile))
    if not scripts:
        return Imported("shellcheck", ())
    with tempfile.TemporaryDirectory(prefix="drydock-") as folder:
        names = []
        for number, (head, mapped, _) in enumerate(scripts):
            path = Path(folder, str(number))
            path.write_text(head + mapped.text + "\n", encoding="utf-8", errors="replace")
            names.append(str(path))
        comments = _ask([program, "-f", "json1", "--norc", "-e", _EXCLUDED, *names])
    return Imported("shellcheck", tuple(_results(dockerfile, scripts, comments)))


def _scripts(dockerfile: Dockerfile) -> Iterator[tuple[str, MappedText, int]]:
    """Lines put in front, the script, and the number of lines in front."""
    for instruction in dockerfile.instructions:
        found = shell_text(instruction) if instruction.keyword == "RUN" else None
        if found is None:
            continue
        mapped, shell = found
        name = shell[0].rpartition("/")[2]
        known = scope_at(dockerfile, instruction, {})
        exports = "".join(f"export {one}=1\n" for one in sorted(known) if _NAME.fullmatch(one))
        head = f"#!/bin/{name if name in _SHELLS else 'sh'}\n{exports}"
        yield head, mapped, head.count("\n")


def _ask(command: list[str]) -> list[dict[str, object]]:
    try:
        done = subprocess.run(command, capture_output=True, timeout=SECONDS, check=False)
    except subprocess.TimeoutExpired as error:
        raise InputError("ShellCheck took too long", f"over {SECONDS} s") from error
    except OSError as error:
        raise InputError("ShellCheck cannot be run", error.strerror or str(error)) from error
    try:
        answer = json.loads(done.stdout)
    except ValueError as error:
        told = done.stderr.decode("utf-8", "replace").strip()[:300]
        raise InputError("ShellCheck gave no answer", told or f"code {done.returncode}") from error
    return [
        dict(row) for row in rows_of(answer.get("comments") if isinstance(answer, dict) else [])
    ]


def _results(
    dockerfile: Dockerfile,
    scripts: list[tuple[str, MappedText, int]],
    comments: list[dict[str, object]],
) -> Iterator[Result]:
    for row in comments:
        number = Path(text_of(row.get("file"))).name
        line, code = line_of(row.get("line")), row.get("code")
        if not number.isdigit() or int(number) >= len(scripts) or line is None:
            continue
        _, mapped, before = scripts[int(number)]
        if line <= before or type(code) is not int:
            continue
        offset = _offset(mapped.text, line - before, line_of(row.get("column")) or 1)
        place = dockerfile.line_at(mapped.at(offset))
        yield Result(
            "shellcheck",
            f"SC{code}",
            text_of(row.get("message")),
            severity_of(row.get("level")),
            dockerfile.path,
            place,
            place,
        )


def _offset(text: str, line: int, column: int) -> int:
    """Offset of a one-based line and column; ShellCheck counts a tab as eight columns."""
    start = 0
    for _ in range(line - 1):
        start = text.find("\n", start) + 1
    shown = 1
    for offset in range(start, len(text)):
        if shown >= column:
            return offset
        shown += 8 - (shown - 1) % 8 if text[offset] == "\t" else 1
    return max(0, len(text) - 1)
