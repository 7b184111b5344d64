"""Whether the figures on pages, and in the files in their folders, are those of the tables."""

from __future__ import annotations

import html
import json
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from generator.build.manifest import Manifest
from generator.verify.downloads import csv_rows
from generator.verify.faults import Fault

ALL = "data/all.csv"
ROW = re.compile(r'<tr[^>]*\bdata-code="([^"]*)"[^>]*>(.*?)</tr>', re.DOTALL)
_CELL = re.compile(r'<td class="num"[^>]*>(.*?)</td>', re.DOTALL)
OWN_CODE = re.compile(r'<dd class="code">([^<]*)</dd>')
_HEADLINE = re.compile(r'<span class="(?:rank|score)">(.*?)</span>', re.DOTALL)
_TAG = re.compile(r"<[^>]*>")
_NUMBER = re.compile(r"-?\d+(?:\.\d+)?")
_SPACES = dict.fromkeys(map(ord, "\u2009\u202f\u00a0,"))


@dataclass(slots=True)
class Known:
    """The figures of one area in all editions: ranks (with how many there are), scores."""

    ranks: set[int] = field(default_factory=set)
    scores: list[float] = field(default_factory=list)
    rows: list[dict[str, str]] = field(default_factory=list)

    def has(self, text: str) -> bool:
        """Whether a figure, as a page prints it, is one of the area's, perhaps rounded."""
        decimals = len(text.partition(".")[2])
        if decimals == 0 and int(text) in self.ranks:
            return True
        most = 0.5 * 10**-decimals * (1 + 1e-9)
        return any(abs(float(text) - score) <= most for score in self.scores)


def figure_faults(folder: Path, manifest: Manifest) -> Iterator[Fault]:
    """Figures of pages and small files that the table of all values does not have."""
    try:
        known = _known(csv_rows((folder / ALL).read_bytes()))
    except (OSError, ValueError, KeyError) as error:
        yield Fault(ALL, f"does not tell the figures ({error})")
        return
    for path in manifest.files:
        try:
            if path.endswith(".html"):
                yield from _page(path, (folder / path).read_text(encoding="utf-8"), known)
            elif path.endswith("/data.csv"):
                yield from _in_folder(path, (folder / path).read_bytes(), known)
            elif path.endswith("/data.json"):
                yield from _area_json(path, json.loads((folder / path).read_bytes()), known)
        except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
            yield Fault(path, f"does not tell its figures ({error})")
    yield from _editions(folder, manifest, known)


def _known(rows: Iterable[Mapping[str, str]]) -> dict[str, Known]:
    known: dict[str, Known] = {}
    for row in rows:
        area = known.setdefault(row["code"], Known())
        area.rows.append(dict(row))
        for name in ("rank", "of"):
            if row[name]:
                area.ranks.add(int(row[name]))
        if row["score"]:
            area.scores.append(float(row["score"]))
    return known


def figures_in(cell: str) -> list[str]:
    """The numbers of a cell as it stands in a page, with points and hyphens."""
    text = html.unescape(_TAG.sub(" ", cell)).translate(_SPACES).replace("\u2212", "-")
    return _NUMBER.findall(text)


def _page(path: str, text: str, known: Mapping[str, Known]) -> Iterator[Fault]:
    """Rows of tables that say which area they are about, and the headline of an area's page."""
    for raw_code, row in ROW.findall(text):
        code = html.unescape(raw_code)
        for cell in _CELL.findall(row):
            for figure in figures_in(cell):
                if code not in known or not known[code].has(figure):
                    yield Fault(path, f"the table says {figure} of {code}, {ALL} does not")
    own = OWN_CODE.search(text)
    if own is not None:
        code = html.unescape(own[1])
        for said in _HEADLINE.findall(text):
            for figure in figures_in(said):
                if code not in known or not known[code].has(figure):
                    yield Fault(path, f"the headline says {figure} of {code}, {ALL} does not")


def _in_folder(path: str, content: bytes, known: Mapping[str, Known]) -> Iterator[Fault]:
    """The CSV in the folder of a page has rows of the table of all values."""
    for row in csv_rows(content):
        if row["code"] not in known or row not in known[row["code"]].rows:
            yield Fault(path, f"a row about {row['code']} is not in {ALL}")


def _area_json(path: str, area: Mapping[str, Any], known: Mapping[str, Known]) -> Iterator[Fault]:
    code = str(area["code"])
    stated = {
        (str(v["edition"]), str(v["indicator"]), _text(v["score"]), _text(v["rank"]))
        for v in area["values"]
    }
    rows = known[code].rows if code in known else []
    there = {(r["edition"], r["indicator"], _text(r["score"]), _text(r["rank"])) for r in rows}
    if stated != there:
        yield Fault(path, f"its values of {code} are not those of {ALL}")


def _text(value: object) -> str:
    """A figure as text, however it was written."""
    return "" if value in (None, "") else f"{float(str(value)):.12g}"


def _editions(folder: Path, manifest: Manifest, known: Mapping[str, Known]) -> Iterator[Fault]:
    """The table of each edition has the scores and ranks of the table of all values."""
    editions = {row["edition"] for area in known.values() for row in area.rows}
    for edition in sorted(editions):
        path = f"data/{edition}.csv"
        if path not in manifest.files:
            continue
        try:
            rows = {row["code"]: row for row in csv_rows((folder / path).read_bytes())}
        except (OSError, ValueError, KeyError) as error:
            yield Fault(path, f"does not tell its figures ({error})")
            continue
        for code, area in known.items():
            for row in (r for r in area.rows if r["edition"] == edition):
                for what in ("score", "rank"):
                    column = f"{row['indicator'].replace('-', '_')}_{what}"
                    own = rows.get(code, {}).get(column, "")
                    if _text(own) != _text(row[what]):
                        yield Fault(path, f"{column} of {code} is not that of {ALL}")
