"""Opening: what is asked, what is missing, what streams in, and stopping it."""

from __future__ import annotations

import threading
from pathlib import Path

import pytest

from hardening.errors import EngineError, ImageError
from hardening.image.model import Image
from hardening.image.synthetic import make_image
from hardening.opening import OpenRequest
from hardening.progress import SILENT, Progress
from tests.tui.conftest import Opener, opened, settle, shown_text
from tests.tui.subjects import DOCKERFILE, FILES, sketch
from tui.app import DrydockApp
from tui.preferences import Preferences
from tui.screens.dialog import ChoiceBar, Dialog
from tui.screens.main import MainScreen
from tui.screens.opening import OpeningScreen
from tui.widgets.bars import SummaryBar
from tui.widgets.prose import Prose

NO_ENGINE = EngineError("No engine answers", "nothing listens", "Start it, or use an archive")


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with one Dockerfile; it is the current one, and no engine answers."""
    folder = tmp_path / "shop"
    for name, text in {"Dockerfile": DOCKERFILE, **FILES}.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    monkeypatch.chdir(folder)

    def refuse() -> tuple[str, ...]:
        raise NO_ENGINE

    monkeypatch.setattr("hardening.image.engine.list_images", refuse)
    return folder


async def test_a_folder_with_one_dockerfile_opens_it(open_screen: Opener, project: Path) -> None:
    async with open_screen(request=OpenRequest()) as screen:
        assert isinstance(screen.top(), MainScreen)
        assert screen.store.dockerfile_path == "Dockerfile"


async def test_several_are_offered_and_one_is_chosen(open_screen: Opener, project: Path) -> None:
    (project / "Dockerfile.dev").write_text("FROM scratch\n")
    (project / "compose.yaml").write_text("services:\n  web:\n    build: .\n")
    async with open_screen(request=OpenRequest()) as screen:
        top = screen.top()
        assert isinstance(top, OpeningScreen)
        labels = [one.label for one in top.choices.shown]
        assert labels[:2] == ["Dockerfile", "Dockerfile.dev"]
        assert "compose.yaml#web" in labels
        await screen.press(*"dev", "enter")
        assert isinstance(screen.top(), MainScreen)
        assert screen.store.dockerfile_path.endswith("Dockerfile.dev")


async def test_local_images_are_offered(
    open_screen: Opener, project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("hardening.image.engine.list_images", lambda: ("shop:1.4", "db:2"))
    async with open_screen(request=OpenRequest()) as screen:
        await screen.press("o")
        top = screen.top()
        assert isinstance(top, OpeningScreen)
        assert [one.label for one in top.choices.shown if one.image] == ["shop:1.4", "db:2"]
        chosen = next(one for one in top.choices.shown if one.image == "db:2")
        request = chosen.request(OpenRequest(path=project))
        assert request.image == "db:2" and request.path == project


async def test_an_empty_folder_says_what_to_do(
    open_screen: Opener, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    empty = tmp_path / "empty"
    empty.mkdir()
    monkeypatch.chdir(empty)
    monkeypatch.setattr("hardening.image.engine.list_images", lambda: ())
    async with open_screen(request=OpenRequest()) as screen:
        top = screen.top()
        assert isinstance(top, OpeningScreen)
        assert all(one.kind == "Sample" for one in top.choices.shown)
        await screen.press("escape")
        assert screen.app.return_value == 0


async def test_without_an_engine_the_dockerfile_still_works(
    open_screen: Opener, project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(reference: str, **_: object) -> Image:
        raise NO_ENGINE

    monkeypatch.setattr("hardening.image.loading.open_image", refuse)
    async with open_screen(request=OpenRequest(path=project, image="shop:1.4")) as screen:
        main = screen.main
        assert main.banner.display
        assert "No engine answers" in main.banner.plain
        assert "works without it" in main.banner.plain
        assert main.findings_pane.count == 4
        assert screen.store.opened is not None
        await screen.press("i")
        assert isinstance(screen.top(), Dialog)
        await screen.press("escape")
        assert any("No engine answers" in one.reason for one in screen.store.opened.missing)
        await screen.press("A")
        assert len(screen.store.plan) == 2


async def test_where_nothing_was_assessed_nothing_is_celebrated(
    open_screen: Opener, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(reference: str, **_: object) -> Image:
        raise NO_ENGINE

    monkeypatch.setattr("hardening.image.loading.open_image", refuse)
    async with open_screen(request=OpenRequest(image="shop:1.4"), size=(80, 24)) as screen:
        assert isinstance(screen.top(), Dialog)
        await screen.press("escape")
        main = screen.main
        assert "Nothing was assessed" in shown_text(main.findings_pane)
        assert "✓" not in shown_text(main.findings_pane) + shown_text(main.secrets_pane)
        assert str(main.findings_pane.border_title) == "2 Findings"
        summary = main.query_one("#summary", SummaryBar)
        assert "0" not in "".join(text for text, _ in summary.line(160))
        await screen.press("i")
        choices = screen.app.screen.query_one("#choices", ChoiceBar)
        assert screen.app.screen.query_one("#dialog").region.contains_region(choices.region)


async def test_without_an_engine_the_list_says_why_it_has_no_image(
    open_screen: Opener, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse() -> tuple[str, ...]:
        raise NO_ENGINE

    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("hardening.image.engine.list_images", refuse)
    async with open_screen(request=OpenRequest(), size=(80, 24)) as screen:
        note = screen.app.screen.query_one("#opening-note", Prose)
        assert note.display
        assert NO_ENGINE.what in note.plain and NO_ENGINE.next_step in note.plain
        assert note.size.height == note.count <= 4


async def test_a_file_that_is_not_there_is_an_error_that_stays(
    open_screen: Opener, project: Path
) -> None:
    async with open_screen(request=OpenRequest(path=project / "nothing")) as screen:
        assert isinstance(screen.top(), Dialog)
        await screen.press("c")
        assert isinstance(screen.top(), MainScreen)


class Gate:
    """An image source that waits until the test lets it go on, and asks to be stopped."""

    def __init__(self) -> None:
        self.go = threading.Event()
        self.image = make_image(sketch())

    def open_image(self, reference: str, *, platform: str | None = None,
                   progress: Progress = SILENT) -> Image:  # fmt: skip
        progress.start("reading layers", 100)
        while not self.go.wait(0.01):
            progress.advance("reading layers", 1)
            progress.check()
        progress.finish("reading layers")
        return self.image


def shown_bar(main: MainScreen) -> str:
    """The summary bar as it is drawn."""
    return main.summary.render_line(0).text


async def test_facts_stream_in_while_the_screen_works(
    fixed_rules: None, project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    gate = Gate()
    monkeypatch.setattr("hardening.image.loading.open_image", gate.open_image)
    monkeypatch.setattr("hardening.image.loading.load_files", lambda image, **_: image)
    app = DrydockApp(OpenRequest(path=project, image="shop:1.4"), Preferences())
    async with app.run_test(size=(120, 40)) as pilot:
        while not isinstance(app.screen, MainScreen):
            await pilot.pause()
        main = app.screen
        while main.store.report is None or not main.phases.running:
            await pilot.pause()
        assert "Reading layers" in shown_bar(main)
        assert main.layers_pane.count == 0
        await pilot.press("2", "A")
        while len(main.store.plan) != 2:
            await pilot.pause()
        gate.go.set()
        await settle(pilot)
        assert main.layers_pane.count == 7
        assert main.store.secrets
        assert len(main.store.plan) == 2
        assert "eading" not in shown_bar(main)


async def test_reading_the_image_can_be_stopped(
    fixed_rules: None, project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    gate = Gate()
    monkeypatch.setattr("hardening.image.loading.open_image", gate.open_image)
    app = DrydockApp(OpenRequest(path=project, image="shop:1.4"), Preferences())
    async with app.run_test(size=(120, 40)) as pilot:
        while not isinstance(app.screen, MainScreen):
            await pilot.pause()
        main = app.screen
        while main.store.report is None or not main.phases.running:
            await pilot.pause()
        await pilot.press("ctrl+x")
        await settle(pilot)
        assert main.loader is None
        assert "Stopped" in main.banner.plain
        assert main.findings_pane.count == 4


async def test_a_damaged_image_is_told_by_name(
    open_screen: Opener, project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def damaged(image: Image, **_: object) -> Image:
        raise ImageError("Layer 3 does not match its digest", "it was changed", "Save it again")

    waiting = make_image(sketch())
    monkeypatch.setattr("hardening.image.loading.open_image", lambda *_, **__: waiting)
    monkeypatch.setattr("hardening.opening.scan_secrets", damaged)
    async with open_screen(request=OpenRequest(path=project, image="x")) as screen:
        assert "secrets in the layers" in screen.main.banner.plain
        assert "Layer 3" in screen.main.banner.plain
        assert screen.main.layers_pane.count == 7


async def test_reloading_keeps_the_plan(open_screen: Opener, project: Path) -> None:
    async with open_screen(request=OpenRequest(path=project)) as screen:
        await screen.press("A")
        (project / "Dockerfile").write_text(DOCKERFILE.replace("5000", "5001"))
        await screen.press("f5")
        assert "EXPOSE 5001" in screen.store.text("Dockerfile")
        assert len(screen.store.plan) == 2
        assert screen.store.current is not None
        assert len(screen.store.current.applied) == 2


async def test_the_editor_opens_at_the_line_and_the_file_is_read_again(
    open_screen: Opener, project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from contextlib import nullcontext

    from tui.outside import editor_command

    script = project.parent / "edit.sh"
    script.write_text(f'#!/bin/sh\necho "$@" > {project.parent}/called\n'
                      f"sed -i s/5000/5002/ {project}/Dockerfile\n")  # fmt: skip
    script.chmod(0o755)
    monkeypatch.delenv("VISUAL", raising=False)
    monkeypatch.setenv("EDITOR", f"{script} --wait")
    async with open_screen(request=OpenRequest(path=project)) as screen:
        monkeypatch.setattr(screen.app, "suspend", nullcontext)
        await screen.press("4", "e")
        await opened(screen.pilot)
        assert (project.parent / "called").read_text().split()[0] == "--wait"
        assert "EXPOSE 5002" in screen.store.text("Dockerfile")
    monkeypatch.setenv("VISUAL", "code")
    assert editor_command(project / "Dockerfile", 7) == [
        "code", "--wait", "--goto", f"{project}/Dockerfile:7",
    ]  # fmt: skip
    monkeypatch.setenv("VISUAL", "vim -u NONE")
    assert editor_command(project, 7) == ["vim", "-u", "NONE", "+7", str(project)]
