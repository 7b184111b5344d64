"""Names on maps: which stand, where, and that none lies over another at any width."""

from __future__ import annotations

import re
from collections.abc import Sequence
from xml.etree import ElementTree

import geopandas as gpd
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from shapes import cells, layout_of

from generator.maps.asides import Aside, Ground, box_of, reaching, sides
from generator.maps.framing import group_window, national_window
from generator.maps.label_drawing import label_svg
from generator.maps.labels import STEPS_PX, PlacedLabel, Room, place_labels
from generator.maps.layouts import Layout, make_layout
from generator.maps.lettering import (
    GROUP_LINE_PX,
    GROUP_SIZE_PX,
    LINE_PX,
    SIZE_PX,
    forms,
    text_width,
    wrapped,
)
from generator.maps.names import SPARE, NamePlace, ordered, places

NAMES = ("Ely", "Rushcliffe", "North East Derbyshire", "Stoke-on-Trent", "Wolverhampton", "York")
Box = tuple[float, float, float, float]


def box(label: PlacedLabel, width: float, height: float) -> Box:
    """The text's own extent, without the room that is kept around it."""
    size, line = (SIZE_PX, LINE_PX) if label.code else (GROUP_SIZE_PX, GROUP_LINE_PX)
    wide = max(text_width(text, size) for text in label.lines)
    tall = len(label.lines) * line / 2
    x, y = label.x * width, label.y * height
    left = x - wide / 2
    if label.aside:
        x, y = x + label.aside.dx, y + label.aside.dy
        left = {"start": x, "end": x - wide, "middle": x - wide / 2}[label.aside.end]
    return (left, y - tall, left + wide, y + tall)


def apart(label: PlacedLabel, found: Box) -> Box:
    """A group's name with the room that keeps names of areas from being read as part of it."""
    if label.code:
        return found
    return (found[0] - 5, found[1] - 2.5, found[2] + 5, found[3] + 2.5)


def meet(a: Box, b: Box) -> bool:
    return a[0] < b[2] and b[0] < a[2] and a[1] < b[3] and b[1] < a[3]


def wanted(seed: int, count: int, **importance: float):  # type: ignore[no-untyped-def]
    layout = layout_of(cells(seed, count))
    names = {code: NAMES[at % len(NAMES)] for at, code in enumerate(layout.codes)}
    groups = {"G0": "East Midlands", "G1": "Yorkshire and The Humber", "G2": "London"}
    return layout, places(layout, names, groups, importance)


@settings(max_examples=20, deadline=None)
@given(st.integers(0, 1000), st.integers(2, 60))
def test_no_name_lies_over_another_at_any_width(seed: int, count: int) -> None:
    layout, names = wanted(seed, count)
    window = national_window(layout)
    taken = Room(0.9, 0.0, 1.0, 0.2)
    placed = place_labels(names, window, taken=[taken])
    assert placed
    for width in (*STEPS_PX, 500, 1200):
        height = width * window.height / window.width
        shown = [apart(p, box(p, width, height)) for p in placed if STEPS_PX[p.step] <= width]
        shown.append((0.9 * width, 0.0, width, 0.2 * height))
        for at, one in enumerate(shown):
            assert one[0] >= 0
            assert one[2] <= width
            assert not any(meet(one, other) for other in shown[:at])


def test_the_more_important_name_wins() -> None:
    layout, names = wanted(1, 40)
    window = national_window(layout)
    late = next(p for p in place_labels(names, window) if p.code and p.step == len(STEPS_PX) - 1)
    known = {p.code: p.name for p in names if p.code}
    again = place_labels(places(layout, known, {}, {late.code: 10.0}), window)
    assert next(p.step for p in again if p.code == late.code) < late.step


def test_the_page_s_own_areas_come_before_others() -> None:
    layout, names = wanted(2, 30)
    own = layout.codes[20:]
    order = ordered(names, (own[:1], own))
    assert order[0].code == own[0]
    assert {p.code for p in order[: len(own)]} == set(own)
    placed = place_labels(order, group_window(layout, own))
    assert placed[0].code == own[0]
    assert placed[0].step <= 1


def test_most_areas_are_named_once_there_is_room() -> None:
    layout, names = wanted(3, 12)
    window = national_window(layout)
    assert {p.code for p in place_labels([n for n in names if n.code], window)} == set(layout.codes)


def test_a_drawing_of_names_needs_no_style_and_holds_any_name() -> None:
    nasty = '<b>Bold & "Sons"</b>'
    label = PlacedLabel(0.5, 0.25, (nasty, "more"), 2, "E1", inside=2)
    other = PlacedLabel(0.1, 0.75, ("London",), 0, "", inside=6)
    svg = label_svg([label, other], {"E1": 3})
    root = ElementTree.fromstring(svg)  # noqa: S314 - written by the code under test
    texts = list(root)
    assert [t.get("class") for t in texts] == ["on-3 from-2", "region-name"]
    assert texts[0].get("y") == "25.0%"
    assert [s.text for s in texts[0]] == [nasty, "more"]
    assert "style" not in svg
    assert "viewBox" not in svg, "places are shares and sizes are pixels"


def test_names_that_spill_over_have_a_halo() -> None:
    spilling = PlacedLabel(0.5, 0.25, ("Long",), 0, "E1", inside=len(STEPS_PX))
    assert 'class="halo"' in label_svg([spilling], {"E1": 3})
    later = PlacedLabel(0.5, 0.25, ("Long",), 0, "E1", inside=3)
    assert 'class="on-3 halo-3"' in label_svg([later], {"E1": 3})
    inside = PlacedLabel(0.5, 0.25, ("Long",), 0, "E1", inside=0)
    assert 'class="halo"' in label_svg([inside], {"E1": None}), "faded, or without a class"


# -- Names beside what they name ---------------------------------------------------------------


def coast() -> Layout:
    """A strip of ten small areas with the sea on both sides, and a large area below them."""
    strip = [shapely.box(0, 8_000 * at, 4_000, 8_000 * (at + 1)) for at in range(10)]
    inland = shapely.box(-60_000, -90_000, 60_000, 0)
    codes = [f"E07{at:06}" for at in range(11)]
    frame = gpd.GeoDataFrame({"code": codes}, geometry=[*strip, inland], crs="EPSG:3857")
    return make_layout("geography", frame)


def ground_of(layout: Layout, codes: Sequence[str]) -> Ground:
    return Ground(layout, codes, layout.geometry, layout.codes)


def test_areas_without_room_are_named_beside_themselves() -> None:
    layout = coast()
    names = places(layout, dict.fromkeys(layout.codes, "Wolverhampton"), {}, {})
    window = national_window(layout)
    without = place_labels(names, window)
    assert {p.code for p in without} == {layout.codes[10]}, "the strip has no room for any name"
    placed = place_labels(names, window, ground=ground_of(layout, layout.codes))
    assert {p.code for p in placed} == set(layout.codes)
    for width in (*STEPS_PX[2:], 1200):
        height = width * window.height / window.width
        pixel_m = window.unit_m * window.width / width
        shown = [apart(p, box(p, width, height)) for p in placed if STEPS_PX[p.step] <= width]
        assert not [1 for at, one in enumerate(shown) for two in shown[:at] if meet(one, two)]
        left, _, _, top = window.box
        for p in (p for p in placed if p.aside and STEPS_PX[p.step] <= width):
            x0, y0, x1, y1 = box(p, width, height)
            drawn = shapely.box(left + x0 * pixel_m, top - y1 * pixel_m,
                                left + x1 * pixel_m, top - y0 * pixel_m)  # fmt: skip
            others = [g for g, c in zip(layout.geometry, layout.codes, strict=True) if c != p.code]
            assert not shapely.intersects(others, drawn).any(), "over no area but its own"


def test_only_some_areas_are_named_beside_themselves() -> None:
    layout = coast()
    names = places(layout, dict.fromkeys(layout.codes, "Wolverhampton"), {}, {})
    placed = place_labels(
        names, national_window(layout), ground=ground_of(layout, layout.codes[3:5])
    )
    assert {p.code for p in placed} == {*layout.codes[3:5], layout.codes[10]}


def test_a_scattered_area_is_named_beside_its_islands() -> None:
    islands = shapely.MultiPolygon(
        [shapely.box(x, y, x + 5_000, y + 5_000) for x, y in ((0, 0), (40_000, 30_000))]
    )
    whole = shapely.box(100_000, 0, 160_000, 60_000)
    frame = gpd.GeoDataFrame({"code": ["E1", "E2"]}, geometry=[islands, whole], crs="EPSG:3857")
    layout = make_layout("geography", frame)
    ground = ground_of(layout, layout.codes)
    assert ground.thin == {"E1"}
    names = places(layout, {"E1": "Ely", "E2": "York"}, {}, {})
    by_code = {p.code: p for p in place_labels(names, national_window(layout), ground=ground)}
    assert by_code["E1"].aside
    assert not by_code["E2"].aside


def test_a_name_beside_its_area_has_a_line_to_it() -> None:
    label = PlacedLabel(0.5, 0.25, ("Long", "name"), 2, "E1", 6, Aside(20, -14, "start"))
    root = ElementTree.fromstring(label_svg([label], {"E1": 3}))  # noqa: S314 - our own
    (drawn,) = root
    line, text = drawn
    assert drawn.get("class") == "from-2"
    assert drawn.get("overflow") == "visible", "it reaches out of its own corner"
    assert line.get("d") == "M0 0L17 -14"
    assert text.get("class") == "halo start"
    assert [s.get("x") for s in text] == ["20", "20"]


@given(st.sampled_from(["start", "end", "middle"]), st.integers(-40, 40), st.integers(-40, 40))
def test_what_a_name_takes_up_reaches_to_its_place(end: str, x: int, y: int) -> None:
    whole, name = reaching(box_of(("York",), Aside(x, y, end))), box_of(("York",), Aside(x, y, end))
    assert whole[0] <= min(0, name[0])
    assert whole[3] >= max(0, name[3])


def hexagons() -> Layout:
    """Cells in the shape of a cross, in three groups, one of them in the middle."""
    cell = 10_000.0
    rows = {row: range(12) if row in (5, 6, 7) else range(5, 8) for row in range(13)}
    at = [(column, row) for row, columns in rows.items() for column in columns]
    shapes = [
        shapely.Point((x + y % 2 / 2) * cell, y * cell * 0.87).buffer(cell / 2, quad_segs=2)
        for x, y in at
    ]
    codes = [f"E{number:03}" for number in range(len(shapes))]
    groups = ["G1" if 5 <= x <= 6 and y == 6 else "G0" if y < 6 else "G2" for x, y in at]
    frame = gpd.GeoDataFrame({"code": codes}, geometry=shapes, crs="EPSG:3857")
    return make_layout(
        "hexagons", frame, group_of=dict(zip(codes, groups, strict=True)), cells=True
    )


def test_groups_of_cells_are_named_beside_all_cells() -> None:
    layout = hexagons()
    names = {"G0": "East Midlands", "G1": "London", "G2": "Yorkshire and The Humber"}
    found = dict(sides(layout, names))
    assert set(found) == set(names)
    window = national_window(layout)
    placed = place_labels(places(layout, {}, names, {}), window)
    assert len(placed) == 3
    land = shapely.union_all(layout.geometry.tolist())
    left, _, _, top = window.box
    for width in (358, 560, 1200):
        pixel_m = window.unit_m * window.width / width
        boxes = [box(p, width, width * window.height / window.width) for p in placed]
        assert not [1 for at, one in enumerate(boxes) for two in boxes[:at] if meet(one, two)]
        for x0, y0, x1, y1 in boxes:
            drawn = shapely.box(left + x0 * pixel_m, top - y1 * pixel_m,
                                left + x1 * pixel_m, top - y0 * pixel_m)  # fmt: skip
            assert not shapely.intersects(land, drawn)


def test_a_group_within_others_has_a_line_to_it() -> None:
    layout = hexagons()
    names = {"G0": "South East", "G1": "London", "G2": "North"}
    found = dict(sides(layout, names))
    target = found["G1"][2].target
    assert target is not None
    within = [layout.geometry[layout.at[c]] for c, g in layout.group_of.items() if g == "G1"]
    assert shapely.distance(shapely.union_all(within), shapely.Point(target)) < 1
    assert found["G0"][2].target is None
    svg = label_svg(place_labels(places(layout, {}, names, {}), national_window(layout)), {})
    assert svg.count('<line class="lead"') == 1


def test_groups_of_many_people_come_first() -> None:
    """They came by the alphabet: a map of 348 districts named Adur and Allerdale, and no Leeds."""
    layout = layout_of(cells(3, 40))
    members: dict[str, list[str]] = {}
    for code, group in sorted(layout.group_of.items()):
        members.setdefault(group, []).append(code)
    names = {group: f"Group {group}" for group in members}
    for first in members:
        importance = dict.fromkeys(layout.codes, 1.0) | dict.fromkeys(members[first], 50.0)
        found = list(dict.fromkeys(place.name for place in places(layout, {}, names, importance)))
        assert found[0] == names[first]
        assert sorted(found) == sorted(names.values())
    found = [place.name for place in places(layout, {}, names, {})]
    assert list(dict.fromkeys(found)) == sorted(names.values())


def test_a_group_whose_best_place_is_taken_is_named_at_another() -> None:
    """The South East, which bends around London, had no name on the map of England."""
    city = shapely.box(-40_000, -40_000, 40_000, 40_000)
    around = shapely.box(-120_000, -90_000, 60_000, 60_000).difference(city)
    frame = gpd.GeoDataFrame({"code": ["E1", "E2"]}, geometry=[city, around], crs="EPSG:3857")
    layout = make_layout("geography", frame, group_of={"E1": "city", "E2": "around"})
    found = places(layout, {}, {"city": "The City", "around": "Around"}, {"E1": 9.0})
    assert [place.name for place in found] == ["The City", "Around", "Around", "Around"]
    window = national_window(layout)
    both = place_labels(found, window)
    assert [label.lines for label in both] == [("The City",), ("Around",)]
    at = both[1]
    taken = Room(at.x - 0.01, at.y - 0.01, at.x + 0.01, at.y + 0.01)
    moved = place_labels(found, window, taken=[taken])
    assert [label.lines for label in moved] == [("The City",), ("Around",)]
    assert (moved[1].x, moved[1].y) != (at.x, at.y)
    assert around.contains(shapely.Point(found[2].x_m, found[2].y_m))


def test_a_name_within_its_area_lies_there_however_many_areas_there_are() -> None:
    """Over 3,000 areas it was guessed: names without a halo ran out of thin dark areas."""
    strips = [shapely.box(0, 900 * at, 9_000, 900 * (at + 1)) for at in range(3_100)]
    codes = [f"E01{at:06}" for at in range(len(strips))]
    layout = make_layout(
        "geography", gpd.GeoDataFrame({"code": codes}, geometry=strips, crs="EPSG:3857")
    )
    for place in places(layout, dict.fromkeys(codes, "Bedford 001D"), {}, {}):
        assert place.radius_m == pytest.approx(450, rel=0.1)
        own = layout.geometry[layout.at[place.code]]
        assert own.contains(shapely.Point(place.x_m, place.y_m).buffer(place.radius_m * 0.98))


def test_groups_without_room_beside_are_named_over_their_cells() -> None:
    frame = gpd.GeoDataFrame(
        {"code": ["E1"]}, geometry=[shapely.box(0, 0, 9e4, 9e4)], crs="EPSG:3857"
    )
    layout = make_layout("hexagons", frame, group_of={"E1": "G"}, cells=True)
    place, *spare = places(layout, {}, {"G": "Staffordshire and Wolverhampton"}, {})
    assert all(other.spill == SPARE and other.side is None for other in spare)
    assert place.side is None
    assert place.radius_m > 4e4


# -- How names are written ---------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "written"),
    [
        ("Bristol, City of", [("Bristol",)]),
        ("Kingston upon Hull, City of", [("Kingston", "upon Hull"), ("Kingston", "upon", "Hull")]),
        ("Kensington and Chelsea", [("Kensington", "and Chelsea"), ("Kensington", "& Chelsea")]),
        ("York", [("York",)]),
        ("Lea, River of", [("Lea",)]),
    ],
)
def test_names_are_written_as_people_say_them(name: str, written: list[tuple[str, ...]]) -> None:
    assert list(forms(name)) == written


def test_a_narrower_form_is_taken_where_the_first_has_no_room() -> None:
    frame = gpd.GeoDataFrame(
        {"code": ["E1"]}, geometry=[shapely.Point(0, 0).buffer(10_000)], crs="EPSG:3857"
    )
    place = NamePlace(0.0, 0.0, 800.0, "Kingston upon Thames", "E1")
    (label,) = place_labels([place], national_window(make_layout("geography", frame)))
    assert label.lines == ("Kingston", "upon", "Thames")


@given(st.lists(st.text("abcdefgh", min_size=1, max_size=9), min_size=1, max_size=6),
       st.integers(4, 20))  # fmt: skip
def test_wrapped_lines_keep_all_words_and_the_width(words: list[str], width: int) -> None:
    lines = wrapped(" ".join(words), width)
    assert " ".join(lines).split() == words
    for line in lines:
        assert len(line) <= width or " " not in line


def test_hyphens_may_end_a_line() -> None:
    assert wrapped("Stratford-on-Avon", 11) == ("Stratford-", "on-Avon")


@pytest.mark.parametrize("name", ["", "-", " "])
def test_odd_names_have_a_line(name: str) -> None:
    assert wrapped(name, 12)
    assert not re.search(r"\n", label_svg([PlacedLabel(0, 0, wrapped(name, 9), 0, "E", 0)], {}))
