"""The explorer of many areas: groups from afar, areas from near, and only these parts fetched."""

from __future__ import annotations

import gzip
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import playwright.sync_api as playwright
import pytest
from browsing import Visits, served, until
from built import Built, build_site, copy_mini
from explored import Explored, explored, fours

from generator.exports import explorer, map_files

pytestmark = [pytest.mark.browser, pytest.mark.slow]

FROM = 8
AFAR = "?z=6.4&lat=50.5&lon=-2.5"


@pytest.fixture(scope="module")
def many(tmp_path_factory: pytest.TempPathFactory) -> Built:
    """The mini atlas as if its eight parishes were many: in parts of two, and shires from afar."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(map_files, "MOST_IN_SHEET", 2)
        patch.setattr(explorer, "MOST_IN_PART", 2)
        patch.setattr(explorer, "KEYS_IN_FILE", 5)
        folder = tmp_path_factory.mktemp("many")
        config = copy_mini(folder / "mini")
        text = config.read_text(encoding="utf-8")
        wanted = f"[tiles]\nmax_zoom = 9\nareas_from = {FROM}\nmin_zoom"
        text = re.sub(r"\[tiles\]\nmin_zoom", wanted, text)
        text = text.replace("\nmax_zoom = 6", "")
        config.write_text(f"{text}\n[per_area]\nmost_in_one_file = 7\n", encoding="utf-8")
        return build_site(config, folder / "site", boundaries="auto", jobs=1)


@pytest.fixture(scope="module")
def address(many: Built) -> Iterator[str]:
    with served(many.folder) as found:
        yield found


@pytest.fixture(scope="module")
def data(many: Built) -> Explored:
    return explored(many)


Open = Callable[..., playwright.Page]


@pytest.fixture
def explore(visit: Visits, address: str) -> Open:
    def open_(query: str = AFAR, width: int = 1280, height: int = 800) -> playwright.Page:
        return visit(f"{address}explore/{query}", width, height)

    return open_


def state(page: playwright.Page) -> dict[str, str]:
    return {key: values[0] for key, values in parse_qs(urlsplit(page.url).query).items()}


def middle_of(box: tuple[float, ...]) -> str:
    west, south, east, north = box
    return f"lat={(south + north) / 2}&lon={(west + east) / 2}"


def point(page: playwright.Page) -> tuple[float, float]:
    box = page.locator("#explore-map").bounding_box()
    assert box
    return box["x"] + box["width"] / 2, box["y"] + box["height"] / 2


def parts_asked(visit: Visits) -> set[str]:
    return {
        found.group()
        for url in visit.asked()
        if (found := re.search(r"(explore-parts|explore/[\w-]+)/\w+/(find-)?\d+\.json", url))
    }


def open_table(page: playwright.Page) -> None:
    page.locator("#explore-in-view summary").click()
    until(page, "document.querySelector('#explore-in-view tbody tr') !== null")


def shire(data: Explored, name: str) -> tuple[float, ...]:
    at = [group[0] for group in data.head["groups"]].index(name)
    return tuple(n / 1000 for n in fours(data.head["layouts"]["geography"]["groups"])[at])


def test_from_afar_no_area_is_fetched_and_groups_say_their_medians(
    explore: Open, visit: Visits, data: Explored
) -> None:
    page = explore(f"?z=6.4&{middle_of(shire(data, 'East'))}")
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
    explore: Open, visit: Visits, data: Explored
) -> None:
    page = explore(f"?z=6.4&{middle_of(shire(data, 'East'))}")
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


def test_near_only_the_parts_in_view_are_fetched(
    explore: Open, visit: Visits, data: Explored
) -> None:
    page = explore(f"?z=12&{middle_of(data.box('E07000905', 'geography'))}")
    visit.rest(page)
    asked = {path for path in parts_asked(visit) if path.startswith("explore-parts")}
    assert 1 <= len(asked) < data.head["parts"]
    page.mouse.move(*point(page))
    assert page.locator("#explore-hover b").inner_text() == "Moor"
    page.mouse.click(*point(page))
    assert state(page)["area"] == "E07000905"
    card = page.locator("#explore-card")
    assert card.locator("h2").inner_text() == "Moor"
    assert card.locator("path.own").count() == 1


def test_an_address_names_an_area_wherever_it_looks(
    explore: Open, visit: Visits, data: Explored
) -> None:
    page = explore("?area=e07000905&z=6.4&lat=50.5&lon=-2.5")
    assert page.locator("#explore-card h2").inner_text() == "Moor"
    assert any("find-" in path for path in parts_asked(visit))
    page.locator("#explore-edition").select_option("2021")
    until(page, "document.querySelector('#explore-card .quiet').textContent.includes('2021')")
    assert page.locator("#explore-card h2").inner_text() == "Moor"
    unknown = explore("?area=nowhere")
    assert unknown.locator("#explore-card").is_hidden()
    assert "area" not in state(unknown)


def test_search_leads_to_an_area_that_was_not_fetched(explore: Open, visit: Visits) -> None:
    page = explore()
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
    explore: Open, visit: Visits, data: Explored
) -> None:
    page = explore(f"?z=6.4&{middle_of(shire(data, 'East'))}")
    page.locator("#explore-map canvas").focus()
    page.keyboard.press("Enter")
    until(page, f"Number(new URLSearchParams(location.search).get('z')) >= {FROM}")
    visit.rest(page)
    page.wait_for_timeout(300)
    page.keyboard.press("Enter")
    until(page, "!document.getElementById('explore-card').hidden")
    assert state(page)["area"] in data.codes
    page.keyboard.press("Escape")
    assert "area" not in state(page)


def test_a_part_that_is_missing_is_said_and_asked_for_again(
    visit: Visits, address: str, data: Explored
) -> None:
    page = visit()
    page.route("**/explore-parts/**", lambda route: route.abort("blockedbyclient"))
    page.goto(f"{address}explore/?z=12&{middle_of(data.box('E07000905', 'geography'))}")
    page.wait_for_selector(".explorer.ready", timeout=60_000)
    until(page, "document.getElementById('explore-said').textContent !== ''")
    assert "could not be loaded" in page.locator("#explore-said").inner_text()
    page.unroute("**/explore-parts/**")
    page.locator(".map-tools [data-zoom=in]").click()
    page.wait_for_timeout(800)
    visit.rest(page)
    page.mouse.move(*point(page))
    until(page, "document.querySelector('#explore-hover b')?.textContent === 'Moor'")
    visit.said.clear()  # of what was kept from coming


def test_opening_costs_no_more_where_areas_are_many(
    explore: Open, visit: Visits, many: Built, address: str
) -> None:
    explore()
    kinds = re.compile(r"\.(json|pbf)$")
    paths = {url.removeprefix(address) for url in visit.asked() if kinds.search(url)}
    weight = sum(len(gzip.compress((many.folder / path).read_bytes())) for path in paths)
    assert weight < 20_000, sorted(paths)
    assert Path(many.folder / "explore/index.html").stat().st_size < 100_000
