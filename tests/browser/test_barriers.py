"""No barrier: axe in many states, fingers, forced colours, less motion."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import playwright.sync_api as playwright
import pytest
from axe_playwright_python.sync_playwright import Axe
from browsing import Visits, until

pytestmark = pytest.mark.browser

AXE = Axe().axe_script
DOCUMENT = Path(__file__).parents[2] / "docs" / "accessibility.md"
RULES = ["wcag2a", "wcag2aa", "wcag21aa", "wcag22aa"]
SIZES = ((320, 640), (390, 844), (844, 390), (1280, 720))
SCHEMES = ("light", "dark")
KINDS = ("", "authorities/", "authorities/rushcliffe/", "authorities/isles-of-scilly/", "regions/",
         "regions/north-west/", "counties/kent/", "embed/rushcliffe/", "embed/map/", "explore/",
         "methodology/", "claims/", "data/", "compare/?a=E07000176,E07000175",
         "404.html")  # fmt: skip


# -- axe ---------------------------------------------------------------------------------------


def zoomed(page: playwright.Page) -> None:
    for _ in range(2):
        page.locator(".map-tools [data-zoom=in]").click()
        page.wait_for_timeout(400)
    until(page, "document.querySelector('.map-text text') !== null")


def pointed(page: playwright.Page) -> None:
    page.locator(".map-frame").focus()
    page.keyboard.press("ArrowRight")
    assert page.locator(".map-tip").is_visible()


def of_hexagons(page: playwright.Page) -> None:
    page.locator("[name=layout][value=hexagons]").check()
    until(page, "document.querySelectorAll('.map-text text').length > 5")


def of_2017(page: playwright.Page) -> None:
    page.locator("[name=edition][value^='2017']").check()
    until(page, "document.querySelector('.legend[data-measure^=\"2017\"]:not([hidden])')")


def ranking_filtered(page: playwright.Page) -> None:
    page.locator(".ranking select").select_option("coldspots")


def searched(page: playwright.Page) -> None:
    if page.locator(".search-open").is_visible():
        page.locator(".search-open").click()
    page.locator("#search-text").fill("north")
    page.locator("#search-list li").nth(3).wait_for()


def table_filtered(page: playwright.Page) -> None:
    page.locator(".filters select").first.select_option(index=1)


def sorted_by_rank(page: playwright.Page) -> None:
    page.locator("thead th button:visible").nth(1).click()


def embedding(page: playwright.Page) -> None:
    page.locator(".embed-code summary").click()


def sheet_opened(page: playwright.Page) -> None:
    page.get_by_role("button", name="Show choices").click()
    page.locator(".explore-choices").wait_for()


STATES: dict[str, tuple[str, Callable[[playwright.Page], None]]] = {
    "home, map zoomed": ("", zoomed),
    "home, an authority chosen by keys": ("", pointed),
    "home, hexagons": ("", of_hexagons),
    "home, the other edition": ("", of_2017),
    "home, ranking filtered": ("", ranking_filtered),
    "home, searched": ("", searched),
    "home, code to embed": ("", embedding),
    "region, map zoomed": ("regions/north-west/", zoomed),
    "region, hexagons": ("regions/london/", of_hexagons),
    "authority, map zoomed": ("authorities/rushcliffe/", zoomed),
    "authority, searched": ("authorities/rushcliffe/", searched),
    "table, filtered": ("authorities/", table_filtered),
    "table, sorted": ("authorities/", sorted_by_rank),
    "explorer, sheet of choices opened": ("explore/", sheet_opened),
}
USUAL = ((390, 844), (1280, 720))
WINDOWS = {"explorer, sheet of choices opened": ((320, 640), (390, 844))}
"""Where not the usual ones: the sheet is there on phones alone."""


# The only ones whose findings hang on the colours.
OF_COLOURS = ["color-contrast", "link-in-text-block"]
ROWS = 40
RUN = """([options, rows]) => {
  const exclude = [...document.querySelectorAll("ol, ul, tbody")].flatMap((list) =>
    [...list.children].filter((row) => row.getClientRects().length).slice(rows));
  return axe.run(exclude.length ? {exclude} : document, options).then(({violations}) =>
    violations.map(({id, nodes}) => [id, nodes[0].html.slice(0, 120)]));
}"""


def findings(page: playwright.Page, *rules: str, rows: int | None = None) -> list[tuple[str, str]]:
    """axe's rules for WCAG 2.2 AA that a page breaks, with the first place; or some rules only.

    Every rule looks at every element; only of those that break one are the places written
    out. To write out the hundreds that pass took more than half of the time.  With `rows`,
    of each list and table only so many are looked at.
    """
    if not page.evaluate("'axe' in window"):
        page.evaluate(AXE)
    only = {"type": "rule", "values": list(rules)} if rules else {"type": "tag", "values": RULES}
    options = {"runOnly": only, "resultTypes": ["violations"]}
    found = page.evaluate(RUN, [options, 1_000_000 if rows is None else rows])
    return [(rule, place) for rule, place in found]


def in_both_schemes(
    page: playwright.Page, rows: int | None = None
) -> dict[str, list[tuple[str, str]]]:
    """What is found in light, and what of it hangs on colours in dark."""
    found = {}
    for scheme in SCHEMES:
        page.emulate_media(color_scheme=scheme)
        until(page, "document.getAnimations().every((one) => one.playState !== 'running')")
        if bad := findings(page, *(OF_COLOURS if scheme == "dark" else []), rows=rows):
            found[scheme] = bad
    return found


BARRIERS = {
    "color-contrast": '<p data-look="color: #999; background: #aaa">Hardly to be read</p>',
    "image-alt": '<img src="/card.png">',
    "button-name": "<button></button>",
    "label": '<input type="text">',
    "target-size": '<button data-look="all: unset; width: 9px; height: 9px">a</button>' * 2,
    "aria-valid-attr": '<p aria-nothing="1">No such attribute</p>',
}


@pytest.mark.parametrize("scheme", SCHEMES)
def test_barriers_that_are_put_into_a_page_are_found(site: str, visit: Visits, scheme: str) -> None:
    page = visit(f"{site}authorities/rushcliffe/", 390, 844, color_scheme=scheme)
    assert findings(page) == []
    page.locator("main").evaluate(
        """(main, html) => {
          main.insertAdjacentHTML("afterbegin", html);
          // The page's security policy takes styles from a script, and none from an attribute.
          for (const node of main.querySelectorAll("[data-look]")) {
            node.style.cssText = node.dataset.look;
          }
        }""",
        "".join(BARRIERS.values()),
    )
    assert {rule for rule, _ in findings(page)} == set(BARRIERS)
    assert {rule for rule, _ in findings(page, *OF_COLOURS)} == {"color-contrast"}


def test_of_long_lists_the_first_rows_are_tried_or_all(site: str, visit: Visits) -> None:
    page = visit(f"{site}authorities/", 390, 844)
    put = """(row) => row.querySelector("td, th").insertAdjacentHTML("beforeend", "<img>")"""
    page.locator(f"table.long tbody tr:nth-child({ROWS + 1})").evaluate(put)
    assert [rule for rule, _ in findings(page, "image-alt")] == ["image-alt"]
    assert findings(page, "image-alt", rows=ROWS) == []
    page.locator(f"table.long tbody tr:nth-child({ROWS})").evaluate(put)
    assert [rule for rule, _ in findings(page, "image-alt", rows=ROWS)] == ["image-alt"]


@pytest.mark.parametrize("path", KINDS)
def test_nothing_stands_in_anybody_s_way(site: str, visit: Visits, path: str) -> None:
    """A page is opened once, and then made each size, as by turning a phone or zooming.

    Lists are tried whole in the narrowest window and in the widest, which shows all columns.
    """
    page = visit(f"{site}{path}", *SIZES[0])
    found = {}
    for width, height in SIZES:
        page.set_viewport_size({"width": width, "height": height})
        visit.rest(page)
        whole = width in (SIZES[0][0], SIZES[-1][0])
        if bad := in_both_schemes(page, None if whole else ROWS):
            found[width] = bad
    assert not found


@pytest.mark.parametrize("state", STATES)
def test_nothing_stands_in_the_way_of_those_who_use_a_page(
    site: str, visit: Visits, state: str
) -> None:
    """All rows of long lists are tried as pages open; in a state, those that it shows first."""
    path, use = STATES[state]
    found = {}
    for width, height in WINDOWS.get(state, USUAL):
        page = visit(f"{site}{path}", width, height)
        use(page)
        if bad := in_both_schemes(page, ROWS):
            found[width] = bad
        page.close()
    assert not found


def table() -> str:
    """What the two tests above try, as it stands in the documentation."""
    lines = ["| state | window | colours | pages | findings |", "| --- | --- | --- | --- | --- |"]
    for width, height in SIZES:
        for scheme in SCHEMES:
            lines.append(f"| as it opens | {width} × {height} | {scheme} | {len(KINDS)} | 0 |")
    for state in STATES:
        windows = ", ".join(f"{wide} × {high}" for wide, high in WINDOWS.get(state, USUAL))
        lines.append(f"| {state} | {windows} | light, dark | 1 | 0 |")
    pages = ", ".join(f"`/{path}`" for path in KINDS)
    return "\n".join(lines) + f"\n\nThe {len(KINDS)} pages, one of each kind: {pages}.\n"


def test_the_documentation_lists_what_is_tried(request: pytest.FixtureRequest) -> None:
    text = DOCUMENT.read_text(encoding="utf-8")
    head, mark, _ = text.partition("<!-- states -->\n")
    assert mark
    wanted = head + mark + table()
    if request.config.getoption("--update-goldens"):
        DOCUMENT.write_text(wanted, encoding="utf-8")
        return
    assert text == wanted, "pytest tests/browser/test_barriers.py --update-goldens writes it"


# -- Fingers -----------------------------------------------------------------------------------


def level(page: playwright.Page) -> float:
    return float(page.evaluate("map_page.getZoom()"))


def phone(visit: Visits, address: str) -> tuple[playwright.Page, playwright.CDPSession, Any]:
    """A page on a phone, its touch screen, and the middle of its map."""
    page = visit(address, 390, 844, has_touch=True, is_mobile=True)
    page.locator(".map-frame").evaluate("(f) => f.scrollIntoView({block: 'center'})")
    page.wait_for_timeout(200)
    box = page.locator(".map-frame").bounding_box()
    assert box
    middle = {"x": box["x"] + box["width"] / 2, "y": box["y"] + box["height"] / 2}
    return page, page.context.new_cdp_session(page), middle


def touch(screen: playwright.CDPSession, kind: str, *points: tuple[float, float]) -> None:
    screen.send(
        "Input.dispatchTouchEvent",
        {"type": kind, "touchPoints": [{"x": x, "y": y, "id": at} for at, (x, y) in
                                       enumerate(points)]},
    )  # fmt: skip


def tap(screen: playwright.CDPSession, at: dict[str, float]) -> None:
    touch(screen, "touchStart", (at["x"], at["y"]))
    touch(screen, "touchEnd")


@pytest.mark.parametrize("path", ["", "regions/north-west/", "authorities/rushcliffe/"])
def test_two_fingers_zoom_the_map(site: str, visit: Visits, path: str) -> None:
    page, screen, middle = phone(visit, f"{site}{path}")
    before, width = level(page), page.evaluate("visualViewport.width")
    x, y = middle["x"], middle["y"]
    touch(screen, "touchStart", (x - 30, y), (x + 30, y))
    for apart in range(40, 130, 10):
        touch(screen, "touchMove", (x - apart, y), (x + apart, y))
        page.wait_for_timeout(20)
    touch(screen, "touchEnd")
    page.wait_for_timeout(600)
    assert level(page) > before + 1
    assert page.evaluate("visualViewport.width") == width, "the map, not the page"
    until(page, "document.querySelectorAll('.map-text text').length > 0")


@pytest.mark.parametrize("path", ["", "regions/north-west/"])
def test_a_double_tap_zooms_and_opens_nothing(site: str, visit: Visits, path: str) -> None:
    page, screen, middle = phone(visit, f"{site}{path}")
    address, before = page.url, level(page)
    tap(screen, middle)
    page.wait_for_timeout(80)
    tap(screen, middle)
    page.wait_for_timeout(900)
    assert page.url == address
    assert level(page) >= before + 0.9


def test_one_finger_scrolls_the_page_past_the_map(site: str, visit: Visits) -> None:
    page, screen, middle = phone(visit, site)
    before, zoom = page.evaluate("scrollY"), level(page)
    touch(screen, "touchStart", (middle["x"], middle["y"]))
    for moved in range(10, 240, 10):
        touch(screen, "touchMove", (middle["x"], middle["y"] - moved))
        page.wait_for_timeout(15)
    touch(screen, "touchEnd")
    page.wait_for_timeout(300)
    assert page.evaluate("scrollY") > before + 100
    assert level(page) == zoom


# -- Forced colours ----------------------------------------------------------------------------

CLASSES = """() => Object.fromEntries([0, 1, 2, 3, 4].map((level) => {
  const style = (selector) => {
    const node = [...document.querySelectorAll(selector)].find((n) => n.getClientRects().length);
    return node ? getComputedStyle(node) : null;
  };
  const key = document.querySelector(`.legend th.level-${level}`);
  return [level, {area: style(`path.area.level-${level}`)?.fill,
                  key: key && getComputedStyle(key, "::before").backgroundColor,
                  words: key?.textContent}];
}))"""


def contrast(one: str, other: str) -> float:
    def light(colour: str) -> float:
        numbers = [float(n) / 255 for n in colour[colour.index("(") + 1 : -1].split(",")[:3]]
        linear = [v / 12.92 if v <= 0.04045 else ((v + 0.055) / 1.055) ** 2.4 for v in numbers]
        return sum(v * w for v, w in zip(linear, (0.2126, 0.7152, 0.0722), strict=True))

    low, high = sorted((light(one), light(other)))
    return (high + 0.05) / (low + 0.05)


@pytest.mark.parametrize("scheme", SCHEMES)
@pytest.mark.parametrize("path", ["", "authorities/rushcliffe/"])
def test_forced_colours_leave_classes_and_names_legible(
    site: str, visit: Visits, path: str, scheme: str
) -> None:
    page = visit(f"{site}{path}", forced_colors="active", color_scheme=scheme)
    assert page.evaluate("matchMedia('(forced-colors: active)').matches")
    found = page.evaluate(CLASSES)
    drawn = {level: one for level, one in found.items() if one["area"]}
    assert len(drawn) >= 4
    assert len({one["key"] for one in found.values()}) == 5, "the key's colours stay"
    assert all(one["area"] == one["key"] for one in drawn.values()), "and are those of the map"
    assert all(one["words"] for one in found.values()), "with a name beside each"
    names = page.evaluate("""() => [...document.querySelectorAll(".map-labels text")]
      .filter((text) => text.getClientRects().length)
      .map((text) => [getComputedStyle(text).fill, getComputedStyle(text).stroke])""")
    assert names
    assert all(contrast(fill, halo) >= 7 for fill, halo in names)
    outline = page.evaluate("""() => {
      const style = getComputedStyle(document.querySelector("path.outline, .outlines path"));
      return [style.stroke, getComputedStyle(document.body).backgroundColor];
    }""")
    assert contrast(*outline) >= 7


@pytest.mark.parametrize("path", ["", "authorities/rushcliffe/", "explore/"])
def test_forced_colours_show_focus_and_what_is_chosen(site: str, visit: Visits, path: str) -> None:
    page = visit(f"{site}{path}", forced_colors="active")
    unseen = []
    for _ in range(24):
        page.keyboard.press("Tab")
        about = page.evaluate("""() => {
          const node = document.activeElement;
          const shown = node.matches("input[type=radio], input[type=checkbox]")
            ? node.nextElementSibling || node.parentElement : node;
          const outline = ({outlineStyle, outlineWidth}) =>
            (outlineStyle === "none" ? 0 : parseFloat(outlineWidth));
          // The explorer's canvas has its frame drawn over it.
          const frame = node.closest(".explore-map") ?? node.parentElement;
          const over = getComputedStyle(frame, "::after");
          const drawn = node.matches("canvas") && over.content !== "none";
          const wide = Math.max(
            outline(getComputedStyle(node)), outline(getComputedStyle(shown)),
            drawn ? parseFloat(over.borderTopWidth) : 0);
          return [node.outerHTML.slice(0, 80), wide];
        }""")
        if about[1] < 2 and about[0][:5] != "<body":
            unseen.append(about)
    assert not unseen
    if path != "explore/":
        chosen, other = page.evaluate("""() => [":checked", ":not(:checked)"].map((state) =>
          getComputedStyle(document.querySelector(`.choice input${state} + span`))
            .borderBottomColor)""")
        assert chosen != other
        buttons = page.evaluate("""() => [...document.querySelectorAll(".map-tools button")]
          .map((b) => parseFloat(getComputedStyle(b).borderTopWidth))""")
        assert min(buttons) >= 1


# -- Less motion -------------------------------------------------------------------------------

MOVING = """() => document.getAnimations()
  .filter((a) => a.playState === "running" && a.effect.getComputedTiming().duration > 1).length"""


@pytest.mark.parametrize("motion", ["no-preference", "reduce"])
@pytest.mark.parametrize("path", ["", "authorities/rushcliffe/"])
def test_maps_move_only_where_motion_is_welcome(
    site: str, visit: Visits, path: str, motion: str
) -> None:
    page = visit(f"{site}{path}", reduced_motion=motion)
    seen = 0
    for key in ("+", "+", "-", "0"):
        page.locator(".map-frame").focus()
        page.keyboard.press(key)
        for _ in range(5):
            seen += page.evaluate(MOVING)
            page.wait_for_timeout(30)
        page.wait_for_timeout(300)
    assert (seen > 0) == (motion == "no-preference")
