"""Charts: packing, scales, marks, what is read aloud, size, and what a strict policy forbids."""

from __future__ import annotations

import doctest
import gzip
import itertools
import math
import re
import xml.etree.ElementTree as ET

import pytest
from hypothesis import given
from hypothesis import strategies as st
from making import made, shipped
from markupsafe import Markup

from generator.build import files
from generator.catalogue import ENGLISH
from generator.charts import scales, swarm
from generator.charts.parts import Series
from generator.charts.slope import slope
from generator.charts.strip import strip, strip_file
from generator.data.compare import Comparison

SETTINGS, COMPARISON = shipped()
BY_NAME = {area.name: code for code, area in COMPARISON.areas.items()}
GROUPS = {(g.kind, g.name): g for g in COMPARISON.groups}
RUSHCLIFFE = BY_NAME["Rushcliffe"]
FIRST, SECOND = COMPARISON.headline()


def _href(code: str) -> str:
    return f"../{COMPARISON.areas[code].slug}/"


def _series(code: str) -> list[Series]:
    region = next(g for g in COMPARISON.groups_of[code] if g.kind == "region")
    return [Series("Nearest", COMPARISON.neighbours[code]), Series(region.name, region.members)]


def _tree(chart: str) -> ET.Element:
    return ET.fromstring(str(chart))  # noqa: S314 - made here


def test_examples_in_docstrings_run() -> None:
    assert doctest.testmod(swarm).failed == doctest.testmod(scales).failed == 0


@given(st.lists(st.integers(0, 340), max_size=120), st.sampled_from([3.0, 4.2, 5.0]))
def test_packed_dots_never_overlap(xs: list[int], diameter: float) -> None:
    places = list(zip(sorted(xs), swarm.pack(sorted(xs), diameter), strict=True))
    for one, other in itertools.combinations(places, 2):
        assert math.dist(one, other) >= diameter - 1e-9


@pytest.mark.parametrize(("alike", "room"), [(1, 0), (2, 20), (5, 20), (6, 40), (9, 40), (10, 60)])
def test_a_swarm_s_room_grows_in_steps_on_both_sides(alike: int, room: int) -> None:
    codes = [f"x{at}" for at in range(alike)]
    _, comparison = made({"2020": dict.fromkeys(codes, (7.0, None))}, areas=codes)
    packed = swarm.swarm(comparison.main)
    assert (packed.height_px, packed.middle_px) == (room, room / 2)
    heights = sorted(height for _, height in packed.points.values())
    assert len(set(heights)) == alike
    assert 0 <= heights[0] <= heights[-1] <= room
    assert not packed.room().points


def test_the_file_of_the_strip_has_another_name_where_its_room_is_another(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Pages place their own marks in it, and a browser may keep the former file."""
    settings, comparison = shipped()
    names = []
    for step in (swarm.ROOM_PX, 7 * swarm.ROOM_PX):
        monkeypatch.setattr(swarm, "ROOM_PX", step)
        site = files.SiteFiles()
        files._add_strip(site, settings, comparison)
        names += site.contents
    assert len(set(names)) == 2


@given(st.floats(-1e6, 1e6), st.floats(0.01, 1e6))
def test_ticks_are_few_inside_and_even(low: float, span: float) -> None:
    ticks = scales.round_ticks(low, low + span)
    assert 1 <= len(ticks) <= 7
    assert all(low - span * 1e-6 <= t <= low + span * (1 + 1e-6) for t in ticks)
    steps = [b - a for a, b in itertools.pairwise(ticks)]
    assert all(math.isclose(s, steps[0], rel_tol=1e-3, abs_tol=1e-9) for s in steps)


@given(st.integers(1, 40_000))
def test_rank_ticks_hold_both_ends(of: int) -> None:
    ticks = scales.rank_ticks(of)
    assert ticks[0] == 1
    assert ticks[-1] == of
    assert ticks == sorted(set(ticks))


def test_the_best_is_on_the_right_whatever_the_direction() -> None:
    for better in ("higher", "lower"):
        _, comparison = made(
            {"y": {n: (float(at), None) for at, n in enumerate("abcdef")}},
            areas=list("abcdef"),
            indicator=[{"id": "overall", "name": "X", "better": better}],
        )
        packed = swarm.swarm(comparison.main)
        best = next(iter(comparison.main.positions))
        assert packed.points[best][0] == max(x for x, _ in packed.points.values())
    ranks = swarm.swarm(SECOND)
    assert ranks.points[BY_NAME["Westminster"]][0] > ranks.points[BY_NAME["West Somerset"]][0]


def test_class_limits_rise_towards_the_best() -> None:
    for measure in (FIRST, SECOND):
        scale = scales.scale_of(measure)
        at = [scale.at(b) for b in scales.breaks_of(measure)]
        assert len(at) == len(measure.classification.classes) - 1
        assert at == sorted(at)


def _dots(tree: ET.Element) -> dict[str, str]:
    """Path data of the dots by the id under which they are used."""
    return {
        f"#{path.get('id')}": path.get("d") or ""
        for path in tree.iter("path")
        if (path.get("id") or "").startswith("dots-")
    }


def test_a_dot_for_every_known_area() -> None:
    tree = _tree(strip(ENGLISH, COMPARISON, FIRST, RUSHCLIFFE))
    paths = _dots(tree)
    edges = next(g for g in tree.iter("g") if g.get("class") == "edges")
    assert {use.get("href") for use in edges.iter("use")} == set(paths)
    drawn = {
        use.get("class"): paths[use.get("href") or ""].count("h0")
        for use in tree.iter("use")
        if (use.get("class") or "").startswith("dots ")
    }
    levels = FIRST.classification.classes
    assert drawn == {f"dots level-{c.level}": c.count for c in levels}
    assert sum(drawn.values()) == 324


def test_dots_lie_where_the_scores_say() -> None:
    tree = _tree(strip(ENGLISH, COMPARISON, FIRST))
    found = []
    for path in _dots(tree).values():
        x = 0
        for letter, dx in re.findall(r"([Mm])(-?\d+)", path):
            x = int(dx) if letter == "M" else x + int(dx)
            found.append(x)
    scores = sorted(p.score for p in FIRST.positions.values() if p.score is not None)
    low, high = scores[0], scores[-1]
    assert sorted(found) == [round(20 + 960 * (s - low) / (high - low)) for s in scores]


def test_the_page_s_area_is_named_and_comparators_are_links_with_names() -> None:
    chart = strip(ENGLISH, COMPARISON, FIRST, RUSHCLIFFE, marked=_series(RUSHCLIFFE), href=_href)
    tree = _tree(chart)
    texts = [text.text for text in tree.iter("text") if text.get("font-weight") == "700"]
    assert texts == ["Rushcliffe"]
    links = {a.get("href"): a.findtext(".//title") for a in tree.iter("a")}
    assert links["../gedling/"].startswith("Gedling, ")
    assert len(links) == len(COMPARISON.neighbours[RUSHCLIFFE])
    assert tree.get("role") == "group"
    names = {*links.values(), *(use.findtext("title") for use in tree.iter("use"))} - {None}
    assert len(names) == 39
    assert any(name.startswith("Boston, ") for name in names)
    assert not any(name.startswith("Rushcliffe") for name in names)


def test_shapes_differ_between_series() -> None:
    tree = _tree(strip(ENGLISH, COMPARISON, FIRST, RUSHCLIFFE, marked=_series(RUSHCLIFFE)))
    drawn = {f"#{path.get('id')}": path.get("d") for path in tree.iter("path") if path.get("id")}
    shapes = [
        {path.get("d") for path in group.iter("path")}
        | {drawn[use.get("href") or ""] for use in group.iter("use")}
        for group in tree.iter("g")
        if group.get("class") in {"marks", "here"}
    ]
    assert [len(s) for s in shapes] == [1, 1, 1]
    assert len(set().union(*shapes)) == 3


def test_a_strip_can_be_read_aloud() -> None:
    tree = _tree(strip(ENGLISH, COMPARISON, FIRST, RUSHCLIFFE, marked=_series(RUSHCLIFFE)))
    assert tree.get("role") == "img"
    assert tree.get("aria-label") == "Overall score, 2016: all 324"
    stated = tree.findtext("desc") or ""
    assert stated.startswith("From West Somerset (\u221289.4) to Westminster (117.8); median ")
    assert "Rushcliffe: 44th of 324" in stated
    assert "East Midlands: from " in stated


def test_a_partial_edition_has_no_median_and_says_how_many_are_known() -> None:
    tree = _tree(strip(ENGLISH, COMPARISON, SECOND, RUSHCLIFFE))
    assert tree.get("aria-label") == "Ranks, 2017: 47 of 324 are known"
    assert "median" not in ET.tostring(tree, encoding="unicode").lower()


def test_an_area_that_is_not_ranked_gets_a_strip_without_its_mark() -> None:
    tree = _tree(strip(ENGLISH, COMPARISON, FIRST, BY_NAME["City of London"]))
    assert not [g for g in tree.iter("g") if g.get("class") == "here"]
    assert "City of London: not ranked" in (tree.findtext("desc") or "")


def test_nothing_known_draws_nothing() -> None:
    _, empty = made({"y": {"a": (1.0, None)}}, areas=["a", "b"])
    assert slope(ENGLISH, empty, "a") == ""
    assert slope(ENGLISH, COMPARISON, BY_NAME["York"]) == ""


def _every_chart() -> list[Markup]:
    group = GROUPS["group", "D2N2"]
    marked = [Series("D2N2", group.members)]
    return [
        strip(ENGLISH, COMPARISON, FIRST, RUSHCLIFFE, marked=_series(RUSHCLIFFE), href=_href),
        strip(ENGLISH, COMPARISON, SECOND, RUSHCLIFFE, marked=_series(RUSHCLIFFE), href=_href),
        slope(ENGLISH, COMPARISON, RUSHCLIFFE, marked=marked, href=_href),
    ]


@pytest.mark.parametrize("chart", _every_chart())
def test_no_chart_breaks_a_strict_policy(chart: Markup) -> None:
    tree = _tree(chart)
    for element in tree.iter():
        assert element.tag not in {"style", "script", "foreignObject", "image"}
        assert not {"style", "onclick", "onload"} & set(element.attrib)
    assert tree.get("aria-label")
    assert tree.findtext("desc")


def test_strips_of_all_areas_stay_small() -> None:
    packed = swarm.swarm(FIRST)
    for code in COMPARISON.areas:
        chart = strip(
            ENGLISH, COMPARISON, FIRST, code, marked=_series(code), href=_href, packed=packed
        )
        raw = chart.encode()
        assert len(raw) < 25_000
        assert len(gzip.compress(raw)) < 6_000


def test_names_are_escaped() -> None:
    names = ["<b>&\"'", *"abcdef"]
    _, comparison = made({"y": {n: (float(i), None) for i, n in enumerate(names)}}, areas=names)
    tree = _tree(
        strip(
            ENGLISH,
            comparison,
            comparison.main,
            names[0],
            marked=[Series("<i>", ("a",))],
            href=lambda c: c,
        )
    )
    assert names[0] in [text.text for text in tree.iter("text")]


def test_labels_stay_inside_at_every_width() -> None:
    packed = swarm.swarm(FIRST)
    for code in sorted(COMPARISON.areas, key=lambda c: -len(COMPARISON.areas[c].name))[:60]:
        tree = _tree(strip(ENGLISH, COMPARISON, FIRST, code, packed=packed))
        for text in tree.iter("text"):
            if text.get("font-weight") != "700":
                continue
            at = float((text.get("x") or "0").rstrip("%")) / 100
            for width in (340, 760):
                room = len(text.text or "") * 6.7 / width
                left = at - room * {"start": 0, "middle": 0.5, "end": 1}[text.get("text-anchor")]
                assert left >= -1e-9
                assert left + room <= 1 + 1e-9


def test_slope_has_rank_1_at_the_top_and_names_both_ranks() -> None:
    chart = slope(
        ENGLISH, COMPARISON, RUSHCLIFFE, marked=[Series("D2N2", GROUPS["group", "D2N2"].members)]
    )
    tree = _tree(chart)
    assert [t.text for t in tree.iter("text") if t.get("font-size") == "15"] == ["44th", "41st"]
    assert "44th of 324 in 2016, 41st of 324 in 2017." in (tree.findtext("desc") or "")
    heavy = next(p for p in tree.iter("path") if p.get("stroke-width") == "3.5").get("d", "")
    start, end = (float(y) for y in re.findall(r" ([\d.]+)", heavy))
    assert start == pytest.approx(220 * 43 / 323, abs=0.06)
    assert end == pytest.approx(220 * 40 / 323, abs=0.06)


def test_slope_joins_no_ranks_out_of_different_numbers_unless_they_are_comparable() -> None:
    ranked = {"a": (3.0, None), "b": (2.0, None), "c": (1.0, None)}
    editions = {"x": ranked, "y": {c: ranked[c] for c in "ab"}}
    _, comparison = made(editions, areas="abc")
    assert slope(ENGLISH, comparison, "a") == ""
    stated = [{"id": e, "table": "x.csv"} for e in editions]
    stated[1]["comparable_with"] = "x"
    _, comparison = made(editions, areas="abc", edition=stated)
    assert "1st of 3 in x, 1st of 2 in y." in slope(ENGLISH, comparison, "a")


def many_areas(count: int) -> Comparison:
    names = [f"A{at:05}" for at in range(count)]
    _, comparison = made(
        {"1": {name: (float(at % 997), at + 1) for at, name in enumerate(names)}}, areas=names
    )
    return comparison


def test_a_strip_of_many_areas_costs_no_more_than_one_of_few() -> None:
    few, many = many_areas(1_500), many_areas(6_000)
    everyone = [Series("All", tuple(few.areas), "all-all")]
    sheets = [
        len(strip_file(ENGLISH, c, c.main, swarm.swarm(c.main), everyone)) for c in (few, many)
    ]
    assert sheets[1] < sheets[0] / 5
    packed = swarm.swarm(many.main)
    assert packed.each == 4
    assert len(packed.dots) == 1_500
    assert set(packed.points) == set(many.areas)
    text = strip(ENGLISH,
        many, many.main, "A00003", packed=packed, shared="strip.svg",
        marked=[Series("All", tuple(many.areas), "all-all")],
    )  # fmt: skip
    assert "a dot stands for 4" in text
    assert "strip.svg#all-all" not in text
    assert len(text) < 12_000
