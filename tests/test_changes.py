"""Change between editions: which may be compared, and what changed."""

from __future__ import annotations

import pytest
from making import made

from generator.data.changes import comparable_pairs, need_shared
from generator.data.compare import Comparison
from generator.errors import JoinError

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
