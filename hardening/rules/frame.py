"""What a rule is: one module that makes a `Rule` named `rule` and gives it a check.

    rule = Rule(title="Pin the base image by digest", severity=Severity.MEDIUM, why="...",
                references=("https://...",), aliases=("trivy:DS-0001",),
                bad=(Example("FROM debian:12\\n"),), good=(Example("FROM scratch\\n"),))

    @rule.check
    def find(subject: Subject) -> Iterator[Finding]:
        ...
        yield rule.finding(subject, "message", at=instruction, about="debian:12", fixes=(...))

The id is the module's file name in kebab case, the theme its folder. Discovery is automatic.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING

from hardening.dockerfile.model import Instruction, Stage
from hardening.model import (
    Confidence,
    ConfigPlace,
    Evidence,
    Finding,
    Fix,
    ImagePathPlace,
    LayerPlace,
    PackagePlace,
    Place,
    RunConfiguration,
    Severity,
    Span,
)
from hardening.model import (
    Profile as Profile,
)
from hardening.subject import Subject

if TYPE_CHECKING:
    from hardening.advisories.model import Vulnerability


class Need(StrEnum):
    """What a rule cannot do without. A rule that merely profits from the image does not list it."""

    DOCKERFILE = "dockerfile"
    IMAGE = "image"
    CONTEXT = "context"
    SECRETS = "secrets"
    """The image was scanned for secrets."""
    PACKAGES = "packages"
    """The packages of the image were read."""
    ADVISORIES = "advisories"
    """They were looked up; what could not be is told apart."""


@dataclass(frozen=True, slots=True)
class Example:
    """A Dockerfile that shows the rule, used as its test and its documentation.

    `after` is the exact text after the finding's first fix of any safety but MANUAL was applied
    (of every finding of this rule, one after another), None where no fix is offered.
    `files` is the build context (path → text); `files_after` what else the fixes change or make.
    `image` describes the image: see `hardening.image.synthetic.ImageSketch`, None for no image.
    `note` says in a few words what the example is about.
    """

    text: str
    after: str | None = None
    note: str = ""
    files: Mapping[str, str] = field(default_factory=dict)
    files_after: Mapping[str, str] = field(default_factory=dict)
    image: object | None = None
    run: RunConfiguration | None = None
    base_digests: Mapping[str, str] = field(default_factory=dict)
    """What a local engine knows of base images: `Subject.base_digests`."""
    labels: Mapping[str, str] = field(default_factory=dict)
    strict_labels: bool = False
    """`Settings.labels` and `Settings.strict_labels`."""
    allowed_registries: tuple[str, ...] = ()
    """`Settings.allowed_registries`."""
    vulnerabilities: tuple[Callable[[], Vulnerability], ...] | None = None
    """What is known to be wrong with the packages of the image: see `support_known`."""
    findings: int | None = None
    """How many findings of the rule a bad example has; None: at least one."""

    def assessment(self) -> tuple[Vulnerability, ...] | None:
        """The vulnerabilities of its image; None where nothing was looked up."""
        if self.vulnerabilities is None:
            return None
        return tuple(make() for make in self.vulnerabilities)


Check = Callable[[Subject], Iterable[Finding]]
At = Instruction | Stage | Span | Place


class Rule:
    """A rule's own description and its check. `id` and `theme` are set by discovery."""

    def __init__(
        self,
        *,
        title: str,
        severity: Severity,
        why: str,
        references: tuple[str, ...],
        bad: tuple[Example, ...],
        good: tuple[Example, ...],
        aliases: tuple[str, ...] = (),
        needs: frozenset[Need] = frozenset({Need.DOCKERFILE}),
        profile: Profile = Profile.HARDENING,
        confidence: Confidence = Confidence.HIGH,
    ) -> None:
        self.title = title
        self.severity = severity
        self.why = why
        self.references = references
        self.bad = bad
        self.good = good
        self.aliases = aliases
        self.needs = needs
        self.profile = profile
        self.confidence = confidence
        self.id = ""
        self.theme = ""
        self._check: Check | None = None

    def check(self, function: Check) -> Check:
        """Decorator: the function that looks at a subject and yields findings."""
        self._check = function
        return function

    def run(self, subject: Subject) -> tuple[Finding, ...]:
        """All findings. Whatever the check raises goes through."""
        if self._check is None:
            raise TypeError(f"rule {self.id} has no check")
        return tuple(self._check(subject))

    @property
    def fixable(self) -> bool:
        """Inferred from the examples: some bad example has an `after` or other changed files."""
        return any(one.after is not None or one.files_after for one in self.bad)

    def finding(
        self,
        subject: Subject,
        message: str,
        *,
        at: At,
        about: str = "",
        also: Iterable[Place] = (),
        fixes: Iterable[Fix] = (),
        evidence: Iterable[Evidence] = (),
        severity: Severity | None = None,
        confidence: Confidence | None = None,
        tip: str = "",
    ) -> Finding:
        """A finding of this rule. `about` must not change when something else on the same
        instruction is edited."""
        return Finding(
            rule=self.id,
            severity=self.severity if severity is None else severity,
            confidence=self.confidence if confidence is None else confidence,
            message=message,
            places=(place_of(subject, at), *also),
            subject=about,
            evidence=tuple(evidence),
            fixes=tuple(fixes),
            aliases=self.aliases,
            tip=tip,
        )


def place_of(subject: Subject, at: At) -> Place:
    """The place of an instruction, a stage (its FROM line) or a span of the Dockerfile."""
    if isinstance(at, LayerPlace | ImagePathPlace | PackagePlace | ConfigPlace):
        return at
    if isinstance(at, Stage):
        at = at.origin
    if isinstance(at, Instruction):
        at = at.span
    if isinstance(at, Span):
        if subject.dockerfile is None:
            raise ValueError("a span needs a Dockerfile")
        return subject.dockerfile.place(at)
    return at
