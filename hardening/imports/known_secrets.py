"""Another tool's secrets that our own scan of the image or the Dockerfile tells already."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

from hardening.imports.model import Result
from hardening.model import FilePlace, Finding, ImagePathPlace
from hardening.secrets.model import Secret
from hardening.subject import Subject

_IN_LAYERS = ("secret-in-layer", "recoverable-secret")
_IN_TEXT = ("secret-in-arg", "secret-in-env", "secret-in-run", "secret-in-instruction")
_WHOLE_FILES = ("credential-file",)


class KnownSecrets:
    """Findings about secrets by the file of the image, and by the lines of the Dockerfile."""

    def __init__(self, subject: Subject, findings: Sequence[Finding]) -> None:
        self._secrets = {one.sha256[:12]: one for one in subject.secrets or ()}
        self._in_image = defaultdict[str, list[tuple[int, Secret | None, int]]](list)
        self._in_text: list[tuple[int, FilePlace]] = []
        for number, finding in enumerate(findings):
            if finding.rule in _IN_LAYERS or finding.rule in _WHOLE_FILES:
                self._add_files(number, finding)
            elif finding.rule in _IN_TEXT:
                places = (one for one in finding.places if isinstance(one, FilePlace))
                self._in_text += ((number, one) for one in places)

    def _add_files(self, number: int, finding: Finding) -> None:
        secret = None if finding.rule in _WHOLE_FILES else self._secrets.get(finding.subject)
        lines = dict(zip(secret.places, secret.lines, strict=False)) if secret is not None else {}
        for place in finding.places:
            if isinstance(place, ImagePathPlace):
                self._in_image[place.path].append((number, secret, lines.get(place, 0)))

    def joins(self, result: Result) -> tuple[int, ...] | None:
        """Indices of the findings that tell the same secret; None when none does."""
        if not result.secret:
            return None
        if not result.image_path:
            return self._of_text(result)
        rows = self._in_image.get(result.image_path, [])
        same = [row for row in rows if row[1] is None or _same_kind(row[1].rule, result.id)]
        there = [row for row in same if row[2] and row[2] == result.start_line]
        return tuple(sorted({row[0] for row in there or same})) or None

    def _of_text(self, result: Result) -> tuple[int, ...] | None:
        line = result.start_line
        if line is None:
            return None
        last = result.end_line or line
        found = {
            number
            for number, place in self._in_text
            if place.start_line <= last and line <= place.end_line
        }
        return tuple(sorted(found)) or None


def _same_kind(ours: str, theirs: str) -> bool:
    """Ids begin with who gives the secret out (`github-pat`, `github-token`); our general format
    takes the name of a setting for it and may be any."""
    return ours == "secret-setting" or ours.partition("-")[0] == theirs.partition("-")[0].lower()
