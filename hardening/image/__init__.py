"""An image in, facts out."""

from hardening.image.model import (
    Attribution,
    Efficiency,
    Entry,
    EntryType,
    Healthcheck,
    HistoryEntry,
    Image,
    ImageConfig,
    Layer,
    Origin,
    Tree,
)

__all__ = [
    "Attribution",
    "Efficiency",
    "Entry",
    "EntryType",
    "Healthcheck",
    "HistoryEntry",
    "Image",
    "ImageConfig",
    "Layer",
    "Origin",
    "Tree",
]
