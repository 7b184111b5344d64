"""Files that pages fetch: what the page of comparisons and framed maps are made from."""

from __future__ import annotations

import json

from making import made, shipped
from shapes import cells

from generator.exports.compare_file import compare_file
from generator.exports.map_files import map_config
from generator.exports.search_file import plain, search_files
from generator.maps.layouts import make_layout


def test_areas_lie_on_their_scales_from_the_worst_to_the_best() -> None:
    settings, comparison = shipped()
    found = json.loads(compare_file(comparison, settings))
    assert found["path"] == "authorities/"
    assert found["group"] == "Region"
    assert len(found["areas"]) == 326
    name, slug, region, size, (first, second) = found["areas"]["E07000176"]
    assert (name, slug, region, size) == ("Rushcliffe", "rushcliffe", "East Midlands", "408.9 km²")
    assert first[:3] == ["44th of 324", "42.3", 4]
    assert second[:3] == ["41st of 324", "", 4]
    for at, measure in enumerate(comparison.headline()):
        places = [found["areas"][code][4][at][3] for code in measure.positions]
        assert places == sorted(places, reverse=True)
        assert all(0 < place < 1000 for place in places)
        scale = found["measures"][at]
        limits = [0, *scale["limits"], 1000]
        assert limits == sorted(limits)
        assert len(scale["limits"]) == len(scale["labels"]) - 1
        for code, position in measure.positions.items():
            if position.level is not None:
                low, high = limits[position.level], limits[position.level + 1]
                assert low - 0.11 <= found["areas"][code][4][at][3] <= high + 0.11


def test_what_is_not_known_says_so_and_has_no_place() -> None:
    settings, comparison = shipped()
    areas = json.loads(compare_file(comparison, settings))["areas"]
    assert areas["E09000001"][4] == [["not ranked"], ["not ranked"]]
    unknown = [code for code in areas if areas[code][4][1] == ["not known"]]
    assert len(unknown) == 324 - 47


def test_where_less_is_better_the_least_lies_right() -> None:
    settings, comparison = made(
        {"2016": {"a": (1.0, None), "b": (5.0, None), "c": (9.0, None)}}, areas=["a", "b", "c"],
        indicator=[{"id": "overall", "name": "Wait", "better": "lower"}],
    )  # fmt: skip
    found = json.loads(compare_file(comparison, settings))
    places = {code: found["areas"][code][4][0][3] for code in "abc"}
    assert places["a"] > places["b"] > places["c"]
    assert found["group"] == ""


def test_maps_fetch_files_that_are_there() -> None:
    frame = cells(1, 5)
    names = list(frame["code"])
    _, comparison = made(
        {"2016": {name: (float(at), None) for at, name in enumerate(names)}}, areas=names
    )
    layout = make_layout("geography", frame)
    assets = {name: f"assets/{name}" for name in (
        "layouts/geography.json", "values/2016-overall.json", "names.json",
    )}  # fmt: skip
    found = map_config(comparison, [layout], assets)
    assert found.layouts == {"geography": "assets/layouts/geography.json"}
    assert found.measures == {"2016-overall": "assets/values/2016-overall.json"}
    assert found.names == "assets/names.json"


def test_every_name_is_in_the_shard_that_its_beginning_leads_to() -> None:
    entries = [
        (f"{place} {number:03d}{letter}", "areas/", "area", f"e{at:06d}{number:02d}")
        for at, place in enumerate(["Bath", "Bathgate", "Upper Bath", "St Mary’s", "Ynys Môn"])
        for number in range(60)
        for letter in "ABC"
    ] * 4  # fmt: skip
    entries = [(t, f"{h}{n}/", note, k) for n, (t, h, note, k) in enumerate(entries)]
    found = search_files(entries)
    assert not found.whole
    shards = {prefix: json.loads(content) for prefix, content in found.shards.items()}
    held = {prefix: {tuple(e) for e in some} for prefix, some in shards.items()}

    def longest(query: str) -> str:
        return next(query[:n] for n in range(len(query), 0, -1) if query[:n] in held)

    for entry in entries:
        words = plain(entry[0]).split(" ")
        own = [" ".join(words[at:]) for at, word in enumerate(words) if not word[0].isdigit()]
        for key in [*own, entry[3]]:
            assert entry in held[longest(key)], key
    assert max(len(some) for some in shards.values()) <= 200
    assert search_files(entries) == search_files(reversed(entries))


def test_few_names_are_one_list() -> None:
    found = search_files([("B", "b/", "area", "2"), ("a", "a/", "area", "1")])
    assert json.loads(found.whole) == [["a", "a/", "area", "1"], ["B", "b/", "area", "2"]]
    assert not found.shards
