"""Manifests of the build context that name a vulnerable package: a fix may edit them, so their text
joins the subject's texts. At most `MAX_FILES` of `MAX_BYTES` each are read."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace

from hardening.context import FilteredContext
from hardening.dockerfile.source import decode
from hardening.rewrites.requirement_files import included_files
from hardening.subject import Subject

MAX_FILES = 24
MAX_BYTES = 1 << 20
REQUIREMENTS = re.compile(
    r"(?:\A|/)(?:[^/]*(?:requirements|constraints)[^/]*\.(?:txt|in)|requirements/[^/]+\.txt)\Z"
)
PYPROJECT = re.compile(r"(?:\A|/)pyproject\.toml\Z")
PACKAGE_JSON = re.compile(r"(?:\A|/)package\.json\Z")
POM = re.compile(r"(?:\A|/)pom\.xml\Z")
_KINDS = {"pypi": (REQUIREMENTS, PYPROJECT), "npm": (PACKAGE_JSON,), "maven": (POM,)}


def with_manifests(subject: Subject) -> Subject:
    """The subject whose texts hold the manifests that name a package with a known fix; a file that
    is none of the context, too large or no text is left out."""
    context, before = subject.context, subject.built_from
    if not isinstance(context, FilteredContext):
        return subject
    added = {
        f"{context.prefix}{path}": text
        for path, text in _manifests(subject, context)
        if f"{context.prefix}{path}" not in subject.texts
    }
    if not added:
        return subject
    if before is not None:
        before = replace(before, texts={**before.texts, **added})
    return replace(subject, texts={**subject.texts, **added}, built_from=before)


def _manifests(subject: Subject, context: FilteredContext) -> Iterator[tuple[str, str]]:
    wanted = _mendable(subject)
    patterns = [(one, names) for kind, names in wanted.items() for one in _KINDS[kind]]
    named = included_files(subject.dockerfile, context) if "pypi" in wanted else {}
    count = 0
    for path in context.paths() if patterns else ():
        names = next((names for pattern, names in patterns if pattern.search(path)), None)
        if names is None and path in named and path.endswith((".txt", ".in")):
            names = wanted["pypi"]
        if names is None or "node_modules/" in path:
            continue
        data = context.read(path, MAX_BYTES + 1)
        if data is None or len(data) > MAX_BYTES or b"\0" in data:
            continue
        text = decode(data)
        folded = re.sub(r"[-_.]+", "-", text).lower()
        if any(name in folded for name in names):
            yield path, text
            count += 1
        if count >= MAX_FILES:
            return


def _mendable(subject: Subject) -> dict[str, set[str]]:
    """Kind of package -> names with a known fix, folded as in PEP 503."""
    found: dict[str, set[str]] = {}
    for row in subject.assessment.rows if subject.assessment is not None else ():
        if not row.vulnerability.fixed:
            continue
        for package in row.packages:
            if package.type in _KINDS and not package.tooling:
                name = re.sub(r"[-_.]+", "-", package.name.rpartition(":")[2]).lower()
                found.setdefault(package.type, set()).add(name)
    return found
