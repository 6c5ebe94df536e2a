"""What leaves the screen: the written files, the patch, the editor, the clipboard, a picture."""

from __future__ import annotations

import subprocess
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from textual.app import SuspendNotSupported

from hardening.errors import ChangedOnDisk, DrydockError
from tui.export import export
from tui.messages import WorkFailed
from tui.outside import copy_locally, editor_command
from tui.rows import place_words, short_command
from tui.screens.dialog import Choice, confirm_leaving, error_dialog
from tui.screens.planning import Planning
from tui.screens.writing import PathScreen, WriteScreen, patch_target
from tui.secret_rows import secret_cells
from tui.text import clean, plural

if TYPE_CHECKING:
    from hardening.workspace import Workspace
    from hardening.writing import Written


def picture_name(now: datetime | None = None) -> str:
    """`drydock-20260131-142530.svg`"""
    return f"drydock-{(now or datetime.now()):%Y%m%d-%H%M%S}.svg"


class Output(Planning):
    """Adds writing, exporting, editing and copying."""

    leave_after_writing = False

    # Write

    def _workspace(self) -> Workspace | None:
        """The workspace of the plan; None, and a word, while it is not there."""
        store = self.store
        if store.replaying or store.current is None:
            self.notify("The text is still being analysed; try again in a moment.", markup=False)
            return None
        if not store.current.workspace.changed:
            self.notify("There is nothing to write: no fix is accepted.", markup=False)
            return None
        return store.current.workspace

    def action_write(self) -> None:
        workspace = self._workspace()
        if workspace is not None:
            count = len(self.store.plan)
            shown = self.shown_workspace or workspace
            self.app.push_screen(WriteScreen(shown, count), self._write_answered)

    def _write_answered(self, answer: str | None) -> None:
        if answer == "write":
            self.write_now()
        elif answer == "patch":
            self.action_export()
        else:
            self.leave_after_writing = False

    def write_now(self) -> None:
        """Put the workspace on the disk; offer a reload when somebody else changed it."""
        from hardening.writing import write

        workspace = self._workspace()
        if workspace is None:
            return
        try:
            written = write(workspace)
        except ChangedOnDisk as error:
            self._offer(error, Choice("r", "reload, keep fixes", "reload"))
        except DrydockError as error:
            self._offer(error)
        else:
            self._written(written)

    def _written(self, written: Written) -> None:
        count = len(self.store.plan)
        names = ", ".join(clean(path.name, 100) for path in written.files)
        kept = ", ".join(clean(path.name, 100) for path in written.backups)
        told = f"{plural(count, 'fix', 'fixes')} written to {names}"
        self.notify(told + (f"; the old text is in {kept}" if kept else ""), title="Written",
                    markup=False, timeout=8)  # fmt: skip
        self.store.written()
        self.remember_disk()
        if self.leave_after_writing:
            self.app.exit(0)
            return
        self.plan_changed()

    def _offer(self, error: DrydockError, *choices: Choice) -> None:
        """The write was refused: what can be done instead."""
        patch = Choice("p", "save as patch", "patch")
        dialog = error_dialog(error.what, error.why, error.next_step, (*choices, patch))
        self.app.push_screen(dialog, self._refusal_answered)

    def _refusal_answered(self, answer: str | None) -> None:
        self.leave_after_writing = False
        if answer == "reload":
            self.action_reload()
        elif answer == "patch":
            self.action_export()

    def action_reload(self) -> None:
        """Read the files again; the main screen knows how."""

    def remember_disk(self) -> None:
        """The opened texts are those on the disk; the main screen keeps watch."""

    # Export

    def action_export(self) -> None:
        opened = self.store.opened
        if opened is None:
            return
        screen = PathScreen(
            "Save the patch or the report",
            [[("A patch for git apply or patch -p1; a name that ends in .json or .txt saves the "
               "report. Relative to ", "plain"),
              (clean(str(opened.root.absolute()), 300), "muted")]],
            "drydock.patch" if self.store.plan.fixes else "drydock.json",
        )  # fmt: skip
        self.app.push_screen(screen, self._export_answered)

    def _export_answered(self, answer: str | None) -> None:
        opened = self.store.opened
        if answer is None or opened is None:
            return
        try:
            path = export(self.store, patch_target(answer, opened.root))
        except DrydockError as error:
            self.show_error(error)
            return
        self.notify(clean(str(path), 400), title="Saved", markup=False)

    # Editor

    def edit_place(self) -> tuple[Path, int] | None:
        """File and line of the opened text that belong to the cursor."""
        store = self.store
        subject, opened = store.subject, store.opened
        if subject is None or opened is None or not opened.texts:
            return None
        links = store.links()
        path = links.path if links.lines else store.dockerfile_path
        line = links.lines[0] if links.lines else 1
        if path not in opened.texts:
            path, line = store.dockerfile_path, 1
        back = {new: old for old, new in store.lines_now(path).items()}
        while line > 1 and line not in back:
            line -= 1
        return opened.root / path, back.get(line, 1)

    def action_edit(self) -> None:
        place = self.edit_place()
        if place is None or not place[0].exists():
            self.notify("There is no file on this disk to edit.", severity="warning", markup=False)
            return
        command = editor_command(*place)
        if command is None:
            self.notify("Set VISUAL or EDITOR to the editor you want.", title="No editor",
                        severity="warning", markup=False)  # fmt: skip
            return
        try:
            with self.app.suspend():
                done = subprocess.run(command, check=False)
        except SuspendNotSupported:
            self.notify("This terminal cannot hand itself to an editor.", severity="warning",
                        markup=False)  # fmt: skip
            return
        except OSError as error:
            self.post_message(WorkFailed(f"Cannot start {command[0]}", error))
            return
        if done.returncode:
            self.notify(f"{command[0]} ended with code {done.returncode}", severity="warning",
                        markup=False)  # fmt: skip
        self.action_reload()

    # Copy

    def copy_text(self) -> str:
        """What `y` copies: the row under the cursor in words; secrets stay masked."""
        row = self.findings_pane.cursor
        match self.place:
            case "layers" if self.layers_pane.count and self.layers_pane.image is not None:
                layer = self.layers_pane.image.layers[
                    self.layers_pane.order[self.layers_pane.cursor]
                ]
                return f"{layer.diff_id} {self.store.masks.hide(short_command(layer.command))}"
            case "secrets" if self.secrets_pane.count:
                secret = self.secrets_pane.secrets[
                    self.secrets_pane.order[self.secrets_pane.cursor]
                ]
                cells = secret_cells(secret, 160, None)
                return " ".join("".join(text for text, _ in cells).split())
            case "findings" if row < self.findings_pane.count:
                finding = self.findings_pane.rows[row].finding
                where = place_words(finding.places[0])
                return f"{where}: {finding.severity.label}: {finding.message} ({finding.rule})"
            case "dockerfile" if self.code.count:
                return self._code_line()
            case "diff" if self.store.current is not None:
                return self.store.current.workspace.diff()
            case "detail":
                return self.store.masks.hide(self.detail.plain)
            case "files" if self.files.node is not None:
                return f"/{self.files.node.path}"
            case "run":
                return self.run_text()
            case "packages" | "vulnerabilities":
                return self.item_text()
        return ""

    def _code_line(self) -> str:
        lines = self.store.text(self.code.path).split("\n")
        line = lines[self.code.cursor] if self.code.cursor < len(lines) else ""
        return self.store.masks.hide(line)

    def run_text(self) -> str:
        """The run flags as they would be pasted."""
        return self.run_flags.plain

    def action_copy(self) -> None:
        selected = self.get_selected_text()
        text = self.store.masks.hide(selected) if selected else self.copy_text()
        if not text:
            self.notify("There is nothing to copy here.", markup=False, timeout=3)
            return
        text = text.encode("utf-8", "replace").decode("utf-8")
        self.app.copy_to_clipboard(text)
        self.run_worker(lambda: copy_locally(text), thread=True, group="copy")
        first = clean(text.split("\n", 1)[0], 60)
        lines = text.count("\n") + 1
        told = first if lines == 1 else f"{plural(lines, 'line')}, first: {first}"
        self.notify(told, title="Copied", markup=False, timeout=3)

    # Errors and leaving

    def show_error(self, error: DrydockError) -> None:
        self.app.push_screen(error_dialog(error.what, error.why, error.next_step))

    def ask_before_leaving(self) -> bool:
        """True when accepted fixes would be lost: a question is on the screen now."""
        count = self.store.unsaved
        if not count:
            return False
        told = f"{plural(count, 'accepted fix is', 'accepted fixes are')}"
        self.app.push_screen(confirm_leaving(told), self._leaving_answered)
        return True

    def _leaving_answered(self, answer: str | None) -> None:
        if answer == "quit":
            self.app.exit(0)
        elif answer == "write":
            self.leave_after_writing = True
            self.action_write()
