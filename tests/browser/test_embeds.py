"""Maps in frames of other sites, whatever the frame's shape: names, room, what is asked for."""

from __future__ import annotations

import gzip
import html
import re
from collections.abc import Callable, Iterator
from pathlib import Path

import playwright.sync_api as playwright
import pytest
from browsing import NOBODY_POINTS, Visits, served

pytestmark = pytest.mark.browser

SHAPES = [(390, 844), (844, 390), (320, 256), (1280, 720), (390, 560), (600, 420)]
EMBEDS = ["rushcliffe", "regions/north-west", "map"]

# Each name that is seen, and whether its middle, or the far end of the line that leads from it,
# lies over what it names: an area by its code; any area for the faded ones of a group's map,
# which share one path a class, and for groups.  Names of groups beside the map lie over none.
NAMES = """() => {
  const svg = document.querySelector(".map-svg");
  const over = (path, x, y) => path.isPointInFill(
    new DOMPoint(x, y).matrixTransform(path.getScreenCTM().inverse()));
  const placeOf = (text, {left, right, top, bottom}) => {
    const aside = text.parentElement;
    if (aside.matches(".map-labels")) return [(left + right) / 2, (top + bottom) / 2];
    const line = aside.previousElementSibling;
    if (line && line.matches("line.lead")) {
      const end = new DOMPoint(line.x2.baseVal.value, line.y2.baseVal.value)
        .matrixTransform(line.getScreenCTM());
      return [end.x, end.y];
    }
    const at = text.getScreenCTM();
    return [at.e, at.f];
  };
  return [...document.querySelectorAll(".map-frame .map-labels text")]
    .filter((text) => text.getClientRects().length)
    .map((text) => {
      const {left, right, top, bottom} = text.getBoundingClientRect();
      const [x, y] = placeOf(text, {left, right, top, bottom});
      const own = svg.querySelector(`a[data-code="${text.dataset.code}"] path`);
      const paths = own ? [own] : [...svg.querySelectorAll("path.area")];
      const beside = text.matches("svg svg .region-name");
      return {name: text.textContent, left, right, top, bottom,
              over: beside || paths.some((path) => over(path, x, y))};
    });
}"""


def colliding(names: list[dict[str, float]]) -> list[tuple[object, object]]:
    """Names whose boxes overlap by more than the room around letters."""
    return [
        (a["name"], b["name"])
        for at, a in enumerate(names)
        for b in names[:at]
        if min(a["right"], b["right"]) - max(a["left"], b["left"]) > 1
        and min(a["bottom"], b["bottom"]) - max(a["top"], b["top"]) > 3
    ]


@pytest.mark.parametrize("size", [*SHAPES, (900, 700)], ids="%dx%d".__mod__)
@pytest.mark.parametrize("path", [*(f"embed/{embed}/" for embed in EMBEDS), "", "explore/"])
def test_every_name_lies_over_what_it_names(
    site: str, visit: Visits, path: str, size: tuple[int, int]
) -> None:
    page = visit(site + path, *size, java_script_enabled=False)
    names = page.evaluate(NAMES)
    drawing = page.locator(".map-frame .map-svg").bounding_box()
    assert drawing
    assert len(names) >= (3 if drawing["width"] > 270 else 0)
    assert [text["name"] for text in names if not text["over"]] == []
    assert colliding(names) == []


@pytest.mark.parametrize("size", SHAPES, ids="%dx%d".__mod__)
@pytest.mark.parametrize("embed", EMBEDS)
def test_the_map_takes_most_of_the_frame_and_nothing_is_left_out(
    site: str, visit: Visits, embed: str, size: tuple[int, int]
) -> None:
    page = visit(f"{site}embed/{embed}/", *size)
    width, height = size
    drawing = page.locator(".map-svg").bounding_box()
    assert drawing
    assert drawing["x"] >= 0
    assert drawing["x"] + drawing["width"] <= width
    assert drawing["height"] >= min(0.6 * height, 0.75 * width)
    assert drawing["y"] + drawing["height"] <= height, "all of it is seen without scrolling"
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    for part in (".map-caption", ".key", ".map-source"):
        assert page.locator(part).is_visible(), part


@pytest.mark.parametrize("embed", [*EMBEDS, "regions/london", "cornwall"])
def test_a_frame_asks_for_little_until_the_reader_turns_to_it(
    site: str, visit: Visits, embed: str
) -> None:
    page = visit("", 600, 660)
    page.add_init_script(NOBODY_POINTS)
    asked: list[str] = []
    sizes: list[int] = []
    page.on("request", lambda request: asked.append(request.url))
    page.on("response", lambda answer: sizes.append(len(gzip.compress(answer.body()))))
    visit.go(page, f"{site}embed/{embed}/")
    assert len(asked) <= 6, asked
    assert sum(sizes) <= 60_000
    assert page.locator(".areas path.area").count() > 10, "and it isn't blank"


@pytest.fixture
def other(tmp_path: Path) -> Iterator[Callable[[str], str]]:
    """A page of another site with some code in it."""
    with served(tmp_path, "localhost") as address:

        def page(code: str) -> str:
            text = f'<!doctype html><title>Other</title><link rel="icon" href="data:,">{code}'
            (tmp_path / "index.html").write_text(text, encoding="utf-8")
            return address

        yield page


def test_every_choice_of_the_builder_shows_in_a_page_of_another_site(
    site: str, visit: Visits, other: Callable[[str], str]
) -> None:
    page = visit(f"{site}authorities/rushcliffe/", 1280, 900)
    page.get_by_text("Embed this map").click()
    maps = page.get_by_label("Which map").locator("option").all_inner_texts()
    assert maps == ["Rushcliffe and its surroundings", "East Midlands", "England"]
    page.get_by_label("Which map").select_option("East Midlands")
    page.locator("#embed-edition").select_option("2017")
    page.locator("#embed-layout").select_option("hexagons")
    page.locator("#embed-theme").select_option("dark")
    page.get_by_label("Width").select_option("400 pixels")
    code = page.get_by_label("HTML for another site’s page").input_value()
    assert "max-width:400px" in code
    # Without scripts there is a drawing all the same: the frame is never blank.
    still = visit(other(code), 1000, 900, java_script_enabled=False)
    still.locator("iframe").scroll_into_view_if_needed()
    frame = still.frame_locator("iframe")
    playwright.expect(frame.locator("svg.map-svg .areas path.area")).to_have_count(40)
    live = visit(other(code), 1000, 900)
    frame = live.frame_locator("iframe")
    playwright.expect(frame.locator(".map-caption")).to_contain_text("2017")
    playwright.expect(frame.locator(".map-live .leaflet-areas-pane path.area")).not_to_have_count(0)
    colour = frame.locator("body").evaluate("body => getComputedStyle(body).backgroundColor")
    assert sum(int(n) for n in re.findall(r"\d+", colour)[:3]) < 150, "dark, as was chosen"
    assert re.search(r'src="[^"]+layout=hexagons', html.unescape(code))
    box = live.locator("iframe").bounding_box()
    assert box
    assert (box["width"], box["height"]) == (400, 520)


@pytest.mark.parametrize(("room", "height"), [(300, 520), (440, 520), (500, 550), (900, 990)])
def test_the_frame_s_height_follows_its_width(
    site: str, visit: Visits, other: Callable[[str], str], room: int, height: int
) -> None:
    page = visit(f"{site}regions/east-midlands/", 1280, 900)
    page.get_by_text("Embed this map").click()
    code = page.get_by_label("HTML for another site’s page").input_value()
    page = visit(other(f'<div style="width:{room}px">{code}</div>'), 1000, 1100)
    box = page.locator("iframe").bounding_box()
    assert box
    assert (box["width"], box["height"]) == (room, pytest.approx(height, abs=1))
    inside = page.frames[1]
    assert inside.evaluate("document.documentElement.scrollHeight") <= box["height"] + 1
    names = inside.evaluate(NAMES)
    assert [text["name"] for text in names if not text["over"]] == []
