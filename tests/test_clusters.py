"""Moran's I, global and local, and the comparison of schemes."""

from __future__ import annotations

import math
import warnings
from collections.abc import Callable

import numpy as np
import pytest
from esda.moran import Moran, Moran_Local
from hypothesis import given, settings
from hypothesis import strategies as st
from libpysal.weights import W
from making import made, shipped

from generator.catalogue import ENGLISH
from generator.data.classify import classify
from generator.data.clusters import Clusters, find_clusters, scheme_table
from generator.data.compare import Measure
from generator.language.clusters import cluster_sentence
from generator.settings import Classes

SIDE = 8


def _grid(score: Callable[[int, int], float], **more: object) -> tuple[Measure, dict[str, tuple]]:
    """A square of areas with rook neighbours."""
    cells = [(x, y) for x in range(SIDE) for y in range(SIDE)]
    name = {cell: f"{cell[0]}-{cell[1]}" for cell in cells}
    scores = {name[cell]: (float(score(*cell)), None) for cell in cells}
    neighbours = {
        name[x, y]: tuple(
            name[near] for near in ((x - 1, y), (x + 1, y), (x, y - 1), (x, y + 1)) if near in name
        )
        for x, y in cells
    }
    _, comparison = made({"y": scores}, areas=list(scores), **more)
    return comparison.main, neighbours


def _found(measure: Measure, neighbours: dict[str, tuple]) -> Clusters:
    clusters = find_clusters(measure, neighbours)
    assert clusters is not None
    return clusters


def _moran(scores: dict[str, float], neighbours: dict[str, tuple]) -> float:
    """Moran's I written out: the mean of own deviation times neighbours' mean deviation."""
    mean = np.mean(list(scores.values()))
    z = {code: score - mean for code, score in scores.items()}
    lags = {c: np.mean([z[n] for n in neighbours[c]]) for c in scores}
    return float(sum(z[c] * lags[c] for c in scores) / sum(v * v for v in z.values()))


def test_a_gradient_clusters_and_a_chessboard_repels() -> None:
    slope = _found(*_grid(lambda x, _y: x))
    assert slope.i > 0.8
    assert slope.p == 1 / 1000
    assert slope.z > 5
    board = _found(*_grid(lambda x, y: (x + y) % 2))
    assert board.i == pytest.approx(-1)
    assert board.z < -5
    assert slope.expected == board.expected == pytest.approx(-1 / (SIDE**2 - 1))


@settings(max_examples=15, deadline=None)
@given(st.lists(st.integers(-50, 50), min_size=SIDE**2, max_size=SIDE**2))
def test_global_i_is_the_textbook_s(values: list[int]) -> None:
    measure, neighbours = _grid(lambda x, y: values[x * SIDE + y])
    found = find_clusters(measure, neighbours, permutations=9)
    scores = {c: float(p.score or 0) for c, p in measure.positions.items()}
    if len(set(values)) == 1:
        assert found is None
        return
    assert found is not None
    assert found.i == pytest.approx(_moran(scores, neighbours))
    local = np.mean([c.local_i for c in found.local.values()])
    n = len(scores)
    assert local * n / (n - 1) == pytest.approx(found.i)


def test_quadrants_name_the_values_whatever_is_better() -> None:
    """High is high: that lower is better must not turn the words round."""
    corner = "high among high"
    for better in ("higher", "lower", "neutral"):
        indicator = [{"id": "overall", "name": "X", "better": better}]
        found = _found(*_grid(lambda x, y: x + y, indicator=indicator))
        assert found.local["7-7"].quadrant == corner
        assert found.local["7-7"].significant
        assert found.count(corner) >= found.count(corner, certain=True) >= 1


def test_a_lone_high_one_is_high_among_low() -> None:
    found = _found(*_grid(lambda x, y: 50 if (x, y) == (1, 1) else x))
    assert found.local["1-1"].quadrant == "high among low"
    assert found.local["1-1"].local_i < 0


def test_adjusted_p_values_are_never_smaller() -> None:
    rng = np.random.default_rng(1)
    found = _found(*_grid(lambda _x, _y: rng.normal()))
    for cluster in found.local.values():
        assert cluster.p_adjusted >= cluster.p - 1e-12
        assert 1 / 1000 <= cluster.p <= 0.5
        assert cluster.significant >= cluster.certain


def test_same_seed_same_figures_and_the_world_s_dice_are_left_alone() -> None:
    measure, neighbours = _grid(lambda x, y: math.sin(x * 3 + y * y))
    np.random.seed(7)
    before = np.random.get_state()[1].copy()
    first = find_clusters(measure, neighbours)
    assert (np.random.get_state()[1] == before).all()
    np.random.seed(8)
    assert find_clusters(measure, neighbours) == first
    other = find_clusters(measure, neighbours, seed=1)
    assert other is not None
    assert first is not None
    assert other.i == first.i
    assert {c.p for c in other.local.values()} != {c.p for c in first.local.values()}


def test_islands_are_left_out_and_named() -> None:
    measure, neighbours = _grid(lambda x, _y: x)
    alone = dict(neighbours)
    for near in neighbours["0-0"]:
        alone[near] = tuple(c for c in alone[near] if c != "0-0")
    alone["0-0"] = ()
    found = _found(measure, alone)
    assert found.isolated == ("0-0",)
    assert "0-0" not in found.local
    assert len(found.local) == SIDE**2 - 1
    assert cluster_sentence(ENGLISH, found, "0-0", "Island") == ""


def test_neighbours_without_a_score_do_not_count() -> None:
    measure, neighbours = _grid(lambda x, _y: x)
    found = _found(measure, {**neighbours, "0-0": ("nowhere",), "nowhere": ("0-0",)})
    assert found.isolated == ("0-0",)
    assert found.missing == ("nowhere",)


def test_nothing_to_say_gives_none() -> None:
    measure, neighbours = _grid(lambda _x, _y: 1)
    assert find_clusters(measure, neighbours) is None
    measure, _ = _grid(lambda x, _y: x)
    assert find_clusters(measure, {}) is None
    _, comparison = shipped()
    assert find_clusters(comparison.headline()[1], comparison.neighbours) is None


def test_the_shipped_atlas_clusters() -> None:
    _, comparison = shipped()
    found = _found(comparison.main, dict(comparison.neighbours))
    assert found.i > 0.4
    assert found.p == 0.001
    assert found.missing == ("E06000053", "E09000001")
    code = {area.name: c for c, area in comparison.areas.items()}
    assert found.local[code["Westminster"]].quadrant == "high among high"
    assert found.local[code["Rushcliffe"]].quadrant == "high among low"
    assert cluster_sentence(ENGLISH, found, code["Rushcliffe"], "Rushcliffe").startswith(
        "Rushcliffe: a high value among low ones (local Moran's I \u2212"
    )
    assert cluster_sentence(ENGLISH, found, code["City of London"], "City of London") == ""


def test_the_figures_are_esda_s() -> None:
    """The library is the oracle: the same I, and p-values that differ by chance alone."""
    _, comparison = shipped()
    found = _found(comparison.main, dict(comparison.neighbours))
    codes = sorted(found.local)
    scores = {c: float(comparison.main.positions[c].score or 0) for c in codes}
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # without numba it is slower, and the map has islands
        linked = {c: [n for n in comparison.neighbours[c] if n in found.local] for c in codes}
        weights = W(linked, id_order=codes, silence_warnings=True)
        values = np.array([scores[c] for c in codes])
        np.random.seed(3)
        whole = Moran(values, weights, transformation="r", permutations=999)
        parts = Moran_Local(values, weights, transformation="r", permutations=999, seed=3, n_jobs=1)
    assert found.i == pytest.approx(whole.I)
    assert found.expected == pytest.approx(whole.EI)
    assert found.p == whole.p_sim
    assert found.z == pytest.approx(whole.z_sim, rel=0.1)
    mine = [found.local[c] for c in codes]
    assert [c.local_i for c in mine] == pytest.approx(parts.Is)
    corners = ("", "high among high", "low among high", "low among low", "high among low")
    assert [c.quadrant for c in mine] == [corners[q] for q in parts.q]
    # 999 draws tell a p of a half to 0.016, and one of 0.05 to 0.007: five times that at most.
    p = np.array([c.p for c in mine])
    allowed = 5 * np.sqrt(2 * p * (1 - p) / 999) + 0.002
    assert (np.abs(p - parts.p_sim) <= allowed).all()


def test_no_order_changes_anything_where_all_are_neighbours() -> None:
    measure, neighbours = _grid(lambda x, y: x * y)
    everybody = {c: tuple(sorted(set(neighbours) - {c})) for c in neighbours}
    found = _found(measure, everybody)
    assert found.i == pytest.approx(found.expected)
    assert found.z == 0


def test_schemes_are_compared_with_the_current_one() -> None:
    settings_, comparison = shipped()
    values = {
        c: p.score if (p := comparison.main.positions.get(c)) else None for c in comparison.areas
    }
    table = scheme_table(values, settings_.classes)
    by_name = {fit.scheme: fit for fit in table}
    current = by_name["Quantiles"]
    assert [fit for fit in table if fit.current] == [current]
    assert (current.changed, current.worst, current.best) == (0, 65, 65)
    assert list(table) == sorted(table, key=lambda fit: (-fit.gadf, fit.scheme))
    assert {"FisherJenks", "EqualInterval", "StdMean"} <= set(by_name)
    assert not {"MaxP", "UserDefined", "NaturalBreaks"} & set(by_name)
    jenks = classify(values, Classes(scheme="FisherJenks", k=5))
    mine = classify(values, settings_.classes)
    moved = sum(jenks.levels[code] != mine.levels[code] for code in mine.levels)
    assert by_name["FisherJenks"].changed == moved > 0


def test_schemes_of_nothing_and_of_one_value() -> None:
    assert scheme_table({"a": None}, Classes()) == ()
    same = scheme_table({"a": 1.0, "b": 1.0}, Classes())
    assert all(fit.classes == 1 for fit in same)
