"""Hostile text in every place that an image, a Dockerfile or a rule can fill: nothing breaks."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from importlib import import_module

import pytest

from hardening.advisories.assessment import Assessment, Row
from hardening.advisories.model import Feed, Rating, Vulnerability
from hardening.errors import DrydockError
from hardening.image.model import Origin
from hardening.image.synthetic import FileSketch, ImageSketch, LayerSketch
from hardening.inventory.model import Inventory, Package
from hardening.model import Evidence, FilePlace, Finding, Fix, Severity, Span, unknown
from hardening.opening import memory_subject
from hardening.rules.frame import Example, Rule
from hardening.skipped import Skipped
from hardening.subject import Subject
from tests.tui.conftest import Opener, settle, use_rules
from tui.loading import Loader
from tui.messages import PhaseChanged
from tui.screens.dialog import error_dialog
from tui.screens.main import MainScreen
from tui.widgets.lines import Lines

NASTY = (
    "[red]x[/red] [/nope] [@click=app.quit]y[/]",
    "\x1b[31mred\x1b[0m \x1b]0;title\x07 \x9b2J",
    "\u202eevil\u202c \u2066x\u2069 a\u200bb\ufeff",
    "日本語テキスト 👩‍👩‍👧‍👦 🇩🇪 e\u0301\u0301\u0301\u0301\u0301",
    "\x00\x01\x7f\udc80\udcff",
    "x" * 10_000,
    "\t" * 300 + "\r\r\n",
    "",
)
ALL = " ".join(NASTY)


def nasty_rule() -> Rule:
    rule = Rule(title=ALL, severity=Severity.HIGH, why=ALL, references=(ALL,), aliases=(ALL,),
                bad=(Example("FROM a\n"),), good=(Example("FROM b\n"),))  # fmt: skip
    rule.id, rule.theme = "nasty", "test"

    @rule.check
    def find(subject: Subject) -> Iterator[Finding]:
        assert subject.dockerfile is not None
        for number, text in enumerate(NASTY):
            fix = Fix("f", text, (), (unknown(text, text),), text)
            place = FilePlace(subject.dockerfile.path, Span(0, 1), 1, 1)
            found = rule.finding(subject, text, at=place, about=f"{number}{text}", fixes=(fix,),
                                 evidence=(Evidence(text, place),), tip=text)  # fmt: skip
            yield replace(found, sources=(text,))

    return rule


def nasty_subject() -> Subject:
    names = [text.replace("/", "_").replace("\0", "").strip(".") for text in NASTY]
    files: dict[str, str | bytes | FileSketch | None] = {
        f"dir/{name[:200]}-{number}": FileSketch(text.encode("utf-8", "surrogateescape"), link=None)
        for number, (name, text) in enumerate(zip(names, NASTY, strict=True))
    }
    image = ImageSketch(
        reference=ALL[:300],
        env={"X": ALL},
        labels={ALL: ALL},
        layers=(
            LayerSketch(files=files, command=ALL),
            *(LayerSketch(files={"a": text[:50].encode("utf-8", "surrogateescape")}, command=text)
              for text in NASTY),
        ),
    )  # fmt: skip
    lines = "\n".join(f"RUN echo {text}" for text in NASTY)
    subject = memory_subject(f"FROM scratch\n{lines}\n{ALL}\n", image=image)
    packages = tuple(
        Package("deb" if number % 2 else text, text, text, text, text, text, text, number % 3,
                Origin.OWN if number % 2 else Origin.BASE, arch=text,
                owned_by=text if number == 2 else None)
        for number, text in enumerate(NASTY)
    )  # fmt: skip
    found = tuple(
        Row(Vulnerability(text, text, text, text, text, Rating(severity, text, 9.9), text, (text,),
                          text, True, 0.5, text if number == 3 else ""), (package,))
        for number, (text, package, severity) in enumerate(
            zip(NASTY, packages, [None, *Severity, None, None], strict=True))
    )  # fmt: skip
    said = Skipped(ALL, ALL, ALL)
    feed = Feed(ALL, 1, ALL, ALL, ALL)
    return replace(
        subject,
        inventory=Inventory(packages, None, (said,)),
        assessment=Assessment(found, (feed,), (said,), len(packages)),
    )


@pytest.mark.parametrize("size", [(40, 12), (80, 24), (120, 40), (200, 50)])
async def test_nothing_breaks(
    open_screen: Opener, monkeypatch: pytest.MonkeyPatch, size: tuple[int, int]
) -> None:
    rules = (nasty_rule(),)
    use_rules(monkeypatch, rules)
    monkeypatch.setattr(import_module("hardening.rules"), "rule_by_id", lambda name: rules[0])
    async with open_screen(nasty_subject(), size=size) as screen:
        assert screen.main.findings_pane.count == len(NASTY)
        for place in ("1", "2", "3", "4", "5", "6", "7", "8", "9", "0"):
            await screen.press(place)
            for key in ("j", "j", "l", "l", "G", "v", "y", "g", "enter", "s", "H", "b"):
                await screen.pilot.press(key)
                while not isinstance(screen.top(), MainScreen):
                    await settle(screen.pilot)
                    await screen.press("escape")
        await settle(screen.pilot)
        assert isinstance(screen.top(), MainScreen)
        for widget in screen.main.query(Lines):
            for y in range(widget.size.height):
                strip = widget.render_line(y)
                assert strip.cell_length == widget.scrollable_content_region.width
                assert not set(strip.text) & {"\x1b", "\x9b", "\x00", "\u202e", "\n", "\t"}


async def test_hostile_errors_phases_and_names(open_screen: Opener) -> None:
    async with open_screen() as screen:
        main = screen.main
        main.show_error(DrydockError(ALL, ALL, ALL))
        await settle(screen.pilot)
        await screen.press("escape")
        main._explain(DrydockError(ALL, ALL, ALL))
        main.post_message(PhaseChanged(main._opening, ALL, 5, 3, ALL))
        screen.app.push_screen(error_dialog("[b]", "[/b]", "[/]"))
        await settle(screen.pilot)
        await screen.press("escape", "2", "slash", *"[/x]", "enter", "escape")
        main.notify(ALL, title=ALL[:50], markup=False)
        await settle(screen.pilot)
        assert isinstance(screen.top(), MainScreen)


def test_a_crash_while_opening_is_told_not_raised() -> None:
    from pathlib import Path

    from hardening.opening import OpenRequest
    from tui.messages import OpeningEnded

    told: list[object] = []
    Loader(OpenRequest(path=Path("/no/such/place")), 1, told.append).run()
    assert isinstance(told[-1], OpeningEnded)
    assert told[-1].error is not None
