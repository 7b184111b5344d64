"""Reads tables: CSV, XLSX and ODS, as text first, so that nothing is guessed away.

A cell is text until a column is asked for its numbers.  Rows keep the number that
a spreadsheet shows for them, for messages.
"""

from __future__ import annotations

import csv
import io
import math
import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from generator.errors import SourceError
from generator.report import Report

GSS_CODE = re.compile(r"^[EWSNKJ]\d{8}$")
MISSING = frozenset({"", "-", "–", "—", ".", "..", ":", "n/a", "na", "nan", "null", "none", "x"})
_NUMBER = re.compile(r"^[+-]?(\d+(\.\d*)?|\.\d+)(e[+-]?\d+)?$", re.IGNORECASE)
_GROUPED = re.compile(r"^[+-]?\d{1,3}(,\d{3})+(\.\d*)?$")


@dataclass(frozen=True, slots=True)
class Table:
    """A rectangle of text.

    Attributes
    ----------
    path
        The file, as the user named it.
    columns
        Header cells, stripped; no two alike.
    rows
        One tuple of stripped text per row, as long as `columns`; blank rows are left out.
    row_numbers
        The row's number in the file, counted from 1 as a spreadsheet does.
    """

    path: Path
    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    row_numbers: tuple[int, ...]

    def column(self, name: str) -> tuple[str, ...]:
        """The cells of one column.

        Raises
        ------
        SourceError
            If there is no such column; names those that there are.
        """
        if name not in self.columns:
            raise SourceError(
                f"there is no column {name!r}",
                where=str(self.path),
                fix="the columns are: " + ", ".join(map(repr, self.columns)),
            )
        at = self.columns.index(name)
        return tuple(row[at] for row in self.rows)

    def numbers(self, name: str) -> tuple[float | None, ...]:
        """A column as numbers; cells that say "missing" (blank, "..", "n/a") are None.

        Raises
        ------
        SourceError
            Naming the first cell that is neither.
        """
        values = []
        for number, cell in zip(self.row_numbers, self.column(name), strict=True):
            try:
                values.append(parse_number(cell))
            except ValueError:
                raise SourceError(
                    f"{cell!r} is not a number",
                    where=f'{self.path}, row {number}, column "{name}"',
                    fix='write a number such as 12.5, or leave the cell empty for "not known"',
                ) from None
        return tuple(values)

    def ranks(self, name: str) -> tuple[int | None, ...]:
        """A column as ranks: whole numbers from 1, or None."""
        ranks: list[int | None] = []
        for number, value in zip(self.row_numbers, self.numbers(name), strict=True):
            if value is not None and (value < 1 or value != int(value)):
                raise SourceError(
                    f"{value:g} is not a rank",
                    where=f'{self.path}, row {number}, column "{name}"',
                    fix="ranks are whole numbers from 1, the best",
                )
            ranks.append(None if value is None else int(value))
        return tuple(ranks)

    def code_column(self) -> str | None:
        """The first column in which every cell that isn't blank is a GSS code."""
        for at, name in enumerate(self.columns):
            cells = [row[at] for row in self.rows if row[at]]
            if cells and all(GSS_CODE.match(cell) for cell in cells):
                return name
        return None

    def numeric_columns(self) -> tuple[str, ...]:
        """Columns that hold at least one number and nothing but numbers and "missing"."""
        found = []
        for at, name in enumerate(self.columns):
            try:
                cells = [parse_number(row[at]) for row in self.rows]
            except ValueError:
                continue
            if any(cell is not None for cell in cells):
                found.append(name)
        return tuple(found)


def parse_number(cell: str) -> float | None:
    """A cell as a number: "1,234.5", "−3" and "12 %" too; None if it says "missing".

    Raises
    ------
    ValueError
        If it is neither a finite number nor a sign for "missing".
    """
    text = cell.strip().replace("\u2212", "-").replace("\u00a0", "").replace("\u2009", "")
    if text.casefold() in MISSING:
        return None
    text = text.removesuffix("%").strip()
    if _GROUPED.match(text):
        text = text.replace(",", "")
    if not _NUMBER.match(text):
        raise ValueError(cell)
    value = float(text)
    if not math.isfinite(value):
        raise ValueError(cell)
    return value


def read_table(path: Path, *, report: Report, sheet: str = "", header_row: int = 1) -> Table:
    """Read one table.

    Parameters
    ----------
    path
        A ``.csv``, ``.tsv``, ``.xlsx`` or ``.ods`` file.
    report
        Hears of an encoding that had to be guessed.
    sheet
        The sheet of a workbook; the first one unless named.
    header_row
        The row that holds the column names, counted from 1.

    Raises
    ------
    SourceError
        If the file is missing, empty, of another kind, or its header is ambiguous.
    """
    if not path.is_file():
        raise SourceError(
            "there is no such file", where=str(path), fix="mend the path in the settings"
        )
    suffix = path.suffix.lower()
    if suffix in {".csv", ".tsv", ".txt"}:
        cells = _csv_cells(path, "\t" if suffix == ".tsv" else None, report)
    elif suffix in {".xlsx", ".ods"}:
        cells = _sheet_cells(path, sheet)
    else:
        raise SourceError(
            f"a table can't be read from a {suffix or 'nameless'} file",
            where=str(path),
            fix="save it as CSV, XLSX or ODS",
        )
    return _table(path, cells, header_row)


def _csv_cells(path: Path, delimiter: str | None, report: Report) -> list[list[str]]:
    raw = path.read_bytes()
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = raw.decode("cp1252", errors="replace")
        report.warn(f"{path}: not UTF-8; read as Windows-1252 (save it as UTF-8 to be sure)")
    if "\x00" in text:
        raise SourceError("this is not a text file", where=str(path), fix="save it as CSV (UTF-8)")
    if delimiter is None:
        head = text.split("\n", 1)[0]
        delimiter = max(",;\t", key=head.count)
    return [list(row) for row in csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)]


def _sheet_cells(path: Path, sheet: str) -> list[list[str]]:
    engine = "odf" if path.suffix.lower() == ".ods" else "openpyxl"
    try:
        with pd.ExcelFile(path, engine=engine) as book:
            names = [str(name) for name in book.sheet_names]
            if sheet and sheet not in names:
                raise SourceError(
                    f"there is no sheet {sheet!r}",
                    where=str(path),
                    fix="the sheets are: " + ", ".join(map(repr, names)),
                )
            frame = pd.read_excel(book, sheet or names[0], header=None, dtype=object)
    except SourceError:
        raise
    except Exception as error:
        # Each engine raises its own kinds for a damaged file.
        raise SourceError(
            f"the workbook can't be read ({error})",
            where=str(path),
            fix="open and save it again, or save the sheet as CSV",
        ) from None
    return [[_cell_text(cell) for cell in row] for row in frame.itertuples(index=False)]


def _cell_text(cell: object) -> str:
    if cell is None or (isinstance(cell, float) and math.isnan(cell)):
        return ""
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    return str(cell)


def _table(path: Path, cells: Sequence[Sequence[str]], header_row: int) -> Table:
    if len(cells) < header_row:
        raise SourceError(
            f"there is no header row {header_row}: the table has {len(cells)} rows",
            where=str(path),
            fix="mend header_row in the settings, or the file",
        )
    header = [cell.strip() for cell in cells[header_row - 1]]
    while header and not header[-1]:
        header.pop()
    doubled = sorted({name for name in header if name and header.count(name) > 1})
    if not header or doubled:
        raise SourceError(
            f"the column name {doubled[0]!r} stands twice" if doubled else "the header is empty",
            where=f"{path}, row {header_row}",
            fix="give each column a name of its own",
        )
    rows, numbers = [], []
    for number, row in enumerate(cells[header_row:], start=header_row + 1):
        texts = [cell.strip() for cell in row]
        if not any(texts):
            continue
        if any(texts[len(header) :]):
            raise SourceError(
                f"the row has {len(texts)} cells, the header {len(header)}",
                where=f"{path}, row {number}",
                fix='put a cell that holds a comma in quotes: "Bristol, City of"',
            )
        rows.append(tuple((texts + [""] * len(header))[: len(header)]))
        numbers.append(number)
    if not rows:
        raise SourceError("the table has no rows", where=str(path), fix="put data below the header")
    names = tuple(name or f"column {at}" for at, name in enumerate(header, start=1))
    return Table(path, names, tuple(rows), tuple(numbers))
