"""Tables in every format that people keep scores in, and every fault they have."""

from __future__ import annotations

import csv
import math
import re
import zipfile
from collections.abc import Sequence
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from ods_files import write_ods as ods
from openpyxl import Workbook

from generator.errors import SourceError
from generator.report import BufferReport
from generator.settings import settings_from
from generator.sources.gather import edition_tables
from generator.sources.tables import (
    MISSING,
    Table,
    TableLimits,
    TableOptions,
    parse_number,
    read_table,
)

Cell = str | int | float | bool | None


def xlsx(path: Path, sheets: dict[str, Sequence[Sequence[Cell]]]) -> Path:
    book = Workbook()
    book.remove(book.active)
    for name, rows in sheets.items():
        sheet = book.create_sheet(name)
        for row in rows:
            sheet.append(list(row))
    book.save(path)
    return path


def read(path: Path, **options: object) -> Table:
    report = BufferReport()
    table = read_table(path, report=report, options=TableOptions(**options))  # type: ignore[arg-type]
    assert report.warnings == []
    return table


def csv_of(tmp_path: Path, text: str | bytes, name: str = "t.csv") -> Path:
    path = tmp_path / name
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return path


# -- Formats ---------------------------------------------------------------------------

ROWS: list[list[Cell]] = [["name", "score"], ["Ynys Môn", 1.5], ["St. Helens", -3], ["Arun", None]]
AS_READ = (("Ynys Môn", "1.5"), ("St. Helens", "-3"), ("Arun", ""))


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig"])
@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_csv_whatever_its_delimiter_and_ends(
    tmp_path: Path, delimiter: str, encoding: str, end: str
) -> None:
    lines = [delimiter.join("" if c is None else str(c) for c in row) for row in ROWS]
    path = csv_of(tmp_path, (end.join(lines) + end).encode(encoding))
    table = read(path)
    assert table.columns == ("name", "score")
    assert table.rows == AS_READ
    assert table.row_numbers == (2, 3, 4)


def test_csv_from_an_old_spreadsheet_is_read_with_a_warning(tmp_path: Path) -> None:
    report = BufferReport()
    path = csv_of(tmp_path, "name,score\nYnys Môn,1\nKing’s Lynn,2\n".encode("cp1252"))
    table = read_table(path, report=report)
    assert table.column("name") == ("Ynys Môn", "King’s Lynn")
    assert len(report.warnings) == 1
    assert "t.csv" in report.warnings[0]
    assert "UTF-8" in report.warnings[0]


def test_tsv_keeps_its_commas(tmp_path: Path) -> None:
    table = read(csv_of(tmp_path, "name\tscore\nBristol, City of\t1\n", "t.tsv"))
    assert table.rows == (("Bristol, City of", "1"),)


def test_quotes_hold_commas_and_line_breaks(tmp_path: Path) -> None:
    text = 'name,note,score\n"Bristol, City of","two\nlines and ""quotes""",1\nArun,,2\n'
    table = read(csv_of(tmp_path, text))
    assert table.rows == (
        ("Bristol, City of", 'two\nlines and "quotes"', "1"),
        ("Arun", "", "2"),
    )


@pytest.mark.parametrize(("write", "name"), [(xlsx, "t.xlsx"), (ods, "t.ods")])
def test_workbooks_are_read_like_csv(tmp_path: Path, write: object, name: str) -> None:
    path = write(tmp_path / name, {"Sheet1": ROWS})  # type: ignore[operator]
    table = read(path)
    assert table.columns == ("name", "score")
    assert table.rows == AS_READ


@pytest.mark.parametrize(("write", "name"), [(xlsx, "t.xlsx"), (ods, "t.ods")])
def test_a_named_sheet_with_its_header_in_the_third_row(
    tmp_path: Path, write: object, name: str
) -> None:
    """The layout of the official workbook of 2017."""
    sheets = {
        "Read me": [["Notes"], ["about"]],
        "Standardised scores": [
            ["Social Mobility Index 2017", None, None],
            ["Published November 2017", None, None],
            ["Local Authority", "Overall score", "Rank"],
            ["Westminster", 118.53, 1],
            ["West Somerset", -117.3, 324],
        ],
    }
    path = write(tmp_path / name, sheets)  # type: ignore[operator]
    table = read(path, sheet="Standardised scores", header_row=3)
    assert table.columns == ("Local Authority", "Overall score", "Rank")
    assert table.numbers("Overall score") == (118.53, -117.3)
    assert table.ranks("Rank") == (1, 324)
    assert table.row_numbers == (4, 5)


def test_a_sheet_that_is_not_there_is_refused_with_those_that_are(tmp_path: Path) -> None:
    path = xlsx(tmp_path / "t.xlsx", {"One": ROWS, "Two": ROWS})
    with pytest.raises(SourceError, match="no sheet 'Three'") as caught:
        read(path, sheet="Three")
    assert "'One', 'Two'" in caught.value.fix


def test_a_spreadsheet_s_whole_numbers_stay_whole(tmp_path: Path) -> None:
    rows: list[list[Cell]] = [["name", "rank", "gap"], ["a", 1, None], ["b", 2.0, 7]]
    table = read(xlsx(tmp_path / "t.xlsx", {"S": rows}))
    assert table.column("rank") == ("1", "2")
    assert table.column("gap") == ("", "7")


def test_blank_rows_do_not_shift_row_numbers(tmp_path: Path) -> None:
    table = read(csv_of(tmp_path, "\n\nname,score\n\nArun,1\n,\n\nAdur,2\n"), header_row=3)
    assert table.rows == (("Arun", "1"), ("Adur", "2"))
    assert table.row_numbers == (5, 8)


def test_short_rows_are_filled_and_trailing_empty_cells_dropped(tmp_path: Path) -> None:
    table = read(csv_of(tmp_path, "name,score,\nArun\nAdur,2,,,\n"))
    assert table.columns == ("name", "score")
    assert table.rows == (("Arun", ""), ("Adur", "2"))


def test_a_column_without_a_name_gets_one(tmp_path: Path) -> None:
    assert read(csv_of(tmp_path, "name,,score\na,b,1\n")).columns == ("name", "column 2", "score")


LETTERS = st.characters(exclude_categories=["Cc", "Cf", "Cs", "Cn"], include_characters="\n")
TEXTS = st.text(LETTERS, max_size=8)


@given(
    st.lists(
        st.tuples(TEXTS, TEXTS),
        min_size=1,
        max_size=6,
    )
)
def test_what_was_written_is_read(
    tmp_path_factory: pytest.TempPathFactory, rows: list[tuple[str, str]]
) -> None:
    path = tmp_path_factory.mktemp("csv") / "t.csv"
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow(["key", "one", "two"])
        writer.writerows([(f"k{at}", *row) for at, row in enumerate(rows)])
    assert read(path, header_row=1).rows == tuple(
        (f"k{at}", a.strip(), b.strip()) for at, (a, b) in enumerate(rows)
    )


# -- Faults ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "options", "message", "where"),
    [
        ("", {}, "no header row 1", "t.csv"),
        ("a,b\n1,2\n", {"header_row": 5}, "no header row 5: the table has 2 rows", "t.csv"),
        ("a,b\n", {}, "has no rows", "t.csv"),
        ("a,b\n,\n", {}, "has no rows", "t.csv"),
        (",,\n1,2\n", {}, "no row of column names is found: this one holds '1'", "t.csv, row 2"),
        ("1,2\n3,4\n", {}, "no row of column names", "t.csv, row 1"),
        ("a,b\nE06000001,2\n", {"header_row": 2}, "no header: it holds 'E06000001'", "row 2"),
        ('a,b\nx,"2\n', {}, "quotation mark is out of place", "t.csv, row 2"),
        ("name,score\nBristol, City of,2\n", {}, "3 cells, the header 2", "t.csv, row 2"),
    ],
)
def test_tables_that_are_refused(
    tmp_path: Path, text: str, options: dict[str, int], message: str, where: str
) -> None:
    with pytest.raises(SourceError, match=message) as caught:
        read(csv_of(tmp_path, text), **options)
    assert caught.value.where.endswith(where)
    assert caught.value.fix


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match="no such file") as caught:
        read(tmp_path / "gone.csv")
    assert "gone.csv" in caught.value.where


@pytest.mark.parametrize("name", ["t.pdf", "t", "t.xls"])
def test_another_kind_of_file_is_refused(tmp_path: Path, name: str) -> None:
    with pytest.raises(SourceError, match="can't be read") as caught:
        read(csv_of(tmp_path, "a\n1\n", name))
    assert "CSV, XLSX or ODS" in caught.value.fix


@pytest.mark.parametrize("name", ["t.xlsx", "t.ods"])
def test_a_damaged_workbook_is_refused(tmp_path: Path, name: str) -> None:
    with pytest.raises(SourceError, match="workbook can't be read"):
        read(csv_of(tmp_path, b"PK\x03\x04 not a workbook", name))


def test_a_binary_file_is_refused(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match="not a text file"):
        read_table(csv_of(tmp_path, b"a,b\n\x00\x01,2\n"), report=BufferReport())


def test_an_unknown_column_is_refused_with_those_that_are(tmp_path: Path) -> None:
    table = read(csv_of(tmp_path, "name,score\nArun,1\n"))
    with pytest.raises(SourceError, match="no column 'Score'") as caught:
        table.column("Score")
    assert "'name', 'score'" in caught.value.fix


def test_a_cell_that_is_no_number_is_named_with_row_and_column(tmp_path: Path) -> None:
    table = read(csv_of(tmp_path, "name,score\nArun,1\n\nAdur,about 2\n"))
    with pytest.raises(SourceError, match="'about 2' is not a number") as caught:
        table.numbers("score")
    assert caught.value.where.endswith('t.csv, row 4, column "score"')


@pytest.mark.parametrize("rank", ["0", "-1", "1.5", "2e-1"])
def test_a_cell_that_is_no_rank_is_named(tmp_path: Path, rank: str) -> None:
    table = read(csv_of(tmp_path, f"name,rank\nArun,1\nAdur,{rank}\n"))
    with pytest.raises(SourceError, match="is not a rank") as caught:
        table.ranks("rank")
    assert caught.value.where.endswith('t.csv, row 3, column "rank"')


# -- Numbers -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("cell", "value"),
    [
        ("12", 12.0),
        ("1,234", 1234.0),
        ("1,234,567.8", 1234567.8),
        ("-3", -3.0),
        ("−3", -3.0),
        ("+4.5", 4.5),
        ("12 %", 12.0),
        ("12.5%", 12.5),
        (".5", 0.5),
        ("5.", 5.0),
        ("1e3", 1000.0),
        ("1\u2009234", 1234.0),
        ("1\u00a0234", 1234.0),
        (" 7 ", 7.0),
        ("0", 0.0),
    ],
)
def test_numbers_as_people_write_them(cell: str, value: float) -> None:
    assert parse_number(cell) == value


@pytest.mark.parametrize("cell", [*sorted(MISSING), "N/A", "NaN", " .. ", "–", "NULL"])
def test_signs_for_missing(cell: str) -> None:
    assert parse_number(cell) is None


@pytest.mark.parametrize(
    "cell",
    ["inf", "-inf", "Infinity", "1e999", "1,23", "12,34,567", "1.2.3", "0x10", "1_000", "12 34",
     "four", "=A1", "#REF!", "£", "--3", "3rd", "½", "1,2345"],
)  # fmt: skip
def test_what_is_neither_a_number_nor_missing_is_refused(cell: str) -> None:
    with pytest.raises(ValueError, match=re.escape(cell)):
        parse_number(cell)


@given(st.floats(allow_nan=False, allow_infinity=False))
def test_every_number_survives(value: float) -> None:
    assert parse_number(repr(value)) == value
    assert parse_number(repr(value).replace("-", "−")) == value


@given(st.integers(-(10**12), 10**12))
def test_grouped_whole_numbers_survive(value: int) -> None:
    assert parse_number(f"{value:,}") == value


@given(st.text())
def test_no_text_gives_anything_but_a_finite_number_or_none(text: str) -> None:
    try:
        value = parse_number(text)
    except ValueError:
        return
    assert value is None or math.isfinite(value)


# -- What a column is ----------------------------------------------------------------------


def test_the_code_column_is_found_by_its_content(tmp_path: Path) -> None:
    table = read(csv_of(tmp_path, "id,area,x\n1,E07000176,E1\n2,W06000001,\n3,,E2\n"))
    assert table.code_column() == "area"
    assert read(csv_of(tmp_path, "id,area\n1,E0700017\n2,E07000176\n")).code_column() is None


def test_numeric_columns_are_those_with_numbers_only(tmp_path: Path) -> None:
    text = "name,score,gap,mixed,empty\na,1,..,1,\nb,-,2,two,n/a\n"
    assert read(csv_of(tmp_path, text)).numeric_columns() == ("score", "gap")


# -- Limits -----------------------------------------------------------------------------------

SMALL = TableLimits(megabytes=1, rows=50, columns=20, cells=200)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("a,b\n" + "x,1\n" * 60, "more than 50 rows"),
        ("a,b\nx,1\n" + "\n" * 60, "more than 50 rows"),
        (",".join(f"c{n}" for n in range(21)) + "\n1\n", "21 columns, more than the 20"),
        (",".join(f"c{n}" for n in range(20)) + ("\n" + "1," * 20) * 12, "more than 200 cells"),
        ("a,b\nx," + "1" * 40_000 + "\n", "a cell has more than the 32,767 letters"),
        ("a,b\n" + "x" * 1_100_000 + ",1\n", "1 MB, more than the 1 MB allowed"),
    ],
)
def test_a_table_beyond_the_limits_is_refused(tmp_path: Path, text: str, message: str) -> None:
    with pytest.raises(SourceError, match=message) as caught:
        read_table(csv_of(tmp_path, text), report=BufferReport(), limits=SMALL)
    assert caught.value.fix


def test_a_hundred_thousand_columns_are_refused_as_such(tmp_path: Path) -> None:
    names = ",".join(f"c{n}" for n in range(100_000))
    with pytest.raises(SourceError, match="100,000 columns, more than the 2,000 allowed"):
        read(csv_of(tmp_path, f"{names}\n1\n"))


def test_a_spreadsheet_in_an_encoding_that_is_none_is_refused(tmp_path: Path) -> None:
    good, bad = ods(tmp_path / "good.ods", {"S": [["a"], ["x"]]}), tmp_path / "bad.ods"
    with zipfile.ZipFile(good) as old, zipfile.ZipFile(bad, "w") as new:
        for name in old.namelist():
            new.writestr(name, old.read(name).replace(b"UTF-8", b"U-F-8"))
    with pytest.raises(SourceError, match="unknown encoding: U-F-8"):
        read(bad)


def test_a_workbook_that_unpacks_to_more_than_allowed_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "t.xlsx"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/worksheets/sheet1.xml", b" " * 3_000_000)
    assert path.stat().st_size < 10_000
    with pytest.raises(SourceError, match="holds 3 MB when unpacked, more than the 2 MB"):
        read_table(path, report=BufferReport(), limits=SMALL)


def test_a_repeated_cell_of_a_spreadsheet_does_not_fill_the_memory(tmp_path: Path) -> None:
    path = ods(tmp_path / "t.ods", {"S": [["a", "b"], ["x", 1]]})
    with zipfile.ZipFile(path) as archive:
        content = archive.read("content.xml").decode()
    content = content.replace(
        "<table:table-row>", '<table:table-row table:number-rows-repeated="1000000">'
    ).replace("<table:table-cell ", '<table:table-cell table:number-columns-repeated="16000" ')
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("content.xml", content)
    with pytest.raises(SourceError, match="more than"):
        read(path)


def test_the_settings_raise_the_limits(tmp_path: Path) -> None:
    csv_of(tmp_path, "name,score\n" + "".join(f"n{n},{n}\n" for n in range(60)))
    raw = {
        "atlas": {"title": "T"},
        "geography": {},
        "edition": [{"id": "e", "table": "t.csv"}],
        "limits": {"table_rows": 50},
    }
    config = tmp_path / "atlas.toml"
    with pytest.raises(SourceError, match="raise table_rows under"):
        edition_tables(settings_from(raw, config), BufferReport())
    raw["limits"] = {"table_rows": 61}
    tables = edition_tables(settings_from(raw, config), BufferReport())
    assert len(tables["e"].rows) == 60


def test_a_damaged_description_beside_a_table_is_a_warning(tmp_path: Path) -> None:
    (tmp_path / "datapackage.json").write_text('{"resources": [', encoding="utf-8")
    report = BufferReport()
    read_table(csv_of(tmp_path, "a,b\nx,1\n"), report=report)
    (said,) = report.warnings
    assert "datapackage.json: it can't be read as a description of t.csv" in said
