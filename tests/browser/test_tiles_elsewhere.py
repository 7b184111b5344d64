"""The tile sets on a page of another origin, as MapLibre draws them there."""

from __future__ import annotations

import io
import json
from collections.abc import Iterator
from pathlib import Path

import playwright.sync_api as playwright
import pytest
from browsing import Quiet, served, until
from built import build_site, copy_mini
from PIL import Image

from generator.exports.explorer import maplibre_files
from generator.tiles.glyphs import FONT_STACK

pytestmark = pytest.mark.browser

PAGE = """<!doctype html><title>Another site</title><link rel="icon" href="data:,">
<link rel="stylesheet" href="maplibre-gl.css"><script src="maplibre-gl.js"></script>
<div id="map" style="width:600px;height:500px"></div>
<script>
  window.failures = [];
  const style = new URLSearchParams(location.search).get("style");
  window.map = new maplibregl.Map({container: "map", style, attributionControl: false});
  map.on("error", (e) => failures.push(String(e.error && e.error.message)));
</script>"""


class Open(Quiet):
    """A server that lets pages of other origins read its files, as GitHub Pages does."""

    def end_headers(self) -> None:
        self.send_header("Access-Control-Allow-Origin", "*")
        super().end_headers()


@pytest.fixture(scope="module")
def atlas(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, Path]]:
    """The mini atlas, built for the address that it is served at."""
    folder = tmp_path_factory.mktemp("elsewhere")
    (folder / "site").mkdir()
    with served(folder / "site", handler=Open) as address:
        config = copy_mini(folder / "mini")
        build_site(config, folder / "site", boundaries="auto", jobs=1, base_url=address)
        yield address, folder / "site"


@pytest.fixture(scope="module")
def other(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A site of somebody else's: a page with MapLibre GL JS."""
    folder = tmp_path_factory.mktemp("other")
    for name, content in maplibre_files().items():
        (folder / name).write_bytes(content)
    (folder / "index.html").write_text(PAGE, encoding="utf-8")
    with served(folder) as address:
        yield address


def test_a_page_of_another_origin_draws_the_style(
    atlas: tuple[str, Path], other: str, chromium: playwright.Browser
) -> None:
    address, folder = atlas
    assert address != other
    asked: list[str] = []
    page = chromium.new_page()
    page.on("request", lambda request: asked.append(request.url))
    page.goto(f"{other}?style={address}tiles/geography.style.json")
    until(page, "map.loaded() && map.areTilesLoaded()")
    west, south, east, north = json.loads((folder / "tiles/geography.json").read_text())["bounds"]
    page.evaluate(
        "(box) => map.fitBounds(box, {animate: false, padding: 10})", [[west, south], [east, north]]
    )
    until(page, "map.loaded() && map.areTilesLoaded()")
    page.wait_for_timeout(500)
    drawn = "(layer) => [...new Set(map.queryRenderedFeatures({layers: [layer]})"
    codes = page.evaluate(drawn + ".map((f) => f.properties.code))]", "areas")
    shapes = json.loads((folder / "data/geography.geojson").read_text(encoding="utf-8"))["features"]
    assert sorted(codes) == sorted(shape["properties"]["code"] for shape in shapes)
    named = page.evaluate(drawn + ".map((f) => f.properties.name))]", "labels")
    assert len(named) >= 3, "names are drawn, in glyphs of the atlas's own"
    picture = Image.open(io.BytesIO(page.locator("#map").screenshot())).convert("RGB")
    counts = {colour: n for n, colour in picture.getcolors(1 << 20) or []}
    style = json.loads((folder / "tiles/geography.style.json").read_text(encoding="utf-8"))
    for found in style["metadata"]["atlas:classes"]:
        wanted = tuple(bytes.fromhex(found["colour"].removeprefix("#")))
        assert any(
            max(abs(a - b) for a, b in zip(colour, wanted, strict=True)) < 3 and n > 100
            for colour, n in counts.items()
        ), f"{found} is not on the map"
    assert page.evaluate("failures") == []
    assert f"{address}tiles/glyphs/{FONT_STACK}/0-255.pbf" in asked
    assert all(url.startswith((address, other, "data:", "blob:")) for url in asked)
    page.close()
