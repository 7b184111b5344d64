"""The headline says what the data say."""

from __future__ import annotations

from making import SPOTS as WORDS
from making import made

from generator.catalogue import ENGLISH
from generator.language.headline import headline

SCORES = {name: (float(at), None) for at, name in enumerate("abcdefghij")}


def said(groups: dict[str, list[str]], **more: object) -> str:
    settings, comparison = made({"2016": SCORES}, areas=list(SCORES), groups=groups, **more)
    words = settings.atlas.words
    return headline(ENGLISH, comparison, settings.spots, words, "region" if groups else "")


SPOTS = {"spots": {**WORDS, "share": 0.3}}


def test_the_group_with_most_of_the_best_is_named() -> None:
    text = said({"Town": ["j", "i", "a"], "Shire": ["h", "b", "c", "d", "e", "f", "g"]}, **SPOTS)
    assert text == "2 of the 3 hotspots of 2016 are in Town"
    text = said({"Town": ["j", "i", "h"], "Shire": ["a", "b"]}, **SPOTS)
    assert text == "All 3 hotspots of 2016 are in Town"
    text = said({"New Town": ["j", "i"], "Shire": ["h", "b"]}, **SPOTS)
    assert text == "2 of the 3 hotspots of 2016 are in one region, New Town"


def test_where_no_group_leads_the_first_area_does() -> None:
    first = "j ranks first of 10 places in 2016"
    assert said({}) == first
    assert said({"Town": ["j", "a"], "Shire": ["i", "b"], "Moor": ["h"]}, **SPOTS) == first
