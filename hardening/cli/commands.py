"""Which command a command line names, and the arguments of each."""

from __future__ import annotations

import argparse
import os
from collections.abc import Callable
from pathlib import Path

from hardening.cli import Screen, codes, require_screen
from hardening.cli.arguments import (
    Parser,
    add_image,
    add_imports,
    add_opening,
    add_path,
    add_profile,
    add_shellcheck,
    add_threshold,
)
from hardening.cli.output import add_manner, add_output, look_of_stream
from hardening.errors import UsageError

Command = Callable[[list[str], Screen | None], int]


def find(first: list[str]) -> Command | None:
    """The sub-command of that name, None for anything else."""
    return _known().get(first[0]) if first else None


def _known() -> dict[str, Command]:
    return {
        "check": _check,
        "fix": _fix,
        "layers": _layers,
        "sbom": _sbom,
        "vulns": _vulns,
        "secrets": _secrets,
        "base": _base,
        "db": _db,
        "rules": _rules,
        "demo": _demo,
        "cache": _cache,
    }


OVERVIEW = """commands:
  drydock [PATH] [--image IMAGE]   open the screen
  drydock check [PATH...]          report findings: what CI runs
  drydock fix [PATH]               make a patch of all safe fixes
  drydock layers IMAGE             the layers of an image
  drydock sbom IMAGE               its packages
  drydock vulns IMAGE|SBOM         what is known to be wrong with them
  drydock secrets PATH|IMAGE...    secrets in files, folders and images
  drydock base [PATH]              better base images to choose from
  drydock db update|import|status  the advisories that vulns and check look up
  drydock rules [ID]               the rules and why
  drydock demo [SAMPLE]            open the screen on an embedded sample
  drydock cache size|clear         the cache of layers that were read

`drydock COMMAND --help` tells more. A file called like a command: ./check

"""


def open_screen(arguments: list[str], screen: Screen | None) -> int:
    """`drydock [PATH]`: the screen."""
    from hardening import __version__

    parser = Parser(
        "drydock",
        "Harden a container image: its Dockerfile, layers, findings and secrets\nside by side.",
        epilog=OVERVIEW + codes.OVERVIEW,
    )
    parser.add_argument(
        "--version", action="version", version=f"drydock {__version__}", help="show the version"
    )
    parser.add_argument(
        "path",
        nargs="?",
        type=Path,
        metavar="PATH",
        help="a Dockerfile, a Compose file or a folder (default: this folder; none with --image)",
    )
    add_opening(parser)
    add_imports(parser)
    options = parser.read(arguments)
    if options is None:
        return codes.CLEAN
    from hardening.opening import OpenRequest

    if options.path is not None and not os.path.lexists(options.path):
        raise _nothing_called(str(options.path))
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


def _nothing_called(name: str) -> UsageError:
    from difflib import get_close_matches

    close = get_close_matches(name, _known(), n=1)
    meant = f"did you mean `drydock {close[0]}`?" if close else ""
    hint = "An image is named with --image. " if ":" in name and not close else ""
    return UsageError(
        f"{name} is neither a file nor a command", meant, f"{hint}See `drydock --help`."
    )


def _check(arguments: list[str], screen: Screen | None) -> int:
    parser = Parser(
        "drydock check",
        "Report findings of Dockerfiles, Compose services and images.",
        epilog=codes.text(
            "clean: no finding at or above the threshold",
            "findings at or above the threshold (--fail-on)",
        ),
    )
    parser.add_argument(
        "paths",
        nargs="*",
        metavar="PATH",
        help="a Dockerfile, Compose file or folder, or - for standard input (default: this folder)",
    )
    add_opening(parser)
    add_profile(parser)
    add_threshold(parser)
    add_imports(parser)
    add_shellcheck(parser)
    parser.add_argument("--jobs", type=int, metavar="N", help="processes (default: one per core)")
    add_output(parser)
    options = parser.read(arguments)
    if options is None:
        return codes.CLEAN
    from hardening.cli.check import check

    return check(options)


def _fix(arguments: list[str], screen: Screen | None) -> int:
    parser = Parser(
        "drydock fix",
        "Compose every fix up to a safety into one patch.",
        epilog=codes.text("done, also when there is nothing to fix"),
    )
    add_path(parser)
    add_opening(parser)
    add_profile(parser)
    parser.add_argument(
        "--safety",
        choices=("safe", "review"),
        default="safe",
        metavar="SAFETY",
        help="safe: all preconditions hold; review: also those with an unknown one (default: safe)",
    )
    parser.add_argument(
        "--rule", action="append", default=[], metavar="ID", help="only this rule (repeatable)"
    )
    output = parser.add_argument_group("output")
    how = output.add_mutually_exclusive_group()
    how.add_argument("--diff", action="store_true", help="print the patch (the default)")
    how.add_argument("--write", action="store_true", help="change the files, with a backup")
    how.add_argument(
        "--output",
        metavar="FILE",
        help="write the patched Dockerfile to FILE, - for standard output",
    )
    add_manner(output)
    options = parser.read(arguments)
    if options is None:
        return codes.CLEAN
    from hardening.cli.fix import fix

    return fix(options)


def _layers(arguments: list[str], screen: Screen | None) -> int:
    parser = Parser("drydock layers", "Show the layers of an image: size, waste, what made them.")
    add_image(parser)
    add_output(parser)
    options = parser.read(arguments)
    if options is None:
        return codes.CLEAN
    from hardening.cli.layers import layers

    return layers(options)


def _rules(arguments: list[str], screen: Screen | None) -> int:
    parser = Parser("drydock rules", "List the rules, or explain one.")
    parser.add_argument(
        "id", nargs="?", metavar="ID", help="a rule, or another tool's name for it (DL3008)"
    )
    add_output(parser, formats=("text", "json", "markdown"))
    options = parser.read(arguments)
    if options is None:
        return codes.CLEAN
    from hardening.cli.rules import rules

    return rules(options)


def _demo(arguments: list[str], screen: Screen | None) -> int:
    parser = Parser(
        "drydock demo", "Open the screen on an embedded sample, copied to a new folder."
    )
    parser.add_argument(
        "sample", nargs="?", metavar="SAMPLE", help="its name (default: one with an image)"
    )
    parser.add_argument("--list", action="store_true", help="name the samples")
    options = parser.read(arguments)
    if options is None:
        return codes.CLEAN
    from hardening.sample import sample, samples

    if options.list:
        from hardening.reports.sheet import table

        rows = [
            (one.name, f"{one.title}{' (with image)' if one.image else ''}") for one in samples()
        ]
        print("\n".join(table(rows, look_of_stream())))
        return codes.CLEAN
    from hardening.opening import OpenRequest

    return require_screen(screen)(OpenRequest(sample=sample(options.sample).name))


def _cache(arguments: list[str], screen: Screen | None) -> int:
    parser = Parser("drydock cache", "The cache of layers that were read.")
    parser.add_argument(
        "action",
        choices=("size", "clear"),
        metavar="ACTION",
        help="size: how much is kept, and where; clear: delete it",
    )
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
    from hardening.cli.database import EPILOG, add_arguments, database

    parser = Parser(
        "drydock db", "The store of advisories, kept on disk for working offline.", epilog=EPILOG
    )
    return _run(parser, add_arguments, database, arguments)


def _base(arguments: list[str], screen: Screen | None) -> int:
    from hardening.cli.base import add_arguments, base

    parser = Parser("drydock base", "Better base images, with what each changes and needs.")
    return _run(parser, add_arguments, base, arguments)


def _secrets(arguments: list[str], screen: Screen | None) -> int:
    from hardening.cli.secrets import EPILOG, add_arguments, secrets

    parser = Parser(
        "drydock secrets", "Secrets in files, folders and every layer of images.", epilog=EPILOG
    )
    return _run(parser, add_arguments, secrets, arguments)


def _sbom(arguments: list[str], screen: Screen | None) -> int:
    from hardening.cli.sbom import add_arguments, sbom

    parser = Parser("drydock sbom", "List the packages of an image.")
    return _run(parser, add_arguments, sbom, arguments)


def _vulns(arguments: list[str], screen: Screen | None) -> int:
    from hardening.cli.vulns import EPILOG, add_arguments, vulns

    parser = Parser(
        "drydock vulns",
        "What is known to be wrong with the packages of an image, looked up offline.",
        epilog=EPILOG,
    )
    return _run(parser, add_arguments, vulns, arguments)
