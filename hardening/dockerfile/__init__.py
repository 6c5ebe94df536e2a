"""Text in, structure out, lossless."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

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

if TYPE_CHECKING:
    from hardening.dockerfile.shell_model import (
        Command,
        Download,
        PackageCall,
        Script,
        ShellWord,
    )

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


def __getattr__(name: str) -> Any:
    """The nouns of shell scripts, loaded when one is first asked for."""
    if name not in __all__:
        raise AttributeError(name)
    from hardening.dockerfile import shell_model

    return getattr(shell_model, name)
