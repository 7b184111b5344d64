"""Static maps: what they show, what they say, and that no name can break them."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from xml.etree import ElementTree

import geopandas as gpd
import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from shapes import cells, layout_of, read_path

from generator.maps import framing
from generator.maps import svg as drawing
from generator.maps.framing import Window, area_window, group_window, national_window, window_of
from generator.maps.layouts import Box, Layout, make_layout
from generator.maps.svg import Drawn, draw

SVG = "{http://www.w3.org/2000/svg}"
numbers = st.floats(-1e6, 1e6)


def parse(svg: str) -> ElementTree.Element:
    text = str(svg).replace("<svg ", '<svg xmlns="http://www.w3.org/2000/svg" ', 1)
    return ElementTree.fromstring(text)  # noqa: S314 - written by the code under test


def about(layout: Layout, name: str = "Area {code}") -> dict[str, Drawn]:
    return {
        code: Drawn(f"areas/{code.lower()}/", f"{name.format(code=code)}: 1st", at % 5 or None,
                    name.format(code=code))
        for at, code in enumerate(layout.codes)
    }  # fmt: skip


def drawn(layout: Layout, **options: object) -> ElementTree.Element:
    window = options.pop("window", national_window(layout))
    known = options.pop("about", about(layout))
    svg = draw(layout, window, known, id="m", label="Map", url=lambda h: f"../{h}", **options)  # type: ignore[arg-type]
    return parse(svg)


# -- Windows -----------------------------------------------------------------------------------


def coast(gap_m: float) -> Layout:
    """A large piece of land in the north-east, and a small island off it."""
    frame = gpd.GeoDataFrame(
        {"code": ["E1", "E2", "E3"]},
        geometry=[
            shapely.box(-10_000, -10_000, 0, 0),
            shapely.box(gap_m, gap_m, gap_m + 200_000, gap_m + 200_000),
            shapely.box(gap_m + 200_000, gap_m, gap_m + 250_000, gap_m + 200_000),
        ],
        crs="EPSG:3857",
    )
    return make_layout("geography", frame)


@pytest.mark.parametrize("window_of_it", [lambda la: area_window(la, "E1", ["E2"]),
                                        lambda la: group_window(la, ["E1"])])  # fmt: skip
def test_an_island_is_shown_with_the_nearest_land(window_of_it: Callable[[Layout], Window]) -> None:
    layout = coast(30_000)
    left, bottom, right, top = window_of_it(layout).box
    assert left <= -10_000
    assert bottom <= -10_000
    assert right > 40_000, "the coast, and some of the land behind it"
    assert top > 40_000
    assert framing.LEAST_OWN_SHARE * (right - left) * 0.9 <= 10_000


def test_an_island_too_far_from_any_land_stays_large() -> None:
    layout = coast(400_000)
    left, _, right, _ = area_window(layout, "E1", []).box
    assert right - left < 60_000


def test_a_window_moves_away_from_empty_sea() -> None:
    layout = coast(2_000)
    left, bottom, right, top = area_window(layout, "E1", []).box
    assert right > 10_000, "more of the land than of the sea"
    assert left < -10_000
    assert right > -2 * left - 20_000
    assert -10_000 - left >= 0.12 * (right - left), "its own area keeps off the edge"
    assert -10_000 - bottom >= 0.12 * (top - bottom)
    inland = area_window(layout, "E2", [])
    assert abs(inland.box[0] + inland.box[2] - 2 * 102_000) < 60_000


@given(numbers, numbers, st.floats(100, 1e6), st.floats(100, 1e6), st.integers(50, 900),
       st.none() | st.floats(0.3, 3))  # fmt: skip
def test_a_window_holds_its_box(
    x: float, y: float, width: float, height: float, units: int, ratio: float | None
) -> None:
    box = (x, y, x + width, y + height)
    window = window_of(box, units, ratio=ratio)
    left, bottom, right, top = window.box
    assert left <= box[0] + 1e-6
    assert bottom <= box[1] + 1e-6
    assert right >= box[2] - 1e-6
    assert top >= box[3] - 1e-6
    if window.rung:
        assert units <= window.width <= 1.5 * units + 3, "fine enough, and no finer than it needs"
    if ratio is not None and min(window.width, window.height) > 40:
        assert window.width / window.height == pytest.approx(ratio, rel=0.1)


def holds(window: drawing.Window, box: Box) -> bool:
    left, bottom, right, top = window.box
    return left <= box[0] and bottom <= box[1] and right >= box[2] and top >= box[3]


@settings(max_examples=20)
@given(st.integers(0, 500), st.integers(1, 12))
def test_windows_hold_what_they_are_about(seed: int, count: int) -> None:
    layout = layout_of(cells(seed, count))
    assert holds(national_window(layout), layout.box)
    for code in layout.codes:
        window = area_window(layout, code, layout.codes[:3])
        assert holds(window, tuple(layout.boxes[layout.at[code]]))
        assert window.width / window.height == pytest.approx(framing.AREA_RATIO, rel=0.02)
    members = layout.codes[::2]
    window = group_window(layout, members)
    assert all(holds(window, tuple(layout.boxes[layout.at[c]])) for c in members)


# -- Drawings --------------------------------------------------------------------------------


def test_every_area_is_a_link_with_a_title_in_its_class() -> None:
    layout = layout_of(cells(3, 8))
    known = about(layout)
    root = drawn(layout)
    links = root.findall(f".//{SVG}g[@class='areas']/{SVG}a")
    assert [link.get("data-code") for link in links] == list(layout.codes)
    for link in links:
        said = known[link.get("data-code") or ""]
        assert link.get("href") == f"../{said.href}"
        assert link.get("tabindex") == "-1", "the map must not be a hundred tab stops"
        assert link.findtext(f"{SVG}title") == said.title
        path = link.find(f"{SVG}path")
        assert path is not None
        level = "none" if said.level is None else said.level
        assert path.get("class") == f"area level-{level}"
        assert (path.get("fill") == "url(#hatch-m)") == (said.level is None)
        assert read_path(path.get("d") or "")
    assert root.find(f".//{SVG}pattern[@id='hatch-m']") is not None


@pytest.mark.parametrize(("options", "hatched"), [({}, False), ({"mute_others": True}, True)])
def test_a_drawing_has_hatching_only_where_an_area_may_need_it(
    options: dict[str, object], hatched: bool
) -> None:
    """Scripts make their own; an inset stays where another measure is chosen."""
    layout = layout_of(cells(3, 8))
    known = {code: replace(found, level=1) for code, found in about(layout).items()}
    root = drawn(layout, about=known, here=layout.codes[:1], **options)
    assert (root.find(f".//{SVG}pattern") is not None) == hatched


def test_a_script_can_place_the_drawing_in_the_plane() -> None:
    layout = layout_of(cells(3, 8))
    window = national_window(layout)
    root = drawn(layout, window=window)
    unit = float(root.get("data-unit") or 0)
    assert unit == pytest.approx(window.unit_m, abs=1e-5)
    assert root.get("viewBox") == f"0 0 {window.width} {window.height}"
    left, _, _, top = window.box
    assert float(root.get("data-x") or 0) == pytest.approx(left, abs=0.01)
    assert float(root.get("data-y") or 0) == pytest.approx(top, abs=0.01)
    for code, path in ((a.get("data-code"), a.find(f"{SVG}path")) for a in root.iter(f"{SVG}a")):
        assert path is not None
        points = [p for ring in read_path(path.get("d") or "") for p in ring]
        west = left + min(x for x, _ in points) * unit
        north = top - min(y for _, y in points) * unit
        box = layout.boxes[layout.at[code or ""]]
        assert west == pytest.approx(box[0], abs=4 * unit)
        assert north == pytest.approx(box[3], abs=4 * unit)


def test_only_what_is_in_window_is_drawn() -> None:
    layout = layout_of(cells(3, 30))
    code = layout.codes[0]
    window = area_window(layout, code, [])
    shown = {a.get("data-code") for a in drawn(layout, window=window).iter(f"{SVG}a")}
    assert code in shown
    assert shown == set(layout.within(window.box))


def test_areas_without_a_page_are_not_links() -> None:
    layout = layout_of(cells(3, 6))
    known = about(layout)
    del known[layout.codes[0]]
    codes = {a.get("data-code") for a in drawn(layout, about=known).iter(f"{SVG}a")}
    assert codes == set(layout.codes[1:])


def test_the_page_s_area_has_an_outline_of_its_own() -> None:
    layout = layout_of(cells(3, 6))
    code = layout.codes[2]
    root = drawn(layout, here=[code])
    (mark,) = root.findall(f".//{SVG}g[@class='here']/{SVG}path")
    own = root.find(f".//{SVG}a[@data-code='{code}']/{SVG}path")
    assert own is not None
    assert mark.get("d") == own.get("d")
    assert root.findall(f".//{SVG}path[@class='area level-1 other']") == []


def test_a_group_s_map_fades_the_others() -> None:
    layout = layout_of(cells(3, 6))
    root = drawn(layout, here=layout.codes[:2], mute_others=True)
    linked = {a.get("data-code") for a in root.iter(f"{SVG}a")}
    assert linked == set(layout.codes[:2])
    paths = root.findall(f".//{SVG}g[@class='others']/{SVG}path")
    faded = "".join(path.get("d") or "" for path in paths)
    assert all((path.get("class") or "").startswith("area other level-") for path in paths)
    assert faded.count("M") == len(layout.codes) - 2


NASTY = '<b>Bold & "Sons"</b>\'s {code} ]]> <script>alert(1)</script>'


@pytest.mark.parametrize("hexagons", [False, True])
def test_a_name_that_is_html_stays_text(hexagons: bool) -> None:
    layout = layout_of(cells(3, 6), cells=hexagons)
    code = layout.codes[0]
    svg = draw(
        layout, national_window(layout), about(layout, NASTY), id="m", label=NASTY, url=lambda h: h,
        here=[code],
    )  # fmt: skip
    assert "<b>" not in svg
    assert "<script" not in svg
    root = parse(svg)
    assert root.get("aria-label") == NASTY
    assert {e.tag for e in root.iter()} <= {
        SVG + n for n in ("svg", "defs", "pattern", "path", "g", "a", "title")
    }
    titles = [t.text for t in root.iter(f"{SVG}title")]
    assert f"{NASTY.format(code=code)}: 1st" in titles


def test_nothing_in_a_drawing_needs_a_loose_policy() -> None:
    layout = layout_of(cells(3, 6))
    for svg in (
        draw(layout, national_window(layout), about(layout), id="m", label="x", url=lambda h: h),
        draw(layout, area_window(layout, layout.codes[0], []), about(layout), id="m", label="x",
             url=lambda h: h, here=layout.codes[:1]),
    ):  # fmt: skip
        assert " style=" not in svg
        assert not re.search(r"\son\w+=", svg)
        assert "http" not in svg


def test_the_window_of_a_small_area_shows_its_surroundings_not_a_county() -> None:
    """Where areas are a kilometre wide, 24 km would hold hundreds of them on every page."""
    size = 1_000.0
    corners = np.mgrid[0:40e3:size, 0:40e3:size].reshape(2, -1)
    boxes = shapely.box(*corners, *(corners + size))
    codes = [f"E{at:08}" for at in range(len(boxes))]
    frame = gpd.GeoDataFrame({"code": codes}, geometry=boxes, crs="EPSG:3857")
    layout = make_layout("geography", frame)
    code = codes[820]
    window = area_window(layout, code, ())
    assert holds(window, tuple(layout.boxes[layout.at[code]]))
    assert 9 <= len(layout.within(window.box)) < 40
