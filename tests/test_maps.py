"""folium's part: a map for each page, one script for all, the same bytes for the same input."""

from __future__ import annotations

import json
import re
from pathlib import Path

import folium
import pytest
from bs4 import BeautifulSoup
from hypothesis import example, given
from hypothesis import strategies as st

from generator.maps.folium_map import (
    ELEMENT,
    AtlasMap,
    MapConfig,
    PageFrame,
    frame_element,
    leaflet_files,
    page_script,
)


def config(**changes: object) -> MapConfig:
    usual = {
        "layout": "hexagons", "layouts": {"hexagons": "assets/h.json"},
        "measure": "2016-overall", "measures": {"2016-overall": "assets/v.json"},
        "names": "assets/names.json",
    }  # fmt: skip
    return MapConfig(**{**usual, **changes})  # type: ignore[arg-type]


def stated(script: str) -> dict[str, object]:
    """The configuration that a script hands to the site's map."""
    found = re.search(rf"atlas\.areas\({ELEMENT}, (\{{.*\}})\);", script)
    assert found
    data: dict[str, object] = json.loads(found[1])
    return data


def test_the_script_draws_into_the_page_s_element_and_hands_over() -> None:
    script = page_script(config())
    assert f'var {ELEMENT} = L.map("{ELEMENT}", {{' in script
    assert stated(script)["layouts"] == {"hexagons": "assets/h.json"}
    assert f'id="{ELEMENT}"' in frame_element(PageFrame("../", "group", ("E1",), "<svg></svg>"))


def test_every_page_s_map_has_the_same_script() -> None:
    """What differs from page to page stands in the element."""
    frames = [
        PageFrame("../../", "neighbourhood", ("E07000176",), "<svg>a</svg>"),
        PageFrame("./", "national", (), "<svg>b</svg>"),
    ]
    maps = [AtlasMap(frame, config()) for frame in frames]
    assert all(isinstance(m, folium.Map) for m in maps)
    assert {m.script() for m in maps} == {page_script(config())}
    assert maps[0].element() != maps[1].element()
    assert 'data-here="E07000176"' in maps[0].element()
    assert "<svg>a</svg>" in maps[0].element()


def test_folium_asks_for_nothing_but_the_site(tmp_path: Path) -> None:
    assets = {name: f"assets/{name}" for name in ("leaflet.js", "map.js", "style.css")}
    page = tmp_path / "alone.html"
    AtlasMap(PageFrame("../", "national", (), "<svg></svg>"), config(), assets).save(str(page))
    text = page.read_text(encoding="utf-8")
    assert re.findall(r'<(?:script|link)[^>]+(?:src|href)="([^"]+)"', text) == [
        "../assets/leaflet.js", "../assets/map.js", "../assets/style.css",
    ]  # fmt: skip
    for word in ("jquery", "bootstrap", "cdn", "document.write", "eval("):
        assert word not in text.lower(), word


def test_the_map_is_quiet_until_the_reader_turns_to_it() -> None:
    script = page_script(config())
    for option in ('"zoomControl": false', '"attributionControl": false',
                   '"scrollWheelZoom": false', '"zoomSnap": 0', '"keyboard": false'):  # fmt: skip
        assert option in script, option


def test_equal_input_gives_equal_bytes() -> None:
    """folium's own ids are random."""
    scripts = {page_script(config()) for _ in range(5)}
    assert len(scripts) == 1
    assert not re.search(r"[0-9a-f]{32}", scripts.pop())


@given(st.text(), st.text())
@example("{{ 7 * 7 }}", "{% raw")
@example("{# {{", "{{{%")
def test_no_text_breaks_out_of_the_script(text: str, other: str) -> None:
    script = page_script(config(measure=text, names=other, layouts={text: other}))
    data = stated(script)
    assert data["measure"] == text
    assert data["names"] == other
    assert data["layouts"] == {text: other}
    assert "<" not in script
    assert "\u2028" not in script


@pytest.mark.parametrize("name", ["{{ 7 * 7 }}", "{% raw", "{# not said #}", "{{{{"])
def test_a_name_is_no_template_in_a_map_that_is_saved_alone(name: str) -> None:
    frame = PageFrame("./", "national", (), f"<svg><title>{name}</title></svg>")
    page = AtlasMap(frame, config()).get_root().render()
    title = BeautifulSoup(page, "html.parser").find("svg").find("title")  # type: ignore[union-attr]
    assert title is not None
    assert title.text == name


def test_no_code_breaks_out_of_the_element() -> None:
    frame = PageFrame('"><b>', "group", ('"><script>',), "")
    element = frame_element(frame)
    assert "<b>" not in element
    assert "<script" not in element


def test_leaflet_comes_from_its_package_without_loose_ends() -> None:
    files = leaflet_files()
    assert set(files) == {"leaflet.js", "leaflet.css"}
    script, style = files["leaflet.js"].decode(), files["leaflet.css"].decode()
    assert "L.version" in script or 'version="' in script
    assert "sourceMappingURL" not in script
    for url in re.findall(r"url\(([^)]*)\)", style):
        assert url.startswith("#"), f"{url} isn't among the site's files"
    assert style.count("{") == style.count("}")
    for selector in (".leaflet-pane", ".leaflet-container", ".leaflet-interactive"):
        assert selector in style
