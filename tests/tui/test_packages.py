"""The view models of packages and vulnerabilities, without Textual."""

from __future__ import annotations

from dataclasses import replace

import pytest

from hardening.dockerfile import parse
from hardening.image.model import Origin
from hardening.inventory.model import Inventory, Package
from hardening.model import Severity
from tests.tui.contents import FOUND, assessment_of, packed_subject
from tui.branches import Branch, BranchTree, Twig
from tui.links import Join
from tui.package_links import PackageJoin
from tui.packages import (
    PackageList,
    branch_cells,
    package_cells,
    package_header,
)
from tui.pointers import PackagePointer
from tui.rows import Cells
from tui.sides import Side
from tui.text import width
from tui.vulnerabilities import (
    VulnerabilityList,
    action_counts,
    action_words,
    chance_words,
    counted,
    vulnerability_cells,
    vulnerability_header,
)


def packages() -> PackageList:
    subject = packed_subject()
    made = PackageList()
    made.take(subject.inventory, subject.assessment, subject.image)
    return made


def vulnerabilities() -> VulnerabilityList:
    subject = packed_subject()
    made = VulnerabilityList()
    made.take(subject.assessment, subject.image)
    return made


def plain(cells: Cells) -> str:
    return "".join(text for text, _ in cells)


def titles(tree: BranchTree, depth: int = 0) -> list[tuple[str, int]]:
    return [
        (twig.branch.title, len(twig.items))
        for twig in tree.rows
        if twig.branch is not None and twig.depth == depth
    ]


def names(made: PackageList) -> list[str]:
    return [
        made.items[twig.item].package.name for twig in made.tree.rows if twig.item is not None
    ]  # fmt: skip


def ids(made: VulnerabilityList) -> list[str]:
    return [
        made.items[twig.item].vulnerability.id for twig in made.tree.rows if twig.item is not None
    ]  # fmt: skip


# The tree


def numbered(count: int) -> BranchTree:
    return BranchTree(
        range(count), lambda n: (Branch(str(n % 3), f"mod {n % 3}"), Branch("x", "x"))
    )  # fmt: skip


def test_a_small_tree_is_open_and_a_large_one_is_not() -> None:
    assert [twig.depth for twig in numbered(3).rows] == [0, 1, 2] * 3
    large = numbered(300)
    assert [twig.depth for twig in large.rows] == [0, 1, 0, 1, 0, 1]
    assert [len(twig.items) for twig in large.rows] == [100] * 6


def test_groups_open_and_close_and_stay_so_in_the_next_tree() -> None:
    tree = numbered(3)
    tree.set_open(("0",), False)
    assert [twig.path for twig in tree.rows][:2] == [("0",), ("1",)]
    again = BranchTree(range(3), lambda n: (Branch(str(n), ""),), choices=tree.choices)
    assert not again.is_open(("0",))
    assert again.is_open(("1",))


def test_a_hidden_item_is_revealed() -> None:
    tree = numbered(300)
    closed = tree.row_of(4)
    assert closed is not None
    assert tree.rows[closed].branch is not None
    row = tree.reveal(4)
    assert row is not None
    assert tree.rows[row].item == 4
    assert tree.reveal(999) is None


# Packages


def test_packages_by_type_layer_and_side() -> None:
    made = packages()
    assert titles(made.tree) == [("Debian packages", 6), ("Python packages", 2)]
    assert made.next_grouping() == "layer"
    assert titles(made.tree) == [("Layer 0", 4), ("Layer 1", 2), ("Layer 3", 2)]
    assert made.next_grouping() == "base or own"
    assert [title.partition(":")[0] for title, _ in titles(made.tree)] == ["Own", "Base"]
    assert made.next_grouping() == "type"


def test_what_a_system_package_owns_stands_behind_a_counter() -> None:
    made = packages()
    assert made.hidden == 1
    assert "six" not in names(made)
    made.toggle_hidden()
    assert "six" in names(made)
    assert made.hidden == 1


def test_packages_know_their_vulnerabilities() -> None:
    made = packages()
    rows = {one.package.name: one for one in made.items}
    assert (rows["libssl3"].vulnerabilities, rows["libssl3"].worst) == (2, Severity.CRITICAL)
    assert (rows["bash"].vulnerabilities, rows["bash"].worst) == (1, None)
    assert rows["linux-libc-dev"].vulnerabilities == 0, "what is hidden is not counted"
    made.sort_by("vulnerabilities")
    assert names(made)[:2] == ["libssl3", "openssl"]


def test_packages_are_filtered_and_sorted() -> None:
    made = packages()
    made.set_needle("CURL deb")
    assert names(made) == ["curl", "libcurl4"]
    made.set_needle("")
    made.sort_by("name")
    assert names(made) == [*sorted(names(made)[:6], reverse=True), "Jinja2", "Flask"]
    assert made.sort_next().column == "layer"


@pytest.mark.parametrize(
    ("side", "expected"),
    [(Side.BASE, {Origin.BASE}), (Side.OWN, {Origin.OWN}), (Side.ALL, {Origin.BASE, Origin.OWN})],
)
def test_one_side_only(side: Side, expected: set[Origin]) -> None:
    made = packages()
    made.set_side(side)
    assert {made.items[t.item].package.base for t in made.tree.rows if t.item is not None} == (
        expected
    )


# Vulnerabilities


def test_vulnerabilities_by_what_mends_them() -> None:
    made = vulnerabilities()
    assert titles(made.tree) == [
        ("Base bump", 1), ("Apt upgrade", 1), ("Pip upgrade", 1), ("No fix", 2),
    ]  # fmt: skip
    assert made.assessment is not None
    assert action_counts(made.assessment.rows) == {
        "base bump": 1, "apt upgrade": 1, "pip upgrade": 1, "no fix": 2,
    }  # fmt: skip


def test_the_other_groupings() -> None:
    made = vulnerabilities()
    made.next_grouping()
    assert titles(made.tree) == [("Layer 0", 3), ("Layer 1", 1), ("Layer 3", 1)]
    made.next_grouping()
    found = [("openssl 3.0.11-1", 2), ("curl 7.88.1-10", 1), ("flask 2.2.0", 1),
             ("bash 5.2.15-2", 1)]  # fmt: skip
    assert titles(made.tree) == found, "the riskiest first"
    made.sort_by("package")
    assert titles(made.tree) == sorted(found)
    made.sort_by("risk")
    made.next_grouping()
    assert titles(made.tree) == [
        ("Critical", 1), ("High", 1), ("Medium", 1), ("Not rated", 1), ("Low", 1),
    ]  # fmt: skip


def test_hidden_ones_stand_behind_a_counter() -> None:
    made = vulnerabilities()
    assert made.hidden == 1
    assert "CVE-2099-0006" not in ids(made)
    made.toggle_hidden()
    assert "CVE-2099-0006" in ids(made)
    assert counted(made.assessment)[Severity.HIGH] == 1, "counters leave them out"


def test_risk_comes_first_and_the_words_of_a_filter_are_found() -> None:
    made = vulnerabilities()
    made.grouping = "layer"
    assert ids(made)[0] == "CVE-2099-0001"
    for needle, expected in (
        ("kev", ["CVE-2099-0001"]), ("libcurl4", ["CVE-2099-0003"]),
        ("x-cve-2099-0004", ["CVE-2099-0004"]), ("pip session", ["CVE-2099-0004"]),
        ("not rated", ["CVE-2099-0005"]),
    ):  # fmt: skip
        made.set_needle(needle)
        assert ids(made) == expected


def test_one_side_of_the_vulnerabilities() -> None:
    made = vulnerabilities()
    made.set_side(Side.OWN)
    assert sorted(ids(made)) == ["CVE-2099-0003", "CVE-2099-0004"]
    made.set_side(Side.BASE)
    assert sorted(ids(made)) == ["CVE-2099-0001", "CVE-2099-0002", "CVE-2099-0005"]


def test_words() -> None:
    assert action_words("deb upgrade") == "apt upgrade"
    assert action_words("swift upgrade") == "swift upgrade"
    assert action_words("no fix") == "no fix"
    assert [chance_words(one) for one in (0.94, 0.031, 0.0004)] == ["94%", "3.1%", "<0.1%"]


def test_nothing_was_read_yet() -> None:
    made = PackageList()
    made.take(None, None, None)
    assert made.tree.rows == []
    found = VulnerabilityList()
    found.take(None, None)
    assert found.tree.rows == []
    assert counted(None) == {}


# Cells


@pytest.mark.parametrize("wide", [12, 30, 40, 47, 56, 66, 80, 84, 110, 118, 198])
def test_rows_and_headers_have_the_same_width(wide: int) -> None:
    made, found = packages(), vulnerabilities()
    made.toggle_hidden()
    found.toggle_hidden()
    for twig in made.tree.rows:
        assert width(plain(_package_row(made, twig, wide))) == wide
    for row in found.items:
        assert width(plain(vulnerability_cells(row, 2, wide))) == wide
    for header in (package_header(wide), vulnerability_header(wide)):
        assert all(width(text) == len(text) for text, _ in header)


@pytest.mark.parametrize("wide", [60, 80, 120, 200])
def test_columns_stand_under_their_titles(wide: int) -> None:
    found = vulnerabilities()
    head = "".join(text for text, _ in vulnerability_header(wide))
    row = plain(vulnerability_cells(found.items[0], 2, wide))
    assert row[head.index("Vulnerability") :].startswith(FOUND[0].id)
    assert row[head.index("Package") :].startswith("openssl")
    made = packages()
    title = "".join(text for text, _ in package_header(wide))
    bash = next(one for one in made.items if one.package.name == "bash")
    row = plain(package_cells(bash, 1, 12, wide))
    assert row[title.index("Version") :].startswith("5.2.15")
    assert row[title.index("Vulns") :].startswith("? 1")


def _package_row(made: PackageList, twig: Twig, wide: int) -> Cells:
    if twig.item is not None:
        return package_cells(made.items[twig.item], twig.depth, 7, wide)
    assert twig.branch is not None
    return branch_cells(made.tree, twig, twig.branch, wide)


def test_the_assessment_of_an_empty_inventory_is_empty() -> None:
    subject = packed_subject(lambda inventory: assessment_of(inventory, ()))
    assert subject.assessment is not None
    assert subject.assessment.rows == ()


def test_what_no_layer_holds_leads_to_the_line_that_names_it() -> None:
    """A runtime that only the image's configuration tells of."""
    text = "FROM debian:12\nRUN true\nENV PYTHON_VERSION=3.12.4\n"
    dockerfile = parse(text)
    own = Package("generic", "python", "3.12.4", "python", "3.12.4", "pkg:generic/python@3.12.4",
                  "", None, Origin.UNKNOWN)  # fmt: skip
    of_base = replace(own, name="node", version="22.1.0")
    join = Join(dockerfile, None, (), (), PackageJoin(Inventory((own, of_base), None), None, ()))
    assert [join.links(PackagePointer(n)).lines for n in range(2)] == [(3,), (1,)]
    assert join.links(PackagePointer(0)).layers == ()
    nothing = Join(None, None, (), (), PackageJoin(Inventory((own,), None), None, ()))
    assert nothing.links(PackagePointer(0)).lines == ()
