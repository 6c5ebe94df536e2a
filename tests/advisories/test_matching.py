"""The decisions of matching, one by one."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from hardening.advisories.model import Target
from hardening.model import Severity
from tests.advisories.building import fixes, matched, only, record, store_of, until

CRITICAL = {
    "severity": [{"type": "CVSS_V3", "score": "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H"}]
}


@pytest.mark.parametrize(
    ("events", "affected", "free"),
    [
        ((("fixed", "1"), ("introduced", "0")), "0.5", "1"),
        ((("introduced", "2"), ("last_affected", "2")), "2", "2.0.1"),
        ((("last_affected", "2"), ("introduced", "2")), "2", "2.0.1"),
        ((("introduced", "1"), ("fixed", "2"), ("introduced", "2"), ("fixed", "3")), "2", "3"),
        ((("introduced", "0"), ("limit", "2")), "1.9", "2"),
        ((("introduced", "5"),), "5", "4.9"),
    ],
)
def test_events(
    tmp_path: Path, events: tuple[tuple[str, str], ...], affected: str, free: str
) -> None:
    store = store_of(tmp_path, record("CVE-2026-1", "PyPI", "x", *events))
    assert len(matched(store, ("PyPI", "x", affected)).vulnerabilities) == 1
    assert not matched(store, ("PyPI", "x", free)).vulnerabilities


def test_limit_mends_nothing(tmp_path: Path) -> None:
    store = store_of(
        tmp_path, record("CVE-2026-1", "PyPI", "x", ("introduced", "0"), ("limit", "2"))
    )
    assert fixes(matched(store, ("PyPI", "x", "1"))) == [("CVE-2026-1", "")]


@pytest.mark.parametrize(
    ("limits", "affected", "free"),
    [
        (("2",), ("1", "1.9"), ("2", "3", "3.5")),
        (("2", "3.2"), ("1.9", "3", "3.1"), ("2.5", "3.2", "3.5")),
        (("*",), ("1.9", "3.5", "99"), ("2.5",)),
    ],
)
def test_nothing_at_or_past_the_furthest_limit(
    tmp_path: Path, limits: tuple[str, ...], affected: tuple[str, ...], free: tuple[str, ...]
) -> None:
    events = [("introduced", "0"), ("fixed", "2"), ("introduced", "3")]
    one = record("CVE-2026-1", "PyPI", "x", *events, *(("limit", one) for one in limits))
    store = store_of(tmp_path, one)
    for version in affected:
        assert matched(store, ("PyPI", "x", version)).vulnerabilities, version
    for version in free:
        assert not matched(store, ("PyPI", "x", version)).vulnerabilities, version


def test_the_version_that_mends_is_in_no_other_range(tmp_path: Path) -> None:
    one = record("CVE-2026-1", "PyPI", "x", *until("1.5"))
    for events in ([{"introduced": "1.2"}, {"fixed": "2.0"}], [{"introduced": "3"}]):
        one["affected"][0]["ranges"].append({"type": "ECOSYSTEM", "events": events})
    store = store_of(tmp_path, one)
    assert fixes(matched(store, ("PyPI", "x", "1.1"))) == [("CVE-2026-1", "2.0")]
    assert fixes(matched(store, ("PyPI", "x", "3.1"))) == [("CVE-2026-1", "")]


@pytest.mark.parametrize("ecosystem", ["Debian:12", "Alpine:v3.19", "AlmaLinux:9"])
def test_fixed_in_0_means_never_affected(tmp_path: Path, ecosystem: str) -> None:
    store = store_of(tmp_path, record("CVE-2026-1", ecosystem, "x", *until("0")))
    assert not matched(store, (ecosystem, "x", "0~1"), (ecosystem, "x", "1")).vulnerabilities


def test_source_name_and_version_decide(tmp_path: Path) -> None:
    fixed = "2.38.1-5+deb12u9"
    store = store_of(
        tmp_path,
        record(
            "DEBIAN-CVE-2026-1", "Debian:12", "util-linux", *until(fixed), upstream=["CVE-2026-1"]
        ),
    )
    found = matched(store, ("Debian:12", "util-linux", "2.38.1-5+deb12u3"))
    assert fixes(found) == [("CVE-2026-1", fixed)]


def test_two_installed_versions_are_two_rows(tmp_path: Path) -> None:
    store = store_of(tmp_path, record("GHSA-1", "npm", "x", *until("3.0.0")))
    found = matched(store, ("npm", "x", "1.0.0"), ("npm", "x", "2.0.0"), ("npm", "x", "3.0.0"))
    assert sorted(one.installed for one in found.vulnerabilities) == ["1.0.0", "2.0.0"]


def test_listed_version_outside_the_ranges(tmp_path: Path) -> None:
    one = record("PYSEC-1", "PyPI", "x", *until("1.5"), affected={"versions": ["2.0", "0.1"]})
    store = store_of(tmp_path, one)
    assert fixes(matched(store, ("PyPI", "x", "2.0"))) == [("PYSEC-1", "")]
    assert fixes(matched(store, ("PyPI", "x", "0.1"))) == [("PYSEC-1", "1.5")]
    assert not matched(store, ("PyPI", "x", "1.6")).vulnerabilities


def test_unreadable_range_is_said_and_only_its_own(tmp_path: Path) -> None:
    store = store_of(
        tmp_path,
        record("GHSA-1", "PyPI", "x", ("introduced", "0"), ("fixed", "no version")),
        record("GHSA-2", "PyPI", "x", *until("2")),
    )
    found = matched(store, ("PyPI", "x", "1"))
    assert fixes(found) == [("GHSA-2", "2")]
    assert found.unreadable == ((Target("PyPI", "x", "1"), "GHSA-1"),)
    assert not found.incomparable


def test_record_for_each_cve_decides_over_the_bundle(tmp_path: Path) -> None:
    bundle = record(
        "DSA-1-1",
        "Debian:12",
        "x",
        *until("2"),
        upstream=["CVE-2026-1", "CVE-2026-2", "CVE-2026-3"],
    )
    store = store_of(
        tmp_path,
        bundle,
        record("DEBIAN-CVE-2026-1", "Debian:12", "x", *until("3"), upstream=["CVE-2026-1"]),
        record("DEBIAN-CVE-2026-2", "Debian:11", "x", *until("3"), upstream=["CVE-2026-2"]),
    )
    found = matched(store, ("Debian:12", "x", "1"))
    assert fixes(found) == [("CVE-2026-1", "3"), ("CVE-2026-3", "2")]
    assert found.vulnerabilities[0].aliases == ("DEBIAN-CVE-2026-1", "DSA-1-1")


def test_bundle_glues_nothing_together(tmp_path: Path) -> None:
    bundle = record(
        "USN-1-1", "Ubuntu:22.04:LTS", "x", *until("2"), related=["CVE-2026-1", "CVE-2026-2"]
    )
    store = store_of(tmp_path, bundle)
    found = matched(store, ("Ubuntu:22.04:LTS", "x", "1"))
    assert [(one.id, one.aliases) for one in found.vulnerabilities] == [
        ("CVE-2026-1", ("USN-1-1",)),
        ("CVE-2026-2", ("USN-1-1",)),
    ]


def test_aliases_are_transitive_through_records_that_do_not_hit(tmp_path: Path) -> None:
    store = store_of(
        tmp_path,
        record("GO-1", "Go", "m", *until("2.0.0"), aliases=["GHSA-a"]),
        record("GHSA-a", "npm", "other", *until("1.0.0"), aliases=["CVE-2026-1"], **CRITICAL),
    )
    row = only(matched(store, ("Go", "m", "v1.0.0")))
    assert (row.id, row.aliases) == ("CVE-2026-1", ("GHSA-a", "GO-1"))
    assert (row.rating.severity, row.rating.source) == (Severity.CRITICAL, "CVSS v3")


def test_where_aliases_differ_the_higher_fix_mends_both(tmp_path: Path) -> None:
    store = store_of(
        tmp_path,
        record("PYSEC-1", "PyPI", "x", *until("2.9"), aliases=["CVE-2026-1"]),
        record("GHSA-1", "PyPI", "x", *until("2.10"), aliases=["CVE-2026-1"]),
    )
    assert fixes(matched(store, ("PyPI", "x", "1"))) == [("CVE-2026-1", "2.10")]


def test_subscribers_fix_is_no_fix_but_a_note(tmp_path: Path) -> None:
    one = record(
        "UBUNTU-CVE-2026-1", "Ubuntu:Pro:20.04:LTS", "x", *until("2+esm1"), upstream=["CVE-2026-1"]
    )
    store = store_of(tmp_path, one)
    row = only(matched(store, ("Ubuntu:20.04:LTS", "x", "1")))
    assert (row.fixed, row.note) == ("", "fixed in 2+esm1 with Ubuntu Pro")
    assert fixes(matched(store, ("Ubuntu:20.04:LTS", "x", "1+esm1"))) == [("CVE-2026-1", "2+esm1")]


def test_everybodys_fix_counts_over_the_subscribers(tmp_path: Path) -> None:
    one = record("UBUNTU-CVE-2026-1", "Ubuntu:22.04:LTS", "x", *until("2"), upstream=["CVE-2026-1"])
    paid = record("", "Ubuntu:Pro:22.04:LTS", "x", *until("2+esm1"))["affected"]
    one["affected"] += paid
    store = store_of(tmp_path, one)
    row = only(matched(store, ("Ubuntu:22.04:LTS", "x", "1")))
    assert (row.fixed, row.note) == ("2", "")
    assert not matched(store, ("Ubuntu:22.04:LTS", "x", "2")).vulnerabilities


def test_red_hat_and_suse_spread_over_repositories(tmp_path: Path) -> None:
    store = store_of(
        tmp_path,
        record(
            "RHSA-1",
            "Red Hat:enterprise_linux:9::baseos",
            "x",
            *until("2"),
            upstream=["CVE-2026-1"],
        ),
        record(
            "RHSA-2",
            "Red Hat:enterprise_linux:8::baseos",
            "x",
            *until("9"),
            upstream=["CVE-2026-2"],
        ),
        record(
            "SUSE-SU-1",
            "SUSE:Linux Enterprise Module for Basesystem 15 SP5",
            "x",
            *until("2"),
            related=["CVE-2026-3"],
        ),
    )
    assert fixes(matched(store, ("Red Hat:enterprise_linux:9", "x", "1"))) == [("CVE-2026-1", "2")]
    found = matched(store, ("SUSE:Linux Enterprise Server 15 SP5", "x", "1"))
    assert fixes(found) == [("CVE-2026-3", "2")]
    other = matched(store, ("SUSE:Linux Enterprise Server 15 SP6", "x", "1"))
    assert other.unknown_ecosystems == ("SUSE:Linux Enterprise Server 15 SP6",)


def test_module_builds_compare_among_themselves(tmp_path: Path) -> None:
    fixed = "1:20.5.1-1.module_el9.2.0"
    store = store_of(
        tmp_path, record("ALSA-1", "AlmaLinux:9", "nodejs", *until(fixed), related=["CVE-2026-1"])
    )
    assert fixes(matched(store, ("AlmaLinux:9", "nodejs", "1:20.1.0-1.module_el9.1.0")))
    assert not fixes(matched(store, ("AlmaLinux:9", "nodejs", "1:16.20.1-2.el9_2")))


@pytest.mark.parametrize(
    ("document", "reason"),
    [
        (
            record(
                "DEBIAN-CVE-2026-1",
                "Debian:12",
                "x",
                ("introduced", "0"),
                affected={"ecosystem_specific": {"urgency": "unimportant"}},
            ),
            "Debian calls it unimportant",
        ),
        (
            record(
                "UBUNTU-CVE-2026-1",
                "Ubuntu:22.04:LTS",
                "x",
                ("introduced", "0"),
                severity=[{"type": "Ubuntu", "score": "negligible"}],
            ),
            "Ubuntu calls it negligible",
        ),
        (
            record(
                "GO-1",
                "Go",
                "x",
                ("introduced", "0"),
                database_specific={"review_status": "UNREVIEWED"},
            ),
            "nobody reviewed it, and it names no fix",
        ),
        (
            record(
                "GO-1",
                "Go",
                "x",
                *until("9.0.0"),
                database_specific={"review_status": "UNREVIEWED"},
            ),
            "",
        ),
        (
            record(
                "RUSTSEC-1",
                "crates" + ".io",
                "x",
                ("introduced", "0"),
                affected={"database_specific": {"informational": "unsound"}},
            ),
            "informational, not a vulnerability",
        ),
    ],
)
def test_hidden_is_kept_with_its_reason(
    tmp_path: Path, document: dict[str, Any], reason: str
) -> None:
    store = store_of(tmp_path, document)
    ecosystem = document["affected"][0]["package"]["ecosystem"]
    assert only(matched(store, (ecosystem, "x", "1.0.0"))).hidden == reason


def test_ranges_that_go_cannot_write(tmp_path: Path) -> None:
    custom = {
        "custom_ranges": [
            {"type": "ECOSYSTEM", "events": [{"introduced": "0"}, {"fixed": "1.9.0"}]}
        ]
    }
    wild = {
        "custom_ranges": [
            {"type": "ECOSYSTEM", "events": [{"introduced": "0"}, {"fixed": "RELEASE.2025"}]}
        ]
    }
    everything = ("introduced", "0")
    store = store_of(
        tmp_path,
        record("GO-1", "Go", "x", everything, affected={"ecosystem_specific": custom}),
        record("GO-2", "Go", "y", everything, affected={"ecosystem_specific": wild}),
    )
    assert fixes(matched(store, ("Go", "x", "v1.8.0"))) == [("GO-1", "1.9.0")]
    assert not matched(store, ("Go", "x", "v1.9.0")).vulnerabilities
    assert fixes(matched(store, ("Go", "y", "v1.9.0"))) == [("GO-2", "")]


def test_a_module_without_tags_is_in_no_range_that_go_cannot_write(tmp_path: Path) -> None:
    spans = [{"type": "ECOSYSTEM", "events": [{"introduced": "4.12"}, {"fixed": "5.0.7"}]}]
    one = record("GO-1", "Go", "x", ("introduced", "0"),
                 affected={"ecosystem_specific": {"custom_ranges": spans}})  # fmt: skip
    store = store_of(tmp_path, one)
    untagged = "v0.0.0-20240403103450-0e7f2b5bf4d2"
    assert fixes(matched(store, ("Go", "x", untagged))) == [("GO-1", "")]
    assert fixes(matched(store, ("Go", "x", "v4.13.0"))) == [("GO-1", "5.0.7")]
    assert not matched(store, ("Go", "x", "v5.0.7"), ("Go", "x", "v0.1.0")).vulnerabilities


@pytest.mark.parametrize(
    ("ecosystem", "written", "asked"),
    [
        ("PyPI", "jw.util", "jw-util"),
        ("NuGet", "Newtonsoft.Json", "newtonsoft.json"),
        ("Packagist", "Symfony/Http-Kernel", "symfony/http-kernel"),
    ],
)
def test_names_of_records_are_normalised_too(
    tmp_path: Path, ecosystem: str, written: str, asked: str
) -> None:
    store = store_of(tmp_path, record("GHSA-1", ecosystem, written, *until("2.0.0")))
    assert fixes(matched(store, (ecosystem, asked, "1.0.0"))) == [("GHSA-1", "2.0.0")]


def test_malware_is_critical_without_a_rating(tmp_path: Path) -> None:
    store = store_of(tmp_path, record("MAL-2026-1", "npm", "x", ("introduced", "0")))
    row = only(matched(store, ("npm", "x", "1.0.0")))
    assert (row.rating.severity, row.rating.source) == (Severity.CRITICAL, "malicious package")


def test_two_cves_of_one_github_record_stay_two_for_a_distribution(tmp_path: Path) -> None:
    store = store_of(
        tmp_path,
        record("DEBIAN-CVE-2026-1", "Debian:12", "x", *until("2"), upstream=["CVE-2026-1"]),
        record("DEBIAN-CVE-2026-2", "Debian:12", "x", *until("3"), upstream=["CVE-2026-2"]),
        record("GHSA-1", "npm", "y", *until("2.0.0"), aliases=["CVE-2026-1", "CVE-2026-2"]),
    )
    found = matched(store, ("Debian:12", "x", "1"))
    assert fixes(found) == [("CVE-2026-1", "2"), ("CVE-2026-2", "3")]


def test_upstream_of_one_github_record_is_shown_under_its_cve(tmp_path: Path) -> None:
    store = store_of(
        tmp_path,
        record("CGA-1", "Wolfi", "x", *until("2-r0"), upstream=["GHSA-a"]),
        record("GHSA-a", "Go", "m", *until("2.0.0"), aliases=["CVE-2026-1"]),
    )
    row = only(matched(store, ("Wolfi", "x", "1-r0")))
    assert (row.id, row.aliases) == ("CVE-2026-1", ("CGA-1", "GHSA-a"))


def test_upstream_of_two_github_records_is_two_rows(tmp_path: Path) -> None:
    store = store_of(
        tmp_path,
        record("CGA-1", "Wolfi", "x", *until("2-r0"), upstream=["GHSA-a", "GHSA-b", "UBUNTU-1"]),
        record("CGA-2", "Wolfi", "y", *until("2-r0"), upstream=["CVE-2026-1", "GHSA-c"]),
    )
    assert fixes(matched(store, ("Wolfi", "x", "1-r0"))) == [("GHSA-a", "2-r0"), ("GHSA-b", "2-r0")]
    assert fixes(matched(store, ("Wolfi", "y", "1-r0"))) == [("CVE-2026-1", "2-r0")]
