"""What only the profile `all` wants to hear from a rule of both profiles."""

from __future__ import annotations

from hardening.model import Profile
from hardening.subject import Subject


def judges_everything(subject: Subject) -> bool:
    """True under the profile `all`."""
    return subject.settings is not None and subject.settings.profile is Profile.ALL
