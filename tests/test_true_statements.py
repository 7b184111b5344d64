"""Whatever an indicator measures: sentences and legends agree with a recount of the values."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from making import made

from generator.catalogue import ENGLISH
from generator.data.classify import classify
from generator.data.compare import Comparison
from generator.language.areas import area_sentence
from generator.language.positions import everywhere, figure_text
from generator.pages.legends import legend
from generator.settings import Classes, Settings, Words, settings_from

values = st.lists(
    st.integers(-9999, 9999).map(lambda n: n / 10), min_size=8, max_size=40, unique=True
)
directions = st.sampled_from(["higher", "lower", "neutral"])


def _one(numbers: list[float], better: str, **more: object) -> tuple[Settings, Comparison]:
    names = [f"Area {at}" for at in range(len(numbers))]
    return made(
        {"2020": {n: (v, None) for n, v in zip(names, numbers, strict=True)}},
        areas=names,
        indicator=[{"id": "overall", "name": "Minutes", "unit": "min", "better": better} | more],
    )


def _number(text: str) -> float:
    return float(text.replace("\u2212", "-").replace("\u202f", ""))


@given(values, directions)
def test_a_legend_s_names_and_limits_are_those_of_the_values(
    numbers: list[float], better: str
) -> None:
    _, comparison = _one(numbers, better)
    rows = legend(ENGLISH, comparison, comparison.main).rows
    assert sum(row.count for row in rows) == len(numbers)
    for row in rows:
        ends = [_number(part) for part in row.range.split(" to ")]
        inside = [v for v in numbers if ends[0] <= v <= ends[-1]]
        assert len(inside) == row.count
        if row.label == "Highest values":
            assert max(numbers) in inside
        if row.label == "Lowest values":
            assert min(numbers) in inside
    # The list runs from good to bad, or from high to low.
    first = "Lowest values" if better == "lower" else "Highest values"
    assert rows[0].label in {first, "All alike"}


@given(values, directions)
def test_an_area_s_sentence_says_what_a_recount_says(numbers: list[float], better: str) -> None:
    settings, comparison = _one(numbers, better)
    words = settings.atlas.words
    good_first = sorted(numbers, reverse=better != "lower")
    share = -(-len(numbers) // 5)
    for at, value in enumerate(numbers):
        text = area_sentence(ENGLISH, comparison, f"Area {at}", words, settings.spots).replace(
            "\xa0", " "
        )
        rank = good_first.index(value) + 1
        stated = re.search(r"ranks (\d+)\w\w of (\d+)", text)
        assert stated
        assert [int(n) for n in stated.groups()] == [rank, len(numbers)]
        said = {
            "the best rank": better != "neutral" and rank == 1,
            "the highest value": better == "neutral" and value == max(numbers),
            "the lowest value": better == "neutral" and value == min(numbers),
            "in the best 20%": better != "neutral" and 1 < rank <= share,
            "in the worst 20%": better != "neutral" and len(numbers) - share < rank < len(numbers),
        }
        assert {phrase: phrase in text for phrase in said} == said, text
        if better == "neutral":
            assert not re.search(r"\b(best|worst|hotspot|coldspot)", text)


def test_a_figure_has_its_unit_and_its_sign() -> None:
    for unit, said in (("min", "\u22125.8\xa0min"), ("£", "\u2212£5.8"), ("%", "\u22125.8%")):
        _, comparison = made(
            {"2020": {"a": (-5.8, None)}},
            areas=["a"],
            indicator=[{"id": "overall", "name": "X", "unit": unit}],
        )
        assert figure_text(ENGLISH, comparison.main, -5.8) == said
    _, comparison = _one([1.0, 2.0], "higher", unit="a unit too long for every figure")
    assert figure_text(ENGLISH, comparison.main, 2.0) == "score 2.0"


@given(values, st.sampled_from(["higher", "lower"]))
def test_the_two_directions_are_mirror_images(numbers: list[float], better: str) -> None:
    """Class 0 is the worst in both, and holds the other end of the values."""
    found = classify({str(v): v for v in numbers}, Classes(k=4), better=better)
    worst = [float(v) for v, level in found.levels.items() if level == 0]
    assert (min(numbers) if better == "higher" else max(numbers)) in worst


def test_no_default_names_a_place_or_a_topic() -> None:
    raw = {
        "atlas": {"title": "T", "words": {"area": "cantref", "areas": "cantrefi"}},
        "geography": {},
        "edition": [{"id": "1", "table": "x.csv"}],
    }
    settings = settings_from(raw, Path("atlas.toml"))
    assert settings.spots
    assert (settings.spots.hot, settings.spots.cold_plural) == ("top cantref", "bottom cantrefi")
    assert everywhere(ENGLISH, settings.atlas.words) == "all cantrefi"
    assert Words().country == ""
    off = settings_from({**raw, "spots": False}, Path("atlas.toml"))
    assert off.spots is None


@pytest.mark.parametrize("better", ["higher", "neutral"])
def test_without_spots_nothing_is_called_one(better: str) -> None:
    settings, comparison = made(
        {"2020": {c: (float(at), None) for at, c in enumerate("abcdefghij")}},
        areas=list("abcdefghij"),
        indicator=[{"id": "overall", "name": "X", "better": better}],
        spots=False,
    )
    assert all(p.spot is None for p in comparison.main.positions.values())
    text = area_sentence(ENGLISH, comparison, "b", settings.atlas.words, settings.spots)
    assert "neither" not in text
