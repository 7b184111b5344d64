"""What the tile explorer fetches: whole, true to the classes of the atlas, and small."""

from __future__ import annotations

import json
import re
from collections import Counter
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from built import Built
from explored import Figures, explored, figures, joined
from hypothesis import given
from hypothesis import strategies as st
from making import made
from test_classify import VISION, apart, lab, linear

from generator.build import schemes
from generator.catalogue import ENGLISH
from generator.data.classify import MOST_FOR_FISHER_JENKS, classify
from generator.data.compare import Measure
from generator.data.palettes import PALETTES, Palette
from generator.errors import AtlasError
from generator.exports import explorer, explorer_measures
from generator.kept import Kept
from generator.settings import Classes, Settings

LETTERS = explorer_measures.DIGITS


def asset(built: Built, name: str) -> Any:
    """A JSON asset by its logical name."""
    stem = name.removesuffix(".json")
    (path,) = built.folder.glob(f"assets/{stem}.*.json")
    return json.loads(path.read_text(encoding="utf-8"))


# -- MapLibre's files --------------------------------------------------------------------


def test_maplibre_is_served_by_the_site_alone() -> None:
    files = explorer.maplibre_files()
    assert set(files) == {"maplibre-gl.js", "maplibre-gl.css"}
    script, style = files["maplibre-gl.js"].decode(), files["maplibre-gl.css"].decode()
    assert "sourceMappingURL" not in script
    assert "BSD" in script[:400], "the licence stays at the head"
    assert "url(" not in style
    assert style.count("{") == style.count("}") > 100
    assert ".maplibregl-canvas" in style


def test_without_the_package_the_error_says_what_to_do(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(explorer.importlib.util, "find_spec", lambda _: None)
    with pytest.raises(AtlasError, match="MapLibre") as caught:
        explorer.maplibre_files()
    assert "requirements.txt" in caught.value.fix


# -- Colours -----------------------------------------------------------------------------


@pytest.mark.parametrize("palette", PALETTES, ids=lambda palette: palette.id)
@pytest.mark.parametrize("vision", VISION)
def test_any_two_of_five_classes_can_be_told_apart(palette: Palette, vision: str) -> None:
    colours = palette.ramp(5)
    closest = min(apart(a, b, vision) for i, a in enumerate(colours) for b in colours[:i])
    assert closest > 10


@pytest.mark.parametrize("palette", PALETTES, ids=lambda palette: palette.id)
@given(count=st.integers(2, 12))
def test_ramps_run_from_end_to_end(palette: Palette, count: int) -> None:
    colours = palette.ramp(count)
    assert len(set(colours)) == count
    assert (colours[0], colours[-1]) == (palette.anchors[0], palette.anchors[-1])
    assert all(re.fullmatch("#[0-9a-f]{6}", colour) for colour in colours)


@given(count=st.integers(2, 12))
def test_the_single_hue_gets_darker_at_every_step(count: int) -> None:
    light = [lab(linear(colour))[0] for colour in PALETTES[1].ramp(count)]
    assert all(b < a for a, b in pairwise(light))


# -- Classes -----------------------------------------------------------------------------


@given(st.dictionaries(st.text("abc", min_size=1, max_size=4), st.integers(-50, 50), min_size=1))
def test_schemes_that_fail_are_left_out_and_the_others_are_whole(found: dict[str, int]) -> None:
    scores = {code: float(value) for code, value in found.items()}
    for scheme in explorer_measures.SCHEMES:
        made = explorer_measures._classified(ENGLISH, scores, Classes(scheme=scheme), "higher")
        if made is not None:
            assert set(made.levels) == set(scores)
            assert sum(c.count for c in made.classes) == len(scores)


def test_the_file_says_what_the_atlas_says(mini_site: Built) -> None:
    found = explored(mini_site)
    codes = found.codes
    assert found.head["count"] == len(codes)
    assert found.head["measures"]
    for measure_id, _, _, folder in found.head["measures"]:
        data = figures(mini_site, folder, found.head["parts"])
        assert data.head["id"] == measure_id
        assert len(data.scores) == len(data.ranks) == len(data.bins) == len(codes)
        assert data.head["known"] == sum(letter != explorer_measures.NONE for letter in data.bins)
        for scheme in data.head["schemes"]:
            levels = data.levels[scheme["id"]]
            assert len(levels) == len(codes)
            counts = [levels.count(LETTERS[level]) for level in range(len(scheme["classes"]))]
            assert counts == [count for _, _, count in scheme["classes"]]
            assert sum(counts) == data.head["known"]
            assert all(a < b for a, b in pairwise(scheme["breaks"]))
            for ramps in found.head["ramps"].values():
                assert len(ramps[str(len(counts))]) == len(counts)


def test_bars_and_ticks_are_those_of_the_areas(mini_site: Built) -> None:
    found = explored(mini_site)
    for _, _, _, folder in found.head["measures"]:
        data = figures(mini_site, folder, found.head["parts"])
        for scheme in data.head["schemes"]:
            levels = data.levels[scheme["id"]]
            known = [at for at, letter in enumerate(data.bins) if letter != explorer_measures.NONE]
            counted = Counter((data.bins[at], levels[at]) for at in known)
            bars = Counter({
                (LETTERS[bin_], LETTERS[level]): count
                for bin_, bar in enumerate(scheme["bars"])
                for level, count in zip(bar[::2], bar[1::2], strict=True)
            })  # fmt: skip
            assert len(scheme["bars"]) == explorer_measures.BINS
            assert bars == counted
            for level, ticks in enumerate(scheme["ticks"]):
                own = {data.places[at] for at in known if levels[at] == LETTERS[level]}
                assert ticks == sorted(own)


def test_the_first_scheme_is_that_of_the_other_maps(mini_site: Built) -> None:
    found = explored(mini_site)
    main = found.head["measure"]
    folder = next(folder for id_, _, _, folder in found.head["measures"] if id_ == main)
    data = figures(mini_site, folder, found.head["parts"])
    values = asset(mini_site, f"values/{main}")
    own = data.head["schemes"][0]
    assert [label for label, _, _ in own["classes"]] == values["labels"]
    for at, code in enumerate(found.codes):
        stated, letter = values["values"].get(code), data.levels[own["id"]][at]
        if stated is None:
            assert letter == explorer_measures.NONE
        else:
            assert [data.ranks[at], data.scores[at]] == stated[:2]
            assert LETTERS.index(letter) == stated[2]


def test_layouts_are_the_tile_sets_and_boxes_lie_within(mini_site: Built) -> None:
    found = explored(mini_site)
    for name, layout in found.head["layouts"].items():
        about = json.loads(mini_site.text(f"tiles/{name}.json"))
        assert layout["bounds"] == about["bounds"]
        assert layout["zooms"] == [about["minzoom"], about["maxzoom"]]
        assert layout["areas_from"] == about["minzoom"]
        assert layout["groups"] == []
        boxes = np.array(found.boxes[name]) / 1000
        west, south, east, north = layout["bounds"]
        drawn = boxes[boxes.any(axis=1)]
        assert len(drawn)
        slack = 0.0006
        assert (drawn[:, :2] >= np.array([west, south]) - slack).all()
        assert (drawn[:, 2:] <= np.array([east, north]) + slack).all()
        assert (drawn[:, 0] < drawn[:, 2]).all()
        assert drawn[:, 0].min() == pytest.approx(west, abs=slack)
        assert drawn[:, 3].max() == pytest.approx(north, abs=slack)


def written(scores: dict[str, float], better: str = "higher") -> Figures:
    """What the explorer fetches of a measure of some scores, in four classes of equal width."""
    settings, comparison = made(
        {"2020": {name: (score, None) for name, score in scores.items()}},
        areas=[*scores, "unknown"],
        classes={"scheme": "EqualInterval", "k": 4, "labels": ["A", "B", "C", "D"],
                 "colours": ["#8a0c22", "#d9714c", "#7db3d8", "#2464a8"]},
        indicator=[{"id": "overall", "name": "Overall score", "better": better}],
    )  # fmt: skip
    return said(settings, comparison.main, [*scores, "unknown"])


def said(settings: Settings, measure: Measure, codes: list[str]) -> Figures:
    """What the explorer fetches of a measure, in parts of two areas."""
    schemes = explorer_measures.measure_schemes(settings, measure)
    parts = [codes[at : at + 2] for at in range(0, len(codes), 2)]
    files = explorer_measures.measure_files(settings.speak, measure, parts, schemes)
    head, *rest = (json.loads(content) for content in files)
    return joined(head, rest)


def test_a_value_on_a_limit_is_in_the_class_below_it_and_the_highest_in_the_last() -> None:
    # The limits are 1, 2, 3 and 4: a class holds its upper limit, and not its lower one.
    scores = {"a": 0.0, "b": 1.0, "c": 1.5, "d": 2.0, "e": 2.5, "f": 3.0, "g": 3.5, "h": 4.0}
    data = written(scores)
    own = data.head["schemes"][0]
    assert own["breaks"] == [1, 2, 3, 4]
    assert data.levels["EqualInterval"] == "00112233-"
    assert [count for _, _, count in own["classes"]] == [2, 2, 2, 2]
    assert written(scores, "lower").levels["EqualInterval"] == "33221100-"


def test_the_histogram_s_last_bar_holds_the_highest_value() -> None:
    bins = explorer_measures.BINS
    scores = {f"n{n}": float(n) for n in range(bins + 1)}
    data = written(scores)
    # Each bar holds its lower limit; the last its upper one, too.
    assert data.bins == LETTERS[:bins] + LETTERS[bins - 1] + explorer_measures.NONE
    assert data.head["ends"] == ["0.0", "32.0"]


@pytest.mark.parametrize(("better", "places"), [
    ("higher", [0, 250, 1000, -1]), ("lower", [1000, 750, 0, -1]), ("neutral", [0, 250, 1000, -1]),
])  # fmt: skip
def test_the_strip_s_best_end_is_the_better_one(better: str, places: list[int]) -> None:
    assert written({"a": -1.0, "b": 0.0, "c": 3.0}, better).places == places


def test_where_only_ranks_are_known_the_first_is_at_the_best_end() -> None:
    settings, comparison = made({"2020": {"a": (None, 1), "b": (None, 5)}}, areas=["a", "b"], of=5)
    assert said(settings, comparison.main, ["a", "b"]).places == [1000, 0]


def test_schemes_are_tried_again_where_classes_or_words_change_and_only_there(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings, comparison = made({"2020": {"a": (1.0, None), "b": (2.0, None)}}, areas=["a", "b"])
    kept, tried = Kept(), []
    monkeypatch.setattr(explorer_measures, "measure_schemes", lambda *_: tried.append(1) or ())
    words = tmp_path / "words.po"
    words.write_text("# one", encoding="utf-8")

    def times(**changed: object) -> int:
        atlas = settings.atlas.model_copy(update=changed)
        classes = settings.classes.model_copy(update={"k": changed.get("k", 5)})
        own = settings.model_copy(update={"atlas": atlas, "classes": classes})
        monkeypatch.setattr(type(own), "speak", ENGLISH)
        schemes.explored(kept, own, comparison.main, [["a", "b"]], [])
        return len(tried)

    assert times() == 1
    assert times(title="Another", summary="Another") == 1
    assert times(k=4) == 2
    assert times(catalogue=words) == 3
    assert times(catalogue=words, intro="Another") == 3
    words.write_text("# two", encoding="utf-8")
    assert times(catalogue=words) == 4


def test_costly_schemes_are_left_out_of_large_sets(monkeypatch: pytest.MonkeyPatch) -> None:
    tried: list[str] = []
    monkeypatch.setattr(
        explorer_measures, "_classified", lambda _, __, own, ___: tried.append(own.scheme)
    )

    class _Measure:
        has_scores = True
        classification = classify({"a": 1.0}, Classes())

        def __init__(self, count: int) -> None:
            self.positions = {str(n): _Position(float(n)) for n in range(count)}
            self.indicator = _Indicator

    for count, offered in ((MOST_FOR_FISHER_JENKS + 1, False), (10, True)):
        tried.clear()
        explorer_measures.measure_schemes(_Settings, _Measure(count))  # type: ignore[arg-type]
        assert ("FisherJenks" in tried) is offered
        assert ("NaturalBreaks" in tried) is not offered, (
            "the same by trial, where that can't serve"
        )
        assert "Quantiles" not in tried, "the atlas's own isn't computed twice"


class _Position:
    def __init__(self, score: float) -> None:
        self.score = score


class _Indicator:
    better = "higher"


class _Settings:
    classes = Classes()
    speak = ENGLISH


# -- The page ------------------------------------------------------------------------------


def test_the_page_stands_without_its_script(mini_site: Built) -> None:
    html = mini_site.text("explore/index.html")
    assert "worker-src blob:" in html
    assert html.count("<path class=") >= len(explored(mini_site).codes)
    assert 'id="explore-fallback"' in html
    other = mini_site.text("data/index.html")
    assert "blob:" not in other
    assert "maplibre-gl" not in re.sub(r"<pre.*?</pre>", "", other, flags=re.DOTALL)


def test_the_page_of_downloads_says_how_to_use_the_tiles(mini_site: Built) -> None:
    html = mini_site.text("data/index.html")
    tiles = asset(mini_site, "explore")["layouts"]
    first = next(iter(tiles.values()))["tiles"]
    assert first in html
    for tool in ("QGIS", "MapLibre GL JS", "Leaflet", "Felt", "PMTiles"):
        assert f">{tool}" in html
