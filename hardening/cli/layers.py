"""`drydock layers`: what an image is made of."""

from __future__ import annotations

import argparse

from hardening.cli import codes
from hardening.cli.output import look_of, progress_of, put, put_json


def layers(options: argparse.Namespace) -> int:
    """Print the layers of an image, its files read, secrets masked in their commands. Raises
    ImageError, EngineError and WriteError."""
    from hardening.image.loading import load_files, open_image
    from hardening.secrets.hiding import Masks
    from hardening.secrets.scanner import scan_image

    progress = progress_of(options)
    opened = open_image(options.image, platform=options.platform, progress=progress)
    masks = Masks(scan_image(opened))  # No file is read yet: its configuration and history alone.
    image = load_files(opened, progress=progress)
    if options.format == "json":
        from hardening.reports.layers import layers_values

        put_json(layers_values(image, masks), options)
    else:
        from hardening.reports.layers import layers_text

        put(layers_text(image, masks, look=look_of(options)), options)
    return codes.CLEAN
