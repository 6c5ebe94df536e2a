"""The Packages and Vulnerabilities tabs on the screen, through Pilot."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from importlib import import_module
from threading import Event

import pytest

from hardening.advisories.assessment import Assessment
from hardening.advisories.model import Feed
from hardening.errors import InputError
from hardening.inventory.model import Inventory
from hardening.opening import OpenRequest
from hardening.rules import rule_by_id
from hardening.skipped import Skipped
from hardening.subject import Subject
from tests.tui.conftest import Opener, Screen, settle, shown_text, use_rules
from tests.tui.contents import FEED, assessment_of, packed_subject
from tui.leads import data_cells, lead_cells
from tui.loading import Loader
from tui.messages import OpeningEnded, SubjectReady
from tui.package_detail import no_packages, no_vulnerabilities
from tui.phases import waiting_words
from tui.pointers import GroupPointer, PackagePointer, VulnerabilityPointer
from tui.rows import Cells
from tui.widgets.grouped import GroupedLines


def words(lines: list[Cells]) -> str:
    return "\n".join("".join(text for text, _ in line) for line in lines)


def view(screen: Screen, name: str) -> GroupedLines:
    return screen.main.query_one(f"#{name}", GroupedLines)


def summary(screen: Screen) -> str:
    from tui.headline import summary_cells

    return "".join(text for text, _ in summary_cells(screen.store, 160))


async def to_vulnerability(screen: Screen, name: str) -> None:
    """Put the cursor of the Vulnerabilities tab on one of them."""
    await screen.press("0")
    shown = view(screen, "vulnerabilities")
    items = screen.store.vulnerabilities.items
    number = next(n for n, one in enumerate(items) if one.vulnerability.id == name)
    row = screen.store.vulnerabilities.tree.row_of(number)
    assert row is not None
    await screen.press("g", *["j"] * row)
    assert shown.twig is not None and shown.twig.item == number


async def test_both_tabs_are_filled_and_counted(open_screen: Opener) -> None:
    async with open_screen(packed_subject()) as screen:
        await screen.press("9")
        assert view(screen, "packages").count == 2 + 8
        assert screen.main.place == "packages"
        await screen.press("0")
        assert [t.branch.title for t in view(screen, "vulnerabilities")._shown
                if t.branch is not None and not t.depth] == [
            "Base bump", "Apt upgrade", "Pip upgrade", "No fix"]  # fmt: skip
        assert "5 vulnerabilities ◆ 1 ▲ 1 ● 1 ? 1 ○ 1" in summary(screen)


@pytest.mark.parametrize(
    ("name", "line", "layer"),
    [("CVE-2099-0001", 1, 0), ("CVE-2099-0003", 2, 1), ("CVE-2099-0004", 4, 3)],
)
async def test_a_vulnerability_moves_the_cursors_to_what_brought_it(
    open_screen: Opener, name: str, line: int, layer: int
) -> None:
    async with open_screen(packed_subject()) as screen:
        await to_vulnerability(screen, name)
        main = screen.main
        assert isinstance(screen.pointer(), VulnerabilityPointer)
        assert main.code.line == line
        assert main.layers_pane.order[main.layers_pane.cursor] == layer


async def test_a_package_moves_the_cursors_too(open_screen: Opener) -> None:
    async with open_screen(packed_subject()) as screen:
        await screen.press("9", "slash", *"jinja", "enter")
        shown = view(screen, "packages")
        await screen.press("j")
        assert isinstance(screen.pointer(), PackagePointer)
        assert shown.twig is not None and shown.twig.item is not None
        assert screen.main.code.line == 4
        await screen.press("escape")
        assert shown.count == 10
        assert screen.main.place == "packages"


async def test_a_layer_marks_its_packages(open_screen: Opener) -> None:
    async with open_screen(packed_subject()) as screen:
        await screen.press("9", "1", "g", "j", "j", "j")
        shown = view(screen, "packages")
        marked = {shown._shown[row].item for row in shown.linked}
        names = {screen.store.packages.items[n].package.name for n in marked if n is not None}
        assert names == {"Flask", "Jinja2"}


async def test_the_detail_says_what_and_what_mends_it(open_screen: Opener) -> None:
    async with open_screen(packed_subject()) as screen:
        await to_vulnerability(screen, "CVE-2099-0001")
        await screen.press("enter")
        told = screen.main.detail.plain
        assert screen.main.tab == "detail"
        for part in ("CVE-2099-0001", "A crafted name overflows", "says a made up rater",
                     "known exploited", "94% chance", "3.0.11-1 → 3.0.13-1  base bump",
                     "libssl3 3.0.11-1  /var/lib/dpkg/status", "came with the base image",
                     "Dockerfile:1", "X-CVE-2099-0001", "imported 2026-11-01"):  # fmt: skip
            assert part in told


async def test_the_detail_of_packages_and_groups(open_screen: Opener) -> None:
    async with open_screen(packed_subject()) as screen:
        await screen.press("9", "H", "slash", *"six", "enter", "j", "enter")
        assert "curl owns it" in screen.main.detail.plain
        await screen.press("0", "g")
        pointer = screen.pointer()
        assert isinstance(pointer, GroupPointer) and len(pointer.numbers) == 1
        await screen.press("6")
        assert "libssl3, openssl" in screen.main.detail.plain


async def test_grouping_sorting_and_hidden_ones(open_screen: Opener) -> None:
    async with open_screen(packed_subject()) as screen:
        listed = screen.store.vulnerabilities
        await screen.press("0", "v")
        assert listed.grouping == "layer"
        await screen.press("s")
        assert listed.sorting.column == "severity"
        await screen.press("S")
        assert listed.sorting.reverse
        before = len(listed.tree)
        await screen.press("H")
        assert len(listed.tree) == before + 1
        await screen.press("H")
        assert len(listed.tree) == before


async def test_what_is_copied(open_screen: Opener) -> None:
    async with open_screen(packed_subject()) as screen:
        await to_vulnerability(screen, "CVE-2099-0001")
        assert screen.main.copy_text() == "CVE-2099-0001 openssl 3.0.11-1 → 3.0.13-1"
        await screen.press("9", "g")
        assert screen.main.copy_text().count("pkg:deb/") == 6
        await screen.press("j")
        assert screen.main.copy_text().startswith("pkg:deb/debian/bash@5.2.15-2")


async def test_groups_open_and_close(open_screen: Opener) -> None:
    async with open_screen(packed_subject()) as screen:
        await screen.press("9", "g")
        shown = view(screen, "packages")
        count = shown.count
        await screen.press("h")
        assert shown.count == count - 6
        await screen.press("l", "l", "h")
        assert (shown.count, shown.cursor) == (count, 0)
        await screen.press("space", "enter", "j", "h")
        assert (shown.count, shown.cursor) == (count, 0)


async def test_base_or_own_in_every_pane(open_screen: Opener) -> None:
    async with open_screen(packed_subject()) as screen:
        await screen.press("9", "b")
        assert list(screen.main.layers_pane.order) == [1, 2, 3]
        assert len(screen.store.packages.tree) == 4
        assert len(screen.store.vulnerabilities.tree) == 2
        assert "Vulnerabilities 2 of 5" in screen.main.tabs.render_line(0).text
        await screen.press("b")
        assert list(screen.main.layers_pane.order) == [0]
        assert len(screen.store.packages.tree) == 4
        await screen.press("escape")
        assert len(screen.store.packages.tree) == 8


async def test_a_plan_keeps_the_packages(open_screen: Opener) -> None:
    async with open_screen(packed_subject()) as screen:
        await screen.press("9", "2", "A")
        await settle(screen.pilot)
        assert view(screen, "packages").count == 10
        assert screen.store.vulnerabilities.items


async def test_a_line_above_tells_what_mends_how_many_and_how_old_the_data_is(
    open_screen: Opener,
) -> None:
    skipped = (Skipped("2 packages", "no advisory data"),)
    subject = packed_subject(lambda inventory: assessment_of(inventory, skipped=skipped))
    async with open_screen(replace(subject, today=date(2026, 11, 2))) as screen:
        await screen.press("0")
        lead = shown_text(view(screen, "vulnerabilities")).split("\n")[0]
        for part in ("1 base bump", "2 no fix", "1 hidden (H)", "1 not assessed (i)", "data of 20"):
            assert part in lead
        await screen.press("H")
        assert "1 more shown (H)" in shown_text(view(screen, "vulnerabilities"))


def test_old_data_shows_its_dates() -> None:
    old = Feed("a", 3, "2026-11-01T00:00:00Z", "2023-04-01T00:00:00Z")
    young = Feed("b", 3, "2026-11-01T00:00:00Z", "2026-10-30T00:00:00Z")
    today = date(2026, 11, 2)
    assert list(data_cells(Assessment(feeds=(young, old)), today)) == [
        ("▲ old data: 2023-04-01 to 2026-10-30", "warn")]  # fmt: skip
    assert list(data_cells(Assessment(feeds=(young,)), today)) == [
        ("data of 2026-10-30", "muted")]  # fmt: skip
    assert list(data_cells(Assessment(), today)) == []


def test_what_matters_most_stays_in_a_narrow_line() -> None:
    parts = (("first", "muted"), ("second", "warn"), ("third", "muted"))
    assert words([lead_cells(parts, 40)]) == "first · second · third"
    assert words([lead_cells(parts, 18)]) == "second · third"
    assert words([lead_cells(parts, 3)]) == ""


async def test_groups_say_how_bad_they_are(open_screen: Opener) -> None:
    async with open_screen(packed_subject()) as screen:
        await screen.press("0")
        assert "Base bump  1   ◆ 1" in shown_text(view(screen, "vulnerabilities"))


async def test_what_accepted_fixes_change_is_in_hand(vulnerability_rules: Opener) -> None:
    async with vulnerability_rules(packed_subject()) as screen:
        await to_vulnerability(screen, "CVE-2099-0001")
        await screen.press("space")
        names = {screen.store.vulnerabilities.items[n].vulnerability.id
                 for n in screen.store.vulnerabilities.in_hand}  # fmt: skip
        assert names == {"CVE-2099-0001", "CVE-2099-0002", "CVE-2099-0005"}
        assert "(3 in hand)" in summary(screen)
        assert "3 in hand" in shown_text(view(screen, "vulnerabilities"))
        await screen.press("6")
        assert "next build shows" in screen.main.detail.plain
        await screen.press("u")
        assert not screen.store.vulnerabilities.in_hand


# What is not there


def test_without_data_it_is_not_assessed() -> None:
    skipped = Skipped("8 packages", "there is no advisory data", "Run `drydock db update`.")
    subject = packed_subject(lambda inventory: Assessment(not_assessed=(skipped,)))
    told = words(no_vulnerabilities(subject, loading=False))
    assert "Not assessed: there is no advisory data" in told
    assert "drydock db update" in told and "drydock db import PATH" in told
    assert "✓" not in told


def test_zero_is_only_said_of_what_was_looked_up() -> None:
    clean = packed_subject(lambda inventory: assessment_of(inventory, ()))
    assert "✓ No known vulnerability in 9 packages" in words(
        no_vulnerabilities(clean, loading=False)
    )
    partly = Skipped("Debian:12", "no advisory data for Debian:12", "Run `drydock db update`.")
    subject = packed_subject(lambda inventory: assessment_of(inventory, (), (partly,)))
    told = words(no_vulnerabilities(subject, loading=False))
    assert "✓" not in told and "no advisory data for Debian:12" in told
    assert FEED.imported[:10] in told
    nothing = replace(
        subject, assessment=Assessment(feeds=(FEED,), not_assessed=(partly,), assessed=0)
    )
    assert "covers none of the packages" in words(no_vulnerabilities(nothing, loading=False))


async def test_the_summary_bar_says_not_assessed(open_screen: Opener) -> None:
    subject = packed_subject(lambda inventory: Assessment())
    async with open_screen(subject) as screen:
        assert "vulnerabilities not assessed" in summary(screen)
        await screen.press("0")
        assert view(screen, "vulnerabilities").count == 0


def test_every_stage_has_its_words() -> None:
    subject = packed_subject(lambda inventory: None)
    without = replace(subject, image=None, inventory=None)
    unread = replace(subject, inventory=None)
    empty = replace(subject, inventory=Inventory((), None))
    assert "Opening" in words(no_packages(None, loading=True))
    assert "No image" in words(no_packages(without, loading=False))
    assert "being opened" in words(no_packages(without, loading=True))
    assert "being read" in words(no_vulnerabilities(unread, loading=True))
    assert "were not read" in words(no_packages(unread, loading=False))
    reason = Skipped("packages", "The database is damaged: it has no header", "Save it again")
    failed = replace(unread, missing=(reason, replace(reason, what="vulnerabilities")))
    for told in (no_packages(failed, loading=True), no_vulnerabilities(failed, loading=True)):
        assert "Not assessed: The database is damaged: it has no header" in words(told)
    assert "No package was found" in words(no_packages(empty, loading=False))
    assert "being looked up" in words(no_vulnerabilities(subject, loading=True))


# Loading


def loaded(
    monkeypatch: pytest.MonkeyPatch, module: str = "", step: str = "", instead: object = None
) -> list[object]:
    """What a loader tells of an image in memory; a step of a module may be replaced."""
    subject = replace(packed_subject(), secrets=None, inventory=None, assessment=None)
    if module:
        monkeypatch.setattr(import_module(module), step, instead)
    told: list[object] = []
    loader = Loader(OpenRequest(), 1, told.append)
    monkeypatch.setattr(loader, "_files", lambda: replace(subject, image=None))
    monkeypatch.setattr(loader, "request", OpenRequest(image="shop:2.0"))
    monkeypatch.setattr(import_module("hardening.image.loading"), "open_image",
                        lambda *_, **__: subject.image)  # fmt: skip
    loader.run()
    return told


def subjects(told: list[object]) -> list[Subject]:
    return [one.subject for one in told if isinstance(one, SubjectReady)]


def test_packages_stream_in_before_the_secrets(
    monkeypatch: pytest.MonkeyPatch, tmp_path: object
) -> None:
    monkeypatch.setenv("DRYDOCK_DATA_DIR", str(tmp_path))
    told = loaded(monkeypatch)
    facts = [(one.inventory is not None, one.assessment is not None, one.secrets is not None)
             for one in subjects(told)]  # fmt: skip
    assert facts == [(False,) * 3, (False,) * 3, (True, False, False), (True, True, False),
                     (True, True, True)]  # fmt: skip
    assert [waiting_words(one.missing) for one in subjects(told)] == [
        ("image", "packages", "vulnerabilities", "secrets in the layers"),
        ("packages", "vulnerabilities", "secrets in the layers"),
        ("vulnerabilities", "secrets in the layers"), ("secrets in the layers",), ()]  # fmt: skip
    assert isinstance(told[-1], OpeningEnded) and told[-1].error is None


@pytest.mark.parametrize(
    ("module", "step", "missing"),
    [
        ("hardening.opening.packages", "take_inventory", ["packages", "vulnerabilities"]),
        ("hardening.opening.packages", "assess_or_say", ["vulnerabilities"]),
        ("hardening.opening", "scan_secrets", ["secrets in the layers"]),
    ],
)
def test_a_step_that_breaks_is_told_and_the_rest_goes_on(
    monkeypatch: pytest.MonkeyPatch, module: str, step: str, missing: list[str]
) -> None:
    def breaks(*_: object, **__: object) -> Subject:
        raise ValueError("no such thing")

    told = loaded(monkeypatch, module, step, breaks)
    last = subjects(told)[-1]
    assert [one.what for one in last.missing] == missing
    assert all("no such thing" in one.reason for one in last.missing)
    facts = {"packages": last.inventory, "vulnerabilities": last.assessment,
             "secrets in the layers": last.secrets}  # fmt: skip
    assert [what for what, fact in facts.items() if fact is None] == missing
    assert isinstance(told[-1], OpeningEnded) and told[-1].error is None


def test_a_damaged_store_is_a_message(monkeypatch: pytest.MonkeyPatch) -> None:
    def damaged(inventory: Inventory) -> Assessment:
        raise InputError("Cannot read the advisory store", "it is damaged", "Import again")

    monkeypatch.setattr(import_module("hardening.advisories.assessment"), "assess", damaged)
    last = subjects(loaded(monkeypatch))[-1]
    told = words(no_vulnerabilities(last, loading=False))
    assert "Not assessed" in told and "it is damaged" in told


def test_reading_packages_can_be_stopped(monkeypatch: pytest.MonkeyPatch) -> None:
    def stopped(subject: Subject, *, progress: object) -> Subject:
        stop = getattr(progress, "_stop", None)
        assert isinstance(stop, Event)
        stop.set()
        return subject

    told = loaded(monkeypatch, "hardening.opening.packages", "take_inventory", stopped)
    assert isinstance(told[-1], OpeningEnded) and told[-1].error is not None
    assert subjects(told)[-1].image is not None


async def test_reading_again_looks_up_again(
    open_screen: Opener, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Data that was imported meanwhile is used after f5."""
    use_rules(monkeypatch, ())
    async with open_screen(packed_subject(lambda inventory: Assessment())) as screen:
        fresh = packed_subject()
        packages = import_module("hardening.opening.packages")
        monkeypatch.setattr(packages, "assess_or_say", lambda subject: fresh)
        screen.main._look_up_again(fresh)
        await settle(screen.pilot)
        assert len(screen.store.vulnerabilities.items) == 6


# Findings about packages


@pytest.fixture
def vulnerability_rules(monkeypatch: pytest.MonkeyPatch, open_screen: Opener) -> Opener:
    names = ("vulnerable-base", "vulnerable-package", "vulnerability-without-fix")
    use_rules(monkeypatch, tuple(rule for name in names if (rule := rule_by_id(name)) is not None))
    return open_screen


async def test_space_on_a_vulnerability_accepts_what_mends_it(vulnerability_rules: Opener) -> None:
    async with vulnerability_rules(packed_subject()) as screen:
        await to_vulnerability(screen, "CVE-2099-0001")
        row = screen.main.current_row
        assert row is not None and row.finding.rule == "vulnerable-base"
        assert screen.main.key_label("toggle-folder", "") == "accept"
        await screen.press("space")
        assert "FROM debian:13" in screen.store.text("Dockerfile")
        assert screen.main.key_label("toggle-folder", "") == "take back"
        await screen.press("space")
        assert "FROM debian:12" in screen.store.text("Dockerfile")


@pytest.mark.parametrize(
    ("name", "rule"),
    [("CVE-2099-0002", "vulnerability-without-fix"), ("CVE-2099-0003", "vulnerable-package")],
)
async def test_a_vulnerability_leads_to_its_own_finding(
    vulnerability_rules: Opener, name: str, rule: str
) -> None:
    async with vulnerability_rules(packed_subject()) as screen:
        await to_vulnerability(screen, name)
        keys = screen.store.links().findings
        rows = [one for one in screen.store.all_rows() if one.key in keys]
        assert [one.finding.rule for one in rows] == [rule]


async def test_a_finding_marks_its_vulnerabilities(vulnerability_rules: Opener) -> None:
    async with vulnerability_rules(packed_subject()) as screen:
        await screen.press("0", "h", "2", "g")
        row = screen.main.current_row
        assert row is not None and row.finding.rule == "vulnerable-base"
        shown = view(screen, "vulnerabilities")
        marked = [shown._shown[n].item for n in shown.linked]
        items = screen.store.vulnerabilities.items
        assert [items[n].vulnerability.id for n in marked if n is not None] == ["CVE-2099-0001"]


async def test_a_click_on_a_vulnerability_changes_nothing(vulnerability_rules: Opener) -> None:
    async with vulnerability_rules(packed_subject()) as screen:
        await screen.press("0")
        await screen.pilot.click("#vulnerabilities", offset=(10, 4))
        await settle(screen.pilot)
        assert isinstance(screen.pointer(), VulnerabilityPointer)
        assert not screen.store.plan.fixes
        await screen.pilot.click("#vulnerabilities", offset=(3, 2))
        await settle(screen.pilot)
        assert isinstance(screen.pointer(), GroupPointer)
