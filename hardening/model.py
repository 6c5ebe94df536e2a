"""The nouns of drydock: frozen values that every room passes to the next.

Nothing here does input, output or analysis. All offsets are character offsets into the
decoded text of one file (see `hardening.dockerfile.source` for the decoding); all layer
numbers are zero-based indices into `Image.layers`, lowest layer first.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import IntEnum, StrEnum

from hardening.skipped import Skipped


class Severity(IntEnum):
    """How much a finding matters to an attacker or in an outage; ordered, INFO lowest."""

    INFO = 0
    LOW = 1
    MEDIUM = 2
    HIGH = 3
    CRITICAL = 4

    @property
    def label(self) -> str:
        """Lower-case word used in text, JSON and settings (`"high"`)."""
        return self.name.lower()


class Confidence(IntEnum):
    """How sure the rule is that the finding is real."""

    LOW = 0
    MEDIUM = 1
    HIGH = 2

    @property
    def label(self) -> str:
        return self.name.lower()


class Safety(IntEnum):
    """What may be done with a fix; derived from its preconditions, never set by hand."""

    MANUAL = 0
    REVIEW = 1
    SAFE = 2

    @property
    def label(self) -> str:
        return self.name.lower()


class Verdict(StrEnum):
    """What the evidence says about one precondition."""

    HOLDS = "holds"
    FAILS = "fails"
    UNKNOWN = "unknown"


class Profile(StrEnum):
    """Which rules run: `HARDENING`, the default, is what an attacker or an outage cares about;
    `ALL` adds style."""

    HARDENING = "hardening"
    ALL = "all"


@dataclass(frozen=True, slots=True, order=True)
class Span:
    """Half-open range of character offsets `[start, end)` in one text."""

    start: int
    end: int

    def __post_init__(self) -> None:
        if not 0 <= self.start <= self.end:
            raise ValueError(f"not a span: {self.start}..{self.end}")

    def __len__(self) -> int:
        return self.end - self.start

    def slice(self, text: str) -> str:
        return text[self.start : self.end]

    def contains(self, other: Span) -> bool:
        return self.start <= other.start and other.end <= self.end


@dataclass(frozen=True, slots=True)
class FilePlace:
    """A span of a file of the workspace; lines are one-based and inclusive."""

    path: str
    span: Span
    start_line: int
    end_line: int


@dataclass(frozen=True, slots=True)
class LayerPlace:
    """A whole layer of the image."""

    layer: int


@dataclass(frozen=True, slots=True)
class ImagePathPlace:
    """A path inside one layer of the image; `path` has no leading slash."""

    layer: int
    path: str


@dataclass(frozen=True, slots=True)
class PackagePlace:
    """An installed package, by ecosystem (`deb`, `apk`, `pypi`, ...), name and version."""

    ecosystem: str
    name: str
    version: str
    layer: int | None = None


@dataclass(frozen=True, slots=True)
class ConfigPlace:
    """A key of the image configuration or its history: `Env.NPM_TOKEN`, `User`, `history[3]`."""

    key: str


Place = FilePlace | LayerPlace | ImagePathPlace | PackagePlace | ConfigPlace


@dataclass(frozen=True, slots=True)
class Evidence:
    """One observed fact and where it was seen. `text` never holds an unmasked secret."""

    text: str
    place: Place | None = None


@dataclass(frozen=True, slots=True)
class Precondition:
    """A statement that must hold for a fix to be safe, with what the evidence says of it."""

    statement: str
    verdict: Verdict
    evidence: str = ""


def holds(statement: str, evidence: str = "") -> Precondition:
    return Precondition(statement, Verdict.HOLDS, evidence)


def fails(statement: str, evidence: str = "") -> Precondition:
    return Precondition(statement, Verdict.FAILS, evidence)


def unknown(statement: str, evidence: str = "") -> Precondition:
    return Precondition(statement, Verdict.UNKNOWN, evidence)


@dataclass(frozen=True, slots=True)
class Edit:
    """Replace `span` of the file `path` by `text`.

    `path` is a key of `Subject.texts`. A path that is not there yet is a new file: its span is
    `Span(0, 0)`. Text is written with "\\n" only; applying it uses the file's own newline.
    """

    path: str
    span: Span
    text: str


@dataclass(frozen=True, slots=True)
class Fix:
    """A concrete patch for one finding.

    `name` is a short kebab-case word, unique within the finding (`"add-user"`).
    `effect` says in one sentence what changes for the person who runs the image.
    A fix with a failed precondition is MANUAL: it is explained and its edits are not offered.
    """

    name: str
    title: str
    edits: tuple[Edit, ...]
    preconditions: tuple[Precondition, ...] = ()
    effect: str = ""

    @property
    def safety(self) -> Safety:
        verdicts = {precondition.verdict for precondition in self.preconditions}
        if Verdict.FAILS in verdicts or not self.edits:
            return Safety.MANUAL
        if Verdict.UNKNOWN in verdicts:
            return Safety.REVIEW
        return Safety.SAFE


@dataclass(frozen=True, slots=True)
class Finding:
    """Something a rule saw.

    `places[0]` is the primary place. `subject` names what the finding is about inside its
    place (a package list, a variable, a path) in words that an edit elsewhere on the same
    instruction does not change; with the rule and the original place it makes `key`, which
    `analyse` fills in. `tip` says what to do where no fix is possible.
    """

    rule: str
    severity: Severity
    confidence: Confidence
    message: str
    places: tuple[Place, ...]
    subject: str = ""
    evidence: tuple[Evidence, ...] = ()
    fixes: tuple[Fix, ...] = ()
    aliases: tuple[str, ...] = ()
    tip: str = ""
    key: str = ""
    sources: tuple[str, ...] = ()

    @property
    def best_fix(self) -> Fix | None:
        """The first fix of the highest safety that may be applied at all."""
        usable = [fix for fix in self.fixes if fix.safety is not Safety.MANUAL]
        return max(usable, key=lambda fix: fix.safety, default=None)


@dataclass(frozen=True, slots=True)
class RuleFailure:
    """A rule that crashed; the other rules went on."""

    rule: str
    error: str
    traceback: str = ""


@dataclass(frozen=True, slots=True)
class Conflict:
    """Two fixes that want to change the same text; `other` is the one that was kept."""

    fix: str
    other: str
    reason: str


@dataclass(frozen=True, slots=True)
class Ignored:
    """A finding that a pragma or the settings asked to leave out, with who said so and why."""

    finding: Finding
    source: str
    reason: str = ""
    expires: date | None = None


@dataclass(frozen=True, slots=True)
class Report:
    """All that one analysis says. `score` is 0..100 (docs/score.md), None when not assessed."""

    findings: tuple[Finding, ...] = ()
    ignored: tuple[Ignored, ...] = ()
    skipped: tuple[Skipped, ...] = ()
    failures: tuple[RuleFailure, ...] = ()
    unparsed: tuple[FilePlace, ...] = ()
    score: int | None = None

    def counts(self) -> Mapping[Severity, int]:
        """Number of findings per severity; every severity is present."""
        totals = dict.fromkeys(Severity, 0)
        for finding in self.findings:
            totals[finding.severity] += 1
        return totals


@dataclass(frozen=True, slots=True)
class RunConfiguration:
    """How a container of the image is started: `docker run` flags or one Compose service.

    `source` says where it was read ("compose.yaml#web"), "" when nobody gave one. Sizes are
    bytes. `compose_path` is a key of `Subject.texts` when the service may be edited there.
    """

    source: str = ""
    compose_path: str | None = None
    service: str | None = None
    user: str | None = None
    cap_drop: tuple[str, ...] = ()
    cap_add: tuple[str, ...] = ()
    read_only: bool = False
    tmpfs: tuple[str, ...] = ()
    security_opt: tuple[str, ...] = ()
    pids_limit: int | None = None
    memory: int | None = None
    cpus: float | None = None
    privileged: bool = False
    init: bool = False
    network_mode: str | None = None
    pid_mode: str | None = None
    ipc_mode: str | None = None
    uts_mode: str | None = None
    userns_mode: str | None = None
    ports: tuple[str, ...] = ()
    volumes: tuple[str, ...] = ()
    environment: Mapping[str, str] = field(default_factory=dict)
    build_args: Mapping[str, str] = field(default_factory=dict)
    privileged_build: bool = False
    """Its image is built with every privilege of the host."""
    not_read: tuple[str, ...] = ()
    """Keys that take settings from elsewhere, which nobody read (`extends`, `env_file`)."""
