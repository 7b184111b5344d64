"""Writes the tables of `files/`: one set of figures for 22 councils, as offices publish it.

Run it to change a form; the files are committed, because tests read what people have, not
what a script makes of it on the day.  The figures are invented.
"""

from __future__ import annotations

import csv
import io
import json
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

import pyarrow
from openpyxl import Workbook
from pyarrow import parquet

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from ods_files import Percent, write_ods

HERE = Path(__file__).resolve().parent
FILES = HERE / "files"
COUNCILS = [
    ("W06000001", "Isle of Anglesey", "Ynys Môn"),
    ("W06000002", "Gwynedd", "Gwynedd"),
    ("W06000003", "Conwy", "Conwy"),
    ("W06000004", "Denbighshire", "Sir Ddinbych"),
    ("W06000005", "Flintshire", "Sir y Fflint"),
    ("W06000006", "Wrexham", "Wrecsam"),
    ("W06000008", "Ceredigion", "Ceredigion"),
    ("W06000009", "Pembrokeshire", "Sir Benfro"),
    ("W06000010", "Carmarthenshire", "Sir Gaerfyrddin"),
    ("W06000011", "Swansea", "Abertawe"),
    ("W06000012", "Neath Port Talbot", "Castell-nedd Port Talbot"),
    ("W06000013", "Bridgend", "Pen-y-bont ar Ogwr"),
    ("W06000014", "Vale of Glamorgan", "Bro Morgannwg"),
    ("W06000015", "Cardiff", "Caerdydd"),
    ("W06000016", "Rhondda Cynon Taf", "Rhondda Cynon Taf"),
    ("W06000018", "Caerphilly", "Caerffili"),
    ("W06000019", "Blaenau Gwent", "Blaenau Gwent"),
    ("W06000020", "Torfaen", "Torfaen"),
    ("W06000021", "Monmouthshire", "Sir Fynwy"),
    ("W06000022", "Newport", "Casnewydd"),
    ("W06000023", "Powys", "Powys"),
    ("W06000024", "Merthyr Tydfil", "Merthyr Tudful"),
]
VALUES = [
    41.2, 38.7, 44.5, 52.1, 47.9, 49.3, 36.4, 40.8, 45.6, 57.2, 61.5,
    54.3, 43.1, 50.7, 63.8, 60.2, 68.9, 58.4, 35.2, 55.0, 37.7, 66.1,
]  # fmt: skip
LARGE = [1234 + 1789 * at for at in range(22)]
HEADER = ["Area code", "Area name", "Fuel poverty rate"]
ROWS = [[c, n, f"{v}"] for (c, n, _), v in zip(COUNCILS, VALUES, strict=True)]
MARKED = 4
"""The place of the row (Flintshire) whose figure the forms with a sign suppress."""


def text(rows: Sequence[Sequence[str]], delimiter: str = ",", end: str = "\n", **how: int) -> str:
    stream = io.StringIO()
    csv.writer(stream, delimiter=delimiter, lineterminator=end, **how).writerows(rows)
    return stream.getvalue()


def save(name: str, content: str | bytes) -> None:
    data = content if isinstance(content, bytes) else content.encode()
    (FILES / name).write_bytes(data)


def each(change: Callable[[int, list[str]], list[str]]) -> list[list[str]]:
    return [HEADER, *(change(at, list(row)) for at, row in enumerate(ROWS))]


def with_value(show: Callable[[int], str]) -> list[list[str]]:
    return each(lambda at, row: [*row[:2], show(at)])


def marked(sign: str) -> list[list[str]]:
    return with_value(lambda at: sign if at == MARKED else f"{VALUES[at]}")


def encodings() -> None:
    plain = text([HEADER, *ROWS])
    welsh = text([["Cod", "Enw", "Cyfradd"], *([c, w, f"{v}"] for (c, _, w), v in
                                              zip(COUNCILS, VALUES, strict=True))])  # fmt: skip
    save("utf8.csv", plain)
    save("utf8_bom.csv", welsh.encode("utf-8-sig"))
    save("utf16_bom_tabs.txt", text([HEADER, *ROWS], "\t", "\r\n").encode("utf-16"))
    save("utf16_without_bom.csv", plain.encode("utf-16-le"))
    save("windows1252.csv", welsh.encode("cp1252"))
    save("semicolons.csv", text([HEADER, *ROWS], ";"))
    save("tabs.tsv", text([HEADER, *ROWS], "\t"))
    save("bars.txt", text([HEADER, *ROWS], "|"))
    save("sep_line.csv", "sep=;\r\n" + text([HEADER, *ROWS], ";", "\r\n"))
    save("all_quoted.csv", text([HEADER, *ROWS], ",", "\r\n", quoting=csv.QUOTE_ALL))
    save("old_mac_ends.csv", text([HEADER, *ROWS], ",", "\r"))


def figures() -> None:
    save("thousands_commas.csv", text(with_value(lambda at: f"{LARGE[at]:,}")))
    save("thousands_spaces.csv", text(with_value(lambda at: f"{LARGE[at]:,}".replace(",", " "))))
    narrow = with_value(lambda at: f"{LARGE[at]:,}".replace(",", "\u202f"))
    save("thousands_narrow_spaces.csv", text(narrow))
    save("percent_signs.csv", text(with_value(lambda at: f"{VALUES[at]} %")))
    save("pounds.csv", text(with_value(lambda at: f"£{LARGE[at]:,}")))
    comma = with_value(lambda at: f"{VALUES[at]}".replace(".", ","))
    save("decimal_commas.csv", text(comma, ";"))
    brackets = with_value(lambda at: f"({VALUES[at]})" if at % 2 else f"{VALUES[at]}")
    save("brackets_as_minus.csv", text(brackets))
    minus = with_value(lambda at: f"−{VALUES[at]}" if at % 2 else f"{VALUES[at]}")
    save("true_minus.csv", text(minus))
    mixed = with_value(lambda at: f"{VALUES[at]}%" if at % 2 else f"{VALUES[at] / 100:.3f}")
    save("mixed_percent.csv", text(mixed))
    save("small.csv", text(with_value(lambda at: f"0.00{1 + at % 9}")))
    save("unreadable_cell.csv", text(marked("about 48")))
    save("too_large.csv", text(marked("1e28")))
    save("excel_error.csv", text(marked("#REF!")))


SIGNS = {
    "x_bracketed": "[x]", "c_bracketed": "[c]", "low_bracketed": "[low]", "z_bracketed": "[z]",
    "u_bracketed": "[u]", "c": "c", "z": "z", "p": "p", "star": "*", "under_five": "<5",
    "n_a": "n/a", "two_dots": "..", "colon": ":", "dash": "-", "supp": "SUPP",
}  # fmt: skip


def signs() -> None:
    for name, sign in SIGNS.items():
        save(f"sign_{name}.csv", text(marked(sign)))
    save("revised_figures.csv", text(marked("47.9 [r]")))
    save("provisional_figures.csv", text(with_value(lambda at: f"{VALUES[at]}p")))


def layouts() -> None:
    blank: list[str] = []
    save("title_above.csv", text([["Table 1: Fuel poverty, Wales, 2023"], HEADER, *ROWS]))
    titles = [["Table 1: Fuel poverty by local authority, Wales, 2023"], ["Percentage"], blank]
    save("titles_and_blank_rows.csv", text([*titles, HEADER, *ROWS]))
    pairs = [["Title", "Fuel poverty", ""], ["Year", "2023", ""], ["Contact", "stats", ""], blank]
    save("pairs_above.csv", text([*pairs, HEADER, *ROWS]))
    groups = [["", "", "Fuel poverty", "", "Housing", ""],
              ["Area code", "Area name", "Rate", "Change", "Rate", "Change"]]  # fmt: skip
    four = [[*row, f"{at % 5}.5", f"{70 - at}.1", f"{at % 3}.2"] for at, row in enumerate(ROWS)]
    save("two_row_header.csv", text([*groups, *four]))
    save("header_in_line_three.csv", text([["Fuel poverty"], ["Wales"], HEADER, *ROWS]))
    notes = [blank, ["Source: Welsh Government, Fuel poverty estimates 2023"],
             ["1. Figures are rounded, see the notes."],
             ["This sheet was published in 2024"]]  # fmt: skip
    save("footnotes_below.csv", text([HEADER, *ROWS, *notes]))
    key = [blank, ["[c]", "confidential"], ["[x]", "not available"]]
    save("key_of_signs_below.csv", text([*marked("[c]"), *key]))
    spaced = [
        row for at, row in enumerate(ROWS) for row in ([row, blank] if at % 5 == 4 else [row])
    ]
    save("blank_rows.csv", text([HEADER, *spaced]))
    total = [["W92000004", "Wales", "50.1"]]
    save("total_below.csv", text([HEADER, *ROWS, *total]))
    kingdom = [["K02000001", "United Kingdom", "42.0"], ["E92000001", "England", "40.2"], *total]
    save("totals_above.csv", text([HEADER, *kingdom, *ROWS]))
    save("total_without_code.csv", text([HEADER, *ROWS, ["", "Total", "1102.7"]]))
    english = [["E06000001", "Hartlepool", "50"], ["E08000025", "Birmingham", "61"]]
    save("rows_of_another_country.csv", text([HEADER, *ROWS, *english]))
    save("doubled_rows.csv", text([HEADER, *ROWS, ROWS[3], ROWS[7]]))
    save("area_twice.csv", text([HEADER, *ROWS, [*ROWS[3][:2], "99"]]))
    twice = [[*HEADER, "Fuel poverty rate"], *([*row, "1.5"] for row in ROWS)]
    save("column_name_twice.csv", text(twice))
    empty = [["Area code", "", "Fuel poverty rate", ""], *([*row, ""] for row in ROWS)]
    save("empty_column_names.csv", text(empty))
    save("line_breaks_in_header.csv", text([[*HEADER[:2], "Fuel\npoverty\nrate"], *ROWS]))
    save("header_missing.csv", text(ROWS))
    save("header_only.csv", text([HEADER]))
    save("open_quotation_mark.csv", text([HEADER, *ROWS[:5]]) + 'W06000006,"Wrexham,49.3\n')
    save("unquoted_commas.csv", text([HEADER, *ROWS[:3]]) + "W06000004,Denbighshire, Wales,52.1\n")
    controls = each(lambda at, row: [row[0], row[1] + ("\x07" if at == 2 else ""), row[2]])
    save("control_characters.csv", text(controls))


def areas() -> None:
    save("codes_with_spaces.csv", text(each(lambda _, r: [f"{r[0][:3]} {r[0][3:]}", *r[1:]])))
    save("codes_in_lower_case.csv", text(each(lambda _, r: [r[0].lower(), *r[1:]])))
    save("one_mistyped_code.csv", text(each(
        lambda at, r: ["W0600005" if at == MARKED else r[0], *r[1:]])))  # fmt: skip
    save("code_of_another_country.csv", text(each(
        lambda at, r: ["W06000099" if at == MARKED else r[0], *r[1:]])))  # fmt: skip
    save("english_names.csv", text([HEADER[1:], *(r[1:] for r in ROWS)]))
    save("council_names.csv", text([["Council", "Rate"], *([f"{r[1]} County Council", r[2]]
                                                         for r in ROWS)]))  # fmt: skip
    save("welsh_names.csv", text([["Awdurdod lleol", "Cyfradd"], *(
        [w, f"{v}"] for (_, _, w), v in zip(COUNCILS, VALUES, strict=True))]))  # fmt: skip
    save("misspelt_name.csv", text([HEADER[1:], *(
        ["Flintshyre" if at == MARKED else r[1], r[2]] for at, r in enumerate(ROWS))]))  # fmt: skip
    long = [[c, str(year), f"{v + shift:.1f}"] for year, shift in ((2022, 1.5), (2023, 0))
            for (c, _, _), v in zip(COUNCILS, VALUES, strict=True)]  # fmt: skip
    save("long_by_year.csv", text([["area_code", "year", "value"], *long]))
    measures = [[r[0], measure, r[2] if measure == "Fuel poverty rate" else f"{at}.5"]
                for measure in ("Fuel poverty rate", "Overcrowding rate")
                for at, r in enumerate(ROWS)]  # fmt: skip
    save("long_by_measure.csv", text([["area_code", "measure", "value"], *measures]))
    wide = [["Area code", "Area name", "2022", "2023"], *(
        [r[0], r[1], f"{v + 1.5:.1f}", r[2]]
        for r, v in zip(ROWS, VALUES, strict=True))]  # fmt: skip
    save("years_as_columns.csv", text(wide))
    first = [["OBJECTID", "Year", "Area code", "Population", "Fuel poverty rate"], *(
        [str(at + 1), "2023", r[0], str(60_000 + 3_011 * at), r[2]]
        for at, r in enumerate(ROWS))]  # fmt: skip
    save("id_year_population_first.csv", text(first))


def workbooks() -> None:
    book = Workbook()
    cover = book.active
    cover.title = "Cover"
    for line in ("Fuel poverty estimates", "Welsh Government", "Published 2024"):
        cover.append([line])
    sheet = book.create_sheet("Table 1")
    sheet.append(["Fuel poverty by local authority, 2023"])
    sheet.append(HEADER)
    for code, name, value in ROWS:
        sheet.append([code, name, float(value) / 100])
        sheet.cell(sheet.max_row, 3).number_format = "0.0%"
    book.save(FILES / "percent_formats.xlsx")

    book = Workbook()
    sheet = book.active
    sheet.append(HEADER)
    for (code, name, _), value in zip(ROWS, LARGE, strict=True):
        sheet.append([code, name, value])
        sheet.cell(sheet.max_row, 3).number_format = '"£"#,##0'
    book.save(FILES / "pound_formats.xlsx")

    book = Workbook()
    book.active.append(HEADER)
    for at, (code, name, value) in enumerate(ROWS, start=2):
        book.active.append([code, name, f"=E{at}*100", None, float(value) / 100])
    book.save(FILES / "formulas_without_results.xlsx")

    book = Workbook()
    for name in ("2022", "2023"):
        sheet = book.create_sheet(name)
        sheet.append(HEADER)
        for code, council, value in ROWS:
            sheet.append([code, council, float(value)])
    book.remove(book.worksheets[0])
    book.save(FILES / "several_tables.xlsx")

    stages = ["Early years", "School", "Youth", "Working lives"]
    names = [f"{stage} measure {at}" for stage in stages for at in range(1, 5)]
    book = Workbook()
    book.active.title = "Read me"
    book.active.append(["Social mobility index"])
    sheet = book.create_sheet("Standardised scores")
    sheet.append(["Social mobility index: standardised scores"])
    sheet.append([None, None, *(stage for stage in stages for _ in range(4))])
    sheet.append(["Local Authority", "Overall score", *names])
    for at, (row, value) in enumerate(zip(ROWS, VALUES, strict=True)):
        sheet.append([row[1], value, *((at * k) % 19 / 10 - 0.9 for k in range(1, 17))])
    book.save(FILES / "official_workbook.xlsx")

    rows = [HEADER, *([c, n, Percent(float(v) / 100)] for c, n, v in ROWS)]
    write_ods(FILES / "percentages.ods", {"Notes": [["About"]], "Data": rows})
    plain = [HEADER, *([c, n, float(v)] for c, n, v in ROWS)]
    write_ods(FILES / "plain.ods", {"Sheet1": plain})
    columns = {
        "area_code": [r[0] for r in ROWS],
        "rate": pyarrow.array(VALUES, pyarrow.float32()),
    }
    parquet.write_table(pyarrow.table(columns), FILES / "plain.parquet")
    save("not_a_workbook.xlsx", b"PK\x03\x04 not a workbook")
    save("old_workbook.xls", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(64))


def described() -> None:
    for folder in ("package", "csvw"):
        (FILES / folder).mkdir(exist_ok=True)
    rows = [["lad", "yr", "fp"], *([r[0], "2023", f"{v}".replace(".", ",")] for r, v in
                                  zip(ROWS, VALUES, strict=True))]  # fmt: skip
    rows[1 + MARKED][2] = "weg"
    save("package/scores.csv", text(rows, ";"))
    fields = [
        {"name": "lad", "type": "string", "title": "Council"},
        {"name": "yr", "type": "year"},
        {"name": "fp", "type": "number", "title": "Fuel poverty rate", "unit": "%",
         "decimalChar": ",", "description": "Households that can't heat their home."},
    ]  # fmt: skip
    package = {
        "name": "scores",
        "resources": [{"name": "scores", "path": "scores.csv", "dialect": {"delimiter": ";"},
                       "schema": {"fields": fields, "missingValues": ["", "weg"]}}],
    }  # fmt: skip
    save("package/datapackage.json", json.dumps(package, indent=1))
    save("csvw/scores.csv", text([["lad", "yr", "fp"], *([r[0], "2023", r[2]] for r in ROWS)]))
    described = {
        "@context": "http://www.w3.org/ns/csvw",
        "url": "scores.csv",
        "tableSchema": {"columns": [
            {"name": "lad", "titles": "lad", "datatype": "string"},
            {"name": "yr", "titles": "yr", "datatype": "gYear"},
            {"name": "fp", "titles": {"en": ["Fuel poverty rate", "fp"]},
             "datatype": {"base": "decimal"}, "schema:unitText": "%"},
        ]},
    }  # fmt: skip
    save("csvw/scores.csv-metadata.json", json.dumps(described, indent=1))


if __name__ == "__main__":
    FILES.mkdir(exist_ok=True)
    for make in (encodings, figures, signs, layouts, areas, workbooks, described):
        make()
