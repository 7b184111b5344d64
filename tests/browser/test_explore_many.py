"""The explorer of many areas: groups from afar, areas from near, and only these parts fetched."""

from __future__ import annotations

import gzip
import io
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import playwright.sync_api as playwright
import pytest
from browsing import Visits, served, until
from built import Built, build_site, copy_mini
from explored import Explored, explored, fours
from PIL import Image

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
    until(page, "new URLSearchParams(location.search).get('area') === 'E07000905'")
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
    assert "Moor" in (page.locator("#explore-map .map-text").text_content() or "")
    visit.said.clear()  # of what was kept from coming


class Held:
    """Requests for some files wait until a test lets them go."""

    def __init__(self, page: playwright.Page, pattern: str) -> None:
        self.page, self.waiting, self.free = page, list[playwright.Route](), False
        page.route(re.compile(pattern), self._take)

    def _take(self, route: playwright.Route) -> None:
        if self.free:
            route.continue_()
        else:
            self.waiting.append(route)

    def until_some(self, rest_ms: int = 0) -> None:
        """Until something was asked for, and the map has been at rest without it for so long."""
        for _ in range(100):
            if self.waiting:
                self.page.wait_for_timeout(rest_ms)
                return
            self.page.wait_for_timeout(50)
        raise AssertionError("nothing was asked for")

    def let_go(self) -> None:
        self.free = True
        for route in self.waiting:
            route.continue_()


def test_of_two_choices_the_last_counts_however_they_arrive(
    explore: Open, visit: Visits, data: Explored
) -> None:
    page = explore(f"?z=12&{middle_of(data.box('E07000905', 'geography'))}")
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
    explore: Open, visit: Visits, data: Explored
) -> None:
    page = explore(f"?z=12&{middle_of(data.box('E07000146', 'geography'))}")
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
    visit: Visits, address: str, data: Explored
) -> None:
    page = visit()
    own = data.part_of[data.codes.index("E07000905")]
    lost = next(part for part in range(data.head["parts"]) if part != own)
    page.route(f"**/explore-parts/*/{lost}.json", lambda route: route.abort("blockedbyclient"))
    page.goto(f"{address}explore/?z={FROM}&{middle_of(data.box('E07000905', 'geography'))}")
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


def test_the_plate_under_a_resting_mouse_follows_what_is_chosen(
    explore: Open, data: Explored
) -> None:
    page = explore(f"?edition=2020&z=12&{middle_of(data.box('E07000905', 'geography'))}")
    page.mouse.move(*point(page))
    plate = "document.querySelector('#explore-hover:not([hidden]) .rank')?.textContent"
    until(page, f"{plate}?.includes('of 6')")
    page.locator("#explore-edition").select_option("2021")
    until(page, f"{plate}?.includes('of 7')", seconds=10)


def test_on_paper_the_table_stands_above_the_map(explore: Open) -> None:
    page = explore("?z=8.5&lat=52.5&lon=-2.6")
    open_table(page)
    page.emulate_media(media="print")
    page.set_viewport_size({"width": 700, "height": 600})
    table = page.locator("#explore-in-view table").bounding_box()
    stage = page.locator(".explore-stage").bounding_box()
    assert table
    assert stage
    assert table["y"] + table["height"] <= stage["y"]


def test_opening_costs_no_more_where_areas_are_many(
    explore: Open, visit: Visits, many: Built, address: str
) -> None:
    explore()
    kinds = re.compile(r"\.(json|pbf)$")
    paths = {url.removeprefix(address) for url in visit.asked() if kinds.search(url)}
    weight = sum(len(gzip.compress((many.folder / path).read_bytes())) for path in paths)
    assert weight < 20_000, sorted(paths)
    assert Path(many.folder / "explore/index.html").stat().st_size < 100_000


def block(route: playwright.Route) -> None:
    route.abort("blockedbyclient")


def ready(page: playwright.Page) -> None:
    page.wait_for_selector(".explorer.ready", timeout=20_000)


FIGURES = r"/explore/2021-yield/\w+/\d+\.json"
UNDER = "document.querySelector('#explore-hover:not([hidden]) b')?.textContent"


def test_a_part_that_fails_late_keeps_neither_map_nor_area_from_showing(
    visit: Visits, address: str, data: Explored
) -> None:
    page = visit()
    held = Held(page, r"/explore-parts/\w+/\d+\.json")
    page.goto(f"{address}explore/?z=12&{middle_of(data.box('E07000905', 'geography'))}")
    held.until_some(1500)
    for route in held.waiting:
        block(route)
    ready(page)
    named = visit()
    named.route(re.compile(r"/explore-parts/\w+/\d+\.json"), block)
    named.goto(f"{address}explore/?area=E07000905")
    ready(named)
    assert named.locator("#explore-card").is_hidden()
    assert "could not be loaded" in named.locator("#explore-said").inner_text()
    visit.said.clear()  # of what was kept from coming


@pytest.mark.parametrize("by", ["mouse", "keys"])
def test_what_is_under_pointer_or_cross_is_said_once_its_figures_come(
    explore: Open, visit: Visits, data: Explored, by: str
) -> None:
    page = explore(f"?z=8.5&{middle_of(data.box('E07000905', 'geography'))}")
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
    explore: Open, visit: Visits, data: Explored
) -> None:
    page = explore(f"?z=12&{middle_of(data.box('E07000903', 'geography'))}")
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
    explore: Open, visit: Visits
) -> None:
    page = explore("?edition=2020&class=1&z=6.4&lat=50.5&lon=-2.5")
    page.route("**/explore/2021-yield/**", block)
    page.locator("#explore-edition").select_option("2021")
    until(page, "document.getElementById('explore-said').textContent !== ''")
    page.wait_for_timeout(200)
    assert "could not be loaded" in page.locator("#explore-said").inner_text()
    assert page.locator("#explore-edition").input_value() == "2020"
    assert "2020" in page.locator("#explore-legend h2").inner_text()
    assert page.locator("#explore-legend [aria-pressed=true]").count() == 1
    visit.said.clear()  # of what was kept from coming
