"""Text in, structure out, lossless."""

from hardening.dockerfile.model import (
    Comment,
    Directive,
    Dockerfile,
    Flag,
    Form,
    Heredoc,
    Instruction,
    KeyValue,
    Stage,
    Unparsed,
    Word,
)
from hardening.dockerfile.parser import parse
from hardening.dockerfile.shell_model import Command, Download, PackageCall, Script, ShellWord

__all__ = [
    "Command",
    "Comment",
    "Directive",
    "Dockerfile",
    "Download",
    "Flag",
    "Form",
    "Heredoc",
    "Instruction",
    "KeyValue",
    "PackageCall",
    "Script",
    "ShellWord",
    "Stage",
    "Unparsed",
    "Word",
    "parse",
]
