"""The view model, without Textual."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import replace
from functools import partial

import pytest

from hardening.model import RunConfiguration, Severity
from hardening.opening import memory_subject
from hardening.plan import Plan
from hardening.replay import replay as real_replay
from hardening.rules import rule_by_id
from tests.tui.contents import packed_subject
from tests.tui.rules import RULES
from tests.tui.subjects import TOKEN, clean_subject, full_subject
from tui.findings import FindingRow, Mark, line_map
from tui.masking import Masks, joined_secrets, text_secrets
from tui.ordering import Pane
from tui.pointers import FilePointer, FindingPointer, LayerPointer, LinePointer, SecretPointer
from tui.sides import Side
from tui.state import Store

replay = partial(real_replay, rules=RULES)


def analysed(store: Store) -> Store:
    """The store with the answer to its newest replay."""
    assert store.opened is not None
    baseline = replay(store.opened, Plan()).report
    current = replay(store.opened, store.plan)
    assert store.show(current, baseline, store.generation, text_secrets(current.subject.texts))
    return store


@pytest.fixture
def store() -> Store:
    store = Store()
    store.open(full_subject())
    return analysed(store)


def busy(store: Store) -> bool:
    return store.replaying


def row(store: Store, rule: str) -> FindingRow:
    return next(one for one in store.finding_rows() if one.finding.rule == rule)


def test_the_view_model_needs_no_textual() -> None:
    code = "import sys, tui.state, tui.rows, tui.links, tui.files, tui.difference, tui.detail;"
    code += "assert not [m for m in sys.modules if m.split('.')[0] == 'textual']"
    subprocess.run([sys.executable, "-c", code], check=True)


def test_findings_come_severest_first(store: Store) -> None:
    severities = [one.finding.severity for one in store.finding_rows()]
    assert severities == sorted(severities, reverse=True)
    assert severities[0] is Severity.HIGH


def test_accepting_keeps_the_finding_in_its_place_and_marks_it(store: Store) -> None:
    before = [one.key for one in store.finding_rows()]
    fix = store.accept(row(store, "add-instead-of-copy").finding)
    assert fix is not None and fix.name == "use-copy"
    assert row(store, "add-instead-of-copy").mark is Mark.PENDING
    assert busy(store)
    analysed(store)
    assert not busy(store)
    assert row(store, "add-instead-of-copy").mark is Mark.ACCEPTED
    assert [one.key for one in store.finding_rows()] == before
    assert "COPY requirements.txt" in store.text("Dockerfile")
    assert store.unsaved == 1


def test_taking_back_undo_and_redo(store: Store) -> None:
    store.accept(row(store, "maintainer").finding)
    store.accept(row(store, "add-instead-of-copy").finding)
    two = store.plan
    store.take_back(row(store, "maintainer").key)
    assert len(store.plan) == 1
    assert store.undo() and store.plan == two
    assert store.undo() and len(store.plan) == 1
    assert store.redo() and store.redo() and len(store.plan) == 1
    assert not store.redo()
    store.accept(row(store, "maintainer").finding)
    assert not store.can_redo


def test_what_is_taken_back_stays_in_its_place_at_once(store: Store) -> None:
    before = [one.key for one in store.finding_rows()]
    store.accept(row(store, "root-user").finding)
    analysed(store)
    store.take_back(row(store, "root-user").key)
    assert [one.key for one in store.finding_rows()] == before
    assert row(store, "root-user").mark is Mark.OPEN
    analysed(store)
    assert [one.key for one in store.finding_rows()] == before


def test_a_mended_finding_of_another_file_leads_to_that_file() -> None:
    compose = "services:\n  db:\n    image: debian:12\n  web:\n    build: .\n"
    run = RunConfiguration("compose.yaml#web", "compose.yaml", "web")
    files = {"compose.yaml": compose}
    subject = memory_subject('FROM debian:12\nENTRYPOINT ["/app"]\n', files=files, run=run)
    rule = rule_by_id("new-privileges-allowed")
    assert rule is not None
    store = Store()
    store.open(subject)
    before = real_replay(subject, store.plan, rules=(rule,))
    store.show(before, before.report, store.generation)
    finding = store.finding_rows()[0].finding
    assert store.point(FindingPointer(finding.key)).path == "compose.yaml"
    store.accept(finding)
    store.show(real_replay(subject, store.plan, rules=(rule,)), None, store.generation)
    assert store.row_of(finding.key)
    links = store.links()
    assert (links.path, links.lines) == ("compose.yaml", (4,))
    assert links.findings == {finding.key}


def test_a_stale_answer_is_not_shown(store: Store) -> None:
    assert store.opened is not None
    old = replay(store.opened, store.plan)
    stale = store.generation
    store.accept(row(store, "maintainer").finding)
    assert not store.show(old, None, stale)
    assert row(store, "maintainer").mark is Mark.PENDING


def test_cycling_the_fixes_of_a_finding(store: Store) -> None:
    finding = row(store, "root-user").finding
    assert store.fix_of(finding) is not None
    names = [fix.name for fix in (store.cycle(finding), store.cycle(finding)) if fix]
    assert sorted(names) == ["add-user", "use-nobody"]
    store.accept(finding)
    chosen = store.cycle(finding)
    assert chosen is not None and store.plan.fixes[0].endswith(chosen.name)
    assert len(store.plan) == 1
    assert store.cycle(row(store, "maintainer").finding) is None


def test_a_finding_without_a_patch_cannot_be_accepted(store: Store) -> None:
    assert store.accept(row(store, "unpinned-base").finding) is None
    assert not store.plan.fixes


def test_a_refused_fix_says_why(store: Store) -> None:
    finding = row(store, "maintainer").finding
    store.accept(finding)
    assert store.opened is not None
    text = store.opened.texts["Dockerfile"].replace("MAINTAINER web-team@example.com\n", "")
    store.open(memory_subject(text))
    analysed(store)
    refused = row(store, "maintainer")
    assert refused.mark is Mark.DROPPED
    assert "gone" in refused.note


def test_writing_makes_the_patched_text_the_opened_one(store: Store) -> None:
    store.accept(row(store, "maintainer").finding)
    analysed(store)
    patched = store.text("Dockerfile")
    store.written()
    assert store.opened is not None and store.opened.texts["Dockerfile"] == patched
    assert not store.unsaved and not store.can_undo
    assert "maintainer" not in [one.finding.rule for one in store.finding_rows()]
    analysed(store)
    assert all(one.finding.rule != "maintainer" for one in store.finding_rows())


def test_filters_narrow_by_words_in_any_order(store: Store) -> None:
    store.set_filter(Pane.FINDINGS, "root HIGH")
    assert [one.finding.rule for one in store.finding_rows()] == ["root-user"]
    store.set_filter(Pane.FINDINGS, "DL3020")
    assert [one.finding.rule for one in store.finding_rows()] == ["add-instead-of-copy"]
    store.set_filter(Pane.FINDINGS, "")
    store.set_filter(Pane.LAYERS, "pip.conf")
    assert store.layer_order() == (4, 5)
    store.set_filter(Pane.SECRETS, "github")
    assert len(store.secret_order()) == 1


def test_sorting_turns_round_on_the_second_time(store: Store) -> None:
    store.sort_by(Pane.FINDINGS, "line")
    lines = [one.line or 1 << 30 for one in store.finding_rows()]
    assert lines == sorted(lines)
    assert store.sort_by(Pane.FINDINGS, "line").reverse
    assert [one.line or 1 << 30 for one in store.finding_rows()] == lines[::-1]
    store.sort_by(Pane.LAYERS, "size")
    assert store.layer_order()[0] == 2


def test_own_layers_only(store: Store) -> None:
    assert len(store.layer_order()) == 7
    store.side = Side.OWN
    assert store.layer_order() == (2, 3, 4, 5, 6)


def test_a_line_leads_to_its_layer_and_its_findings(store: Store) -> None:
    line = store.text("Dockerfile").split("\n").index("RUN apt-get update") + 1
    links = store.point(LinePointer("Dockerfile", line))
    assert links.layers == (2,)
    add_line = store.text("Dockerfile").split("\n").index("ADD requirements.txt .") + 1
    links = store.point(LinePointer("Dockerfile", add_line))
    assert links.findings == {row(store, "add-instead-of-copy").key}


def test_a_layer_leads_to_its_line_and_its_secrets(store: Store) -> None:
    links = store.point(LayerPointer(4))
    text = store.text("Dockerfile").split("\n")
    assert [text[line - 1] for line in links.lines] == ["COPY pip.conf /etc/pip.conf"]
    titles = {store.secrets[n].rule for n in links.secrets}
    assert "github-token" in titles


def test_base_layers_lead_to_the_from_line(store: Store) -> None:
    links = store.point(LayerPointer(0))
    assert links.lines == (2,)


def test_a_secret_leads_to_its_layers_and_files(store: Store) -> None:
    number = next(n for n, one in enumerate(store.secrets) if one.rule == "github-token")
    links = store.point(SecretPointer(number))
    assert 4 in links.layers
    assert (4, "etc/pip.conf") in links.files


def test_a_file_and_its_finding_lead_to_each_other(store: Store) -> None:
    setuid = row(store, "setuid-files")
    links = store.point(FilePointer(0, "usr/bin/passwd"))
    assert links.findings == {setuid.key}
    links = store.point(FindingPointer(setuid.key))
    assert links.files == ((0, "usr/bin/passwd"),)
    assert links.lines == (2,)


def test_links_follow_the_patched_text(store: Store) -> None:
    store.accept(row(store, "root-user").finding)
    analysed(store)
    text = store.text("Dockerfile").split("\n")
    links = store.point(LayerPointer(6))
    assert [text[line - 1] for line in links.lines] == ["COPY . ."]
    mended = store.point(FindingPointer(row(store, "root-user").key))
    assert mended.findings == {row(store, "root-user").key}
    assert mended.lines


def test_moving_the_cursor_masks_a_shown_secret(store: Store) -> None:
    store.point(SecretPointer(0))
    store.reveal(0)
    store.point(SecretPointer(0))
    assert store.revealed == 0
    store.point(SecretPointer(1))
    assert store.revealed is None


def test_a_new_answer_masks_a_shown_secret(store: Store) -> None:
    store.reveal(0)
    analysed(store)
    assert store.revealed is None


def test_secrets_of_files_and_image_are_one_row(store: Store) -> None:
    subject = store.subject
    assert subject is not None and subject.secrets is not None
    of_files = text_secrets({"Dockerfile": f"FROM a\nENV GITHUB_TOKEN={TOKEN}\n"})
    assert [one.sha256 for one in of_files][:1] == [
        one.sha256 for one in subject.secrets if one.rule == "github-token"
    ]
    joined = joined_secrets(of_files, subject.secrets)
    assert len(joined) == len({one.sha256 for one in joined})


def test_masks_hide_values_and_keep_lines() -> None:
    text = f"a\nENV GITHUB_TOKEN={TOKEN}\nb\n"
    masks = Masks(text_secrets({"Dockerfile": text}))
    hidden = masks.hide(text)
    assert TOKEN not in hidden
    assert hidden.count("\n") == text.count("\n")
    assert Masks().hide(text) == text


def test_stepping_goes_round(store: Store) -> None:
    rows = store.finding_rows()
    assert store.step_finding(1) == rows[0]
    store.point(FindingPointer(rows[0].key))
    assert store.step_finding(-1) == rows[-1]
    store.point(FindingPointer(rows[-1].key))
    assert store.step_finding(1) == rows[0]


def test_nothing_to_find() -> None:
    store = Store()
    store.open(clean_subject())
    analysed(store)
    assert store.finding_rows() == ()
    assert store.report is not None and store.report.score == 100
    assert store.step_finding(1) is None


def test_line_map_follows_insertions_and_deletions() -> None:
    assert line_map("a\nb\nc\n", "a\nx\nb\nc\n") == {1: 1, 2: 3, 3: 4}
    assert line_map("a\nb\nc\n", "a\nc\n") == {1: 1, 3: 2}
    assert line_map("a\nb\n", "a\nz\n") == {1: 1, 2: 2}


def test_facts_are_shown_before_the_replay_that_knows_them() -> None:
    """An answer to an older state of the facts is taken, with the newer facts; one to another plan
    is not."""
    full = packed_subject()
    files = replace(full, image=None, inventory=None, assessment=None, secrets=None)
    store = Store()
    store.open(files)
    began = store.generation
    early = replay(files, Plan())
    store.open(full)
    assert store.show(early, early.report, began)
    assert store.subject is full and store.report is early.report
    store.open(replace(full, secrets=()))
    assert store.subject is not None and store.subject.secrets == ()
    row = next(one for one in store.all_rows() if one.fix is not None)
    store.accept(row.finding)
    assert not store.show(early, early.report, began)
    assert store.is_stale(began)
