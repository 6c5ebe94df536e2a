"""The arguments that commands share, so that they read the same everywhere."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import NoReturn

from hardening.cli import codes
from hardening.errors import UsageError

SEVERITIES = ("info", "low", "medium", "high", "critical")
IMAGE_HELP = "an image of the engine, an archive (docker save), or an OCI layout"


class Parser(argparse.ArgumentParser):
    """An ArgumentParser whose mistakes are errors in a person's words."""

    def __init__(self, prog: str, description: str, *, epilog: str = "") -> None:
        super().__init__(
            prog=prog,
            description=description,
            epilog=epilog or codes.text(),
            formatter_class=argparse.RawDescriptionHelpFormatter,
            allow_abbrev=False,
            add_help=False,
        )
        self.add_argument("-h", "--help", action="help", help="show this help and exit")

    def format_help(self) -> str:
        """The usage in one line: the options stand below it anyway."""
        self.usage = " ".join([self.prog, "[OPTION...]", *map(_operand, self._operands())])
        return super().format_help()

    def _operands(self) -> list[argparse.Action]:
        return [one for one in self._actions if not one.option_strings]

    def error(self, message: str) -> NoReturn:
        raise UsageError(f"{self.prog}: {message}", "", f"See `{self.prog} --help`.")

    def read(self, arguments: list[str]) -> argparse.Namespace | None:
        """The parsed arguments, options anywhere between the others; None when help or the version
        was asked for and printed."""
        try:
            return self.parse_intermixed_args(arguments)
        except SystemExit:
            return None


def _operand(action: argparse.Action) -> str:
    name = str(action.metavar)
    shapes = {"?": f"[{name}]", "*": f"[{name}...]", "+": f"{name}..."}
    return shapes.get(str(action.nargs), name)


def add_path(parser: argparse.ArgumentParser) -> None:
    """PATH: the one thing that `fix` and `base` are about."""
    parser.add_argument(
        "path",
        nargs="?",
        default=".",
        metavar="PATH",
        help="a Dockerfile, Compose file or folder, or - for standard input (default: this folder)",
    )


def add_image(parser: argparse.ArgumentParser) -> None:
    """IMAGE and how it is opened."""
    parser.add_argument("image", metavar="IMAGE", help=IMAGE_HELP)
    add_platform(parser)
    add_offline(parser)


def add_platform(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--platform", metavar="OS/ARCH", help="which of a multi-platform image (default: this one)"
    )


def add_offline(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--offline", action="store_true", help="ask nobody but the engine that holds the image"
    )


def add_dockerfile(parser: argparse.ArgumentParser) -> None:
    """For commands about an image alone."""
    parser.add_argument(
        "--dockerfile",
        type=Path,
        metavar="FILE",
        help="the Dockerfile it was built from: it tells base layers from the image's own",
    )


def add_opening(parser: argparse.ArgumentParser) -> None:
    """The image, context and service that belong to a PATH."""
    parser.add_argument("--image", metavar="IMAGE", help=f"the built image: {IMAGE_HELP}")
    add_platform(parser)
    parser.add_argument("--context", type=Path, metavar="DIR", help="the build context")
    parser.add_argument("--service", metavar="NAME", help="the service of a Compose file")
    add_offline(parser)


def add_profile(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--profile",
        choices=("hardening", "all"),
        metavar="PROFILE",
        help="hardening, or all: style rules too (default: drydock.toml's, else hardening)",
    )


def add_imports(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--import",
        dest="imports",
        action="append",
        default=[],
        type=Path,
        metavar="FILE",
        help="merge a report of hadolint, Trivy, Grype, Dockle, checkov, ShellCheck or SARIF "
        "(repeatable)",
    )


def add_shellcheck(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--shellcheck",
        action="store_true",
        help="ask the shellcheck on the PATH about every RUN, and merge its answer",
    )


def add_threshold(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--fail-on",
        choices=(*SEVERITIES, "never"),
        metavar="SEVERITY",
        help="lowest severity that ends with code 1: "
        + ", ".join(SEVERITIES)
        + ", never (default: drydock.toml's, else low)",
    )
