"""Makes docs/keys.md from the action table: `python -m tui.keys [FILE]`."""

from __future__ import annotations

import sys
from pathlib import Path

from tui.actions import ACTIONS, GROUPS, key_names

_HEAD = """# Keys

Every key can be remapped by its name below, in `~/.config/drydock/config.toml` on Linux,
`~/Library/Application Support/drydock/config.toml` on macOS, or `config.toml` in the folder that
`DRYDOCK_CONFIG_DIR` names:

```toml
[keys]
accept = "a,insert"
write = "ctrl+w"
```

A line `theme = "nord"` above `[keys]` sets the colours; without it drydock remembers the last ones.

The mouse does the same: click a row, a column title, a tab or a key at the bottom of the screen;
double-click to open; the wheel scrolls.
"""


def keys_page() -> str:
    """The page as Markdown."""
    parts = [_HEAD]
    for group in GROUPS:
        parts.append(f"\n## {group}\n\n| Key | Name | What it does |\n|---|---|---|\n")
        for one in ACTIONS:
            if one.group == group:
                keys = ", ".join(f"`{key}`" for key in key_names(one.keys).split(", "))
                parts.append(f"| {keys} | `{one.id}` | {one.help} |\n")
    return "".join(parts)


def main() -> None:
    page = keys_page()
    if len(sys.argv) > 1:
        Path(sys.argv[1]).write_text(page, encoding="utf-8")
    else:
        sys.stdout.write(page)


if __name__ == "__main__":
    main()
