"""Ignore comments of every tool, each with its own scope, and ours with a reason and a date."""

from __future__ import annotations

from datetime import date
from hashlib import sha256
from pathlib import Path

import pytest

from hardening.analyse import analyse
from hardening.model import (
    Confidence,
    ConfigPlace,
    FilePlace,
    Finding,
    Ignored,
    ImagePathPlace,
    Place,
    Severity,
    Span,
)
from hardening.opening import memory_subject
from hardening.pragmas import BAD_PRAGMA, apply
from hardening.settings import AllowedSecret, Ignore, Settings
from hardening.subject import Subject

TODAY = date(2026, 6, 1)
ALIASES = (
    "hadolint:DL3008",
    "buildkit:JSONArgsRecommended",
    "trivy:DS-0002",
    "checkov:CKV_DOCKER_2",
    "kics:b86987e1-6397-4619-81d5-8807f2387c79",
)


def finding_on(subject: Subject, line: int, rule: str = "unpinned-base") -> Finding:
    """A finding on the instruction that begins at a line."""
    assert subject.dockerfile is not None
    instruction = next(one for one in subject.dockerfile.instructions if one.start_line == line)
    return Finding(
        rule,
        Severity.HIGH,
        Confidence.HIGH,
        "message",
        (subject.dockerfile.place(instruction.span),),
        aliases=ALIASES,
    )


def _ignored_lines(text: str, lines: list[int], today: date = TODAY) -> list[int]:
    """Of findings on these lines, those that are left out."""
    subject = memory_subject(text)
    findings = [finding_on(subject, line) for line in lines]
    kept, ignored, _ = apply(subject, findings, today)
    assert len(kept) + len(ignored) == len(findings), "nothing is lost"
    return [lines[findings.index(one.finding)] for one in ignored]


def _one(text: str, line: int) -> Ignored:
    subject = memory_subject(text)
    _, (ignored,), about = apply(subject, [finding_on(subject, line)], TODAY)
    assert about == ()
    return ignored


@pytest.mark.parametrize(
    "text",
    [
        "FROM a\n# hadolint ignore=DL3008\nRUN x\nRUN y\n",
        "FROM a\n#hadolint ignore=DL3006, DL3008 # because\nRUN x\nRUN y\n",
        "FROM a\n\t# hadolint   ignore = DL3008,SC2086\nRUN x \\\n  && z\n",
        "FROM a\n#trivy:ignore:DS-0002\nRUN x\nRUN y\n",
        "FROM a\n#trivy:ignore:AVD-DS-0002\nRUN x\nRUN y\n",
        "FROM a\n# trivy:ignore:ds002 trivy:ignore:DS-0099\nRUN x\nRUN y\n",
        "FROM a\n#trivy:ignore:DS-0002:exp:2026-06-01\nRUN x\nRUN y\n",
        "FROM a\n# kics-scan ignore-line\nRUN x\nRUN y\n",
        "FROM a\n# kics-scan ignore-block\nRUN x\nRUN y\n",
        "FROM a\n# check=skip=JSONArgsRecommended\nRUN x\nRUN y\n",
        'FROM a\n# drydock: ignore=unpinned-base reason="a b"\nRUN x\nRUN y\n',
        "FROM a\n#drydock: ignore=DL3008 reason=why\nRUN x\nRUN y\n",
        "FROM a\n# drydock: ignore=hadolint:DL3008 reason='why' until=2026-06-01\nRUN x\nRUN y\n",
    ],
)
def test_a_comment_above_an_instruction_is_about_that_one(text: str) -> None:
    lines = [3, 4] if "RUN y" in text else [3]
    assert _ignored_lines(text, lines) == [3]


@pytest.mark.parametrize(
    "text",
    [
        "# hadolint global ignore=DL3008\nFROM a\nRUN x\n",
        "FROM a\nRUN x\n# hadolint global ignore=DL3001,DL3008\n",
        "# check=skip=Other,JSONArgsRecommended;error=true\nFROM a\nRUN x\n",
        "# check=error=true;skip=all\nFROM a\nRUN x\n",
        "FROM a\nRUN x\n#checkov:skip=CKV_DOCKER_2:no probe here\n",
        "#checkov:skip=CKV_DOCKER_2\nFROM a\nRUN x\n",
        "# kics-scan ignore\nFROM a\nRUN x\n",
        "# kics-scan disable=1,B86987E1-6397-4619-81d5-8807f2387c79\nFROM a\nRUN x\n",
    ],
)
def test_a_comment_for_the_file_is_about_all_of_it(text: str) -> None:
    subject = memory_subject(text)
    assert subject.dockerfile is not None
    lines = [one.start_line for one in subject.dockerfile.instructions]
    assert _ignored_lines(text, lines) == lines


@pytest.mark.parametrize(
    "text",
    [
        "FROM a\n# hadolint ignore=DL3009\nRUN x\n",
        "FROM a\n# hadolint ignore=unpinned-base\nRUN x\n",
        "FROM a\n# hadolint ignore=DL3008 because\nRUN x\n",
        "FROM a\n# hadolint ignore=\nRUN x\n",
        "FROM a\n# trivy:ignore:DS-0003\nRUN x\n",
        "FROM a\n#trivy:ignore:DS-0002:exp:2026-05-31\nRUN x\n",
        "FROM a\n# checkov:skip=CKV_DOCKER_3:no\nRUN x\n",
        "FROM a\n# kics-scan ignore\nRUN x\n",
        "FROM a\n# kics-scan nonsense\nRUN x\n",
        "FROM a\n# kics-scan disable=\nRUN x\n",
        "FROM a\n# check=error=true\nRUN x\n",
        'FROM a\n# drydock: ignore=unpinned-base reason="x" until=2026-05-31\nRUN x\n',
        "FROM a\n# drydock: ignore=unpinned-base\nRUN x\n",
        'FROM a\n# drydock: ignore=unpinned-base reason=" "\nRUN x\n',
        'FROM a\n# drydock: ignore=unpinned-bas reason="x"\nRUN x\n',
        'FROM a\n# drydock: ignore=unpinned-base reason="x" until=soon\nRUN x\n',
        'FROM a\n# drydock: ignore=unpinned-base reason="x" til=2027-01-01\nRUN x\n',
    ],
)
def test_what_does_not_name_the_finding_leaves_it(text: str) -> None:
    assert _ignored_lines(text, [1, 3]) == []


def test_hadolint_reads_only_the_line_above() -> None:
    text = "FROM a\n# hadolint ignore=DL3008\n# another comment\nRUN x\n"
    assert _ignored_lines(text, [4]) == []
    assert _ignored_lines("FROM a\n# hadolint ignore=DL3008\n\nRUN x\n", [4]) == []


def test_a_comment_inside_an_instruction_is_about_it() -> None:
    text = 'FROM a\nRUN x \\\n  # drydock: ignore=unpinned-base reason="r"\n  && y\nRUN z\n'
    assert _ignored_lines(text, [2, 5]) == [2]


def test_a_comment_in_a_heredoc_is_no_pragma() -> None:
    text = 'FROM a\nRUN <<EOF\n# drydock: ignore=unpinned-base reason="r"\nEOF\n'
    assert _ignored_lines(text, [2]) == []


def test_the_ignored_finding_tells_who_and_why() -> None:
    ours = _one(
        'FROM a\n# drydock: ignore=unpinned-base,DL3008 reason="a b" until=2027-01-31\nRUN x\n',
        3,
    )
    assert ours.source == "drydock comment on line 2"
    assert (ours.reason, ours.expires) == ("a b", date(2027, 1, 31))
    hadolint = _one("FROM a\n# hadolint ignore=DL3008 # pinned by snapshot\nRUN x\n", 3)
    assert (hadolint.source, hadolint.reason) == (
        "hadolint comment on line 2",
        "pinned by snapshot",
    )
    checkov = _one("#checkov:skip=CKV_DOCKER_2:no probe\nFROM a\n", 2)
    assert checkov.reason == "no probe"


@pytest.mark.parametrize(
    ("comment", "says"),
    [
        ("# drydock: ignore=unpinned-base", "gives no reason"),
        ('# drydock: reason="x"', "names no rule"),
        (
            '# drydock: ignore=unpinned-bas reason="x"',
            "rule unpinned-bas. Did you mean unpinned-base?",
        ),
        ('# drydock: ignore=unpinned-base reason="x" until=2026-13-01', "a date that is none"),
        ('# drydock: ignore=unpinned-base reason="x" until=2026-05-31', "ran out on 2026-05-31"),
        ('# drydock: ignore=unpinned-base reason="x" unit=2026-05-31', "knows no unit="),
        ("# drydock: hello", "names no rule"),
        ("#trivy:ignore:DS-0002:exp:2026-01-01", "ran out on 2026-01-01"),
    ],
)
def test_a_bad_pragma_is_a_finding(comment: str, says: str) -> None:
    subject = memory_subject(f"FROM a\n{comment}\nRUN x\n")
    kept, ignored, (about,) = apply(subject, [finding_on(subject, 3)], TODAY)
    assert len(kept) == 1 and ignored == ()
    assert about.rule == BAD_PRAGMA
    assert says in about.message
    place = about.places[0]
    assert getattr(place, "start_line", None) == 2


def test_our_pragma_above_nothing_is_bad() -> None:
    subject = memory_subject('# drydock: ignore=unpinned-base reason="x"\n\nFROM a\n')
    _, ignored, (about,) = apply(subject, [finding_on(subject, 3)], TODAY)
    assert ignored == () and "stands above no instruction" in about.message


def _elsewhere(place: Place) -> Finding:
    return Finding("unpinned-base", Severity.LOW, Confidence.LOW, "m", (place,))


def _by_settings(*ignores: Ignore, file: Path | None = None) -> list[str]:
    subject = memory_subject(
        "FROM a AS build\nRUN x\nFROM b\nRUN y\n",
        settings=Settings(ignores=ignores, file=file),
    )
    findings = [finding_on(subject, line) for line in (2, 4)]
    findings.append(_elsewhere(ImagePathPlace(0, "opt/x/y")))
    findings.append(
        Finding("unpinned-base", Severity.LOW, Confidence.LOW, "m", (ConfigPlace("User"),))
    )
    _, ignored, _ = apply(subject, findings, TODAY)
    return [str(findings.index(one.finding)) for one in ignored]


def test_settings_ignore_by_rule_path_and_stage() -> None:
    def ignore(
        rule: str = "unpinned-base", path: str | None = None, stage: str | None = None
    ) -> Ignore:
        return Ignore(rule, "why", path, stage)

    assert _by_settings(ignore()) == ["0", "1", "2", "3"]
    assert _by_settings(ignore("hadolint:DL3008")) == ["0", "1"]
    assert _by_settings(ignore("DL3008")) == ["0", "1"]
    assert _by_settings(ignore("other-rule")) == []
    assert _by_settings(ignore(stage="build")) == ["0"]
    assert _by_settings(ignore(stage="1")) == ["1"]
    assert _by_settings(ignore(path="Dockerfile")) == ["0", "1"]
    assert _by_settings(ignore(path="/opt/*")) == ["2"]
    assert _by_settings(ignore(path="Dockerfile", stage="build")) == ["0"]
    here = Path.cwd()
    assert _by_settings(ignore(path=f"{here.name}/*"), file=here.parent / "drydock.toml") == [
        "0",
        "1",
    ]


def test_an_expired_setting_is_a_finding_and_ignores_nothing() -> None:
    expired = Ignore(
        "unpinned-base", "why", expires=date(2026, 5, 31), where="drydock.toml ignore[1]"
    )
    subject = memory_subject("FROM a\n", settings=Settings(ignores=(expired,)))
    kept, ignored, (about,) = apply(subject, [finding_on(subject, 1)], TODAY)
    assert len(kept) == 1 and ignored == ()
    assert about.message.startswith(
        "drydock.toml ignore[1] for unpinned-base ran out on 2026-05-31"
    )


TOKEN = "ghp_" + "a1B2c3D4e5F6g7H8i9J0k1L2m3N4o5P6q7R8"


def _allow(value: str, expires: date | None = None) -> Settings:
    digest = sha256(value.encode()).hexdigest()
    return Settings(
        allowed_secrets=(AllowedSecret(digest, "test key", expires, "allow-secret[1]"),)
    )


@pytest.mark.parametrize(
    "line", [f"ENV GITHUB_TOKEN={TOKEN}", f"ARG GITHUB_TOKEN={TOKEN}", f"LABEL a={TOKEN}"]
)
def test_an_allowed_secret_is_ignored_with_its_reason(line: str) -> None:
    text = f"FROM a:1\n{line}\n"
    found = [one for one in analyse(memory_subject(text)).findings if "secret" in one.rule]
    assert found
    report = analyse(memory_subject(text, settings=_allow(TOKEN)), today=TODAY)
    assert not [one for one in report.findings if "secret" in one.rule]
    assert {one.finding.rule for one in report.ignored} == {one.rule for one in found}
    assert {(one.source, one.reason) for one in report.ignored} == {("allow-secret[1]", "test key")}


def test_another_value_or_a_past_date_allows_nothing() -> None:
    text = f"FROM a:1\nENV GITHUB_TOKEN={TOKEN}\n"
    other = analyse(memory_subject(text, settings=_allow("other")), today=TODAY)
    assert other.ignored == ()
    past = analyse(memory_subject(text, settings=_allow(TOKEN, date(2026, 5, 31))), today=TODAY)
    assert past.ignored == ()
    assert [one.rule for one in past.findings].count(BAD_PRAGMA) == 1
    twice = text + "ENV GITHUB_TOKEN=ghp_" + "b" * 36 + "\n"
    both = analyse(memory_subject(twice, settings=_allow(TOKEN)), today=TODAY)
    assert "secret-in-env" in {one.rule for one in both.findings}


def test_our_comment_in_a_compose_file_is_about_its_line_and_the_next() -> None:
    text = (
        "services:\n"
        '  # drydock: ignore=no-run-flags reason="a b"\n'
        "  web:\n"
        "    image: a\n"
        '  db: # drydock: ignore=no-run-flags reason="c"\n'
        "    image: b\n"
        "  x: # drydock: ignore=no-run-flags\n"
    )
    subject = Subject(root=Path(), texts={"compose.yaml": text})
    findings = [
        Finding(
            "no-run-flags",
            Severity.LOW,
            Confidence.HIGH,
            "m",
            (FilePlace("compose.yaml", Span(0, 0), line, line),),
        )
        for line in (3, 4, 5, 7)
    ]
    kept, ignored, (about,) = apply(subject, findings, TODAY)
    assert [one.finding for one in ignored] == [findings[0], findings[2]]
    assert ignored[0].source == "drydock comment on line 2"
    assert kept == (findings[1], findings[3])
    place = about.places[0]
    assert isinstance(place, FilePlace)
    assert (place.path, place.start_line) == ("compose.yaml", 7)
    assert place.span.slice(text) == "# drydock: ignore=no-run-flags"
