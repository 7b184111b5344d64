"""Names on maps: which stand, where, and that none lies over another at any width."""

from __future__ import annotations

import re
from xml.etree import ElementTree

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from shapes import cells, layer_of

from generator.maps.framing import group_view, national_view
from generator.maps.labels import (
    GROUP_LINE_PX,
    GROUP_SIZE_PX,
    LINE_PX,
    SIZE_PX,
    STEPS_PX,
    PlacedLabel,
    Room,
    label_svg,
    ordered,
    place_labels,
    places,
    text_width,
    wrapped,
)

NAMES = ("Ely", "Rushcliffe", "North East Derbyshire", "Stoke-on-Trent", "Wolverhampton", "York")
Box = tuple[float, float, float, float]


def box(label: PlacedLabel, width: float, height: float) -> Box:
    """The text's own extent, without the room that is kept around it."""
    size, line = (SIZE_PX, LINE_PX) if label.code else (GROUP_SIZE_PX, GROUP_LINE_PX)
    half = max(text_width(text, size) for text in label.lines) / 2
    tall = len(label.lines) * line / 2
    x, y = label.x * width, label.y * height
    return (x - half, y - tall, x + half, y + tall)


def meet(a: Box, b: Box) -> bool:
    return a[0] < b[2] and b[0] < a[2] and a[1] < b[3] and b[1] < a[3]


def wanted(seed: int, count: int, **importance: float):  # type: ignore[no-untyped-def]
    layer = layer_of(cells(seed, count))
    names = {code: NAMES[at % len(NAMES)] for at, code in enumerate(layer.codes)}
    groups = {"G0": "East Midlands", "G1": "Yorkshire and The Humber", "G2": "London"}
    return layer, places(layer, names, groups, importance)


@settings(max_examples=20, deadline=None)
@given(st.integers(0, 1000), st.integers(2, 60))
def test_no_name_lies_over_another_at_any_width(seed: int, count: int) -> None:
    layer, names = wanted(seed, count)
    view = national_view(layer)
    taken = Room(0.9, 0.0, 1.0, 0.2)
    placed = place_labels(names, view, taken=[taken])
    assert placed
    for width in (*STEPS_PX, 500, 1200):
        height = width * view.height / view.width
        shown = [box(p, width, height) for p in placed if STEPS_PX[p.step] <= width]
        shown.append((0.9 * width, 0.0, width, 0.2 * height))
        for at, one in enumerate(shown):
            assert one[0] >= 0
            assert one[2] <= width
            assert not any(meet(one, other) for other in shown[:at])


def test_the_more_important_name_wins() -> None:
    layer, names = wanted(1, 40)
    view = national_view(layer)
    late = next(p for p in place_labels(names, view) if p.code and p.step == len(STEPS_PX) - 1)
    known = {p.code: p.name for p in names if p.code}
    again = place_labels(places(layer, known, {}, {late.code: 10.0}), view)
    assert next(p.step for p in again if p.code == late.code) < late.step


def test_the_page_s_own_areas_come_before_others() -> None:
    layer, names = wanted(2, 30)
    own = layer.codes[20:]
    order = ordered(names, (own[:1], own))
    assert order[0].code == own[0]
    assert {p.code for p in order[: len(own)]} == set(own)
    first = place_labels(order, group_view(layer, own))
    assert first[0].code == own[0]


def test_most_areas_are_named_once_there_is_room() -> None:
    layer, names = wanted(3, 12)
    view = national_view(layer)
    assert {p.code for p in place_labels([n for n in names if n.code], view)} == set(layer.codes)


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
