"""What a script fetches with curl or wget, where it goes, and whether a shell runs it."""

from __future__ import annotations

import re

from hardening.dockerfile.shell_model import Command, Download, Script, ShellWord
from hardening.dockerfile.wrappers import SHELLS
from hardening.model import Span

_INTERPRETER = re.compile(r"(python|pypy|perl|ruby|node|nodejs|php|lua)[\d.]*")
_EVALUATES = frozenset({"eval", "source", "."})
_FORWARDS = frozenset({"echo", "printf", "cat"})


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


_CURL = _words(
    "-A -b -c -C -d -D -e -E -F -H -K -m -o -P -Q -r -t -T -u -U -w -x -X -y -Y -z --user-agent "
    "--cookie --cookie-jar --continue-at --data --data-raw --data-binary --data-urlencode "
    "--data-ascii --json --dump-header --referer --cert --form --form-string --header --config "
    "--max-time --output --ftp-port --quote --range --telnet-option --upload-file --user "
    "--proxy-user --write-out --proxy --request --speed-limit --speed-time --time-cond --retry "
    "--retry-delay --retry-max-time --connect-timeout --cacert --capath --key --cert-type "
    "--key-type --ciphers --tls-max --tls13-ciphers --proto --proto-default --proto-redir "
    "--resolve --interface --limit-rate --max-redirs --max-filesize --output-dir --unix-socket "
    "--noproxy --socks5 --socks5-hostname --netrc-file --oauth2-bearer --pinnedpubkey "
    "--aws-sigv4 --connect-to --dns-servers --engine --local-port --parallel-max --rate --stderr "
    "--trace --trace-ascii --url-query --variable --etag-save --etag-compare --crlfile --curves"
)
_WGET = _words(
    "-O -P -o -a -i -t -T -U -e -Q -l -A -R -D -I -X -w -B --output-document --directory-prefix "
    "--header --user-agent --tries --timeout --user --password --post-data --post-file --execute "
    "--input-file --output-file --append-output --ca-certificate --certificate --private-key "
    "--method --body-data --referer --limit-rate --wait --level --accept --reject --domains "
    "--secure-protocol --progress --waitretry --read-timeout --dns-timeout --connect-timeout "
    "--bind-address --load-cookies --save-cookies --http-user --http-password --proxy-user "
    "--ca-directory --base"
)


def downloads(script: Script) -> tuple[Download, ...]:
    """Every address that a curl or wget command fetches, in order."""
    return tuple(
        download
        for command in script.commands
        if command.name in ("curl", "wget")
        for download in _of_command(script, command)
    )


def pipes_into_shell(script: Script) -> tuple[tuple[Command, Command], ...]:
    """Downloader and the shell or interpreter that runs what it fetched: `curl x | sh`,
    `sh -c "$(curl x)"`, `bash <(curl x)`, `eval "$(wget -qO- x)"`."""
    found = []
    for command in script.commands:
        if command.name in ("curl", "wget"):
            interpreter = _interpreter_of(script, command)
            if interpreter is not None:
                found.append((command, interpreter))
    return tuple(found)


def _of_command(script: Script, command: Command) -> list[Download]:
    urls, flags, values = _read(command)
    interpreter = _interpreter_of(script, command)
    result = []
    for url in urls:
        output = _output(command, url, flags, values)
        result.append(Download(url, output, command, interpreter, tuple(flags)))
    return result


def _read(command: Command) -> tuple[list[ShellWord], list[ShellWord], dict[str, str]]:
    """Addresses, flag words, and the values of flags by flag (`-o` → file)."""
    valued = _CURL if command.name == "curl" else _WGET
    urls: list[ShellWord] = []
    flags: list[ShellWord] = []
    values: dict[str, str] = {}
    pending = ""
    only_operands = False
    for word in command.arguments:
        text = word.value if word.value is not None else word.text
        if pending:
            if pending == "--url":
                urls.append(word)
            values[pending] = text
            pending = ""
        elif only_operands or not word.is_flag:
            urls.append(word)
        elif text == "--":
            only_operands = True
        else:
            flags.append(word)
            pending = _flag(text, valued, values)
    return urls, flags, values


def _flag(text: str, valued: frozenset[str], values: dict[str, str]) -> str:
    """Notes a flag; returns it when the next word is its value."""
    if text.startswith("--"):
        name, equals, value = text.partition("=")
        values[name] = value
        return name if not equals and (name in valued or name == "--url") else ""
    for position, letter in enumerate(text[1:], 2):
        name = "-" + letter
        if name in valued:
            values[name] = text[position:].removeprefix("=")
            return "" if text[position:] else name
        values[name] = ""
    return ""


def _output(
    command: Command, url: ShellWord, flags: list[ShellWord], values: dict[str, str]
) -> str | None:
    """The file that an address is written to, None for standard output."""
    redirected = next(
        (
            one.target.value or one.target.text
            for one in command.redirections
            if one.target is not None and one.operator in (">", ">>", "1>", "&>", ">|", "1>>")
        ),
        None,
    )
    curl = command.name == "curl"
    named = values.get("-o", values.get("--output")) if curl else None
    if not curl:
        named = values.get("-O", values.get("--output-document"))
    if named in ("-", "/dev/stdout"):
        return redirected
    folder = values.get("--output-dir", "") if curl else ""
    if not curl:
        folder = values.get("-P", values.get("--directory-prefix", ""))
    if named is None:
        if curl and not {"-O", "--remote-name", "--remote-name-all"} & values.keys():
            return redirected
        named = _remote_name(url, query_too=not curl)
    return f"{folder.rstrip('/')}/{named}" if folder and not named.startswith("/") else named


def _remote_name(url: ShellWord, *, query_too: bool) -> str:
    """The file name in an address; wget keeps the query in it, curl does not."""
    address = url.value if url.value is not None else url.text.strip("\"'")
    path = re.split("#" if query_too else "[?#]", address)[0]
    host_and_path = re.sub(r"^\w+://", "", path)
    return host_and_path.rpartition("/")[2] if "/" in host_and_path[:-1] else "index.html"


def _interpreter_of(script: Script, command: Command) -> Command | None:
    """Who runs what the command prints."""
    piped = _later_interpreter(script, command)
    if piped is not None:
        return piped
    for other in script.commands:
        if other is command or not _inside(other, command.span):
            continue
        if other.name in _FORWARDS:
            return _later_interpreter(script, other)
        if _runs_words(other):
            return other
    return None


def _later_interpreter(script: Script, command: Command) -> Command | None:
    if command.position + 1 >= command.pipeline_length:
        return None
    for other in script.pipeline_of(command):
        if other.position > command.position and _reads_input(other):
            return other
    return None


def _inside(outer: Command, span: Span) -> bool:
    """The span lies in a word (or a here-string) that is nothing but a substitution."""
    words = [*outer.words, *(one.target for one in outer.redirections if one.target is not None)]
    return any(
        word.span.contains(span) and word.text.lstrip("\"'").startswith(("$(", "`", "<("))
        for word in words
    )


def _runs_words(command: Command) -> bool:
    name = command.name or ""
    return name in SHELLS or name in _EVALUATES or _INTERPRETER.fullmatch(name) is not None


def _reads_input(command: Command) -> bool:
    """A shell or interpreter whose program is its standard input: no file, no `-c` string."""
    name = command.name or ""
    if name not in SHELLS and not _INTERPRETER.fullmatch(name):
        return False
    skip = False
    for word in command.arguments:
        text = word.text
        if skip:
            skip = False
        elif text in ("-", "-s", "/dev/stdin", "--"):
            return True
        elif not text.startswith(("-", "+")):
            return False
        elif name in SHELLS:
            if "c" in text[1:] and not text.startswith("--"):
                return False
            if "s" in text[1:] and not text.startswith("--"):
                return True
            skip = text.endswith("o")
        elif text in ("-c", "-e", "-m", "-r"):
            return False
    return True
