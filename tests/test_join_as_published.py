"""Tables as offices publish them: what is read, what is left out and said, what is refused."""

from __future__ import annotations

import pytest
from joining import AREAS, joined, refused, scores, table

from generator.errors import SourceError
from generator.report import BufferReport

# -- What an analyst's own tables did ------------------------------------------------------

WALES = {"W06000001": "Isle of Anglesey", "W06000015": "Cardiff", "W06000022": "Newport"}


def test_a_cell_that_cannot_be_read_is_named_and_the_column_does_not_vanish() -> None:
    with pytest.raises(SourceError) as caught:
        joined("code,score,other\nE07000176,1,5\nE06000023,about 2,6\nW06000001,3,7")
    assert caught.value.message == "'about 2' is not a number"
    assert caught.value.where.endswith('row 3, column "score"')


@pytest.mark.parametrize(
    "mark", ["[x]", "[c]", "[low]", "[z]", "[u]", "c", "z", "p", "*", "<5", "n/a", "SUPP", ".."]
)
def test_a_suppressed_figure_is_missing_and_its_row_is_named(mark: str) -> None:
    report = BufferReport()
    found = joined(f"code,score\nE07000176,1\nE06000023,{mark}\nW06000001,3", report=report)
    assert scores(found) == {"E07000176": 1.0, "W06000001": 3.0}
    assert any(f"read as no figure: {mark!r} in row 3" in line for line in report.lines)


@pytest.mark.parametrize("flagged", ["12.3 [r]", "12.3r", "12.3 (p)", "12.3*", "12.3 e"])
def test_a_flag_behind_a_figure_is_said(flagged: str) -> None:
    report = BufferReport()
    found = joined(f"code,score\nE07000176,1\nE06000023,{flagged}", report=report)
    assert scores(found)["E06000023"] == 12.3
    assert any("a flag behind the figure" in line and "row 3" in line for line in report.lines)


@pytest.mark.parametrize(
    ("column", "cells", "role"),
    [
        ("year", ["2019", "2019", "2019", "2019"], "years"),
        ("Id", ["7", "3", "9", "11"], "row numbers or keys"),
        ("Population", ["1000", "250000", "70000", "3"], "a count of people or homes"),
        ("lon", ["-2.6", "0.4", "-1.1", "-4.3"], "coordinates"),
        ("Lower 95% CI", ["1", "2", "3", "4"], "bounds of an interval"),
    ],
)
def test_a_year_an_id_or_a_population_is_not_the_subject(
    column: str, cells: list[str], role: str
) -> None:
    report = BufferReport()
    rows = [f"{code},{cell},{at}" for at, (code, cell) in enumerate(zip(AREAS, cells, strict=True))]
    found = joined(f"code,{column},score\n" + "\n".join(rows), report=report)
    assert [i.id for i in found.indicators] == ["score"]
    (said,) = [line for line in report.lines if "taken as the subject" in line]
    assert "'score' is taken as the subject, the only column of figures" in said
    assert f"{column!r} ({role})" in said


def test_several_columns_of_figures_are_taken_with_a_warning() -> None:
    report = BufferReport()
    joined("code,a,b\nE07000176,1.5,5\nE06000023,2,6.5", report=report)
    (said,) = report.warnings
    assert "'a' is taken as the subject, the first of 2 columns of figures" in said


def test_columns_of_years_are_editions_and_not_guessed_at() -> None:
    error = refused("code,2019,2020\nE07000176,1.5,5\nE06000023,2,6.5")
    assert "'2019', '2020' are years: each is an edition" in error.message


def test_only_years_are_no_subject() -> None:
    error = refused("code,year,note\nE07000176,2019,a\nE06000023,2019,b")
    assert "'year' looks like years" in error.message


@pytest.mark.parametrize(
    ("cells", "decimals"),
    [
        (["0.001", "0.009", "0.004", "0.002"], 3),
        (["100", "2000", "30", "4"], 0),
        (["41.123456", "43.5", "44.25", "99"], 1),
        (["117.841", "-117.3", "0", "1"], 1),
        (["5", "5", "5", "5"], 0),
    ],
)
def test_decimals_come_from_the_data(cells: list[str], decimals: int) -> None:
    rows = "\n".join(f"{code},{cell}" for code, cell in zip(AREAS, cells, strict=True))
    assert joined(f"code,score\n{rows}").indicators[0].decimals == decimals
    stated = {"id": "score", "name": "Score", "decimals": 4}
    assert joined(f"code,score\n{rows}", indicator=[stated]).indicators[0].decimals == 4


def test_figures_too_small_to_be_printed_are_refused() -> None:
    rows = "\n".join(f"{code},{at}e-12" for at, code in enumerate(AREAS))
    assert "too little to be printed" in refused(f"code,score\n{rows}").message


@pytest.mark.parametrize(
    "total",
    ["K02000001,United Kingdom,9", "E12000009,South West,9", "W92000004,Wales,9", ",Total,9",
     ",England and Wales,9", "E10000099,Some county,9"],
)  # fmt: skip
def test_rows_of_totals_are_left_out_and_named(total: str) -> None:
    report = BufferReport()
    text = f"code,name,score\nE07000176,Rushcliffe,1\n{total}\nW06000001,Ynys Môn,2"
    found = joined(text, report=report)
    assert scores(found) == {"E07000176": 1.0, "W06000001": 2.0}
    (said,) = [line for line in report.lines if "left out" in line]
    assert "a row is of no area of the atlas and left out: row 3" in said


def test_rows_outside_what_the_atlas_keeps_are_left_out_and_named() -> None:
    report = BufferReport()
    text = "code,score\nE07000176,1\nW06000001,2\nS12000033,3"
    found = joined(text, geography={"keep": ["E"]}, report=report)
    assert set(scores(found)) == {"E07000176"}
    (said,) = [line for line in report.lines if "left out" in line]
    assert "row 3, Ynys Môn (W06000001)" in said
    assert "row 4, S12000033 (a Scottish council area)" in said


def test_one_mistyped_code_is_named_with_its_row() -> None:
    error = refused("code,score\nE07000176,1\nE0700146,2\nE06000023,3\nW06000001,4")
    assert "row 3: 'E0700146' is no GSS code; nearest: E07000146" in error.message


def test_welsh_names_of_welsh_areas_are_found() -> None:
    found = joined("enw,sgôr\nYnys Môn,1\nCaerdydd,2.5\nCasnewydd,3", areas=WALES)
    assert set(scores(found, "sgor")) == set(WALES)


WARDS = """code,name,parent
E05000001,St Mary's,Northtown
E05000002,St Mary's,Southtown
E05000003,Castle,Southtown
"""


def test_names_that_repeat_are_told_apart_by_their_parents() -> None:
    group = [{"kind": "parent", "name": "P", "plural": "Ps", "path": "ps", "column": "parent"}]
    text = "ward,district,score\nSt Mary's,Southtown,1\nSt Mary's,Northtown,2\nCastle,Southtown,3"
    found = joined(text, area_table=table(WARDS), areas={}, group=group,
                   editions=[{"name_column": "ward"}])  # fmt: skip
    assert scores(found) == {"E05000002": 1.0, "E05000001": 2.0, "E05000003": 3.0}


def test_a_code_of_another_year_is_explained_by_the_changes() -> None:
    changes = "old_code,new_code,year,kind\nE07000146,E06000099,2028,merged"
    error = refused("code,score\nE07000176,1\nE06000099,2", changes=changes)
    assert "'E06000099' is of another year: it replaced E07000146 in 2028" in error.message


LONG = "code,year,score\nE07000176,2019,1\nE06000023,2019,2\nE07000176,2020,3\nE06000023,2020,4"


def test_a_table_in_long_format_is_read_by_edition() -> None:
    found = joined(LONG, LONG, editions=[{"where": {"year": "2019"}}, {"where": {"year": "2020"}}])
    assert [[v.score for v in e.values["score"].values()] for e in found.editions] == [
        [1.0, 2.0],
        [3.0, 4.0],
    ]


def test_a_table_in_long_format_without_settings_is_refused_with_what_to_write() -> None:
    error = refused(LONG)
    assert error.message == "rows 2 and 4 are both E07000176"
    assert 'where = { "year" = "2020" }' in error.fix


def test_a_year_that_is_not_there_is_refused_with_those_that_are() -> None:
    with pytest.raises(SourceError, match="no row has '2021' in 'year'") as caught:
        joined(LONG, editions=[{"where": {"year": "2021"}}])
    assert "'2019', '2020'" in caught.value.fix


def test_indicators_below_one_another_are_told_apart() -> None:
    text = "code,measure,value\nE07000176,A,1\nE06000023,A,2\nE07000176,B,3\nE06000023,B,4"
    found = joined(
        text,
        indicator=[{"id": "a", "name": "A"}, {"id": "b", "name": "B"}],
        editions=[{"columns": {
            "a": {"score": "value", "where": {"measure": "A"}},
            "b": {"score": "value", "where": {"measure": "B"}},
        }}],
    )  # fmt: skip
    assert scores(found, "a") == {"E07000176": 1.0, "E06000023": 2.0}
    assert scores(found, "b") == {"E07000176": 3.0, "E06000023": 4.0}


def test_a_header_that_names_an_area_is_refused() -> None:
    error = refused("Bristol,x\nRushcliffe,1\nYnys Môn,2")
    assert "the header holds the name of an area, 'Bristol'" in error.message
