"""Maps of change in a browser: what they show when they are moved, and how it is coloured."""

from __future__ import annotations

from collections.abc import Iterator

import playwright.sync_api as playwright
import pytest
from browsing import launched, served, until
from changing import changed_site

pytestmark = [pytest.mark.browser, pytest.mark.slow]

COLOURS = """[...document.querySelectorAll(".leaflet-areas-pane path.area")].map((path) =>
  [path.getAttribute("class").match(/level-\\w+/)[0], getComputedStyle(path).fill])"""
LEGEND = """[...document.querySelectorAll(".legend tbody th")].map((head) =>
  [head.className, getComputedStyle(head, "::before").backgroundColor])"""


@pytest.fixture(scope="module")
def page(tmp_path_factory: pytest.TempPathFactory) -> Iterator[playwright.Page]:
    built = changed_site(tmp_path_factory.mktemp("changed"))
    with served(built.folder) as base, launched() as browser:
        page = browser.new_page(viewport={"width": 1280, "height": 900})
        page.goto(f"{base}change/2020-2022/")
        yield page


def test_a_map_of_change_fetches_its_own_values_and_keeps_its_colours(
    page: playwright.Page,
) -> None:
    errors, asked = [], []
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.on("request", lambda request: asked.append(request.url))
    until(page, f"{COLOURS}.length > 5")
    legend = dict(page.evaluate(LEGEND))
    assert len(set(legend.values())) == len(legend)

    def check() -> None:
        for level, colour in page.evaluate(COLOURS):
            assert level == "level-none" or colour == legend[level]

    check()
    page.get_by_role("button", name="Zoom in").click()
    until(page, "document.querySelector('.map-moved') !== null")
    until(page, f"{COLOURS}.length > 2")
    check()
    assert [url for url in asked if "/assets/changes/2020-2022-yield." in url]
    assert not [url for url in asked if "/assets/values/" in url]
    assert errors == []


@pytest.mark.parametrize("width", [320, 360, 390])
def test_a_phone_shows_the_table_of_changes_with_its_classes(
    page: playwright.Page, width: int
) -> None:
    page.set_viewport_size({"width": width, "height": 844})
    for selector in (".scroller", "body"):
        wide, shown = page.locator(selector).first.evaluate(
            "(one) => [one.scrollWidth, one.clientWidth]"
        )
        assert wide <= shown, selector
    assert page.locator(".changes-table td.class").first.is_visible()
