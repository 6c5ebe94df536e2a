"""An image alone: what its history and configuration tell is judged as a Dockerfile would be."""

from __future__ import annotations

import json
from typing import Any

import pytest

from hardening.analyse import analyse
from hardening.history_rules import told_dockerfile
from hardening.image.created_by import MAX_TEXT
from hardening.image.synthetic import ImageSketch, LayerSketch, make_image
from hardening.model import ConfigPlace, Report
from hardening.opening import memory_subject
from tests.shared import shared_data

CODES = {
    "AvoidRootDefault": "dockle:CIS-DI-0001",
    "AddHealthcheck": "dockle:CIS-DI-0006",
    "UseApkAddNoCache": "dockle:DKL-DI-0004",
    "UseCOPY": "dockle:CIS-DI-0009",
    "MinimizeAptGet": "dockle:DKL-DI-0005",
}


def report_of(config: dict[str, Any]) -> Report:
    history = config.get("history", [])
    run = config.get("config", {})
    sketch = ImageSketch(
        layers=tuple(
            LayerSketch(
                {} if one.get("empty_layer") else {f"file{number}": "x"},
                command=one.get("created_by", ""),
                empty=bool(one.get("empty_layer")),
            )
            for number, one in enumerate(history)
        ),
        user=run.get("User") or "",
    )
    return analyse(memory_subject(None, image=make_image(sketch)))


@pytest.mark.shared
def test_dockle_cases() -> None:
    folder = shared_data("lint-dockle")
    for case in json.loads((folder / "cases.json").read_text()):
        report = report_of(json.loads((folder / case["config"]).read_text()))
        assert not report.failures
        found = {alias for one in report.findings for alias in one.aliases}
        for expected in case["expect"]:
            assert CODES[expected["code"]] in found, (case["name"], expected["code"])


def test_the_file_system_of_the_base_is_no_add() -> None:
    config = {"history": [{"created_by": "/bin/sh -c #(nop) ADD file:0123456789 in / "}]}
    found = {one.rule for one in report_of(config).findings}
    assert "add-instead-of-copy" not in found
    assert {"root-user", "no-healthcheck"} <= found


def test_findings_stand_at_their_history_entry_and_offer_no_patch() -> None:
    commands = (
        "/bin/sh -c #(nop) ADD file:0123456789 in / ",
        "/bin/sh -c curl -k https://a.example/x",
    )
    report = report_of({"history": [{"created_by": one} for one in commands]})
    (finding,) = (one for one in report.findings if one.rule == "curl-tls-verification-off")
    assert finding.places[0] == ConfigPlace("history[1]")
    assert not finding.fixes
    assert finding.tip


def test_a_healthcheck_and_a_user_in_the_configuration_count() -> None:
    sketch = ImageSketch(
        layers=(LayerSketch({"a": "b"}, command="ADD file:0123456789 in /"),),
        user="10001:10001",
        healthcheck=("CMD", "true"),
    )
    report = analyse(memory_subject(None, image=make_image(sketch)))
    assert {"root-user", "no-healthcheck"}.isdisjoint(one.rule for one in report.findings)


def test_hostile_history_ends() -> None:
    nested = "RUN " + "(" * 5000
    commands = ("", "RUN", "RUN |9", "#(nop)", "/bin/sh -c #(nop) CMD [", nested, "\0\n")
    layers = tuple(LayerSketch({"a": "b"}, command=one) for one in commands)
    image = make_image(ImageSketch(layers=layers))
    assert told_dockerfile(image).text.startswith("FROM scratch\n")
    assert not analyse(memory_subject(None, image=image)).failures


def test_a_step_longer_than_a_line_may_be_is_read_to_its_end() -> None:
    steps = "; ".join(f"echo {number}" for number in range(5000))
    command = f"/bin/sh -c {steps}; wget --no-check-certificate https://a.example/x"
    assert len(command) < MAX_TEXT
    history = [{"created_by": "ADD file:0123456789 in /"}, {"created_by": command}]
    report = report_of({"history": history})
    (finding,) = (one for one in report.findings if one.rule == "wget-tls-verification-off")
    assert finding.places[0] == ConfigPlace("history[1]")
    assert not report.unparsed
    assert not [one for one in report.skipped if "shell commands" in one.what]


@pytest.mark.parametrize(
    ("command", "reason"),
    [
        ("/bin/sh -c cat <<EOF > /x a EOF", "a history does not keep here-documents"),
        ("/bin/sh -c echo " + "x" * MAX_TEXT, "only its first 65,536 characters are read"),
    ],
)
def test_steps_that_are_not_read_are_named(command: str, reason: str) -> None:
    history = [{"created_by": "ADD file:0123456789 in /"}, {"created_by": command}]
    said = [(one.what, one.reason) for one in report_of({"history": history}).skipped]
    assert ("shell commands of history entry 1", reason) in said
