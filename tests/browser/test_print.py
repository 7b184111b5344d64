"""Pages on paper: whole, in few sheets, and the explorer's map as the window shows it."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from browsing import until
from playwright.sync_api import Browser, Page

pytestmark = pytest.mark.browser


@pytest.fixture
def page(chromium: Browser) -> Iterator[Page]:
    context = chromium.new_context(viewport={"width": 1280, "height": 800})
    yield context.new_page()
    context.close()


def sheets(page: Page) -> tuple[int, int]:
    """How many sheets of A4, and how many bytes they take."""
    content = page.pdf(prefer_css_page_size=True)
    return len(re.findall(rb"/Type\s*/Page\b", content)), len(content)


def test_the_country_is_printed_with_its_inset_and_legend(page: Page, site: str) -> None:
    page.goto(site)
    count, size = sheets(page)
    assert count <= 6
    assert size > 100_000, "sheets without words and map are a tenth of that"
    page.set_viewport_size({"width": 688, "height": 1000})
    page.emulate_media(media="print")
    country, inset, legend = (
        page.locator(f".national-map {name}").first.bounding_box()
        for name in (".map-stage .map-svg", ".map-inset .map-svg", ".legend:visible")
    )
    assert country
    assert inset
    assert legend
    assert country["height"] <= 140 / 25.4 * 96 + 1
    assert inset["x"] >= country["x"] + country["width"]
    assert legend["y"] >= inset["y"] + inset["height"]
    assert page.locator(".map-inset text:visible").count() == 0, "too narrow for names"


@pytest.mark.parametrize(
    ("path", "most"),
    [("authorities/", 8), ("data/", 5), ("claims/", 5), ("regions/north-west/", 3)],
)
def test_tables_are_printed_on_few_sheets(page: Page, site: str, path: str, most: int) -> None:
    """A section doesn't wait for a sheet that holds it whole, and a row is one line."""
    page.goto(site + path)
    assert sheets(page)[0] <= most


def test_what_only_a_screen_can_do_is_not_printed(page: Page, site: str) -> None:
    page.goto(f"{site}compare/?a=E07000176,E06000018")
    until(page, "document.querySelectorAll('.beside thead th').length === 2")
    page.emulate_media(media="print")
    assert page.locator(".beside button:visible, .picker:visible").count() == 0
    page.goto(f"{site}authorities/")
    before = page.locator("th button").first.evaluate(
        "(b) => getComputedStyle(b, '::before').content"
    )
    assert before == "none"


def test_the_explorer_prints_what_its_window_shows(page: Page, site: str) -> None:
    page.goto(f"{site}explore/?palette=teal&z=7&lat=52.9&lon=-1.2")
    page.emulate_media(media="print")
    page.evaluate("dispatchEvent(new Event('beforeprint'))")
    if not page.locator(".explorer.ready").count():
        assert page.locator(".explore-static .map-svg").is_visible()
    page.emulate_media(media="screen")
    until(page, "document.querySelector('.explorer.ready')")
    page.evaluate("dispatchEvent(new Event('beforeprint'))")
    page.emulate_media(media="print")
    picture = page.locator(".explore-print canvas")
    box = picture.bounding_box()
    assert box
    assert box["height"] > 300
    assert not page.locator(".explore-static").is_visible()
    assert page.locator(".explore-print text").count() > 10
    colours = picture.evaluate(
        """(one) => new Set(new Uint32Array(one.getContext("2d")
            .getImageData(0, 0, one.width, one.height).data.buffer)).size"""
    )
    assert colours > 5, "the copy of the map is empty"


@pytest.mark.parametrize(
    "place", ["z=NaN&lat=1&lon=1", "z=9&lat=52&lon=1e308", "z=1e9&lat=52&lon=0"]
)
def test_a_place_that_is_none_leaves_the_map_as_it_is(page: Page, site: str, place: str) -> None:
    errors: list[str] = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.goto(f"{site}explore/?{place}")
    until(page, "document.querySelector('.explorer.ready')")
    page.get_by_role("button", name="Zoom in").click()
    found = until(page, "/[?&]z=([^&]*)/.exec(location.search)?.[1]")
    assert 4 <= float(found) <= 12
    assert errors == []
