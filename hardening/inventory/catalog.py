"""All packages of an image: files are chosen from the merged tree and read in one pass a layer."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from hardening.image.model import Blob, Entry, Image, Origin
from hardening.image.passing import NotKept
from hardening.image.release import OsRelease, os_release
from hardening.image.stored import StoredImage
from hardening.inventory import owners
from hardening.inventory.catalogers import catalogers
from hardening.inventory.environment import from_environment
from hardening.inventory.frame import MAX_FOUND, Cataloger, Found, Unreadable, is_name, is_plain
from hardening.inventory.kept import Row, Taken, keep, kept, without_files
from hardening.inventory.model import Inventory, Package
from hardening.inventory.programs import Program, programs_of
from hardening.inventory.purl import package_url
from hardening.inventory.selecting import select
from hardening.inventory.unread import unread
from hardening.progress import SILENT, Progress
from hardening.skipped import Skipped

READING = "reading package databases"
SYSTEM = ("deb", "apk", "rpm")
MAX_PACKAGES = 200_000
_LIST_LIMIT = 16 << 20
_Version = tuple[str, str, str]
_Chosen = dict[str, tuple[Cataloger, ...]]


@dataclass(slots=True)
class _Work:
    """What one run gathers. `first` maps a database path and a package to its first layer."""

    found: list[tuple[Found, Entry]] = field(default_factory=list)
    first: dict[tuple[str, _Version], int] = field(default_factory=dict)
    lists: dict[str, bytes] = field(default_factory=dict)
    skipped: list[Skipped] = field(default_factory=list)


@dataclass(slots=True)
class _File:
    """A file of a layer, for each cataloger in the form that it reads."""

    image: Image
    entry: Entry
    blob: Blob
    programs: tuple[Program, ...] | None = None

    def parsed(self, one: Cataloger) -> Iterator[Found]:
        """Raises Unreadable, NotKept, ImageError."""
        path, size = self.entry.path, max(self.entry.size, self.blob.size)
        if one.read_programs is not None:
            if self.blob.size < size:
                raise Unreadable(f"only {self.blob.size:,} of its {size:,} bytes can be had")
            if self.programs is None:
                self.programs = programs_of(self.blob)
            return one.read_programs(path, self.programs)
        if size > one.limit:
            raise Unreadable(f"it has {size:,} bytes, more than the {one.limit:,} allowed")
        if one.read_blob is not None:
            if self.blob.size < size:
                raise Unreadable(f"only {self.blob.size:,} of its {size:,} bytes can be had")
            return one.read_blob(path, self.blob)
        data = self.blob.read(0, size)
        if one.read_beside is None:
            return one.read(path, data)
        beside: dict[str, bytes] = {}
        for suffix in one.beside:
            content = self.image.read(path + suffix, layer=self.entry.layer, limit=one.limit)
            if content is not None:
                beside[suffix] = content
        return one.read_beside(path, data, beside)


def catalog(image: Image, *, progress: Progress = SILENT) -> Inventory:
    """Every package that a container of the image would see. The image's files must be read
    (`load_files`); otherwise that is said in `not_assessed`. Damaged databases are told there too.
    Raises ImageError, Cancelled."""
    if not image.files_read:
        reason = Skipped("Packages", "the files of the image are not read yet")
        return Inventory((), None, (reason,))
    key = image.content_key if isinstance(image, StoredImage) else ""
    taken = kept(key, len(image.layers))
    if taken is None:
        taken = _taken(image, progress)
        keep(key, taken)
    return Inventory(_packages(image, taken), taken.release, taken.skipped)


def _taken(image: Image, progress: Progress) -> Taken:
    work = _Work()
    chosen, cut = select(image, catalogers(), progress)
    if cut:
        work.skipped.append(Skipped("Packages", "the image holds too many package files"))
    progress.start(READING, len(image.layers), "layers")
    wanted = _by_layer(image, chosen)
    for number, want in enumerate(wanted):
        progress.check()
        if want:
            _read_layer(image, number, want, chosen, work)
        progress.advance(READING, 1)
    progress.finish(READING)
    work.skipped += unread(image)
    if len(work.found) >= MAX_PACKAGES:
        work.skipped.append(Skipped("Packages", f"the image names more than {MAX_PACKAGES:,}"))
    return Taken(tuple(_rows(work)), os_release(image), tuple(dict.fromkeys(work.skipped)))


def _rows(work: _Work) -> Iterator[Row]:
    owner = _owners(work)
    seen: set[tuple[Found, str, int]] = set()
    for found, entry in work.found:
        key = entry.path, (found.type, found.name, found.version)
        layer = work.first.get(key, entry.layer)
        package = without_files(found)
        if (package, entry.path, layer) in seen:
            continue
        seen.add((package, entry.path, layer))
        owned_by = None if found.type in SYSTEM else owner.get(entry.path)
        yield Row(package, entry.path, layer, owned_by)


def _by_layer(image: Image, chosen: _Chosen) -> list[dict[str, int]]:
    """For each layer, the files to read of it with the bytes to read of each: what survives there,
    and every state of a database."""
    tree, rows = image.tree, image.tree.rows()
    found: list[dict[str, int]] = [{} for _ in image.layers]
    for path, wanted in chosen.items():
        limit = max(one.limit for one in wanted)
        found[tree.layer_at(rows[path])][path] = limit
        if any(one.database for one in wanted):
            for layer in image.layers:
                if layer.get(path) is not None:
                    found[layer.index][path] = limit
    for path in _file_lists(image):
        found[tree.layer_at(rows[path])].setdefault(path, _LIST_LIMIT)
    return found


def _file_lists(image: Image) -> Iterator[str]:
    """File lists of system packages."""
    tree, rows = image.tree, image.tree.rows()
    for folder in ("var/lib/dpkg/info", "var/lib/dpkg/status.d"):
        for name in tree.children(folder):
            path = f"{folder}/{name}"
            if (
                name.endswith((".list", ".md5sums"))
                and owners.is_file_list(path)
                and tree.is_file_at(rows[path])
            ):
                yield path


def _read_layer(
    image: Image, number: int, want: dict[str, int], chosen: _Chosen, work: _Work
) -> None:
    tree, rows = image.tree, image.tree.rows()
    for entry, blob in image.blobs(number, want, limit=max(want.values())):
        alive = rows.get(entry.path)
        survives = alive is not None and tree.layer_at(alive) == number
        if survives and owners.is_file_list(entry.path):
            work.lists[entry.path] = blob.read(0, want[entry.path])
        file = _File(image, entry, blob)
        for one in chosen.get(entry.path, ()):
            _read_file(file, one, work, survives=survives)


def _read_file(file: _File, one: Cataloger, work: _Work, *, survives: bool) -> None:
    entry = file.entry
    try:
        for count, found in enumerate(file.parsed(one)):
            if count >= MAX_FOUND:
                raise Unreadable(f"it names more than {MAX_FOUND:,} packages")
            texts = found.version, found.source_name, found.source_version
            if not (is_name(found.name) and is_plain(*texts)):
                raise Unreadable("it names a package that is too long, empty or not printable")
            key = entry.path, (found.type, found.name, found.version)
            if one.database:
                work.first.setdefault(key, entry.layer)
            if survives and len(work.found) < MAX_PACKAGES:
                work.found.append((found, entry))
    except (Unreadable, NotKept) as error:
        if survives:
            reason = f"the {one.name} database cannot be read: {error}"
            work.skipped.append(Skipped(f"/{entry.path}", reason))


def _packages(image: Image, taken: Taken) -> tuple[Package, ...]:
    made: dict[tuple[str, str, str, str], Package] = {}
    for row in taken.rows:
        package = _package(image, row.found, row.path, row.layer, taken.release, row.owned_by)
        made.setdefault((package.purl, package.version, package.path, package.arch), package)
    for found in from_environment(image.config):
        package = _package(image, found, "", None, taken.release)
        made.setdefault((package.purl, package.version, "", ""), package)
    order = sorted(made.values(), key=lambda one: (one.type, one.name, one.version, one.path))
    return tuple(_without_repeats(order))


def _without_repeats(packages: list[Package]) -> Iterator[Package]:
    """One row for a system package that several databases of the same image name."""
    seen: set[str] = set()
    for package in packages:
        if package.type in SYSTEM:
            if package.purl in seen:
                continue
            seen.add(package.purl)
        yield package


def _package(
    image: Image,
    found: Found,
    path: str,
    layer: int | None,
    release: OsRelease | None,
    owned_by: str | None = None,
) -> Package:
    attribution = None if layer is None else image.layers[layer].attribution
    qualifiers = list(found.qualifiers)
    namespace = ""
    if found.type in SYSTEM and release is not None:
        namespace = release.id
        version = release.version_id or release.codename
        qualifiers.append(("distro", f"{release.id}-{version}" if version else release.id))
    shown = "" if found.version == "(devel)" else found.version
    if found.type == "rpm":
        shown = shown.rpartition(":")[2]
    return Package(
        type=found.type,
        name=found.name,
        version=found.version,
        source_name=found.source_name or found.name,
        source_version=found.source_version or found.version,
        purl=package_url(found.type, found.name, shown, namespace=namespace, qualifiers=qualifiers),
        path=path,
        layer=layer,
        base=Origin.UNKNOWN if attribution is None else attribution.origin,
        instruction=None if attribution is None else attribution.instruction,
        owned_by=owned_by,
        arch=found.arch,
        tooling=found.tooling,
        vendor=found.vendor,
    )


def _owners(work: _Work) -> dict[str, str]:
    """Evidence file of another package → the system package that owns it."""
    wanted = {entry.path for found, entry in work.found if found.type not in SYSTEM}
    raw = frozenset(path.encode("utf-8", "surrogateescape") for path in wanted)
    names: dict[str, str] = {}
    if not wanted:
        return names
    for found, _ in work.found:
        for file in found.files:
            names.setdefault(file, found.name)
    for path in sorted(work.lists):
        for file, owner in owners.owned(path, work.lists[path], raw):
            names.setdefault(file, owner)
    return names
