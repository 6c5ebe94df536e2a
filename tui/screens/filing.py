"""The Files tab of the main screen: trees built off its thread, files viewed, rows opened."""

from __future__ import annotations

from textual import on

from hardening.image.model import Image
from tui.empty_panes import no_layers
from tui.messages import TreeReady, WorkFailed
from tui.pointers import FilePointer, Links, Pointer
from tui.screens.following import Following
from tui.text import plural
from tui.widgets.filetree import FilesView
from tui.widgets.lines import Lines


class Filing(Following):
    """Adds the files to the joined screen."""

    merged_files = False
    """The Files tab shows the whole image, not one layer."""

    def file_pointer(self) -> Pointer | None:
        node, tree = self.files.node, self.files.file_tree
        if node is None or tree is None:
            return None
        if tree.layer is not None:
            return FilePointer(tree.layer, node.path)
        return None if node.entry is None else FilePointer(node.entry.layer, node.path)

    def draw_files(self) -> None:
        """The tree of the layer that belongs to the cursor."""
        subject = self.store.subject
        image = subject.image if subject is not None else None
        if image is None:
            self.files.show(None)
            self.files.say(no_layers(self.store, reading=self.still_reading))
            return
        if not image.files_read:
            self.files.show(None)
            self.files.say([[], [("  The files are still being read.", "muted")]])
            return
        if (
            self.place == "files"
            and self.files.file_tree is not None
            and self.files.file_tree.image is image
        ):
            return
        links = self.store.links()
        layer = None if self.merged_files else self._layer_to_show(image, links)
        tree = self.files.file_tree
        if tree is None or not same_image(tree.image, image) or tree.layer != layer:
            self.want_tree(image, layer)
            return
        self._point_files(links)

    def _layer_to_show(self, image: Image, links: Links) -> int | None:
        layers = links.layers or tuple(self.layers_pane.order[self.layers_pane.cursor :][:1])
        for layer in layers:
            if 0 <= layer < len(image.layers):
                return layer
        return len(image.layers) - 1 if image.layers else None

    def _point_files(self, links: Links) -> None:
        for _, path in links.files:
            if self.files.reveal(path):
                return

    def want_tree(self, image: Image, layer: int | None) -> None:
        """Build a tree off the screen's thread; `TreeReady` brings it."""
        self.files.say([[], [("  Reading …", "muted")]])
        self.run_worker(
            lambda: self._build_tree(image, layer), thread=True, group="tree", exclusive=True
        )

    def _build_tree(self, image: Image, layer: int | None) -> None:
        from tui.files import FileTree

        try:
            tree = FileTree(image, layer)
        except Exception as error:
            self.post_message(WorkFailed("Cannot show the files", error))
            return
        self.post_message(TreeReady(image, layer, tree))

    @on(TreeReady)
    def _tree_ready(self, event: TreeReady) -> None:
        subject = self.store.subject
        image = subject.image if subject is not None else None
        if image is None or not same_image(image, event.image) or self.tab != "files":
            return
        self.files.show(event.tree)
        if not event.tree.rows:
            self.files.say([[], [("  This layer changes no files.", "muted")]])
        where = "whole image" if event.layer is None else f"layer {event.layer}"
        told = f"{where} · {plural(len(event.tree), 'entry', 'entries')}"
        self.tabs.tell([(told, "muted")])
        self._point_files(self.store.links())

    @on(FilesView.Viewed)
    def _view_file(self, event: FilesView.Viewed) -> None:
        from tui.screens.viewer import FileScreen

        tree = event.lines.file_tree
        entry = event.node.entry
        if tree is None or entry is None:
            self.notify("The layer deletes this path; there is nothing to see.", markup=False)
            return
        self.app.push_screen(FileScreen(tree.image, entry, self.store.masks))

    # Opening a row

    @on(Lines.Opened)
    def _opened(self, event: Lines.Opened) -> None:
        event.stop()
        match event.lines.id:
            case "layers":
                self.show_tab("files")
            case "findings" | "secrets" | "dockerfile" | "packages" | "vulnerabilities":
                self.show_tab("detail")
            case "diff":
                self._open_from_diff()

    def _open_from_diff(self) -> None:
        place = self.diff.place
        if place is not None and place[0] == self.code.path:
            self.show_tab("dockerfile")
            self.code.put_cursor(place[1] - 1)


def same_image(one: Image, other: Image) -> bool:
    """The same files: accepting a fix makes a new value of the image, not a new image."""
    return one is other or (one.id == other.id and one.files_read == other.files_read)
