"""How pages look in small windows: phones upright and on their side, 400 per cent zoom."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from browsing import until
from playwright.sync_api import Browser, Page

pytestmark = pytest.mark.browser

AREA, GROUP = "authorities/rushcliffe/", "groups/d2n2/"
CHOSEN = "compare/?a=E07000176,E06000018,E09000033"
SIDEWAYS = (844, 390)


@contextmanager
def window(chromium: Browser, width: int, height: int, **more: Any) -> Iterator[Page]:
    context = chromium.new_context(
        viewport={"width": width, "height": height}, reduced_motion="reduce", **more
    )
    yield context.new_page()
    context.close()


def boxes(page: Page, selector: str) -> list[dict[str, float]]:
    """Left, top, right, bottom, width and height of what is shown of it, in CSS pixels."""
    found: list[dict[str, float]] = page.locator(selector).evaluate_all(
        "(all) => all.map((one) => one.getBoundingClientRect().toJSON()).filter((b) => b.width)"
    )
    return found


def lines(page: Page, selector: str) -> int:
    """On how many lines a text stands."""
    count: int = page.locator(selector).first.evaluate(
        """(one) => {
            const range = document.createRange();
            range.selectNodeContents(one);
            return new Set([...range.getClientRects()].map((box) => Math.round(box.bottom))).size;
        }"""
    )
    return count


def wider_than_themselves(page: Page, selector: str) -> list[float]:
    """By how much those that must be scrolled sideways are wider than they show."""
    found: list[float] = page.locator(selector).evaluate_all(
        "(all) => all.map((one) => one.scrollWidth - one.clientWidth).filter((n) => n > 1)"
    )
    return found


def test_at_320_pixels_figures_and_tables_are_whole(chromium: Browser, hexagons: str) -> None:
    with window(chromium, 320, 640) as page:
        page.goto(hexagons + AREA)
        assert lines(page, ".headline .first .rank") == 1, "44th of 324"
        page.goto(f"{hexagons}authorities/isles-of-scilly/")
        assert lines(page, ".headline .first .rank") == 1, "Not ranked"
        page.goto(f"{hexagons}data/")
        assert wider_than_themselves(page, ".scroller") == []
        sizes = boxes(page, ".downloads tbody td.num")
        names = boxes(page, ".downloads tbody th")
        assert [s["top"] for s in sizes] == pytest.approx([n["top"] for n in names], abs=8)
        page.goto(f"{hexagons}explore/")
        links = boxes(page, ".site-head nav a")
        assert len({link["top"] for link in links}) == 1


def test_a_long_title_makes_no_page_wider_than_its_window(chromium: Browser, hexagons: str) -> None:
    with window(chromium, 320, 640) as page:
        page.goto(hexagons)
        page.locator(".site-head .brand").evaluate(
            "(one) => one.lastChild.textContent = 'Ymweliadau â llyfrgelloedd yng Nghymru'"
        )
        (brand,), (find,) = boxes(page, ".brand"), boxes(page, ".search-open")
        assert page.evaluate("document.documentElement.scrollWidth") <= 320
        assert brand["right"] <= find["left"], "the search stands beside it"


@pytest.mark.parametrize("width", [320, 390])
def test_three_areas_stand_side_by_side_on_a_phone(
    chromium: Browser, hexagons: str, width: int
) -> None:
    with window(chromium, width, 844) as page:
        page.goto(hexagons + CHOSEN)
        until(page, "document.querySelectorAll('.beside thead th').length === 3")
        assert wider_than_themselves(page, ".scroller") == []
        heads = [round(box["left"]) for box in boxes(page, ".beside thead th")]
        cells = boxes(page, ".beside tbody td")
        assert len(cells) > 12
        assert {round(box["left"]) for box in cells} == set(heads)
        title, first = boxes(page, ".beside tbody th")[0], cells[0]
        assert title["bottom"] <= first["top"] + 1


def test_a_group_s_map_follows_its_sentence(chromium: Browser, hexagons: str) -> None:
    with window(chromium, 390, 844) as page:
        page.goto(hexagons + GROUP)
        (sentence,), (frame,) = boxes(page, ".lede"), boxes(page, ".map-stage")
        figures = boxes(page, ".group-figures")
        assert sentence["bottom"] < frame["top"] < sentence["bottom"] + 150
        assert all(frame["bottom"] < one["top"] for one in figures)


@pytest.mark.parametrize("path", [AREA, GROUP])
def test_on_its_side_a_phone_shows_words_and_map_at_once(
    chromium: Browser, hexagons: str, path: str
) -> None:
    with window(chromium, *SIDEWAYS) as page:
        page.goto(hexagons + path)
        (head,), (title,) = boxes(page, ".site-head"), boxes(page, "h1")
        (frame,) = boxes(page, ".map-stage")
        assert head["height"] <= 72, "brand, search and links on one line"
        assert frame["left"] > title["left"] + 300
        assert frame["top"] < SIDEWAYS[1] / 2


@pytest.mark.real
def test_on_its_side_a_phone_shows_the_whole_country_and_its_inset(
    chromium: Browser, site: str
) -> None:
    with window(chromium, *SIDEWAYS) as page:
        page.goto(site)
        (country,), (inset,) = boxes(page, ".map-stage .map-svg"), boxes(page, ".map-inset")
        assert country["height"] <= SIDEWAYS[1]
        assert inset["left"] >= country["right"]
        assert inset["top"] < country["top"] + 40
        assert inset["width"] >= 300


@pytest.mark.real
def test_upright_a_phone_s_inset_takes_all_its_width(chromium: Browser, site: str) -> None:
    with window(chromium, 390, 844) as page:
        page.goto(site)
        (frame,), (inset,) = boxes(page, ".map-stage"), boxes(page, ".map-inset .map-sheet")
        assert inset["width"] == pytest.approx(frame["width"], abs=1)
