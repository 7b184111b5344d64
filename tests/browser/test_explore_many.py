"""The explorer of many areas: groups from afar, areas from near, and only these parts fetched."""

from __future__ import annotations

import gzip
import re
from pathlib import Path

import playwright.sync_api as playwright
import pytest
from browsing import Visits, until
from built import ROOT, Built
from explored import Explored
from exploring import (
    FROM,
    Open,
    middle_of,
    open_table,
    parts_asked,
    point,
    shire,
    state,
)

from generator.language.numbers import number

pytestmark = [pytest.mark.browser, pytest.mark.slow]


def test_from_afar_no_area_is_fetched_and_groups_say_their_medians(
    explore_many: Open, visit: Visits, many_data: Explored
) -> None:
    page = explore_many(f"?z=6.4&{middle_of(shire(many_data, 'East'))}")
    assert not parts_asked(visit)
    said = page.locator("#explore-legend .stands").inner_text()
    assert said == "From afar each shire has the class of its median; parishes show from near."
    page.mouse.move(*point(page))
    plate = page.locator("#explore-hover")
    assert plate.locator("b").inner_text() == "East"
    assert re.match(r"4 parishes, median \d", plate.locator(".rank").inner_text())
    open_table(page)
    table = page.locator("#explore-in-view table")
    assert table.locator("th[scope=col]").all_inner_texts() == ["Name", "Median", "Class"]
    assert set(table.locator("tbody th").all_inner_texts()) == {"East", 'North & "West"'}
    assert "2 shires in view" in table.locator("caption").inner_text()
    assert (table.get_by_role("link", name="East").get_attribute("href") or "").endswith(
        "/shires/east/"
    )


def test_a_click_on_a_group_goes_in_and_fetches_what_is_there(
    explore_many: Open, visit: Visits, many_data: Explored
) -> None:
    page = explore_many(f"?z=6.4&{middle_of(shire(many_data, 'East'))}")
    page.mouse.click(*point(page))
    until(page, f"Number(new URLSearchParams(location.search).get('z')) >= {FROM}")
    visit.rest(page)
    assert re.match("East: 4 parishes", page.locator("#explore-said").inner_text())
    assert page.locator("#explore-legend .stands").count() == 0
    asked = parts_asked(visit)
    assert asked
    assert not any("find-" in path for path in asked)
    open_table(page)
    rows = page.locator("#explore-in-view tbody tr")
    names = set(rows.locator("th").all_inner_texts())
    assert {"Abbey", "Castle", "Far End", "King's Lynn and West Norfolk"} <= names
    assert "of 6" in rows.first.inner_text()


def test_from_afar_the_chosen_area_s_group_is_marked(
    explore_many: Open, many_data: Explored
) -> None:
    where = f"z=6.4&{middle_of(shire(many_data, 'East'))}"
    pictures = {
        area: picture_of(explore_many(f"?area={area}&{where}")) for area in ("", "E07000905")
    }
    assert pictures[""] != pictures["E07000905"]


def picture_of(page: playwright.Page) -> bytes:
    """The map's own canvas, below the card and the names."""
    page.evaluate("document.querySelector('.explore-plates').style.visibility = 'hidden'")
    page.mouse.move(5, 5)
    page.wait_for_timeout(400)
    return page.locator("#explore-map").screenshot()


def test_near_only_the_parts_in_view_are_fetched(
    explore_many: Open, visit: Visits, many_data: Explored
) -> None:
    page = explore_many(f"?z=12&{middle_of(many_data.box('E07000905', 'geography'))}")
    visit.rest(page)
    asked = {path for path in parts_asked(visit) if path.startswith("explore-parts")}
    assert 1 <= len(asked) < many_data.head["parts"]
    page.mouse.move(*point(page))
    assert page.locator("#explore-hover b").inner_text() == "Moor"
    page.mouse.click(*point(page))
    until(page, "new URLSearchParams(location.search).get('area') === 'E07000905'")
    card = page.locator("#explore-card")
    assert card.locator("h2").inner_text() == "Moor"
    assert card.locator("path.own").count() == 1


def test_an_address_names_an_area_wherever_it_looks(
    explore_many: Open, visit: Visits, many_data: Explored
) -> None:
    page = explore_many("?area=e07000905&z=6.4&lat=50.5&lon=-2.5")
    assert page.locator("#explore-card h2").inner_text() == "Moor"
    assert any("find-" in path for path in parts_asked(visit))
    page.locator("#explore-edition").select_option("2021")
    until(page, "document.querySelector('#explore-card .quiet').textContent.includes('2021')")
    assert page.locator("#explore-card h2").inner_text() == "Moor"
    unknown = explore_many("?area=nowhere")
    assert unknown.locator("#explore-card").is_hidden()
    assert "area" not in state(unknown)


def test_search_leads_to_an_area_that_was_not_fetched(explore_many: Open, visit: Visits) -> None:
    page = explore_many()
    page.locator("#explore-text").focus()
    page.keyboard.type("moor")
    page.wait_for_selector("#explore-list li")
    page.keyboard.press("Enter")
    until(page, "document.activeElement.matches('#explore-card a')")
    assert page.locator("#explore-card h2").inner_text() == "Moor"
    until(page, f"Number(new URLSearchParams(location.search).get('z')) >= {FROM}")
    visit.rest(page)
    assert page.locator("#explore-legend path.mark").count() == 1


def test_by_keys_the_cross_goes_into_a_group_and_chooses_an_area(
    explore_many: Open, visit: Visits, many_data: Explored
) -> None:
    page = explore_many(f"?z=6.4&{middle_of(shire(many_data, 'East'))}")
    page.locator("#explore-map canvas").focus()
    page.keyboard.press("Enter")
    until(page, f"Number(new URLSearchParams(location.search).get('z')) >= {FROM}")
    visit.rest(page)
    page.wait_for_timeout(300)
    page.keyboard.press("Enter")
    until(page, "!document.getElementById('explore-card').hidden")
    assert state(page)["area"] in many_data.codes
    page.keyboard.press("Escape")
    assert "area" not in state(page)


def test_the_plate_under_a_resting_mouse_follows_what_is_chosen(
    explore_many: Open, many_data: Explored
) -> None:
    page = explore_many(f"?edition=2020&z=12&{middle_of(many_data.box('E07000905', 'geography'))}")
    page.mouse.move(*point(page))
    plate = "document.querySelector('#explore-hover:not([hidden]) .rank')?.textContent"
    until(page, f"{plate}?.includes('of 6')")
    page.locator("#explore-edition").select_option("2021")
    until(page, f"{plate}?.includes('of 7')", seconds=10)


def test_on_paper_the_table_stands_above_the_map(explore_many: Open) -> None:
    page = explore_many("?z=8.5&lat=52.5&lon=-2.6")
    open_table(page)
    page.emulate_media(media="print")
    page.set_viewport_size({"width": 700, "height": 600})
    table = page.locator("#explore-in-view table").bounding_box()
    stage = page.locator(".explore-stage").bounding_box()
    assert table
    assert stage
    assert table["y"] + table["height"] <= stage["y"]


def test_opening_costs_no_more_where_areas_are_many(
    explore_many: Open, visit: Visits, many: Built, many_address: str
) -> None:
    explore_many()
    kinds = re.compile(r"\.(json|pbf)$")
    paths = {url.removeprefix(many_address) for url in visit.asked() if kinds.search(url)}
    weight = sum(len(gzip.compress((many.folder / path).read_bytes())) for path in paths)
    assert weight < 20_000, sorted(paths)
    assert Path(many.folder / "explore/index.html").stat().st_size < 100_000


def test_scripts_write_numbers_as_pages_do(visit: Visits) -> None:
    script = (ROOT / "templates/assets/lib/numbers.js").read_text(encoding="utf-8")
    counts = [0, 999, 9_999, 10_000, 34_752, 1_234_567]
    written = visit().evaluate(
        """async ([script, counts]) => {
          const address = "data:text/javascript," + encodeURIComponent(script);
          return counts.map((await import(address)).withThousands);
        }""",
        [script, counts],
    )
    assert written == [number(count) for count in counts]
