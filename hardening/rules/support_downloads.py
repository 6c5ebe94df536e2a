"""What the rules about downloads share: what is fetched, whether it is verified, how to verify."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator
from itertools import islice
from typing import Final, NamedTuple

from hardening.dockerfile.downloads import downloads
from hardening.dockerfile.edits import insert_at, insert_line_before
from hardening.dockerfile.shell_model import Command, Download, Script
from hardening.model import Edit
from hardening.rules.support import Facts, Run, facts
from hardening.rules.support_copy import checksum_name
from hardening.rules.support_fixes import command_end
from hardening.subject import Subject

_HOST: Final = re.compile(r"(?:https?://)?(?:[^/@]*@)?(\[[^\]]*\]|[^/:]+)")
_OWN_HOSTS: Final = frozenset({"localhost", "127.0.0.1", "0.0.0.0", "[::1]"})
_VERIFIERS: Final = frozenset(
    {
        "sha256sum",
        "sha512sum",
        "sha1sum",
        "sha384sum",
        "md5sum",
        "shasum",
        "b2sum",
        "gpg",
        "gpgv",
        "gpg2",
        "cosign",
        "minisign",
        "signify",
        "rsync-ssl",
        "openssl",
        "cksum",
        "sqv",
        "slsa-verifier",
        "xxh64sum",
        "gh",
    }
)
_USERS: Final = frozenset(
    {
        "tar",
        "unzip",
        "bsdtar",
        "gunzip",
        "unxz",
        "dpkg",
        "rpm",
        "apt-get",
        "apt",
        "dnf",
        "yum",
        "apk",
        "chmod",
        "install",
        "sh",
        "bash",
        "ash",
        "dash",
        "zsh",
        "python",
        "python3",
        "perl",
        "ruby",
        "node",
        "php",
        "pip",
        "pip3",
        "java",
        "make",
        "source",
        ".",
        "gzip",
        "xz",
    }
)
_UNPACKERS: Final = frozenset({"tar", "bsdtar", "unzip", "cpio", "dpkg", "rpm"})
_CHECKING_FLAGS: Final = {
    "gpg": ("--verify", "--verify-files", "--decrypt", "-d"),
    "gpg2": ("--verify", "--verify-files", "--decrypt", "-d"),
}
"""Where only these make the program check something."""

_BROKEN_HASHES: Final = frozenset({"md5sum", "sha1sum", "cksum", "xxh64sum"})
_HASH_IN_ADDRESS: Final = re.compile(r"(?i)(?<![0-9a-z])[0-9a-f]{40,128}(?![0-9a-z])")
_VARIABLE: Final = re.compile(r"\$\{?(\w+)")
_NAMES_COMMIT: Final = re.compile(r"(?i)commit|revision|git_?(?:sha|hash|rev)|(?:^|_)sha1?(?:_|$)")
_KEY_FILE: Final = re.compile(
    r"(?i)\.(?:asc|gpg|pub|sig|sha256(?:sum)?|sha512(?:sum)?|md5|minisig|repo|list|pem|crt)$"
)


class Fetched(NamedTuple):
    """One download of a RUN."""

    run: Run
    download: Download
    known: Facts

    @property
    def address(self) -> str:
        return self.download.url.text.strip("\"'")


def fetched(subject: Subject) -> Iterator[Fetched]:
    known = facts(subject)
    for run in known.runs:
        for one in downloads(run.script):
            yield Fetched(run, one, known)


def only_asks(one: Fetched) -> bool:
    """True when the answer itself is not kept: a look whether a server is up, or at its status."""
    command = one.download.command
    host = _HOST.match(one.address)
    if host is not None and host[1].lower() in _OWN_HOSTS:
        return True
    if command.has_flag("-w", "--write-out", "-I", "--head"):
        return True
    if one.download.output == "/dev/null":
        return True
    return any(
        redirect.target is not None and redirect.target.text == "/dev/null"
        for redirect in command.redirections
        if redirect.operator in (">", "1>", "&>", ">>")
    )


def is_verified(one: Fetched) -> bool:
    """True when the same RUN checks a hash or signature after the download, or the address names
    its content by a hash: a commit cannot become another one."""
    start = one.download.command.span.start
    return _index(one.run.script).last_check > start or _names_content(one)


def is_verified_strongly(one: Fetched) -> bool:
    """The same, but hashes of which two files can be made do not count."""
    start = one.download.command.span.start
    return _index(one.run.script).last_strong_check > start or _names_content(one)


def _names_content(one: Fetched) -> bool:
    if _HASH_IN_ADDRESS.search(one.address):
        return True
    for name in _VARIABLE.findall(one.address):
        value = one.known.variable(one.run.instruction, name)
        if value is None and _NAMES_COMMIT.search(name):
            return True
        if value is not None and _HASH_IN_ADDRESS.search(value):
            return True
    return False


def user_of(one: Fetched) -> Command | None:
    """The command that unpacks, installs or runs the downloaded file, None when nothing does."""
    output = one.download.output
    if output is None or output in ("/dev/null", "-") or _KEY_FILE.search(output):
        return None
    base = output.rpartition("/")[2]
    mentions = _index(one.run.script).mentions.get(base, ())
    place = bisect_right(mentions, one.download.command.span.start, key=_start)
    for command in islice(mentions, place, None):
        if not any(_names(word.text, output, base) for word in command.words):
            continue
        if command.name == base or (command.name in _USERS and _is_use(command)):
            return command
    return None


class _Index:
    """What is asked about a script for each of its downloads; built once for a script."""

    def __init__(self, script: Script) -> None:
        checks = [one for one in script.commands if _checks(one)]
        strong = [one for one in checks if one.name not in _BROKEN_HASHES]
        self.last_check = max(map(_start, checks), default=-1)
        self.last_strong_check = max(map(_start, strong), default=-1)
        self.mentions: dict[str, list[Command]] = {}
        """Commands that can use a file, in source order, by the last part of their words."""
        for command in sorted(script.commands, key=_start):
            names = {word.text.strip("\"'").rpartition("/")[2] for word in command.words}
            for name in names:
                if command.name in _USERS or command.name == name:
                    self.mentions.setdefault(name, []).append(command)


def _checks(command: Command) -> bool:
    if command.name not in _VERIFIERS:
        return False
    flags = _CHECKING_FLAGS.get(command.name)
    return flags is None or command.has_flag(*flags)


def _start(command: Command) -> int:
    return command.span.start


def _index(script: Script) -> _Index:
    index: _Index | None = script.__dict__.get("_downloads_index")
    if index is None:
        index = script.__dict__["_downloads_index"] = _Index(script)
    return index


def unpacker_of(one: Fetched) -> Command | None:
    """The command that unpacks or installs the download as it arrives: `curl ... | tar xz`."""
    command = one.download.command
    if one.download.output is not None or command.pipeline_length < 2:
        return None
    later = (two for two in one.run.script.pipeline_of(command) if two.position > command.position)
    return next((two for two in later if two.name in _UNPACKERS), None)


def _is_use(command: Command) -> bool:
    if command.name != "chmod":
        return True
    return any(
        "x" in word.text or re.match(r"^0?[0-7]?[1357]", word.text) for word in command.arguments
    )


def _names(text: str, output: str, base: str) -> bool:
    bare = text.strip("\"'")
    return bare in (output, f"./{base}") or bare.rpartition("/")[2] == base


def verification(subject: Subject, one: Fetched, output: str) -> tuple[str, tuple[Edit, ...]]:
    """The build argument's name and the edits that check a downloaded file against it."""
    dockerfile = facts(subject).dockerfile
    name = checksum_name(one.address)
    check = f' && echo "${{{name}}}  {output}" | sha256sum -c -'
    return name, (
        insert_line_before(dockerfile, one.run.instruction, f"ARG {name}"),
        insert_at(dockerfile, command_end(one.download.command), check),
    )
