"""`drydock layers`: what an image is made of."""

from __future__ import annotations

import argparse
import sys

from hardening.cli import codes


def layers(options: argparse.Namespace) -> int:
    """Print the layers of an image, its files read. Raises ImageError and EngineError."""
    from hardening.image.loading import load_files, open_image

    image = load_files(open_image(options.image, platform=options.platform))
    if options.format == "json":
        import json

        from hardening.reports.layers import layers_values

        sys.stdout.write(json.dumps(layers_values(image), indent=2) + "\n")
    else:
        from hardening.reports.layers import layers_text

        sys.stdout.write(layers_text(image))
    return codes.CLEAN
