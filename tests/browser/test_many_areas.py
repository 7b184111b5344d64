"""Where areas are many, a page fetches its own surroundings: what is loaded, and that it works."""

from __future__ import annotations

import gzip
import importlib.util
import json
import re
import shutil
import time
from collections.abc import Iterator
from pathlib import Path

import playwright.sync_api as playwright
import pytest
from browsing import Quiet, Traffic, served, until
from built import ROOT, build_site, copy_mini

from generator.exports import compare_file, map_files

pytestmark = [pytest.mark.browser, pytest.mark.slow]

WARDS = 1_600
"""More than a page lists one by one; eighty districts."""
KB = 1_000


class Loads:
    """The files that a page has asked for, and what they weigh as they are sent."""

    def __init__(self, page: playwright.Page, folder: Path, address: str) -> None:
        self.folder, self.address = folder, address
        self.paths: list[str] = []
        self.failed: list[str] = []
        page.on("response", self._note)
        self.rest = Traffic(page).rest

    def _note(self, answer: playwright.Response) -> None:
        path = answer.url.removeprefix(self.address).split("?")[0].split("#")[0]
        if answer.status >= 400:
            self.failed.append(path)
        elif path not in self.paths:
            self.paths.append(path)

    def weight(self, ending: str = "") -> int:
        """Bytes of the files whose names end so, compressed."""
        total = 0
        for path in self.paths:
            file = self.folder / path
            file = file / "index.html" if file.is_dir() else file
            if file.name.endswith(ending):
                total += len(gzip.compress(file.read_bytes()))
        return total


@pytest.fixture(scope="module")
def wards(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An atlas of some thousand squares: its folder."""
    folder = tmp_path_factory.mktemp("wards") / "wards"
    shutil.copytree(ROOT / "examples/wards", folder, ignore=shutil.ignore_patterns("*-cache"))
    spec = importlib.util.spec_from_file_location("make_wards", folder / "make_wards.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    module.make(WARDS, folder)
    text = (folder / "atlas.toml").read_text(encoding="utf-8")
    extra = "\n[tiles]\nenabled = false\n\n[per_area]\nmost_areas = 1000\n"
    (folder / "atlas.toml").write_text(text + extra, encoding="utf-8")
    return build_site(folder / "atlas.toml", folder / "site", boundaries="auto", jobs=2).folder


@pytest.fixture(scope="module")
def mini_parts(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """The mini atlas, which has two editions, in parts of two areas."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(map_files, "MOST_IN_SHEET", 2)
        patch.setattr(compare_file, "AREAS_IN_PART", 2)
        patch.setattr(compare_file, "PAGES_IN_PART", 3)
        folder = tmp_path_factory.mktemp("parts")
        config = copy_mini(folder / "mini")
        text = config.read_text(encoding="utf-8")
        config.write_text(f"{text}\n[per_area]\nmost_in_one_file = 7\n", encoding="utf-8")
        yield build_site(config, folder / "site", boundaries="auto", jobs=1).folder


@pytest.fixture
def page(chromium: playwright.Browser) -> Iterator[playwright.Page]:
    with chromium.new_context(viewport={"width": 1280, "height": 720}) as context:
        yield context.new_page()


def open_page(page: playwright.Page, folder: Path, address: str, path: str) -> Loads:
    loads = Loads(page, folder, address)
    page.goto(address + path)
    loads.rest()
    return loads


@pytest.mark.parametrize(
    ("path", "most_kb"), [("", 200), ("wards/", 120), ("wards/ashby-3/", 100), ("compare/", 100)]
)
def test_a_page_of_many_areas_weighs_what_one_of_few_does(
    page: playwright.Page, wards: Path, path: str, most_kb: int
) -> None:
    with served(wards) as address:
        loads = open_page(page, wards, address, path)
        page.wait_for_timeout(300)
    assert not loads.failed
    assert loads.weight() < most_kb * KB


def test_a_map_that_is_moved_fetches_what_lies_around(page: playwright.Page, wards: Path) -> None:
    with served(wards) as address:
        loads = open_page(page, wards, address, "wards/ashby-3/")
        page.locator(".map-tools [data-zoom=out]").click()
        until(page, "document.querySelector('.map-frame.map-moved') !== null")
        loads.rest()
        page.wait_for_timeout(500)
        own = page.locator(".leaflet-areas-pane path.area")
        drawn = own.count()
        # Further ones have a class, and say what they are.
        classes = own.evaluate_all("all => all.map((one) => one.getAttribute('class'))")
        box = page.locator(".map-frame").bounding_box()
        assert box
        # Near the edge, where the page's own drawing had nothing.
        page.mouse.move(box["x"] + 0.9 * box["width"], box["y"] + 0.5 * box["height"])
        tip = until(page, "document.querySelector('.map-tip:not([hidden])')?.textContent")
    assert not loads.failed
    parts = [path for path in loads.paths if re.match(r"assets/(names|values/[\w-]+)/", path)]
    assert parts
    assert loads.weight(".json") < 30 * KB
    every = [*(wards / "assets").glob("names/*/*.json")]
    assert len([path for path in parts if "/names/" in path]) < len(every) / 2
    assert 20 < drawn < WARDS / 2
    assert all(re.search(r"level-\d", name or "") for name in classes)
    assert re.search(r"\d+(st|nd|rd|th) of 1600", tip), tip


def test_areas_are_compared_without_the_others(page: playwright.Page, wards: Path) -> None:
    with served(wards) as address:
        loads = open_page(page, wards, address, "compare/?a=E05000003&b=st-marys-birchby")
        until(page, "!document.getElementById('compared').hidden")
        heads = page.locator("#compared thead th").all_text_contents()
        page.fill("#compare-text", "Castle")
        option = page.locator("#compare-list [role=option]").first
        option.click()
        until(page, "document.querySelectorAll('#compared thead th').length === 3")
        strokes = page.locator("#compare-charts svg svg path").first.get_attribute("d") or ""
    assert not loads.failed
    assert [head.replace("Remove", "") for head in heads] == ["Abbey", "St Mary's"]
    assert loads.weight(".json") < 40 * KB
    files = [path for path in loads.paths if "compare-parts" in path]
    assert 2 <= len(files) <= 5
    # The scale still shows how all areas lie.
    assert strokes.count("M") > 300


def test_another_edition_is_learnt_for_all_that_is_drawn(
    page: playwright.Page, mini_parts: Path
) -> None:
    levels = """() => Object.fromEntries([...document.querySelectorAll('.leaflet-areas-pane path')]
      .map((path, at) => [at, /level-(\\w+)/.exec(path.getAttribute('class'))[1]]))"""
    with served(mini_parts) as address:
        loads = open_page(page, mini_parts, address, "parishes/castle/")
        before = page.evaluate(levels)
        page.locator("[name=edition][value='2021-yield']").check(force=True)
        until(
            page,
            f"""(before) => JSON.stringify(({levels})()) !== before""",
            json.dumps(before, separators=(",", ":")),
        )
        loads.rest()
        after = page.evaluate(levels)
        page.locator("[name=edition][value='2020-yield']").check(force=True)
        page.wait_for_timeout(300)
        again = page.evaluate(levels)
    assert not loads.failed
    assert before != after
    assert again == before


class Keeping(Quiet):
    """Lets the browser keep every file for an hour."""

    def end_headers(self) -> None:
        self.send_header("Cache-Control", "max-age=3600")
        super().end_headers()


def read_by_keys(page: playwright.Page, folder: Path, address: str) -> str:
    """What the map of a page says of one area, reached by keys."""
    page.goto("about:blank")
    loads = open_page(page, folder, address, "parishes/castle/")
    page.locator(".map-frame").focus()
    tip = ""
    for at in range(20):
        page.keyboard.press(("ArrowLeft", "ArrowUp", "ArrowRight", "ArrowDown")[at // 2 % 4])
        loads.rest()
        tip = page.locator(".map-tip").inner_text()
        if "Ynys" in tip:
            break
    return tip


def compared(page: playwright.Page, address: str) -> str:
    """What the comparison says of two areas."""
    page.goto(f"{address}compare/?a=W06000001&b=E07000904")
    until(page, "!document.getElementById('compared').hidden")
    return page.locator("#compared table").inner_text()


def explored_card(page: playwright.Page, address: str) -> str:
    """What the explorer says of one area."""
    page.goto("about:blank")
    page.goto(f"{address}explore/?area=W06000001")
    page.wait_for_selector(".explorer.ready", timeout=60_000)
    return page.locator("#explore-card .rank").inner_text()


@pytest.mark.parametrize("most", [7, 1000])
def test_a_new_figure_is_on_the_map_whatever_the_browser_keeps(
    page: playwright.Page, tmp_path: Path, most: int
) -> None:
    """The file of values keeps its name, and the browser may keep the page that it has."""
    config = copy_mini(tmp_path / "mini")
    text = config.read_text(encoding="utf-8").replace("[spots]", "[classes]\nk = 2\n\n[spots]")
    config.write_text(f"{text}\n[per_area]\nmost_in_one_file = {most}\n", encoding="utf-8")
    site, table = tmp_path / "site", tmp_path / "mini/harvest_2020.csv"
    build_site(config, site, boundaries="auto", jobs=1)
    values = next((site / "assets/values").glob("2020*"))
    with served(site, handler=Keeping) as address:
        assert "3.0" in read_by_keys(page, site, address)
        assert "3.0" in compared(page, address)
        assert "3.0" in explored_card(page, address)
        rows = table.read_text(encoding="utf-8").replace("Ynys Mon,3\n", "Ynys Mon,3.5\n")
        table.write_text(rows, encoding="utf-8")
        time.sleep(1)  # the server tells files apart by their time, in whole seconds
        build_site(config, site, boundaries="auto", jobs=1)
        assert values.exists()
        assert "3.5" in read_by_keys(page, site, address)
        assert "3.5" in compared(page, address)
        assert "3.5" in explored_card(page, address)


def test_a_comparison_in_parts_knows_codes_pages_and_strangers(
    page: playwright.Page, mini_parts: Path
) -> None:
    with served(mini_parts) as address:
        loads = open_page(
            page, mini_parts, address, "compare/?a=e07000903&b=far-end&c=zzz&d=%20&e=0"
        )
        until(page, "!document.getElementById('compared').hidden")
        heads = page.locator("#compared thead th").all_text_contents()
        said = page.locator("#compare-status").text_content() or ""
    assert not loads.failed
    assert [head.replace("Remove", "") for head in heads] == ["Castle", "Far End"]
    assert "“zzz”, “0”" in said
