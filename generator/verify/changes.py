"""Whether changes between editions are those of the figures, in their tables and on their pages."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator, Mapping
from decimal import Decimal, InvalidOperation
from pathlib import Path

from generator.build.manifest import Manifest
from generator.verify.downloads import csv_rows
from generator.verify.faults import Fault
from generator.verify.figures import ALL, OWN_CODE, ROW, figures_in

_TABLE = re.compile(r"data/(change-[^/]+)\.csv")
_SHOWN = re.compile(r'<table[^>]*\bdata-change="([^"]*)" data-indicator="([^"]*)"')
_CELL = re.compile(r'<td class="moved" data-of="(\w+)" data-sort="([^"]*)">(.*?)</td>', re.DOTALL)
_OF_AREA = re.compile(
    r'<tr data-change="([^"]*)" data-indicator="([^"]*)">.*?<td class="num">(.*?)</td>'
    r'<td class="moved">(.*?)</td></tr>',
    re.DOTALL,
)
_LISTED = re.compile(r'<li data-code="([^"]*)"><span class="moved">(.*?)</span>', re.DOTALL)

Row = Mapping[str, str]
Changes = Mapping[tuple[str, str], Row]
"""Rows of a table of changes, by code and indicator."""


def change_faults(folder: Path, manifest: Manifest) -> Iterator[Fault]:
    """Changes of tables, worked out again from all values; and those of pages, from the tables."""
    tables: dict[str, Changes] = {}
    for path in manifest.files:
        if found := _TABLE.fullmatch(path):
            try:
                rows = [dict(row) for row in csv_rows((folder / path).read_bytes())]
                if rows and "places_up" not in rows[0]:
                    continue  # an edition of such a name
                tables[found[1]] = {(row["code"], row["indicator"]): row for row in rows}
                yield from _table(path, tables[found[1]], _all_values(folder))
            except (OSError, ValueError, KeyError, InvalidOperation) as error:
                yield Fault(path, f"does not tell its changes ({error})")
    for path in manifest.files:
        if path.endswith(".html"):
            try:
                text = (folder / path).read_text(encoding="utf-8")
                kind = _page if path.startswith("change/") else _area
                yield from kind(path, text, tables)
            except (OSError, ValueError, KeyError, InvalidOperation) as error:
                yield Fault(path, f"does not tell its changes ({error})")


def _all_values(folder: Path) -> dict[tuple[str, str, str], Row]:
    rows = csv_rows((folder / ALL).read_bytes())
    return {(row["code"], row["edition"], row["indicator"]): dict(row) for row in rows}


def _table(
    path: str, changes: Changes, known: Mapping[tuple[str, str, str], Row]
) -> Iterator[Fault]:
    # Figures of composites are not compared, and not in the table.
    scored = {i for (_, i), row in changes.items() if row["earlier"] or row["later"]}
    for (code, indicator), row in changes.items():
        ends = [known[code, row[f"{e}_edition"], indicator] for e in ("earlier", "later")]
        ranks = [end["rank"] for end in ends]
        alike = all(ranks) and ends[0]["of"] == ends[1]["of"]
        right = {
            "earlier_rank": ranks[0],
            "later_rank": ranks[1],
            "places_up": str(int(ranks[0]) - int(ranks[1])) if alike else "",
        }
        scores = [end["score"] if indicator in scored else "" for end in ends]
        right |= {"earlier": scores[0], "later": scores[1], "change": ""}
        if all(scores):
            right["change"] = str(Decimal(scores[1]) - Decimal(scores[0]))
        for column, value in right.items():
            if not _equal(row[column], value):
                yield Fault(path, f"{column} of {code} ({indicator}) is not what {ALL} gives")
    yield from _classes(path, changes)


def _equal(one: str, other: str) -> bool:
    return one == other or (bool(one and other) and Decimal(one) == Decimal(other))


def _classes(path: str, changes: Changes) -> Iterator[Fault]:
    """A class has changes of one direction, and follows those of smaller ones."""
    by_value = {indicator for (_, indicator), row in changes.items() if row["change"]}
    seen: dict[str, list[tuple[Decimal, int]]] = {}
    for (code, indicator), row in changes.items():
        value = row["change" if indicator in by_value else "places_up"]
        if bool(value) != bool(row["class"]):
            yield Fault(path, f"{code} ({indicator}) has a change and no class, or the reverse")
        elif value:
            seen.setdefault(indicator, []).append((Decimal(value), int(row["class"])))
    for indicator, found in seen.items():
        levels = [level for _, level in sorted(found)]
        directions = {(level, (value > 0) - (value < 0)) for value, level in found}
        if levels != sorted(levels) or len(directions) > len(set(levels)):
            yield Fault(path, f"classes of {indicator} are not in the order of its changes")


def _page(path: str, text: str, tables: Mapping[str, Changes]) -> Iterator[Fault]:
    shown = _SHOWN.search(text)
    if shown is None:
        return
    table, indicator = (html.unescape(part) for part in shown.groups())
    rows = tables[table]
    for raw_code, inner in ROW.findall(text):
        code = html.unescape(raw_code)
        for column, sort, cell in _CELL.findall(inner):
            value = rows[code, indicator][column]
            if not _equal(sort, value) or not _reads(cell, value, words=column == "places_up"):
                yield Fault(path, f"{column} of {code} is not that of data/{table}.csv")
    for raw_code, cell in _LISTED.findall(text):
        row = rows[html.unescape(raw_code), indicator]
        value = row["change"] or row["places_up"]
        if not _reads(cell, value, words=not row["change"]):
            yield Fault(path, f"the list says {cell} of {row['code']}, data/{table}.csv does not")


def _area(path: str, text: str, tables: Mapping[str, Changes]) -> Iterator[Fault]:
    """What an area's page says of its further indicators: figures of both editions, the change."""
    own = OWN_CODE.search(text)
    for found in _OF_AREA.findall(text) if own else ():
        table, indicator, ends, size = (html.unescape(part) for part in found)
        row = tables[table][html.unescape(own[1]) if own else "", indicator]
        value = row["change"] or row["places_up"]
        columns = ("earlier", "later") if row["change"] else ("earlier_rank", "later_rank")
        said = figures_in(ends)
        said = said if len(said) == 2 else [*said, *said]  # two that are equal are written once
        right = len(said) == 2 and all(
            _rounds(a, row[c]) for a, c in zip(said, columns, strict=True)
        )
        if not right or not _reads(size, value, words=not row["change"]):
            yield Fault(path, f"the change of {indicator} is not that of data/{table}.csv")


def _reads(cell: str, value: str, *, words: bool) -> bool:
    """Whether a page's text is a value, perhaps rounded; of places a word says the direction."""
    said = figures_in(cell)
    if not value:
        return not said
    wanted = Decimal(value)
    if words:
        return said == [str(abs(int(wanted)))] or (wanted == 0 and not said)
    return len(said) == 1 and _rounds(said[0], value)


def _rounds(said: str, value: str) -> bool:
    """Whether a figure is a value, perhaps with fewer digits."""
    decimals = len(said.partition(".")[2])
    return abs(Decimal(said) - Decimal(value)) <= Decimal(5).scaleb(-decimals - 1)
