"""Areas side by side, maps in frames of other sites, pictures to save: in a real browser."""

from __future__ import annotations

import csv
import gzip
import io
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import parse_qs, urlsplit
from xml.etree import ElementTree

import playwright.sync_api as playwright
import pytest
from browsing import NOBODY_POINTS, Visits, served, until
from built import Built
from PIL import Image

pytestmark = pytest.mark.browser

SVG = "{http://www.w3.org/2000/svg}"


@pytest.fixture(scope="module")
def site(hexagons: str) -> str:
    return hexagons


def figures(hex_site: Built, edition: str) -> dict[str, dict[str, str]]:
    rows = csv.DictReader(io.StringIO(hex_site.text(f"data/{edition}.csv")))
    return {row["code"]: row for row in rows}


def cells(page: playwright.Page, title: str) -> list[str]:
    """A row of the table by its head."""
    row = page.locator("#compared tbody tr", has=page.get_by_role("rowheader", name=title))
    return [text.strip() for text in row.locator("td").all_inner_texts()]


def chosen(page: playwright.Page) -> dict[str, str]:
    return {key: values[0] for key, values in parse_qs(urlsplit(page.url).query).items()}


# -- Side by side -----------------------------------------------------------------------------


def test_compare_by_address(site: str, visit: Visits, hex_site: Built) -> None:
    page = visit(f"{site}compare/?a=E07000176&b=westminster&d=e07000175")
    page.wait_for_selector("#compared:not([hidden])")
    names = page.locator("#compared thead a").all_inner_texts()
    assert names == ["Rushcliffe", "Westminster", "Newark and Sherwood"]
    codes = ["E07000176", "E09000033", "E07000175"]
    assert chosen(page) == dict(zip("abc", codes, strict=True))
    for edition in ("2016", "2017"):
        stated = figures(hex_site, edition)
        ranks = [re.findall(r"\d+", cell)[0] for cell in cells(page, f"Rank, {edition}")]
        assert ranks == [stated[code]["overall_rank"] for code in codes]
    stated = figures(hex_site, "2016")
    scores = [float(cell.replace("−", "-")) for cell in cells(page, "Score, 2016")]
    assert scores == [
        pytest.approx(float(stated[code]["overall_score"]), abs=0.051) for code in codes
    ]
    assert cells(page, "Region") == [stated[code]["region"] for code in codes]
    assert cells(page, "Class, 2016")[0] == "Hotspot: best 20%"
    assert page.title().startswith("Rushcliffe, Westminster and Newark and Sherwood: Compare")
    # The better the score, the further right is the dot.
    chart = page.locator("#compare-charts svg").first
    places = [dot.bounding_box() for dot in chart.locator("circle").all()]
    ordered = sorted(zip(scores, places, strict=True), key=lambda pair: pair[0])
    xs = [place["x"] for _, place in ordered if place]
    assert xs == sorted(xs)
    assert chart.locator("g.limits line").count() == 4
    page.locator("#compared thead a", has_text="Westminster").click()
    assert page.url == f"{site}authorities/westminster/"


def test_compare_by_typing(site: str, visit: Visits) -> None:
    page = visit(f"{site}compare/")
    field = page.get_by_role("combobox", name="Add authorities")
    stated = page.locator("#compare-status")
    field.press_sequentially("rushcl")
    page.wait_for_selector("#compare-list li")
    field.press("ArrowDown")
    active = field.get_attribute("aria-activedescendant")
    assert page.locator(f"#{active}").get_attribute("aria-selected") == "true"
    field.press("Enter")
    assert stated.inner_text() == "Rushcliffe added. Add one more to compare it with."
    field.press_sequentially("Newrk and Sher")  # a slip of the finger
    page.wait_for_selector("#compare-list li")
    field.press("Enter")
    assert stated.inner_text() == "Newark and Sherwood added."
    assert chosen(page) == {"a": "E07000176", "b": "E07000175"}
    assert field.input_value() == ""
    assert field.evaluate("field => document.activeElement === field")
    for name in ("E07000173", "Ashfield", "Nottingham"):
        field.press_sequentially(name)
        page.wait_for_selector("#compare-list li")
        field.press("Enter")
    assert stated.inner_text() == "Nottingham added. That is the most that fits."
    field.press_sequentially("Leeds")
    page.wait_for_selector("#compare-list li")
    field.press("Enter")
    assert stated.inner_text().startswith("Remove one first.")
    assert len(chosen(page)) == 5
    # Only areas are suggested, though search knows regions too.
    field.press_sequentially("East Mid")
    until(page, "document.querySelector('#compare-said').textContent")
    assert "region" not in page.locator("#compare-list").inner_text()
    page.get_by_role("button", name="Remove Rushcliffe").click()
    assert stated.inner_text() == "Rushcliffe removed."
    assert chosen(page)["a"] == "E07000175"
    assert page.evaluate("document.activeElement.getAttribute('aria-label')") == (
        "Remove Newark and Sherwood"
    )
    before = page.locator("#compared tbody").inner_text()
    page.reload()
    page.wait_for_selector("#compared:not([hidden])")
    assert page.locator("#compared tbody").inner_text() == before


def test_compare_what_is_not_there(site: str, visit: Visits) -> None:
    page = visit(f"{site}compare/?a=E99999999&b=rushcliffe&c=rushcliffe&d=E09000001")
    stated = page.locator("#compare-status")
    playwright.expect(stated).to_contain_text("Nothing here is called “E99999999”.")
    assert chosen(page) == {"a": "E07000176", "b": "E09000001"}
    assert cells(page, "Rank, 2016")[1] == "not ranked"
    assert cells(page, "Score, 2016")[1] == ""
    page.get_by_role("combobox", name="Add authorities").fill("Zzzzz")
    page.get_by_role("button", name="Add", exact=True).click()
    playwright.expect(stated).to_have_text("Nothing here is called “Zzzzz”.")


def test_compare_is_one_step_from_each_area(site: str, visit: Visits) -> None:
    page = visit(f"{site}authorities/rushcliffe/")
    page.get_by_role("link", name="Compare", exact=True).first.click()
    page.wait_for_selector("#compared:not([hidden])")
    assert chosen(page) == {"a": "E07000176"}
    assert page.locator("#compare-status").inner_text() == "Add one more to compare it with."


def test_compare_without_scripts(site: str, visit: Visits) -> None:
    page = visit(f"{site}compare/?a=E07000176", java_script_enabled=False)
    assert "needs JavaScript" in page.locator("main noscript").inner_text()
    page.locator("#compare-text").fill("Rushcliffe")
    page.get_by_role("button", name="Add", exact=True).click()
    assert urlsplit(page.url).path == "/authorities/"


@pytest.mark.parametrize("width", [390, 1280])
def test_compare_fits_the_screen(site: str, visit: Visits, width: int) -> None:
    page = visit(f"{site}compare/?a=rushcliffe&b=gedling&c=leeds&d=derby&e=fareham", width=width)
    page.wait_for_selector("#compare-charts svg")
    assert page.evaluate("document.documentElement.scrollWidth") <= width


# -- In a frame of another site -------------------------------------------------------------


@pytest.fixture
def host(tmp_path: Path) -> Iterator[Callable[[str, int], str]]:
    """Another site: a page on another host name that shows an address in a frame."""
    with served(tmp_path, "localhost") as address:

        def page(src: str, width: int) -> str:
            (tmp_path / "index.html").write_text(
                f'<!doctype html><link rel="icon" href="data:,"><title>Other</title>'
                f'<iframe src="{src}" title="map" width="{width}" height="560"></iframe>',
                encoding="utf-8",
            )
            return address

        yield page


@pytest.mark.parametrize("width", [320, 800])
def test_a_map_in_a_frame(
    site: str, visit: Visits, host: Callable[[str, int], str], width: int
) -> None:
    page = visit(host(f"{site}embed/rushcliffe/", width))
    frame = page.frame_locator("iframe")
    playwright.expect(frame.locator(".key li")).to_have_count(6)
    assert frame.locator("h1").inner_text() == "Rushcliffe 44th of 324, 2016"
    assert frame.locator("header, footer, nav").count() == 0
    assert "Crown copyright" in frame.locator(".map-source").inner_text()
    shown = frame.locator("path.area")
    visible = [shape for shape in shown.all() if (shape.get_attribute("d") or "") != "M0 0"]
    assert len(visible) > 20
    outline = frame.locator(".here path").bounding_box()
    stage = frame.locator(".map-stage").bounding_box()
    assert outline
    assert stage
    assert stage["height"] > 200
    assert stage["x"] < outline["x"] < stage["x"] + stage["width"]
    inside = page.frames[1]
    assert inside.evaluate("document.documentElement.scrollWidth") <= width
    assert inside.evaluate("document.documentElement.scrollHeight") <= 560
    frame.locator("h1 a").click()
    page.wait_for_url(f"{site}authorities/rushcliffe/")


def test_an_area_in_a_frame_leads_out_of_it(
    site: str, visit: Visits, host: Callable[[str, int], str]
) -> None:
    page = visit(host(f"{site}embed/rushcliffe/", 600))
    frame = page.frame_locator("iframe")
    frame.locator("h1 a").hover()
    stage = frame.locator(".map-frame.map-live")
    stage.focus()
    stage.press("ArrowRight")
    assert "Rushcliffe" in frame.locator(".map-tip").inner_text()
    stage.press("ArrowLeft")
    name = frame.locator(".map-tip strong").inner_text()
    assert name != "Rushcliffe"
    stage.press("Enter")
    page.wait_for_url(re.compile(r"/authorities/[a-z-]+/$"))
    assert page.locator("h1").inner_text() == name


@pytest.mark.parametrize(
    ("path", "line", "shown"),
    [("map/", "324 authorities, 2016", 326), ("regions/east-midlands/", "4 hotspots, 17", 40)],
)
def test_maps_of_groups_and_of_all(
    site: str, visit: Visits, path: str, line: str, shown: int
) -> None:
    page = visit(f"{site}embed/{path}", width=600, height=560)
    assert line in page.locator("h1").inner_text()
    page.locator("h1 a").hover()
    page.wait_for_selector(".map-live .leaflet-pane path.area")
    assert page.locator(".areas path.area").count() == shown


def test_a_framed_map_without_scripts(site: str, visit: Visits) -> None:
    page = visit(f"{site}embed/rushcliffe/", java_script_enabled=False)
    assert "44th of 324" in page.locator("h1").inner_text()
    link = page.locator('.areas a[data-code="E07000176"]')
    assert (link.locator("title").text_content() or "").startswith("Rushcliffe: 44th of 324")
    page.locator("h1 a").click()
    assert page.url == f"{site}authorities/rushcliffe/"


def test_what_is_embedded_can_be_chosen(site: str, visit: Visits) -> None:
    page = visit(f"{site}authorities/rushcliffe/")
    page.get_by_text("Embed this map").click()
    code = page.get_by_label("HTML for another site’s page")
    page.get_by_label("Which map").select_option("East Midlands")
    page.locator("#embed-edition").select_option("2017")
    page.locator("#embed-theme").select_option("dark")
    page.get_by_label("Width").select_option("600 pixels")
    found = re.search(r'src="([^"]+)"', code.input_value())
    assert found
    assert found[1].replace("&amp;", "&") == (
        f"{site}embed/regions/east-midlands/?edition=2017&theme=dark"
    )
    assert "max-width:600px" in code.input_value()
    page.goto(found[1].replace("&amp;", "&"))
    playwright.expect(page.locator(".map-caption")).to_contain_text("2017")
    paper = page.evaluate("getComputedStyle(document.body).backgroundColor")
    assert sum(int(n) for n in re.findall(r"\d+", paper)[:3]) < 150, "dark, though light is wanted"


def test_a_frame_asks_for_little_until_the_reader_turns_to_it(site: str, visit: Visits) -> None:
    asked: list[str] = []
    page = visit("", height=900)
    page.add_init_script(NOBODY_POINTS)
    page.on("request", lambda request: asked.append(request.url))
    sizes: list[int] = []
    page.on("response", lambda answer: sizes.append(len(gzip.compress(answer.body()))))
    visit.go(page, f"{site}embed/rushcliffe/")
    assert len(asked) <= 6, asked
    assert sum(sizes) < 60_000
    assert page.locator(".areas path.area").count() > 20, "and it isn't blank"


@pytest.mark.parametrize(
    ("path", "target"),
    [
        ("authorities/rushcliffe/", "embed/rushcliffe/"),
        ("regions/east-midlands/", "embed/regions/east-midlands/"),
        ("", "embed/map/"),
    ],
)
def test_the_code_to_embed(site: str, visit: Visits, path: str, target: str) -> None:
    page = visit(f"{site}{path}", permissions=["clipboard-read", "clipboard-write"])
    page.get_by_text("Embed this map").click()
    field = page.get_by_label("HTML for another site’s page")
    code = field.input_value()
    assert f'src="{site}{target}"' in code
    assert code.startswith("<iframe ")
    page.locator(".embed-code").get_by_role("button", name="Copy").click()
    playwright.expect(page.get_by_role("button", name="Copied")).to_be_visible()
    assert page.evaluate("navigator.clipboard.readText()") == code
    page.get_by_role("link", name="The map alone").click()
    assert page.url == f"{site}{target}"
    playwright.expect(page.locator(".key li")).to_have_count(6)


def test_all_that_is_embedded_stays_small(hex_site: Built) -> None:
    sizes = {
        path: (hex_site.folder / path).stat().st_size
        for path in hex_site.files
        if path.startswith("embed/")
    }
    assert len(sizes) == 326 + 45 + 1
    assert max(sizes.values()) < 100_000
    assert sum(sizes.values()) < 10_000_000


# -- Pictures ---------------------------------------------------------------------------------


def saved(page: playwright.Page, figure: str, kind: str, folder: Path) -> Path:
    with page.expect_download() as download:
        page.locator(figure).first.get_by_role("button", name=f"Save as {kind}").click()
    path = folder / download.value.suggested_filename
    download.value.save_as(path)
    return path


def texts(root: ElementTree.Element) -> str:
    return " ".join("".join(text.itertext()) for text in root.iter(f"{SVG}text"))


def stands_alone(root: ElementTree.Element) -> None:
    """No class, no style, nothing fetched, nothing clicked; references stay within."""
    ids = {node.get("id") for node in root.iter() if node.get("id")}
    for node in root.iter():
        assert not {"class", "style"} & set(node.attrib)
        assert node.tag not in {f"{SVG}a", f"{SVG}image", f"{SVG}script"}
        href = node.get("href")
        assert href is None or href[1:] in ids
        for value in node.attrib.values():
            for target in re.findall(r"url\([\"']?([^)\"']*)", value):
                assert target[1:] in ids, target


def test_a_map_saved_as_svg(site: str, visit: Visits, tmp_path: Path) -> None:
    page = visit(f"{site}authorities/rushcliffe/")
    page.wait_for_selector(".leaflet-pane path.area")
    path = saved(page, "figure.map", "SVG", tmp_path)
    assert path.name == "rushcliffe-map-2016-overall.svg"
    root = ElementTree.parse(path).getroot()  # noqa: S314 - made by the page under test
    stands_alone(root)
    stated = texts(root)
    wanted = (
        "Rushcliffe and its surroundings", "Hotspot: best 20%: 28.4 to 117.8",
        "Crown copyright", "Open Government Licence", "/authorities/rushcliffe/",
    )  # fmt: skip
    for text in wanted:
        assert text in stated
    assert "2017" not in stated, "sources of what isn't shown"
    fills = {node.get("fill") for node in root.iter(f"{SVG}path")}
    assert {"rgb(137, 12, 34)", "rgb(36, 100, 168)"} <= fills
    strengths = {node.get("fill-opacity", "1") for node in root.iter(f"{SVG}path")}
    assert strengths == {"1"}


def test_a_picture_shows_the_edition_that_is_seen(site: str, visit: Visits, tmp_path: Path) -> None:
    page = visit(f"{site}authorities/rushcliffe/?edition=2017")
    page.wait_for_selector(".legend[data-measure='2017-overall']:not([hidden])")
    path = saved(page, "figure.map", "SVG", tmp_path)
    assert path.name == "rushcliffe-map-2017-overall.svg"
    root = ElementTree.parse(path).getroot()  # noqa: S314
    stands_alone(root)
    stated = texts(root)
    assert "State of the Nation 2017" in stated
    assert "Social Mobility Index 2016" not in stated, "a source of what isn't shown"
    hatched = [node for node in root.iter(f"{SVG}path") if "url(" in node.get("fill", "")]
    assert len(hatched) > 5


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_pictures_saved_as_png(site: str, visit: Visits, tmp_path: Path, scheme: str) -> None:
    page = visit(f"{site}authorities/rushcliffe/", color_scheme=scheme)
    page.wait_for_selector(".leaflet-pane path.area")
    for figure, name in (("figure.map", "map-2016-overall"), ("figure.plot.wide", "strip"),
                         ("figure.plot:not(.wide)", "slope")):  # fmt: skip
        path = saved(page, figure, "PNG", tmp_path)
        assert path.name == f"rushcliffe-{name}.png"
        holder = page.locator(f"{figure} :is(.map-frame, svg.chart)").first.bounding_box()
        assert holder
        with Image.open(path) as image:
            picture = image.convert("RGB")
        assert picture.width >= 2 * holder["width"]
        assert picture.height > 2 * holder["height"]
        corner = picture.getpixel((1, 1))
        assert isinstance(corner, tuple)
        assert (sum(corner) > 600) == (scheme == "light")
        counts = {colour: n for n, colour in picture.getcolors(1 << 24) or []}
        red = {"light": (137, 12, 34), "dark": (255, 143, 143)}[scheme]
        assert counts.get(red, 0) > 50, "the hotspots' red"
        assert len(counts) > 20


def test_a_chart_saved_as_svg_holds_what_it_shares(
    site: str, visit: Visits, tmp_path: Path
) -> None:
    page = visit(f"{site}authorities/rushcliffe/")
    path = saved(page, "figure.plot.wide", "SVG", tmp_path)
    root = ElementTree.parse(path).getroot()  # noqa: S314
    stands_alone(root)
    dots = sum(node.get("d", "").count("h0") for node in root.iter(f"{SVG}path"))
    assert dots >= 324
    assert "Rushcliffe: Overall score, 2016" in texts(root)


def test_the_chart_of_chosen_areas_can_be_saved(site: str, visit: Visits, tmp_path: Path) -> None:
    page = visit(f"{site}compare/?a=rushcliffe&b=gedling")
    page.wait_for_selector("#compare-charts .save")
    path = saved(page, "#compare-charts figure", "SVG", tmp_path)
    root = ElementTree.parse(path).getroot()  # noqa: S314
    stands_alone(root)
    assert texts(root).startswith("Rushcliffe and Gedling: Overall score, 2016")


def test_without_scripts_nothing_is_offered_that_needs_them(site: str, visit: Visits) -> None:
    page = visit(f"{site}authorities/rushcliffe/", java_script_enabled=False)
    assert page.get_by_role("button", name=re.compile("Save|Copy|Share")).count() == 0
    page.get_by_text("Embed this map").click()
    page.get_by_role("link", name="The map alone").click()
    assert page.url == f"{site}embed/rushcliffe/"
