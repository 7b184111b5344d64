"""Ranks, spots, groups, neighbours and similar places, against independent reckonings."""

from __future__ import annotations

import math
from fractions import Fraction
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st
from making import ROOT, made, shipped
from pyproj import Geod
from scipy.stats import rankdata

from generator.build import site
from generator.data import neighbours
from generator.data.compare import _feature, compare, rank_scores, spot_limits
from generator.data.join import Area, EditionData, Joined, Value
from generator.data.neighbours import nearest_points, shared_borders, similar_areas
from generator.errors import JoinError
from generator.report import BufferReport
from generator.settings import Spots, read_settings, settings_from

scores_by_key = st.dictionaries(
    st.text("abcdefgh", min_size=1, max_size=4),
    st.floats(-100, 100) | st.integers(-3, 3).map(float),
    min_size=1,
    max_size=30,
)


# -- Ranks -----------------------------------------------------------------------------------


@given(scores_by_key)
def test_ranks_are_scipy_s_competition_ranks(scores: dict[str, float]) -> None:
    values = np.array(list(scores.values()))
    assert list(rank_scores(scores).values()) == rankdata(-values, method="min").tolist()
    assert list(rank_scores(scores, "lower").values()) == rankdata(values, method="min").tolist()


@given(scores_by_key)
def test_a_measure_ranks_from_the_best_and_names_ties(scores: dict[str, float]) -> None:
    _, comparison = made({"e": {c: (s, None) for c, s in scores.items()}}, areas=list(scores))
    measure = comparison.main
    expected = rank_scores(scores)
    assert {c: p.rank for c, p in measure.positions.items()} == expected
    ranks = [p.rank for p in measure.positions.values()]
    assert ranks == sorted(ranks)
    for position in measure.positions.values():
        assert position.tied == (ranks.count(position.rank) > 1)
        assert position.score == scores[position.code]
    assert measure.of == len(scores)
    assert measure.complete


def test_published_ranks_are_kept_and_checked() -> None:
    settings = settings_from(
        {
            "atlas": {"title": "T"},
            "geography": {},
            "indicator": [{"id": "i", "name": "I"}],
            "edition": [{"id": "e", "table": "scores.csv"}],
        },
        Path("atlas.toml"),
    )
    codes = ["a", "b", "c"]
    values = {"a": Value(3.0, 1), "b": Value(2.0, 3), "c": Value(1.0, 2)}
    joined = Joined(
        tuple(Area(c, c.upper(), c, None, None, None) for c in codes),
        (),
        settings.indicator,
        (EditionData(settings.edition[0], {"i": values}, {}, {c: c.upper() for c in codes}),),
        (),
    )
    report = BufferReport()
    found = compare(settings, joined, None, report)
    assert {c: p.rank for c, p in found.main.positions.items()} == {"a": 1, "b": 3, "c": 2}
    (warning,) = report.warnings
    assert "2 published ranks are not those of the scores" in warning
    assert "B (3, by score 2)" in warning


def test_a_rank_beyond_the_last_is_refused() -> None:
    with pytest.raises(
        JoinError, match="'b' has the rank 9, but only 3 areas are ranked"
    ) as caught:
        made({"e": {"a": (None, 1), "b": (None, 9)}}, areas=["a", "b", "c"], of=3)
    assert "'of'" in caught.value.fix


def test_an_edition_of_ranks_is_classed_among_all() -> None:
    _, comparison = made({"e": {"a": (None, 1), "b": (None, 50)}}, areas=["a", "b"], of=100)
    assert not comparison.main.complete
    assert not comparison.main.has_scores
    assert comparison.main.positions["a"].level == 4
    assert comparison.main.positions["b"].level == 2


def test_the_main_measure_is_the_first_complete_one_unless_named() -> None:
    editions = {"old": {"a": (None, 1)}, "new": {"a": (1.0, None), "b": (2.0, None)}}
    _, comparison = made(editions, areas=["a", "b"])
    assert comparison.main.edition.id == "old", "nothing says that more than one is ranked"
    _, comparison = made(editions, areas=["a", "b"], of=2)
    assert comparison.main.edition.id == "new"
    _, comparison = made(editions, areas=["a", "b"], of=2, main_edition="old")
    assert comparison.main.edition.id == "old"


# -- Spots -----------------------------------------------------------------------------------


def test_the_shipped_limits() -> None:
    assert spot_limits(324, Spots(share=0.2)) == (65, 260)


@given(st.integers(1, 40_000), st.integers(1, 49))
def test_spots_are_the_share_rounded_up_at_both_ends(of: int, percent: int) -> None:
    hot, cold = spot_limits(of, Spots(share=percent / 100))
    count = math.ceil(Fraction(percent, 100) * of)
    if of < 5 or 2 * count >= of:
        assert (hot, cold) == (None, None)
    else:
        assert hot == count
        assert cold is not None
        assert of - cold + 1 == count
        assert hot < cold


def test_no_spots_without_settings() -> None:
    assert spot_limits(324, None) == (None, None)
    _, comparison = made(
        {"e": {c: (ord(c), None) for c in "abcdefgh"}}, areas=list("abcdefgh"), spots=None
    )
    assert {p.spot for p in comparison.main.positions.values()} == {None}


@given(scores_by_key)
def test_spots_follow_ranks(scores: dict[str, float]) -> None:
    _, comparison = made({"e": {c: (s, None) for c, s in scores.items()}}, areas=list(scores))
    measure = comparison.main
    hot, cold = measure.hot_from_rank or 0, measure.cold_from_rank or math.inf
    for p in measure.positions.values():
        assert (p.spot == "hot") == (p.rank <= hot)
        assert (p.spot == "cold") == (p.rank >= cold)


# -- Groups ----------------------------------------------------------------------------------


def test_group_summaries_are_what_pandas_counts() -> None:
    _, comparison = shipped()
    for measure in comparison.measures:
        rows = [
            {"kind": g.kind, "id": g.id, "code": c, "rank": p.rank if p else None,
             "score": p.score if p else None, "spot": p.spot if p else None}
            for g in comparison.groups
            for c in g.members
            for p in [measure.positions.get(c)]
        ]  # fmt: skip
        frame = pd.DataFrame(rows)
        assert len(comparison.summaries[measure.id]) == frame.groupby(["kind", "id"]).ngroups
        for key, group in frame.groupby(["kind", "id"]):
            summary = comparison.summaries[measure.id][key]
            known = group.dropna(subset=["rank"]).sort_values(["rank", "code"])
            assert summary.members == len(group)
            assert summary.known == len(known)
            assert summary.ranking == tuple(known["code"])
            assert summary.hot == (group["spot"] == "hot").sum()
            assert summary.cold == (group["spot"] == "cold").sum()
            if len(known):
                assert summary.median_rank == known["rank"].median()
            else:
                assert summary.median_rank is None
            scores = group["score"].dropna()
            if len(scores):
                assert summary.median_score == pytest.approx(scores.median())
            else:
                assert summary.median_score is None


def test_a_group_of_unknown_members_has_no_medians() -> None:
    _, comparison = made({"e": {"a": (1.0, None)}}, areas=["a", "b"], groups={"G": ["b"]})
    summary = comparison.summaries[comparison.main.id]["region", "G"]
    assert (summary.known, summary.members, summary.median_rank, summary.median_score) == (
        0, 1, None, None
    )  # fmt: skip


def test_areas_know_their_groups() -> None:
    _, comparison = shipped()
    for group in comparison.groups:
        for code in group.members:
            assert group in comparison.groups_of[code]
    assert sum(len(g) for g in comparison.groups_of.values()) == sum(
        len(g.members) for g in comparison.groups
    )


# -- Neighbours ------------------------------------------------------------------------------


def frame(boxes: dict[str, tuple[float, float, float, float]]) -> gpd.GeoDataFrame:
    return gpd.GeoDataFrame(
        {"code": list(boxes)}, geometry=[shapely.box(*b) for b in boxes.values()], crs="EPSG:4326"
    )


def test_neighbours_share_a_stretch_of_border_not_a_corner() -> None:
    found = shared_borders(
        frame({"a": (0, 0, 1, 1), "b": (1, 0, 2, 1), "c": (1, 1, 2, 2), "d": (5, 5, 6, 6)})
    )
    assert found == {"a": ("b",), "b": ("a", "c"), "c": ("b",), "d": ()}


def test_the_longest_border_comes_first() -> None:
    found = shared_borders(
        frame({"a": (0, 0, 10, 1), "b": (0, 1, 1, 2), "c": (1, 1, 7, 2), "d": (7, 1, 10, 2)})
    )
    assert found["a"] == ("c", "d", "b")


def test_borders_are_measured_on_the_ground() -> None:
    """Far to the north, one and a half degrees eastwards are shorter than one northwards."""
    found = shared_borders(
        frame({"a": (0, 60, 1.5, 61), "north": (0, 61, 1.5, 62), "east": (1.5, 60, 3, 61)})
    )
    assert found["a"] == ("east", "north")


@given(st.integers(1, 5), st.integers(1, 5))
def test_squares_of_a_grid_have_the_grid_s_neighbours(columns: int, rows: int) -> None:
    boxes = {f"{x},{y}": (x, y, x + 1, y + 1) for x in range(columns) for y in range(rows)}
    found = shared_borders(frame(boxes))
    for x in range(columns):
        for y in range(rows):
            beside = {(x + 1, y), (x - 1, y), (x, y + 1), (x, y - 1)}
            expected = {f"{a},{b}" for a, b in beside if 0 <= a < columns and 0 <= b < rows}
            assert set(found[f"{x},{y}"]) == expected


def test_a_border_along_a_hole_counts() -> None:
    ring = shapely.Polygon(shapely.box(0, 0, 3, 3).exterior, [shapely.box(1, 1, 2, 2).exterior])
    shapes = gpd.GeoDataFrame(
        {"code": ["in", "out"]}, geometry=[shapely.box(1, 1, 2, 2), ring], crs="EPSG:4326"
    )
    assert shared_borders(shapes) == {"in": ("out",), "out": ("in",)}


def area(
    code: str, lon: float | None = None, lat: float | None = None, km2: float | None = None
) -> Area:
    return Area(code, code, code, lon, lat, km2)


@given(
    st.lists(st.tuples(st.floats(-8, 2), st.floats(50, 60)), min_size=2, max_size=15, unique=True)
)
def test_nearest_points_are_nearest_on_the_globe(points: list[tuple[float, float]]) -> None:
    areas = [area(str(at), lon, lat) for at, (lon, lat) in enumerate(points)]
    found = nearest_points(areas, count=3)
    sphere = Geod(a=6371000, b=6371000)
    for at, (lon, lat) in enumerate(points):
        far = {
            str(other): sphere.inv(lon, lat, *place)[2]
            for other, place in enumerate(points)
            if other != at
        }
        expected = sorted(far.values())[:3]
        assert [far[c] for c in found[str(at)]] == pytest.approx(expected, abs=1)


def test_areas_without_a_point_have_no_nearest() -> None:
    areas = [area("a", 0, 51), area("b"), area("c", 1, 51)]
    assert nearest_points(areas) == {"a": ("c",), "c": ("a",)}
    assert nearest_points(areas[:2]) == {}


def test_the_shipped_neighbours_are_the_nearest_six() -> None:
    _, comparison = shipped()
    assert not comparison.borders
    assert {len(n) for n in comparison.neighbours.values()} == {6}
    names = {comparison.areas[c].name for c in comparison.neighbours["E07000176"]}
    assert {"Nottingham", "Gedling", "Broxtowe"} <= names


# -- Similar areas ---------------------------------------------------------------------------


@given(st.dictionaries(st.text("abcdefgh", min_size=1, max_size=3),
                       st.tuples(st.floats(-100, 100), st.floats(1, 9000)),
                       min_size=2, max_size=12))  # fmt: skip
def test_similar_areas_are_nearest_in_standardised_features(
    known: dict[str, tuple[float, float]],
) -> None:
    areas = [area(c, km2=size) for c, (_, size) in known.items()]
    _, comparison = made({"e": {c: (s, None) for c, (s, _) in known.items()}}, areas=list(known))
    found, words = similar_areas(areas, *_feature(comparison.main), count=4)
    assert len(words) == 2
    frame = pd.DataFrame({"s": {c: s for c, (s, _) in known.items()},
                          "k": {c: math.log(k) for c, (_, k) in known.items()}})  # fmt: skip
    spread = frame.std(ddof=0)
    z = ((frame - frame.mean()) / spread.where(spread > 0, np.inf)).fillna(0)
    for code, similar in found.items():
        far = np.sqrt(((z - z.loc[code]) ** 2).sum(axis=1)).drop(code)
        assert [s.distance for s in similar] == pytest.approx(sorted(far)[:4], abs=1e-6)
        assert code not in [s.code for s in similar]
        for s in similar:
            assert s.distance == pytest.approx(far[s.code], abs=1e-6)


def test_similarity_is_the_same_both_ways() -> None:
    _, comparison = shipped()
    pairs = {
        (code, s.code): s.distance for code, found in comparison.similar.items() for s in found
    }
    mutual = [pair for pair in pairs if pair[::-1] in pairs]
    assert len(mutual) > 300
    for one, other in mutual:
        assert pairs[one, other] == pytest.approx(pairs[other, one])


def test_areas_without_a_feature_have_no_similar_ones() -> None:
    _, comparison = made({"e": {"a": (1.0, None), "b": (2.0, None)}}, areas=["a", "b", "c"])
    found, _ = similar_areas(
        [area("a", km2=1), area("b"), area("c", km2=2)], *_feature(comparison.main)
    )
    assert found == {}


# -- Later changes ---------------------------------------------------------------------------


def test_what_became_of_an_area_is_followed_up_to_today() -> None:
    options = site.Options(out=ROOT / "site", boundaries="hex")
    comparison = site.check(read_settings(ROOT / "atlas.toml"), options, BufferReport())
    chain = comparison.changes["E07000191"]  # West Somerset
    assert [c.new_code for c in chain] == ["E07000246", "E06000066"]
    assert [c.year for c in chain] == sorted(c.year for c in chain)
    assert "E07000176" not in comparison.changes


@pytest.mark.parametrize("count", [1, 3, 7, 40])
def test_few_points_find_the_nearest_that_a_tree_finds(
    monkeypatch: pytest.MonkeyPatch, count: int
) -> None:
    points = np.random.default_rng(count).normal(size=(30, 3))
    distances, found = neighbours.nearest_rows(points, count)
    assert distances.shape == found.shape == (30, min(count, 30))
    monkeypatch.setattr(neighbours, "FEW", 0)
    by_tree, of_tree = neighbours.nearest_rows(points, count)
    assert np.allclose(distances, by_tree)
    assert np.array_equal(found, of_tree)
