"""Secrets of an image's configuration: environment, labels, commands, triggers, history.

Sources: the configuration of the OCI image-spec, and how the two builders of Docker write
`created_by` (`|1 A=b /bin/sh -c ...`, `RUN ... # buildkit`, `/bin/sh -c #(nop)  CMD ["a" "b"]`).
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence
from typing import Final

from hardening.image.model import Image, ImageConfig
from hardening.model import ConfigPlace, Place
from hardening.secrets.engine import Hit
from hardening.secrets.grouping import Seen
from hardening.secrets.judge import reason_to_demote
from hardening.secrets.names import can_be_secret, is_secret_name
from hardening.secrets.occurrences import hits_in_command, hits_in_setting

MAX_COMMAND: Final = 64 << 10
"""Characters of one history entry that are looked at."""
_PAIR = re.compile(r"(?:^|\s)([A-Za-z_]\w*)=(.*?)(?=\s[A-Za-z_]\w*=|$)", re.S)
_BUILD_ARGS = re.compile(r"^\|(\d{1,3}) ")
_SHELL = re.compile(r"(?:RUN )?\s*(?:(?:/usr)?/bin/\w*sh (?:-[a-z]+ )*-[a-z]*c )?")
_QUOTED = re.compile(r'"(?:[^"\\]|\\.)*"')
_LISTS: Final = ("CMD ", "ENTRYPOINT ", "HEALTHCHECK ")


def secrets_of_configuration(image: Image) -> Iterator[Seen]:
    """Every hit in the image's configuration and history."""
    config = image.config
    for name, value in config.env:
        yield from _of_setting(name, value, ConfigPlace(f"Env.{name}"))
    for name, value in config.labels.items():
        yield from _of_setting(name, value, ConfigPlace(f"Labels.{name}"))
    for key, words in _commands(config):
        yield from _of_words(words, ConfigPlace(key))
    for number, text in enumerate(config.onbuild):
        yield from _of_trigger(text[:MAX_COMMAND], ConfigPlace(f"OnBuild[{number}]"))
    for key in ("author", "comment"):
        said = config.raw.get(key)
        if isinstance(said, str):
            yield from _of_text(said[:MAX_COMMAND], ConfigPlace(key))
    yield from _of_history(image)


def _commands(config: ImageConfig) -> Iterator[tuple[str, Sequence[str]]]:
    yield "Entrypoint", config.entrypoint
    yield "Cmd", (*config.entrypoint, *config.cmd)
    test = config.healthcheck.test if config.healthcheck is not None else ()
    if test[:1] == ("CMD-SHELL",):
        yield "Healthcheck", ("sh", "-c", *test[1:])
    elif test[:1] == ("CMD",):
        yield "Healthcheck", test[1:]


def _of_words(words: Sequence[str], place: Place) -> Iterator[Seen]:
    from hardening.secrets.command_lines import passwords_of_words

    for word in words:
        yield from _of_text(word[:MAX_COMMAND], place)
    for index, start, end, option in passwords_of_words([one[:MAX_COMMAND] for one in words]):
        yield _argument(words[index][start:end], option, place)


def _argument(value: str, option: str, place: Place) -> Seen:
    from hardening.secrets.judge import reason_of_text
    from hardening.secrets.texts import COMMAND

    raw = value.encode("utf-8", "surrogateescape")
    return Seen(Hit(COMMAND, raw, 0, len(raw), option), place, reason_of_text(value))


def _of_text(text: str, place: Place) -> Iterator[Seen]:
    for hit in hits_in_command(text):
        yield Seen(hit, place, reason_to_demote(hit, ""))


def _of_trigger(text: str, place: Place) -> Iterator[Seen]:
    from hardening.secrets.texts import hits_in_dockerfile

    data = f"FROM scratch\n{text}\n".encode("utf-8", "surrogateescape")
    for hit in hits_in_dockerfile(data, "Dockerfile"):
        yield Seen(hit, place, reason_to_demote(hit, ""))


def _of_setting(name: str, value: str, place: Place) -> Iterator[Seen]:
    hits = hits_in_setting(name, value)
    for hit in hits:
        yield Seen(hit, place, reason_to_demote(hit, ""))
    if not hits and is_secret_name(name) and can_be_secret(value):
        hit = named_hit(name, value)
        yield Seen(hit, place, reason_to_demote(hit, ""))


def named_hit(name: str, value: str) -> Hit:
    """A setting that only its name makes a secret, as a hit of the format `secret-setting`."""
    from hardening.secrets.formats import format_by_id

    kind = format_by_id("secret-setting")
    if kind is None:
        raise LookupError("secret-setting")
    raw = value.encode("utf-8", "surrogateescape")
    start = len(name.encode("utf-8", "surrogateescape")) + 1
    return Hit(kind, raw, start, start + len(raw), f"{name}=")


def _of_history(image: Image) -> Iterator[Seen]:
    for number, entry in enumerate(image.history):
        place = ConfigPlace(f"history[{number}]")
        arguments, command = split_build_args(entry.created_by[:MAX_COMMAND])
        for name, value in arguments:
            yield from _of_setting(name, value, place)
        if command.lstrip().startswith(("ENV ", "/bin/sh -c #(nop) ")):
            for name, value in _env_pairs(command):
                yield from _of_setting(name, value, place)
        yield from _of_text(command, place)
        yield from _of_command_line(command, place)
        yield from _of_text(entry.comment[:MAX_COMMAND], place)


def _of_command_line(command: str, place: Place) -> Iterator[Seen]:
    from hardening.secrets.command_lines import parsed, passwords_of_script, passwords_of_words

    text = command[match.end() :] if (match := _SHELL.match(command)) else command
    text = text.removesuffix("# buildkit").strip()
    if text.startswith("#(nop)"):
        text = text[6:].strip()
    if text.startswith(_LISTS):
        words = _words(text)
        if words[:1] == ["CMD-SHELL"]:
            words = ["sh", "-c", *words[1:]]
        for index, start, end, option in passwords_of_words(words):
            yield _argument(words[index][start:end], option, place)
    elif not re.match(r"(?:COPY|ADD|ENV|LABEL|ARG|EXPOSE|USER|WORKDIR|VOLUME) ", text):
        for one in passwords_of_script(parsed(text)):
            yield _argument(one.span.slice(text), one.option, place)


def _words(text: str) -> list[str]:
    words = []
    for one in _QUOTED.findall(text):
        try:
            words.append(str(json.loads(one)))
        except ValueError:
            words.append(one[1:-1])
    return words[1:] if words[:1] == ["CMD"] else words


def _env_pairs(created_by: str) -> Iterator[tuple[str, str]]:
    """The pairs of an ENV entry. Their quotes are lost: a value ends where the next begins."""
    _, keyword, text = created_by.partition("ENV ")
    if keyword:
        for match in _PAIR.finditer(text.removesuffix("# buildkit").strip()):
            yield match[1], match[2].strip()


def split_build_args(created_by: str) -> tuple[tuple[tuple[str, str], ...], str]:
    """The build arguments of a history entry and its command: `|2 A=1 B=2 /bin/sh -c ...`, the
    form of both builders. A value with blanks cannot be told apart from the next argument: it
    ends at the first word that looks like one."""
    found = _BUILD_ARGS.match(created_by.removeprefix("RUN "))
    if found is None:
        return (), created_by
    rest = created_by.removeprefix("RUN ")[found.end() :]
    pairs: list[tuple[str, str]] = []
    for _ in range(int(found[1])):
        match = re.match(r"([A-Za-z_]\w*)=(.*?)(?= [A-Za-z_]\w*=| /| \S+ -c |$)\s?", rest, re.S)
        if match is None:
            break
        pairs.append((match[1], match[2]))
        rest = rest[match.end() :]
    return tuple(pairs), rest
