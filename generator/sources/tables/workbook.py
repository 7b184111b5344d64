"""XLSX workbooks, by openpyxl: it streams rows, and knows how a cell's number is shown.

The format matters: a cell that shows 85% holds 0.85.  A sheet is chosen by its content
where none is named, because the first one is often a cover.
"""

from __future__ import annotations

import datetime as dt
import math
import re
import warnings
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import openpyxl

from generator.errors import SourceError
from generator.sources.tables.limits import TableLimits

HEAD_ROWS = 60
_QUOTED = re.compile(r'"[^"]*"|\\.|\[[^\]]*\]')
_CURRENCY = re.compile(r"[£$€]")


def workbook_sheets(path: Path, limits: TableLimits) -> dict[str, list[list[str]]]:
    """The first rows of each sheet that is not hidden, by its name."""
    with _Opened(path, limits) as book:
        return {
            sheet.title: list(_rows(sheet, HEAD_ROWS))
            for sheet in book.worksheets
            if sheet.sheet_state == "visible"
        }


def workbook_names(path: Path, limits: TableLimits) -> list[str]:
    """The names of all sheets, hidden ones too."""
    with _Opened(path, limits) as book:
        return [str(name) for name in book.sheetnames]


def workbook_rows(path: Path, sheet: str, limits: TableLimits) -> Iterator[list[str]]:
    """The rows of one sheet as text; a number keeps its "%" or "£" if its format shows one."""
    with _Opened(path, limits) as book:
        yield from _rows(book[sheet], None)


def formula_without_result(path: Path, sheet: str, limits: TableLimits) -> str:
    """The first cell ("C5") whose formula has no stored result; empty if there is none."""
    with _Opened(path, limits) as book, _Opened(path, limits, formulas=True) as formulas:
        for shown, meant in zip(book[sheet].iter_rows(), formulas[sheet].iter_rows(), strict=False):
            for cell, formula in zip(shown, meant, strict=False):
                if cell.value is None and formula.data_type == "f":
                    return str(formula.coordinate)
    return ""


class _Opened:
    """A workbook opened for reading; whatever a damaged one raises becomes one error."""

    def __init__(self, path: Path, limits: TableLimits, *, formulas: bool = False) -> None:
        self.path, self.formulas = path, formulas
        check_archive(path, limits)

    def __enter__(self) -> Any:
        # Opened here, because openpyxl leaves the file of a damaged workbook open.
        self._file = self.path.open("rb")
        try:
            with warnings.catch_warnings():
                # Of styles, validation and extensions, which say nothing about values.
                warnings.simplefilter("ignore")
                self.book = openpyxl.load_workbook(
                    self._file, read_only=True, data_only=not self.formulas
                )
        except Exception as error:
            self._file.close()
            raise damaged(self.path, error) from None
        return self.book

    def __exit__(self, kind: object, error: object, trace: object) -> None:
        self.book.close()
        self._file.close()
        if isinstance(error, Exception) and not isinstance(error, SourceError):
            raise damaged(self.path, error) from None


def check_archive(path: Path, limits: TableLimits) -> None:
    """Refuse a workbook that is damaged, encrypted, or holds far more than its size says."""
    most = 2 * limits.megabytes * 1_000_000
    try:
        with zipfile.ZipFile(path) as archive:
            held = sum(member.file_size for member in archive.infolist())
            if held > most:
                raise limits.exceeded(
                    f"the workbook holds {held / 1e6:,.0f} MB when unpacked, more than the "
                    f"{most / 1e6:,.0f} MB allowed",
                    str(path),
                    "table_megabytes",
                )
            # A size that is stated falsely shows in the checksum.
            bad = archive.testzip()
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, EOFError) as error:
        raise damaged(path, error) from None
    except Exception as error:
        if isinstance(error, SourceError):
            raise
        raise damaged(path, error) from None
    if bad:
        raise damaged(path, ValueError(f"{bad} has a wrong checksum"))


def damaged(path: Path, error: Exception) -> SourceError:
    """The error for a workbook that can't be opened."""
    reason = str(error).splitlines()[0][:200] if str(error) else type(error).__name__
    return SourceError(
        f"the workbook can't be read ({reason})",
        where=str(path),
        fix="open and save it again without a password, or save the sheet as CSV",
    )


def _rows(sheet: Any, most: int | None) -> Iterator[list[str]]:
    # The stated dimensions are wrong in files of some programs.
    if hasattr(sheet, "reset_dimensions"):
        sheet.reset_dimensions()
    for row in sheet.iter_rows(max_row=most):
        yield [
            cell_text(cell.value, cell.number_format if cell.value is not None else "")
            for cell in row
        ]


def cell_text(value: object, number_format: str = "") -> str:
    """A cell's value as text, with the sign that its format shows."""
    if value is None or (isinstance(value, float) and math.isnan(value)):
        return ""
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, int | float):
        shown = _QUOTED.sub("", number_format or "")
        if "%" in shown:
            return _short(value * 100) + "%"
        if sign := _CURRENCY.search(number_format or ""):
            return f"{sign[0]}{_short(value)}" if value >= 0 else f"-{sign[0]}{_short(-value)}"
        return _short(value)
    if isinstance(value, dt.datetime) and value.time() == dt.time():
        return value.date().isoformat()
    return str(value)


def _short(value: float) -> str:
    """A number with at most 15 digits, as a spreadsheet keeps it, and none without need."""
    if isinstance(value, int) or float(value).is_integer():
        return str(int(value))
    return f"{value:.15g}"
