"""The programs around the screen: a person's editor and the clipboard."""

from __future__ import annotations

import os
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

_LINE_STYLES: dict[str, tuple[str, ...]] = {
    "plus": ("vi", "vim", "nvim", "nano", "emacs", "emacsclient", "micro", "kak", "joe", "ne",
             "pico", "jed", "mg", "gedit", "view", "gvim"),
    "colon": ("hx", "helix", "subl", "zed", "cursor-agent"),
    "goto": ("code", "codium", "cursor", "windsurf", "code-insiders"),
}  # fmt: skip


def editor_command(path: Path, line: int) -> list[str] | None:
    """The command that opens a file at a line: `VISUAL`, then `EDITOR`, then vi or nano; None when
    there is no editor at all."""
    chosen = os.environ.get("VISUAL") or os.environ.get("EDITOR")
    words = _words(chosen) if chosen else []
    if not words:
        found = next((one for one in ("vi", "nano") if shutil.which(one)), None)
        if found is None:
            return None
        words = [found]
    name = Path(words[0]).name.removesuffix(".exe")
    if name in _LINE_STYLES["goto"]:
        wait = [] if "--wait" in words or "-w" in words else ["--wait"]
        return [*words, *wait, "--goto", f"{path}:{line}"]
    if name in _LINE_STYLES["colon"]:
        return [*words, f"{path}:{line}"]
    if name in _LINE_STYLES["plus"]:
        return [*words, f"+{line}", str(path)]
    return [*words, str(path)]


def _words(command: str) -> list[str]:
    try:
        return shlex.split(command)
    except ValueError:
        return command.split()


def copy_locally(text: str) -> str | None:
    """Hand the text to the clipboard program of this machine; its name, None when there is none.

    Used besides the terminal's own escape sequence, which not every terminal understands.
    """
    for command in _clipboard_programs():
        if shutil.which(command[0]) is None:
            continue
        try:
            subprocess.run(
                command, input=text.encode("utf-8", "replace"), timeout=2, check=True,
                stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
            )  # fmt: skip
        except (OSError, subprocess.SubprocessError):
            continue
        return command[0]
    return None


def _clipboard_programs() -> list[list[str]]:
    if sys.platform == "darwin":
        return [["pbcopy"]]
    programs = []
    if os.environ.get("WAYLAND_DISPLAY"):
        programs.append(["wl-copy"])
    if os.environ.get("DISPLAY"):
        programs += [["xclip", "-selection", "clipboard"], ["xsel", "--clipboard", "--input"]]
    if os.environ.get("TMUX"):
        programs.append(["tmux", "load-buffer", "-w", "-"])
    return programs
