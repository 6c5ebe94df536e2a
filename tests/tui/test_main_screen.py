"""Behaviour of the main screen, through Pilot: the view model and the screen stack are judged."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from textual.events import MouseScrollDown

from hardening.opening import OpenRequest, memory_subject, open_files
from tests.tui.conftest import Opener, Screen, settle, shown_text
from tests.tui.subjects import DOCKERFILE, FILES, TOKEN, clean_subject, full_subject
from tui.findings import Mark
from tui.messages import WorkFailed
from tui.ordering import Pane
from tui.pointers import FindingPointer, LayerPointer, LinePointer, Links
from tui.preferences import Preferences
from tui.screens.dialog import Dialog
from tui.screens.help import HelpScreen
from tui.screens.main import MainScreen
from tui.screens.viewer import FileScreen
from tui.screens.writing import PathScreen, WriteScreen
from tui.widgets.bars import KeyBar
from tui.widgets.code import CodeView


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A folder with the Dockerfile and its context on the disk."""
    folder = tmp_path / "shop"
    for name, text in {"Dockerfile": DOCKERFILE, **FILES}.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    return folder


async def to_rule(screen: Screen, rule: str) -> None:
    """Put the cursor of the findings pane on the finding of a rule."""
    await screen.press("2", "g")
    rows = screen.store.finding_rows()
    place = next(n for n, row in enumerate(rows) if row.finding.rule == rule)
    await screen.press(*["j"] * place)
    assert screen.main.findings_pane.rows[screen.main.findings_pane.cursor].finding.rule == rule


def mark_of(screen: Screen, rule: str) -> Mark:
    return next(row.mark for row in screen.store.finding_rows() if row.finding.rule == rule)


async def test_opens_with_every_pane_filled(open_screen: Opener) -> None:
    async with open_screen() as screen:
        main = screen.main
        assert main.layers_pane.count == 7
        assert main.findings_pane.count == 5
        assert main.secrets_pane.count >= 1
        assert main.code.count == DOCKERFILE.count("\n")
        assert main.place == "findings"


async def test_space_accepts_and_takes_back(open_screen: Opener) -> None:
    async with open_screen() as screen:
        await to_rule(screen, "add-instead-of-copy")
        await screen.press("space")
        assert mark_of(screen, "add-instead-of-copy") is Mark.ACCEPTED
        assert "COPY requirements.txt" in screen.store.text("Dockerfile")
        await screen.press("space")
        assert mark_of(screen, "add-instead-of-copy") is Mark.OPEN
        assert "ADD requirements.txt" in screen.store.text("Dockerfile")


async def test_the_cursor_stays_on_its_finding(open_screen: Opener) -> None:
    async with open_screen() as screen:
        await to_rule(screen, "maintainer")
        await screen.press("a")
        pane = screen.main.findings_pane
        assert pane.rows[pane.cursor].finding.rule == "maintainer"


async def test_accept_all_safe_leaves_the_rest(open_screen: Opener) -> None:
    async with open_screen() as screen:
        await screen.press("A")
        assert mark_of(screen, "maintainer") is Mark.ACCEPTED
        assert mark_of(screen, "add-instead-of-copy") is Mark.ACCEPTED
        assert mark_of(screen, "root-user") is Mark.OPEN
        await screen.press("u")
        assert not screen.store.plan.fixes
        await screen.press("ctrl+r")
        assert len(screen.store.plan) == 2
        await screen.press("R")
        assert not screen.store.plan.fixes


async def test_keys_pressed_fast_end_in_the_right_text(open_screen: Opener) -> None:
    async with open_screen() as screen:
        await to_rule(screen, "maintainer")
        for key in ("space", "space", "space", "A", "u", "space", "space"):
            await screen.pilot.press(key)
        await settle(screen.pilot)
        assert not screen.store.replaying
        planned = set(screen.store.plan.fixes)
        assert screen.store.current is not None
        assert planned == {one.key for one in screen.store.current.applied}


async def test_cycling_fixes(open_screen: Opener) -> None:
    async with open_screen() as screen:
        await to_rule(screen, "root-user")
        await screen.press("a")
        assert "USER 10001:10001" in screen.store.text("Dockerfile")
        await screen.press("f")
        assert "USER 65534:65534" in screen.store.text("Dockerfile")
        assert "USER 10001:10001" not in screen.store.text("Dockerfile")


async def test_every_pane_moves_the_others(open_screen: Opener) -> None:
    async with open_screen() as screen:
        main = screen.main
        await screen.press("1", "g", "j", "j", "j", "j")
        assert screen.pointer() == LayerPointer(4)
        assert main.code.line == DOCKERFILE.split("\n").index("COPY pip.conf /etc/pip.conf") + 1
        assert main.secrets_pane.linked
        await screen.press("4")
        add = DOCKERFILE.split("\n").index("ADD requirements.txt .")
        main.code.put_cursor(add - 1)
        await screen.press("j")
        assert screen.pointer() == LinePointer("Dockerfile", add + 1)
        linked = main.findings_pane.linked
        assert [main.findings_pane.rows[n].finding.rule for n in linked] == ["add-instead-of-copy"]
        await screen.press("space")
        assert mark_of(screen, "add-instead-of-copy") is Mark.ACCEPTED


async def test_stepping_through_findings_from_anywhere(open_screen: Opener) -> None:
    async with open_screen() as screen:
        await screen.press("4", "n")
        first = screen.pointer()
        await screen.press("n")
        assert isinstance(first, FindingPointer)
        assert isinstance(screen.pointer(), FindingPointer)
        assert screen.pointer() != first
        await screen.press("N")
        assert screen.pointer() == first


async def test_a_secret_is_shown_by_one_key_until_the_cursor_moves(open_screen: Opener) -> None:
    async with open_screen() as screen:
        main = screen.main
        await screen.press("3", "g")
        number = main.secrets_pane.order[0]
        value = main.secrets_pane.secrets[number].reveal()
        assert value not in shown_text(main.secrets_pane)
        await screen.press("m")
        shown: int | None = screen.store.revealed
        assert shown == number
        assert value in "".join(t for t, _ in main.secrets_pane.cells(0, 300))
        await screen.press("j")
        shown = screen.store.revealed
        assert shown is None
        assert value not in "".join(t for t, _ in main.secrets_pane.cells(0, 300))


async def test_no_secret_value_is_on_any_tab(open_screen: Opener) -> None:
    async with open_screen() as screen:
        main = screen.main
        for key in ("4", "5", "6", "7", "8"):
            await screen.press("A", key)
            for widget in (main.code, main.diff, main.detail, main.layers_pane, main.findings_pane):
                assert TOKEN not in shown_text(widget)
                assert "dev-Zq81mTnR5vXcP20y" not in shown_text(widget)


async def test_copying_a_secret_copies_it_masked(open_screen: Opener) -> None:
    async with open_screen() as screen:
        await screen.press("3", "g", "m", "y")
        assert screen.app.clipboard
        assert TOKEN not in screen.app.clipboard


async def test_copying_a_finding_and_a_line(open_screen: Opener) -> None:
    async with open_screen() as screen:
        await to_rule(screen, "root-user")
        await screen.press("y")
        assert "The container runs as root" in screen.app.clipboard
        await screen.press("4", "g", "y")
        assert screen.app.clipboard == DOCKERFILE.split("\n")[0]


async def test_filtering_and_clearing(open_screen: Opener) -> None:
    async with open_screen() as screen:
        await screen.press("2", "slash", *"root")
        assert [row.finding.rule for row in screen.main.findings_pane.rows] == ["root-user"]
        await screen.press("enter")
        assert screen.main.place == "findings"
        await screen.press("escape")
        assert screen.main.findings_pane.count == 5
        await screen.press("slash", *"nothing like it", "escape")
        assert screen.main.findings_pane.count == 5
        assert screen.main.place == "findings"


async def test_sorting_by_key_and_by_title(open_screen: Opener) -> None:
    async with open_screen() as screen:
        await screen.press("2", "s")
        assert screen.store.sorts[Pane.FINDINGS].column == "line"
        await screen.press("S")
        assert screen.store.sorts[Pane.FINDINGS].reverse
        pane = screen.main.layers_pane
        await screen.pilot.click(pane, offset=(14, 1))
        await settle(screen.pilot)
        assert screen.store.sorts[Pane.LAYERS].column == "size"


async def test_a_filter_leaves_the_cursor_on_its_layer(open_screen: Opener) -> None:
    async with open_screen() as screen:
        pane = screen.main.layers_pane
        await screen.press("1", "G")
        last = pane.order[pane.cursor]
        await screen.press("b")
        assert pane.order[pane.cursor] == last
        await screen.press("S")
        assert pane.order[pane.cursor] == last and pane.cursor == 0


async def test_an_error_stays_until_it_is_read_and_can_be_copied(open_screen: Opener) -> None:
    async with open_screen() as screen:
        screen.main.notify("An old toast")
        screen.main.post_message(WorkFailed("Cannot look", OSError("[b]gone")))
        await settle(screen.pilot)
        assert isinstance(screen.app.screen, Dialog)
        assert not screen.app._notifications
        await screen.press("y")
        assert screen.app.clipboard.startswith("Cannot look\n\n[b]gone\n")
        await screen.press("c")
        assert not screen.app.screen.is_modal


async def test_the_wheel_scrolls_and_long_lines_move_sideways(open_screen: Opener) -> None:
    subject = memory_subject("FROM debian:12\n" + "RUN echo " + "long " * 40 + "\n" * 60)
    async with open_screen(subject, size=(80, 24)) as screen:
        code = screen.main.code
        assert code.show_vertical_scrollbar and not code.show_horizontal_scrollbar
        assert code.wide == code.size.width - 1
        await screen.pilot._post_mouse_events([MouseScrollDown], code, offset=(5, 5), button=0)
        await settle(screen.pilot)
        assert code.scroll_offset.y > 0 and code.cursor == 0
        await screen.press("4", "l", "l")
        assert code.scroll_offset.x > 0
        await screen.press("h", "h")
        assert code.scroll_offset.x == 0
        detail = screen.main.detail
        await screen.press("2", "g", "6")
        assert detail.show_vertical_scrollbar == (detail.count > detail.size.height)
        assert all(len("".join(t for t, _ in detail.cells(n, 0))) < detail.wide
                   for n in range(detail.count))  # fmt: skip


async def test_the_mouse_selects_opens_and_switches(open_screen: Opener) -> None:
    async with open_screen() as screen:
        main = screen.main
        await screen.pilot.click(main.findings_pane, offset=(12, 4))
        await settle(screen.pilot)
        assert main.findings_pane.cursor == 2
        await screen.pilot.click(main.findings_pane, offset=(12, 4), times=2)
        await settle(screen.pilot)
        assert main.tab == "detail"
        await screen.pilot.click(main.tabs, offset=(16, 0))
        await settle(screen.pilot)
        assert main.tab == "diff"
        await to_rule(screen, "maintainer")
        await screen.pilot.click("#keys", offset=(2, 0))
        await settle(screen.pilot)
        assert mark_of(screen, "maintainer") is Mark.ACCEPTED
        help_at = main.query_one("#keys", KeyBar).line(120)
        before = "".join(text for text, _ in help_at).index("? help")
        await screen.pilot.click("#keys", offset=(before, 0))
        await settle(screen.pilot)
        assert isinstance(screen.top(), HelpScreen)


async def test_files_follow_the_layer_and_open(open_screen: Opener) -> None:
    async with open_screen() as screen:
        main = screen.main
        await screen.press("1", "g", "j", "j", "j", "j", "enter")
        assert main.tab == "files"
        assert main.files.file_tree is not None and main.files.file_tree.layer == 4
        await screen.press("7")
        assert main.files.reveal("etc/pip.conf")
        await screen.press("enter")
        top = screen.top()
        assert isinstance(top, FileScreen)
        assert TOKEN not in shown_text(top.query_one("#content", CodeView))
        assert top.query_one("#content", CodeView).count == 2
        await screen.press("escape")
        assert isinstance(screen.top(), MainScreen)


async def test_searching_the_files_of_the_whole_image(open_screen: Opener) -> None:
    async with open_screen() as screen:
        main = screen.main
        await screen.press("7", "v")
        assert main.files.file_tree is not None and main.files.file_tree.layer is None
        await screen.press("slash", *"passwd")
        paths = [node.path for node in main.files.file_tree.rows]
        assert paths == ["etc/passwd", "usr/bin/passwd"]
        await screen.press("enter", "escape")
        assert main.files.file_tree.needle == ""


async def test_help_lists_live_keys_and_closes(open_screen: Opener) -> None:
    async with open_screen() as screen:
        await screen.press("question_mark")
        assert isinstance(screen.top(), HelpScreen)
        await screen.press("escape")
        assert isinstance(screen.top(), MainScreen)
        await screen.press("f1")
        assert isinstance(screen.top(), HelpScreen)
        await screen.press("q")
        assert isinstance(screen.top(), MainScreen)


async def test_the_palette_offers_actions(open_screen: Opener) -> None:
    async with open_screen() as screen:
        await screen.press("ctrl+p", *"undo")
        await screen.press("escape")
        await screen.press("ctrl+p", *"every fix whose", "enter")
        assert len(screen.store.plan) == 2
        await screen.press("ctrl+p", *"every key that works", "enter")
        assert isinstance(screen.top(), HelpScreen)


async def test_quit_asks_when_fixes_are_not_written(open_screen: Opener) -> None:
    async with open_screen() as screen:
        await screen.press("A", "q")
        assert isinstance(screen.top(), Dialog)
        await screen.press("n")
        assert isinstance(screen.top(), MainScreen)
        await screen.press("ctrl+q")
        assert isinstance(screen.top(), Dialog)
        await screen.press("y")
        assert screen.app.return_value == 0


async def test_quit_does_not_ask_for_nothing(open_screen: Opener) -> None:
    async with open_screen() as screen:
        await screen.press("q")
        assert screen.app.return_value == 0


async def test_write_previews_then_writes(open_screen: Opener, project: Path) -> None:
    async with open_screen(open_files(project)) as screen:
        await screen.press("A", "w")
        assert isinstance(screen.top(), WriteScreen)
        assert (project / "Dockerfile").read_text() == DOCKERFILE
        expected = screen.store.text("Dockerfile")
        await screen.press("w")
        assert isinstance(screen.top(), MainScreen)
        assert (project / "Dockerfile").read_text() == expected != DOCKERFILE
        assert (project / "Dockerfile.bak").read_text() == DOCKERFILE
        assert not screen.store.unsaved
        await screen.press("q")
        assert screen.app.return_value == 0


async def test_a_file_that_others_change_is_offered_again(
    open_screen: Opener, project: Path
) -> None:
    async with open_screen(request=OpenRequest(path=project)) as screen:
        main = screen.main
        await screen.press("A")
        main.look_at_disk()
        assert not main.banner.display
        (project / "Dockerfile").write_text(DOCKERFILE + "# theirs\n")
        main.look_at_disk()
        assert "Dockerfile changed on the disk" in main.banner.plain
        await settle(screen.pilot)
        await screen.pilot.click("#banner")
        await settle(screen.pilot)
        assert not main.banner.display
        assert screen.store.text("Dockerfile").endswith("# theirs\n")
        assert len(screen.store.plan) == 2
        await screen.press("w", "w")
        main.look_at_disk()
        assert not main.banner.display and not screen.store.unsaved


async def test_write_refuses_and_reloads_a_changed_file(open_screen: Opener, project: Path) -> None:
    request = OpenRequest(path=project)
    async with open_screen(request=request) as screen:
        await screen.press("A")
        theirs = DOCKERFILE.replace("EXPOSE 5000", "EXPOSE 5001")
        (project / "Dockerfile").write_text(theirs)
        await screen.press("w", "w")
        assert isinstance(screen.top(), Dialog)
        assert (project / "Dockerfile").read_text() == theirs
        await screen.press("r")
        assert isinstance(screen.top(), MainScreen)
        assert len(screen.store.plan) == 2
        await screen.press("w", "w")
        written = (project / "Dockerfile").read_text()
        assert "EXPOSE 5001" in written and "COPY requirements.txt" in written


async def test_quit_may_write_first(open_screen: Opener, project: Path) -> None:
    async with open_screen(open_files(project)) as screen:
        await screen.press("A", "q", "w")
        assert isinstance(screen.top(), WriteScreen)
        await screen.press("w")
        assert screen.app.return_value == 0
        assert (project / "Dockerfile").read_text() != DOCKERFILE


async def test_the_patch_goes_to_a_file(open_screen: Opener, project: Path) -> None:
    async with open_screen(open_files(project)) as screen:
        await screen.press("A", "x")
        assert isinstance(screen.top(), PathScreen)
        await screen.press("enter")
        patch = (project / "drydock.patch").read_text()
        assert patch.startswith("--- a/Dockerfile")
        assert (project / "Dockerfile").read_text() == DOCKERFILE


async def test_nothing_found_is_said_with_what_was_skipped(open_screen: Opener) -> None:
    async with open_screen(clean_subject()) as screen:
        assert "Nothing to harden" in shown_text(screen.main.findings_pane)
        assert "No image" in shown_text(screen.main.layers_pane)


async def test_keys_can_be_remapped(open_screen: Opener) -> None:
    preferences = Preferences(keys={"accept-safe": "ctrl+g"})
    async with open_screen(preferences=preferences) as screen:
        await screen.press("A")
        assert not screen.store.plan.fixes
        await screen.press("ctrl+g")
        assert len(screen.store.plan) == 2


async def test_narrow_shows_one_pane_and_broad_the_detail_too(open_screen: Opener) -> None:
    async with open_screen(size=(70, 24)) as screen:
        main = screen.main
        shown = [pane for pane in Pane if main.pane(pane).region.width > 0]
        assert shown == [Pane.FINDINGS]
        await screen.press("1")
        assert [pane for pane in Pane if main.pane(pane).region.width > 0] == [Pane.LAYERS]
        await screen.pilot.resize_terminal(200, 50)
        await settle(screen.pilot)
        assert all(main.pane(pane).region.width > 30 for pane in Pane)
        assert main.detail.region.width > 60 and main.code.region.width > 60


async def test_zoom_and_back(open_screen: Opener) -> None:
    async with open_screen() as screen:
        main = screen.main
        await screen.press("2", "z")
        assert main.findings_pane.region.width == 120
        await screen.press("escape")
        assert main.findings_pane.region.width < 80
        await screen.press("4", "z")
        assert main.code.region.height > 30
        await screen.press("z")
        assert main.layers_pane.region.height > 0


async def test_the_theme_is_remembered(open_screen: Opener) -> None:
    from tui.preferences import load_preferences

    async with open_screen() as screen:
        screen.app.theme = "nord"
        await settle(screen.pilot)
    assert load_preferences().theme == "nord"


async def test_selected_text_is_copied(open_screen: Opener) -> None:
    async with open_screen() as screen:
        main = screen.main
        await screen.press("4")
        await screen.pilot.mouse_down(main.code, offset=(8, 1))
        await screen.pilot.hover(main.code, offset=(12, 1))
        await screen.pilot.mouse_up(main.code, offset=(12, 1))
        await settle(screen.pilot)
        assert main.get_selected_text() in ("FROM", "FROM ")


async def test_the_subject_of_a_folder_opens(open_screen: Opener, project: Path) -> None:
    async with open_screen(request=OpenRequest(path=project)) as screen:
        assert screen.store.opened is not None
        assert screen.main.findings_pane.count == 4
        assert screen.main.loader is None


async def test_a_full_subject_survives_every_key(open_screen: Opener) -> None:
    """Pressing everything that is bound on the main screen, in every pane, breaks nothing."""
    keys = ("space", "f", "s", "S", "b", "b", "n", "N", "v", "z", "z", "y", "m", "u", "ctrl+r",
            "j", "k", "g", "G", "h", "l", "pagedown", "pageup", "ctrl+d", "ctrl+u", "enter",
            "right_square_bracket", "left_square_bracket", "tab", "shift+tab")  # fmt: skip
    async with open_screen(full_subject()) as screen:
        for place in ("1", "2", "3", "4", "5", "6", "8"):
            await screen.pilot.press(place)
            for key in keys:
                await screen.pilot.press(key)
        await settle(screen.pilot)
        assert isinstance(screen.top(), MainScreen)


async def test_a_picture_is_saved(
    open_screen: Opener, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    async with open_screen() as screen:
        await screen.press("3", "g", "m")
        value = screen.store.secrets[screen.main.secrets_pane.order[0]].reveal()
        assert screen.store.revealed is not None
        await screen.press("6", "y", "ctrl+s")
        assert value not in screen.app.clipboard
    saved = list(tmp_path.glob("drydock-*.svg"))
    assert len(saved) == 1
    assert "Findings" in saved[0].read_text() and value not in saved[0].read_text()


async def test_the_report_goes_to_a_file(open_screen: Opener, project: Path) -> None:
    async with open_screen(open_files(project)) as screen:
        await screen.press("x", "ctrl+u", *"report.json", "enter")
        report = json.loads((project / "report.json").read_text())
        assert report["schema"] == "drydock.report/1"
        rules = {one["rule"] for one in report["reports"][0]["findings"]}
        assert "root-user" in rules
        await screen.press("x", "ctrl+u", *"report.txt", "enter")
        assert "root-user" in (project / "report.txt").read_text()


async def test_a_finding_in_another_file_shows_that_file(open_screen: Opener) -> None:
    async with open_screen(full_subject()) as screen:
        main = screen.main
        main.files_shown["compose.yaml"] = [[("services:", "plain")]]
        main.show_links(Links("compose.yaml", (1,), findings=frozenset({"x"})), "findings")
        assert (main.code.path, main.code.count) == ("compose.yaml", 1)
        await screen.press("2", "g", "j")
        assert main.code.path == "Dockerfile"
