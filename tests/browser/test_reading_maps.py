"""Maps that people can read: names, colours, one screen, fingers, paper, and no barrier."""

from __future__ import annotations

import json
import re
from pathlib import Path

import playwright.sync_api as playwright
import pytest
from browsing import Visits, served, until
from built import Built

from generator.catalogue import ENGLISH
from generator.language.numbers import number, ordinal
from generator.maps.folium_map import AtlasMap, MapConfig, PageFrame
from generator.theme import TEMPLATES

pytestmark = pytest.mark.browser

REGIONS = ("north-west", "london", "east-midlands", "south-west")
CITIES = {
    "north-west": ["Manchester", "Liverpool"], "east-midlands": ["Nottingham", "Leicester"],
    "london": ["Westminster", "Croydon"], "south-west": ["Cornwall", "Bristol"],
}  # fmt: skip

MOST_STOPS = 40
"""Before the home page's footer."""
BOXES = """() => [...document.querySelectorAll(
    ".map-frame .map-text text, .map-frame:not(.map-moved) .map-labels text")]
  .filter((text) => text.getClientRects().length && getComputedStyle(text).display !== "none")
  .map((text) => {
    const {left, top, right, bottom} = text.getBoundingClientRect();
    const size = parseFloat(getComputedStyle(text).fontSize);
    return {name: text.textContent, code: text.dataset.code || "", left, top, right, bottom, size,
            scale: text.getScreenCTM().a, cls: text.getAttribute("class")};
  })"""


def zoom_in(page: playwright.Page) -> None:
    page.locator(".map-tools [data-zoom=in]").click()
    page.wait_for_timeout(400)
    until(page, "document.querySelector('.map-text:not(.moving) text') !== null")
    page.wait_for_timeout(300)


def colliding(boxes: list[dict[str, float]]) -> list[tuple[object, object]]:
    """Names whose boxes overlap by more than the room around letters."""
    return [
        (a["name"], b["name"])
        for at, a in enumerate(boxes)
        for b in boxes[:at]
        if min(a["right"], b["right"]) - max(a["left"], b["left"]) > 1
        and min(a["bottom"], b["bottom"]) - max(a["top"], b["top"]) > 3
    ]


# -- Names -----------------------------------------------------------------------------------


@pytest.mark.parametrize("region", REGIONS)
@pytest.mark.parametrize("width", [1280, 390])
def test_names_are_the_right_ones_and_never_lie_over_one_another(
    site: str, visit: Visits, region: str, width: int
) -> None:
    page = visit(f"{site}regions/{region}/", width, 844)
    for step in range(4):
        if step:
            zoom_in(page)
        boxes = page.evaluate(BOXES)
        assert boxes or step > 1
        assert not colliding(boxes)
        assert {box["size"] for box in boxes} <= {12, 13.5}
        assert all(box["scale"] == pytest.approx(1, abs=0.01) for box in boxes), "CSS pixels"
        if step == 0 and width == 1280:
            text = " ".join(box["name"] for box in boxes)
            for city in CITIES[region]:
                assert city.replace(" ", "") in text.replace(" ", ""), city


COVERED = """() => {
  const boxOf = (node) => node.getBoundingClientRect();
  const legend = boxOf(document.querySelector(".national-map .map-legends"));
  const areas = [...document.querySelectorAll(".national-map .leaflet-pane path.area")];
  return { areas: areas.length, covered: areas.map(boxOf).filter((box) =>
    box.left < legend.right - 1 && box.right > legend.left + 1 &&
    box.top < legend.bottom - 1 && box.bottom > legend.top + 1).length };
}"""


@pytest.mark.parametrize("width", [960, 1000, 1280])
def test_the_legend_covers_no_area(site: str, visit: Visits, width: int) -> None:
    page = visit(site, width)
    until(page, "document.querySelector('.leaflet-container path') !== null")
    page.wait_for_timeout(300)
    found = page.evaluate(COVERED)
    assert found["areas"] >= 320
    assert found["covered"] == 0


def test_a_map_that_fills_its_frame_makes_room_and_takes_its_names_along(
    d2n2_site: Built, visit: Visits
) -> None:
    """In the example of D2N2 the legend lay over High Peak."""
    with served(d2n2_site.folder) as address:
        page = visit(address)
        until(page, "document.querySelector('.leaflet-pane path.area') !== null")
        page.wait_for_timeout(300)
        assert page.evaluate(COVERED) == {"areas": 17, "covered": 0}
        assert page.locator(".legend-below").count() == 0
        # The only one of its class: its name lies over it.
        assert page.evaluate("""() => {
          const name = [...document.querySelectorAll(".map-frame text")].find((text) =>
            text.textContent === "Rushcliffe" && text.getClientRects().length);
          const { left, right, top, bottom } = name.getBoundingClientRect();
          const [best] = document.querySelectorAll(".leaflet-pane path.level-4");
          const box = best.getBoundingClientRect();
          const [x, y] = [(left + right) / 2, (top + bottom) / 2];
          return x > box.left && x < box.right && y > box.top && y < box.bottom;
        }""")


@pytest.mark.parametrize("width", [320, 390, 960, 1000])
def test_the_main_links_stand_on_one_line(site: str, visit: Visits, width: int) -> None:
    page = visit(site, width)
    tops = page.locator(".site-head nav li").evaluate_all(
        "items => items.map((item) => Math.round(item.getBoundingClientRect().top))"
    )
    assert len(tops) == 5
    assert len(set(tops)) == 1


@pytest.mark.parametrize("area", ["isles-of-scilly", "isle-of-wight"])
def test_cells_apart_are_shown_with_those_nearest_to_them(
    site: str, visit: Visits, area: str
) -> None:
    page = visit(f"{site}authorities/{area}/?layout=hexagons")
    page.wait_for_timeout(500)
    whole = page.evaluate("""() => {
      const frame = document.querySelector(".map-frame").getBoundingClientRect();
      return [...document.querySelectorAll(".leaflet-pane path.area")]
        .map((path) => path.getBoundingClientRect())
        .filter((box) => box.width > 20 && box.left >= frame.left && box.right <= frame.right &&
          box.top >= frame.top && box.bottom <= frame.bottom).length;
    }""")
    assert whole >= 24


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_names_stand_out_from_what_is_under_them(site: str, visit: Visits, scheme: str) -> None:
    """Contrast of each text with its own area's fill, or with the halo around it."""
    page = visit(f"{site}regions/east-midlands/", color_scheme=scheme)
    ratios = page.evaluate("""() => {
      const rgb = (text) => text.match(/[\\d.]+/g).map(Number);
      const light = ([r, g, b]) => [r, g, b].map((v) => v / 255)
        .map((v) => (v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4))
        .reduce((sum, v, i) => sum + v * [0.2126, 0.7152, 0.0722][i], 0);
      const ratio = (a, b) => {
        const [x, y] = [light(a), light(b)].sort((p, q) => q - p);
        return (x + 0.05) / (y + 0.05);
      };
      return [...document.querySelectorAll(".map-labels text")]
        .filter((t) => getComputedStyle(t).display !== "none").map((text) => {
          const style = getComputedStyle(text);
          const haloed = style.stroke !== "none" && parseFloat(style.strokeWidth) > 2;
          const area = document.querySelector(`.map-svg a[data-code="${text.dataset.code}"] path`);
          const ground = haloed ? rgb(style.stroke) : rgb(getComputedStyle(area).fill);
          return [text.textContent, ratio(rgb(style.fill), ground)];
        });
    }""")
    assert len(ratios) > 15
    assert not [(name, ratio) for name, ratio in ratios if ratio < 4.5]


# -- The home page ----------------------------------------------------------------------------


@pytest.mark.parametrize(("width", "height"), [(1280, 720), (1440, 900)])
def test_the_home_page_is_one_screen(site: str, visit: Visits, width: int, height: int) -> None:
    page = visit(site, width, height)
    for selector in ("h1", ".national-map .map-frame", ".map-legends", ".map-inset",
                     ".ranking li:nth-child(10)"):  # fmt: skip
        box = page.locator(selector).first.bounding_box()
        assert box, selector
        assert box["y"] + box["height"] <= height, selector
        assert box["x"] + box["width"] <= width, selector
    legend, inset = (page.locator(s).bounding_box() for s in (".map-legends", ".map-inset"))
    assert legend
    assert inset
    assert legend["x"] + legend["width"] < inset["x"]
    areas = page.evaluate(f"""() => [
        ...document.querySelectorAll(".map-frame .map-svg .areas path")]
      .map((p) => p.getBoundingClientRect())
      .filter((r) => r.right > {inset["x"]} && r.top < {inset["y"] + inset["height"]}).length""")
    assert areas == 0, "the inset stands on the map's own white space"


def test_the_ranking_follows_edition_and_filter(site: str, visit: Visits) -> None:
    page = visit(site)
    rows = page.locator(".ranking li:visible")
    playwright.expect(rows).to_have_count(324)
    page.get_by_label("Show", exact=True).select_option("coldspots")
    playwright.expect(rows).to_have_count(65)
    page.get_by_label("Show", exact=True).select_option("London")
    playwright.expect(rows).to_have_count(32)
    page.locator("[name=edition][value^='2017']").check()
    playwright.expect(page.locator("#ranking")).to_have_text("The ranking, 2017")
    playwright.expect(rows).to_have_count(6)
    page.get_by_label("Show", exact=True).select_option("all authorities")
    playwright.expect(rows).to_have_count(47)
    assert rows.first.inner_text().startswith("1")
    assert "ranks of 277 are not known" in page.locator(".ranking-said").inner_text()


def test_the_keyboard_passes_the_ranking_in_one_stop(site: str, visit: Visits) -> None:
    page = visit(site)
    inside = stops = 0
    while stops < 100:
        page.keyboard.press("Tab")
        where = page.evaluate("""() => [document.activeElement.matches(".ranking li a"),
                                        Boolean(document.activeElement.closest(".site-foot"))]""")
        inside += where[0]
        if where[1]:
            break
        stops += 1
    assert inside == 1
    assert stops <= MOST_STOPS
    first = page.locator(".ranking li a").first
    first.focus()
    page.keyboard.press("ArrowDown")
    assert page.evaluate("document.activeElement.textContent").split()[0] == "2"


def test_the_first_tap_goes_nearer_and_the_second_shows_a_card(site: str, visit: Visits) -> None:
    page = visit(site, 390, 844, has_touch=True)
    page.wait_for_selector(".leaflet-pane path.area")
    frame = page.locator(".map-frame").bounding_box()
    assert frame
    nottingham = page.evaluate("""() => {
      const path = document.querySelector('.map-frame .map-svg [data-code="E06000018"] path');
      const {left, right, top, bottom} = path.getBoundingClientRect();
      return [(left + right) / 2, (top + bottom) / 2];
    }""")
    page.touchscreen.tap(*nottingham)
    tip = page.locator(".map-tip")
    playwright.expect(tip).to_contain_text("Tap again")
    assert "East Midlands" in tip.inner_text()
    page.wait_for_timeout(500)
    shape = page.locator(".leaflet-areas-pane path.area").first
    assert shape
    page.touchscreen.tap(frame["x"] + frame["width"] / 2, frame["y"] + frame["height"] / 2)
    playwright.expect(tip.get_by_role("link", name="Open its page")).to_be_visible()
    assert "of 324" in tip.inner_text()


def test_a_suggestion_over_the_map_takes_its_click(site: str, visit: Visits) -> None:
    page = visit(site)
    page.locator("#search-text").fill("north")
    option = page.locator("#search-list li").nth(5)
    option.wait_for()
    list_box, map_box = option.bounding_box(), page.locator(".map-frame").bounding_box()
    assert list_box
    assert map_box
    assert list_box["y"] > map_box["y"], "it lies over the map"
    name = option.inner_text().split("\n")[0]
    option.click()
    page.wait_for_url(lambda url: url != site)
    assert page.locator("h1").inner_text() == name


# -- A folium map alone -----------------------------------------------------------------------


def test_a_page_s_map_saved_alone_works(real_site: Built, visit: Visits, tmp_path: Path) -> None:
    html = (real_site.folder / "authorities/rushcliffe/index.html").read_text(encoding="utf-8")
    svg = re.search(r'<div class="map-sheet">.*?</svg></div></div>', html, re.DOTALL)
    assert svg
    names = {}
    for name in ("leaflet.js", "map.js", "leaflet.css", "style.css", "classes.css"):
        stem, ending = name.split(".")
        (found,) = (real_site.folder / "assets").glob(f"{stem}.????????.{ending}")
        names[name] = f"assets/{found.name}"
    script = next((real_site.folder / "assets").glob("page-map.*.js")).read_text(encoding="utf-8")
    config = MapConfig(**json.loads(re.search(r"areas\(map_page, (\{.*\})\);", script)[1]))  # type: ignore[index]
    root = tmp_path / "root"
    root.mkdir()
    (root / "favicon.ico").touch()  # asked for where a page names no icon
    for path in ("assets", "authorities"):
        (root / path).symlink_to(real_site.folder / path, target_is_directory=True)
    frame = PageFrame("./", "neighbourhood", ("E07000176",), svg[0])
    AtlasMap(frame, config, names).save(str(root / "alone.html"))
    with served(root) as address:
        page = visit(f"{address}alone.html")
        page.wait_for_selector(".leaflet-pane path.area.level-4")
        page.locator(".map-frame").focus()
        page.keyboard.press("ArrowRight")
        assert "Rushcliffe" in page.locator(".map-tip").inner_text()
        zoom_in(page)
        assert page.locator(".map-text text").count() > 3


def test_scripts_read_the_place_in_a_rank_as_it_is_written(visit: Visits) -> None:
    """From 10,000 on a narrow space stands between thousands: 12 345th was taken for 12th."""
    source = (TEMPLATES / "assets" / "lib" / "rank.js").read_text(encoding="utf-8")
    places = [1, 12, 999, 9_999, 10_000, 12_345, 34_753]
    said = [f"joint {ordinal(ENGLISH, place)} of {number(34_753)}" for place in places]
    read = """([source, said]) => import(`data:text/javascript,${encodeURIComponent(source)}`)
        .then(({ placeIn, placeWritten }) =>
            said.map((rank) => [placeIn(rank), placeWritten(rank)]))"""
    found = visit("about:blank").evaluate(read, [source, said])
    assert found == [[place, number(place)] for place in places]


# -- Windows, paper, barriers -----------------------------------------------------------------


@pytest.mark.parametrize(
    ("size", "least"), [((320, 256), 180), ((844, 390), 250), ((390, 844), 460)]
)
def test_the_explorer_s_map_keeps_a_height(
    site: str, visit: Visits, size: tuple[int, int], least: int
) -> None:
    page = visit(f"{site}explore/", *size)
    box = page.locator(".explore-stage").bounding_box()
    assert box
    assert box["height"] >= least
    assert page.locator(".explore-map .map-text text").count() > 3
    # A chosen area’s card leaves at least half of the map free.
    page.goto(f"{site}explore/?area=E07000176")
    page.wait_for_selector("#explore-card:not([hidden])")
    card = page.locator("#explore-card").bounding_box()
    assert card
    assert card["width"] * card["height"] < 0.5 * box["width"] * box["height"]


def test_the_explorer_lists_what_is_in_view(site: str, visit: Visits) -> None:
    page = visit(f"{site}explore/?area=E07000176")
    page.get_by_text("What is in view, as a table").click()
    table = page.locator("#explore-in-view table")
    playwright.expect(table.get_by_role("link", name="Rushcliffe")).to_be_visible()
    caption = table.locator("caption")
    playwright.expect(caption).to_contain_text("in view")

    def count() -> int:
        return int(caption.inner_text().split()[0])

    near = count()
    assert near == table.locator("tbody tr").count()
    page.get_by_role("button", name="Zoom out").click()
    until(page, f"parseInt(document.querySelector('#explore-in-view caption').innerText) > {near}")
    wide = count()
    page.locator("#explore-legend button", has_text="Hotspot").click()
    playwright.expect(caption).to_contain_text("Hotspot: best 20%")
    assert 0 < count() < wide
    classes = set(table.locator("tbody td:last-child").all_inner_texts())
    assert classes == {"Hotspot: best 20%"}
    page.locator("#explore-legend button", has_text="Hotspot").click()
    until(page, f"parseInt(document.querySelector('#explore-in-view caption').innerText) == {wide}")


@pytest.mark.parametrize("width", [320, 390])
@pytest.mark.parametrize("path", ["authorities/", "regions/north-west/", "authorities/rushcliffe/"])
def test_a_phone_s_table_shows_the_class(site: str, visit: Visits, path: str, width: int) -> None:
    page = visit(site + path, width, 844)
    tables = page.locator("table.areas-table")
    assert tables.count() > 0
    for table in tables.all():
        head = table.locator("thead th", has_text="Class").first.bounding_box()
        assert head
        assert head["x"] + head["width"] <= width
        cell = table.locator("tbody td.class").first.bounding_box()
        assert cell
        assert cell["x"] + cell["width"] <= width


@pytest.mark.parametrize(
    "slug", ["rushcliffe", "ashfield", "cornwall", "isles-of-scilly", "leeds", "westminster",
             "kings-lynn-and-west-norfolk", "wiltshire", "shropshire", "mansfield"]
)  # fmt: skip
def test_an_area_is_one_sheet_of_paper(site: str, visit: Visits, tmp_path: Path, slug: str) -> None:
    page = visit(f"{site}authorities/{slug}/")
    sheet = tmp_path / "sheet.pdf"
    page.pdf(path=str(sheet), format="A4")
    pages = len(re.findall(rb"/Type\s*/Page\b", sheet.read_bytes()))
    assert pages == 1
    page.emulate_media(media="print")
    for selector in ("h1", ".map-svg", ".map-labels", ".sources", ".print-url"):
        assert page.locator(selector).first.is_visible(), selector


def test_pages_are_sound_html(real_site: Built) -> None:
    """The rules of the standard that an audit found broken."""
    pages = [p for p in real_site.files if p.endswith(".html")]
    assert len(pages) > 1000
    for path in pages:
        text = real_site.text(path)
        assert not re.search(r"<input[^>]+type=\"(?:radio|checkbox)\"[^>]+autocomplete", text), path
        assert 'colspan="99"' not in text, path
