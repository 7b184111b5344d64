"""Reads one table, whatever its kind, and says what was changed or left out."""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from generator.errors import SourceError
from generator.report import Report
from generator.sources.tables.csv_file import csv_rows
from generator.sources.tables.limits import TableLimits
from generator.sources.tables.metadata import Description, read_description
from generator.sources.tables.sheet_parts import SheetParts, table_score, take_apart
from generator.sources.tables.table import GSS_CODE, Table, tidy_code

_CONTROL = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u200b\u202a-\u202e\u2060\u2066-\u2069\ufeff\ufffe\uffff]"
)
_CSV = {".csv", ".tsv", ".txt"}
_MOSTLY = 0.6
_LOOK = 500
"""So many rows tell whether a column is one of codes."""


@dataclass(frozen=True, slots=True)
class TableOptions:
    """What the settings say of a table; an empty entry is found by its content.

    Attributes
    ----------
    sheet
        The sheet of a workbook.
    header_row
        The row that holds the column names, counted from 1.
    decimal
        The decimal sign: "." or ",".
    missing
        Further signs for "no figure".
    """

    sheet: str = ""
    header_row: int | None = None
    decimal: str = ""
    missing: tuple[str, ...] = ()


def read_table(
    path: Path,
    *,
    report: Report,
    options: TableOptions | None = None,
    limits: TableLimits | None = None,
) -> Table:
    """Read one table.

    Parameters
    ----------
    path
        A ``.csv``, ``.tsv``, ``.xlsx``, ``.ods`` or ``.parquet`` file.
    report
        Hears what was guessed, changed or left out, with row numbers.

    Raises
    ------
    SourceError
        If the file is missing, empty, too large, of another kind, or has no header.
    """
    options, limits = options or TableOptions(), limits or TableLimits()
    if not path.is_file():
        raise SourceError(
            "there is no such file", where=str(path), fix="correct the path in the settings"
        )
    limits.check_file(path)
    described = read_description(path, report)
    decimal = options.decimal or described.decimal or "."
    cells = _cells(path, options, limits, described, report)
    rows = _tidy(path, cells, limits, report)
    parts = take_apart(path, rows, options.header_row, decimal)
    for note in parts.notes:
        report.say(f"{path}: {note}")
    for doubt in parts.doubts:
        report.warn(f"{path}: {doubt}")
    _tidy_codes(path, parts, report)
    above = parts.above[:-1] if parts.headings else parts.above
    return Table(
        path,
        tuple(parts.names),
        tuple(tuple(row) for _, row in parts.rows),
        tuple(number for number, _ in parts.rows),
        decimal,
        frozenset(text.casefold() for text in options.missing) | described.missing,
        {name: described.facts[name] for name in parts.names if name in described.facts},
        tuple(" ".join(filter(None, cells)) for _, cells in above),
        tuple(" ".join(filter(None, cells)) for _, cells in parts.below),
        {name: text for name, text in zip(parts.names, parts.headings, strict=False) if text},
    )


def _cells(
    path: Path, options: TableOptions, limits: TableLimits, described: Description, report: Report
) -> Iterator[list[str]]:
    # Each reader is loaded when it is needed: they take longer to load than a table to read.
    suffix = path.suffix.lower()
    if suffix in _CSV:
        return csv_rows(path, limits, report, _encoding(described), _delimiter(described))
    if suffix in {".parquet", ".geoparquet"}:
        from generator.sources.tables.parquet import parquet_rows

        return parquet_rows(path, limits)
    if suffix in {".xlsx", ".xlsm", ".ods"}:
        return _workbook(path, options, limits, report)
    raise SourceError(
        f"a table can't be read from a {suffix or 'nameless'} file",
        where=str(path),
        fix="save it as CSV, XLSX or ODS (or Parquet)",
    )


def _encoding(described: Description) -> str:
    """The encoding that a description names, if it is one of text."""
    try:
        return described.encoding if codecs.lookup(described.encoding)._is_text_encoding else ""
    except (LookupError, ValueError):  # a null in a name is a ValueError
        return ""


def _delimiter(described: Description) -> str:
    """The delimiter that a description names, if a file can have it."""
    said = described.delimiter
    return said if len(said) == 1 and not said.isalnum() and said not in '"\r\n\0' else ""


def _workbook(
    path: Path, options: TableOptions, limits: TableLimits, report: Report
) -> Iterator[list[str]]:
    if path.suffix.lower() == ".ods":
        from generator.sources.tables import ods

        heads, names = ods.ods_sheets(path, limits), ods.ods_names(path, limits)
        yield from ods.ods_rows(path, _sheet(path, options.sheet, heads, names, report), limits)
        return
    from generator.sources.tables import workbook

    heads, names = workbook.workbook_sheets(path, limits), workbook.workbook_names(path, limits)
    name = _sheet(path, options.sheet, heads, names, report)
    blank = False
    for row in workbook.workbook_rows(path, name, limits):
        blank = blank or "" in row
        yield row
    if blank and (cell := workbook.formula_without_result(path, name, limits)):
        raise SourceError(
            "the workbook holds a formula, but not its result",
            where=f"{path}, sheet {name!r}, cell {cell}",
            fix="open it in a spreadsheet program and save it again",
        )


def _sheet(
    path: Path, wanted: str, heads: dict[str, list[list[str]]], names: list[str], report: Report
) -> str:
    """The sheet that is named, or else the first that looks like a table."""
    if wanted:
        if wanted not in names:
            raise SourceError(
                f"there is no sheet {wanted!r}",
                where=str(path),
                fix="the sheets are: " + ", ".join(map(repr, names)),
            )
        return wanted
    if not heads:
        raise SourceError(
            "the workbook has no sheet that can be read",
            where=str(path),
            fix="save the table in a sheet that is not hidden",
        )
    tables = [name for name, rows in heads.items() if table_score(_numbered(rows)) > 0]
    chosen = tables[0] if tables else next(iter(heads))
    if len(tables) > 1:
        others = ", ".join(repr(name) for name in tables[1:6])
        report.warn(
            f"{path}: several sheets hold tables; {chosen!r} is read, {others} not (name the "
            "one that is meant as sheet in the edition's settings)"
        )
    elif chosen != next(iter(heads)):
        report.say(f"{path}: the sheet {chosen!r} is read, the only one that holds a table")
    return chosen


def _numbered(rows: list[list[str]]) -> list[tuple[int, list[str]]]:
    texts = ([cell.strip() for cell in row] for row in rows)
    return [(number, row) for number, row in enumerate(texts, start=1) if any(row)]


def _tidy(
    path: Path, cells: Iterator[list[str]], limits: TableLimits, report: Report
) -> list[tuple[int, list[str]]]:
    """Rows that aren't blank, stripped and without control characters, with their numbers."""
    rows: list[tuple[int, list[str]]] = []
    held, cleaned = 0, []
    for number, row in enumerate(cells, start=1):
        if number > limits.rows:
            limits.check_size(path, number, 1)
        if len(row) > limits.columns:
            row = _without_trailing_blanks(row)
            limits.check_size(path, 1, len(row))
        texts = [cell.strip() for cell in row]
        if not any(texts):
            continue
        for at, text in enumerate(texts):
            if len(text) > limits.letters:
                limits.check_cell(path, number, at + 1, text)
            if not text.isprintable() and _CONTROL.search(text):
                texts[at] = _CONTROL.sub("", text).strip()
                cleaned.append(number)
        texts = _without_trailing_blanks(texts)
        held += len(texts)
        limits.check_cells(path, held)
        if texts:
            rows.append((number, texts))
    if cleaned:
        shown = ", ".join(map(str, dict.fromkeys(cleaned[:20])))
        report.say(f"{path}: control characters are left out in row {shown}")
    return rows


def _without_trailing_blanks(texts: list[str]) -> list[str]:
    end = len(texts)
    while end and not texts[end - 1].strip():
        end -= 1
    return texts[:end]


def _tidy_codes(path: Path, parts: SheetParts, report: Report) -> None:
    """Write codes with spaces or in lower case as codes are written."""
    for at, name in enumerate(parts.names):
        first = [cells[at] for _, cells in parts.rows[:_LOOK] if cells[at]]
        if sum(bool(GSS_CODE.match(tidy_code(cell))) for cell in first) <= _MOSTLY * len(first):
            continue
        changed = []
        for number, row in parts.rows:
            if (code := tidy_code(row[at])) != row[at]:
                row[at] = code
                changed.append(number)
        if changed:
            shown = ", ".join(map(str, changed[:8])) + (" …" if len(changed) > 8 else "")
            report.say(
                f"{path}: codes in column {name!r} are read without spaces and in upper case "
                f"(row {shown})"
            )
