"""The Packages and Vulnerabilities tabs of the main screen."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

from tui.grouped import Grouped
from tui.packages import PackageList
from tui.pointers import GroupPointer, Links, PackagePointer, Pointer, VulnerabilityPointer
from tui.rows import Cell, Cells
from tui.screens.filing import Filing
from tui.text import plural
from tui.vulnerabilities import VulnerabilityList, vulnerability_text
from tui.widgets.grouped import GroupedLines, PackagesView, VulnerabilitiesView
from tui.widgets.lines import Lines

if TYPE_CHECKING:
    from tui.package_detail import Surroundings

LISTS = ("packages", "vulnerabilities")


class Contents(Filing):
    """Adds what is inside the image to the joined screen."""

    def listed(self, name: str) -> Grouped[Any] | None:
        """The list behind a tab; None for other tabs and panes."""
        store = self.store
        match name:
            case "packages":
                return store.packages
            case "vulnerabilities":
                return store.vulnerabilities
        return None

    # Drawing

    def draw_all(self) -> None:
        super().draw_all()
        self.take_contents()

    def take_contents(self) -> None:
        """The packages of the subject now; the shown list is drawn again."""
        from tui.leads import rows_in_hand

        self.store.take_contents()
        self.store.vulnerabilities.in_hand = rows_in_hand(self.store.subject)
        self.note_counts()
        if self.tab in LISTS:
            self.draw_list()

    def note_counts(self) -> None:
        """Counts behind the titles of the tabs; none while nothing was read."""
        subject = self.store.subject
        inventory = None if subject is None else subject.inventory
        found = None if subject is None else subject.assessment
        total = None if inventory is None else len(inventory.packages)
        self.tabs.note("packages", _counter(self.store.packages, total))
        shown = [] if found is None else [one for one in found.rows if not one.vulnerability.hidden]
        total = len(shown) if found is not None and found.assessed else None
        self.tabs.note("vulnerabilities", _counter(self.store.vulnerabilities, total))

    def draw_list(self) -> None:
        """Fill the shown tab of the two."""
        from tui.package_detail import no_packages, no_vulnerabilities

        listed = self.listed(self.tab)
        if listed is None:
            return
        view = self.query_one(f"#{self.tab}", GroupedLines)
        if isinstance(view, PackagesView):
            view.line_of = self._line_of
        view.lead_parts = self._lead(listed)
        view.show(listed)
        if not view.count:
            if listed.items:
                view.say(_nothing_left(listed))
            else:
                why = no_packages if isinstance(view, PackagesView) else no_vulnerabilities
                view.say(why(self.store.subject, loading=self.still_reading))
        self._mark_list(self.store.links(), reveal=False)
        self.note_counts()
        self.tell_tab()

    def _lead(self, listed: Grouped[Any]) -> tuple[Cell, ...]:
        from tui.leads import package_lead, vulnerability_lead

        if isinstance(listed, VulnerabilityList):
            subject = self.store.subject
            today = subject.today if subject is not None else None
            return tuple(vulnerability_lead(listed, today or date.today()))
        return tuple(package_lead(listed)) if isinstance(listed, PackageList) else ()

    def _line_of(self, layer: int | None) -> int | None:
        lines = () if layer is None else self.store.join.lines_of_layer(layer)
        return lines[0] if lines else None

    def draw_tab(self) -> None:
        super().draw_tab()
        if self.tab in LISTS and self.place != self.tab:
            self.draw_list()

    def tab_words(self) -> list[str]:
        listed = self.listed(self.tab)
        if listed is None:
            return super().tab_words()
        if not listed.items:
            return []
        parts = [f"by {listed.grouping}", *([listed.side.words] if listed.side.words else [])]
        if listed.needle:
            parts.append(plural(len(listed.tree), "match", "matches"))
        return [part for part in parts if part]

    # The cursor

    def pointer_of(self, lines: Lines) -> Pointer | None:
        if not isinstance(lines, GroupedLines):
            return super().pointer_of(lines)
        twig = lines.twig
        if twig is None:
            return None
        if twig.item is not None:
            is_package = isinstance(lines, PackagesView)
            return PackagePointer(twig.item) if is_package else VulnerabilityPointer(twig.item)
        title = "" if twig.branch is None else f"{twig.branch.title} {twig.branch.note}".strip()
        return GroupPointer(title, twig.items, isinstance(lines, VulnerabilitiesView))

    def show_links(self, links: Links, source: str) -> None:
        super().show_links(links, source)
        if self.tab in LISTS and source != self.tab:
            self._mark_list(links, reveal=source in ("findings", *LISTS))

    def _mark_list(self, links: Links, *, reveal: bool) -> None:
        view = self.query_one(f"#{self.tab}", GroupedLines)
        items = links.packages if isinstance(view, PackagesView) else links.vulnerabilities
        view.mark(items, reveal=reveal)

    # Detail

    def _detail(self) -> list[Cells]:
        from tui.package_detail import group_detail, package_detail, vulnerability_detail

        store, pointer = self.store, self.store.pointer
        match pointer:
            case VulnerabilityPointer(number=number) if number < len(store.vulnerabilities.items):
                found = store.vulnerabilities.assessment
                item = store.vulnerabilities.items[number]
                feeds = () if found is None else found.feeds
                in_hand = number in store.vulnerabilities.in_hand
                return vulnerability_detail(
                    item, self._around, feeds, self._offered(), in_hand=in_hand
                )
            case PackagePointer(number=number) if number < len(store.packages.items):
                wanted = store.links().vulnerabilities
                known = tuple(one for one in store.vulnerabilities.items if one.number in wanted)
                package = store.packages.items[number].package
                return (
                    package_detail(package, known, self._around, assessed=self._assessed)
                    + self._offered()
                )
            case GroupPointer(title=title):
                links = store.links()
                those = tuple(one for one in store.packages.items if one.number in links.packages)
                wanted = links.vulnerabilities
                known = tuple(one for one in store.vulnerabilities.items if one.number in wanted)
                return group_detail(title, those, known, assessed=self._assessed) + self._offered()
        return super()._detail()

    @property
    def _assessed(self) -> bool:
        found = self.store.vulnerabilities.assessment
        return found is not None and found.assessed > 0

    @property
    def _around(self) -> Surroundings:
        from tui.package_detail import Surroundings

        store = self.store
        image = None if store.subject is None else store.subject.image
        return Surroundings(image, store.join.lines_of_layer, store.join.path, store.masks.hide)

    def _offered(self) -> list[Cells]:
        """The finding that the plan keys act on, with its fixes."""
        from tui.detail import offered_fixes

        row = self.current_row
        return [] if row is None else offered_fixes(row)

    # Keys

    def item_text(self) -> str:
        """What `y` copies: a package URL; a vulnerability with its package; the ids of a group."""
        store, pointer = self.store, self.store.pointer
        match pointer:
            case PackagePointer(number=number) if number < len(store.packages.items):
                return store.packages.items[number].package.purl
            case VulnerabilityPointer(number=number) if number < len(store.vulnerabilities.items):
                return vulnerability_text(store.vulnerabilities.items[number])
            case GroupPointer(numbers=numbers, vulnerabilities=True):
                items = store.vulnerabilities.items
                return "\n".join(vulnerability_text(items[n]) for n in numbers if n < len(items))
            case GroupPointer(numbers=numbers):
                packages = store.packages.items
                return "\n".join(packages[n].package.purl for n in numbers if n < len(packages))
        return ""

    def action_show_hidden(self) -> None:
        """Show what stands behind the counter, or hide it again."""
        listed = self.listed(self.tab)
        if listed is None:
            return
        shown = listed.toggle_hidden()
        self.draw_list()
        self.notify(f"{listed.hidden:,} {'shown' if shown else 'hidden'}", markup=False, timeout=2)

    def next_grouping(self) -> None:
        """Group the shown list by something else."""
        listed = self.listed(self.tab)
        if listed is not None:
            told = listed.next_grouping()
            self.draw_list()
            self.follow_focus()
            self.notify(f"By {told}", markup=False, timeout=2)


def _counter(listed: Grouped[Any], total: int | None) -> str:
    """`27`, or `17 of 27` while a filter leaves some out; "" when nothing was counted."""
    if total is None:
        return ""
    narrowed = bool(listed.needle or listed.side.words)
    return f"{len(listed.tree):,} of {total:,}" if narrowed else f"{total:,}"


def _nothing_left(listed: Grouped[Any]) -> list[Cells]:
    """Why a list with items shows none."""
    if listed.needle or listed.side.words:
        return [[], [("  Nothing matches.", "muted")], [("  esc shows all again", "muted")]]
    return [[], [(f"  {listed.hidden:,} hidden; H shows them.", "muted")]]
