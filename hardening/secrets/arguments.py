"""Where programs take a password on their command line.

Sources: the manuals of the programs named in the tables. Words are looked at as written, quotes
included; what a shell would expand is no literal and is left out.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from hardening.secrets.names import is_plainly_none, is_secret_name


@dataclass(frozen=True, slots=True)
class Argument:
    """A password inside the word of that index, from `start` to `end` in the word's text; `option`
    is what announced it (`-p`, `--password`)."""

    word: int
    start: int
    end: int
    option: str


_LONG: Final = re.compile(
    r"(?i)^--?(?:[a-z0-9]+[-_.])*(?:password|passwd|passphrase|passwort|requirepass|masterauth"
    r"|storepass|keypass|pass|token|secret|api-?key|auth-?key|secret-?key|access-?key|account-?key"
    r"|private-?token|client-?secret)$"
)
_MOUNTING: Final = frozenset({"docker", "podman", "buildah", "nerdctl", "buildctl", "kaniko"})
"""Their `--secret` names a secret and does not hold one."""
_GLUED: Final[dict[str, tuple[str, ...]]] = {
    **dict.fromkeys(
        ("mysql", "mysqldump", "mysqladmin", "mysqlimport", "mysqlcheck", "mysqlshow", "mariadb",
         "mariadb-dump", "mariadb-admin", "mariadb-check", "mariadb-import", "sshpass"), ("-p",)),
    **dict.fromkeys(("7z", "7za", "7zr", "7zz", "rar", "unrar"), ("-p", "-hp")),
    "sqlcmd": ("-P",),
}  # fmt: skip
_APART: Final[dict[str, tuple[str, ...]]] = {
    "sshpass": ("-p",),
    "redis-cli": ("-a",),
    "mongo": ("-p",), "mongosh": ("-p",), "mongodump": ("-p",), "mongorestore": ("-p",),
    "mongoimport": ("-p",), "mongoexport": ("-p",),
    **dict.fromkeys(("ldapsearch", "ldapadd", "ldapmodify", "ldapdelete", "ldappasswd"), ("-w",)),
    "unzip": ("-P",), "zip": ("-P",), "sqlcmd": ("-P",), "bcp": ("-P",),
    "mosquitto_pub": ("-P",), "mosquitto_sub": ("-P",),
    "twine": ("-p",), "rabbitmqadmin": ("-p",), "cf": ("-p",),
}  # fmt: skip
_AT_LOGIN: Final = {
    **dict.fromkeys(
        ("docker", "podman", "nerdctl", "buildah", "skopeo", "helm", "crane", "oras", "regctl",
         "az", "oc"), "login"),
    "dotnet": "nuget", "nuget": "sources",
}  # fmt: skip
"""Programs whose `-p` is a password beside this word only."""
_PAIRS: Final[dict[str, tuple[tuple[str, ...], str]]] = {
    "curl": (("-u", "--user", "-U", "--proxy-user"), ":"),
    "http": (("-a", "--auth"), ":"),
    "https": (("-a", "--auth"), ":"),
    "lftp": (("-u", "--user"), ","),
    "smbclient": (("-U", "--user"), "%"),
    "rpcclient": (("-U", "--user"), "%"),
}
_HEADERS: Final[dict[str, tuple[str, ...]]] = {
    "curl": ("-H", "--header", "--proxy-header"),
    "wget": ("--header",),
    "ab": ("-H",),
    "git": ("-c",),
}
_HEADER: Final = re.compile(
    r"(?i)(?:http\.(?:\S+\.)?extraheader=[\"']?)?((?:proxy-)?authorization|[\w-]*(?:token|secret"
    r"|password|api-?key|auth-?key|access-?key|auth|x-jfrog-art-api)): *(?:(?:bearer|basic|token"
    r"|negotiate|apikey|ssws) +)?"
)
_CONFIG_KEY: Final = re.compile(
    r"(?i)(?:_authToken|_password|_auth|npmAuthToken|npmAuthIdent|secret_access_key|session_token"
    r"|^(?:github-oauth|gitlab-token|bearer)\.\S+|^pypi-token\.\S+)[\"']?$"
)
_PAIR_KEY: Final = re.compile(r"^[\"']?http-basic\.\S+$")
_STORING: Final = frozenset({"npm", "pnpm", "yarn", "poetry", "composer", "aws", "bun"})
_ACCOUNTS: Final = {
    "rabbitmqctl": frozenset({"add_user", "change_password", "authenticate_user"}),
    "vault": frozenset({"login"}),
    "ngrok": frozenset({"authtoken", "add-authtoken"}),
}
_PASS_SOURCE: Final = re.compile(r"^[\"']?pass:(?=.)")


def password_arguments(name: str, words: Sequence[str]) -> Iterator[Argument]:
    """Literal passwords and tokens among the arguments of a program. `words` come without its
    name."""
    logs_in = _AT_LOGIN.get(name)
    short = _APART.get(name, ())
    if logs_in is not None and logs_in in words:
        short = (*short, "-p")
    seen: set[int] = set()
    for one in _of_options(name, words, short, logs_in is not None and logs_in in words):
        if one.word not in seen:
            seen.add(one.word)
            yield one
    for one in _of_positions(name, words):
        if one.word not in seen:
            seen.add(one.word)
            yield one


def _of_options(
    name: str, words: Sequence[str], short: tuple[str, ...], logs_in: bool
) -> Iterator[Argument]:
    pairs, separator = _PAIRS.get(name, ((), ""))
    for index, word in enumerate(words):
        yield from _long(name, words, index)
        if word in short:
            yield from _whole(words, index + 1, word)
        glued = (*_GLUED.get(name, ()), *(("-p",) if logs_in else ()))
        for option in glued:
            if word.startswith(option) and not word.startswith("--") and word != option:
                cut = len(option) + word[len(option) :].startswith("=")
                yield from _part(index, word, cut, option)
        for option in pairs:
            yield from _pair(name, words, index, option, separator)
        for option in _HEADERS.get(name, ()):
            yield from _header(words, index, option)
        if word in ("-passin", "-passout", "-pass", "-password") and index + 1 < len(words):
            found = _PASS_SOURCE.match(words[index + 1])
            if found:
                yield from _part(index + 1, words[index + 1], found.end(), word)


def _long(name: str, words: Sequence[str], index: int) -> Iterator[Argument]:
    option, equals, _ = words[index].partition("=")
    if not _LONG.match(option) or (option == "--secret" and name in _MOUNTING):
        return
    if not option.startswith("--") and len(option) < 8 and option != "-token":
        return
    if equals:
        yield from _part(index, words[index], len(option) + 1, option)
    else:
        yield from _whole(words, index + 1, option)


def _pair(
    name: str, words: Sequence[str], index: int, option: str, separator: str
) -> Iterator[Argument]:
    """`-u user:password`, apart, glued or at the end of a bundle (`-fsSu`)."""
    word = words[index]
    bundled = name == "curl" and len(option) == 2 and re.fullmatch(rf"-[a-zA-Z]+{option[1]}", word)
    if word == option or (bundled and not set(word[1:-1]) & set("HdXoTFAebcCEKmPQrtUwxyz")):
        index, start = index + 1, 0
    elif word.startswith(option) and len(option) == 2:
        start = 2
    elif word.startswith(f"{option}="):
        start = len(option) + 1
    else:
        return
    if index >= len(words):
        return
    user, found, _ = words[index][start:].partition(separator)
    if found and user.strip("\"'"):
        yield from _part(index, words[index], start + len(user) + 1, option)


def _header(words: Sequence[str], index: int, option: str) -> Iterator[Argument]:
    word = words[index]
    if word == option:
        index, start = index + 1, 0
    elif word.startswith(option) and not word.startswith(option + option[-1]):
        start = len(option) + word[len(option) :].startswith("=")
    else:
        return
    if index >= len(words):
        return
    start += words[index][start : start + 1] in ("'", '"')
    found = _HEADER.match(words[index], start)
    if found and len(words[index]) - found.end() >= 8:
        yield from _part(index, words[index], found.end(), f"{option} {found[1]}")


def _of_positions(name: str, words: Sequence[str]) -> Iterator[Argument]:
    operands = [index for index, word in enumerate(words) if not word.startswith("-")]
    texts = [words[index].strip("\"'") for index in operands]
    if name in _STORING and ({"config", "configure", "set"} & set(texts)):
        for place, index in enumerate(operands[:-1]):
            if _PAIR_KEY.match(words[index]) and place + 2 < len(operands):
                yield from _whole(words, operands[place + 2], texts[place])
            elif _CONFIG_KEY.search(words[index]) and "=" not in words[index]:
                yield from _whole(words, operands[place + 1], texts[place])
    elif name in ("bundle", "bundler") and texts[:1] == ["config"] and len(operands) >= 3:
        user, colon, _ = words[operands[-1]].partition(":")
        if colon and "/" not in user:
            yield from _part(operands[-1], words[operands[-1]], len(user) + 1, "config")
    elif name == "htpasswd" and len(operands) >= 2:
        if any(re.fullmatch(r"-[a-zA-Z]*b[a-zA-Z0-9]*", word) for word in words):
            yield from _whole(words, operands[-1], "-b")
    elif name in _ACCOUNTS and len(operands) > 1 and set(texts[:2]) & _ACCOUNTS[name]:
        yield from _whole(words, operands[-1], texts[0])
    elif name == "kubectl" and texts[:2] == ["create", "secret"]:
        for index, word in enumerate(words):
            found = re.match(r"--from-literal=[\"']?[\w.-]+=", word)
            if found:
                yield from _part(index, word, found.end(), "--from-literal")


def fed(name: str, words: Sequence[str]) -> str | None:
    """The option with which a program reads a password from its standard input, None where it
    does not."""
    for word in words:
        if word in ("--password-stdin", "--with-token", "--token-stdin", "--passphrase-fd=0"):
            return word
    if name in ("gpg", "gpg2") and "--passphrase-fd" in words:
        return "--passphrase-fd"
    if name == "sudo" and "-S" in words:
        return "-S"
    if name == "passwd" and "--stdin" in words:
        return "--stdin"
    return name if name in ("kinit", "vncpasswd") else None


def written_password(name: str, words: Sequence[str]) -> Argument | None:
    """What `echo` or `printf` hands to the next program, when it is one literal word."""
    if name not in ("echo", "printf"):
        return None
    operands = [index for index, word in enumerate(words) if not re.fullmatch(r"-[neE]+", word)]
    if name == "printf" and len(operands) == 2 and "%" in words[operands[0]]:
        operands = operands[1:]
    if len(operands) != 1:
        return None
    return next(_whole(words, operands[0], name), None)


def _whole(words: Sequence[str], index: int, option: str) -> Iterator[Argument]:
    if index < len(words) and not words[index].startswith("-"):
        yield from _part(index, words[index], 0, option)


def _part(index: int, word: str, start: int, option: str) -> Iterator[Argument]:
    """The rest of the word without the quotes around it, when it is a literal."""
    start += word[start : start + 1] in ("'", '"')
    end = len(word) - (word[-1:] in ("'", '"'))
    if end > start and is_literal(word[start:end]):
        yield Argument(index, start, end, option)


def is_literal(text: str) -> bool:
    """False for what a shell expands, for switches, paths and addresses."""
    bare = text.strip("\"'")
    if len(bare) < 3 or any(mark in bare for mark in "$`<>"):
        return False
    if bare in ("stdin", "env") or re.match(r"(?:id|type|src|env|file)=|(?:file|env):", bare):
        return False
    return not is_plainly_none(bare)


__all__ = ["Argument", "fed", "is_literal", "is_secret_name", "password_arguments",
           "written_password"]  # fmt: skip
