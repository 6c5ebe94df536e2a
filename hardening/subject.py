"""What is analysed: a Dockerfile with its context, an image, a run configuration; any of them
may be missing, and what is missing is said."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

from hardening.dockerfile.model import Dockerfile
from hardening.model import RunConfiguration
from hardening.skipped import Skipped

if TYPE_CHECKING:
    from hardening.advisories.assessment import Assessment
    from hardening.context import BuildContext
    from hardening.image.model import Image
    from hardening.imports.model import Imported
    from hardening.inventory.model import Inventory
    from hardening.secrets.model import Secret
    from hardening.settings import Settings


@dataclass(frozen=True)
class Subject:
    """Everything a rule may ask.

    `texts` maps workspace paths (relative to `root`, `/` separated) to decoded text: the
    Dockerfile under `dockerfile.path`, `.dockerignore` when there is one, the Compose file. Fixes
    edit these. `secrets` is None until the image was scanned. `missing` says what could not be
    had and why.
    """

    root: Path
    texts: Mapping[str, str] = field(default_factory=dict)
    dockerfile: Dockerfile | None = None
    context: BuildContext | None = None
    image: Image | None = None
    run_configuration: RunConfiguration | None = None
    secrets: tuple[Secret, ...] | None = None
    build_args: Mapping[str, str] = field(default_factory=dict)
    settings: Settings | None = None
    missing: tuple[Skipped, ...] = ()
    base_digests: Mapping[str, str] = field(default_factory=dict)
    """Image reference (`debian:13`) to the digest under which a local engine holds that very
    image: facts about bases, never about the image that is analysed."""
    today: date | None = None
    """The day that dates are judged on; None means the day of the call."""
    imported: tuple[Imported, ...] = ()
    """Reports of other tools about the original texts; `analyse` merges them."""
    inventory: Inventory | None = None
    """The packages of the image, None until they were read."""
    assessment: Assessment | None = None
    """What is known to be wrong with them, None until they were looked up."""
    built_from: Subject | None = None
    """The files as they were when the image was attached, without the image: a text that differs
    from them is not in the image yet."""

    def with_texts(self, texts: Mapping[str, str]) -> Subject:
        """The same subject with other file contents: the Dockerfile, the ignore file and the run
        configuration are read again from them."""
        from hardening.opening import reread

        return reread(self, texts)

    def with_image(self, image: Image | None, secrets: tuple[Secret, ...] | None = None) -> Subject:
        """With another image: what was read from the one before is dropped."""
        return replace(
            self, image=image, secrets=secrets, inventory=None, assessment=None, built_from=None
        )
