"""Whatever an indicator measures: sentences and legends agree with a recount of the values."""

from __future__ import annotations

import random
import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from making import made

from generator.catalogue import ENGLISH, FOLDER
from generator.data.classify import classify
from generator.data.compare import Comparison
from generator.language.areas import area_sentence, change_sentence
from generator.language.groups import group_sentence
from generator.language.headline import headline
from generator.language.positions import everywhere, figure_text
from generator.pages.legends import legend
from generator.settings import Classes, Settings, Spots, Words, settings_from
from generator.theme import TEMPLATES

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


ONE_IN = 5
"""Hot and cold are a fifth of the areas each, as the settings of these tests have it."""


def _grouped(
    numbers: list[float], better: str, parts: int
) -> tuple[Settings, Comparison, dict[str, list[str]], list[str]]:
    """An atlas in as many groups, their members, and all areas from first to last."""
    names = [f"Area {at}" for at in range(len(numbers))]
    groups = {f"Group{at}": names[at::parts] for at in range(parts)}
    settings, comparison = made(
        {"2020": {n: (v, None) for n, v in zip(names, numbers, strict=True)}},
        areas=names,
        groups=groups,
        indicator=[{"id": "overall", "name": "Minutes", "unit": "min", "better": better}],
    )
    value = dict(zip(names, numbers, strict=True))
    order = sorted(names, key=lambda name: value[name], reverse=better != "lower")
    return settings, comparison, groups, order


def _ends(order: list[str], better: str) -> dict[str, set[str]]:
    """Who is hot and who is cold, counted anew."""
    share = -(-len(order) // ONE_IN)
    if better == "neutral":
        return {"hot": set(), "cold": set()}
    return {"hot": set(order[:share]), "cold": set(order[-share:])}


@given(values, directions, st.integers(1, 5))
def test_a_group_s_sentence_says_what_a_recount_says(
    numbers: list[float], better: str, parts: int
) -> None:
    settings, comparison, groups, order = _grouped(numbers, better, parts)
    ends = _ends(order, better)
    for group in comparison.groups:
        members = groups[group.name]
        text = group_sentence(ENGLISH, comparison, group, settings.atlas.words, settings.spots)
        own = sorted(members, key=order.index)
        if better == "neutral":
            found = re.search(r"the highest is (Area \d+) .*, the lowest (Area \d+) ", text)
            alone = re.search(r"the highest is (Area \d+) ", text)
            assert alone
            assert (found or alone)[1] == own[0]
            assert not found or found[2] == own[-1]
            assert not re.search(r"spot|best|worst", text)
            continue
        said = re.findall(r"(no|\d+)(?: of (\d+) places?)?(?: are)? (hot|cold)spots?", text)
        counts = {spot: 0 if count == "no" else int(count) for count, _, spot in said}
        assert counts == {spot: len(ends[spot] & set(members)) for spot in ends}, text
        for total in [of for _, of, _ in said if of] + re.findall(r"among (\d+)", text):
            assert int(total) == len(members)
        if share := re.search(r"\((\d+)%", text):
            assert int(share[1]) == int(max(counts.values()) / len(members) * 100 + 0.5), text
        for name in re.findall(r"(Area \d+)\)", text):
            assert any(ends[spot] & set(members) == {name} for spot in ends), text


@given(values, directions, st.integers(2, 5))
def test_the_headline_says_what_a_recount_says(
    numbers: list[float], better: str, parts: int
) -> None:
    settings, comparison, groups, order = _grouped(numbers, better, parts)
    hot = _ends(order, better)["hot"]
    text = headline(ENGLISH, comparison, settings.spots, settings.atlas.words, "region")
    counts = {name: len(hot & set(members)) for name, members in groups.items()}
    found = re.fullmatch(r"(?:(\d+) of the|All) (\d+) hotspots of 2020 are in (Group\d)", text)
    if found:
        assert int(found[2]) == len(hot)
        assert int(found[1] or found[2]) == counts[found[3]] == max(counts.values())
        assert list(counts.values()).count(counts[found[3]]) == 1
    else:
        assert text == f"{order[0]} ranks first of {len(order)} places in 2020"


@given(values, st.randoms(use_true_random=False), directions)
def test_a_change_between_editions_is_what_a_recount_says(
    numbers: list[float], chance: random.Random, better: str
) -> None:
    names = [f"Area {at}" for at in range(len(numbers))]
    other = chance.sample(numbers, len(numbers))
    _, comparison = made(
        {
            edition: {n: (v, None) for n, v in zip(names, found, strict=True)}
            for edition, found in (("2020", numbers), ("2021", other))
        },
        areas=names,
        indicator=[{"id": "overall", "name": "Minutes", "better": better}],
        edition=[
            {"id": "2020", "table": "x.csv"},
            {"id": "2021", "table": "x.csv", "comparable_with": "2020"},
        ],
    )
    first, then = (sorted(v, reverse=better != "lower") for v in (numbers, other))
    for name, before, after in zip(names, numbers, other, strict=True):
        moved = first.index(before) - then.index(after)
        text = change_sentence(ENGLISH, comparison, name)
        found = re.search(r": (?:(\d+) places? (up|down)|no change)\.$", text)
        assert found, text
        assert (int(found[1]) * (1 if found[2] == "up" else -1) if found[1] else 0) == moved


WORD = st.text("aeiouyhmnlwŵâêîôûAEIOUHUÉß", min_size=1, max_size=8).filter(str.strip)


@given(values, WORD, WORD, st.sampled_from(["higher", "lower", "neutral"]), st.integers(1, 4))
def test_no_article_stands_before_a_word_of_the_settings(
    numbers: list[float], noun: str, other: str, better: str, parts: int
) -> None:
    """Nobody knows whether it wants "a" or "an": "an uchel", "a hour"."""
    words = Words(area=f"X{noun}", areas=f"X{noun}au")
    spots = Spots(
        hot=f"X{other}", hot_plural=f"X{other}s", cold=f"X{noun}", cold_plural=f"X{noun}s"
    )
    _, comparison, _, _ = _grouped(numbers, better, parts)
    said = [area_sentence(ENGLISH, comparison, c, words, spots) for c in comparison.areas]
    said += [group_sentence(ENGLISH, comparison, g, words, spots) for g in comparison.groups]
    said.append(headline(ENGLISH, comparison, spots, words, "region"))
    for text in said:
        assert not re.search(r"\b[Aa]n? X", text), text


def test_no_article_stands_before_a_word_of_the_settings_anywhere() -> None:
    """In the catalogue's texts a place for such a word has none before it."""
    placed = r"\b[Aa]n? %\((?:area|areas|Area|Areas|hot|cold|hots|colds|spot|spots|noun|kind)\)s"
    listed = (FOLDER / "messages.pot").read_text("utf-8").replace('"\n"', "")
    assert not re.findall(placed, listed)
    templates = "".join(p.read_text("utf-8") for p in TEMPLATES.rglob("*.html"))
    assert not re.findall(r"\b[Aa]n? \{\{ ?site\.words\.", templates)
