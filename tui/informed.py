"""A replay with the facts about the image that came in since it began."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from hardening.replay import Replayed
    from hardening.subject import Subject


def informed(replayed: Replayed, opened: Subject | None) -> Replayed:
    """The same texts and findings, over what is known now of what was opened."""
    if opened is None or opened is replayed.subject:
        return replayed
    texts = {**opened.texts, **replayed.subject.texts}
    subject = opened if texts == opened.texts else opened.with_texts(texts)
    return replace(replayed, subject=subject)
