"""Ordinals, numbers, shares, and the sentences of areas and groups."""

from __future__ import annotations

import doctest
import re
from dataclasses import replace
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st
from making import SPOTS, made, shipped

from generator.catalogue import ENGLISH
from generator.language import numbers, positions
from generator.language.areas import area_sentence, change_sentence
from generator.language.changes import not_comparable
from generator.language.groups import group_sentence
from generator.language.numbers import MINUS, THIN, number, ordinal, percent, share_text
from generator.language.positions import rank_text
from generator.settings import Spots, Words

PLACES = Words(area="place", areas="places", country="the test")


def test_examples_in_docstrings_run() -> None:
    assert doctest.testmod(numbers).failed == 0
    assert doctest.testmod(positions).failed == 0


@pytest.mark.parametrize(
    ("n", "text"),
    [(1, "1st"), (2, "2nd"), (3, "3rd"), (4, "4th"), (10, "10th"), (11, "11th"), (12, "12th"),
     (13, "13th"), (20, "20th"), (21, "21st"), (22, "22nd"), (23, "23rd"), (44, "44th"),
     (101, "101st"), (111, "111th"), (112, "112th"), (121, "121st"), (324, "324th"),
     (1011, "1011th"), (32844, "32\u202f844th")],
)  # fmt: skip
def test_ordinals(n: int, text: str) -> None:
    assert ordinal(ENGLISH, n) == text


@pytest.mark.parametrize(
    ("value", "decimals", "text"),
    [(42.25, 1, "42.3"), (-89.363, 1, "\u221289.4"), (0.05, 1, "0.1"), (-0.05, 1, "\u22120.1"),
     (9999, 0, "9999"), (10000, 0, "10\u202f000"), (-1234567.5, 1, "\u22121\u202f234\u202f567.5"),
     (9999.96, 1, "10\u202f000.0"), (1e-9, 2, "0.00"), (1e21, 0, "1" + "\u202f000" * 7)],
)  # fmt: skip
def test_numbers(value: float, decimals: int, text: str) -> None:
    assert number(value, decimals) == text


@given(st.floats(-1e12, 1e12), st.integers(0, 6))
def test_numbers_read_back_within_half_a_step(value: float, decimals: int) -> None:
    text = number(value, decimals)
    back = float(text.replace(THIN, "").replace(MINUS, "-"))
    assert abs(back - value) <= 0.5 * 10**-decimals + abs(value) * 1e-15
    assert not re.search(r"[-, ]", text)


@given(st.integers(0, 500), st.integers(1, 500))
def test_only_none_is_0_and_only_all_is_100_per_cent(count: int, more: int) -> None:
    text = percent(ENGLISH, Fraction(count, count + more))
    assert (text == "0%") == (count == 0)
    assert text != "100%"


def test_halves_of_per_cents_go_up() -> None:
    assert share_text(ENGLISH, 17, 40) == "17 of 40, 43%"
    assert share_text(ENGLISH, 0, 0) == "0 of 0"
    assert percent(ENGLISH, 0.285) == "29%"


def test_rank_text_names_ties() -> None:
    alone = next(p for p in shipped()[1].main.positions.values() if p.rank == 44)
    tied = replace(alone, tied=True)
    assert rank_text(ENGLISH, alone, 324) == "44th of 324"
    assert rank_text(ENGLISH, tied, 324) == "joint 44th of 324"


def _sentence(name: str) -> str:
    settings, comparison = shipped()
    code = next(c for c, area in comparison.areas.items() if area.name == name)
    sentence = area_sentence(ENGLISH, comparison, code, settings.atlas.words, settings.spots)
    return sentence.replace("\u00a0", " ")


@pytest.mark.parametrize(
    ("name", "sentence"),
    [
        (
            "Rushcliffe",
            (
                "Rushcliffe ranks 44th of 324 in 2016, in the best 20% of England, and is the "
                "only hotspot of D2N2 in 2016 and 2017."
            ),
        ),
        (
            "Westminster",
            "Westminster ranks 1st of 324 in 2016 and 2017, the best rank in England.",
        ),
        (
            "West Somerset",
            (
                "West Somerset ranks 324th of 324 in 2016 and 2017, the last rank in England, and "
                "is the only coldspot of Somerset in 2016."
            ),
        ),
        (
            "Derby",
            "Derby ranks 303rd of 324 in 2016, in the worst 20% of England, and 316th in 2017.",
        ),
        (
            "Bristol, City of",
            (
                "City of Bristol ranks 214th of 324 in 2016, among neither hotspots nor coldspots, "
                "and 26th of 36 in its region (South West)."
            ),
        ),
    ],
)
def test_sentences_of_the_shipped_atlas(name: str, sentence: str) -> None:
    assert _sentence(name) == sentence


@pytest.mark.parametrize("name", ["City of London", "Isles of Scilly"])
def test_what_the_index_leaves_out_gets_the_reason_of_the_settings(name: str) -> None:
    sentence = _sentence(name)
    assert sentence.startswith(f"{name}: not ranked in 2016 or 2017. The published index")
    assert sentence.count("The published index") == 1


def test_every_area_and_group_has_a_clean_sentence() -> None:
    settings, comparison = shipped()
    sentences = [
        area_sentence(ENGLISH, comparison, code, settings.atlas.words, settings.spots)
        for code in comparison.areas
    ] + [
        group_sentence(ENGLISH, comparison, group, settings.atlas.words, settings.spots, measure)
        for group in comparison.groups
        for measure in comparison.headline()
    ]
    for sentence in sentences:
        assert sentence.endswith(".")
        assert not re.search(r"  |\.\.|, ,|,\.|\bNone\b|\b1 (?!of )\w+ are\b| in \.| -\d", sentence)
    assert sum("only hotspot of D2N2" in s for s in sentences) == 1


SCORES = {name: (float(-at), None) for at, name in enumerate("abcdefghij")}


def _made(name: str, **given: object) -> str:
    settings, comparison = made(**given)  # type: ignore[arg-type]
    return area_sentence(ENGLISH, comparison, name, PLACES, settings.spots).replace("\u00a0", " ")


def test_ties_at_the_top_and_the_bottom() -> None:
    scores = {**SCORES, "a": (0.0, None), "b": (0.0, None), "i": (-9.0, None), "j": (-9.0, None)}
    stated = {"editions": {"y": scores}, "areas": list("abcdefghij")}
    assert _made("a", **stated) == "a ranks joint 1st of 10 in y."
    assert _made("j", **stated).startswith("j ranks joint 9th of 10 in y")
    assert "last" not in _made("j", **stated)


def test_a_lone_hotspot_is_the_only_known_one_where_members_are_unknown() -> None:
    ranks = {"a": (None, 1), "e": (None, 5), "f": (None, 6)}
    stated = {
        "editions": {"y": ranks},
        "areas": list("abcdefghij"),
        "of": 10,
        "groups": {"Here": ["a", "e", "f", "g"]},
    }
    assert _made("a", **stated) == (
        "a ranks 1st of 10 in y, the best rank in the test, "
        "and is the only known hotspot of Here in y."
    )
    stated["absent"] = {"g": "It is too small."}
    assert "and is the only hotspot of Here" in _made("a", **stated)


def test_a_group_of_two_or_mostly_unknown_is_not_worth_saying() -> None:
    ranks = {"a": (None, 1), "e": (None, 5)}
    stated = {"editions": {"y": ranks}, "areas": list("abcdefghij"), "of": 10}
    assert "only" not in _made("a", **stated, groups={"Two": ["a", "e"]})
    assert "only" not in _made("a", **stated, groups={"Most": ["a", "e", "f", "g"]})


def test_missing_in_the_main_edition_but_known_in_another() -> None:
    editions = {"x": {n: SCORES[n] for n in "abcdefghi"}, "y": {"j": (None, 3)}}
    settings, comparison = made(editions, areas=list("abcdefghij"), of=10)
    sentence = area_sentence(ENGLISH, comparison, "j", PLACES, settings.spots)
    assert sentence == (
        "j ranks 3rd of 10 in y, among neither hotspots nor coldspots; the rank of x is not known "
        "here."
    )
    assert change_sentence(ENGLISH, comparison, "j") == (
        "3rd of 10 in y; the rank of x is not known here."
    )


def test_unknown_everywhere_is_not_left_out_of_the_index() -> None:
    settings, comparison = made({"x": {"a": (1.0, None)}}, areas=["a", "b"], of=9)
    assert area_sentence(ENGLISH, comparison, "b", PLACES, settings.spots) == (
        "b: the rank of x is not known here."
    )


def test_without_spots_a_sentence_has_ranks_only() -> None:
    _, comparison = made({"y": SCORES}, areas=list("abcdefghij"), groups={"Here": list("bcd")})
    assert area_sentence(ENGLISH, comparison, "c", PLACES, None) == (
        "c ranks 3rd of 10 in y, and 2nd of 3 in Here."
    )
    here = comparison.groups[0]
    assert group_sentence(ENGLISH, comparison, here, PLACES, None) == (
        "Here in y: the best is b (2nd of 10), the last d (4th of 10)."
    )


def test_ranks_of_editions_that_are_not_comparable_stand_side_by_side() -> None:
    _, comparison = shipped()
    by_name = {area.name: code for code, area in comparison.areas.items()}
    stated = {n: change_sentence(ENGLISH, comparison, by_name[n]) for n in by_name}
    assert stated["Rushcliffe"] == "44th of 324 in 2016, 41st of 324 in 2017."
    assert stated["Westminster"] == "1st of 324 in 2016, 1st of 324 in 2017."
    assert stated["York"] == "152nd of 324 in 2016; the rank of 2017 is not known here."
    assert stated["City of London"] == ""


ABC = {"a": (3.0, None), "b": (2.0, None), "c": (1.0, None)}
CBA = {"a": (1.0, None), "b": (2.0, None), "c": (3.0, None)}


def _editions(*comparable: tuple[str, ...], **editions: object) -> list[dict[str, object]]:
    found = [{"id": e, "table": "x.csv"} for e in editions]
    return [e | {"comparable_with": list(c)} for e, c in zip(found, comparable, strict=True)]


def test_a_change_of_rank_is_stated_between_comparable_editions() -> None:
    editions = {"x": ABC, "y": CBA}
    _, comparison = made(editions, areas="abc", edition=_editions((), ("x",), **editions))
    stated = {c: change_sentence(ENGLISH, comparison, c) for c in "abc"}
    assert stated == {
        "a": "1st of 3 in x, 3rd of 3 in y: 2 places down.",
        "b": "2nd of 3 in x, 2nd of 3 in y: no change.",
        "c": "3rd of 3 in x, 1st of 3 in y: 2 places up.",
    }


def test_of_three_editions_a_change_runs_from_the_one_that_is_comparable() -> None:
    editions = {"x": ABC, "y": ABC, "z": CBA}
    _, comparison = made(editions, areas="abc", edition=_editions((), (), ("y",), **editions))
    assert change_sentence(ENGLISH, comparison, "a") == (
        "1st of 3 in x, 1st of 3 in y, 3rd of 3 in z: 2 places down since y."
    )


def test_ranks_out_of_different_numbers_are_not_subtracted() -> None:
    editions = {"x": ABC, "y": {"a": (1.0, None), "b": (2.0, None)}}
    _, comparison = made(editions, areas="abc", edition=_editions((), ("x",), **editions))
    assert change_sentence(ENGLISH, comparison, "a") == "1st of 3 in x, 2nd of 2 in y."


def test_why_no_change_is_stated_is_counted_from_the_data() -> None:
    _, comparison = shipped()
    assert not_comparable(ENGLISH, *comparison.headline()) == (
        "Social Mobility Index 2017 is not stated to be comparable with Social Mobility Index "
        "2016, and only 47 of its 324 ranks and no scores are known here. Pages put their ranks "
        "side by side and state no change."
    )
    for then, said in (
        (CBA, "."),
        ({"a": (None, 1)}, ", and only 1 of its 3 ranks and no scores are known here."),
        ({"a": (1.0, 1)}, ", and only 1 of its 3 ranks are known here."),
    ):
        _, comparison = made({"x": ABC, "y": then}, areas="abc", of=3)
        found = not_comparable(ENGLISH, *comparison.headline())
        assert found.partition("with x")[2].partition(" Pages")[0] == said


def test_groups() -> None:
    settings, comparison = shipped()
    by_name = {g.name: g for g in comparison.groups if g.kind != "county"}

    def said(name: str, at: int) -> str:
        sentence = group_sentence(
            ENGLISH, comparison, by_name[name], settings.atlas.words, settings.spots,
            comparison.headline()[at],
        )  # fmt: skip
        return sentence.replace("\u00a0", " ")

    assert said("East Midlands", 0) == (
        "East Midlands in 2016: 17 of 40 authorities are coldspots (43%) and 4 are hotspots."
    )
    assert said("D2N2", 1) == (
        "D2N2 in 2017: 13 of 17 authorities are coldspots (76%), and 1 hotspot (Rushcliffe)."
    )
    assert said("London", 0).startswith("London in 2016: 30 of 32 authorities are hotspots (94%)")
    assert said("West Midlands", 1) == (
        "West Midlands in 2017: 1 of 30 ranks is known, 1 hotspot (Solihull) and no coldspots "
        "among them."
    )
    assert said("North East", 1) == "North East in 2017: no rank is known here."


@pytest.mark.parametrize(
    ("share", "phrase"), [(0.2, "in the best 20% of"), (0.125, "in the best 13% of")]
)
def test_the_share_of_the_settings_is_told(share: float, phrase: str) -> None:
    settings, comparison = made(
        {"y": {str(n): (float(-n), None) for n in range(20)}},
        areas=[str(n) for n in range(20)],
        spots={**SPOTS, "share": share},
    )
    assert settings.spots == Spots(**{**SPOTS, "share": share})
    assert phrase in area_sentence(ENGLISH, comparison, "1", PLACES, settings.spots)
