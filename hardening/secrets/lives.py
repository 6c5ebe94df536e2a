"""The life of a file in an image: which later layer deleted or overwrote what one layer wrote."""

from __future__ import annotations

from hardening.image.model import EntryType, Image


class Lives:
    """Answers for one image whose files are read."""

    def __init__(self, image: Image) -> None:
        self._image = image
        self._deleted = [frozenset(layer.whiteouts) for layer in image.layers]
        self._opaque = [frozenset(layer.opaque) for layer in image.layers]

    def removed_in(self, path: str, layer: int) -> int | None:
        """The first layer above `layer` that deletes or replaces the path; None while it lives."""
        ancestors = _ancestors(path)
        for above in range(layer + 1, len(self._deleted)):
            if self._gone(path, ancestors, above):
                return above
        return None

    def _gone(self, path: str, ancestors: tuple[str, ...], layer: int) -> bool:
        deleted, opaque = self._deleted[layer], self._opaque[layer]
        if path in deleted or any(one in deleted or one in opaque for one in ancestors):
            return True
        here = self._image.layers[layer]
        if here.get(path) is not None:
            return True
        for one in ancestors:
            entry = here.get(one) if one else None
            if entry is not None and entry.type is not EntryType.DIRECTORY:
                return True
        return False


def _ancestors(path: str) -> tuple[str, ...]:
    """Every directory above the path, the root ("") included."""
    parts = path.split("/")
    return ("", *("/".join(parts[:count]) for count in range(1, len(parts))))
