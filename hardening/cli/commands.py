"""Which command a command line names, and the arguments of each."""

from __future__ import annotations

import argparse
import os
from collections.abc import Callable
from pathlib import Path
from typing import NoReturn

from hardening.cli import Screen, codes, require_screen
from hardening.errors import UsageError

SEVERITIES = ("info", "low", "medium", "high", "critical")
Command = Callable[[list[str], Screen | None], int]


class Parser(argparse.ArgumentParser):
    """An ArgumentParser whose mistakes are errors in a person's words."""

    def __init__(self, prog: str, description: str, *, epilog: str = codes.TEXT) -> None:
        super().__init__(
            prog=prog,
            description=description,
            epilog=epilog,
            formatter_class=argparse.RawDescriptionHelpFormatter,
            allow_abbrev=False,
        )

    def error(self, message: str) -> NoReturn:
        raise UsageError(f"{self.prog}: {message}", "", f"See `{self.prog} --help`.")

    def read(self, arguments: list[str]) -> argparse.Namespace | None:
        """The parsed arguments; None when help or the version was asked for and printed."""
        try:
            return self.parse_args(arguments)
        except SystemExit:
            return None


def find(first: list[str]) -> Command | None:
    """The sub-command of that name, None for anything else."""
    known: dict[str, Command] = {
        "check": _check,
        "fix": _fix,
        "layers": _layers,
        "rules": _rules,
        "demo": _demo,
        "cache": _cache,
        "db": _db,
        "vulns": _vulns,
        "base": _base,
        "secrets": _secrets,
        "sbom": _sbom,
    }
    return known.get(first[0]) if first else None


OVERVIEW = """commands:
  drydock [PATH] [--image REF]   open the screen
  drydock check PATH...          findings as text or JSON
  drydock fix PATH               a patch from all safe fixes
  drydock layers IMAGE           the layers of an image
  drydock vulns IMAGE|SBOM       known vulnerabilities of its packages
  drydock secrets PATH|IMAGE...  secrets in files, folders and images
  drydock sbom IMAGE             the packages of an image
  drydock base PATH              better base images to choose from
  drydock rules [ID]             the rules and why
  drydock demo [SAMPLE]          open the screen on an embedded sample
  drydock cache clear|size       the cache of read layers
  drydock db update|import|status  the advisory store

`drydock COMMAND --help` tells more. A file called like a command: ./check

"""


def open_screen(arguments: list[str], screen: Screen | None) -> int:
    """`drydock [PATH]`: the screen."""
    from hardening import __version__

    parser = Parser(
        "drydock",
        "Harden a container image: its Dockerfile, layers, findings and secrets side by side.",
        epilog=OVERVIEW + codes.TEXT,
    )
    parser.add_argument("--version", action="version", version=f"drydock {__version__}")
    parser.add_argument(
        "path",
        nargs="?",
        type=Path,
        metavar="PATH",
        help="a Dockerfile, a Compose file or a folder (default: this folder; none with --image)",
    )
    _add_opening(parser)
    _add_imports(parser)
    options = parser.read(arguments)
    if options is None:
        return codes.CLEAN
    from hardening.opening import OpenRequest

    if options.path is not None and not os.path.lexists(options.path):
        raise UsageError(
            f"{options.path} is neither a file nor a command", "", "See `drydock --help`."
        )
    request = OpenRequest(
        path=options.path,
        image=options.image,
        platform=options.platform,
        service=options.service,
        context=options.context,
        offline=options.offline,
        imports=tuple(options.imports),
    )
    return require_screen(screen)(request)


def _check(arguments: list[str], screen: Screen | None) -> int:
    parser = Parser("drydock check", "Report findings of Dockerfiles, Compose services and images.")
    parser.add_argument(
        "paths",
        nargs="*",
        metavar="PATH",
        help="a Dockerfile, Compose file or folder, or - for standard input (default: this folder)",
    )
    _add_opening(parser)
    parser.add_argument("--profile", choices=("hardening", "all"), help="all adds style rules")
    parser.add_argument("--format", choices=("text", "json"), default="text")
    parser.add_argument(
        "--fail-on",
        choices=(*SEVERITIES, "never"),
        metavar="SEVERITY",
        help="lowest severity that ends with code 1: "
        + ", ".join(SEVERITIES)
        + ", never (default: drydock.toml's, else low)",
    )
    _add_imports(parser)
    _add_shellcheck(parser)
    parser.add_argument("--jobs", type=int, metavar="N", help="processes (default: one per core)")
    options = parser.read(arguments)
    if options is None:
        return codes.CLEAN
    from hardening.cli.check import check

    return check(options)


def _fix(arguments: list[str], screen: Screen | None) -> int:
    parser = Parser("drydock fix", "Compose every fix up to a safety into one patch.")
    parser.add_argument("path", metavar="PATH", help="a Dockerfile, a Compose file or a folder")
    _add_opening(parser)
    parser.add_argument("--profile", choices=("hardening", "all"), help="all adds style rules")
    parser.add_argument(
        "--safety",
        choices=("safe", "review"),
        default="safe",
        help="safe: all preconditions hold; review: also those with an unknown one",
    )
    parser.add_argument(
        "--rule", action="append", default=[], metavar="ID", help="only this rule (repeatable)"
    )
    how = parser.add_mutually_exclusive_group()
    how.add_argument("--diff", action="store_true", help="print the patch (the default)")
    how.add_argument("--write", action="store_true", help="change the files, with a backup")
    how.add_argument(
        "--output",
        metavar="FILE",
        help="write the patched Dockerfile to FILE, - for standard output",
    )
    options = parser.read(arguments)
    if options is None:
        return codes.CLEAN
    from hardening.cli.fix import fix

    return fix(options)


def _layers(arguments: list[str], screen: Screen | None) -> int:
    parser = Parser("drydock layers", "Show the layers of an image.")
    parser.add_argument(
        "image", metavar="IMAGE", help="an engine image, an archive or an OCI layout"
    )
    parser.add_argument("--platform", metavar="OS/ARCH", help="which of a multi-platform image")
    parser.add_argument("--format", choices=("text", "json"), default="text")
    options = parser.read(arguments)
    if options is None:
        return codes.CLEAN
    from hardening.cli.layers import layers

    return layers(options)


def _rules(arguments: list[str], screen: Screen | None) -> int:
    parser = Parser("drydock rules", "List the rules, or explain one.")
    parser.add_argument("id", nargs="?", metavar="ID", help="a rule, or another tool's name for it")
    parser.add_argument("--format", choices=("text", "json", "markdown"), default="text")
    options = parser.read(arguments)
    if options is None:
        return codes.CLEAN
    from hardening.cli.rules import rules

    return rules(options)


def _demo(arguments: list[str], screen: Screen | None) -> int:
    parser = Parser(
        "drydock demo", "Open the screen on an embedded sample, copied to a new folder."
    )
    parser.add_argument("sample", nargs="?", metavar="SAMPLE")
    parser.add_argument("--list", action="store_true", help="name the samples")
    options = parser.read(arguments)
    if options is None:
        return codes.CLEAN
    from hardening.sample import sample, samples

    if options.list:
        for one in samples():
            print(f"{one.name:<16} {one.title}{' (with image)' if one.image else ''}")
        return codes.CLEAN
    from hardening.opening import OpenRequest

    return require_screen(screen)(OpenRequest(sample=sample(options.sample).name))


def _cache(arguments: list[str], screen: Screen | None) -> int:
    parser = Parser("drydock cache", "The cache of layers that were read.")
    parser.add_argument("action", choices=("clear", "size"))
    options = parser.read(arguments)
    if options is None:
        return codes.CLEAN
    from hardening.cli.cache import cache

    return cache(options)


def _run(
    parser: Parser,
    add_arguments: Callable[[argparse.ArgumentParser], None],
    command: Callable[[argparse.Namespace], int],
    arguments: list[str],
) -> int:
    """A command whose module brings its arguments along."""
    add_arguments(parser)
    options = parser.read(arguments)
    return codes.CLEAN if options is None else command(options)


def _db(arguments: list[str], screen: Screen | None) -> int:
    parser = Parser("drydock db", "The store of advisories, kept for working offline.")
    from hardening.cli.database import add_arguments, database

    return _run(parser, add_arguments, database, arguments)


def _base(arguments: list[str], screen: Screen | None) -> int:
    parser = Parser("drydock base", "Better base images, with what each changes and needs.")
    from hardening.cli.base import add_arguments, base

    add_arguments(parser)
    _add_opening(parser)
    options = parser.read(arguments)
    return codes.CLEAN if options is None else base(options)


def _secrets(arguments: list[str], screen: Screen | None) -> int:
    parser = Parser("drydock secrets", "Secrets in files, folders and every layer of images.")
    from hardening.cli.secrets import add_arguments, secrets

    return _run(parser, add_arguments, secrets, arguments)


def _sbom(arguments: list[str], screen: Screen | None) -> int:
    parser = Parser("drydock sbom", "List the packages of an image.")
    from hardening.cli.sbom import add_arguments, sbom

    return _run(parser, add_arguments, sbom, arguments)


def _vulns(arguments: list[str], screen: Screen | None) -> int:
    parser = Parser("drydock vulns", "Known vulnerabilities of an image's packages, offline.")
    from hardening.cli.vulns import add_arguments, vulns

    return _run(parser, add_arguments, vulns, arguments)


def _add_imports(parser: Parser) -> None:
    parser.add_argument(
        "--import",
        dest="imports",
        action="append",
        default=[],
        type=Path,
        metavar="FILE",
        help="merge a report of hadolint, Trivy, Grype, Dockle, checkov, ShellCheck or SARIF",
    )


def _add_shellcheck(parser: Parser) -> None:
    parser.add_argument(
        "--shellcheck",
        action="store_true",
        help="ask the shellcheck on the PATH about every RUN, and merge its answer",
    )


def _add_opening(parser: Parser) -> None:
    parser.add_argument(
        "--image",
        metavar="REF",
        help="the built image: an engine image, an archive or an OCI layout",
    )
    parser.add_argument("--platform", metavar="OS/ARCH", help="which of a multi-platform image")
    parser.add_argument("--context", type=Path, metavar="DIR", help="the build context")
    parser.add_argument("--service", metavar="NAME", help="the service of a Compose file")
    parser.add_argument(
        "--offline", action="store_true", help="ask nobody but the engine that --image names"
    )
