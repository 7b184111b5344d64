"""The explorer of many areas where what it fetches comes late, in another order, or not at all."""

from __future__ import annotations

import io
import re

import playwright.sync_api as playwright
import pytest
from browsing import Visits, until
from explored import Explored
from exploring import (
    FROM,
    Held,
    Open,
    middle_of,
    point,
    state,
)
from PIL import Image

pytestmark = [pytest.mark.browser, pytest.mark.slow]

FIGURES = r"/explore/2021-yield/\w+/\d+\.json"
UNDER = "document.querySelector('#explore-hover:not([hidden]) b')?.textContent"


def block(route: playwright.Route) -> None:
    route.abort("blockedbyclient")


def ready(page: playwright.Page) -> None:
    page.wait_for_selector(".explorer.ready", timeout=20_000)


def test_a_part_that_is_missing_is_said_and_asked_for_again(
    visit: Visits, many_address: str, many_data: Explored
) -> None:
    page = visit()
    page.route("**/explore-parts/**", lambda route: route.abort("blockedbyclient"))
    page.goto(f"{many_address}explore/?z=12&{middle_of(many_data.box('E07000905', 'geography'))}")
    page.wait_for_selector(".explorer.ready", timeout=60_000)
    until(page, "document.getElementById('explore-said').textContent !== ''")
    assert "could not be loaded" in page.locator("#explore-said").inner_text()
    page.unroute("**/explore-parts/**")
    page.locator(".map-tools [data-zoom=in]").click()
    page.wait_for_timeout(800)
    visit.rest(page)
    page.mouse.move(*point(page))
    until(page, "document.querySelector('#explore-hover b')?.textContent === 'Moor'")
    assert "Moor" in (page.locator("#explore-map .map-text").text_content() or "")
    visit.said.clear()  # of what was kept from coming


def test_of_two_choices_the_last_counts_however_they_arrive(
    explore_many: Open, visit: Visits, many_data: Explored
) -> None:
    page = explore_many(f"?z=12&{middle_of(many_data.box('E07000905', 'geography'))}")
    visit.rest(page)
    edition = page.locator("#explore-edition")
    held = Held(page, r"/explore/2021-yield/\w+/all\.json")
    edition.select_option("2021")
    held.until_some()
    edition.select_option("2020")
    until(page, "document.querySelector('#explore-legend h2').textContent.includes('2020')")
    held.let_go()
    visit.rest(page)
    page.wait_for_timeout(200)
    page.locator("#explore-palette").select_option(index=1)
    assert edition.input_value() == state(page)["edition"] == "2020"
    assert "2020" in page.locator("#explore-legend h2").inner_text()


def test_an_area_chosen_while_figures_come_has_those_of_the_new_edition(
    explore_many: Open, visit: Visits, many_data: Explored
) -> None:
    page = explore_many(f"?z=12&{middle_of(many_data.box('E07000146', 'geography'))}")
    visit.rest(page)
    held = Held(page, r"/explore/2021-yield/\w+/\d+\.json")
    page.locator("#explore-edition").select_option("2021")
    held.until_some()
    page.locator("#explore-text").fill("moor")
    page.wait_for_selector("#explore-list li")
    page.keyboard.press("Enter")
    until(page, "!document.getElementById('explore-card').hidden")
    held.let_go()
    until(page, "document.querySelector('#explore-card .quiet').textContent.includes('2021')")
    visit.rest(page)
    assert page.locator("#explore-card h2").inner_text() == "Moor"
    assert page.locator("#explore-card .rank").inner_text()


def test_parts_that_came_are_shown_though_another_was_lost(
    visit: Visits, many_address: str, many_data: Explored
) -> None:
    page = visit()
    own = many_data.part_of[many_data.codes.index("E07000905")]
    lost = next(part for part in range(many_data.head["parts"]) if part != own)
    page.route(f"**/explore-parts/*/{lost}.json", lambda route: route.abort("blockedbyclient"))
    page.goto(
        f"{many_address}explore/?z={FROM}&{middle_of(many_data.box('E07000905', 'geography'))}"
    )
    page.wait_for_selector(".explorer.ready", timeout=60_000)
    until(page, "document.getElementById('explore-said').textContent.includes('not be loaded')")
    x, y = point(page)
    page.mouse.move(x + 25, y + 25)  # beside its name
    assert page.locator("#explore-hover b").inner_text() == "Moor"
    colour = page.locator("#explore-hover .swatch").evaluate(
        "node => node.style.getPropertyValue('--level')"
    )
    page.wait_for_timeout(300)
    spot = {"x": x + 20, "y": y + 20, "width": 10, "height": 10}
    picture = Image.open(io.BytesIO(page.screenshot(clip=spot)))  # type: ignore[arg-type]
    assert "#{:02x}{:02x}{:02x}".format(*picture.convert("RGB").getpixel((5, 5))) == colour
    visit.said.clear()  # of what was kept from coming


def test_a_part_that_fails_late_keeps_neither_map_nor_area_from_showing(
    visit: Visits, many_address: str, many_data: Explored
) -> None:
    page = visit()
    held = Held(page, r"/explore-parts/\w+/\d+\.json")
    page.goto(f"{many_address}explore/?z=12&{middle_of(many_data.box('E07000905', 'geography'))}")
    held.until_some(1500)
    for route in held.waiting:
        block(route)
    ready(page)
    named = visit()
    named.route(re.compile(r"/explore-parts/\w+/\d+\.json"), block)
    named.goto(f"{many_address}explore/?area=E07000905")
    ready(named)
    assert named.locator("#explore-card").is_hidden()
    assert "could not be loaded" in named.locator("#explore-said").inner_text()
    visit.said.clear()  # of what was kept from coming


@pytest.mark.parametrize("by", ["mouse", "keys"])
def test_what_is_under_pointer_or_cross_is_said_once_its_figures_come(
    explore_many: Open, visit: Visits, many_data: Explored, by: str
) -> None:
    page = explore_many(f"?z=8.5&{middle_of(many_data.box('E07000905', 'geography'))}")
    zoom = "Number(new URLSearchParams(location.search).get('z'))"
    page.locator(".map-tools [data-zoom=out]").click()
    until(page, f"{zoom} === 7.5")
    page.locator("#explore-edition").select_option("2021")
    until(page, "document.querySelector('#explore-legend h2').textContent.includes('2021')")
    held = Held(page, FIGURES)
    if by == "mouse":
        page.mouse.move(*point(page))
        until(page, f"{UNDER}.startsWith('North')")
        page.locator(".map-tools [data-zoom=in]").evaluate("button => button.click()")
    else:
        page.locator("#explore-map canvas").focus()
        page.keyboard.press("+")
    until(page, f"{zoom} >= {FROM}")
    held.until_some(1500)
    if by == "mouse":
        x, y = point(page)
        page.mouse.move(x + 2, y)
    assert not page.evaluate(UNDER)
    held.let_go()
    until(page, f"{UNDER} === 'Moor'", seconds=10)
    assert "of 7" in page.locator("#explore-hover").inner_text()


def test_an_area_that_is_found_late_takes_no_chosen_one_s_place(
    explore_many: Open, visit: Visits, many_data: Explored
) -> None:
    page = explore_many(f"?z=12&{middle_of(many_data.box('E07000903', 'geography'))}")
    sought = Held(page, r"/find-\d+\.json")
    page.locator("#explore-text").fill("moor")
    page.wait_for_selector("#explore-list li")
    page.keyboard.press("Enter")
    sought.until_some()
    page.mouse.click(*point(page))
    assert page.locator("#explore-card h2").inner_text() == "Castle"
    sought.let_go()
    visit.rest(page)
    assert page.locator("#explore-card h2").inner_text() == "Castle"


def test_a_measure_that_is_missing_is_said_and_the_last_one_stays(
    explore_many: Open, visit: Visits
) -> None:
    page = explore_many("?edition=2020&class=1&z=6.4&lat=50.5&lon=-2.5")
    page.route("**/explore/2021-yield/**", block)
    page.locator("#explore-edition").select_option("2021")
    until(page, "document.getElementById('explore-said').textContent !== ''")
    page.wait_for_timeout(200)
    assert "could not be loaded" in page.locator("#explore-said").inner_text()
    assert page.locator("#explore-edition").input_value() == "2020"
    assert "2020" in page.locator("#explore-legend h2").inner_text()
    assert page.locator("#explore-legend [aria-pressed=true]").count() == 1
    visit.said.clear()  # of what was kept from coming
