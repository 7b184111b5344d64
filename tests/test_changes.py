"""Change between editions: which may be compared, and what changed."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from making import made

from generator.data.changes import (
    Change,
    comparable_pairs,
    edition_changes,
    need_shared,
)
from generator.data.compare import Comparison
from generator.errors import JoinError
from generator.settings import Classes

TWO = {"x": {"a": (3.0, None), "b": (2.0, None)}, "y": {"a": (1.0, None), "b": (2.5, None)}}


def compared(editions: dict, *comparable: object, **more: object) -> Comparison:
    """Editions, each said to be comparable with those given in its place."""
    stated = [
        {"id": e, "table": "x.csv", "comparable_with": c, "of": more.get("of")}
        for e, c in zip(editions, comparable, strict=True)
    ]
    areas = sorted({code for known in editions.values() for code in known})
    return made(editions, areas=areas, edition=stated, **more)[1]


def test_pairs_are_those_of_the_settings_and_no_others() -> None:
    three = TWO | {"z": TWO["x"]}
    assert comparable_pairs(compared(three, [], "x", ["x"])) == (("x", "y"), ("x", "z"))
    assert comparable_pairs(compared(three, [], "x", ["y"])) == (("x", "y"), ("y", "z"))
    assert comparable_pairs(compared(three, [], [], [])) == ()


def test_comparable_editions_need_a_figure_of_one_area_in_both() -> None:
    need_shared(compared(TWO, [], "x"), "atlas.toml")
    apart = {"x": {"a": (1.0, None)}, "y": {"b": (1.0, None)}}
    need_shared(compared(apart, [], []), "atlas.toml")
    with pytest.raises(JoinError, match="no area has a figure of the same indicator") as caught:
        need_shared(compared(apart, [], "x"), "atlas.toml")
    assert "'y' is said to be comparable with 'x'" in caught.value.message
    assert caught.value.where == "atlas.toml"
    assert "comparable_with" in caught.value.fix


def test_ranks_alone_out_of_different_numbers_are_nothing_to_compare() -> None:
    ranks = {"x": {"a": (None, 1), "b": (None, 2)}, "y": {"a": (None, 1)}}
    with pytest.raises(JoinError, match="ranks alone, out of 2 and out of 1 areas"):
        need_shared(compared(ranks, [], "x"), "atlas.toml")
    need_shared(compared(ranks, [], "x", of=2), "atlas.toml")


def only(comparison: Comparison) -> Change:
    (pair,) = edition_changes(comparison, Classes())
    (found,) = pair.changes
    return found


def test_figures_are_subtracted_as_they_were_published() -> None:
    found = only(compared({"x": {"a": (0.1, None)}, "y": {"a": (0.3, None)}}, [], "x"))
    assert str(found.differences["a"].value) == "0.2"


def test_what_is_missing_in_one_edition_has_no_change() -> None:
    found = only(
        compared({"x": TWO["x"] | {"c": (1.0, None)}, "y": TWO["y"] | {"d": (1.0, None)}}, [], "x")
    )
    assert set(found.known) == {"a", "b"}
    for code, ranks in {"c": (3, None), "d": (None, 2)}.items():
        lone = found.differences[code]
        assert (lone.value, lone.places, lone.level) == (None, None, None)
        assert (lone.rank_before, lone.rank_after) == ranks
    assert found.differences["a"].places == 1 - 2


def test_ranks_are_not_subtracted_where_different_numbers_are_ranked() -> None:
    found = only(compared({"x": TWO["x"] | {"c": (1.0, None)}, "y": TWO["y"]}, [], "x"))
    assert not found.ranked
    assert {d.places for d in found.differences.values()} == {None}
    assert found.differences["b"].value == Decimal("0.5")


def test_published_ranks_without_figures_are_compared_by_places() -> None:
    found = only(compared({"x": {"a": (None, 9)}, "y": {"a": (None, 4)}}, [], "x", of=10))
    assert found.by_rank
    assert found.known == {"a": 5}


def test_digits_suffice_to_tell_the_smallest_change_from_none() -> None:
    found = only(compared({"x": {"a": (1.02, None)}, "y": {"a": (1.0, None)}}, [], "x"))
    assert (found.decimals, found.rounded) == (2, False)
    found = only(compared({"x": {"a": (1.26, None)}, "y": {"a": (3.0, None)}}, [], "x"))
    assert (found.decimals, found.rounded) == (1, True)


figures = st.integers(-60, 60).map(lambda tenths: tenths / 10)


@given(
    st.lists(st.tuples(figures, figures), min_size=1, max_size=40),
    st.sampled_from(["Quantiles", "FisherJenks", "EqualInterval", "BoxPlot", "UserDefined"]),
)
def test_classes_mirror_each_other_about_no_change(
    pairs: list[tuple[float, float]], scheme: str
) -> None:
    editions = {
        edition: {f"a{at}": (pair[which], None) for at, pair in enumerate(pairs)}
        for which, edition in enumerate("xy")
    }
    comparison = compared(editions, [], "x")
    classes = Classes(scheme=scheme, breaks=(0.5,) if scheme == "UserDefined" else ())
    found = edition_changes(comparison, classes)[0].changes[0]
    steps = len(found.classes) // 2
    assert steps <= 3
    assert [c.level for c in found.classes] == list(range(2 * steps + 1))
    middle = found.classes[steps]
    assert middle.low == middle.high == 0
    for fall, rise in zip(reversed(found.classes[:steps]), found.classes[steps + 1 :], strict=True):
        assert (-fall.high, -fall.low) == (rise.low, rise.high)
        assert fall.count + rise.count > 0
    limits = [limit for c in found.classes[steps + 1 :] for limit in (c.low, c.high)]
    assert limits == sorted(limits)
    for at, (before, after) in enumerate(pairs):
        one = found.differences[f"a{at}"]
        tenths = round(after * 10) - round(before * 10)
        assert one.value == Decimal(tenths) / 10
        own = found.classes[one.level]
        assert own.low <= one.value <= own.high
        assert (one.level > steps) == (tenths > 0)
        assert (one.level < steps) == (tenths < 0)
    assert [c.count for c in found.classes] == [
        sum(d.level == c.level for d in found.differences.values()) for c in found.classes
    ]
    assert found.rose + found.fell + middle.count == len(pairs)
