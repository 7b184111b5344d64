"""Search by name, code and postcode, in a real browser."""

from __future__ import annotations

import random
from pathlib import Path

import numpy as np
import playwright.sync_api as playwright
import pytest
from browsing import Visits, served
from built import build_site
from playwright.sync_api import expect

from generator.exports import search_file
from generator.sources.postcodes import find_directory, read_directory

pytestmark = pytest.mark.browser
DIRECTORY = find_directory()
needs_postcodes = pytest.mark.skipif(DIRECTORY is None, reason="no postcode directory is installed")


@pytest.fixture(scope="module")
def site(hexagons: str) -> str:
    return hexagons


def ask(page: playwright.Page, typed: str) -> None:
    page.locator("#search-text").fill("")
    page.locator("#search-text").fill(typed)


def options(page: playwright.Page) -> playwright.Locator:
    return page.locator("#search-list:not([hidden]) [role=option]")


@needs_postcodes
@pytest.mark.parametrize(
    "typed", ["ng12 4gf", "NG124GF", " Ng12  4gF ", "NG12.4GF", "ng12-4gf", "NG12 4GF\t"]
)
def test_a_postcode_in_any_form_leads_to_its_area(site: str, visit: Visits, typed: str) -> None:
    page = visit(f"{site}methodology/")
    ask(page, typed)
    expect(options(page)).to_have_count(1)
    expect(options(page)).to_contain_text("NG12 4GF is in Rushcliffe")
    expect(options(page)).to_contain_text("authority in East Midlands")
    expect(page.locator("#search-said")).to_have_text("NG12 4GF is in Rushcliffe")
    page.locator("#search-text").press("Enter")
    page.wait_for_url("**/authorities/rushcliffe/")


@needs_postcodes
@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("LL11 1AA", "LL11 1AA is in Wales, outside this atlas."),
        ("ab10 1aa", "AB10 1AA is in Scotland, outside this atlas."),
        ("ab1", "Postcodes that begin AB1 are in Scotland, outside this atlas."),
        ("IM1 1AA", "IM1 1AA is in the Isle of Man, outside this atlas."),
        ("BT1 1AA", "BT1 1AA is in Northern Ireland, whose postcodes are not in this search."),
        ("NG99 9ZZ", "No postcode begins NG99."),
        ("ZZ1 1AA", "No postcode begins ZZ1."),
        ("GIR 0AA", "The directory lists GIR 0AA without a place. "
                    "Most such postcodes are no longer in use."),
    ],
)  # fmt: skip
def test_what_has_no_area_is_said_and_seen(site: str, visit: Visits, typed: str, said: str) -> None:
    page = visit(f"{site}methodology/", width=390, height=844)
    page.locator("button.search-open").click()
    ask(page, typed)
    expect(page.locator("#search-said")).to_have_text(said)
    expect(page.locator("#search-said")).to_be_visible()
    expect(options(page)).to_have_count(0)
    page.locator("#search-text").press("Enter")
    assert page.url == f"{site}methodology/"


@needs_postcodes
def test_an_unknown_postcode_says_so_and_names_where_its_neighbours_are(
    site: str, visit: Visits
) -> None:
    page = visit(f"{site}methodology/")
    ask(page, "NG12 4ZA")
    expect(page.locator("#search-said")).to_contain_text("NG12 4ZA is not in the directory")
    expect(options(page).first).to_contain_text("Rushcliffe")
    expect(options(page).first).to_contain_text("postcodes that begin NG12 4")


@needs_postcodes
def test_half_typed_postcodes_list_areas_the_likeliest_first_and_lead_on(
    site: str, visit: Visits
) -> None:
    page = visit(f"{site}methodology/")
    ask(page, "ng12")
    expect(options(page).nth(0)).to_contain_text("Rushcliffe")
    expect(options(page).nth(1)).to_contain_text("Nottingham")
    expect(options(page).nth(0)).to_contain_text("postcodes that begin NG12")
    ask(page, "NG124")
    expect(options(page).nth(0)).to_contain_text("postcodes that begin NG12 4")
    ask(page, "ng12 4g")
    expect(options(page).nth(0)).to_contain_text("postcodes that begin NG12 4G")
    ask(page, "ng1")
    expect(options(page).nth(0)).to_contain_text("Nottingham")
    expect(options(page).nth(1)).to_contain_text("NG10 …")
    options(page).nth(1).click()
    expect(page.locator("#search-text")).to_have_value("NG10 ")
    expect(options(page).nth(0)).to_contain_text("that begin NG10")
    ask(page, "ng")
    expect(options(page).filter(has_text="NG1 …")).to_have_count(1)
    ask(page, "sw1")
    expect(options(page).nth(0)).to_contain_text("SW1A …")


@needs_postcodes
def test_by_keys_alone_and_before_the_answer_has_come(site: str, visit: Visits) -> None:
    page = visit(f"{site}data/")
    page.locator("#search-text").focus()
    page.keyboard.type("NG12 4GF")
    page.keyboard.press("Enter")
    page.wait_for_url("**/authorities/rushcliffe/")
    page.locator("#search-text").focus()
    page.keyboard.type("ng12")
    expect(options(page).first).to_contain_text("postcodes that begin NG12")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    page.wait_for_url("**/authorities/nottingham/")


@needs_postcodes
def test_nothing_that_is_typed_leaves_the_browser(site: str, visit: Visits) -> None:
    page = visit(f"{site}methodology/")
    before = len(visit.asked())
    ask(page, "NG12 4GF")
    expect(options(page)).to_have_count(1)
    page.locator("#search-text").press("Enter")
    page.wait_for_url("**/authorities/rushcliffe/")
    assert not [
        url
        for url in visit.asked()[before:]
        if "4gf" in url.lower() or "q=" in url or "ng12" in url.lower()
    ]
    ask(page, "nowhere at all")
    page.locator("#search button").click()
    page.wait_for_timeout(300)
    assert page.url.endswith("/authorities/rushcliffe/")
    assert not [url for url in visit.asked() if "nowhere" in url]


@needs_postcodes
def test_one_look_up_weighs_little_and_names_its_licence(site: str, visit: Visits) -> None:
    page = visit(f"{site}methodology/")
    weights: list[int] = []
    page.on("response", lambda r: weights.append(len(r.body())) if "/postcodes" in r.url else None)
    ask(page, "B1 1AA")
    expect(page.locator("#search-licence")).to_contain_text("Royal Mail data © Royal Mail")
    expect(page.locator("#search-licence")).to_contain_text("OS data © Crown copyright")
    expect(page.locator("#search-licence")).to_contain_text("Open Government Licence v.3.0")
    visit.rest(page)
    assert len(weights) == 2
    assert sum(weights) < 10_000
    page.locator("#search-licence a").click()
    page.wait_for_url("**/methodology/#postcodes")
    expect(page.locator("#postcodes")).to_contain_text("Search by postcode")


@needs_postcodes
def test_the_script_reads_every_lot_as_the_build_placed_it(site: str, visit: Visits) -> None:
    """300 postcodes by lot; what the site says is the district that the directory names."""
    assert DIRECTORY is not None
    directory = read_directory(DIRECTORY)
    page = visit(f"{site}methodology/")
    english = np.flatnonzero(np.char.startswith(directory.districts, b"E"))
    lot = [int(at) for at in random.Random(5).sample(english.tolist(), 300)]
    codes = [directory.codes[at].decode() for at in lot]
    said = page.evaluate(
        """async (codes) => {
            const found = [];
            for (const code of codes) {
                const { place } = await atlas.answer(code);
                found.push(place ? place.href : "");
            }
            return found;
        }""",
        codes,
    )
    assert "" not in said
    names = page.evaluate("fetch(document.documentElement.dataset.search).then(r => r.json())")
    code_of = {href: keys.upper() for _, href, _, keys in names}
    for at, href in zip(lot, said, strict=True):
        path = href.split("../")[-1]
        district = directory.districts[at].decode()
        assert (
            code_of[path] == district
            or path == f"code/{district}/"
            or _replaced(district, code_of[path])
        )


def _replaced(new: str, old: str) -> bool:
    root = Path(__file__).resolve().parents[2]
    rows = (root / "boundaries/changes_2016_2025.csv").read_text(encoding="utf-8").splitlines()
    return any(row.startswith(f"{old},{new},") for row in rows)


@needs_postcodes
def test_the_map_and_the_ranking_mark_where_a_postcode_lies(site: str, visit: Visits) -> None:
    page = visit(site)
    page.wait_for_selector(".leaflet-areas-pane path.area", state="attached")
    ask(page, "NG12 4GF")
    expect(page.locator(".leaflet-mark-pane path.hover")).to_have_count(1)
    expect(page.locator(".ranking li.chosen")).to_contain_text("Rushcliffe")
    ask(page, "rush")
    expect(page.locator(".leaflet-mark-pane path.hover")).to_have_count(0)


@needs_postcodes
def test_the_explorer_takes_postcodes_and_no_strange_layout(site: str, visit: Visits) -> None:
    page = visit(f"{site}explore/?layout=constructor&palette=__proto__")
    page.wait_for_selector(".explorer.ready")
    page.locator("#explore-text").fill("NG12 4GF")
    expect(page.locator("#explore-list [role=option]")).to_contain_text("NG12 4GF is in Rushcliffe")
    page.locator("#explore-text").press("Enter")
    page.wait_for_url("**area=E07000176**")


@needs_postcodes
def test_compare_takes_a_postcode(site: str, visit: Visits) -> None:
    page = visit(f"{site}compare/")
    page.locator("#compare-text").fill("NG12 4GF")
    page.locator("#compare-text").press("Enter")
    page.wait_for_url("**/compare/?a=E07000176")


def test_compare_understands_a_list_in_the_address(site: str, visit: Visits) -> None:
    page = visit(f"{site}compare/?a=E07000176,nottingham,E07000172,E07000170,E07000173,E06000015")
    expect(page.locator("#compared thead th")).to_have_count(5)
    expect(page.locator("#compare-status")).to_contain_text("Only the first 5 are shown.")
    assert page.url.endswith("?a=E07000176&b=E06000018&c=E07000172&d=E07000170&e=E07000173")


def test_a_list_of_suggestions_over_the_map_takes_the_clicks(site: str, visit: Visits) -> None:
    page = visit(site)
    page.wait_for_selector(".leaflet-areas-pane path.area", state="attached")
    ask(page, "no")
    last = options(page).last
    expect(last).to_be_visible()
    box, stage = last.bounding_box(), page.locator(".map-stage").bounding_box()
    assert box
    assert stage
    assert box["y"] + box["height"] / 2 > stage["y"], "the list doesn't reach the map"
    name = last.inner_text().split("\n")[0].strip()
    last.click()
    page.wait_for_url(lambda url: url != site)
    expect(page.locator("h1")).to_contain_text(name)


def test_without_scripts_the_button_leads_to_the_list(site: str, visit: Visits) -> None:
    page = visit(f"{site}data/", java_script_enabled=False)
    page.locator("#search-text").fill("rushcliffe")
    page.locator("#search-text").press("Enter")
    page.wait_for_url(lambda url: url.rstrip("?").endswith("/authorities/"))
    assert "rushcliffe" not in page.url


def test_names_in_shards_are_found_like_those_in_one_list(
    mini: Path, visit: Visits, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(search_file, "MOST_WHOLE", 3)
    monkeypatch.setattr(search_file, "MOST_IN_SHARD", 2)
    monkeypatch.setattr(search_file, "SHOWN_OF_MANY", 1)
    built = build_site(mini, tmp_path / "site", boundaries="auto")
    assert list(built.folder.glob("assets/search/*/*.json"))
    with served(built.folder) as address:
        page = visit(f"{address}data/")
        for typed, found in [("castle", "Castle"), ("castel", "Castle"), ("E07000902", "Bold")]:
            ask(page, typed)
            expect(options(page).first).to_contain_text(found)
        ask(page, "qqqq")
        expect(page.locator("#search-said")).to_have_text("No such name")
