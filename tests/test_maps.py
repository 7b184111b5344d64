"""folium's part: scripts that a strict policy allows, the same bytes for the same input."""

from __future__ import annotations

import json
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from generator.maps.folium_map import MapConfig, element_id, leaflet_files, map_script

BOX = (-130_000.0, 6_900_000.0, -110_000.0, 6_930_000.0)


def config(**changes: object) -> MapConfig:
    usual = {
        "root": "../../", "layout": "hexagons", "layouts": {"hexagons": "assets/h.json"},
        "measure": "2016-overall", "measures": {"2016-overall": "assets/v.json"},
        "names": "assets/names.json", "here": ("E07000176",), "view": "neighbourhood",
    }  # fmt: skip
    return MapConfig(**{**usual, **changes})  # type: ignore[arg-type]


def told(script: str) -> dict[str, object]:
    """The configuration that a script hands to the site's map."""
    found = re.search(r"^atlas\.areas\(map_area, (\{.*\})\);$", script, re.MULTILINE)
    assert found
    data: dict[str, object] = json.loads(found[1])
    return data


def test_a_script_draws_into_the_page_s_element_and_hands_over() -> None:
    script = map_script("area", BOX, config())
    assert element_id("area") == "map_area"
    assert script.startswith('var map_area = L.map("map_area", {')
    data = told(script)
    assert data["here"] == ["E07000176"]
    assert data["layouts"] == {"hexagons": "assets/h.json"}
    assert data["root"] == "../../"
    assert script.endswith(");\n")


def test_folium_asks_for_nothing_but_leaflet() -> None:
    script = map_script("area", BOX, config())
    for word in ("http", "jquery", "bootstrap", "tile", "cdn", "document.write", "eval("):
        assert word not in script.lower(), word


def test_the_map_is_quiet_until_the_reader_turns_to_it() -> None:
    script = map_script("area", BOX, config())
    options = re.search(r"L\.map\(\"map_area\", \{(.*?)\n\}\)", script, re.DOTALL)
    assert options
    for option in ('"zoomControl": false', '"attributionControl": false',
                   '"scrollWheelZoom": false', '"zoomSnap": 0', '"keyboard": false'):  # fmt: skip
        assert option in options[1], option
    centre = re.search(r"center: \[(-?[\d.]+), (-?[\d.]+)\]", script)
    assert centre
    assert float(centre[1]) == pytest.approx(52.7, abs=0.3)
    assert float(centre[2]) == pytest.approx(-1.08, abs=0.1)


def test_equal_input_gives_equal_bytes() -> None:
    """folium's own ids are random."""
    scripts = {map_script("area", BOX, config()) for _ in range(5)}
    assert len(scripts) == 1
    assert not re.search(r"[0-9a-f]{32}", scripts.pop())


@given(st.text(), st.text())
def test_no_text_breaks_out_of_the_script(text: str, other: str) -> None:
    script = map_script("area", BOX, config(measure=text, names=other, layouts={text: other}))
    data = told(script)
    assert data["measure"] == text
    assert data["names"] == other
    assert data["layouts"] == {text: other}
    assert "<" not in script
    assert "\u2028" not in script


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
