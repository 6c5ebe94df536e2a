"""Whatever is vulnerable, wherever it came from: every patch silences its finding, nothing crashes,
and every row is told by some finding."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import given, settings
from hypothesis import strategies as st

from hardening.advisories.model import Rating, Vulnerability
from hardening.analyse import analyse
from hardening.model import Safety, Severity
from hardening.plan import Plan, fix_key
from hardening.replay import replay
from tests.rules.test_vulnerabilities import TODAY, opened, sketch, stanza

NAMES = ("alpha", "beta", "gamma")
SITE = "usr/lib/python3/site-packages"
texts = st.sampled_from(
    [
        "FROM debian:13\nCOPY . .\n",
        "FROM debian:12\nRUN apt-get update && apt-get install -y alpha=1-1 beta\nCOPY . .\n",
        "FROM python:3.12.4-slim-bookworm AS a\nRUN pip install alpha==1 beta 'gamma>=0.5'\n"
        "FROM a\nCOPY . .\n",
        "FROM debian:13\nRUN apt-get update && apt-get upgrade -y\nCOPY . .\n",
        "FROM debian:13\r\nCOPY . .\r\nRUN pip install -r requirements.txt\r\n",
        "ARG T=12\nFROM debian:$T\nCOPY . .",
        "FROM scratch\nCOPY . .\n",
        "FROM $NOWHERE\nCOPY . .\n",
        "RUN no stage\n",
        "",
    ]
)
requirements = st.sampled_from(
    ["alpha==1\nbeta\ngamma>=0.5\n", "alpha==1 --hash=sha256:0\n", "beta==2\r\n", "", "\\\n\\"]
)
places = st.sets(st.sampled_from(["base", "own", "python"]), min_size=1)
rows = st.lists(
    st.tuples(
        st.sampled_from(NAMES),
        st.booleans(),
        st.sampled_from(["", "2", "1.5", "nonsense version"]),
        st.sampled_from([None, Severity.LOW, Severity.CRITICAL]),
        st.booleans(),
        st.sampled_from(["", "kernel headers"]),
    ),
    max_size=6,
)


@settings(max_examples=100)
@given(texts, requirements, st.fixed_dictionaries(dict.fromkeys(NAMES, places)), rows)
def test_every_patch_silences_and_every_row_is_told(
    text: str,
    manifest: str,
    where: dict[str, set[str]],
    given_rows: list[tuple[str, bool, str, Severity | None, bool, str]],
) -> None:
    base = "".join(stanza(name, "1-1") for name in NAMES if "base" in where[name])
    own = base + "".join(
        stanza(f"{name}-own", "1-1", name) for name in NAMES if "own" in where[name]
    )
    python = {
        f"{SITE}/{name}-1.dist-info/METADATA": f"Name: {name}\nVersion: 1\n"
        for name in NAMES
        if "python" in where[name]
    }
    image = sketch(
        "13", base or stanza("other", "1"), {"var/lib/dpkg/status": own or "\n", **python}
    )
    found = tuple(
        Vulnerability(
            f"CVE-2099-{number}",
            name,
            "PyPI" if is_python else "Debian:13",
            "1" if is_python else "1-1",
            fixed if is_python or not fixed else f"{fixed}-1",
            Rating(severity),
            f"A-{number}",
            kev=kev,
            hidden=hidden,
        )
        for number, (name, is_python, fixed, severity, kev, hidden) in enumerate(given_rows)
    )
    subject = opened(text, image, found, {"requirements.txt": manifest})
    report = analyse(subject, today=TODAY)
    assert not report.failures
    assert subject.assessment is not None
    ours = [one for one in report.findings if one.rule.startswith("vulnera")]
    told = " ".join(one.text for finding in ours for one in finding.evidence)
    for row in subject.assessment.rows:
        if not row.vulnerability.hidden:
            assert f"{row.vulnerability.id} " in told
    if any(row.vulnerability.hidden for row in subject.assessment.rows):
        assert "left out" in told
    assert len({one.key for one in report.findings}) == len(report.findings)
    for finding in ours:
        for fix in finding.fixes:
            if fix.safety is Safety.MANUAL:
                continue
            done = replay(replace(subject), Plan((fix_key(finding, fix),)))
            assert len(done.applied) == 1, done.dropped
            assert done.applied[0].silenced, (finding.message, fix.name, done.workspace.diff())
