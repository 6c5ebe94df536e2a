"""Every key of drydock, once. Bindings, footer, help, palette and docs/keys.md are made from it."""

from __future__ import annotations

from dataclasses import dataclass

from textual.binding import Binding, BindingType


@dataclass(frozen=True, slots=True)
class Action:
    """One thing a person can do. `id` names it in the key settings; `action` is what Textual
    calls, `id` with underscores unless given. `footer` is its rank there, 0 for not shown."""

    id: str
    keys: str
    label: str
    help: str
    scope: str
    group: str
    footer: int = 0
    action: str = ""
    palette: bool = True
    priority: bool = False

    @property
    def method(self) -> str:
        return self.action or self.id.replace("-", "_")


MOVE = "Move"
PLAN = "Choose fixes"
LOOK = "Look"
FILES = "Files and output"
GENERAL = "General"
GROUPS = (PLAN, MOVE, LOOK, FILES, GENERAL)

ACTIONS: tuple[Action, ...] = (
    Action("toggle", "space", "toggle", "Accept the finding's best fix, or take it back",
           "main", PLAN, 1, action="toggle_fix"),
    Action("accept", "a", "accept", "Accept the finding's fix", "main", PLAN),
    Action("accept-safe", "A", "all safe", "Accept every fix whose preconditions all hold",
           "main", PLAN, 4),
    Action("reject", "r", "take back", "Take the finding's accepted fix back", "main", PLAN, 5),
    Action("reject-all", "R", "take all back", "Take every accepted fix back", "main", PLAN),
    Action("next-fix", "f", "other fix", "Choose the next of several fixes", "main", PLAN, 6),
    Action("bases", "B", "other bases", "Compare other base images, and choose one", "main", PLAN,
           action="bases"),
    Action("undo", "u", "undo", "Undo the last choice", "main", PLAN, 7),
    Action("redo", "ctrl+r", "redo", "Redo what was undone", "main", PLAN, 16),
    Action("next-finding", "n", "next finding", "Go to the next finding", "main", MOVE),
    Action("previous-finding", "N", "previous finding", "Go to the previous finding",
           "main", MOVE),
    Action("next-pane", "tab", "next pane", "Go to the next pane", "main", MOVE, 20,
           action="app.focus_next", palette=False),
    Action("previous-pane", "shift+tab", "previous pane", "Go to the previous pane", "main", MOVE,
           action="app.focus_previous", palette=False),
    Action("layers", "1", "layers", "Go to the layers", "main", MOVE, action="go('layers')"),
    Action("findings", "2", "findings", "Go to the findings", "main", MOVE,
           action="go('findings')"),
    Action("secrets", "3", "secrets", "Go to the secrets", "main", MOVE, action="go('secrets')"),
    Action("dockerfile", "4", "Dockerfile", "Show the Dockerfile with the accepted fixes in it",
           "main", MOVE, action="go('dockerfile')"),
    Action("diff", "5", "diff", "Show what the accepted fixes change", "main", MOVE,
           action="go('diff')"),
    Action("detail", "6", "detail", "Show why the finding matters and what its fix rests on",
           "main", MOVE, action="go('detail')"),
    Action("files", "7", "files", "Show the files of the layer", "main", MOVE,
           action="go('files')"),
    Action("run-flags", "8", "run flags", "Show the flags that harden the container", "main", MOVE,
           action="go('run')"),
    Action("packages", "9", "packages", "Show the packages of the image", "main", MOVE,
           action="go('packages')"),
    Action("vulnerabilities", "0", "vulnerabilities", "Show what is known to be wrong with the "
           "packages", "main", MOVE, action="go('vulnerabilities')"),
    Action("next-tab", "right_square_bracket", "next tab", "Show the next tab of the workbench",
           "main", MOVE, palette=False),
    Action("previous-tab", "left_square_bracket", "previous tab",
           "Show the previous tab of the workbench", "main", MOVE, palette=False),
    Action("cursor-down", "j,down", "down", "Next row", "list", MOVE, palette=False),
    Action("cursor-up", "k,up", "up", "Previous row", "list", MOVE, palette=False),
    Action("page-down", "pagedown,ctrl+f", "page down", "One page down", "list", MOVE,
           palette=False),
    Action("page-up", "pageup,ctrl+b", "page up", "One page up", "list", MOVE, palette=False),
    Action("half-down", "ctrl+d", "half page down", "Half a page down", "list", MOVE,
           palette=False),
    Action("half-up", "ctrl+u", "half page up", "Half a page up", "list", MOVE, palette=False),
    Action("first", "g,home", "top", "First row", "list", MOVE, palette=False),
    Action("last", "G,end", "bottom", "Last row", "list", MOVE, palette=False),
    Action("left", "h,left", "left", "Scroll left; in a tree, collapse or go to the parent",
           "list", MOVE, palette=False),
    Action("right", "l,right", "right", "Scroll right; in a tree, expand", "list", MOVE,
           palette=False),
    Action("open", "enter", "open", "Open what the cursor is on: a finding's detail, a layer's "
           "files, a text file", "list", LOOK, 2, palette=False),
    Action("toggle-folder", "space", "open folder", "Open or close the folder or group; accept the "
           "fix for the package or vulnerability", "tree", LOOK, 3, action="toggle_node",
           palette=False),
    Action("filter", "slash", "filter", "Filter the pane; search in the files", "main", LOOK, 9),
    Action("clear", "escape", "clear", "Clear the filter, or leave the enlarged pane", "main",
           LOOK, palette=False),
    Action("sort", "s", "sort", "Sort the pane by its next column", "main", LOOK, 14),
    Action("sort-reverse", "S", "reverse", "Turn the order around", "main", LOOK),
    Action("side", "b", "base or own", "Show what is your own, what came with the base image, or "
           "both, in every pane", "main", LOOK, 19, action="next_side"),
    Action("hidden", "H", "hidden", "Show the packages and vulnerabilities that are left out of "
           "their list, or hide them again", "main", LOOK, 12, action="show_hidden"),
    Action("reveal", "m", "unmask", "Show the secret unmasked until the cursor moves", "main",
           LOOK, 8),
    Action("missing", "i", "what is missing", "Show what was not assessed, left out or went wrong, "
           "and what to do", "main", LOOK),
    Action("switch-view", "v", "view", "Unified or side by side diff; this layer's files or all; "
           "docker run or Compose; packages grouped otherwise; other bases", "main", LOOK,
           10),
    Action("zoom", "z", "enlarge", "Enlarge the pane, or put it back", "main", LOOK, 17),
    Action("write", "w", "write", "Preview the patch and write it", "main", FILES, 11),
    Action("export", "x", "export", "Save the patch, or the report, as a file", "main", FILES, 18),
    Action("edit", "e", "edit", "Open the file at the line in $VISUAL or $EDITOR", "main", FILES,
           13),
    Action("copy", "y", "copy", "Copy what the cursor is on", "main", FILES, 15),
    Action("reload", "f5", "reload", "Read the files again; accepted fixes are kept", "main",
           FILES),
    Action("open-other", "o", "open other", "Open another Dockerfile, service or image", "main",
           FILES),
    Action("stop", "ctrl+x", "stop", "Stop reading the image", "main", GENERAL, 12),
    Action("help", "question_mark,f1", "help", "Show every key that works here", "app", GENERAL,
           30),
    Action("palette", "ctrl+p,colon", "palette", "Search for a command", "app", GENERAL, 31,
           action="command_palette", palette=False),
    Action("theme", "ctrl+t", "theme", "Choose the colours", "app", GENERAL, 0,
           action="change_theme"),
    Action("screenshot", "ctrl+s", "screenshot", "Save the screen as an SVG picture", "app",
           GENERAL, action="picture"),
    Action("suspend", "ctrl+z", "suspend", "Put drydock in the background", "app", GENERAL,
           action="suspend_process", palette=False),
    Action("quit", "q", "quit", "Quit; asks when accepted fixes are not written", "app", GENERAL,
           32, action="leave"),
    Action("quit-always", "ctrl+q", "quit", "Quit from everywhere", "app", GENERAL,
           action="leave", palette=False, priority=True),
    Action("choose-base", "space,a", "choose", "Choose the base under the cursor, or take it back",
           "bases", PLAN, 1, action="choose", palette=False),
    Action("scroll-down", "J", "scroll down", "Scroll what is told of the row", "bases", MOVE,
           action="scroll_full(4)", palette=False),
    Action("scroll-up", "K", "scroll up", "Scroll it back", "bases", MOVE,
           action="scroll_full(-4)", palette=False),
    Action("bases-close", "escape,q,B", "close", "Close the comparison", "bases", GENERAL, 2,
           action="close", palette=False),
    Action("dialog-close", "escape,q", "close", "Close the dialog", "dialog", GENERAL, 2,
           action="close", palette=False),
    Action("dialog-accept", "enter", "choose", "Choose", "dialog", GENERAL, 1, action="accept",
           palette=False),
)  # fmt: skip

_KEY_NAMES = {
    "question_mark": "?",
    "slash": "/",
    "colon": ":",
    "left_square_bracket": "[",
    "right_square_bracket": "]",
    "escape": "esc",
    "pagedown": "pgdn",
    "pageup": "pgup",
    "down": "↓",
    "up": "↑",
    "left": "←",
    "right": "→",
}


def key_name(key: str) -> str:
    """A key as people write it: `?`, `ctrl+p`, `esc`."""
    *modifiers, last = key.split("+")
    return "+".join([*modifiers, _KEY_NAMES.get(last, last)])


def key_names(keys: str) -> str:
    """Several keys as people write them: `j, ↓`."""
    return ", ".join(key_name(key) for key in keys.split(","))


def bindings_for(scope: str, *only: str) -> list[BindingType]:
    """The bindings of one scope, each with the id that settings may remap; `only` these ids."""
    return [
        Binding(
            one.keys,
            one.method,
            one.label,
            show=one.footer > 0,
            tooltip=one.help,
            id=one.id,
            priority=one.priority,
        )
        for one in ACTIONS
        if one.scope == scope and (not only or one.id in only)
    ]


def action_by_id(name: str) -> Action | None:
    return next((one for one in ACTIONS if one.id == name), None)
