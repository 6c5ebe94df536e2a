"""The view model: what is opened, what is accepted, what is filtered, where the cursor is.

No Textual here. Screens call the methods of `Store` and draw what its properties say. Everything
is answered from values; replaying a plan is done elsewhere and handed in by `show`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from hardening.image.model import Origin
from hardening.model import Finding, Place, Report, Safety
from hardening.secrets.model import Secret
from tui.choices import Choices
from tui.findings import Accepted, FindingRow, Mark, file_place, line_map, line_of, rows_of
from tui.informed import informed
from tui.links import Join, join_of
from tui.masking import Masks, joined_secrets
from tui.narrowing import Narrowing
from tui.ordering import Pane, findings_in_order, layers_in_order, secrets_in_order
from tui.packages import PackageList
from tui.pointers import FindingPointer, LinePointer, Links, Pointer
from tui.sides import Side, places_in_base
from tui.vulnerabilities import VulnerabilityList

if TYPE_CHECKING:
    from hardening.replay import Replayed
    from hardening.subject import Subject


@dataclass
class Store(Narrowing, Choices):
    """The state behind one opened subject."""

    opened: Subject | None = None
    baseline: Report | None = None
    """The report of the text as it was opened: the score before."""
    current: Replayed | None = None
    pointer: Pointer | None = None
    revealed: int | None = None
    """Index of the one secret that is shown unmasked."""
    file_secrets: tuple[Secret, ...] | None = None
    """Secrets of the workspace files as they are now; None until they were looked for."""
    packages: PackageList = field(default_factory=PackageList)
    vulnerabilities: VulnerabilityList = field(default_factory=VulnerabilityList)
    _choices_since: int = 0
    """The generation of the plan and the texts; later ones only know more facts."""
    _join: Join | None = None
    _links: tuple[tuple[object, ...], Links] | None = None
    _rows: tuple[FindingRow, ...] | None = None
    _shown: tuple[FindingRow, ...] | None = None
    _secret_order: tuple[int, ...] | None = None
    _secrets: tuple[Secret, ...] | None = None
    _safe_left: bool | None = None
    _masks: Masks | None = None

    # What came in

    def open(self, subject: Subject) -> None:
        """A subject, or the same one with more facts, which are shown before the replay that draws
        conclusions from them. The plan is kept."""
        before, current = self.opened, self.current
        self.opened = subject
        self.generation += 1
        if before is None or not before.texts.items() <= subject.texts.items():
            self._choices_since = self.generation
        elif current is not None:
            self.current = informed(current, subject)
            self._forget()

    def show(
        self,
        replayed: Replayed,
        baseline: Report | None,
        generation: int,
        file_secrets: tuple[Secret, ...] | None = None,
    ) -> bool:
        """The answer to the replay of `generation`; False, and nothing else, when the plan or a
        text is another one since. Facts that came in since are kept."""
        if self.is_stale(generation):
            return False
        self.current = (
            replayed if generation == self.generation else informed(replayed, self.opened)
        )
        self.file_secrets = file_secrets
        if baseline is not None:
            self.baseline = baseline
        for one in replayed.applied:
            self._accepted[one.key] = Accepted(one.key, one.finding, one.fix)
        self._forget()
        return True

    def is_stale(self, generation: int) -> bool:
        """True when the plan or a text is another one since."""
        return generation < self._choices_since

    def written(self) -> None:
        """The patched text is on the disk: it is what is opened now, and the plan is empty."""
        if self.current is None:
            return
        self.opened = self.current.subject
        self.current = replace(self.current, applied=())
        self.forget_choices()

    def changed(self) -> None:
        super().changed()
        self._choices_since = self.generation
        self._rows = None
        self._shown = None
        self._safe_left = None

    def reordered(self) -> None:
        self._shown = None
        self._secret_order = None

    def _forget(self) -> None:
        self._join = None
        self._rows = None
        self._shown = None
        self._safe_left = None
        self._secret_order = None
        self._secrets = None
        self._masks = None
        self.revealed = None

    # What is there

    @property
    def subject(self) -> Subject | None:
        """The subject with the accepted fixes in its texts."""
        return self.opened if self.current is None else self.current.subject

    @property
    def report(self) -> Report | None:
        return None if self.current is None else self.current.report

    @property
    def secrets(self) -> tuple[Secret, ...]:
        """Those of the files and of the image, each value once."""
        if self._secrets is None:
            subject = self.subject
            of_image = None if subject is None else subject.secrets
            self._secrets = joined_secrets(self.file_secrets or (), of_image)
        return self._secrets

    @property
    def masks(self) -> Masks:
        """Hides the values of all known secrets in whatever is shown."""
        if self._masks is None:
            self._masks = Masks(self.secrets)
        return self._masks

    @property
    def replaying(self) -> bool:
        """True while the shown text is not yet that of the plan."""
        current = self.current
        if current is None:
            return self.opened is not None
        told = {one.key for one in current.applied}
        told |= {one.key for one in current.dropped} | {one.fix for one in current.conflicts}
        return told != set(self.plan.fixes)

    @property
    def dockerfile_path(self) -> str:
        subject = self.subject
        if subject is None or subject.dockerfile is None:
            return ""
        return subject.dockerfile.path

    def text(self, path: str) -> str:
        """A workspace file as it is with the accepted fixes."""
        return "" if self.subject is None else self.subject.texts.get(path, "")

    # Findings

    def finding_rows(self) -> tuple[FindingRow, ...]:
        """Rows after filter and sort."""
        if self._shown is None:
            rows = self.all_rows()
            if self.side is not Side.ALL:
                rows = tuple(one for one in rows if self._on_side(one.finding.places))
            self._shown = findings_in_order(rows, *self.view_of(Pane.FINDINGS))
        return self._shown

    def _on_side(self, places: Sequence[Place]) -> bool:
        image = None if self.subject is None else self.subject.image
        return self.side.keeps(base=places_in_base(places, image))

    def all_rows(self) -> tuple[FindingRow, ...]:
        """Rows whatever the filter, severest first."""
        if self._rows is None:
            self._rows = self._make_rows()
        return self._rows

    def _make_rows(self) -> tuple[FindingRow, ...]:
        if self.current is None:
            return ()
        accepted = {key: self._accepted.get(key) for key in self.plan.fixes}
        return rows_of(self.current, accepted, self.fix_of, self._line_now)

    def _line_now(self, finding: Finding) -> int | None:
        """Where the line of a mended finding is in the text now: its key says nothing of lines, so
        the same finding of the opened text is asked, and its line followed through the diff."""
        for one in self.baseline.findings if self.baseline is not None else ():
            if one.key == finding.key:
                place = file_place(one)
                if place is None:
                    return None
                return self.lines_now(place.path).get(place.start_line)
        return line_of(finding)

    def lines_now(self, path: str) -> dict[int, int]:
        """Lines of a file as opened → its lines now."""
        if self.opened is None or self.current is None:
            return {}
        return line_map(self.opened.texts.get(path, ""), self.current.subject.texts.get(path, ""))

    @property
    def safe_left(self) -> bool:
        """True when a finding is open whose fix is SAFE."""
        if self._safe_left is None:
            self._safe_left = any(
                row.mark in (Mark.OPEN, Mark.NEW)
                and any(fix.safety is Safety.SAFE for fix in row.finding.fixes)
                for row in self.all_rows()
            )
        return self._safe_left

    def row_of(self, key: str) -> FindingRow | None:
        return next((row for row in self.all_rows() if row.key == key), None)

    # Secrets

    def secret_order(self) -> tuple[int, ...]:
        """Indices into `secrets` after filter and sort; demoted ones last."""
        if self._secret_order is None:
            secrets = self.secrets
            order = secrets_in_order(secrets, *self.view_of(Pane.SECRETS))
            if self.side is not Side.ALL:
                order = tuple(n for n in order if self._on_side(secrets[n].places))
            self._secret_order = order
        return self._secret_order

    def reveal(self, index: int | None) -> None:
        """Show one secret unmasked; None masks it again."""
        self.revealed = index

    # Layers

    def layer_order(self) -> tuple[int, ...]:
        """Layer numbers after filter and sort."""
        subject = self.subject
        if subject is None or subject.image is None:
            return ()
        layers = [
            one
            for one in subject.image.layers
            if self.side.keeps(base=one.attribution.origin is Origin.BASE)
        ]
        return layers_in_order(layers, *self.view_of(Pane.LAYERS))

    # Packages and vulnerabilities

    def take_contents(self) -> None:
        """Hand the packages of the subject to the lists that show them."""
        subject = self.subject
        if subject is None:
            return
        hide = self.masks.hide
        self.packages.take(subject.inventory, subject.assessment, subject.image, hide)
        self.vulnerabilities.take(subject.assessment, subject.image, hide)
        self.packages.set_side(self.side)
        self.vulnerabilities.set_side(self.side)

    # Cursor

    def point(self, pointer: Pointer) -> Links:
        """Put the cursor somewhere; what the other panes show with it. Masks a shown secret."""
        if pointer != self.pointer:
            self.revealed = None
        self.pointer = pointer
        return self.links()

    def links(self) -> Links:
        """What the other panes show with the cursor; asked many times for one key press."""
        if self.pointer is None:
            return Links()
        asked = self.pointer, self.join, self.all_rows()
        known = self._links
        if known is None or any(a is not b for a, b in zip(known[0], asked, strict=True)):
            known = self._links = asked, self._find_links(self.pointer)
        return known[1]

    def _find_links(self, pointer: Pointer) -> Links:
        links = self.join.links(pointer)
        if isinstance(pointer, FindingPointer) and not links.findings:
            row = self.row_of(pointer.key)
            return links if row is None else self._links_of_mended(row)
        return links

    def _links_of_mended(self, row: FindingRow) -> Links:
        """Those of a finding that the report has no more: by the line where it was."""
        place = file_place(row.finding)
        if row.line is None or place is None:
            return Links(findings=frozenset({row.key}))
        layers = self.join.links(LinePointer(place.path, row.line)).layers
        return Links(place.path, (row.line,), layers, frozenset({row.key}))

    @property
    def join(self) -> Join:
        if self._join is None:
            findings = () if self.report is None else self.report.findings
            rows = [row.finding for row in self.all_rows()]
            self._join = join_of(self.subject, findings, self.secrets, rows)
        return self._join

    def step_finding(self, step: int) -> FindingRow | None:
        """The finding after (or before) the cursor's, round the end."""
        rows = self.finding_rows()
        if not rows:
            return None
        keys = [row.key for row in rows]
        now = self.pointer.key if isinstance(self.pointer, FindingPointer) else None
        if now not in keys:
            return rows[0 if step > 0 else -1]
        return rows[(keys.index(now) + step) % len(rows)]
