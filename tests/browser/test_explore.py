"""The tile explorer in a real browser, its map drawn by software WebGL."""

from __future__ import annotations

import csv
import io
import re
import time
from collections.abc import Callable
from urllib.parse import parse_qs, urlsplit

import playwright.sync_api as playwright
import pytest
from browsing import Quiet, Visits, chromium_path, served, until
from built import Built
from explored import explored
from PIL import Image

pytestmark = pytest.mark.browser

PATIENCE_MS = 60_000
HOT, COLD = (137, 12, 34), (36, 100, 168)


@pytest.fixture(scope="module")
def site(hexagons: str) -> str:
    return hexagons


Open = Callable[..., playwright.Page]


@pytest.fixture
def explore(visit: Visits, site: str) -> Open:
    """Opens the explorer."""

    def open_(
        query: str = "", width: int = 1280, height: int = 800, **more: object
    ) -> playwright.Page:
        page = visit(f"{site}explore/{query}", width, height, **more)
        page.set_default_timeout(PATIENCE_MS)
        return page

    return open_


def state(page: playwright.Page) -> dict[str, str]:
    return {key: values[0] for key, values in parse_qs(urlsplit(page.url).query).items()}


def settle(page: playwright.Page) -> None:
    """Wait until two pictures of the map are the same."""
    before = b""
    for _ in range(40):
        page.wait_for_timeout(250)
        now = page.locator("#explore-map").screenshot()
        if now == before:
            return
        before = now
    raise AssertionError("the map never comes to rest")


def share(page: playwright.Page, colour: tuple[int, int, int]) -> float:
    """How much of the map is of one colour."""
    settle(page)
    picture = Image.open(io.BytesIO(page.locator("#explore-map").screenshot())).convert("RGB")
    found = picture.getcolors(picture.width * picture.height) or []
    near = sum(n for n, c in found if max(abs(a - b) for a, b in zip(c, colour, strict=True)) < 4)
    return near / (picture.width * picture.height)


def test_the_map_shows_the_classes_and_a_class_alone(explore: Open) -> None:
    page = explore()
    hot, cold = share(page, HOT), share(page, COLD)
    assert hot > 0.01
    assert cold > 0.02
    page.locator("#explore-legend button", has_text="Hotspot").click()
    assert state(page)["class"] == "5"
    assert share(page, HOT) == pytest.approx(hot, rel=0.05)
    assert share(page, COLD) < cold / 20
    page.locator("#explore-legend button", has_text="Hotspot").press("Enter")
    assert "class" not in state(page)
    assert share(page, COLD) == pytest.approx(cold, rel=0.05)


def test_a_click_on_a_place_opens_its_card_and_the_card_its_page(
    explore: Open, hex_site: Built, site: str
) -> None:
    west, south, east, north = explored(hex_site).box("E07000176")
    page = explore(f"?z=8&lat={(south + north) / 2}&lon={(west + east) / 2}")
    box = page.locator("#explore-map").bounding_box()
    assert box is not None
    middle = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    settle(page)
    page.mouse.move(*middle)
    assert page.locator("#explore-hover b").inner_text() == "Rushcliffe"
    page.mouse.click(*middle)
    card = page.locator("#explore-card")
    assert card.locator("h2").inner_text() == "Rushcliffe"
    assert "44th of 324, score 42.3" in card.inner_text()
    assert "Hotspot: best 20%" in card.inner_text()
    strip = card.get_by_role("img", name=re.compile("44th of 324"))
    with (hex_site.folder / "data/2016.csv").open(encoding="utf-8") as file:
        known = {
            r["code"]: (float(r["overall_score"]), int(r["overall_class"]))
            for r in csv.DictReader(file)
            if r["overall_score"]
        }
    low, high = min(known.values())[0], max(known.values())[0]
    places = {code: 1000 * (score - low) / (high - low) for code, (score, _) in known.items()}
    place = places["E07000176"]
    ticks = [
        {round(places[code]) for code, (_, own) in known.items() if own == level}
        for level in range(1, 6)
    ]
    drawn = "paths => paths.map((path) => path.getAttribute('d').split('M').length - 1)"
    assert strip.locator("path[stroke]").evaluate_all(drawn) == [len(own) for own in ticks]
    own = strip.locator(".own")
    assert float(own.get_attribute("data-place") or "") == pytest.approx(place, abs=0.6)
    frame, mark = strip.bounding_box(), own.bounding_box()
    assert frame
    assert mark
    middle_of_mark = mark["x"] + mark["width"] / 2 - frame["x"]
    assert middle_of_mark / frame["width"] == pytest.approx(place / 1000, abs=0.02)
    assert state(page)["area"] == "E07000176"
    assert page.locator("#explore-said").inner_text().startswith("Rushcliffe, 44th of 324")
    card.get_by_role("link").click()
    assert page.url == f"{site}authorities/rushcliffe/"


def test_everything_by_keyboard(explore: Open) -> None:
    page = explore()
    page.locator("#explore-text").focus()
    page.keyboard.type("newark")
    page.wait_for_selector("#explore-list li")
    page.keyboard.press("Enter")
    until(page, "document.activeElement.matches('#explore-card a')")
    assert state(page)["area"] == "E07000175"
    settle(page)
    before = state(page)
    page.locator("#explore-map canvas").focus()
    for _ in range(3):
        page.keyboard.press("ArrowDown")
        settle(page)
    page.keyboard.press("Enter")
    after = state(page)
    assert float(after["lat"]) < float(before["lat"])
    assert after.get("area") != "E07000175"
    page.keyboard.press("Escape")
    assert "area" not in state(page)
    for name in ("Zoom in", "Zoom out"):
        page.get_by_role("button", name=name).press("Enter")
    reached = set()
    page.locator("#explore-text").focus()
    for _ in range(30):
        page.keyboard.press("Tab")
        reached.add(page.evaluate("document.activeElement.id || document.activeElement.className"))
    assert {"explore-edition", "explore-scheme", "explore-palette", "explore-outlines"} <= reached
    assert any("maplibregl-canvas" in name for name in reached)


@pytest.mark.parametrize("motion", ["reduce", "no-preference"])
def test_the_map_flies_only_where_motion_is_welcome(explore: Open, motion: str) -> None:
    page = explore(reduced_motion=motion)
    settle(page)
    page.locator("#explore-text").fill("newark")
    page.wait_for_selector("#explore-list li")
    page.keyboard.press("Enter")
    # The choice is written into the address at once, and with it where the map is by then.
    found = until(page, "location.search.includes('E07000175') && location.search")
    at_once = float(parse_qs(found.lstrip("?"))["z"][0])
    settle(page)
    there = float(state(page)["z"])
    assert there > 7
    assert (at_once == there) == (motion == "reduce")


def test_the_address_keeps_every_choice(explore: Open, site: str) -> None:
    page = explore()
    page.select_option("#explore-scheme", "EqualInterval")
    page.select_option("#explore-palette", "teal")
    page.uncheck("#explore-outlines")
    page.locator("#explore-legend button").first.click()
    page.get_by_role("button", name="Zoom in").click()
    settle(page)
    kept = state(page)
    assert kept["scheme"] == "EqualInterval"
    assert (kept["palette"], kept["outlines"], kept["edition"]) == ("teal", "off", "2016")
    legend = page.locator("#explore-legend").inner_text()
    again = explore(page.url.removeprefix(f"{site}explore/"))
    assert again.locator("#explore-legend").inner_text() == legend
    assert again.locator("#explore-palette").input_value() == "teal"
    assert not again.locator("#explore-outlines").is_checked()
    again.get_by_role("button", name="Zoom in").click()
    settle(again)
    assert {**state(again), "z": ""} == {**kept, "z": ""}
    assert float(state(again)["z"]) == pytest.approx(float(kept["z"]) + 1, abs=0.02)


def test_this_view_can_be_copied_and_shared(explore: Open, site: str) -> None:
    page = explore(permissions=["clipboard-read", "clipboard-write"])
    page.locator("#explore-text").fill("newark")
    page.wait_for_selector("#explore-list li")
    page.keyboard.press("Enter")
    settle(page)
    page.select_option("#explore-palette", "teal")
    page.get_by_role("button", name="Copy the link to this view").click()
    copied = page.evaluate("navigator.clipboard.readText()")
    assert copied == page.url
    again = explore(copied.removeprefix(f"{site}explore/"))
    assert again.locator("#explore-card h2").inner_text() == "Newark and Sherwood"
    assert again.locator("#explore-palette").input_value() == "teal"
    assert {**state(again), "z": ""} == {**state(page), "z": ""}


def test_a_device_that_shares_gets_title_and_address_of_this_view(explore: Open) -> None:
    page = explore("?palette=teal")
    # Offered only by a script that finds it when it starts.
    page.add_init_script("""Object.defineProperty(navigator, "share", {
      value: (what) => { (window.shared ??= []).push(what); return Promise.resolve(); }})""")
    page.reload()
    page.wait_for_selector(".explorer.ready")
    settle(page)
    page.locator("[data-share]").click()
    assert page.evaluate("window.shared") == [{"title": page.title(), "url": page.url}]
    assert state(page)["palette"] == "teal"


def test_a_device_that_does_not_share_copies_and_says_so(explore: Open) -> None:
    page = explore(permissions=["clipboard-read", "clipboard-write"])
    assert page.evaluate("navigator.share === undefined")
    assert page.locator("[data-share]").is_hidden()
    button = page.get_by_role("button", name="Copy the link to this view")
    button.click()
    said = page.locator("[data-copy=state]")
    playwright.expect(said).to_have_text("Copied")
    assert said.get_attribute("aria-live") == "polite"
    assert page.evaluate("navigator.clipboard.readText()") == page.url


def test_an_address_with_nonsense_shows_the_map_all_the_same(explore: Open) -> None:
    page = explore("?edition=1&scheme=%3Cb%3E&palette=x&layout=y&class=99&area=Z&z=a&lat=99&lon=0")
    assert share(page, HOT) > 0.01
    assert page.locator("#explore-card").is_hidden()


def test_another_edition_has_other_classes(explore: Open) -> None:
    page = explore()
    page.select_option("#explore-edition", "2017")
    until(page, "document.getElementById('explore-said').innerText.includes('47')")
    text = page.locator("#explore-legend").inner_text()
    assert "Not known or not ranked" in text
    assert "1st to 65th" in text
    counts = [int(n) for n in re.findall(r"\t(\d+)$", text, re.MULTILINE)]
    assert sum(counts) == 326


def test_no_tile_is_missing_while_moving_about(explore: Open) -> None:
    page = explore("?z=4&lat=52.5&lon=-1.5")
    canvas = page.locator("#explore-map canvas")
    canvas.focus()
    for key in ["Equal", "Equal", "ArrowLeft", "ArrowUp", "Equal", "ArrowRight", "ArrowRight"]:
        for _ in range(3):
            page.keyboard.press(key)
            page.wait_for_timeout(350)
    settle(page)  # a visit complains of any answer that isn't a good one


@pytest.mark.parametrize(("width", "height", "share"), [(390, 844, 0.6), (320, 640, 0.45)])
def test_on_a_phone_the_choices_are_a_sheet(
    explore: Open, width: int, height: int, share: float
) -> None:
    """The map had less than half of the window."""
    page = explore(width=width, height=height)
    stage, choices = page.locator(".explore-stage"), page.locator(".explore-choices")
    legend = page.locator(".explore-classes")
    fold = page.get_by_role("button", name="Show choices")
    assert fold.get_attribute("aria-expanded") == "false"
    assert not choices.is_visible()
    folded = stage.bounding_box()
    assert folded is not None
    assert folded["height"] > share * height
    key = legend.bounding_box()
    assert key is not None
    assert key["y"] + key["height"] <= height, "the whole legend is seen without scrolling"
    assert legend.get_by_role("button").count() == 5
    fold.press("Enter")
    assert page.get_by_role("button", name="Hide choices").get_attribute("aria-expanded") == "true"
    assert choices.is_visible()
    settle(page)
    opened = stage.bounding_box()
    assert opened is not None
    assert opened["height"] < folded["height"] - 50
    assert page.evaluate("document.documentElement.scrollWidth") <= width


def test_wide_the_choices_are_always_there(explore: Open) -> None:
    page = explore(width=1280, height=720)
    assert page.locator(".explore-choices").is_visible()
    assert not page.locator(".explore-fold").is_visible()


class Slow(Quiet):
    """A server at the end of a slow line: scripts take a while, tiles take longer."""

    def do_GET(self) -> None:
        time.sleep(1.0 if "/tiles/" in self.path else 0.4 if self.path.endswith(".js") else 0)
        super().do_GET()


@pytest.mark.parametrize("width", [390, 1280])
def test_while_it_starts_the_static_map_stays_and_no_text_flashes(
    chromium: playwright.Browser, hex_site: Built, width: int
) -> None:
    context = chromium.new_context(viewport={"width": width, "height": 800})
    page = context.new_page()
    seen = """() => {
      const shown = (selector) => {
        const found = document.querySelector(selector);
        return Boolean(found) && found.checkVisibility({visibilityProperty: true});
      };
      return {ready: Boolean(document.querySelector(".explorer.ready")),
              still: shown("#explore-static .map-svg"), text: shown(".explore-without"),
              panel: shown("#explore-body") || shown("#explore-fallback .legend")};
    }"""
    with served(hex_site.folder, handler=Slow) as address:
        page.goto(f"{address}explore/", wait_until="domcontentloaded")
        states = [page.evaluate(seen)]
        end = time.monotonic() + PATIENCE_MS / 1000
        while not states[-1]["ready"]:
            assert time.monotonic() < end
            page.wait_for_timeout(40)
            states.append(page.evaluate(seen))
        picture = Image.open(io.BytesIO(page.locator("#explore-map").screenshot())).convert("RGB")
        context.close()
    starting = states[:-1]
    assert len(starting) > 2
    assert all(one["still"] and one["panel"] and not one["text"] for one in starting)
    assert not states[-1]["still"]
    counts = {colour: n for n, colour in picture.getcolors(1 << 20) or []}
    assert counts.get(HOT, 0) > 0.005 * picture.width * picture.height, "what follows is drawn"


def test_without_webgl_it_says_so_and_the_static_map_stays(
    chromium: playwright.Browser, site: str
) -> None:
    args = ["--no-sandbox", "--disable-gpu", "--disable-3d-apis"]
    browser = chromium.browser_type.launch(executable_path=chromium_path(), args=args)
    page = browser.new_page()
    said: list[str] = []
    page.on("pageerror", lambda error: said.append(str(error)))
    page.goto(f"{site}explore/")
    page.wait_for_selector("#explore-problem:not([hidden])")
    assert "WebGL" in page.locator("#explore-problem").inner_text()
    assert page.locator("#explore-static svg.map-svg").is_visible()
    links = page.locator("#explore-fallback")
    assert links.get_by_role("link", name="The whole map").is_visible()
    assert page.locator("#explore-body").is_hidden()
    assert page.locator(".explore-without").evaluate(
        "node => node.checkVisibility({visibilityProperty: true})"
    )
    assert said == []
    browser.close()


def test_without_javascript_the_static_map_and_the_links_are_there(
    chromium: playwright.Browser, site: str
) -> None:
    context = chromium.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(f"{site}explore/")
    assert page.locator("#explore-static svg .areas a").count() == 326
    page.locator("#explore-fallback").get_by_role("link", name=re.compile("A to Z")).click()
    assert page.url == f"{site}authorities/"
    context.close()
