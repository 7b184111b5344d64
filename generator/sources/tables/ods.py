"""ODS spreadsheets: values by calamine; which cells are percentages, by their own type."""

from __future__ import annotations

import zipfile
from collections.abc import Iterator
from pathlib import Path
from xml.etree import ElementTree

from python_calamine import CalamineWorkbook, SheetVisibleEnum

from generator.sources.tables.limits import TableLimits
from generator.sources.tables.workbook import HEAD_ROWS, cell_text, check_archive, damaged

_TABLE = "{urn:oasis:names:tc:opendocument:xmlns:table:1.0}"
_OFFICE = "{urn:oasis:names:tc:opendocument:xmlns:office:1.0}"


def ods_sheets(path: Path, limits: TableLimits) -> dict[str, list[list[str]]]:
    """The first rows of each sheet that is not hidden, by its name."""
    book = _opened(path, limits)
    shown = [s.name for s in book.sheets_metadata if s.visible == SheetVisibleEnum.Visible]
    return {
        name: [
            [cell_text(cell) for cell in row]
            for row in book.get_sheet_by_name(name).to_python(
                skip_empty_area=False, nrows=HEAD_ROWS
            )
        ]
        for name in shown or book.sheet_names
    }


def ods_names(path: Path, limits: TableLimits) -> list[str]:
    """The names of all sheets."""
    return list(_opened(path, limits).sheet_names)


def ods_rows(path: Path, sheet: str, limits: TableLimits) -> Iterator[list[str]]:
    """The rows of one sheet as text; a percentage keeps its sign, an amount its currency."""
    book = _opened(path, limits)
    formats = _formats(path, sheet)
    rows = book.get_sheet_by_name(sheet).to_python(skip_empty_area=False)
    for at, row in enumerate(rows):
        yield [cell_text(cell, formats.get((at, across), "")) for across, cell in enumerate(row)]


def _opened(path: Path, limits: TableLimits) -> CalamineWorkbook:
    check_archive(path, limits)
    _check_repeats(path, limits)
    try:
        return CalamineWorkbook.from_path(str(path))
    except Exception as error:
        raise damaged(path, error) from None


def _check_repeats(path: Path, limits: TableLimits) -> None:
    """Refuse a sheet in which a few repeated cells stand for more than may be read."""
    for _, rows, columns in _used(path):
        limits.check_size(path, rows, columns)


def _used(path: Path) -> Iterator[tuple[str, int, int]]:
    """Each sheet's name, and the last row and column that hold something."""
    name, rows, columns = "", 0, 0
    for kind, sheet, row, across, repeat, _ in _cells(path):
        if sheet != name:
            if name:
                yield name, rows, columns
            name, rows, columns = sheet, 0, 0
        if kind:
            rows, columns = max(rows, row), max(columns, across + repeat)
    if name:
        yield name, rows, columns


def _formats(path: Path, sheet: str) -> dict[tuple[int, int], str]:
    """A number format ("0%", "£0") by row and column, counted from 0, for what isn't plain."""
    found: dict[tuple[int, int], str] = {}
    for kind, name, row, across, repeat, currency in _cells(path):
        if name == sheet and kind in {"percentage", "currency"}:
            sign = "0%" if kind == "percentage" else {"GBP": "£", "EUR": "€"}.get(currency, "")
            for at in range(repeat):
                found[row - 1, across + at] = sign
    return found


def _cells(path: Path) -> Iterator[tuple[str, str, int, int, int, str]]:
    """Cells of all sheets: type, sheet, last row (from 1), column (from 0), repeats, currency."""
    sheet, row, across = "", 0, 0
    pending: list[tuple[str, int, int, str]] = []
    try:
        with zipfile.ZipFile(path) as archive, archive.open("content.xml") as content:
            for event, item in ElementTree.iterparse(content, events=("start", "end")):  # noqa: S314
                if event == "start" and item.tag == f"{_TABLE}table":
                    sheet, row = item.get(f"{_TABLE}name", ""), 0
                elif event == "start" and item.tag == f"{_TABLE}table-row":
                    across, pending = 0, []
                elif event == "end" and item.tag in {
                    f"{_TABLE}table-cell",
                    f"{_TABLE}covered-table-cell",
                }:
                    repeat = int(item.get(f"{_TABLE}number-columns-repeated", "1"))
                    kind = item.get(f"{_OFFICE}value-type", "")
                    pending.append((kind, across, repeat, item.get(f"{_OFFICE}currency", "")))
                    across += repeat
                elif event == "end" and item.tag == f"{_TABLE}table-row":
                    row += int(item.get(f"{_TABLE}number-rows-repeated", "1"))
                    for kind, at, repeat, currency in pending:
                        yield kind, sheet, row, at, repeat, currency
                    item.clear()
    except (LookupError, ValueError, ElementTree.ParseError, zipfile.BadZipFile) as error:
        raise damaged(path, error) from None
