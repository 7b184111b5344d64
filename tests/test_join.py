"""Rows and areas come together one to one, or the message names who found no partner."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from joining import AREAS, joined, refused, scores, table

from generator.catalogue import ENGLISH
from generator.data.compare import compare
from generator.data.join import Joined, Value
from generator.errors import JoinError, SourceError
from generator.language.areas import area_sentence
from generator.report import BufferReport
from generator.settings import Words, settings_from

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


# -- Tables of another vintage ------------------------------------------------------------

MERGED = "old_code,new_code\nE07000301,E07000176\nE07000302,E07000176\nE07000303,E06000023"
FORMER = "code,score,people\nE07000301,10,1000\nE07000302,20,3000\nE07000303,5,9\nW06000001,7,1"


def carried(
    kind: str,
    *,
    lookup: str = MERGED,
    text: str = FORMER,
    report: BufferReport | None = None,
    **edition: Any,
) -> Joined:
    return joined(
        text,
        indicator=[{"id": "score", "name": "Score", "kind": kind}],
        editions=[{"columns": {"score": {"score": "score"}}, **edition}],
        lookup=lookup,
        report=report,
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


@pytest.mark.parametrize(
    ("kind", "old", "new", "what", "lost"),
    [
        ("count", "E07000302,20", "E07000302,[c]", "that of E07000302", ["E07000302"]),
        ("rate", ",3000", ",", "the weight of E07000302", ["E07000302"]),
        ("rate", ",3000", ",-5", "the weight of E07000302", ["E07000302"]),
        ("rate", ",1000", ",", "the weight of E07000301", ["E07000301"]),
    ],
)
def test_who_reads_the_atlas_learns_why_a_figure_was_not_carried_over(
    kind: str, old: str, new: str, what: str, lost: list[str]
) -> None:
    report = BufferReport()
    found = carried(kind, text=FORMER.replace(old, new), weight="people", report=report)
    assert list(found.editions[0].lost["score"]["E07000176"].old_codes) == lost
    raw = {"atlas": {"title": "T"}, "geography": {}, "edition": [{"id": "e0", "table": "t.csv"}]}
    comparison = compare(settings_from(raw, Path("atlas.toml")), found, None, report)
    said = area_sentence(ENGLISH, comparison, "E07000176", Words(), None)
    assert f"{what} is not known." in said
    assert any("E07000176 has no 'score'" in line for line in report.lines)


def test_weights_that_are_all_nothing_are_not_known() -> None:
    text = FORMER.replace(",1000", ",0").replace(",3000", ",0")
    lost = carried("rate", text=text, weight="people").editions[0].lost["score"]["E07000176"]
    assert (lost.what, lost.old_codes) == ("weight", ("E07000301", "E07000302"))


def test_an_area_with_rows_of_both_vintages_is_refused() -> None:
    with pytest.raises(JoinError, match="E07000176 has a row of its own"):
        carried("count", text=FORMER + "\nE07000176,4,1")
