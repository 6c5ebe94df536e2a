"""A package or a vulnerability as paragraphs, and what the tabs say while they have no rows."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from hardening.image.model import Image, Origin
from tui.detail import LIMIT, heading, skipped_cells
from tui.packages import PackageRow, layer_branch
from tui.phases import PACKAGES, VULNERABILITIES, WAITING
from tui.rows import Cells
from tui.text import clean, plural
from tui.vulnerabilities import (
    VulnerabilityRow,
    action_words,
    chance_words,
    rating_cells,
    severity_order,
    severity_word,
)

if TYPE_CHECKING:
    from collections.abc import Callable

    from hardening.advisories.assessment import Assessment
    from hardening.advisories.model import Feed
    from hardening.inventory.model import Package
    from hardening.subject import Subject

READ_AGAIN = "f5 reads the image again"
IN_HAND: Cells = [
    ("✓ ", "good"),
    ("Accepted fixes change what brought it: the next build shows whether it is gone.", "plain"),
]
MANY = 50
"""Lines of one list in the Detail."""

_ORIGINS = {Origin.BASE: "came with the base image", Origin.OWN: "your own",
            Origin.UNKNOWN: "not known whether base or own"}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What a package stands in: the image, the lines of its layers, and what masks secrets."""

    image: Image | None
    lines_of_layer: Callable[[int], tuple[int, ...]]
    path: str
    hide: Callable[[str], str]


def _text(text: str) -> str:
    return clean(" ".join(text.split()), LIMIT)


def vulnerability_detail(
    item: VulnerabilityRow,
    around: Surroundings,
    feeds: tuple[Feed, ...],
    offered: list[Cells],
    *,
    in_hand: bool = False,
) -> list[Cells]:
    """What it is, how bad and who says so, what mends it (with the fixes that are `offered`), what
    brought it, how old the data is."""
    one = item.vulnerability
    lines: list[Cells] = [
        [*rating_cells(one.rating.severity), ("  ", "plain"), (clean(one.id, 100), "strong"),
         (f"  {_text(one.summary)}" if one.summary else "", "plain")],
        [(rating_words(item), "muted")],
    ]  # fmt: skip
    if one.kev:
        lines.append([("◆ ", "critical"), ("Exploited: it is in the catalogue of known exploited "
                                           "vulnerabilities (KEV).", "critical")])  # fmt: skip
    if one.epss is not None:
        told = f"{chance_words(one.epss)} chance that it is exploited within 30 days (EPSS)."
        lines.append([(told, "warn" if one.epss >= 0.1 else "plain")])
    if one.hidden:
        lines.append([(f"Hidden by default: {_text(one.hidden)}.", "muted")])
    lines += heading("What mends it")
    lines += [_mending(item), *([IN_HAND] if in_hand else []), *offered]
    lines += heading("Packages that have it")
    for package in item.row.packages[:MANY]:
        lines += _package_lines(package, around)
    if len(item.row.packages) > MANY:
        lines.append([(f"and {len(item.row.packages) - MANY:,} more", "muted")])
    names = [one.advisory, *one.aliases]
    known = ", ".join(clean(name, 100) for name in dict.fromkeys(names) if name != one.id)
    if known:
        lines += [*heading("Also known as"), [(known, "muted")]]
    return lines + feed_lines(feeds)


def rating_words(item: VulnerabilityRow) -> str:
    """`high, CVSS 7.5, says Debian`"""
    rating = item.vulnerability.rating
    if rating.severity is None:
        return "nobody rated it"
    score = "" if rating.score is None else f", CVSS {rating.score:.1f}"
    source = f", says {clean(rating.source, 100)}" if rating.source else ", source not told"
    return f"{severity_word(rating.severity)}{score}{source}"


def _mending(item: VulnerabilityRow) -> Cells:
    one = item.vulnerability
    if not one.fixed:
        return [("No version is known that mends it.", "muted")]
    return [
        (f"{clean(one.package, 200)} {clean(one.installed, 100)} → ", "plain"),
        (clean(one.fixed, 100), "good"),
        (f"  {action_words(item.row.action)}", "accent"),
    ]


def _package_lines(package: Package, around: Surroundings) -> list[Cells]:
    name = f"{clean(package.name, 200)} {clean(package.version, 100)}"
    path = f"  /{clean(package.path, 400)}" if package.path else "  image configuration"
    return [[("• ", "muted"), (name, "plain"), (path, "muted")],
            [("  ", "plain"), *_brought(package, around)]]  # fmt: skip


def _brought(package: Package, around: Surroundings) -> Cells:
    """Layer, line and command that brought a package, and whose they are."""
    cells: Cells = []
    lines = () if package.layer is None else around.lines_of_layer(package.layer)
    branch = layer_branch(package.layer, around.image, around.hide)
    cells.append((f"{branch.title}, {_ORIGINS[package.base]}", "plain"))
    if lines:
        cells.append((f"  {clean(around.path, 200)}:{lines[0]}", "accent"))
    if branch.note:
        cells.append((f"  {clean(branch.note, 300)}", "muted"))
    return cells


def package_detail(
    package: Package,
    found: tuple[VulnerabilityRow, ...],
    around: Surroundings,
    *,
    assessed: bool,
) -> list[Cells]:
    """What it is, what says so, what brought it, what is known to be wrong with it."""
    lines: list[Cells] = [
        [(clean(package.name, 300), "strong"), (f"  {clean(package.version, 200)}", "plain"),
         (f"  {clean(package.arch, 40)}" if package.arch else "", "muted")],
        [(clean(package.purl, LIMIT), "muted")],
    ]  # fmt: skip
    if (package.source_name, package.source_version) != (package.name, package.version):
        source = f"{clean(package.source_name, 200)} {clean(package.source_version, 200)}"
        lines.append([(f"Built from {source}", "plain")])
    if package.owned_by is not None:
        lines.append([("The system package ", "plain"), (clean(package.owned_by, 200), "strong"),
                      (" owns it: advisories are looked up for that one.", "plain")])  # fmt: skip
    if package.tooling:
        lines.append([("Only its package manager itself uses it.", "plain")])
    lines += [*heading("What brought it"), _brought(package, around)]
    path = f"/{clean(package.path, LIMIT)}" if package.path else "The image's configuration"
    lines += [*heading("What says so"), [(path, "plain")]]
    lines += heading("Known to be wrong with it")
    return lines + _known(found, assessed=assessed)


def _known(found: tuple[VulnerabilityRow, ...], *, assessed: bool) -> list[Cells]:
    """One line for each vulnerability."""
    lines: list[Cells] = []
    for one in found[:MANY]:
        known = one.vulnerability
        fixed = f"→ {clean(known.fixed, 100)}" if known.fixed else "no fix"
        told = f"  {_text(known.summary)}" if known.summary else ""
        lines.append([*rating_cells(known.rating.severity), (f"  {clean(known.id, 100)}", "plain"),
                      (f"  {clean(known.package, 100)}", "muted"),
                      (f"  {fixed}", "good" if known.fixed else "muted"),
                      ("  KEV" if known.kev else "", "critical"), (told, "muted")])  # fmt: skip
    if len(found) > MANY:
        lines.append([(f"and {len(found) - MANY:,} more", "muted")])
    if not found and not assessed:
        return [[("Not assessed: it was not looked up.", "warn")]]
    return lines or [[("Nothing.", "muted")]]


def group_detail(
    title: str,
    packages: tuple[PackageRow, ...],
    found: tuple[VulnerabilityRow, ...],
    *,
    assessed: bool,
) -> list[Cells]:
    """What a group holds: how many, how bad, and the first of them."""
    shown = tuple(one for one in found if not one.vulnerability.hidden)
    names = list(dict.fromkeys(one.package.name for one in packages))
    more = f" and {len(names) - 12:,} more" if len(names) > 12 else ""
    known = plural(len(shown), "vulnerability", "vulnerabilities")
    lines: list[Cells] = [
        [(clean(title, 300), "strong")],
        [(plural(len(packages), "package") + (f", {known}" if assessed else ""), "plain")],
    ]
    counts = Counter(one.vulnerability.rating.severity for one in shown)
    if counts:
        cells: Cells = []
        for severity in sorted(counts, key=severity_order):
            cells += [*rating_cells(severity), (f" {counts[severity]:,}   ", "plain")]
        lines.append(cells)
    lines += [*heading("Packages"), [(clean(", ".join(names[:12]) + more, LIMIT), "plain")]]
    return [*lines, *heading("Known to be wrong with them"), *_known(shown, assessed=assessed)]


def feed_lines(feeds: Iterable[Feed]) -> list[Cells]:
    """The sources of the data with their dates."""
    lines: list[Cells] = []
    for one in feeds:
        newest = f", newest record {one.newest[:10]}" if one.newest else ""
        told = f"{clean(one.name, 100)}: {plural(one.records, 'record')}, imported "
        lines.append([("• ", "muted"), (f"{told}{clean(one.imported[:10], 10)}{clean(newest, 60)}",
                                        "muted")])  # fmt: skip
    return [*heading("How old the data is"), *lines] if lines else []


# What stands there instead of rows


def no_packages(subject: Subject | None, *, loading: bool) -> list[Cells]:
    """Why no package is listed, and what to do next."""
    waiting = _waiting(subject, PACKAGES, loading=loading)
    if waiting is not None:
        return waiting
    assert subject is not None
    if subject.inventory is None:
        return _told("The packages were not read; i says why.", READ_AGAIN)
    lines: list[Cells] = [[], [("  No package was found in this image.", "plain")]]
    return lines + _not_assessed(skipped_cells(subject.inventory.not_assessed))


def no_vulnerabilities(subject: Subject | None, *, loading: bool) -> list[Cells]:
    """Why no vulnerability is listed; zero is only said of what was looked up."""
    waiting = _waiting(subject, VULNERABILITIES, loading=loading)
    if waiting is not None:
        return waiting
    assert subject is not None
    found = subject.assessment
    if found is None:
        if loading:
            return _told("Advisories are being looked up …")
        return _told("Not assessed: the packages were not looked up.", "i says why")
    if not found.feeds and not found.assessed:
        return _no_data(found)
    lines: list[Cells] = [[]]
    told = skipped_cells(found.not_assessed)
    if not found.assessed:
        lines.append([("  Not assessed: the advisory data covers none of the packages.", "warn")])
    elif told:
        lines.append([(f"  Nothing is known of the {plural(found.assessed, 'package')} "
                       "that could be looked up.", "plain")])  # fmt: skip
    else:
        lines.append([(f"  ✓ No known vulnerability in {plural(found.assessed, 'package')}.",
                       "good")])  # fmt: skip
    lines += _not_assessed(told)
    return lines + _indented(feed_lines(found.feeds))


def _no_data(found: Assessment) -> list[Cells]:
    absent = [one for one in found.not_assessed if one.reason == "there is no advisory data"]
    others = [one for one in found.not_assessed if one not in absent]
    if not absent:
        return [[], [("  Not assessed:", "warn")], *_indented(skipped_cells(others))]
    return [
        [],
        [("  Not assessed: there is no advisory data.", "warn")],
        [("  Run `drydock db update`, or offline `drydock db import PATH`; then f5.",
          "plain")],
        *_not_assessed(skipped_cells(others)),
    ]  # fmt: skip


def _waiting(subject: Subject | None, what: str, *, loading: bool) -> list[Cells] | None:
    """What is said before there is anything to say of packages or vulnerabilities (`what`), or
    when they were given up; None when there is something to say."""
    if subject is None:
        return _told("Opening …")
    failed = [one for one in subject.missing if one.what == what and one.reason != WAITING]
    if failed:
        told = f"  Not assessed: {clean(failed[0].reason, LIMIT)}"
        step = clean(failed[0].next_step, LIMIT)
        return [[], [(told, "warn")], *([[(f"  {step}", "plain")]] if step else []),
                [("  " + READ_AGAIN, "muted")]]  # fmt: skip
    if subject.image is None:
        if loading:
            return _told("The image is being opened …")
        return _told("No image.", "o opens one of this machine,", "or start drydock with --image")
    if subject.inventory is None and loading:
        return _told("The packages are being read …")
    return None


def _told(*lines: str) -> list[Cells]:
    return [[], *([("  " + line, "muted")] for line in lines)]


def _not_assessed(lines: list[Cells]) -> list[Cells]:
    return [[], [("  Not assessed:", "muted")], *_indented(lines)] if lines else []


def _indented(lines: list[Cells]) -> list[Cells]:
    return [[("  ", "plain"), *line] if line else [] for line in lines]
