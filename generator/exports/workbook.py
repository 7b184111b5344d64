"""The tables to take away as one XLSX; this is the only module that writes workbooks.

Equal data give equal bytes: the file's own time stamps are set to the data's date.
"""

from __future__ import annotations

import datetime as dt
import io
import zipfile
from collections.abc import Iterable, Sequence

import openpyxl
from openpyxl.cell import WriteOnlyCell
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE
from openpyxl.styles import Alignment, Font
from openpyxl.utils import get_column_letter
from openpyxl.workbook import Workbook
from openpyxl.worksheet.worksheet import Worksheet
from openpyxl.writer.excel import ExcelWriter

from generator.exports.tables import TakeAway, data_date
from generator.markdown import markdown_plain
from generator.settings import Settings


def workbook(settings: Settings, tables: Sequence[TakeAway]) -> bytes:
    """Tables as one XLSX: a sheet that explains them, then a sheet each.

    The header stays in sight and can be filtered; texts stay texts, also where one begins
    with an equals sign.
    """
    book = openpyxl.Workbook(write_only=True)
    names = _sheet_names([t.name for t in tables])
    _about_sheet(book, settings, tables, names)
    for table, name in zip(tables, names, strict=True):
        _table_sheet(book, table, name)
    moment = data_date(settings)
    book.properties.title = settings.atlas.title
    book.properties.creator = settings.atlas.title
    book.properties.created = book.properties.modified = moment
    packed = io.BytesIO()
    # Not `book.save`, which would write the time of day into the file.
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_STORED) as archive:
        ExcelWriter(book, archive).save()
    return _steady_zip(packed.getvalue(), moment)


def _steady_zip(content: bytes, moment: dt.datetime) -> bytes:
    """The same entries in the same order, compressed, all of one time."""
    out = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(content)) as source,
        zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as target,
    ):
        for name in source.namelist():
            entry = zipfile.ZipInfo(name, moment.timetuple()[:6])
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry.create_system = 3
            target.writestr(entry, source.read(name))
    return out.getvalue()


def _sheet_names(names: Iterable[str]) -> list[str]:
    """At most 31 letters, none of the forbidden ones, no two alike, whatever their case."""
    found: list[str] = []
    taken = {"about"}
    for name in names:
        clean = "".join("-" if letter in "[]:*?/\\" else letter for letter in name)[:31]
        number = 2
        while clean.casefold() in taken:
            ending = f" ({number})"
            clean, number = clean[: 31 - len(ending)] + ending, number + 1
        taken.add(clean.casefold())
        found.append(clean)
    return found


def _cell(sheet: Worksheet, value: object, *, bold: bool = False, wrap: bool = False) -> object:
    text = isinstance(value, str)
    # Control characters, which no workbook can hold, are left out.
    cell = WriteOnlyCell(sheet, value=ILLEGAL_CHARACTERS_RE.sub("", value) if text else value)
    if text:
        cell.data_type = "s"  # never a formula
    if bold:
        cell.font = Font(bold=True)
    if wrap:
        cell.alignment = Alignment(wrap_text=True, vertical="top")
    return cell


def _table_sheet(book: Workbook, table: TakeAway, name: str) -> None:
    sheet = book.create_sheet(name)
    sheet.freeze_panes = "C2"
    for at, column in enumerate(table.columns, start=1):
        texts = [len(str(row[at - 1] or "")) for row in table.rows[:50]]
        width = max(len(column.name), *texts) if texts else len(column.name)
        sheet.column_dimensions[get_column_letter(at)].width = min(40, width + 2)
    sheet.auto_filter.ref = f"A1:{get_column_letter(len(table.columns))}{len(table.rows) + 1}"
    sheet.append([_cell(sheet, c.name, bold=True) for c in table.columns])
    for row in table.rows:
        sheet.append([_cell(sheet, None if cell == "" else cell) for cell in row])


def _about_sheet(
    book: Workbook, settings: Settings, tables: Sequence[TakeAway], names: Sequence[str]
) -> None:
    sheet = book.create_sheet("About")
    for letter, width in zip("ABCD", (24, 24, 90, 28), strict=True):
        sheet.column_dimensions[letter].width = width

    def line(*cells: object, bold: bool = False) -> None:
        sheet.append([_cell(sheet, cell, bold=bold, wrap=not bold) for cell in cells])

    atlas = settings.atlas
    line(atlas.title, bold=True)
    line(atlas.summary)
    if atlas.base_url:
        line(atlas.base_url)
    line()
    line("Sheet", "Title", "Source", "Licence", bold=True)
    for table, name in zip(tables, names, strict=True):
        line(name, table.title, table.source, table.licence)
    for edition in settings.edition:
        if edition.note:
            line(edition.id, "Note", markdown_plain(edition.note))
    line()
    line("Sheet", "Column", "What it holds", "Unit", bold=True)
    for table, name in zip(tables, names, strict=True):
        for column in table.columns:
            line(name, column.name, column.about, column.unit)
