"""What a script fetches with curl or wget, where it goes, and whether a shell runs it."""

from __future__ import annotations

import re
from bisect import bisect_right

from hardening.dockerfile.shell_model import Command, Download, Script, ShellWord
from hardening.dockerfile.shell_words import PRINTED_COMMAND
from hardening.dockerfile.wrapper_table import SHELLS

_INTERPRETER = re.compile(r"(python|pypy|perl|ruby|node|nodejs|php|lua)[\d.]*")
_EVALUATES = frozenset({"eval", "source", "."})
_WRITES = frozenset({">", ">>", "1>", "1>>", "&>", ">|"})
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
    runners = _runners(script)
    return tuple(
        download
        for command in script.commands
        if command.name in ("curl", "wget")
        for download in _of_command(command, runners.of(command))
    )


def pipes_into_shell(script: Script) -> tuple[tuple[Command, Command], ...]:
    """Downloader and the shell or interpreter that runs what it fetched: `curl x | sh`,
    `sh -c "$(curl x)"`, `bash <(curl x)`, `eval "$(wget -qO- x)"`."""
    runners = _runners(script)
    found = []
    for command in script.named("curl", "wget"):
        runner = runners.of(command)
        if runner is not None:
            found.append((command, runner))
    return tuple(found)


def _of_command(command: Command, runner: Command | None) -> list[Download]:
    urls, flags, values = _read(command)
    return [
        Download(url, _output(command, url, values), command, runner, tuple(flags)) for url in urls
    ]


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


def _output(command: Command, url: ShellWord, values: dict[str, str]) -> str | None:
    """The file that an address is written to, None for standard output."""
    targets = [one.target for one in command.redirections if one.operator in _WRITES]
    redirected = next((one.value or one.text for one in targets if one is not None), None)
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


def _runners(script: Script) -> _Runners:
    runners: _Runners | None = script.__dict__.get("_runners")
    if runners is None:
        runners = script.__dict__["_runners"] = _Runners(script)
    return runners


class _Runners:
    """Who runs what a command prints; built once for a script."""

    def __init__(self, script: Script) -> None:
        self.readers: dict[int, list[Command]] = {}
        """Interpreters that read their input, by pipeline."""
        for command in script.commands:
            if command.pipeline_length > 1 and command.position and _reads_input(command):
                self.readers.setdefault(command.pipeline, []).append(command)
        carriers = [
            (word.span, command) for command in script.commands for word in _carrying_words(command)
        ]
        self.carriers = sorted(carriers, key=lambda one: (one[0].start, -one[0].end))
        self.starts = [span.start for span, _ in self.carriers]
        self.parents = self._parents()

    def _parents(self) -> list[int]:
        """For every word the one directly around it, -1 for none: words nest, never overlap."""
        parents: list[int] = []
        open_words: list[int] = []
        for index, (span, _) in enumerate(self.carriers):
            while open_words and self.carriers[open_words[-1]][0].end < span.end:
                open_words.pop()
            parents.append(open_words[-1] if open_words else -1)
            open_words.append(index)
        return parents

    def of(self, command: Command) -> Command | None:
        piped = self._later_reader(command)
        if piped is not None:
            return piped
        index = bisect_right(self.starts, command.span.start) - 1
        while index >= 0:
            span, other = self.carriers[index]
            index = self.parents[index]
            if other is command or not span.contains(command.span):
                continue
            if other.name in _FORWARDS:
                return self._later_reader(other)
            if _runs_words(other):
                return other
        return None

    def _later_reader(self, command: Command) -> Command | None:
        readers = self.readers.get(command.pipeline, ())
        place = bisect_right(readers, command.position, key=lambda one: one.position)
        return readers[place] if place < len(readers) else None


def _carrying_words(command: Command) -> list[ShellWord]:
    """Words (and here-strings) that are nothing but a substitution, and the scripts of a shell in
    which one stands for a command."""
    targets = [one.target for one in command.redirections if one.target is not None]
    return [
        word
        for word in (*command.words, *targets)
        if word.value is None and _is_printed(command, word)
    ]


def _is_printed(command: Command, word: ShellWord) -> bool:
    if word.text.lstrip("\"'").startswith(("$(", "`", "<(")):
        return True
    return command.name in SHELLS and PRINTED_COMMAND.search(word.text) is not None


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
