"""The rows of `drydock base` as text: each in full, then all as a table, and what to do next: what
matters most stands at the end, where a terminal shows it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from hardening.model import Safety
from hardening.reports.layers import human_size
from hardening.reports.sheet import BOLD, DIM, RED, YELLOW, Cell, Look, safety_code, table, wrapped

Values = Mapping[str, Any]
UNKNOWN = "unknown"
CLASSES = {
    "refresh": "the same tag, built again",
    "patch": "a newer patch release",
    "system": "another release of the distribution",
    "minor": "another minor release",
    "major": "another major release",
    "flavour": "another flavour",
}
_SAFETIES = {one.label: one for one in Safety}


def base_text(values: Values, command: str, look: Look) -> str:
    """`command` is how the rows were asked for: `drydock base PATH`."""
    rows: list[Values] = list(values["rows"])
    lines: list[str] = []
    for number, row in enumerate(rows, 1):
        lines += [*_in_full(number, row, look, source=_one_source(rows) is None), ""]
    lines += _head(values, look)
    if rows:
        lines += ["", *_table(values["base"], rows, look)]
        lines += ["", *wrapped(_legend(rows), look, code=DIM)]
    if values["not_assessed"]:
        lines += wrapped(f"{values['not_assessed']}.", look, first="  ")
    lines += _next(values, command, look)
    return "\n".join(lines) + "\n"


def _head(values: Values, look: Look) -> list[str]:
    where = f", line {values['line']}" if values["line"] else ""
    stage = values["stage"]
    at = f"  (stage {stage}{where})" if stage is not None and where else ""
    lines = wrapped((values["base"] or "No base image") + at, look, code=BOLD)
    if not values["base"]:
        return lines
    rows: list[list[Cell | str]] = [["maintained", _dates(values["ends"])]]
    rows += [["", Cell(f"! {one}", RED)] for one in values["over"]]
    rows += [["", f"{one}: long-term support only"] for one in values["lts_only"]]
    rows += [["", Cell(f"! {one}", YELLOW)] for one in values["worries"]]
    rows += [["vulnerabilities", base_words(values["vulnerabilities"])]]
    data = (values["vulnerabilities"] or {}).get("data")
    rows += [["advisories", "; ".join(data)]] if data else []
    return lines + table(rows, look, indent="  ")


def _table(base: str, rows: list[Values], look: Look) -> list[str]:
    head = ["#", "Risk", "Mends", "Brings", "Size", "Until", "Patch", "Move to"]
    shown: list[list[Cell | str]] = [
        [Cell(one, BOLD, right=one in ("#", "Mends", "Brings", "Size")) for one in head]
    ]
    for number, row in enumerate(rows, 1):
        mended, brought = _sums(row)
        word = row["safety"] or "none"
        shown.append(
            [
                Cell(str(number), right=True),
                row["risk"],
                Cell(mended, right=True),
                Cell(brought, right=True),
                Cell(_size(row), right=True),
                min((day for day in row["ends"].values() if day), default="?"),
                Cell(word, safety_code(_SAFETIES[word]) if word in _SAFETIES else DIM),
                _short(base, row["image"]),
            ]
        )
    return table(shown, look)


def _short(base: str, image: str) -> str:
    """The tag alone of the same image; a long registry path may be broken before its last part."""
    same = base.rpartition(":")[0] + ":"
    if image.startswith(same):
        return image.removeprefix(same)
    folder, slash, name = image.rpartition("/")
    return f"{folder}{slash} {name}" if slash else image


def _sums(row: Values) -> tuple[str, str]:
    found = row["vulnerabilities"]
    if found is None or found["fixed"] is None:
        return "?", "?"
    return str(sum(found["fixed"].values())), str(sum(found["brought"].values()))


def _size(row: Values) -> str:
    if row["size_bytes"] is not None:
        return human_size(row["size_bytes"])
    return "?" if row["download_bytes"] is None else f"↓{human_size(row['download_bytes'])}"


def _legend(rows: list[Values]) -> str:
    risks = {row["risk"]: CLASSES[row["class"]] for row in rows}
    parts = [", ".join(f"{risk} {word}" for risk, word in risks.items()) + "."]
    parts.append("Mends and brings count known vulnerabilities; ? is unknown.")
    if (source := _one_source(rows)) is not None:
        parts.append(f"Rows are from the {source}.")
    if any(_size(row).startswith("↓") for row in rows):
        parts.append("↓ is the download, not unpacked.")
    return " ".join(parts)


def _one_source(rows: list[Values]) -> str | None:
    """Where the rows come from, None when each must say so itself."""
    sources = {str(row["source"]) for row in rows}
    return sources.pop() if len(sources) == 1 else None


def _in_full(number: int, row: Values, look: Look, *, source: bool) -> list[str]:
    lines = wrapped(row["image"], look, first=f"{number}  ", code=BOLD)
    cells: list[list[Cell | str]] = [
        ["risk", f"{row['risk']}, {CLASSES[row['class']]}: {'; '.join(row['changes'])}"],
        ["gains", "; ".join(row["gains"]) or "nothing that is known"],
        ["maintained", _dates(row["ends"])],
        ["vulnerabilities", row_words(row)],
        *_sizes(row),
    ]
    cells += [["source", row["source"]]] if source else []
    cells += [["digest", row["digest"]]] if row["digest"] else []
    cells += [["registry", row["registry_note"]]] if row["registry_note"] else []
    cells += [["patch", f"none: {row['no_fix']}"]] if row["no_fix"] else []
    cells += [["patch", f"{row['fix']} ({row['safety']})"]] if row["fix"] else []
    cells += list(_needs(row))
    return lines + table(cells, look, indent="   ")


def _sizes(row: Values) -> Iterator[list[Cell | str]]:
    unpacked, download = row["size_bytes"], row["download_bytes"]
    parts = [f"{human_size(unpacked)} unpacked (local engine)"] if unpacked is not None else []
    parts += [f"{human_size(download)} to download (registry)"] if download is not None else []
    yield ["size", "; ".join(parts) or UNKNOWN]


def _needs(row: Values) -> Iterator[list[Cell | str]]:
    """What fails, then what nobody knows, and how much holds; JSON has all of it."""
    label = "needs"
    for verdict, code in (("fails", RED), ("unknown", YELLOW)):
        for one in row["preconditions"]:
            if one["verdict"] == verdict:
                text = f"{verdict}: {one['statement']} ({one['evidence']})"
                yield [label, Cell(text, code)]
                label = ""
    held = [one["statement"] for one in row["preconditions"] if one["verdict"] == "holds"]
    if held:
        yield [label, f"holds: {'; '.join(held)}"]


def _dates(ends: Mapping[str, str | None]) -> str:
    told = (f"{name} until {day or UNKNOWN}" for name, day in ends.items())
    return ", ".join(told) or UNKNOWN


def _next(values: Values, command: str, look: Look) -> list[str]:
    rows = values["rows"]
    usable = [row for row in rows if row["fix"] and row["safety"] != "manual"]
    steps: list[list[Cell | str]] = []
    if usable and values["line"]:
        one = f"{command} --choose {usable[0]['fix']}"
        steps += [[one, "shows the patch"], [f"{one} --write", "writes it"]]
    elif usable:
        steps += [[f"{command} --choose {usable[0]['fix']}", "tells the line for a Dockerfile"]]
    if any(row["local"] and row["vulnerabilities"] is None for row in rows):
        steps.append([f"{command} --compare", "counts what rows mend and bring"])
    unasked = "--offline" not in command
    if rows and unasked and all(row["digest"] is None and not row["registry_note"] for row in rows):
        steps.append([f"{command} --ask-registry", "digests and sizes of today"])
    for other in values["other_bases"][:5]:
        steps.append([f"{command} --stage {other['stage']}", f"the rows for {other['base']}"])
    return ["", "Next", *(line for step in steps for line in _step(step, look))] if steps else []


def _step(step: list[Cell | str], look: Look) -> list[str]:
    """The command on a line of its own, to be copied whole."""
    command, why = (one.text if isinstance(one, Cell) else one for one in step)
    return [f"  {command}", *wrapped(why, look, first="      ", code=DIM)]


def base_words(values: Values | None) -> str:
    if values is None:
        return UNKNOWN
    with_fix = f", {values['with_fix']} with a fix" if values["with_fix"] else ""
    return f"{_words(values['by_severity'])}{with_fix} ({values['source']})"


def row_words(row: Values) -> str:
    found = row["vulnerabilities"]
    if found is None:
        return f"{UNKNOWN} ({row['vulnerabilities_note']})"
    if found["fixed"] is None:
        return f"{_words(found['by_severity'])} ({found['source']})"
    return (
        f"mends {_words(found['fixed'])}; brings {_words(found['brought'])}; "
        f"leaves {_words(found['remaining'])} ({found['source']})"
    )


def _words(counts: Mapping[str, int]) -> str:
    parts = [f"{count} {word}" for word, count in counts.items() if count]
    return ", ".join(parts) or "none"
