"""Composites: counted again by plain arithmetic, and as properties of any table."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from statistics import fmean, pstdev
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from generator.catalogue import ENGLISH
from generator.data.compare import Comparison, compare, rank_scores
from generator.data.composites import standardise, with_composites
from generator.data.indicators import say_directions
from generator.data.join import EditionData, Joined, Value
from generator.data.places import Area
from generator.data.weights import FACTORS, weight_moves
from generator.errors import JoinError, SettingsError
from generator.language.indicators import definition, direction
from generator.report import BufferReport
from generator.settings import Indicator, Settings, settings_from

Table = Mapping[str, Mapping[str, float]]


def settings_with(composites: Sequence[Mapping[str, Any]], lower: Sequence[str] = (),
                  **edition: Any) -> Settings:  # fmt: skip
    raw = {
        "atlas": {"title": "Test"},
        "geography": {},
        "indicator": [
            {"id": name, "name": name.upper(), "better": "lower" if name in lower else "higher"}
            for name in "abc"
        ],
        "composite": [{"id": "mix", "name": "Mix", **one} for one in composites],
        "edition": [{"id": "2020", "table": "x.csv", **edition}],
    }
    return settings_from(raw, Path("atlas.toml"))


def compared(settings: Settings, table: Table) -> tuple[Comparison, BufferReport]:
    """``table[indicator][code]`` as an atlas of one edition."""
    codes = sorted(set().union(*table.values()))
    report = BufferReport()
    edition = EditionData(
        settings.edition[0],
        {name: {c: Value(v, None) for c, v in column.items()} for name, column in table.items()},
        {},
        {code: code for code in codes},
    )
    joined = Joined(
        tuple(Area(c, c, c.lower(), None, None, None) for c in codes), (), settings.indicator,
        (edition,), (),
    )  # fmt: skip
    return compare(settings, with_composites(joined, settings, report), None, report), report


def scores(settings: Settings, table: Table) -> dict[str, float]:
    comparison, _ = compared(settings, table)
    return {
        c: p.score for c, p in comparison.first_of("mix").positions.items() if p.score is not None
    }


TABLE = {
    "a": {"P": 1.0, "Q": 2.0, "R": 4.0, "S": 9.0},
    "b": {"P": 5.0, "Q": 5.0, "R": 1.0, "S": 2.0},
    "c": {"P": 10.0, "Q": 30.0, "R": 20.0},
}


def z(column: Mapping[str, float]) -> dict[str, float]:
    values = list(column.values())
    return {code: (v - fmean(values)) / pstdev(values) for code, v in column.items()}


def test_the_weighted_mean_of_z_scores_by_hand() -> None:
    settings = settings_with([{"weights": {"a": 3, "b": 1}}], lower=["b"])
    za, zb = z(TABLE["a"]), z(TABLE["b"])
    expected = {code: (3 * za[code] - zb[code]) / 4 for code in "PQRS"}
    assert scores(settings, TABLE) == pytest.approx(expected)


def test_the_weighted_mean_of_ranks_by_hand() -> None:
    """P and Q share the first rank of b, so each has 1.5; lower means are better."""
    settings = settings_with([{"weights": {"a": 1, "b": 1}, "method": "ranks"}])
    assert scores(settings, TABLE) == {"P": 2.75, "Q": 2.25, "R": 3.0, "S": 2.0}
    comparison, _ = compared(settings, TABLE)
    assert list(comparison.first_of("mix").positions) == ["S", "Q", "P", "R"]
    assert direction(comparison.first_of("mix").indicator, ENGLISH).startswith("Lower")


@pytest.mark.parametrize(
    ("more", "expected"),
    [
        ({}, None),
        ({"most_missing": 1}, "renormalised"),
        ({"most_missing": 1, "missing": "average"}, "averaged"),
    ],
)
def test_what_is_missing_is_treated_as_stated(more: dict[str, Any], expected: str | None) -> None:
    settings = settings_with([{"weights": {"a": 1, "b": 1, "c": 2}, **more}])
    found = scores(settings, TABLE)
    comparison, report = compared(settings, TABLE)
    assert found["P"] == pytest.approx(sum(w * z(TABLE[n])["P"] for n, w in
                                           (("a", 1), ("b", 1), ("c", 2))) / 4)  # fmt: skip
    known = z(TABLE["a"])["S"] + z(TABLE["b"])["S"]
    said = definition(comparison.first_of("mix").indicator, "areas", ENGLISH)  # type: ignore[arg-type]
    if expected is None:
        assert "S" not in found
        assert comparison.first_of("mix").of == 3
        assert any("leaves out 1 of 4 areas" in line for line in report.lines)
        assert "lacks any of them has no value" in said
    elif expected == "renormalised":
        assert found["S"] == pytest.approx(known / 2)
        assert "scaled up" in said
    else:
        assert found["S"] == pytest.approx(known / 4)
        assert "the mean of the known values stands in" in said


def test_a_composite_is_not_made_where_only_some_areas_are_known() -> None:
    """A release that ranks 9 areas, of which 4 are known here, would get wrong ranks."""
    settings = settings_with([{"weights": {"a": 1, "b": 1}}], of=9)
    with pytest.raises(JoinError, match="no edition has all that 'mix' weighs"):
        compared(settings, TABLE)


def test_the_main_composite_comes_first() -> None:
    settings = settings_with([{"weights": {"a": 1, "b": 1}, "main": True}])
    comparison, _ = compared(settings, TABLE)
    assert comparison.main.indicator.id == "mix"
    assert [i.id for i in comparison.indicators] == ["mix", "a", "b", "c"]


@pytest.mark.parametrize(
    ("composite", "said"),
    [
        ({"weights": {}}, "weights"),
        ({"weights": {"a": 0}}, "the weight of 'a' is 0, but must be above 0"),
        ({"weights": {"a": -2}}, "the weight of 'a' is -2, but must be above 0"),
        ({"weights": {"a": float("inf")}}, "the weight of 'a' is inf"),
        ({"weights": {"x": 1}}, "weighs 'x', which is no indicator (there are: a, b, c)"),
        ({"weights": {"a": 1}, "most_missing": 1}, "most_missing is 1, but there are 1 indicators"),
        ({"weights": {"a": 1}, "method": "sums"}, "method"),
        ({"weights": {"a": 1}, "missing": "zero"}, "missing"),
        ({"weights": {"a": 1}, "id": "b"}, "two of indicator are called 'b'"),
    ],
)
def test_a_wrong_setting_has_one_clear_message(composite: dict[str, Any], said: str) -> None:
    with pytest.raises(SettingsError) as error:
        settings_with([composite])
    assert said in str(error.value)
    assert str(error.value).count("\n  - ") == 1


def test_two_main_composites_and_a_neutral_part_are_refused() -> None:
    with pytest.raises(SettingsError, match=r"only one .*main = true"):
        settings_with([{"weights": {"a": 1}, "main": True},
                       {"weights": {"a": 1}, "main": True, "id": "other"}])  # fmt: skip
    raw = settings_with([{"weights": {"a": 1}}]).model_dump()
    raw["indicator"][0]["better"] = "neutral"
    raw.pop("folder"), raw.pop("file")
    with pytest.raises(SettingsError, match="neither high nor low values are better: state better"):
        settings_from(raw, Path("atlas.toml"))


def test_values_all_alike_have_no_z_scores() -> None:
    table = {**TABLE, "b": dict.fromkeys("PQRS", 1.0)}
    with pytest.raises(JoinError, match="all values of 'b' are alike"):
        scores(settings_with([{"weights": {"a": 1, "b": 1}}]), table)
    ranked = scores(settings_with([{"weights": {"a": 1, "b": 1}, "method": "ranks"}]), table)
    assert ranked == {"P": 3.25, "Q": 2.75, "R": 2.25, "S": 1.75}


# -- Properties --------------------------------------------------------------------------

FIGURES = st.integers(-40, 40).map(float)
TABLES = st.lists(st.tuples(FIGURES, FIGURES, FIGURES), min_size=4, max_size=12).filter(
    lambda rows: all(len({row[at] for row in rows}) > 1 for at in range(3))
)
WEIGHTS = st.tuples(*[st.integers(1, 9)] * 3)
METHODS = st.sampled_from(["z-scores", "ranks"])


def table_of(rows: Sequence[Sequence[float]]) -> dict[str, dict[str, float]]:
    return {
        name: {f"X{n:02}": row[at] for n, row in enumerate(rows)} for at, name in enumerate("abc")
    }


def weighed(weights: Sequence[float], method: str) -> list[dict[str, Any]]:
    return [{"weights": dict(zip("abc", weights, strict=True)), "method": method}]


@given(TABLES, WEIGHTS, st.floats(0.001, 1000), METHODS)
def test_weights_scaled_by_a_constant_change_nothing(
    rows: list[tuple[float, ...]], weights: tuple[int, ...], scale: float, method: str
) -> None:
    table = table_of(rows)
    one, _ = compared(settings_with(weighed(weights, method)), table)
    other, _ = compared(settings_with(weighed([w * scale for w in weights], method)), table)
    assert one.first_of("mix").positions == other.first_of("mix").positions


@given(TABLES, METHODS, st.booleans())
def test_one_indicator_alone_gives_its_own_ranks(
    rows: list[tuple[float, ...]], method: str, lower: bool
) -> None:
    settings = settings_with([{"weights": {"a": 5}, "method": method}], lower="a" * lower)
    comparison, _ = compared(settings, table_of(rows))
    ranks = {c: (p.rank, p.tied) for c, p in comparison.first_of("mix").positions.items()}
    assert ranks == {c: (p.rank, p.tied) for c, p in comparison.first_of("a").positions.items()}


@given(TABLES, WEIGHTS, METHODS)
def test_every_direction_turned_round_reverses_the_ranking(
    rows: list[tuple[float, ...]], weights: tuple[int, ...], method: str
) -> None:
    table = table_of(rows)
    one = scores(settings_with(weighed(weights, method)), table)
    other = scores(settings_with(weighed(weights, method), lower="abc"), table)
    better = "lower" if method == "ranks" else "higher"
    worse = "higher" if method == "ranks" else "lower"
    assert rank_scores(one, better) == rank_scores(other, worse)


@given(TABLES, WEIGHTS, METHODS)
def test_a_direction_turned_round_is_a_column_of_the_other_sign(
    rows: list[tuple[float, ...]], weights: tuple[int, ...], method: str
) -> None:
    table = table_of(rows)
    turned = {**table, "b": {code: -v for code, v in table["b"].items()}}
    one = scores(settings_with(weighed(weights, method), lower="b"), table)
    assert one == scores(settings_with(weighed(weights, method)), turned)


@given(st.lists(FIGURES, min_size=3, max_size=9).filter(lambda v: len(set(v)) > 1))
def test_z_scores_have_mean_0_and_deviation_1(values: list[float]) -> None:
    table = standardise([{str(n): v for n, v in enumerate(values)}], [False], "z-scores")
    assert float(table.values.mean()) == pytest.approx(0, abs=1e-9)
    assert float(table.values.std()) == pytest.approx(1)


# -- Other weights -----------------------------------------------------------------------


@given(TABLES, WEIGHTS, METHODS)
def test_what_other_weights_change_is_what_settings_with_them_give(
    rows: list[tuple[float, ...]], weights: tuple[int, ...], method: str
) -> None:
    table = table_of(rows)
    settings = settings_with(weighed(weights, method))
    comparison, _ = compared(settings, table)
    mine = comparison.first_of("mix").positions
    moves = weight_moves(comparison, comparison.first_of("mix"), settings.classes)
    assert len(moves) == 1 + 3 * len(FACTORS)
    for move in moves:
        own = dict(zip("abc", weights, strict=True))
        if move.indicator:
            own[move.indicator] *= move.factor
        else:
            own = dict.fromkeys(own, 1)
        left = {name: weight for name, weight in own.items() if weight}
        again, _ = compared(settings_with([{"weights": left, "method": method}]), table)
        other = again.first_of("mix").positions
        assert move.of == len(rows)
        assert move.changed == sum(other[c].level != mine[c].level for c in mine)
        most = max(abs(other[c].rank - mine[c].rank) for c in mine)
        assert abs(move.before - move.after) == most
        if most:
            assert (mine[move.code].rank, other[move.code].rank) == (move.before, move.after)


def test_one_indicator_has_no_other_weights() -> None:
    settings = settings_with([{"weights": {"a": 1}}])
    comparison, _ = compared(settings, TABLE)
    assert weight_moves(comparison, comparison.first_of("mix"), settings.classes) == ()


# -- Which values are better ------------------------------------------------------------


def test_the_build_says_in_one_line_whose_direction_is_not_stated() -> None:
    report = BufferReport()
    say_directions(
        [Indicator(id="a", name="Wages"), Indicator(id="b", name="Rent", better="lower"),
         Indicator(id="c", name="Cars", decimals=0).model_copy(update={"decimals": 2})],
        report,
    )  # fmt: skip
    (line,) = report.lines
    assert "not stated for 'Wages', 'Cars':" in line
    assert "Rent" not in line
    quiet = BufferReport()
    say_directions([Indicator(id="b", name="Rent", better="higher")], quiet)
    assert quiet.lines == []
    assert "don’t state which values are better" in direction(
        Indicator(id="a", name="Wages"), ENGLISH
    )
