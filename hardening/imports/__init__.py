"""Reports of other tools, read and merged with our own."""

from hardening.imports.merge import merge
from hardening.imports.model import Imported, Result
from hardening.imports.reading import read_import

__all__ = ["Imported", "Result", "merge", "read_import"]
