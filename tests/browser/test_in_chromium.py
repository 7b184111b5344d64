"""The shipped atlas in a real browser, served from a sub-path as GitHub Pages does.

Every visit also checks that the console stays silent, that no other host is asked for
anything, that nothing is missing, and that no page is wider than the window.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from built import Built, build_site
from playwright.sync_api import Browser, Page, expect
from subpath import Opener, Visit, hover, middle_of, overflow, polygons, serving, wait_for_polygons

pytestmark = pytest.mark.browser

WIDE, NARROW = (1280, 900), (390, 844)
ZOOMED = (320, 256)
"""What is left of 1280 by 1024 when it is shown at 400 per cent."""
AREA = "authorities/rushcliffe/"
KINDS = ["", "authorities/", AREA, "authorities/city-of-london/", "regions/", "regions/london/",
         "groups/d2n2/", "methodology/", "data/", "404.html"]  # fmt: skip


# -- A browser and a server ------------------------------------------------------------------


@pytest.fixture(scope="module")
def hexagons(hex_site: Built, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with serving(hex_site, tmp_path_factory.mktemp("served")) as address:
        yield address


@pytest.fixture(scope="module")
def geography(real_site: Built, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with serving(real_site, tmp_path_factory.mktemp("served")) as address:
        yield address


@pytest.fixture
def visit(chromium: Browser) -> Iterator[Opener]:
    """Opens windows; at the end none of them may have had any trouble."""
    opened: list[Visit] = []

    def open_window(address: str, size: tuple[int, int] = WIDE, **options: object) -> Visit:
        context = chromium.new_context(
            viewport={"width": size[0], "height": size[1]},
            reduced_motion="reduce",
            **options,  # type: ignore[arg-type]
        )
        context.set_default_timeout(15_000)
        scripts = bool(options.get("java_script_enabled", True))
        found = Visit(context.new_page(), address, scripts)
        found.listen()
        opened.append(found)
        return found

    yield open_window
    for found in opened:
        found.page.context.close()
    assert [trouble for found in opened for trouble in found.troubles] == []


# -- Every kind of page ------------------------------------------------------------------------


@pytest.mark.parametrize("scripts", [True, False], ids=["js", "no-js"])
@pytest.mark.parametrize("size", [WIDE, NARROW, ZOOMED], ids=["wide", "narrow", "zoomed"])
def test_no_page_overflows_or_complains(
    hexagons: str, visit: Opener, size: tuple[int, int], scripts: bool
) -> None:
    window = visit(hexagons, size, java_script_enabled=scripts)
    for path in KINDS:
        if path == "404.html":
            continue
        page = window.go(path)
        if scripts:
            assert overflow(page) <= 0, path
        expect(page.locator("h1")).to_be_visible()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_both_colour_schemes_show_ink_on_paper(hexagons: str, visit: Opener, scheme: str) -> None:
    page = visit(hexagons, color_scheme=scheme).go(AREA)
    ink, paper = page.evaluate(
        """() => {
            const canvas = document.createElement("canvas")
                .getContext("2d", {willReadFrequently: true});
            const light = (colour) => {
                canvas.fillStyle = colour;
                canvas.fillRect(0, 0, 1, 1);
                const [r, g, b] = canvas.getImageData(0, 0, 1, 1).data;
                return 0.2126 * r + 0.7152 * g + 0.0722 * b;
            };
            const style = getComputedStyle(document.body);
            const root = getComputedStyle(document.documentElement);
            const ground = style.backgroundColor === "rgba(0, 0, 0, 0)"
                ? root.backgroundColor : style.backgroundColor;
            return [light(style.color), light(ground)];
        }"""
    )
    assert (ink < 80 and paper > 200) if scheme == "light" else (ink > 180 and paper < 60)


def test_everything_works_from_the_server_s_root_as_well(
    hex_site: Built, visit: Opener, tmp_path: Path
) -> None:
    with serving(hex_site, tmp_path) as address:
        window = visit(address)
        page = window.go("")
        page.locator(".ranking li a").first.click()
        page.wait_for_url("**/authorities/westminster/")
        page.locator("nav[aria-label=Breadcrumbs] a").first.click()
        page.wait_for_url(address)
        window.rest()


# -- The map -----------------------------------------------------------------------------------


@pytest.mark.parametrize("size", [WIDE, NARROW], ids=["wide", "narrow"])
def test_without_scripts_the_map_is_a_drawing_of_links(
    hexagons: str, visit: Opener, size: tuple[int, int]
) -> None:
    window = visit(hexagons, size, java_script_enabled=False)
    page = window.go("")
    drawing = page.locator("svg.map-svg")
    expect(drawing).to_be_visible()
    assert drawing.locator(".areas a").count() == 326
    box = drawing.bounding_box()
    assert box is not None
    assert box["width"] > size[0] / 3
    page = window.go(AREA)
    link = page.locator('svg.map-svg a[data-code="E06000018"]')  # Nottingham
    link.locator("path").click()
    page.wait_for_url("**/authorities/nottingham/")


@pytest.mark.parametrize("size", [WIDE, NARROW], ids=["wide", "narrow"])
@pytest.mark.parametrize("path", ["", AREA, "groups/d2n2/"])
def test_the_live_map_stands_where_the_drawing_stood(
    hexagons: str, visit: Opener, size: tuple[int, int], path: str
) -> None:
    page = visit(hexagons, size).go(path)
    expected = page.locator(".map-svg path.area").count()
    assert polygons(page) == expected > 5
    page.wait_for_timeout(300)
    apart = page.evaluate(
        """() => {
            const middles = (selector) => [...document.querySelectorAll(selector)].map((path) => {
                const box = path.getBoundingClientRect();
                return [box.x + box.width / 2, box.y + box.height / 2];
            });
            const live = middles(".leaflet-areas-pane path.area");
            return middles(".map-svg path.area").map(([x, y]) =>
                Math.min(...live.map(([u, v]) => Math.hypot(x - u, y - v))));
        }"""
    )
    # Areas at the edge are clipped by Leaflet, so their middles differ; most are whole.
    assert sorted(apart)[len(apart) // 2] < 2, "the map jumps when it comes alive"


def test_hovering_tells_and_clicking_leads(hexagons: str, visit: Opener) -> None:
    page = visit(hexagons).go(AREA)
    hover(page, "E06000018", "Nottingham")
    expect(page.locator(".map-tip")).to_contain_text("310th of 324")
    page.mouse.click(*middle_of(page, "E06000018"))
    page.wait_for_url("**/authorities/nottingham/")


def test_the_home_page_s_list_follows_the_map(hexagons: str, visit: Opener) -> None:
    page = visit(hexagons).go("")
    x, y = middle_of(page, "E07000176")
    page.mouse.move(x, y)
    row = page.locator('.ranking [data-code="E07000176"]')
    expect(row).to_have_class(re.compile("chosen"))
    page.locator('.ranking [data-code="E09000033"]').hover()
    expect(page.locator(".leaflet-mark-pane path").first).to_be_attached()


def test_the_map_is_one_tab_stop_and_can_be_walked_by_keys(hexagons: str, visit: Opener) -> None:
    window = visit(hexagons)
    page = window.go(AREA)
    frame = page.locator(".map-frame")
    assert page.locator(".map-frame a[tabindex='0'], .map-frame path[tabindex='0']").count() == 0
    frame.focus()
    said = page.locator(".map-stage [role=status]")
    page.keyboard.press("ArrowRight")
    expect(said).to_contain_text("Rushcliffe, 44th of 324")
    heard = set()
    for key in ("ArrowUp", "ArrowLeft", "ArrowDown", "ArrowRight"):
        page.keyboard.press(key)
        heard.add(said.inner_text().split(",")[0])
    assert len(heard) >= 3, heard
    assert all(heard)
    page.keyboard.press("Escape")
    expect(page.locator(".map-tip")).to_be_hidden()
    page.keyboard.press("ArrowUp")
    page.keyboard.press("ArrowUp")
    name = said.inner_text().split(",")[0]
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile(r"/authorities/(?!rushcliffe)"))
    expect(page.locator("h1")).to_have_text(name)


def test_every_dot_of_the_strip_tells_its_name(hexagons: str, visit: Opener) -> None:
    page = visit(hexagons).go("authorities/rushcliffe/")
    chart = page.locator("svg.strip")
    chart.scroll_into_view_if_needed()
    box = chart.bounding_box()
    assert box
    sheet = chart.locator("use[href*='.svg#']").first.get_attribute("href") or ""
    answer = page.request.get(page.evaluate("(at) => new URL(at, location.href).href", sheet))
    found = re.findall(r'<svg x="([0-9.]+)%" y="([0-9.]+)"[^>]*><title>([^<]+)', answer.text())
    dots = {name: (float(x) / 100, float(y) + 26) for x, y, name in found}
    assert len(dots) == 324
    for name in (n for n in dots if re.match("Corby|Rutland|Wandsworth|Torridge", n)):
        x, y = dots[name]
        page.mouse.move(box["x"] + x * box["width"], box["y"] + y)
        expect(chart.locator(".dot-pointed")).to_have_text(name)
    page.mouse.move(box["x"] + 5, box["y"] + box["height"] - 5)
    expect(chart.locator(".dot-pointed")).to_have_count(0)


def test_the_page_scrolls_past_the_map(hexagons: str, visit: Opener) -> None:
    page = visit(hexagons).go(AREA)
    x, y = middle_of(page, "E07000176")
    page.mouse.move(x, y)
    page.mouse.wheel(0, 400)
    page.wait_for_timeout(300)
    assert page.evaluate("window.scrollY") > 100


def test_zooming_loads_finer_shapes_and_leads_back(hexagons: str, visit: Opener) -> None:
    page = visit(hexagons).go(AREA)
    before = polygons(page)
    for _ in range(3):
        page.get_by_role("button", name="Zoom out").click()
        page.wait_for_timeout(400)
    wait_for_polygons(page, before)
    page.get_by_role("button", name="Show the whole map again").click()
    page.wait_for_timeout(500)
    hover(page, "E07000176", "Rushcliffe")


def test_the_edition_can_be_switched_and_stands_in_the_address(
    hexagons: str, visit: Opener
) -> None:
    window = visit(hexagons)
    page = window.go(AREA)
    page.locator("input[name=edition]").nth(1).check(force=True)
    page.wait_for_url("**/?edition=2017")
    expect(page.locator("table.legend[data-measure^='2017']")).to_be_visible()
    expect(page.locator("table.legend[data-measure^='2016']")).to_be_hidden()
    hover(page, "E07000176", "41st of 324")
    page = window.go(f"{AREA}?edition=2017")
    expect(page.locator("input[name=edition]").nth(1)).to_be_checked()
    expect(page.locator("table.legend[data-measure^='2017']")).to_be_visible()


@pytest.mark.real
@pytest.mark.parametrize("size", [WIDE, NARROW], ids=["wide", "narrow"])
def test_the_layout_can_be_switched(geography: str, visit: Opener, size: tuple[int, int]) -> None:
    window = visit(geography, size)
    page = window.go(AREA)
    assert polygons(page) > 5
    page.locator("input[name=layout][value=hexagons]").check(force=True)
    page.wait_for_url("**/?layout=hexagons")
    wait_for_polygons(page, 5)
    assert overflow(page) <= 0
    page.locator("input[name=layout][value=geography]").check(force=True)
    page.wait_for_url(f"**/{AREA}")
    page.wait_for_timeout(300)
    hover(page, "E07000176", "Rushcliffe")
    page = window.go("?layout=hexagons")
    wait_for_polygons(page, 325)
    assert polygons(page) == 326


# -- Search ------------------------------------------------------------------------------------


def test_a_name_is_found_by_keys_alone(hexagons: str, visit: Opener) -> None:
    window = visit(hexagons)
    page = window.go("")
    box = page.locator("#search-text")
    box.focus()
    page.keyboard.type("kings lynn")
    first = page.locator("#search-list [role=option]").first
    expect(first).to_contain_text("King's Lynn and West Norfolk")
    page.keyboard.press("ArrowDown")
    expect(first).to_have_attribute("aria-selected", "true")
    expect(box).to_have_attribute("aria-activedescendant", first.get_attribute("id") or "none")
    page.keyboard.press("Enter")
    page.wait_for_url("**/authorities/kings-lynn-and-west-norfolk/")


@pytest.mark.parametrize(
    ("typed", "found"),
    [("rushclife", "Rushcliffe"), ("E07000176", "Rushcliffe"), ("st helens", "St. Helens"),
     ("d2n2", "D2N2"), ("east mid", "East Midlands"), ("hull", "Kingston upon Hull")],
)  # fmt: skip
def test_what_may_be_typed(hexagons: str, visit: Opener, typed: str, found: str) -> None:
    page = visit(hexagons).go("methodology/")
    page.locator("#search-text").fill(typed)
    expect(page.locator("#search-list [role=option]").first).to_contain_text(found)


def test_a_search_for_nothing_says_so_and_escape_closes(hexagons: str, visit: Opener) -> None:
    page = visit(hexagons).go("")
    box = page.locator("#search-text")
    box.fill("qqqqqqqq")
    expect(page.locator("#search-said")).to_have_text("No such name")
    box.fill("rush")
    expect(page.locator("#search-list")).to_be_visible()
    box.press("Escape")
    expect(page.locator("#search-list")).to_be_hidden()


def test_on_a_narrow_window_search_opens_over_the_page(hexagons: str, visit: Opener) -> None:
    page = visit(hexagons, NARROW).go(AREA)
    expect(page.locator("#search-text")).to_be_hidden()
    page.locator("button.search-open").click()
    expect(page.locator("#search-text")).to_be_focused()
    page.keyboard.type("gedling")
    expect(page.locator("#search-list [role=option]").first).to_contain_text("Gedling")
    page.keyboard.press("Enter")
    page.wait_for_url("**/authorities/gedling/")


# -- Tables ------------------------------------------------------------------------------------


def names(page: Page) -> list[str]:
    cells = page.locator("table[data-sortable] tbody tr:visible th")
    return [text.strip() for text in cells.all_inner_texts()]


def test_the_table_sorts_by_every_column_both_ways(hexagons: str, visit: Opener) -> None:
    window = visit(hexagons)
    page = window.go("authorities/")
    assert names(page)[0] == "Adur"
    head = page.locator("table[data-sortable] thead th")
    rank = head.filter(has_text="Rank").first
    rank.get_by_role("button").click()
    expect(rank).to_have_attribute("aria-sort", "ascending")
    assert names(page)[:2] == ["Westminster", "Wandsworth"]
    assert set(names(page)[-2:]) == {"City of London", "Isles of Scilly"}, "missing stays last"
    rank.get_by_role("button").click()
    expect(rank).to_have_attribute("aria-sort", "descending")
    assert names(page)[0] == "West Somerset"
    assert set(names(page)[-2:]) == {"City of London", "Isles of Scilly"}
    assert "sort=" in page.url
    page.reload()
    window.rest()
    assert names(page)[0] == "West Somerset"


def test_the_table_filters_and_says_how_many_are_left(hexagons: str, visit: Opener) -> None:
    window = visit(hexagons)
    page = window.go("authorities/")
    said = page.locator("[data-said]")
    expect(said).to_contain_text("326 of 326 authorities")
    page.locator("#filter-group").select_option(label="East Midlands")
    expect(said).to_contain_text("40 of 326 authorities")
    page.locator("#filter-q").fill("rush")
    expect(said).to_contain_text("1 of 326 authorities")
    assert names(page) == ["Rushcliffe"]
    page.reload()
    window.rest()
    assert names(page) == ["Rushcliffe"], "what was chosen stands in the address"
    page.locator("form.filters button[type=reset]").click()
    expect(said).to_contain_text("326 of 326 authorities")
    page = window.go("authorities/?q=E07000176")
    assert names(page) == ["Rushcliffe"]


def test_without_scripts_the_table_is_whole(hexagons: str, visit: Opener) -> None:
    page = visit(hexagons, java_script_enabled=False).go("authorities/")
    assert len(names(page)) == 326
    expect(page.locator("form.filters")).to_be_hidden()


# -- Ways through the site ---------------------------------------------------------------------


@pytest.mark.parametrize("scripts", [True, False], ids=["js", "no-js"])
def test_a_code_leads_to_its_page(hexagons: str, visit: Opener, scripts: bool) -> None:
    window = visit(hexagons, java_script_enabled=scripts)
    window.page.goto(f"{hexagons}code/E07000176/")
    window.page.wait_for_url(f"**/{AREA}")


def test_a_missing_page_offers_the_nearest_names(mini: Path, visit: Opener, tmp_path: Path) -> None:
    """The 404 page can't know how deep it is asked for; a base URL tells it where the site is."""
    built = build_site(
        mini, tmp_path / "site", boundaries="auto", base_url="http://127.0.0.1/repo/"
    )
    with serving(built, tmp_path) as address:
        window = visit(address)
        page = window.page
        page.goto(f"{address}parishes/castel/")
        window.rest()
        assert [t for t in window.troubles if "404" not in t] == []
        window.troubles.clear()  # the missing page itself
        first = page.locator("[data-nearest] a").first
        expect(first).to_have_text("Castle")
        first.click()
        page.wait_for_url("**/repo/parishes/castle/")
        window.rest()
        page.goto(f"{address}parishes/castle%25%20%C3%28%/")
        window.rest()
        assert [t for t in window.troubles if "404" not in t] == []
        window.troubles.clear()
        expect(page.locator("[data-nearest] a").first).to_have_text("Castle")


def test_a_name_that_is_html_stays_text_in_search_and_map(
    mini_site: Built, visit: Opener, tmp_path: Path
) -> None:
    with serving(mini_site, tmp_path) as address:
        window = visit(address)
        page = window.go("")
        page.locator("#search-text").fill("bold")
        expect(page.locator("#search-list [role=option]").first).to_contain_text(
            '<b>Bold & "Sons"</b>'
        )
        assert page.locator("#search-list b").count() == 0
        page.locator("#search-text").fill("")
        hover(page, "E07000902", '<b>Bold & "Sons"</b>')
        assert page.locator(".map-tip b").count() == 0
        page.locator("input[name=edition]").nth(1).check(force=True)
        page.wait_for_url("**/?edition=2021")
        hover(page, "E07000902", "1st of 7")
        assert page.locator(".map-tip b").count() == 0
        window.rest()
