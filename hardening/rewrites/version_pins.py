"""Where a text says which version of a package is installed: words of a RUN, manifests. Raising the
version there is the whole fix of a vulnerable package.

Where no version is asked for, a lowest one makes the next build take the fix. Manifests are read by
`manifest_pins`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from hardening.dockerfile.model import Dockerfile, Instruction, KeyValue, Stage
from hardening.dockerfile.packages import name_and_version, package_calls
from hardening.dockerfile.shell_model import PackageCall, ShellWord
from hardening.model import Edit, FilePlace, Precondition, Span, holds, unknown
from hardening.rewrites.requirement_specs import Requirement, admits, read_requirement

MAX_PINS = 5_000
_KINDS = {
    "apt-get": "deb", "apt": "deb", "aptitude": "deb", "apk": "apk", "pip": "pypi", "npm": "npm",
    "yarn": "npm", "pnpm": "npm", "gem": "gem",
}  # fmt: skip
_SYSTEM = frozenset({"deb", "apk"})
_INSTALLS = frozenset({"install", "add"})
_APK_WORD = re.compile(r"([A-Za-z0-9][A-Za-z0-9._+-]*)(?:>=([A-Za-z0-9][A-Za-z0-9.!+_~-]*))?\Z")
_VARIABLE = re.compile(
    r"[\"']?([A-Za-z0-9@][A-Za-z0-9._/+-]*)(?:\[[^\]\n]{0,200}\])?(?:={1,3}|@)"
    r"\$(?:\{([A-Za-z_][A-Za-z0-9_]*)\}|([A-Za-z_][A-Za-z0-9_]*))[\"']?\Z"
)
PLAIN_VERSION = re.compile(r"[A-Za-z0-9][A-Za-z0-9.+:~_!-]{0,200}\Z")
"""Versions come out of feeds that may be hostile: nothing else is written into a file."""
NO_HASH = "No hash has to be renewed"
_UNQUOTED = frozenset({"sudo", "env", "exec", "command", "time", "nice"})
"""Wrappers that do not take the command inside a string: quotes may be added below them."""


@dataclass(frozen=True, slots=True)
class Pin:
    """One place that settles a version: `type` and `name` as in a package URL, folded. The edit
    puts `before`, the new version and `after` where `place` is: for a pin the version alone, for a
    package without a version a lowest one. `conditions` are what an edit there needs besides;
    `bounds` are the other specifiers of PEP 440 that a new version must fit."""

    type: str
    name: str
    version: str
    """"" where the text asks for no version."""
    place: FilePlace
    conditions: tuple[Precondition, ...] = ()
    exact: bool = True
    """False for `^1.2.3`, `>=1` and no version at all: a later version may be installed."""
    before: str = ""
    after: str = ""
    bounds: str = ""
    widest: int | None = None
    """Of `~=1.2` the offset behind it: a longer version is added there, for put in its place it
    would shut out 1.3."""

    @property
    def span(self) -> Span:
        return self.place.span

    @property
    def asked(self) -> str:
        """`flask without a version`, `flask 2.0`."""
        return f"{self.name} {self.version}" if self.version else f"{self.name} without a version"

    def edit(self, fixed: str) -> Edit:
        """The place asks for `fixed`, or for nothing below it."""
        if self.widest is not None and self._is_within(fixed):
            return Edit(self.place.path, Span(self.widest, self.widest), f",>={fixed}")
        return Edit(self.place.path, self.span, f"{self.before}{fixed}{self.after}")

    def _is_within(self, fixed: str) -> bool:
        longer = fixed.count(".") > self.version.count(".")
        return longer and admits(f"~={self.version}", fixed) is True


def requirement_pin(
    one: Requirement, place: FilePlace, *, conditions: tuple[Precondition, ...] = ()
) -> Pin:
    """The pin of a requirement; `place` is where its version stands, or where one is added."""
    anchor, name = one.anchor, folded("pypi", one.name)
    if anchor is None:
        joint = ",>=" if one.specifiers else ">="
        return Pin("pypi", name, "", place, conditions, False, joint, bounds=one.bounds)
    widest = one.end if anchor.operator == "~=" else None
    return Pin(
        "pypi", name, anchor.version, place, conditions, one.exact,
        bounds=one.bounds, widest=widest,
    )  # fmt: skip


def folded(kind: str, name: str) -> str:
    """The name under which pins and packages meet; PEP 503 for Python."""
    return re.sub(r"[-_.]+", "-", name).lower() if kind == "pypi" else name


def pins(texts: Mapping[str, str], dockerfile: Dockerfile | None) -> tuple[Pin, ...]:
    """Every pin of the Dockerfile's image that ships, and of the manifests among the texts."""
    from hardening.rewrites.manifest_pins import manifest_pins

    found: list[Pin] = []
    own = dockerfile.path if dockerfile is not None else None
    if dockerfile is not None:
        found.extend(_of_dockerfile(dockerfile))
    for path in sorted(texts):
        if path != own and len(found) <= MAX_PINS:
            found.extend(manifest_pins(path, texts[path]))
    return tuple(found[:MAX_PINS])


def _of_dockerfile(dockerfile: Dockerfile) -> Iterator[Pin]:
    final = dockerfile.final_stage
    if final is None:
        return
    shipped = dockerfile.chain(final)
    for stage in _copied_from(dockerfile, final):
        for one in stage.all("RUN"):
            for call in package_calls(one.shell) if one.shell is not None else ():
                kind = _KINDS.get(call.manager)
                if kind is None or call.verb not in _INSTALLS or not call.command.editable:
                    continue
                if stage in shipped or kind not in _SYSTEM:
                    yield from _of_call(dockerfile, one, kind, call)


def _copied_from(dockerfile: Dockerfile, final: Stage) -> tuple[Stage, ...]:
    """The stages that the image is built on or copies from: their language packages may ship."""
    found: dict[int, Stage] = {}
    waiting = [final]
    while waiting:
        for stage in dockerfile.chain(waiting.pop()):
            if stage.index in found:
                continue
            found[stage.index] = stage
            for copy in stage.all("COPY"):
                flag = copy.flag("from")
                name = (flag.value or "") if flag is not None else ""
                source = dockerfile.stage_named(name, before=stage.index)
                if source is not None:
                    waiting.append(source)
    return tuple(found[index] for index in sorted(found))


def _of_call(
    dockerfile: Dockerfile, run: Instruction, kind: str, call: PackageCall
) -> Iterator[Pin]:
    quoted = not _UNQUOTED.issuperset(call.command.wrappers)
    for word in call.packages:
        if word.value is None:
            pin = _of_variable(dockerfile, run, kind, word)
        elif word.text.strip("\"'") != word.value:
            pin = None
        elif kind == "pypi":
            pin = _of_requirement(dockerfile, word, word.value)
        else:
            pin = _of_word(dockerfile, kind, word, *name_and_version(call, word))
        if pin is not None and not (quoted and pin.before):
            yield pin


def _of_requirement(dockerfile: Dockerfile, word: ShellWord, value: str) -> Pin | None:
    """A word of `pip install`; None for a path or an address."""
    one = read_requirement(value, 0, len(value))
    if one is None:
        return None
    start = word.span.start + len(word.text) - len(word.text.lstrip("\"'"))
    if one.anchor is None:
        joint = ",>=" if one.specifiers else ">="
        return Pin(
            "pypi", folded("pypi", one.name), "", dockerfile.place(word.span), exact=False,
            before=f'"{value}{joint}', after='"', bounds=one.bounds,
        )  # fmt: skip
    anchor = one.anchor
    span = Span(start + anchor.start, start + anchor.end)
    if span.slice(dockerfile.text) != anchor.version:
        return None
    place = dockerfile.place(span)
    widest = start + one.end if anchor.operator == "~=" and start > word.span.start else None
    return Pin(
        "pypi", folded("pypi", one.name), anchor.version, place, exact=one.exact,
        bounds=one.bounds, widest=widest,
    )  # fmt: skip


def _of_word(
    dockerfile: Dockerfile, kind: str, word: ShellWord, name: str, version: str | None
) -> Pin | None:
    """A word of another install command; None for a path, an address."""
    value = word.value or ""
    if version is None:
        match = _APK_WORD.match(value) if kind == "apk" else None
        if match is None:
            return None
        name = match[1]
        if match[2] is None:
            place = dockerfile.place(word.span)
            return Pin(kind, name, "", place, exact=False, before=f'"{value}>=', after='"')
        version = match[2]
    end = word.span.end - (len(word.text) - len(word.text.rstrip("\"'")))
    span = Span(end - len(version), end)
    if span.slice(dockerfile.text) != version:
        return None
    return Pin(kind, folded(kind, name), version, dockerfile.place(span), exact=">=" not in value)


def _of_variable(
    dockerfile: Dockerfile, run: Instruction, kind: str, word: ShellWord
) -> Pin | None:
    """`flask==$VERSION`: the pin stands in the one ARG or ENV that gives the variable a value."""
    match = _VARIABLE.match(word.text)
    if match is None:
        return None
    key = match[2] or match[3]
    pairs = [
        (one, pair)
        for one in dockerfile.instructions
        if one.keyword in ("ARG", "ENV")
        for pair in one.pairs
        if pair.key == key and pair.value is not None
    ]
    if len(pairs) != 1 or pairs[0][0].span.start > run.span.start:
        return None
    setting, pair = pairs[0]
    place = _literal(dockerfile, pair)
    if place is None:
        return None
    conditions = [_read_once(dockerfile, key)]
    if setting.keyword == "ARG":
        conditions.append(unknown("The default is what builds use", f"--build-arg may set {key}"))
    version = place.span.slice(dockerfile.text)
    return Pin(kind, folded(kind, match[1]), version, place, tuple(conditions))


def _literal(dockerfile: Dockerfile, pair: KeyValue) -> FilePlace | None:
    """Where a pair's value stands, None when it is no plain version."""
    value = pair.value
    if value is None or not PLAIN_VERSION.match(value.value):
        return None
    start = dockerfile.text.find(value.value, value.span.start, value.span.end)
    if start < 0:
        return None
    return dockerfile.place(Span(start, start + len(value.value)))


def _read_once(dockerfile: Dockerfile, key: str) -> Precondition:
    statement = f"Nothing else reads {key}"
    uses = len(re.findall(rf"\$(?:{key}\b|\{{{key}\b)", dockerfile.text))
    if uses == 1:
        return holds(statement, "It stands once in the text")
    return unknown(statement, f"It stands {uses} times in the text")


def step(kind: str, old: str, new: str) -> Precondition:
    """Whether the raise stays inside what the version scheme calls compatible; a distribution's
    versions within one release always do."""
    if kind in ("deb", "apk"):
        return holds("It is an update of the same release", f"{old} → {new}")
    statement = "The major version stays the same"
    before, after = _numbers(old), _numbers(new)
    parts = 2 if before[:1] == ["0"] else 1
    if before[:parts] == after[:parts]:
        return holds(statement, f"{old} → {new}")
    return unknown(statement, f"{old} → {new}")


def _numbers(version: str) -> list[str]:
    return re.findall(r"\d+", version.partition("+")[0])[:3]
