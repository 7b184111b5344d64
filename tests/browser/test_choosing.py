"""Columns, pairs of indicators and search for them, chosen in a real browser by keyboard."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from urllib.parse import parse_qs, urlsplit

import playwright.sync_api as playwright
import pytest
from browsing import Visits, served
from built import Built
from playwright.sync_api import expect

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def sixteen(sixteen_site: Built) -> Built:
    return sixteen_site


@pytest.fixture(scope="module")
def site(sixteen: Built) -> Iterator[str]:
    with served(sixteen.folder) as address:
        yield address


def figures(sixteen: Built) -> dict[str, dict[str, str]]:
    rows = csv.DictReader(io.StringIO(sixteen.text("data/2017.csv")))
    return {row["code"]: row for row in rows}


def query(page: playwright.Page) -> dict[str, list[str]]:
    return parse_qs(urlsplit(page.url).query)


def codes(page: playwright.Page) -> list[str]:
    return page.locator("table.long tbody tr").evaluate_all("rows => rows.map(r => r.dataset.code)")


def test_a_column_is_added_sorted_by_and_kept_in_the_address(
    visit: Visits, site: str, sixteen: Built
) -> None:
    rows = figures(sixteen)
    page = visit(f"{site}areas/")
    page.get_by_text("Add columns").focus()
    page.keyboard.press("Enter")
    page.get_by_label("House prices").focus()
    page.keyboard.press("Space")
    head = page.get_by_role("columnheader", name="House prices")
    expect(head).to_be_visible()
    assert query(page)["columns"] == ["house-prices"]
    cell = page.locator("tr[data-code=E07000176] td").last
    value = float(cell.inner_text().split()[0].replace("\u2212", "-"))
    assert value == pytest.approx(float(rows["E07000176"]["house_prices_score"]), abs=0.005)
    assert rows["E07000176"]["house_prices_rank"] in cell.inner_text()
    head.get_by_role("button").focus()
    page.keyboard.press("Enter")
    known = {code: row for code, row in rows.items() if row["house_prices_score"]}
    wanted = sorted(float(row["house_prices_score"]) for row in known.values())
    shown = [float(known[code]["house_prices_score"]) for code in codes(page) if code in known]
    assert shown == wanted  # the lowest prices are the best
    assert "lowest first" in page.locator("table.long caption").inner_text()
    assert query(page)["sort"] == ["house-prices"]
    again = visit(page.url)
    expect(again.get_by_role("columnheader", name="House prices")).to_be_visible()
    expect(again.get_by_label("House prices")).to_be_checked()
    assert codes(again) == codes(page)
    again.get_by_label("House prices").uncheck()
    expect(again.get_by_role("columnheader", name="House prices")).to_have_count(0)
    assert query(again) == {}


def test_the_highest_come_first_where_they_are_better(
    visit: Visits, site: str, sixteen: Built
) -> None:
    rows = figures(sixteen)
    page = visit(f"{site}areas/?columns=wages,gcse")
    page.get_by_role("columnheader", name="GCSE").get_by_role("button").click()
    assert "GCSE, highest first" in page.locator("table.long caption").inner_text()
    shown = [float(rows[c]["gcse_score"]) for c in codes(page) if rows[c]["gcse_score"]]
    assert shown == sorted(shown, reverse=True)


@pytest.mark.parametrize("width", [390, 320])
def test_on_a_phone_no_column_is_cut(visit: Visits, site: str, width: int) -> None:
    """The table moves sideways within itself until the last column is in sight."""
    page = visit(f"{site}areas/?columns=wages,gcse,house-prices,managers", width, 800)
    last = page.get_by_role("columnheader", name="Managers")
    expect(last).to_have_count(1)
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    scroller = page.locator(".scroller", has=page.locator("table.long"))
    scroller.focus()
    for _ in range(30):
        page.keyboard.press("ArrowRight")
    page.wait_for_timeout(500)
    box = last.bounding_box()
    assert box is not None
    assert box["x"] + box["width"] <= width
    name = page.locator("tr[data-code=E07000176] th").bounding_box()
    assert name is not None
    assert name["x"] >= 0  # stays in sight


def test_any_pair_is_drawn_with_the_area_and_kept_in_the_address(
    visit: Visits, site: str, sixteen: Built
) -> None:
    rows = figures(sixteen)
    page = visit(f"{site}scatter/")
    page.get_by_label("From left to right").select_option(label="GCSE")
    page.get_by_label("From below").select_option(label="House prices")
    page.get_by_label("Area", exact=True).select_option(label="Rushcliffe")
    expect(page.locator("#scatter-said")).to_contain_text("Rushcliffe: GCSE")
    assert query(page) == {"x": ["gcse"], "y": ["house-prices"], "area": ["E07000176"]}
    dots = page.locator("#scatter circle").evaluate_all(
        "all => all.map(c => [c.dataset.code, c.cx.baseVal.valueInSpecifiedUnits, "
        "c.cy.baseVal.value])"
    )
    assert len(dots) == 324
    for at, column, sign in ((1, "gcse_score", 1), (2, "house_prices_score", -1)):
        placed = sorted(dots, key=lambda dot: (sign * dot[at], dot[0]))
        values = [float(rows[code][column]) for code, *_ in placed]
        assert values == pytest.approx(sorted(values), abs=0.02)
    left = page.locator("#scatter-relation [data-without]")
    expect(left).to_have_text(str(len(rows) - 324))
    left.evaluate("e => { e.textContent = ''; }")
    page.get_by_label("From below").select_option(label="Wages")
    expect(left).to_have_text(str(len(rows) - 324))
    page.get_by_label("From below").select_option(label="House prices")
    again = visit(page.url)
    expect(again.locator("#scatter circle.chosen")).to_have_count(1)
    assert again.locator("#scatter-relation").inner_text() == (
        page.locator("#scatter-relation").inner_text()
    )


def test_search_lists_indicators_after_places(visit: Visits, site: str) -> None:
    page = visit(site)
    page.locator("#search-text").fill("wa")
    options = page.locator("#search-list:not([hidden]) [role=option]")
    expect(options.last).to_contain_text("indicator, Working lives")
    expect(page.locator("#search-list .apart")).to_have_count(1)
    page.locator("#search-text").fill("GCSE")
    expect(options).to_have_count(1)
    page.keyboard.press("Enter")
    page.wait_for_url("**/indicators/gcse/")


def test_tables_of_indicators_are_whole_on_a_phone(visit: Visits, site: str) -> None:
    for path in ("areas/rushcliffe/", "indicators/"):
        page = visit(site + path, width=390)
        table = page.locator("table.profile, table.indicators").first
        cut = page.locator(".scroller:has(.profile, .indicators)").evaluate_all(
            "(all) => all.filter((one) => one.scrollWidth > one.clientWidth + 1).length"
        )
        assert cut == 0, path
        name, last = table.locator("tbody th").first, table.locator("tbody td").last
        box, end = name.bounding_box(), last.bounding_box()
        assert box
        assert end
        assert end["x"] + end["width"] <= 390, path
    page = visit(site, width=390)
    assert page.locator("section .body.prose:empty").count() == 0
    headings = page.locator("section > h2").all_inner_texts()
    assert "What this is" not in headings, "this atlas says nothing of itself"
