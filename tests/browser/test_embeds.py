"""Maps in frames of other sites, whatever the frame's shape: names, room, what is asked for."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import playwright.sync_api as playwright
import pytest
from browsing import chromium_path, served
from conftest import Built

pytestmark = pytest.mark.browser

SHAPES = [(390, 844), (844, 390), (320, 256), (1280, 720), (390, 560), (600, 420)]
EMBEDS = ["rushcliffe", "regions/north-west", "map"]

# Each name that is seen, and whether its middle lies over what it names: an area by its code,
# any area for the faded ones of a group's map, which share one path a class, and for groups.
NAMES = """() => {
  const svg = document.querySelector(".map-svg");
  const over = (path, x, y) => path.isPointInFill(
    new DOMPoint(x, y).matrixTransform(path.getScreenCTM().inverse()));
  return [...document.querySelectorAll(".map-frame .map-labels text")]
    .filter((text) => text.getClientRects().length)
    .map((text) => {
      const {left, right, top, bottom} = text.getBoundingClientRect();
      const x = (left + right) / 2, y = (top + bottom) / 2;
      const own = svg.querySelector(`a[data-code="${text.dataset.code}"] path`);
      const paths = own ? [own] : [...svg.querySelectorAll("path.area")];
      return {name: text.textContent, over: paths.some((path) => over(path, x, y)),
              left, right, top, bottom};
    });
}"""

Open = Callable[..., playwright.Page]


@pytest.fixture(scope="module")
def site(real_site: Built) -> Iterator[str]:
    with served(real_site.folder) as address:
        yield address


@pytest.fixture(scope="module")
def chromium() -> Iterator[playwright.Browser]:
    path = chromium_path()
    with playwright.sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=path, args=["--no-sandbox"])
        yield browser
        browser.close()


@pytest.fixture
def visit(chromium: playwright.Browser) -> Iterator[Open]:
    """Opens pages; in the end nothing was said on the console."""
    contexts, said = [], []

    def open_(url: str, size: tuple[int, int], **more: object) -> playwright.Page:
        width, height = size
        context = chromium.new_context(viewport={"width": width, "height": height}, **more)  # type: ignore[arg-type]
        contexts.append(context)
        page = context.new_page()
        page.on("console", lambda message: said.append(message.text))
        page.on("pageerror", lambda error: said.append(str(error)))
        page.goto(url, wait_until="networkidle")
        return page

    yield open_
    for context in contexts:
        context.close()
    assert said == []


def colliding(names: list[dict[str, float]]) -> list[tuple[object, object]]:
    """Names whose boxes overlap by more than the room around letters."""
    return [
        (a["name"], b["name"])
        for at, a in enumerate(names)
        for b in names[:at]
        if min(a["right"], b["right"]) - max(a["left"], b["left"]) > 1
        and min(a["bottom"], b["bottom"]) - max(a["top"], b["top"]) > 3
    ]


@pytest.mark.parametrize("size", [*SHAPES, (900, 700)], ids="%dx%d".__mod__)
@pytest.mark.parametrize("path", [*(f"embed/{embed}/" for embed in EMBEDS), "", "explore/"])
def test_every_name_lies_over_what_it_names(
    site: str, visit: Open, path: str, size: tuple[int, int]
) -> None:
    page = visit(site + path, size, java_script_enabled=False)
    names = page.evaluate(NAMES)
    drawing = page.locator(".map-frame .map-svg").bounding_box()
    assert drawing
    assert len(names) >= (3 if drawing["width"] > 270 else 0)
    assert [text["name"] for text in names if not text["over"]] == []
    assert colliding(names) == []


@pytest.mark.parametrize("size", SHAPES, ids="%dx%d".__mod__)
@pytest.mark.parametrize("embed", EMBEDS)
def test_the_map_takes_most_of_the_frame_and_nothing_is_left_out(
    site: str, visit: Open, embed: str, size: tuple[int, int]
) -> None:
    page = visit(f"{site}embed/{embed}/", size)
    width, height = size
    drawing = page.locator(".map-svg").bounding_box()
    assert drawing
    assert drawing["x"] >= 0
    assert drawing["x"] + drawing["width"] <= width
    assert drawing["height"] >= min(0.6 * height, 0.75 * width)
    assert drawing["y"] + drawing["height"] <= height, "all of it is seen without scrolling"
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    for part in (".map-caption", ".key", ".map-source"):
        assert page.locator(part).is_visible(), part
