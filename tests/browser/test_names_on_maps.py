"""Names on every region's and county's map at every zoom, on the hexagons, and of every area."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import playwright.sync_api as playwright
import pytest
from browsing import Visits, until
from built import Built

from generator.maps.lettering import forms

pytestmark = pytest.mark.browser

DEEPEST = 13
NAMED_AT_FIRST = {1280: 0.74, 390: 0.42}
"""So many of all members, over all groups' maps, are named before anything is zoomed."""
LEAST_AT_FIRST = {1280: 0.37, 390: 0.13}
"""And on each map alone."""
LOOK = """(labels) => {
  const frame = document.querySelector(".map-frame").getBoundingClientRect();
  const pen = document.createElement("canvas").getContext("2d");
  const pane = document.querySelector(".leaflet-labels-pane");
  pen.font = `500 12px ${getComputedStyle(pane).fontFamily}`;
  const {x: width, y: height} = map_page.getSize();
  const moved = document.querySelector(".map-frame").classList.contains("map-moved");
  const shown = moved ? ".map-text text" : ".map-labels text";
  const texts = [...document.querySelectorAll(`.map-frame ${shown}`)]
    .filter((text) => text.getClientRects().length)
    .map((text) => {
      const {left, top, right, bottom} = text.getBoundingClientRect();
      const parts = [...text.querySelectorAll("tspan")].map((part) => part.textContent);
      return {lines: parts.length ? parts : [text.textContent],
              box: [left - frame.left, top - frame.top, right - frame.left, bottom - frame.top]};
    });
  const metre = map_page.options.crs.scale(map_page.getZoom()) / (2 * Math.PI * 6378137);
  const places = labels.map(({x, y, radius, lines}) => {
    const at = map_page.latLngToContainerPoint(
      L.Projection.SphericalMercator.unproject(L.point(x, y)));
    const widths = lines.map(
      (form) => Math.max(...form.map((line) => pen.measureText(line).width)));
    return {x: at.x, y: at.y, radius: radius * metre, widths};
  });
  return {width, height, texts, places};
}"""
Box = tuple[float, float, float, float]


def index_of(folder: Path, layout: str) -> dict[str, Any]:
    (path,) = (folder / "assets/layouts").glob(f"{layout}.*.json")
    found: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return found


def labels_of(index: dict[str, Any]) -> dict[str, dict[str, Any]]:
    """What is known of each area's name: place and radius in metres, how it may be written."""
    unit = index["unit"]
    return {
        code: {"x": x * unit, "y": -y * unit, "radius": radius * unit, "name": name,
               "spill": spill, "lines": forms(name)}
        for x, y, radius, name, code, spill, *_ in index["labels"] if code
    }  # fmt: skip


def meet(a: Box, b: Box, slack: float = 0.0) -> bool:
    return min(a[2], b[2]) - max(a[0], b[0]) > slack and min(a[3], b[3]) - max(a[1], b[1]) > slack


def colliding(texts: list[dict[str, Any]]) -> list[tuple[object, object]]:
    """Names of which one lies over another by more than the room around letters."""
    return [
        (a["lines"], b["lines"])
        for at, a in enumerate(texts)
        for b in texts[:at]
        if min(a["box"][2], b["box"][2]) - max(a["box"][0], b["box"][0]) > 1
        and min(a["box"][3], b["box"][3]) - max(a["box"][1], b["box"][1]) > 3
    ]


def named(seen: dict[str, Any], label: dict[str, Any]) -> bool:
    return any(tuple(text["lines"]) in label["lines"] for text in seen["texts"])


def with_room(seen: dict[str, Any], labels: list[dict[str, Any]]) -> list[str]:
    """Areas in view whose names are missing although they have room over their own place."""
    missing = []
    tools = (seen["width"] - 50, 0.0, seen["width"], 120.0)
    for label, place in zip(labels, seen["places"], strict=True):
        if named(seen, label) or 2 * place["radius"] < 5.5:
            continue
        for lines, width in zip(label["lines"], place["widths"], strict=True):
            half, tall = width / 2 + 6, len(lines) * 7 + 4
            box = (place["x"] - half, place["y"] - tall, place["x"] + half, place["y"] + tall)
            inside = (
                box[0] > 0 and box[1] > 0 and box[2] < seen["width"] and box[3] < seen["height"]
            )
            fits = 2 * half <= 2 * place["radius"] * label["spill"]
            free = not any(meet(box, text["box"]) for text in seen["texts"])
            if inside and fits and free and not meet(box, tools):
                missing.append(label["name"])
    return missing


def zoom(page: playwright.Page, level: float) -> None:
    page.evaluate("(level) => { map_page.setZoom(level, {animate: false}); }", level)
    page.wait_for_timeout(40)


@pytest.mark.parametrize("width", [1280, 390])
def test_every_group_s_map_names_all_that_have_room(
    real_site: Built, site: str, visit: Visits, width: int
) -> None:
    """At every zoom: no name over another, and no member without one that has room for it."""
    known = labels_of(index_of(real_site.folder, "geography"))
    page = visit("", width, 844)
    shares: dict[str, float] = {}
    count = total = 0
    groups = [p for p in real_site.files if p.endswith("/index.html") and p.count("/") == 2
              and p.split("/")[0] in ("regions", "counties", "groups")]  # fmt: skip
    assert len(groups) == 45
    for path in sorted(groups):
        visit.go(page, f"{site}{path.removesuffix('index.html')}")
        page.locator(".map-frame").scroll_into_view_if_needed()
        here = page.evaluate("document.querySelector('.map-frame').dataset.here.split(' ')")
        labels = [known[code] for code in here if code in known]
        seen = page.evaluate(LOOK, labels)
        assert not colliding(seen["texts"]), path
        found = sum(named(seen, label) for label in labels)
        shares[path] = found / len(labels)
        count, total = count + found, total + len(labels)
        first = page.evaluate("map_page.getZoom()")
        level = first
        while level < DEEPEST:
            level = min(level + 1, DEEPEST)
            zoom(page, level)
            if level == first + 1:
                until(page, "document.querySelector('.map-text:not(.moving) text') !== null")
                page.wait_for_timeout(250)  # for finer areas, after which names are placed again
            seen = page.evaluate(LOOK, labels)
            assert not colliding(seen["texts"]), (path, level)
            assert not with_room(seen, labels), (path, level)
    assert count / total >= NAMED_AT_FIRST[width], (count, total)
    low = {path: share for path, share in shares.items() if share < LEAST_AT_FIRST[width]}
    assert not low


def test_every_area_is_named_before_the_deepest_zoom(
    real_site: Built, site: str, visit: Visits
) -> None:
    known = labels_of(index_of(real_site.folder, "geography"))
    page = visit(f"{site}authorities/rushcliffe/", 1280, 844)
    zoom(page, DEEPEST - 1)
    until(page, "document.querySelector('.map-text:not(.moving) text') !== null")
    assert len(known) == 326
    texts = page.evaluate(
        """(places) => places.map(({x, y}) => {
      const at = L.Projection.SphericalMercator.unproject(L.point(x, y));
      map_page.setView(at, undefined, {animate: false});
      return [...document.querySelectorAll(".map-text text")].map((text) =>
        [...text.querySelectorAll("tspan")].map((line) => line.textContent));
    })""",
        list(known.values()),
    )
    nameless = [
        label["name"]
        for label, found in zip(known.values(), texts, strict=True)
        if not any(tuple(lines) in label["lines"] for lines in found)
    ]
    assert not nameless


@pytest.mark.parametrize(("width", "height"), [(1280, 720), (844, 390), (390, 844)])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_regions_are_named_beside_the_hexagons(
    real_site: Built, site: str, visit: Visits, width: int, height: int, scheme: str
) -> None:
    page = visit(f"{site}?layout=hexagons", width, height, color_scheme=scheme)
    until(page, "document.querySelectorAll('.map-text .region-name').length > 0")
    found = page.evaluate("""() => {
      const box = (node) => {
        const {left, top, right, bottom} = node.getBoundingClientRect();
        return [left, top, right, bottom];
      };
      const all = (selector) => [...document.querySelectorAll(selector)].map(box);
      return {names: all(".map-text .region-name"), cells: all(".leaflet-areas-pane path.area"),
              legend: all(".map-legends")[0], tools: all(".map-tools")[0],
              frame: all(".map-frame")[0]};
    }""")
    assert len(found["names"]) == 9
    assert len(found["cells"]) == 326
    over = [(a, b) for a in found["names"] for b in found["cells"] if meet(a, b, 3)]
    assert not over, "beside the shape, not over it"
    assert not [1 for cell in found["cells"] if meet(cell, found["legend"], 1)]
    assert not [1 for cell in found["cells"] if meet(cell, found["tools"], 1)]
    frame = found["frame"]
    for box in [*found["names"], *found["cells"]]:
        assert frame[0] - 1 <= box[0] <= box[2] <= frame[2] + 1
        assert frame[1] - 1 <= box[1] <= box[3] <= frame[3] + 1


@pytest.mark.parametrize("how", ["mouse", "keys", "finger"])
def test_a_hexagon_says_its_whole_name_at_once(site: str, visit: Visits, how: str) -> None:
    page = visit(f"{site}regions/london/?layout=hexagons", 1280, 844, has_touch=how == "finger")
    until(page, "document.querySelectorAll('.map-text text').length > 20")
    tip = page.locator(".map-tip")
    at = page.evaluate("""() => {
      const frame = document.querySelector(".map-frame");
      const {left, top, width, height} = frame.getBoundingClientRect();
      return [left + width / 2, top + height / 2];
    }""")
    if how == "mouse":
        page.mouse.move(*at)
    elif how == "finger":
        page.touchscreen.tap(*at)
    else:
        page.locator(".map-frame").focus()
        page.keyboard.press("ArrowRight")
    assert tip.is_visible(), "without the browser's delay"
    assert len(tip.inner_text().split("\n")) >= 2, "its name, and what is known of it"
    assert page.locator(".leaflet-areas-pane title").count() == 0, "no second, slower one"


def test_hexagons_carry_names_that_people_know(real_site: Built, site: str, visit: Visits) -> None:
    """Of every member whose name fits its cell, however broad the letters are here."""
    known = labels_of(index_of(real_site.folder, "hexagons"))
    page = visit(f"{site}regions/london/?layout=hexagons", 1280, 844)
    until(page, "document.querySelectorAll('.map-text text').length > 20")
    here = page.evaluate("document.querySelector('.map-frame').dataset.here.split(' ')")
    labels = [known[code] for code in here]
    seen = page.evaluate(LOOK, labels)
    fitting = [
        label["name"]
        for label, place in zip(labels, seen["places"], strict=True)
        if min(place["widths"]) + 12 <= 2 * place["radius"] and not named(seen, label)
    ]
    assert fitting == []
    assert not colliding(seen["texts"])
    assert "Tower Hamlets" in {" ".join(text["lines"]) for text in seen["texts"]}
    names = page.locator(".map-text text:not(.halo)").count()
    assert len(here) == 33
    assert names >= 20, "most lie within their cells"
