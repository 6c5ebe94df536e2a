"""Whether an image is there to run something, or to be built on and used by hand.

An image of the second kind (a distribution, a language with its prompt, a tool box) has no service
of its own: whoever derives from it decides about user, health and limits. Told from what starts:
an explicit shell or language prompt, or nothing at all on a base that starts nothing either.
"""

from __future__ import annotations

import re
from typing import Final

from hardening.runtime.base_facts import split_reference
from hardening.runtime.programs import Program, start_programs
from hardening.runtime.start import Start

_PURPOSE: Final = "_runtime_purpose"
_NAMES: Final = (
    "sh bash ash dash ksh zsh fish csh tcsh "
    "python python2 python3 pypy pypy3 ipython ipython3 node irb php perl R jshell julia iex erl "
    "ghci stack clojure clj lein swipl gst guile sbcl clisp ecl scala groovysh groovy hy kotlinc "
    "lua luajit octave racket raku perl6 swift tclsh mono csharp dotnet deno bun mvn gradle sbt "
    "cmd cmd.exe powershell pwsh rustc cargo go gcc crystal elixir dart nim ocaml utop"
)
_PROMPTS: Final = frozenset(_NAMES.split())
"""Programs that, named alone, wait for a person or print how to use them."""

_PROMPT_OPTIONS: Final = re.compile(
    r"^(?:-[ail]{1,3}|--login|--interactive|-de0|-de1|repl|--help)$"
)
_WRAPPERS: Final = ("exec", "env", "tini", "dumb-init", "docker-init", "catatonit")
_SERVICE_TAG: Final = re.compile(r"(?:^|-)(?:apache|fpm|dind)(?:-|$)")
_PLAIN_BASES: Final = re.compile(
    r"(?:.*/)?(?:debian|ubuntu|alpine|busybox|centos|fedora|rockylinux|almalinux|oraclelinux|"
    r"amazonlinux|archlinux|opensuse|leap|tumbleweed|photon|clearlinux|minideb|"
    r"ubi\d*(?:-minimal|-micro|-init)?|wolfi-base|chainguard-base|buildpack-deps|"
    r"gcc|rust|golang|python|pypy|node|ruby|php|perl|haskell|julia|elixir|erlang|clojure|r-base|"
    r"swift|openjdk|adoptopenjdk|eclipse-temurin|ibm-semeru-runtimes|ibmjava|sapmachine|"
    r"amazoncorretto|maven|gradle|sbt|groovy|mono|dart)"
    r"|(?:.*/)?distroless/.*|(?:.*/)?dotnet/.*|docker|scratch|placeholder"
)
"""Bases by name that start a prompt, print their version, or start nothing."""


def only_a_base(start: Start) -> str | None:
    """Why the image runs no service of its own, None when it does or when that is not known."""
    if _PURPOSE not in start.__dict__:
        start.__dict__[_PURPOSE] = _only_a_base(start)
    answer: str | None = start.__dict__[_PURPOSE]
    return answer


def _only_a_base(start: Start) -> str | None:
    if start.final is None or start.ports or start.all("EXPOSE"):
        return None
    if start.entrypoint is None and start.command is None:
        return _nothing_starts(start)
    commands = start_programs(start).commands
    written = [one for one in commands if one.where.startswith("line ") and not one.conditional]
    if start.entrypoint is not None:
        by_command = [one for one in written if one.where.endswith(": CMD")]
        is_script = any("entrypoint" in word for word in (start.argv or ("",))[0:1])
        written = by_command if is_script and by_command else written
    written = [one for one in written if one.name not in _WRAPPERS]
    if len(written) == 1 and _is_prompt(written[0]):
        return f"it starts {' '.join(written[0].words)}, which waits for a person"
    return None


def _is_prompt(program: Program) -> bool:
    name = re.sub(r"\d+(?:\.\d+)*$", "", program.name) or program.name
    known = program.name in _PROMPTS or name in _PROMPTS
    return known and all(_PROMPT_OPTIONS.match(word) for word in program.words[1:])


def _nothing_starts(start: Start) -> str | None:
    """Neither the Dockerfile nor its base names a program, and no file of the context went in:
    with files, the program is only named elsewhere."""
    if start.base is None:
        return None
    if (
        any(one.flag("from") is None for one in start.all("COPY", "ADD"))
        and start.base != "scratch"
    ):
        return None
    if start.image is not None and start.image.config.entrypoint:
        return None
    reference = split_reference(start.base)
    if _PLAIN_BASES.fullmatch(reference.path) and not _SERVICE_TAG.search(reference.tag):
        return f"no CMD or ENTRYPOINT is written, and {start.base} starts no service"
    return None
