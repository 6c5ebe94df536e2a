"""What the Python packages of an image ask of each other: whether they let one of them be raised.

Format: `Requires-Dist` of core metadata (packaging.python.org). A requirement with a marker is left
out: only the interpreter of the image can tell whether it counts.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache

from hardening.errors import ImageError
from hardening.image.model import Image
from hardening.inventory.model import Inventory, Package
from hardening.model import Precondition, fails, holds, unknown
from hardening.rewrites.requirement_specs import admits, read_requirement
from hardening.rewrites.version_pins import folded
from hardening.same import Same

_FIELD = "requires-dist:"
_LIMIT = 256 << 10
_MAX_FILES = 3_000
_SHOWN = 2
_STATEMENT = "Every other package of the image accepts the new version"


@dataclass(frozen=True, slots=True)
class Dependent:
    """`name` `version` asks for `wanted` as `specifiers` say ("" for any version)."""

    name: str
    version: str
    wanted: str
    specifiers: str

    @property
    def said(self) -> str:
        return f"{self.name} {self.version} asks for {self.wanted}{self.specifiers}"


def accepted(
    package: Package,
    fixed: str,
    image: Image,
    inventory: Inventory,
    *,
    raised: Collection[str] = (),
    edited: Collection[str] = (),
) -> Precondition:
    """Whether the packages beside it accept `fixed`. `raised` are folded names whose own versions
    the changed files raise: what those will ask for is not known. `edited` are those whose
    requirements the fix itself rewrites."""
    known = _dependents(Same(image), Same(inventory)).get(_key(package, package.name), ())
    found = [one for one in known if folded("pypi", one.name) not in edited]
    against = [one for one in found if one.specifiers and admits(one.specifiers, fixed) is False]
    firm = [one for one in against if folded("pypi", one.name) not in raised]
    if firm:
        return fails(_STATEMENT, "; ".join(one.said for one in firm[:_SHOWN]))
    if against:
        return unknown(_STATEMENT, f"{against[0].name} is raised too: only an installation tells")
    if found:
        return holds(_STATEMENT, "; ".join(one.said for one in found[:_SHOWN]))
    return holds(_STATEMENT, "None of them asks for it")


def _key(package: Package, name: str) -> tuple[str, str]:
    """A name in the folder of a package: every environment stands for itself."""
    return package.path.rpartition("/")[0].rpartition("/")[0], folded("pypi", name)


@lru_cache(maxsize=4)
def _dependents(
    image: Same[Image], inventory: Same[Inventory]
) -> Mapping[tuple[str, str], tuple[Dependent, ...]]:
    """By the folder and the folded name of the package that is asked for."""
    packages = {
        one.path: one
        for one in inventory.value.packages
        if one.type == "pypi" and one.path.endswith(("/METADATA", "/PKG-INFO"))
    }
    found = defaultdict[tuple[str, str], list[Dependent]](list)
    for path, data in _metadata(image.value, list(packages)[:_MAX_FILES]):
        package = packages[path]
        for name, specifiers in _requirements(data):
            dependent = Dependent(package.name, package.version, name, specifiers)
            found[_key(package, name)].append(dependent)
    return {key: tuple(dict.fromkeys(value)) for key, value in found.items()}


def _metadata(image: Image, paths: list[str]) -> Iterator[tuple[str, bytes]]:
    """The files in one pass for each layer; what cannot be read is left out."""
    by_layer = defaultdict[int, dict[str, int]](dict)
    for path in paths:
        entry = image.tree.get(path)
        if entry is not None:
            by_layer[entry.layer][path] = entry.size
    for layer, want in by_layer.items():
        try:
            for entry, data in image.contents(layer, want, limit=_LIMIT):
                yield entry.path, data
        except ImageError:
            continue


def _requirements(data: bytes) -> Iterator[tuple[str, str]]:
    """Name and specifiers of the requirements without a marker."""
    for line in data.decode("utf-8", "replace").splitlines():
        if not line:
            return
        if not line.lower().startswith(_FIELD) or ";" in line:
            continue
        text = line[len(_FIELD) :].strip().replace("(", "").replace(")", "")
        one = read_requirement(text, 0, len(text))
        if one is not None:
            yield one.name, ",".join(f"{each.operator}{each.version}" for each in one.specifiers)
