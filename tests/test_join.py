"""Rows and areas come together one to one, or the message names who found no partner."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from generator.data.join import Joined, Value, join
from generator.errors import JoinError, SourceError
from generator.report import BufferReport
from generator.settings import settings_from
from generator.sources.tables import Table

ROOT = Path(__file__).resolve().parents[1]
AREAS = {
    "E06000023": "Bristol, City of",
    "E07000146": "King's Lynn and West Norfolk",
    "E07000176": "Rushcliffe",
    "W06000001": "Ynys Môn",
}


def table(text: str, path: str = "data/scores.csv") -> Table:
    rows = list(csv.reader(io.StringIO(text.strip())))
    numbers = tuple(range(2, len(rows) + 1))
    return Table(Path(path), tuple(rows[0]), tuple(tuple(row) for row in rows[1:]), numbers)


def joined(
    *texts: str,
    areas: Mapping[str, str] = AREAS,
    area_table: Table | None = None,
    standings: str = "",
    changes: str = "",
    lookup: str = "",
    report: BufferReport | None = None,
    editions: Sequence[Mapping[str, Any]] = (),
    **more: Any,
) -> Joined:
    found = list(editions) or [{} for _ in texts]
    raw = {
        "atlas": {"title": "Test"},
        "geography": {},
        "edition": [
            {"id": f"e{at}", "table": "data/scores.csv", **e} for at, e in enumerate(found)
        ],
        **more,
    }
    if standings:
        raw["standings"] = [{"edition": "e0", "table": "s.csv", "source": "Briefing"}]
        raw.setdefault("stages", ["School", "Youth"])
    settings = settings_from(raw, Path("atlas.toml"))
    return join(
        settings,
        area_table=area_table,
        boundary_names=areas,
        tables={e.id: table(text) for e, text in zip(settings.edition, texts, strict=True)},
        standing_tables=[table(standings, "s.csv")] if standings else [],
        change_table=table(changes, "changes.csv") if changes else None,
        lookups={settings.edition[0].id: table(lookup, "lookup.csv")} if lookup else None,
        report=report or BufferReport(),
    )


def refused(*texts: str, **options: Any) -> JoinError:
    with pytest.raises(JoinError) as caught:
        joined(*texts, **options)
    assert caught.value.where
    assert caught.value.fix
    return caught.value


def scores(found: Joined, indicator: str = "score") -> dict[str, float | None]:
    return {code: value.score for code, value in found.editions[0].values[indicator].items()}


# -- By code and by name -------------------------------------------------------------------


def test_rows_with_codes_are_joined_by_code_whatever_the_names_say() -> None:
    found = joined("area,code,score\nsomething,E07000176,5\nelse,W06000001,3")
    assert scores(found) == {"E07000176": 5.0, "W06000001": 3.0}
    assert set(found.editions[0].absent) == {"E06000023", "E07000146"}
    assert found.editions[0].names == {"E07000176": "E07000176", "W06000001": "W06000001"}


def test_rows_without_codes_are_joined_by_name() -> None:
    found = joined("place,score\nBristol,5\nKING’S LYNN & WEST NORFOLK,4\nYnys Mon,1")
    assert scores(found) == {"E06000023": 5.0, "E07000146": 4.0, "W06000001": 1.0}
    assert found.editions[0].names["E07000146"] == "KING’S LYNN & WEST NORFOLK"
    assert found.editions[0].absent == {"E07000176": ""}


def test_the_column_of_names_is_found_by_its_content() -> None:
    found = joined("region,la,score\nEast,Rushcliffe,1\nWest,Bristol,2")
    assert scores(found) == {"E07000176": 1.0, "E06000023": 2.0}


def test_a_named_column_wins() -> None:
    text = "old,new,score\nRushcliffe,Bristol,1"
    assert set(scores(joined(text, editions=[{"name_column": "new"}]))) == {"E06000023"}


def test_messages_name_the_column_of_names_that_the_settings_name() -> None:
    text = "old,new,score\nRushcliffe,Bristol,1\nRushcliffe,Bristol,2"
    with pytest.raises(JoinError, match='column "new"'):
        joined(text, editions=[{"name_column": "new"}])


def test_a_named_column_wins_over_codes() -> None:
    text = "code,place,score\nE07000176,Bristol,1"
    found = joined(text, editions=[{"name_column": "place"}])
    assert set(scores(found)) == {"E06000023"}
    assert found.editions[0].names["E06000023"] == "Bristol"


def test_areas_are_sorted_by_code_and_have_slugs() -> None:
    found = joined("code,score\nE07000176,1")
    assert [area.code for area in found.areas] == sorted(AREAS)
    assert found.areas[1].slug == "kings-lynn-and-west-norfolk"
    assert found.areas[3].slug == "ynys-mon"


def test_an_alias_names_what_no_rule_finds() -> None:
    text = "name,score\nThe Island,1\nRushcliffe,2"
    assert "'The Island' is no area" in refused(text).message
    found = joined(text, editions=[{"aliases": {"the island": "W06000001"}}])
    assert set(scores(found)) == {"W06000001", "E07000176"}


@given(
    st.permutations(sorted(AREAS)),
    st.lists(st.floats(-1e6, 1e6).map(lambda v: round(v, 3)), min_size=4, max_size=4),
)
def test_the_order_of_rows_does_not_matter(codes: list[str], values: list[float]) -> None:
    by_code = dict(zip(codes, values, strict=True))
    text = "name,score\n" + "\n".join(f'"{AREAS[c]}",{v!r}' for c, v in by_code.items())
    assert scores(joined(text)) == by_code


# -- Who finds no partner ------------------------------------------------------------------


def test_unknown_names_are_all_told_with_row_and_candidates() -> None:
    error = refused("name,score\nRushclife,1\nBristol,2\nNarnia,3")
    assert error.message.startswith("2 rows find no area:")
    assert "row 2: 'Rushclife' is no area; nearest: Rushcliffe (E07000176)" in error.message
    assert "row 4: 'Narnia' is no area" in error.message
    assert error.where == f'{Path("data/scores.csv")}, column "name"'
    assert "aliases of 'e0'" in error.fix


def test_an_ambiguous_name_is_told_with_all_it_may_mean() -> None:
    areas = {"E05000001": "Abbey", "E05000002": "Abbey", "E05000003": "Castle"}
    error = refused("name,score\nCastle,1\nAbbey,2", areas=areas)
    assert "row 3: 'Abbey' may mean E05000001 or E05000002" in error.message


def test_unknown_codes_are_told_with_the_nearest() -> None:
    error = refused("code,score\nE07000176,1\nE07000177,2\nE06000023,3")
    assert "row 3: 'E07000177' is no area of the atlas; nearest: E07000176" in error.message


def test_what_is_no_code_is_told_as_such() -> None:
    error = refused("c,score\nE07000176,1\nE7000146,2", editions=[{"code_column": "c"}])
    assert "row 3: 'E7000146' is no GSS code; nearest: E07000146" in error.message


def test_codes_of_another_geography_are_told_by_their_kind() -> None:
    error = refused("code,score\nE05000001,1\nE05000002,2")
    assert "the table has ward codes, the atlas unitary authority codes" in error.message


def test_long_lists_of_problems_are_cut() -> None:
    error = refused("name,score\nBristol,0\n" + "\n".join(f"Nowhere {n},1" for n in range(30)))
    assert error.message.startswith("30 rows find no area")
    assert error.message.count("\n  - ") == 20
    assert error.message.endswith("… and 10 more")


@pytest.mark.parametrize(
    "text",
    ["code,score\nE07000176,1\nE06000023,2\nE07000176,3",
     "name,score\nRushcliffe,1\nBristol,2\nrushcliffe,3",
     "name,score\nBristol,1\nRushcliffe,2\n\"Bristol, City of\",3"],
)  # fmt: skip
def test_an_area_with_two_rows_is_refused(text: str) -> None:
    error = refused(text)
    assert error.message in {"rows 2 and 4 are both E07000176", "rows 2 and 4 are both E06000023"}


def test_a_table_of_neither_codes_nor_names_is_refused() -> None:
    assert "no column holds codes or names" in refused("a,b\nx,1\ny,2").message


def test_a_column_that_is_not_there_is_refused() -> None:
    with pytest.raises(SourceError, match="no column 'la'"):
        joined("name,score\nBristol,1", editions=[{"name_column": "la"}])


# -- Values --------------------------------------------------------------------------------


def test_missing_scores_and_ranks_are_no_values() -> None:
    found = joined("code,score\nE07000176,..\nE06000023,2\nW06000001,0")
    assert scores(found) == {"E06000023": 2.0, "W06000001": 0.0}
    # It has a row: what is absent is what the table leaves out.
    assert set(found.editions[0].absent) == {"E07000146"}


def test_without_settings_every_numeric_column_but_ranks_is_an_indicator() -> None:
    found = joined("code,rank,Overall score,Jobs %,note\nE07000176,1,5,10,x\nE06000023,2,4,20,y")
    assert [i.id for i in found.indicators] == ["overall-score", "jobs"]
    assert [i.name for i in found.indicators] == ["Overall score", "Jobs %"]
    assert found.editions[0].values["jobs"]["E06000023"] == Value(20.0, None)


def test_a_table_without_numbers_is_refused() -> None:
    assert "no column holds numbers" in refused("code,note\nE07000176,x").message


def test_a_column_without_a_single_value_is_refused() -> None:
    error = refused(
        "code,score\nE07000176,n/a\nE06000023,",
        indicator=[{"id": "i", "name": "I"}],
        editions=[{"columns": {"i": {"score": "score"}}}],
    )
    assert "holds no value at all" in error.message
    assert "scores.csv" in error.where


def test_scores_ranks_remarks_and_sources_come_from_the_named_columns() -> None:
    found = joined(
        "code,S,R,printed,who,note\nE07000176,5,1,1,Briefing,\nE06000023,,2,22,,misprint",
        indicator=[{"id": "i", "name": "I"}],
        editions=[
            {
                "columns": {"i": {"score": "S", "rank": "R"}},
                "remarks": [
                    {"column": "who", "label": "Source", "kind": "source"},
                    {"column": "printed", "label": "As printed", "kind": "printed"},
                    {"column": "note", "label": "Note"},
                ],
            }
        ],
    )
    assert found.editions[0].values["i"] == {
        "E07000176": Value(5.0, 1, (), "Briefing"),
        "E06000023": Value(None, 2, (("As printed", "22"), ("Note", "misprint")), ""),
    }


def test_an_edition_without_any_of_the_indicators_is_refused() -> None:
    error = refused(
        "code,score\nE07000176,1", "code,other\nE07000176,1",
        indicator=[{"id": "score", "name": "Score"}],
    )  # fmt: skip
    assert "none of the indicators" in error.message
    assert "'e1'" in error.fix


def test_reasons_for_absence_are_kept_and_checked() -> None:
    report = BufferReport()
    found = joined(
        "code,score\nE07000176,1",
        editions=[{"absent": {"W06000001": "not in Wales", "E07000176": "wrong"}}],
        report=report,
    )
    assert found.editions[0].absent == {
        "E06000023": "",
        "E07000146": "",
        "W06000001": "not in Wales",
    }
    assert report.warnings == ["edition e0: E07000176 is said to be absent, but is not"]


# -- The table of areas ------------------------------------------------------------------

PLACES = """code,name,region,region_code,lon,lat
E06000023,"Bristol, City of",South West,E12000009,-2.6,51.5
E07000176,Rushcliffe,East Midlands,E12000004,-1.1,52.9
E07000146,King's Lynn and West Norfolk,,,0.4,52.7
"""
REGION = {"kind": "region", "name": "Region", "plural": "Regions", "path": "regions",
          "column": "region", "code_column": "region_code"}  # fmt: skip


def test_the_table_of_areas_decides_which_areas_there_are() -> None:
    report = BufferReport()
    found = joined("code,score\nE07000176,1", area_table=table(PLACES), report=report)
    assert [area.code for area in found.areas] == ["E06000023", "E07000146", "E07000176"]
    assert found.areas[0].lon == -2.6
    assert found.areas[0].area_km2 is None
    assert any("1 areas of the boundaries are not in" in line for line in report.warnings)


def test_areas_without_a_boundary_are_told() -> None:
    report = BufferReport()
    joined("code,score\nE07000176,1", area_table=table(PLACES), report=report,
           areas={"E07000176": "Rushcliffe"})  # fmt: skip
    assert any(
        "2 areas have no boundary: Bristol, City of (E06000023)" in w for w in report.warnings
    )


def test_boundaries_of_another_geography_are_refused() -> None:
    error = refused("code,score\nE07000176,1", area_table=table(PLACES), areas={"E05000001": "A"})
    assert "unitary authority codes here, ward codes there" in error.message


def test_groups_come_from_columns() -> None:
    found = joined("code,score\nE07000176,1", area_table=table(PLACES), group=[REGION])
    assert [(g.kind, g.id, g.name, g.slug, g.members) for g in found.groups] == [
        ("region", "E12000004", "East Midlands", "east-midlands", ("E07000176",)),
        ("region", "E12000009", "South West", "south-west", ("E06000023",)),
    ]


def test_groups_without_a_table_of_areas_are_refused() -> None:
    assert "no table of areas" in refused("code,score\nE07000176,1", group=[REGION]).message


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("code,name\nE06000023,A\nE06000023,B", "the code 'E06000023' stands twice"),
        ("code,name\nE06000023,A\n,B", "a row has no code"),
        ("id,name\n1,A", "no column holds the areas' codes"),
    ],
)
def test_tables_of_areas_that_are_refused(text: str, said: str) -> None:
    assert said in refused("code,score\nE06000023,1", area_table=table(text), areas={}).message


def test_areas_are_kept_by_their_prefix() -> None:
    found = joined("code,score\nE07000176,1", geography={"keep": ["E07"]})
    assert [area.code for area in found.areas] == ["E07000146", "E07000176"]


# -- Standings and changes ------------------------------------------------------------------


def test_standings_are_joined_by_name() -> None:
    found = joined(
        "code,score\nE07000176,1",
        standings="name,stage,standing,stated\nKings Lynn & West Norfolk,School,worst,among them",
    )
    (standing,) = found.standings
    assert (standing.code, standing.stage, standing.standing) == ("E07000146", "School", "worst")
    assert (standing.stated, standing.source, standing.edition) == ("among them", "Briefing", "e0")


@pytest.mark.parametrize(
    ("row", "said", "fix"),
    [
        ("Rushclife,School,best,x", "'Rushclife' is no area", "nearest: Rushcliffe (E07000176)"),
        ("Rushcliffe,Schools,best,x", "no stage 'Schools'", "School, Youth"),
        ("Rushcliffe,School,good,x", "'good' is no standing", '"best" or "worst"'),
    ],
)
def test_standings_that_are_refused(row: str, said: str, fix: str) -> None:
    error = refused(
        "code,score\nE07000176,1",
        standings=f"name,stage,standing,stated\nRushcliffe,Youth,best,x\n{row}",
    )
    assert said in error.message
    assert fix in error.fix
    assert error.where == "s.csv, row 3"


def test_later_changes_are_read() -> None:
    found = joined(
        "code,score\nE07000176,1",
        changes="old_code,new_code,year,kind\nE07000146,E06000099,2028,merged",
    )
    (change,) = found.changes
    assert (change.old_code, change.new_code, change.year) == ("E07000146", "E06000099", 2028)


@pytest.mark.parametrize("row", ["E07,E06000099,2028,merged", "E07000146,E06000099,soon,merged"])
def test_changes_that_are_none_are_refused(row: str) -> None:
    error = refused("code,score\nE07000176,1", changes=f"old_code,new_code,year,kind\n{row}")
    assert error.where == "changes.csv, row 2"


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


# -- Tables of another vintage ------------------------------------------------------------

MERGED = "old_code,new_code\nE07000301,E07000176\nE07000302,E07000176\nE07000303,E06000023"
FORMER = "code,score,people\nE07000301,10,1000\nE07000302,20,3000\nE07000303,5,9\nW06000001,7,1"


def carried(kind: str, *, lookup: str = MERGED, text: str = FORMER, **edition: Any) -> Joined:
    return joined(
        text,
        indicator=[{"id": "score", "name": "Score", "kind": kind}],
        editions=[{"columns": {"score": {"score": "score"}}, **edition}],
        lookup=lookup,
    )


def test_counts_of_merged_areas_are_summed() -> None:
    expected = {"E07000176": 30.0, "E06000023": 5.0, "W06000001": 7.0}
    assert scores(carried("count")) == expected


def test_rates_of_merged_areas_are_averaged_by_their_weight() -> None:
    assert scores(carried("rate", weight="people"))["E07000176"] == 17.5


def test_rates_of_merged_areas_without_a_weight_are_refused() -> None:
    with pytest.raises(JoinError, match="rates of 2 areas meet in E07000176") as caught:
        carried("rate")
    assert "weight of the edition" in caught.value.fix


def test_an_area_whose_code_alone_changed_keeps_its_rate() -> None:
    lookup = "old_code,new_code\nE07000301,E07000176\nE07000302,E07000146\nE07000303,E06000023"
    assert scores(carried("rate", lookup=lookup))["E07000176"] == 10.0


def test_counts_of_a_split_area_are_shared_out() -> None:
    lookup = (
        "old_code,new_code,share\nE07000301,E07000176,0.25\nE07000301,E07000146,0.75\n"
        "E07000302,E07000176,1\nE07000303,E06000023,1"
    )
    found = scores(carried("count", lookup=lookup))
    assert (found["E07000176"], found["E07000146"]) == (22.5, 7.5)


def test_shares_that_do_not_add_up_are_refused() -> None:
    lookup = "old_code,new_code,share\nE07000301,E07000176,0.5\nE07000301,E07000146,0.4"
    with pytest.raises(JoinError, match="shares do not add up to 1"):
        carried("count", lookup=lookup)


def test_a_sum_with_an_unknown_part_is_unknown() -> None:
    text = FORMER.replace("E07000302,20", "E07000302,[c]")
    found = carried("count", text=text)
    assert "E07000176" not in scores(found)
    assert "E07000176" not in found.editions[0].absent


def test_an_area_with_rows_of_both_vintages_is_refused() -> None:
    with pytest.raises(JoinError, match="E07000176 has a row of its own"):
        carried("count", text=FORMER + "\nE07000176,4,1")
