"""What the tile explorer fetches: whole, true to the classes of the atlas, and small."""

from __future__ import annotations

import json
import re
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from built import Built
from hypothesis import given
from hypothesis import strategies as st
from making import made
from test_classify import VISION, apart, lab, linear

from generator.build.schemes import explored
from generator.catalogue import ENGLISH
from generator.data.classify import MOST_FOR_FISHER_JENKS, classify
from generator.data.palettes import PALETTES, Palette
from generator.errors import AtlasError
from generator.exports import explorer
from generator.kept import Kept
from generator.settings import Classes

LETTERS = explorer.DIGITS


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
    for scheme in explorer.SCHEMES:
        made = explorer._classified(ENGLISH, scores, Classes(scheme=scheme), "higher")
        if made is not None:
            assert set(made.levels) == set(scores)
            assert sum(c.count for c in made.classes) == len(scores)


def test_the_file_says_what_the_atlas_says(mini_site: Built) -> None:
    index = asset(mini_site, "explore")
    codes = index["codes"]
    assert index["measures"]
    for measure_id, _, _, path in index["measures"]:
        data = json.loads(mini_site.text(path))
        assert data["id"] == measure_id
        assert len(data["scores"]) == len(data["ranks"]) == len(data["bins"]) == len(codes)
        assert data["known"] == sum(letter != explorer.NONE for letter in data["bins"])
        for scheme in data["schemes"]:
            levels = scheme["levels"]
            assert len(levels) == len(codes)
            counts = [levels.count(LETTERS[level]) for level in range(len(scheme["classes"]))]
            assert counts == [count for _, _, count in scheme["classes"]]
            assert sum(counts) == data["known"]
            assert all(a < b for a, b in pairwise(scheme["breaks"]))
            for ramps in index["ramps"].values():
                assert len(ramps[str(len(counts))]) == len(counts)


def test_the_first_scheme_is_that_of_the_other_maps(mini_site: Built) -> None:
    index = asset(mini_site, "explore")
    path = next(path for id_, _, _, path in index["measures"] if id_ == index["measure"])
    data = json.loads(mini_site.text(path))
    values = asset(mini_site, f"values/{index['measure']}")
    own = data["schemes"][0]
    assert [label for label, _, _ in own["classes"]] == values["labels"]
    for at, code in enumerate(index["codes"]):
        stated = values["values"].get(code)
        if stated is None:
            assert own["levels"][at] == explorer.NONE
        else:
            assert [data["ranks"][at], data["scores"][at]] == stated[:2]
            assert LETTERS.index(own["levels"][at]) == stated[2]


def test_layouts_are_the_tile_sets_and_boxes_lie_within(mini_site: Built) -> None:
    index = asset(mini_site, "explore")
    for name, layout in index["layouts"].items():
        about = json.loads(mini_site.text(f"tiles/{name}.json"))
        assert layout["bounds"] == about["bounds"]
        assert layout["zooms"] == [about["minzoom"], about["maxzoom"]]
        boxes = np.array(layout["boxes"]).reshape(-1, 4) / 1000
        west, south, east, north = layout["bounds"]
        drawn = boxes[boxes.any(axis=1)]
        assert len(drawn)
        slack = 0.0006
        assert (drawn[:, :2] >= np.array([west, south]) - slack).all()
        assert (drawn[:, 2:] <= np.array([east, north]) + slack).all()
        assert (drawn[:, 0] < drawn[:, 2]).all()
        assert drawn[:, 0].min() == pytest.approx(west, abs=slack)
        assert drawn[:, 3].max() == pytest.approx(north, abs=slack)


def written(scores: dict[str, float], better: str = "higher") -> dict[str, Any]:
    """What the explorer fetches of a measure of some scores, in four classes of equal width."""
    settings, comparison = made(
        {"2020": {name: (score, None) for name, score in scores.items()}},
        areas=[*scores, "unknown"],
        classes={"scheme": "EqualInterval", "k": 4, "labels": ["A", "B", "C", "D"],
                 "colours": ["#8a0c22", "#d9714c", "#7db3d8", "#2464a8"]},
        indicator=[{"id": "overall", "name": "Overall score", "better": better}],
    )  # fmt: skip
    measure = comparison.main
    schemes = explorer.measure_schemes(settings, measure)
    data: dict[str, Any] = json.loads(
        explorer.measure_file(settings.speak, measure, [*scores, "unknown"], schemes)
    )
    return data


def test_a_value_on_a_limit_is_in_the_class_below_it_and_the_highest_in_the_last() -> None:
    # The limits are 1, 2, 3 and 4: a class holds its upper limit, and not its lower one.
    scores = {"a": 0.0, "b": 1.0, "c": 1.5, "d": 2.0, "e": 2.5, "f": 3.0, "g": 3.5, "h": 4.0}
    own = written(scores)["schemes"][0]
    assert own["breaks"] == [1, 2, 3, 4]
    assert own["levels"] == "00112233-"
    assert [count for _, _, count in own["classes"]] == [2, 2, 2, 2]
    assert written(scores, "lower")["schemes"][0]["levels"] == "33221100-"


def test_the_histogram_s_last_bar_holds_the_highest_value() -> None:
    scores = {f"n{n}": float(n) for n in range(explorer.BINS + 1)}
    data = written(scores)
    last = LETTERS[explorer.BINS - 1]
    # Each bar holds its lower limit; the last its upper one, too.
    assert data["bins"] == LETTERS[: explorer.BINS] + last + explorer.NONE
    assert data["ends"] == ["0.0", "32.0"]


@pytest.mark.parametrize(("better", "places"), [
    ("higher", [0, 250, 1000, -1]), ("lower", [1000, 750, 0, -1]), ("neutral", [0, 250, 1000, -1]),
])  # fmt: skip
def test_the_strip_s_best_end_is_the_better_one(better: str, places: list[int]) -> None:
    assert written({"a": -1.0, "b": 0.0, "c": 3.0}, better)["places"] == places


def test_where_only_ranks_are_known_the_first_is_at_the_best_end() -> None:
    settings, comparison = made({"2020": {"a": (None, 1), "b": (None, 5)}}, areas=["a", "b"], of=5)
    schemes = explorer.measure_schemes(settings, comparison.main)
    data = json.loads(explorer.measure_file(settings.speak, comparison.main, ["a", "b"], schemes))
    assert data["places"] == [1000, 0]


def test_schemes_are_tried_again_where_classes_or_words_change_and_only_there(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings, comparison = made({"2020": {"a": (1.0, None), "b": (2.0, None)}}, areas=["a", "b"])
    kept, tried = Kept(), []
    monkeypatch.setattr(explorer, "measure_schemes", lambda *_: tried.append(1) or ())
    words = tmp_path / "words.po"
    words.write_text("# one", encoding="utf-8")

    def times(**changed: object) -> int:
        atlas = settings.atlas.model_copy(update=changed)
        classes = settings.classes.model_copy(update={"k": changed.get("k", 5)})
        own = settings.model_copy(update={"atlas": atlas, "classes": classes})
        monkeypatch.setattr(type(own), "speak", ENGLISH)
        explored(kept, own, comparison.main, ["a", "b"])
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
    monkeypatch.setattr(explorer, "_classified", lambda _, __, own, ___: tried.append(own.scheme))

    class _Measure:
        has_scores = True
        classification = classify({"a": 1.0}, Classes())

        def __init__(self, count: int) -> None:
            self.positions = {str(n): _Position(float(n)) for n in range(count)}
            self.indicator = _Indicator

    for count, offered in ((MOST_FOR_FISHER_JENKS + 1, False), (10, True)):
        tried.clear()
        explorer.measure_schemes(_Settings, _Measure(count))  # type: ignore[arg-type]
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
    assert html.count("<path class=") >= len(asset(mini_site, "explore")["codes"])
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
