"""Labelled cases for `benchmarks.rules`: files that say which id must fire where, and must not.

- A JSON list of `{"dockerfile": text, "expect": {"rule": ID, "fires": bool}, "config": {...}}`: one
  assertion each; an id without a tool's name is hadolint's.
- A folder with such a `cases.json`.
- A folder of Dockle's image cases: `cases.json` names image configurations beside it and every code
  that they get; `history-snippets.json` holds the literals of its unit tests about one check each.
  Dockle looks at images, so these become images without a Dockerfile.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import Any, Final

from hardening.image.synthetic import ImageSketch, LayerSketch
from hardening.model import Profile
from hardening.opening import memory_subject
from hardening.settings import Settings
from hardening.subject import Subject

TODAY: Final = date(2026, 11, 24)

_DOCKLE_CODES: Final = {
    "AvoidRootDefault": "dockle:CIS-DI-0001",
    "AddHealthcheck": "dockle:CIS-DI-0006",
    "UseAptGetUpdateNoCache": "dockle:CIS-DI-0007",
    "UseCOPY": "dockle:CIS-DI-0009",
    "AvoidCredential": "dockle:CIS-DI-0010",
    "AvoidSudo": "dockle:DKL-DI-0001",
    "AvoidSensitiveDirectoryMounting": "dockle:DKL-DI-0002",
    "AvoidDistUpgrade": "dockle:DKL-DI-0003",
    "UseApkAddNoCache": "dockle:DKL-DI-0004",
    "MinimizeAptGet": "dockle:DKL-DI-0005",
}

_SNIPPETS: Final = (
    (2, "dockle:DKL-DI-0004"),
    (5, "dockle:CIS-DI-0007"),
    (9, "dockle:DKL-DI-0005"),
    (3, "dockle:CIS-DI-0009"),
    (10, "dockle:CIS-DI-0010"),
    (5, "dockle:DKL-DI-0003"),
)
"""How many snippets, in order, each of Dockle's tests has, and the check that it is about."""

_ROOT_FILES: Final = "/bin/sh -c #(nop) ADD file:0123456789 in / "


@dataclass(frozen=True, slots=True)
class Case:
    """One assertion. `text` is the Dockerfile where hadolint can be asked too."""

    name: str
    alias: str
    fires: bool
    subject: Subject
    text: str | None = None


def is_labelled(path: Path) -> bool:
    """True for a JSON file and for a folder with `cases.json`."""
    return path.suffix == ".json" or (path / "cases.json").is_file()


def cases_of(path: Path) -> tuple[Case, ...]:
    """Every assertion of a labelled file or folder, none where the JSON holds something else."""
    file = path / "cases.json" if path.is_dir() else path
    try:
        data = json.loads(file.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return ()
    entries = [one for one in data if isinstance(one, dict)] if isinstance(data, list) else []
    found = [_dockerfile_case(one) for one in entries if "dockerfile" in one and "expect" in one]
    for one in entries:
        if isinstance(one.get("config"), str) and isinstance(one.get("expect"), list):
            found.extend(_image_cases(file.parent, one))
    snippets = file.parent / "history-snippets.json"
    if snippets.is_file() and "dockle" in file.parent.name:
        found.extend(_snippet_cases(json.loads(snippets.read_text(encoding="utf-8"))))
    return tuple(found)


def _dockerfile_case(case: Mapping[str, Any]) -> Case:
    config = case.get("config") or {}
    settings = Settings(
        profile=Profile.ALL,
        allowed_registries=tuple(config.get("trustedRegistries", ())),
        labels=config.get("label-schema", {}),
        strict_labels=bool(config.get("strict-labels")),
    )
    rule = case["expect"]["rule"]
    text = case["dockerfile"]
    return Case(
        str(case.get("id", "")),
        rule if ":" in rule else f"hadolint:{rule}",
        bool(case["expect"]["fires"]),
        replace(memory_subject(text, settings=settings), today=TODAY),
        None if config or case.get("onbuild") else text,
    )


def _image_cases(folder: Path, case: Mapping[str, Any]) -> Iterator[Case]:
    """An image gets every code that is listed and none of the others that could be."""
    config = json.loads((folder / case["config"]).read_text(encoding="utf-8"))
    run = config.get("config") or {}
    subject = _image_subject(
        tuple(
            (one.get("created_by", ""), bool(one.get("empty_layer")))
            for one in config.get("history", ())
        ),
        run.get("User") or "",
        tuple(run.get("Cmd") or ()),
    )
    expected = {_DOCKLE_CODES.get(one["code"], f"dockle:{one['code']}") for one in case["expect"]}
    for alias in sorted({*_DOCKLE_CODES.values(), *expected}):
        yield Case(f"{case['name']}", alias, alias in expected, subject)


def _snippet_cases(snippets: list[Mapping[str, str]]) -> Iterator[Case]:
    aliases = [alias for number, alias in _SNIPPETS for _ in range(number)]
    if len(aliases) != len(snippets):
        print(f"  {len(snippets)} snippets of Dockle are not the {len(aliases)} that are known")
        return
    for alias, snippet in zip(aliases, snippets, strict=True):
        source = snippet["src"]
        subject = _image_subject(((_ROOT_FILES, False), (_history_of(source), False)))
        yield Case(snippet["name"], alias, "expected: true" in " ".join(source.split()), subject)


def _history_of(source: str) -> str:
    """The history entry that a Go literal stands for: one text, or commands as lists of words."""
    text = re.search(r"cmd:\s*(?:\"((?:[^\"\\]|\\.)*)\"|`([^`]*)`)", source)
    if text is not None:
        return text[1] or text[2] or ""
    commands = [
        " ".join(re.findall(r'"([^"]*)"', words)).removeprefix("/bin/sh -c ")
        for words in re.findall(r"\d+:\s*\{([^}]*)\}", source)
    ]
    return "/bin/sh -c " + " && ".join(commands)


def _image_subject(
    history: tuple[tuple[str, bool], ...], user: str = "", cmd: tuple[str, ...] = ()
) -> Subject:
    """An image of these (created_by, empty) history entries."""
    from hardening.image.synthetic import make_image

    layers = tuple(
        LayerSketch({} if empty else {f"file{number}": "x"}, command=command, empty=empty)
        for number, (command, empty) in enumerate(history)
    )
    image = make_image(ImageSketch(layers=layers, user=user, cmd=cmd))
    return replace(
        memory_subject(None, image=image, settings=Settings(profile=Profile.ALL)), today=TODAY
    )
